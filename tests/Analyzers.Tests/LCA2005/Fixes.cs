using LifecycleAnalyzers.CodeFixes.Sending;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Sending.LCA2005HiddenSendFailureFix>;

namespace LifecycleAnalyzers.Tests.LCA2005;

/// <summary>The guard of the runtime package in place of the statement, or the narrow exceptions.</summary>
public class Fixes
{
    private const string Frame = "WebSocketMessageType.Text, true, default";

    private static string Feed(string body, string usings = "") => usings + $$"""

        class Feed(WebSocket ws, Socket socket, Wires.WireClient client, NetworkStream stream, TcpClient tcp)
        {
            private readonly WebSocket _ws = ws;
            private readonly Socket _socket = socket;
            private readonly Wires.WireClient _client = client;
            private readonly NetworkStream _stream = stream;
            private readonly TcpClient _tcp = tcp;

            public async Task RunAsync(string text, byte[] data, List<Socket> all)
            {
                await Task.CompletedTask;
                {{body.Replace("FRAME", Frame)}}
            }
        }
        """;

    [Theory]
    [InlineData("try { _socket.Send(data); } {|LCA2005:catch|} { }", "_socket.TrySend(data);")]
    [InlineData("try { await _ws.SendAsync(data, FRAME); } {|LCA2005:catch|} (Exception) { } // said", "await _ws.TrySendAsync(data, FRAME); // said")]
    [InlineData("try { if (_socket.Connected) _socket.Send(data); } {|LCA2005:catch|} { }", "if (_socket.Connected) _socket.TrySend(data);")]
    [InlineData("try { _tcp.GetStream().Write(data); } {|LCA2005:catch|} { }", "_tcp.TrySend(data);")]
    [InlineData("foreach (var s in all) { try { s.Send(data); } {|LCA2005:catch|} { continue; } }", "foreach (var s in all) { s.TrySend(data); }")]
    [InlineData("foreach (var s in all) { try { s.Send(data); } {|LCA2005:catch|} { continue; } Console.WriteLine(s); }", "foreach (var s in all) { if (!s.TrySend(data).IsSent) continue; Console.WriteLine(s); }")]
    [InlineData("try { await _stream.WriteAsync(data).ConfigureAwait(false); } {|LCA2005:catch|} { return; } Console.WriteLine();", "if (!(await _stream.TryWriteAsync(data).ConfigureAwait(false)).IsSent) return; Console.WriteLine();")]
    [InlineData("""
        // a last word
                try
                {
                    _socket.Send(data); // goodbye
                }
                {|LCA2005:catch|}
                {
                    // nobody is there
                }
        """, """
        // a last word
                // goodbye
                // nobody is there
                _socket.TrySend(data);
        """)]
    public Task The_guard(string body, string becomes) => Fix.BecomesAsync(Feed(body), Feed(becomes, "using LifecycleAnalyzers.Runtime;\n"));

    private static Task NarrowAsync(string body, string becomes, string usings = "") =>
        FixCase<LCA2005HiddenSendFailureFix>.Of(Feed(body), Feed(becomes, usings), runtime: false).RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("try { _socket.Send(data); } {|LCA2005:catch|} { }", "try { _socket.Send(data); } catch (Exception e) when (e is SocketException or ObjectDisposedException) { }")]
    [InlineData("try { _socket.Send(data); } {|LCA2005:catch|} (Exception) { /* gone */ }", "try { _socket.Send(data); } catch (Exception e) when (e is SocketException or ObjectDisposedException) { /* gone */ }")]
    [InlineData("try { _stream.Write(data); } {|LCA2005:catch|} { return; }", "try { _stream.Write(data); } catch (Exception e) when (e is IOException or ObjectDisposedException) { return; }")]
    [InlineData("try { await _ws.SendAsync(data, FRAME); } {|LCA2005:catch|} { }", "try { await _ws.SendAsync(data, FRAME); } catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException) { }")]
    [InlineData("try { _tcp.GetStream().Write(data); _socket.Send(data); } {|LCA2005:catch|} { }", "try { _tcp.GetStream().Write(data); _socket.Send(data); } catch (Exception e) when (e is IOException or SocketException or InvalidOperationException) { }")]
    [InlineData("try { _stream.Write(data); } catch (ObjectDisposedException) { throw; } {|LCA2005:catch|} { }", "try { _stream.Write(data); } catch (ObjectDisposedException) { throw; } catch (IOException) { }")]
    [InlineData("var e = 1; try { _socket.Send(data); } {|LCA2005:catch|} { } Console.WriteLine(e);", "var e = 1; try { _socket.Send(data); } catch (Exception exception) when (exception is SocketException or ObjectDisposedException) { } Console.WriteLine(e);")]
    [InlineData("try { _socket.Send(data); } {|LCA2005:catch|} (Exception ex) when (ex is not OperationCanceledException) { }", "try { _socket.Send(data); } catch (Exception ex) when (ex is SocketException or ObjectDisposedException) { }")]
    [InlineData("try { _socket.Send(data); } {|LCA2005:catch|} (Exception ex) when (ex is not ObjectDisposedException) { }", "try { _socket.Send(data); } catch (SocketException) { }")]
    [InlineData("var token = CancellationToken.None; try { _socket.Send(data); } {|LCA2005:catch|} (Exception) when (!token.IsCancellationRequested) { }", "var token = CancellationToken.None; try { _socket.Send(data); } catch (Exception e) when (e is SocketException or ObjectDisposedException && !token.IsCancellationRequested) { }")]
    [InlineData("""
        try
                {
                    _socket.Send(data);
                }
                {|LCA2005:catch|}
                {
                    // nobody is there
                }
        """, """
        try
                {
                    _socket.Send(data);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // nobody is there
                }
        """)]
    public Task The_narrow_exceptions(string body, string becomes) => NarrowAsync(body, becomes);

    [Fact]
    public Task With_the_package_where_the_send_is_not_alone() => Fix.BecomesAsync(
        Feed("try { Array.Clear(data); _socket.Send(data); } {|LCA2005:catch|} { }"),
        Feed("try { Array.Clear(data); _socket.Send(data); } catch (Exception e) when (e is SocketException or ObjectDisposedException) { }"));

    [Fact]
    public Task A_request() => Fix.BecomesAsync(
        "\nclass Link(System.Net.Http.HttpClient http) { public async Task SayAsync(System.Net.Http.HttpContent b) { try { using var answer = await http.PostAsync(\"x\", b); } {|LCA2005:catch|} (Exception) { } } }",
        "\nclass Link(System.Net.Http.HttpClient http) { public async Task SayAsync(System.Net.Http.HttpContent b) { try { using var answer = await http.PostAsync(\"x\", b); } catch (Exception e) when (e is HttpRequestException or OperationCanceledException) { } } }");

    [Fact]
    public Task Nobody_has_told_what_a_librarys_send_throws() => Fix.StaysAsync(Feed("try { _client.Send(text); } {|LCA2005:catch|} { }"));
}
