namespace LifecycleAnalyzers.Tests.LCA1004;

public class HalfWritten
{
    [Theory]
    [InlineData("public void Start() { _ = LoopAsync(")]
    [InlineData("public void Start() { Task.Run(() => { _socket.Receive(")]
    [InlineData("public void Start() { _ = _socket.ConnectAsync(missing); Task.Run(missing); _ = missing.SendAsync(1); }")]
    [InlineData("public async Task Go() { if (await Task.WhenAny(_socket.ConnectAsync(\"\", 1), Task.Delay(1) != ")]
    [InlineData("public void Start() => LoopAsync(); private async LoopAsync() { await _socket.ReceiveAsync(new byte[1]); }")]
    public Task It_is_left_alone(string member) => Case.Broken($$"""
        class Peer
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            {{member}}
        """).RunAsync();
}
