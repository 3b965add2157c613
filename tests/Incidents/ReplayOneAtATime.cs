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

public sealed class ReplayContext() : OneAtATimeReplay("Context")
{
    protected override string Repair => "var path = context.Request.Path;";
}

public sealed class ReplayOperation() : OneAtATimeReplay("Operation")
{
    protected override string Repair => "_operations.Push(operation);";
}

public sealed class ReplayExchange() : OneAtATimeReplay("Exchange")
{
    protected override string Repair => "_gate.ExchangeAsync(";
}

public sealed class ReplayLateAnswer() : OneAtATimeReplay("LateAnswer")
{
    protected override string Repair => "_connection = null;";
}
