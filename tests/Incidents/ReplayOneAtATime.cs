namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplaySharedField() : OneAtATimeReplay("SharedField")
{
    protected override string Repair => "var caller = stream;";
}

public sealed class ReplayReturnedConnection() : OneAtATimeReplay("ReturnedConnection")
{
    protected override string Repair => "connection.Dispose();";
}

public sealed class ReplayBuffer() : OneAtATimeReplay("Buffer")
{
    protected override string Repair => "return await device.RequestAsync(";
}
