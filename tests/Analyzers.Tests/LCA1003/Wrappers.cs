namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>A class of one's own around a socket, which tells no state and so is no connection by convention.</summary>
public class Wrappers
{
    private static string Program(string dialing, string name = "PlainSocket", string disposal = "_stream?.Dispose(); _socket.Dispose();", string opening = "await _socket.ConnectAsync(host, port, stop); _stream = new NetworkStream(_socket, true);") => $$"""
        sealed class {{name}} : IDisposable
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private NetworkStream? _stream;
            public bool NoDelay { get => _socket.NoDelay; set => _socket.NoDelay = value; }
            public async Task ConnectAsync(string host, int port, CancellationToken stop) { {{opening}} }
            public NetworkStream GetStream() => _stream ?? throw new IOException("not connected");
            public void Dispose() { {{disposal}} }
        }

        class Channel
        {
            private Stream? _stream;
            public async Task OpenAsync(string host, CancellationToken stop) { {{dialing}} }
            public void Close() => _stream?.Dispose();
        }
        """;

    [Theory]
    [InlineData("var socket = {|LCA1003:new PlainSocket()|}; socket.NoDelay = true; await socket.ConnectAsync(host, 80, stop); _stream = socket.GetStream();")]
    [InlineData("PlainSocket socket; socket = {|LCA1003:new PlainSocket { NoDelay = true }|}; await socket.ConnectAsync(host, 80, stop); _stream = socket.GetStream();")]
    public Task Opened_and_left_where_that_fails(string dialing) => Case.HoldsAsync(Program(dialing));

    [Theory]
    [InlineData("var socket = new PlainSocket(); try { await socket.ConnectAsync(host, 80, stop); _stream = socket.GetStream(); } catch { socket.Dispose(); throw; }")]
    [InlineData("using var socket = new PlainSocket(); await socket.ConnectAsync(host, 80, stop); Console.WriteLine(socket.NoDelay);")]
    [InlineData("var socket = new PlainSocket(); Console.WriteLine(socket.NoDelay); await Task.Delay(1, stop); socket.Dispose();")]
    public Task Closed_where_that_fails(string dialing) => Case.SilentAsync(Program(dialing));

    private const string Left = "var socket = new PlainSocket(); await socket.ConnectAsync(host, 80, stop); _stream = socket.GetStream();";

    [Fact]
    public Task One_that_closes_itself_where_opening_fails() => Case.SilentAsync(Program(Left, opening: "try { await _socket.ConnectAsync(host, port, stop); _stream = new NetworkStream(_socket, true); } catch { Dispose(); throw; }"));

    private static string Lazily(string opening) => $$"""
        sealed class PumpLink : IDisposable
        {
            private TcpClient? _tcp;
            private Stream? _stream;
            public bool IsOpen => _tcp is not null;
            public void Open(string host, int port) { {{opening}} }
            public void Send(byte[] command) => _stream!.Write(command);
            public void Dispose() { _stream?.Dispose(); _tcp?.Dispose(); }
        }

        static class Pumps
        {
            public static PumpLink Dial(string host) { var pump = LINK; pump.Open(host, 502); return pump; }
        }
        """;

    [Theory]
    [InlineData("_tcp = new TcpClient(); _tcp.Connect(host, port); _stream = _tcp.GetStream();")]
    [InlineData("_tcp = new TcpClient(host, port); _stream = _tcp.GetStream(); _stream.Write(new byte[2]);")]
    [InlineData("_tcp = new TcpClient(host, port); Greet(_tcp); } private static void Greet(TcpClient c) { c.GetStream().Write(new byte[1]);")]
    public Task One_whose_opening_leaves_something(string opening) => Case.HoldsAsync(Lazily(opening).Replace("LINK", "{|LCA1003:new PumpLink()|}"));

    /// <summary>A client that cannot connect to begin with is none.</summary>
    [Theory]
    [InlineData("_tcp = new TcpClient(host, port);")]
    [InlineData("_tcp = new TcpClient(host, port) { NoDelay = true }; _stream = _tcp.GetStream();")]
    public Task One_whose_opening_has_nothing_when_it_fails(string opening) => Case.SilentAsync(Lazily(opening).Replace("LINK", "new PumpLink()"));

    [Fact]
    public Task One_that_opens_nothing() => Case.SilentAsync(Program(Left, opening: "await Task.Delay(1, stop); _stream = null;"));

    [Fact]
    public Task One_with_another_name() => Case.SilentAsync(Program(Left.Replace("PlainSocket", "Wire"), name: "Wire"));
}
