namespace LifecycleAnalyzers.Tests.LCA1005;

public class HalfWritten
{
    [Theory]
    [InlineData("private void OnReceived(IAsyncResult result) { _socket.EndReceive(")]
    [InlineData("private void OnReceived(IAsyncResult result) { try { _socket.EndReceive(result); }")]
    [InlineData("private void OnReceived(IAsyncResult result) { try { _socket.EndReceive(result); } catch (")]
    [InlineData("public async void Go() { await _socket.ConnectAsync(")]
    [InlineData("public void Go() { new Thread(() => { _socket.Receive(")]
    [InlineData("public void Go() { new Thread(Missing).Start(); new Timer(_ => _missing.Receive());")]
    public Task It_is_left_alone(string member) => Case.Broken($$"""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Start() => _socket.BeginReceive(new byte[1], 0, 1, SocketFlags.None, OnReceived, null);
            {{member}}
        """).RunAsync();
}
