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

    /// <summary>What a getter answers in a task is what it answers.</summary>
    [Theory]
    [InlineData("Task", "if (_stream is not null) return _stream;", "{|LCA3001:stream.WriteAsync(line, c)|}")]
    [InlineData("ValueTask", "if (_stream is { } kept) return kept;", "{|LCA3001:stream.WriteAsync(line, c)|}")]
    [InlineData("Task", "if (_stream is { CanWrite: true }) return _stream;", "stream.WriteAsync(line, c)")]
    [InlineData("Task", "_stream?.Dispose();", "stream.WriteAsync(line, c)")]
    public Task Answered_in_a_task(string task, string look, string use) => Case.HoldsAsync($$"""
        class Asker(string host)
        {
            private Stream? _stream;
            private async {{task}}<Stream> WireAsync(CancellationToken c)
            {
                {{look}}
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { await socket.ConnectAsync(host, 80, c); } catch { socket.Dispose(); throw; }
                _stream = await OverAsync(socket);
                return _stream;
            }

            private static async Task<Stream> OverAsync(Socket socket) { await Task.Yield(); return new NetworkStream(socket, true); }
            public async Task AskAsync(byte[] line, CancellationToken c) { var stream = await WireAsync(c); await {{use}}; }
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
