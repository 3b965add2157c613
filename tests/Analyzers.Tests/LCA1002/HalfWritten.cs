namespace LifecycleAnalyzers.Tests.LCA1002;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("public void Start(SocketAsyncEventArgs args) { _socket.ReceiveAsync(")]
    [InlineData("public void Start(SocketAsyncEventArgs args) { if (!_socket.ReceiveAsync(args)")]
    [InlineData("public void Start() { _socket.ReceiveAsync(missing); }")]
    [InlineData("public void Start(Missing args) { _socket.ReceiveAsync(args); }")]
    [InlineData("public void Start(SocketAsyncEventArgs args) { _missing.ReceiveAsync(args); }")]
    [InlineData("public void Start(SocketAsyncEventArgs args) => ")]
    [InlineData("_ = _socket.ReceiveAsync(args)")]
    public Task It_is_left_alone(string member) => Case.Broken($$"""class Reader { private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp); {{member}}""").RunAsync();
}
