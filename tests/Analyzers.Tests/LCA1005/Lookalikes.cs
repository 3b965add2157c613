namespace LifecycleAnalyzers.Tests.LCA1005;

public class Lookalikes
{
    [Fact]
    public Task Timers_and_sockets_of_ones_own() => Case.SilentAsync("""
        namespace Mine
        {
            class Socket { public int Receive(byte[] b) => b[0]; public int EndReceive(IAsyncResult r) => r.IsCompleted ? 1 : 0; }
            class Thread(Action run) { public void Start() => run(); }
            class Receiver
            {
                private readonly Socket _socket = new();
                public void Start() => new Thread(() => _socket.Receive([])).Start();
                public void OnDone(IAsyncResult result) => _socket.EndReceive(result);
                public async void Go() { await Task.Yield(); _socket.Receive([]); throw new InvalidOperationException(); }
            }
        }
        """);

    [Theory]
    [InlineData("new MemoryStream()")]
    [InlineData("File.OpenRead(\"x\")")]
    public Task Streams_that_lead_to_no_peer(string stream) => Case.SilentAsync($$"""
        class Reader
        {
            private readonly Stream _stream = {{stream}};
            private readonly TcpClient _client = new();
            public async void Go() { await _stream.ReadAsync(new byte[1]); _client.Close(); }
            public void Begin() => _stream.BeginRead(new byte[1], 0, 1, r => _stream.EndRead(r), null);
        }
        """);
}
