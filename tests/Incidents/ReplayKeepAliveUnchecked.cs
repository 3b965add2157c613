using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayKeepAliveUnchecked() : IncidentReplay("KeepAliveUnchecked")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        // Every second order of a pair is written to a connection that has ended, without an error, and is never seen.
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

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // What is taken out is asked for its peer, and what has none is closed.
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("IsAlive()", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("Dispose()", StringComparison.Ordinal));
    }
}
