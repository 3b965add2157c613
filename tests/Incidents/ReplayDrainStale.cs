using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayDrainStale() : IncidentReplay("DrainStale")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.DrainStale.StreamClosedException: Cannot send on a transport that is Closing", run.Crash);
        Assert.Contains(run.CrashStack, frame => frame.Contains("SealedMessageStream.SendWaitingAsync", StringComparison.Ordinal));
        Assert.Equal(["taken 8", "full 1", "status Closing"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        ["taken 8", "full 1", "status Closing", "sent 8", "unsent 12", "received 8", "twice 0", "lost 0", "open-sockets 0", "RESULT ok"],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // What is written stands between the wait and the account of what was sent.
        var source = Incident.Sources.Single(file => file.Name == RepairedFile).Text.Split('\n');
        var wait = Array.FindIndex(source, line => line.Contains("await _keys.KeyForAsync", StringComparison.Ordinal)) + 1;
        var account = Array.FindIndex(source, line => line.Contains("_waiting.Dequeue();", StringComparison.Ordinal)) + 1;
        Assert.All(changes.Where(line => line.Kind == DiffKind.Removed), line => Assert.InRange(line.Number, wait + 1, account - 1));
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Number > wait);
    }
}
