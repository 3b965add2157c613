namespace LifecycleAnalyzers.Tests.LCA2003;

/// <summary>Connected decides about a send, a reuse or a loop.</summary>
public class Reports
{
    internal static string Link(string body, string members = "") => $$"""
        class Link(TcpClient client, Socket socket)
        {
            private TcpClient _client = client;
            private readonly Socket _socket = socket;
            private readonly byte[] _buffer = new byte[64];
            private bool _flag;

            public async Task RunAsync(byte[] data, Action<string> log) { await Task.CompletedTask; {{body}} }

            public override string ToString() => _flag.ToString() + _buffer.Length;

            {{members}}
        }
        """;

    /// <summary>The one that says so is the one that is taken.</summary>
    [Theory]
    [InlineData("Socket? chosen = null; if (_socket.{|LCA2003:Connected|}) chosen = _socket; chosen?.Close(); if (chosen is not null) chosen.NoDelay = true;")]
    [InlineData("TcpClient? chosen; if (_client.{|LCA2003:Connected|}) chosen = _client; else chosen = null; log(chosen is null ? \"\" : chosen.GetStream().ToString()!);")]
    public Task It_is_chosen(string body) => Case.HoldsAsync(Link(body));

    [Theory]
    // One of several answers
    [InlineData("_ = (_socket.{|LCA2003:Connected|}, _flag) switch { (true, _) => _socket.Send(data), _ => 0 };")]
    // A loop
    [InlineData("while (_client.{|LCA2003:Connected|}) { await Task.Delay(5); }")]
    [InlineData("while (!_flag && _client.{|LCA2003:Connected|}) _buffer[0]++;")]
    [InlineData("switch (_client.{|LCA2003:Connected|}) { case true: _client.GetStream().Write(data); break; default: break; }")]
    [InlineData("switch (_client.{|LCA2003:Connected|}) { case false: return; } _client.GetStream().Write(data);")]
    [InlineData("do { _buffer[0]++; } while (_socket.{|LCA2003:Connected|});")]
    [InlineData("for (; _socket.{|LCA2003:Connected|};) _socket.Receive(_buffer);")]
    [InlineData("while (true) { if (!_client.{|LCA2003:Connected|}) break; _buffer[0] = (byte)_client.GetStream().ReadByte(); }")]
    // A send
    [InlineData("if (_client is { Client.{|LCA2003:Connected|}: true }) _client.Client.Send(data);")]
    [InlineData("if (_client is not { Client.{|LCA2003:Connected|}: true }) return; _client.Client.Send(data);")]
    [InlineData("if (_socket.{|LCA2003:Connected|}) _socket.Send(data);")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) return; _socket.Send(data);")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) { log(\"gone\"); return; } await _socket.SendAsync(data);")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) throw new InvalidOperationException(); _socket.Send(data);")]
    [InlineData("if (_client.{|LCA2003:Connected|} == true) _client.GetStream().Write(data);")]
    [InlineData("if (_client?.{|LCA2003:Connected|} == true) _client.GetStream().Write(data);")]
    [InlineData("if (_client?.{|LCA2003:Connected|} ?? false) _client.GetStream().Write(data);")]
    [InlineData("if (_client is { {|LCA2003:Connected|}: true }) _client.GetStream().Write(data);")]
    [InlineData("if (_client is not { {|LCA2003:Connected|}: true }) return; _client.GetStream().Write(data);")]
    [InlineData("if (_client.Client.{|LCA2003:Connected|} is true) _client.Client.Send(data);")]
    [InlineData("var alive = _socket.{|LCA2003:Connected|}; if (alive) _socket.Send(data);")]
    [InlineData("_flag = _socket.{|LCA2003:Connected|} && _socket.Send(data) > 0;")]
    [InlineData("_flag = !_socket.{|LCA2003:Connected|} || _socket.Send(data) > 0;")]
    [InlineData("_ = _socket.{|LCA2003:Connected|} ? _socket.Send(data) : 0;")]
    [InlineData("if (_client == null || !_client.{|LCA2003:Connected|}) return; var s = _client.GetStream(); s.Write(data);")]
    [InlineData("if (_socket.{|LCA2003:Connected|}) Say(data);", "void Say(byte[] d) => _socket.Send(d);")]
    [InlineData("foreach (var c in All.Where(c => c.{|LCA2003:Connected|})) c.GetStream().Write(data);", "List<TcpClient> All { get; } = [];")]
    // A reuse
    [InlineData("if (!_client.{|LCA2003:Connected|}) _client = new TcpClient(\"a\", 1);")]
    [InlineData("if (!_socket.{|LCA2003:Connected|}) await _socket.ConnectAsync(\"a\", 1); _buffer[0] = 1;")]
    [InlineData("if (_client.{|LCA2003:Connected|}) return; Reconnect();", "void Reconnect() => _client = new TcpClient(\"b\", 2);")]
    public Task The_property(string body, string members = "") => Case.HoldsAsync(Link(body, members));

    [Theory]
    [InlineData("TcpClient Take() { if (_client.{|LCA2003:Connected|}) return _client; _client.Dispose(); return _client = Dial(); } static TcpClient Dial() => new(\"a\", 1);")]
    [InlineData("TcpClient Take() => _client.{|LCA2003:Connected|} ? _client : Dial(); static TcpClient Dial() => new(\"a\", 1);")]
    [InlineData("readonly Queue<TcpClient> _idle = new(); void Give(TcpClient c) { if (c.{|LCA2003:Connected|}) _idle.Enqueue(c); else c.Dispose(); }")]
    [InlineData("TcpClient? Pick(List<TcpClient> all) => all.FirstOrDefault(c => c.{|LCA2003:Connected|});")]
    [InlineData("TcpClient Pick(List<TcpClient> all) { return all.Find(c => c is { {|LCA2003:Connected|}: true })!; }")]
    [InlineData("TcpClient Pick(List<TcpClient> all) => all.FirstOrDefault(c => c.{|LCA2003:Connected|}) ?? new TcpClient(\"a\", 1);")]
    public Task A_reuse(string members) => Case.HoldsAsync(Link("", members));

    [Theory]
    [InlineData("while (_client.{|#0:Connected|}) { await Task.Delay(5); }", "TcpClient.Connected", "a loop")]
    [InlineData("if (_socket.{|#0:Connected|}) _socket.Send(data);", "Socket.Connected", "a send")]
    [InlineData("if (!_client.{|#0:Connected|}) _client.Connect(\"a\", 1);", "TcpClient.Connected", "a reuse")]
    public Task The_message_tells_what_it_decides_about(string body, string property, string what) => Case.HoldsAsync(Link(body),
        Case.Diagnostic("LCA2003").WithLocation(0).WithMessage($"'{property}' tells how the last operation ended, not whether the peer is still there, and it decides about {what} here"));
}
