using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayCachedSession() : IncidentReplay("CachedSession")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.CachedSession.InvalidSessionException: Cannot request 'request-2': the session has been destroyed", run.Crash);
        Assert.Contains(run.CrashStack, frame => frame.Contains("DispatchingClient.OnStreamEnded", StringComparison.Ordinal));
        Assert.Equal(["request-1 interrupted after 'answer to request-1'"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        [
            "request-1 interrupted after 'answer to request-1'",
            "request-2 completed after 'answer to request-2'",
            "request-3 completed after 'answer to request-3'",
            "request-4 completed after 'answer to request-4'",
            "sent 4", "received 4", "answered 4", "twice 0", "lost 0", "sessions 2", "open-sockets 0", "RESULT ok",
        ],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // The question for null becomes the question for a session that can be used.
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("IsOpen", StringComparison.Ordinal));
        Assert.DoesNotContain(changes, line => line.Kind == DiffKind.Removed && !line.Text.Contains("if (_session is null)", StringComparison.Ordinal));
    }
}
