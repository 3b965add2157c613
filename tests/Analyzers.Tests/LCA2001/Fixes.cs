using LifecycleAnalyzers.CodeFixes.Sending;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Sending.LCA2001CheckStateBeforeSendFix>;

namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The guard of the runtime package, or the question before the send.</summary>
public class Fixes
{
    private const string Frame = "WebSocketMessageType.Text, true, default";

    private static string Feed(string body, bool isFixed = false, string handler = "async void") => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + $$"""

        class Source { public event EventHandler<byte[]>? Ticked { add { } remove { } } }

        class Feed
        {
            private readonly WebSocket _ws;
            private readonly Socket _socket;
            private readonly TcpClient _client;
            private readonly NetworkStream _stream;
            private readonly System.IO.Pipes.NamedPipeClientStream _pipe = new("p");

            public Feed(WebSocket ws, Socket socket, TcpClient client, NetworkStream stream, Source source)
            {
                (_ws, _socket, _client, _stream) = (ws, socket, client, stream);
                source.Ticked += OnTicked;
            }

            private {{handler}} OnTicked(object? sender, byte[] data)
            {
                await Task.Yield();
                {{body}} // now
            }
        }
        """;

    [Theory]
    [InlineData("await {|LCA2001:_ws.SendAsync(data, FRAME)|};", "await _ws.TrySendAsync(data, FRAME);")]
    [InlineData("await {|LCA2001:_ws.SendAsync(new ArraySegment<byte>(data), FRAME)|}.ConfigureAwait(false);", "await _ws.TrySendAsync(new ArraySegment<byte>(data), FRAME).ConfigureAwait(false);")]
    [InlineData("{|LCA2001:_socket.Send(data)|};", "_socket.TrySend(data);")]
    [InlineData("{|LCA2001:_socket.Send(data, 4, SocketFlags.None)|};", "_socket.TrySend(data, 0, 4, SocketFlags.None);")]
    [InlineData("{|LCA2001:_socket.Send(data, 2, 4, SocketFlags.None)|};", "_socket.TrySend(data, 2, 4, SocketFlags.None);")]
    [InlineData("await {|LCA2001:_socket.SendAsync(data)|};", "await _socket.TrySendAsync(data);")]
    [InlineData("await {|LCA2001:_stream.WriteAsync(data, 0, 4)|};", "await _stream.TryWriteAsync(data, 0, 4);")]
    [InlineData("{|LCA2001:_stream.Write(data)|};", "_stream.TryWrite(data);")]
    [InlineData("await {|LCA2001:_pipe.WriteAsync(data)|};", "await _pipe.TryWriteAsync(data);")]
    [InlineData("{|LCA2001:_client.GetStream().Write(data, 0, data.Length)|};", "_client.TrySend(data);")]
    [InlineData("{|LCA2001:_client.GetStream().Write(data, 1, 3)|};", "_client.TrySend(data.AsSpan(1, 3));")]
    [InlineData("await {|LCA2001:_client.GetStream().WriteAsync(data, 1, 3, default)|};", "await _client.TrySendAsync(data.AsMemory(1, 3), default);")]
    // What follows on the same connection, too.
    [InlineData("{|LCA2001:_stream.Write(data)|}; _stream.Write(data);", "_stream.TryWrite(data); _stream.TryWrite(data);")]
    public Task The_guard(string body, string becomes) => Fix.BecomesAsync(Feed(body.Replace("FRAME", Frame)), Feed(becomes.Replace("FRAME", Frame), isFixed: true));

    [Theory]
    [InlineData("await {|LCA2001:_ws.SendAsync(data, FRAME)|};", "if (_ws.State != WebSocketState.Open) return;\n        await _ws.SendAsync(data, FRAME);")]
    [InlineData("await {|LCA2001:_ws.SendAsync(data, FRAME)|}; Console.WriteLine();", "if (_ws.State == WebSocketState.Open) await _ws.SendAsync(data, FRAME); Console.WriteLine();")]
    // The sender of an event is the connection.
    [InlineData("await {|LCA2001:((WebSocket)sender!).SendAsync(data, FRAME)|};", "if (((WebSocket)sender!).State != WebSocketState.Open) return;\n        await ((WebSocket)sender!).SendAsync(data, FRAME);")]
    public Task Without_the_package_the_state_is_asked(string body, string becomes) =>
        FixCase<LCA2001CheckStateBeforeSendFix>.Of(Feed(body.Replace("FRAME", Frame)), Feed(becomes.Replace("FRAME", Frame)), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task A_lambda_that_hands_out_the_task() => Fix.BecomesAsync(
        $$"""

        class Feed
        {
            public Feed(WebSocket ws, byte[] data, CancellationToken stop) => stop.Register(() => { _ = {|LCA2001:ws.SendAsync(data, {{Frame}})|}; });
        }
        """,
        $$"""
        using LifecycleAnalyzers.Runtime;

        class Feed
        {
            public Feed(WebSocket ws, byte[] data, CancellationToken stop) => stop.Register(() => { _ = ws.TrySendAsync(data, {{Frame}}); });
        }
        """);

    private static string Through(string access, string send, bool isFixed = false) => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + $$"""

        class Feed
        {
            private readonly WebSocket _ws;
            private readonly Timer _timer;

            public Feed(WebSocket ws)
            {
                _ws = ws;
                _timer = new Timer(_ => {{(isFixed ? "Say([])" : "{|LCA2001:Say([])|}")}}, null, 0, 1000);
            }

            {{access}} void Say(byte[] data)
            {
                // to the peer
                {{send}}
            }
        }
        """;

    [Fact]
    public Task In_the_private_method_that_sends() => Fix.BecomesAsync(
        Through("private", $"_ws.SendAsync(data, {Frame}).GetAwaiter().GetResult();"),
        Through("private", $"_ws.TrySendAsync(data, {Frame}).AsTask().GetAwaiter().GetResult();", isFixed: true));

    [Fact]
    public Task Others_count_on_the_exceptions_of_a_public_method() => Fix.BecomesAsync(
        Through("public", $"_ws.SendAsync(data, {Frame}).GetAwaiter().GetResult();"),
        Through("public", $"if (_ws.State != WebSocketState.Open) return;\n        _ws.SendAsync(data, {Frame}).GetAwaiter().GetResult();", isFixed: true).Replace("using LifecycleAnalyzers.Runtime;\n", ""));

    [Fact]
    public Task A_question_that_proves_nothing_is_none()
    {
        const string Feed = """

            class Feed
            {
                // The count is used, so the guard has no place; and what Connected tells is another rule's matter.
                public Feed(Socket socket, Timer timer, byte[] data, CancellationToken stop) => stop.Register(() => { var n = {|LCA2001:socket.Send(data)|}; if (socket.{|LCA2003:Connected|}) socket.Send(data); Console.WriteLine(n); });
            }
            """;
        return FixCase<LCA2001CheckStateBeforeSendFix>.Of(Feed, Feed, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }

    private static string Bus(string body) => $$"""
        class BusConnection : IDisposable
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public bool IsOpen { get; private set; }
            public event Action? Idle { add { } remove { } }
            public void Send(byte[] data) { Require(); _socket.Send(data); }
            private void Require() { if (!IsOpen) throw new InvalidOperationException(); }
            public void Dispose() => _socket.Dispose();
        }

        class Feed
        {
            private readonly BusConnection? _bus;
            public Feed(BusConnection bus) { _bus = bus; bus.Idle += OnIdle; }

            private void OnIdle()
            {
                {{body}}
            }
        }
        """;

    /// <summary>The send's own code throws before its socket could be asked: the question belongs to the caller.</summary>
    [Fact]
    public Task Where_the_send_requires_the_state_its_caller_asks() => Fix.BecomesAsync(
        Bus("{|LCA2001:_bus!.Send([1])|};"), Bus("if (!_bus!.IsOpen) return;\n        _bus!.Send([1]);"));

    private static string Wired(string members) => $$"""

        class Source { public event EventHandler<string>? Ticked { add { } remove { } } public void OnChanged(Action changed) { } }

        class Feed
        {
            private readonly Wires.WireClient _client = new();
            private readonly ConcurrentQueue<string> _late = new();

            {{members}}
        }
        """;

    private static Task WiredAsync(string members, string becomes) => FixCase<LCA2001CheckStateBeforeSendFix>.Of(Wired(members), Wired(becomes), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    // A lambda stays one.
    [InlineData("public Feed(Source source) => source.Ticked += (_, text) => {|LCA2001:_client.Send(text)|};", "public Feed(Source source) => source.Ticked += (_, text) => { if (_client.IsOpen) _client.Send(text); };")]
    // A condition that is there already.
    [InlineData("public Feed(Source source) => source.Ticked += (_, text) => { if (text.Length > 0 || text == \"\") {|LCA2001:_client.Send(text)|}; };",
        "public Feed(Source source) => source.Ticked += (_, text) => { if ((text.Length > 0 || text == \"\") && _client.IsOpen) _client.Send(text); };")]
    public Task In_a_lambda(string members, string becomes) => WiredAsync(members, becomes);

    [Theory]
    // What was taken and not sent would be lost.
    [InlineData("while (_late.TryDequeue(out var next))\n            {|LCA2001:_client.Send(next)|};", "while (_client.IsOpen && _late.TryDequeue(out var next))\n            _client.Send(next);")]
    // A loop that leaves out what it is there for does not end.
    [InlineData("while (!_late.IsEmpty) {|LCA2001:_client.Send(Next())|};", "while (_client.IsOpen && !_late.IsEmpty) _client.Send(Next());")]
    // Each of several.
    [InlineData("{|LCA2001:_client.Send(text)|};\n        Console.WriteLine(text);\n        _client.Send(\"end\");\n        Console.WriteLine();",
        "if (_client.IsOpen) _client.Send(text);\n        Console.WriteLine(text);\n        if (_client.IsOpen) _client.Send(\"end\");\n        Console.WriteLine();")]
    public Task In_a_handler(string body, string becomes)
    {
        static string Handler(string body) => $$"""
            public Feed(Source source) => source.Ticked += OnTicked;

                private string Next() => _late.TryDequeue(out var next) ? next : "";

                private void OnTicked(object? sender, string text)
                {
                    {{body}}
                }
            """;
        return WiredAsync(Handler(body), Handler(becomes));
    }

    /// <summary>Whichever method the delegate stands for, the connection is the one that the finding names.</summary>
    [Fact]
    public Task Behind_a_delegate()
    {
        static string Handler(string ask, string call) => $$"""
            private Action<string> _say;

                public Feed(Source source)
                {
                    _say = text => _client.Send(text);
                    source.Ticked += OnTicked;
                }

                public void Shorten() => _say = Short;

                private void Short(string text) => _client.Send(text[..4]);

                private void OnTicked(object? sender, string text)
                {
                    {{ask}}{{call}};
                }
            """;
        return WiredAsync(Handler("", "{|LCA2001:_say(text)|}"), Handler("if (!_client.IsOpen) return;\n        ", "_say(text)"));
    }

    private static string Rows(string ask, string execute) => $$"""

        class Rows
        {
            private readonly System.Data.Common.DbConnection _db;
            private readonly Timer _timer;

            public Rows(System.Data.Common.DbConnection db)
            {
                _db = db;
                _timer = new Timer(Renew, null, 0, 1000);
            }

            private void Renew(object? state)
            {
                using var command = _db.CreateCommand();
                command.CommandText = "update t set n = 1";
                {{ask}}{{execute}};
            }
        }
        """;

    [Fact]
    public Task The_connection_of_a_command() => Fix.BecomesAsync(
        Rows("", "{|LCA2001:command.ExecuteNonQuery()|}"), Rows("if (_db.State != System.Data.ConnectionState.Open) return;\n        ", "command.ExecuteNonQuery()"));

    private static string Part(string usings, string ask, string send) => usings + $$"""

        class Feed
        {
            private readonly Socket _socket;
            private readonly Timer _timer;

            public Feed(Socket socket)
            {
                _socket = socket;
                _timer = new Timer(Push, new byte[9], 0, 1000);
            }

            private void Push(object? state)
            {
                var data = (byte[])state!;
                for (var sent = 0; sent < data.Length;)
                {
                    {{ask}}sent += {{send}};
                }
            }
        }
        """;

    /// <summary>The count is used, so the guard has no place; and a round without the send would come no nearer to the end.</summary>
    [Fact]
    public Task The_probe_of_the_package_where_the_send_is_counted() => Fix.BecomesAsync(
        Part("", "", "{|LCA2001:_socket.Send(data, sent, data.Length - sent, SocketFlags.None)|}"),
        Part("using LifecycleAnalyzers.Runtime;\n", "if (!_socket.IsAlive(allowUnreadData: true)) return;\n            ", "_socket.Send(data, sent, data.Length - sent, SocketFlags.None)"));

    /// <summary>A send that nobody waits for would be LCA1004's affair once it is guarded, so somebody hears of its failure, too.</summary>
    [Theory]
    [InlineData(true, "_link.SendAsync(data).Observe(e => System.Diagnostics.Trace.TraceError(e.ToString()));")]
    [InlineData(false, "_ = _link.SendAsync(data).ContinueWith(failed => System.Diagnostics.Trace.TraceError(failed.Exception?.ToString()), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);")]
    public Task A_dropped_send(bool runtime, string sent)
    {
        return FixCase<LCA2001CheckStateBeforeSendFix>.Of(Pulse("", "_ = {|LCA2001:_link.SendAsync(data)|};"), Pulse(runtime ? "using LifecycleAnalyzers.Runtime;\n" : "", "if (!_link.IsOpen) return;\n        " + sent), runtime)
            .RunAsync(TestContext.Current.CancellationToken);

        static string Pulse(string uses, string send) => uses + $$"""
            class DeviceLink : IDisposable
            {
                private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
                public bool IsOpen => _socket.Connected;
                public async Task SendAsync(byte[] data) => await _socket.SendAsync(data, SocketFlags.None);
                public void Dispose() => _socket.Dispose();
            }

            class Source { public event EventHandler<byte[]>? Ticked { add { } remove { } } }

            class Pulse
            {
                private readonly DeviceLink _link;

                public Pulse(DeviceLink link, Source source)
                {
                    _link = link;
                    source.Ticked += OnTicked;
                }

                private void OnTicked(object? sender, byte[] data)
                {
                    {{send}}
                }

                public void Greet()
                {
                    _ = {|LCA1004:_link.SendAsync([])|};
                }
            }
            """;
    }
}
