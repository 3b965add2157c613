using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayKeepAlive() : IncidentReplay("KeepAlive")
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
        // The question for how the last operation ended becomes the question for the peer.
        var removed = Assert.Single(changes, line => line.Kind == DiffKind.Removed);
        Assert.Contains("kept.Connected", removed.Text);
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("kept.IsAlive()", StringComparison.Ordinal));
    }
}
