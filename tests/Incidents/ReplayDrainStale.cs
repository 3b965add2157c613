namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayDrainStale() : IncidentFailure("DrainStale")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.Equal("Incidents.DrainStale.StreamClosedException: Cannot send on a transport that is Closing", run.Crash);
        Assert.Contains(run.CrashStack, frame => frame.Contains("SealedMessageStream.SendWaitingAsync", StringComparison.Ordinal));
        Assert.Equal(["taken 8", "full 1", "status Closing"], run.Output);
    }
}
