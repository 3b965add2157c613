using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayDrain() : IncidentReplay("Drain")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.Drain.StreamStateException: Cannot write to a stream that is Closing", run.Crash);
        Assert.Equal(
            ["TcpMessageStream.Send", "EncryptedMessageStream.SendData", "AbstractMessageStream.ProcessSendQueue", "AbstractMessageStream.ContinueSendingOnDrain", "TcpMessageStream.WriteOutbox"],
            run.CrashStack.Take(5).Select(frame => frame.Replace("Incidents.Drain.", "").Split('(')[0]));
        Assert.Equal(["accepted 20", "needs-drain 1", "status Closing"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        ["accepted 20", "needs-drain 1", "status Closing", "sent 8", "unsent 12", "received 8", "twice 0", "lost 0", "open-sockets 0", "RESULT ok"],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // Only a guard is added, and it stands at the one method that every way to the send passes.
        Assert.All(changes, line => Assert.Equal(DiffKind.Added, line.Kind));
        var source = Incident.Sources.Single(file => file.Name == "Broken.cs").Text.Split('\n');
        var method = Array.FindIndex(source, line => line.Contains("bool ProcessSendQueue()", StringComparison.Ordinal)) + 1;
        var sending = Array.FindIndex(source, line => line.Contains("_sendingData = true;", StringComparison.Ordinal)) + 1;
        Assert.InRange(changes[0].Number, method + 1, sending);
        Assert.Contains(changes, line => line.Text.Contains("WriteStatus.Writable", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.Text.Contains("return false;", StringComparison.Ordinal));
    }
}
