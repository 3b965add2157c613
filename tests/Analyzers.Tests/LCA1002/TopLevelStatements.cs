namespace LifecycleAnalyzers.Tests.LCA1002;

public class TopLevelStatements
{
    [Fact]
    public Task They_count() => Case.Program("""
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var operation = new SocketAsyncEventArgs();
        operation.Completed += (_, _) => { };
        {|LCA1002:socket.ConnectAsync(operation)|};
        """).RunAsync();
}
