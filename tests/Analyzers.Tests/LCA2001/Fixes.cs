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
    public Task A_question_that_proves_nothing_is_none() => Fix.StaysAsync("""

        class Feed
        {
            // The count is used, so the guard has no place; and what Connected tells is another rule's matter.
            public Feed(Socket socket, Timer timer, byte[] data, CancellationToken stop) => stop.Register(() => { var n = {|LCA2001:socket.Send(data)|}; if (socket.{|LCA2003:Connected|}) socket.Send(data); Console.WriteLine(n); });
        }
        """);

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
}
