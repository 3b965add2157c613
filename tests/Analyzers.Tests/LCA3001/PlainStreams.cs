namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A field of type <c>Stream</c> that holds a connection's, behind a getter that says no more than <c>Stream</c>.</summary>
public class PlainStreams
{
    private static string Driver(string getter, string use, string closing) => $$"""
        class Driver(string host)
        {
            private Stream? _stream;
            private Stream Wire {{getter}}
            private Stream Open() { var stream = new TcpClient(host, 80).GetStream(); _stream = stream; return stream; }
            public void Write(byte[] line) { {{use}} }
            public void Disconnect() { {{closing}} }
        }
        """;

    [Theory]
    [InlineData("=> _stream ??= new TcpClient(host, 80).GetStream();")]
    [InlineData("{ get { if (_stream == null) _stream = new TcpClient(host, 80).GetStream(); return _stream; } }")]
    [InlineData("{ get { if (_stream == null) Open(); return _stream!; } }")]
    public Task Closed_and_used_again(string getter) => Case.HoldsAsync(Driver(getter, "{|LCA3001:Wire.Write(line)|};", "_stream?.Dispose();"));

    [Theory]
    [InlineData("{ get { if (_stream is not { CanWrite: true }) _stream = new TcpClient(host, 80).GetStream(); return _stream; } }", "Wire.Write(line);")]
    [InlineData("=> _stream ??= new TcpClient(host, 80).GetStream();", "if (!Wire.CanWrite) throw new IOException(); Wire.Write(line);")]
    [InlineData("=> _stream ??= new FileStream(host, FileMode.Append);", "Wire.Write(line);")]
    public Task Asked_or_without_a_peer(string getter, string use) => Case.SilentAsync(Driver(getter, use, "_stream?.Dispose(); _stream = null;").Replace(getter.Contains("FileStream") ? "new TcpClient(host, 80).GetStream()" : "\0", "new FileStream(host, FileMode.Open)"));

    /// <summary>The getter dials without blocking, and its task says no more than <c>Stream</c> either.</summary>
    [Theory]
    [InlineData("if (_stream == null) { var client = new TcpClient(); await client.ConnectAsync(host, 80); _stream = client.GetStream(); } return _stream;", "await {|LCA3001:wire.WriteAsync(line)|};")]
    [InlineData("var wire = _stream; if (wire == null) { var client = new TcpClient(); await client.ConnectAsync(host, 80); wire = client.GetStream(); _stream = wire; } return wire;", "{|LCA3001:wire.Write(line)|};")]
    [InlineData("if (_stream is not { CanWrite: true }) { var client = new TcpClient(); await client.ConnectAsync(host, 80); _stream = client.GetStream(); } return _stream;", "await wire.WriteAsync(line);")]
    [InlineData("if (_stream == null) { await Task.Yield(); _stream = new FileStream(host, FileMode.Append); } return _stream;", "await wire.WriteAsync(line);")]
    public Task Behind_a_getter_that_is_awaited(string getter, string use) => Case.HoldsAsync($$"""
        class Driver(string host)
        {
            private Stream? _stream;
            private async Task<Stream> WireAsync() { {{getter}} }
            public async Task WriteAsync(byte[] line) { var wire = await WireAsync(); {{use}} }
            public void Disconnect() => _stream?.Dispose();
        }
        """);

    /// <summary>A stream over a socket that somebody else keeps is a view of it; one over a socket of its own is a session.</summary>
    [Theory]
    [InlineData("new NetworkStream(peer.Socket)", "_protocol.Wire(peer).Write(line);")]
    [InlineData("new NetworkStream(Dial(peer.Host))", "{|LCA3001:_protocol.Wire(peer).Write(line)|};")]
    public Task Over_the_socket_of_another(string made, string use) => Case.HoldsAsync($$"""
        class Peer { public string Host = "h"; public Socket Socket = new(SocketType.Stream, ProtocolType.Tcp); }
        class Protocol
        {
            private NetworkStream? _stream;
            public Stream Wire(Peer peer) => _stream ??= {{made}};
            private static Socket Dial(string host) { var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); socket.Connect(host, 1); return socket; }
            public void Dispose() => _stream?.Dispose();
        }

        class Sender
        {
            private readonly Protocol _protocol = new();
            public void Send(Peer peer, byte[] line) { {{use}} }
        }
        """);
}
