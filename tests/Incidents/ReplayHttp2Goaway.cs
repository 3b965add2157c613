using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayHttp2Goaway() : IncidentReplay("Http2Goaway")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.Http2Goaway.InvalidSessionException: Cannot request 'order 5': the session is going away", run.Crash);
        Assert.Equal(
            ["Http2Session.Request", "OrderClient.DispatchNext", "OrderClient.OnStreamEnded", "OrderStream.EndWith", "Http2Session.End"],
            run.CrashStack.Take(5).Select(frame => frame.Replace("Incidents.Http2Goaway.", "").Split('(')[0]));
        Assert.Equal(["the server says GOAWAY"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        [
            "the server says GOAWAY", "the server cuts the connection", "sent 200", "received 200", "answered 196", "interrupted 4",
            "twice 0", "lost 0", "sessions 3", "open-sockets 0", "RESULT ok",
        ],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // The question for null becomes the question for a session that takes requests.
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("IsOpen", StringComparison.Ordinal));
        Assert.DoesNotContain(changes, line => line.Kind == DiffKind.Removed && !line.Text.Contains("if (_session is null)", StringComparison.Ordinal));
    }
}
