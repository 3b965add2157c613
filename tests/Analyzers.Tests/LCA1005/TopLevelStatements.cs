namespace LifecycleAnalyzers.Tests.LCA1005;

public class TopLevelStatements
{
    [Fact]
    public Task They_count() => Case.Program("""
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        new Thread(() => {|LCA1005:socket.Receive(new byte[1])|}).Start();
        """).RunAsync();
}
