using LifecycleAnalyzers.CodeFixes.Sending;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Sending.LCA2002CheckStateAgainFix>;

namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>The guard of the runtime package, or the question once more.</summary>
public class Fixes
{
    private const string Frame = "WebSocketMessageType.Text, true, default";

    private static string Feed(string body, bool isFixed = false) => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + $$"""

        class Feed(WebSocket ws, Socket socket, Wires.WireClient client, NetworkStream stream)
        {
            private readonly WebSocket _ws = ws;
            private readonly Socket _socket = socket;
            private readonly Wires.WireClient _client = client;
            private readonly NetworkStream _stream = stream;
            private readonly UdpClient _udp = new();
            private bool _closed;
            private int _sent;

            public int Sent => _sent;

            public async Task RunAsync(string text, byte[] data, Func<Task<string>> load)
            {
                await Task.CompletedTask;
                {{body.Replace("FRAME", Frame)}} // said
            }

            public void Dispose() => _closed = true;
        }
        """;

    [Theory]
    [InlineData("if (_ws.State != WebSocketState.Open) return; await load(); await {|LCA2002:_ws.SendAsync(data, FRAME)|};", "if (_ws.State != WebSocketState.Open) return; await load(); await _ws.TrySendAsync(data, FRAME);")]
    [InlineData("if (_closed) return; await load(); {|LCA2002:_stream.Write(data, 0, 3)|};", "if (_closed) return; await load(); _stream.TryWrite(data, 0, 3);")]
    [InlineData("if (_closed) return; await load(); await {|LCA2002:_socket.SendAsync(data)|}; await load(); await {|LCA2002:_socket.SendAsync(data)|};", "if (_closed) return; await load(); await _socket.TrySendAsync(data); await load(); await _socket.TrySendAsync(data);")]
    public Task The_guard(string body, string becomes) => Fix.BecomesAsync(Feed(body), Feed(becomes, isFixed: true));

    private static Task WithoutPackageAsync(string body, string becomes) => FixCase<LCA2002CheckStateAgainFix>.Of(Feed(body), Feed(becomes), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("if (_ws.State != WebSocketState.Open) return;\n        await load();\n        // the news\n        await {|LCA2002:_ws.SendAsync(data, FRAME)|};",
        "if (_ws.State != WebSocketState.Open) return;\n        await load();\n        // the news\n        if (_ws.State != WebSocketState.Open) return;\n        await _ws.SendAsync(data, FRAME);")]
    [InlineData("if (!_client.IsOpen) return; await load(); {|LCA2002:_client.Send(text)|};", "if (!_client.IsOpen) return; await load(); if (!_client.IsOpen) return;\n        _client.Send(text);")]
    [InlineData("while (_client.IsOpen) { var t = await load(); {|LCA2002:_client.Send(t)|}; }", "while (_client.IsOpen) { var t = await load(); if (_client.IsOpen) _client.Send(t); }")]
    [InlineData("if (!_client.IsOpen) return; Thread.Sleep(5); {|LCA2002:_client.Send(text)|}; Console.WriteLine();", "if (!_client.IsOpen) return; Thread.Sleep(5); if (!_client.IsOpen) return;\n        _client.Send(text); Console.WriteLine();")]
    // Of several reasons to leave, the one that is about the connection.
    [InlineData("if (text.Length == 0 || !_client.IsOpen) return; await load(); {|LCA2002:_client.Send(text)|};", "if (text.Length == 0 || !_client.IsOpen) return; await load(); if (!_client.IsOpen) return;\n        _client.Send(text);")]
    // Who was told by an exception goes on being told.
    [InlineData("if (!_client.IsOpen) throw new InvalidOperationException(); await load(); {|LCA2002:_client.Send(text)|}; Console.WriteLine();", "if (!_client.IsOpen) throw new InvalidOperationException(); await load(); if (!_client.IsOpen) throw new InvalidOperationException();\n        _client.Send(text); Console.WriteLine();")]
    // What is done before leaving was done for the first answer.
    [InlineData("if (!_client.IsOpen) { Console.WriteLine(); return; } await load(); {|LCA2002:_client.Send(text)|};", "if (!_client.IsOpen) { Console.WriteLine(); return; } await load(); if (!_client.IsOpen) return;\n        _client.Send(text);")]
    // A condition that is there already.
    [InlineData("var open = _client.IsOpen; await load(); if (open) {|LCA2002:_client.Send(text)|};", "var open = _client.IsOpen; await load(); if (open && _client.IsOpen) _client.Send(text);")]
    // In the style of the bail-outs around.
    [InlineData("if (!_client.IsOpen)\n        {\n            return;\n        }\n\n        await load();\n        {|LCA2002:_client.Send(text)|};", "if (!_client.IsOpen)\n        {\n            return;\n        }\n\n        await load();\n        if (!_client.IsOpen)\n        {\n            return;\n        }\n\n        _client.Send(text);")]
    [InlineData("if (!_client.IsOpen)\n            return;\n        await load();\n        {|LCA2002:_client.Send(text)|};", "if (!_client.IsOpen)\n            return;\n        await load();\n        if (!_client.IsOpen)\n            return;\n        _client.Send(text);")]
    public Task The_state_once_more(string body, string becomes) => WithoutPackageAsync(body, becomes);

    [Theory]
    [InlineData("await {|LCA2002:_ws.SendAsync(data, FRAME)|};\n        _sent++;", "if (!(await _ws.TrySendAsync(data, FRAME)).IsSent) return;\n        _sent++;")]
    [InlineData("{|LCA2002:_stream.Write(data, 0, 3)|};\n        // one more\n        Interlocked.Increment(ref _sent);", "if (!_stream.TryWrite(data, 0, 3).IsSent) return;\n        // one more\n        Interlocked.Increment(ref _sent);")]
    [InlineData("while (_sent < 3)\n        {\n            await {|LCA2002:_socket.SendAsync(data)|};\n            await load();\n        }\n\n        _sent++;",
        "while (_sent < 3)\n        {\n            if (!(await _socket.TrySendAsync(data)).IsSent) return;\n            await load();\n        }\n\n        _sent++;")]
    [InlineData("await {|LCA2002:_socket.SendAsync(data)|};\n        Console.WriteLine(_sent);", "await _socket.TrySendAsync(data);\n        Console.WriteLine(_sent);")]
    public Task Nothing_is_counted_that_was_not_sent(string body, string becomes) => Fix.BecomesAsync(
        Feed("if (_closed) return;\n        await load();\n        " + body), Feed("if (_closed) return;\n        await load();\n        " + becomes, isFixed: true));

    [Theory]
    [InlineData("if (!_client.IsOpen) return;\n        await load();\n        {|LCA2002:_client.Send(text)|};\n        _sent++;",
        "if (!_client.IsOpen) return;\n        await load();\n        if (!_client.IsOpen) return;\n        _client.Send(text);\n        _sent++;")]
    public Task Nothing_is_counted_before_the_state_is_asked_again(string body, string becomes) => WithoutPackageAsync(body, becomes);

    [Fact]
    public Task The_question_that_was_asked_where_the_connection_has_none() => WithoutPackageAsync(
        "if (_closed) return;\n        await load();\n        await {|LCA2002:_udp.SendAsync(data, 1)|};",
        "if (_closed) return;\n        await load();\n        if (_closed) return;\n        await _udp.SendAsync(data, 1);");

    [Theory]
    [InlineData("if (!_client.IsOpen) return; {|LCA2002:_client.Send(await load())|};", "if (!_client.IsOpen) return; var message = await load();\n        if (!_client.IsOpen) return;\n        _client.Send(message);")]
    [InlineData("if (!_client.IsOpen) return;\n        // the news\n        {|LCA2002:_client.Send($\"news: {await load()}\")|};", "if (!_client.IsOpen) return;\n        // the news\n        var message = $\"news: {await load()}\";\n        if (!_client.IsOpen) return;\n        _client.Send(message);")]
    public Task What_the_send_waits_for_comes_first(string body, string becomes) => WithoutPackageAsync(body, becomes);

    [Fact]
    public Task Nothing_where_taking_it_out_changed_the_order() => WithoutPackageAsync(
        "if (!_client.IsOpen) return; {|LCA2002:_client.Send(_sent++ + await load())|};", "if (!_client.IsOpen) return; {|LCA2002:_client.Send(_sent++ + await load())|};");

    private static string Teller(string body) => $$"""

        class Teller(Wires.WireClient client)
        {
            public async Task<bool> TellAsync(string text, Func<Task> load)
            {
                {{body}}
            }
        }
        """;

    /// <summary>Whoever hears "sent" counts on it.</summary>
    [Theory]
    [InlineData("while (client.IsOpen)\n        {\n            await load();\n            {|LCA2002:client.Send(text)|};\n            return true;\n        }\n\n        return false;",
        "while (client.IsOpen)\n        {\n            await load();\n            if (!client.IsOpen) return false;\n            client.Send(text);\n            return true;\n        }\n\n        return false;")]
    public Task Nothing_is_answered_that_was_not_sent(string body, string becomes) =>
        FixCase<LCA2002CheckStateAgainFix>.Of(Teller(body), Teller(becomes), runtime: false).RunAsync(TestContext.Current.CancellationToken);
}
