using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>A kept connection that the server has ended: written to without an error, and never seen.</summary>
public abstract class KeepAliveReplay(string form) : IncidentReplay($"KeepAlive/{form}")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        // Every second order of a pair.
        Assert.Equal(1, run.ExitCode);
        Assert.Null(run.Crash);
        Assert.Equal(
            [
                "answered 1000", "failed first 0", "failed second 1000", "sent 2000", "received 1000", "twice 0", "lost 1000",
                "connections 1000", "open-sockets 0", "RESULT failed",
            ],
            run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        [
            "answered 2000", "failed first 0", "failed second 0", "sent 2000", "received 2000", "twice 0", "lost 0",
            "connections 2000", "open-sockets 0", "RESULT ok",
        ],
        run.Output);
}
