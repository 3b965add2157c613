namespace LifecycleAnalyzers.Tests.LCA1004;

public class TopLevelStatements
{
    [Fact]
    public Task They_count() => Case.Program("""
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _ = {|LCA1004:LoopAsync()|};
        {|LCA1004:Task.Run(() => socket.Receive(new byte[1]))|};
        async Task LoopAsync() { while (true) await socket.ReceiveAsync(new byte[1]); }
        """).RunAsync();
}
