using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayDrainInBase() : IncidentReplay("DrainInBase")
{
    // The callback is in one file; what it lacks is missing in the base class of another.
    protected override string RepairedFile => "QueuedMessageStream.cs";

    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.DrainInBase.StreamClosedException: Cannot send on a transport that is Closing", run.Crash);
        Assert.Equal(
            ["SocketMessageStream.Send", "SealedMessageStream.HandOver", "QueuedMessageStream.Flush", "SealedMessageStream.OnTransportDrained", "SocketMessageStream.WriteOutbox"],
            run.CrashStack.Take(5).Select(frame => frame.Replace("Incidents.DrainInBase.", "").Split('(')[0]));
        Assert.Equal(["accepted 20", "full 1", "status Closing"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        ["accepted 20", "full 1", "status Closing", "sent 8", "unsent 12", "received 8", "twice 0", "lost 0", "open-sockets 0", "RESULT ok"],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // Only a guard is added, among the bail-outs of the one method that every way to the transport passes.
        Assert.All(changes, line => Assert.Equal(DiffKind.Added, line.Kind));
        var source = Incident.Sources.Single(file => file.Name == RepairedFile).Text.Split('\n');
        var method = Array.FindIndex(source, line => line.Contains("bool Flush()", StringComparison.Ordinal)) + 1;
        var sending = Array.FindIndex(source, line => line.Contains("_flushing = true;", StringComparison.Ordinal)) + 1;
        Assert.InRange(changes[0].Number, method + 1, sending);
        Assert.Contains(changes, line => line.Text.Contains("StreamState.Open", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.Text.Contains("return false;", StringComparison.Ordinal));
    }
}
