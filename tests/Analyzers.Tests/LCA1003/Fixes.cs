using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1003CloseOnFailureFix>;

namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>The guard for a plain connect, else a catch that closes.</summary>
public class Fixes
{
    private static string Dialer(string body) => $$"""
        class Dialer
        {
            public async Task<object?> DialAsync(string host, CancellationToken stop)
            {
        {{body}}
            }
        }
        """;

    [Fact]
    public Task A_catch_around_the_opening() => Fix.BecomesAsync(Dialer("""
                var client = {|LCA1003:new TcpClient()|};
                // the peer may be away
                await client.ConnectAsync(host, 80, stop);
                return client;
        """), Dialer("""
                var client = new TcpClient();
                try
                {
                    // the peer may be away
                    await client.ConnectAsync(host, 80, stop);
                }
                catch
                {
                    client.Dispose();
                    throw;
                }

                return client;
        """));

    [Fact]
    public Task What_the_handshake_declares_goes_with_it() => Fix.BecomesAsync(Dialer("""
                var client = {|LCA1003:new TcpClient(host, 443)|};
                var tls = new System.Net.Security.SslStream(client.GetStream());
                await tls.AuthenticateAsClientAsync(host);
                return tls;
        """), Dialer("""
                var client = new TcpClient(host, 443);
                var tls = new System.Net.Security.SslStream(client.GetStream());
                try
                {
                    await tls.AuthenticateAsClientAsync(host);
                }
                catch
                {
                    client.Dispose();
                    throw;
                }

                return tls;
        """));

    [Fact]
    public Task The_handlers_that_are_there() => Fix.BecomesAsync(Dialer("""
                var client = {|LCA1003:new TcpClient()|};
                try
                {
                    await client.ConnectAsync(host, 80, stop);
                    return client;
                }
                catch (SocketException e)
                {
                    Console.WriteLine(e);
                    return null;
                }
        """), Dialer("""
                var client = new TcpClient();
                try
                {
                    await client.ConnectAsync(host, 80, stop);
                    return client;
                }
                catch (SocketException e)
                {
                    client.Dispose();
                    Console.WriteLine(e);
                    return null;
                }
                catch
                {
                    client.Dispose();
                    throw;
                }
        """));

    [Theory]
    [InlineData("await socket.ConnectAsync(host, 80, stop);", "await SafeSocket.ConnectAsync(host, 80, stop)")]
    [InlineData("await socket.ConnectAsync(host, 80).ConfigureAwait(false);", "await SafeSocket.ConnectAsync(host, 80).ConfigureAwait(false)")]
    public Task A_plain_connect_is_the_guards(string connect, string guarded) => OfSocketAsync(
        "var socket = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\n        " + connect + "\n        return socket;",
        "var socket = " + guarded + ";\n        return socket;", true);

    [Fact]
    public Task The_comments_of_both_statements_stay() => OfSocketAsync(
        "// a line\n        var socket = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; // of our own\n        // to there\n        await socket.ConnectAsync(host, 80); // soon\n        return socket;",
        "// a line\n        // to there\n        // soon\n        var socket = await SafeSocket.ConnectAsync(host, 80); // of our own\n        return socket;", true);

    /// <summary>Without the runtime package, and where more is done to the socket than that.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("socket.NoDelay = true;\n        ", true)]
    public Task Another_connect_is_caught(string before, bool runtime) => OfSocketAsync(
        "var socket = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|};\n        " + before + "await socket.ConnectAsync(host, 80, stop);\n        return socket;",
        "var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);\n        " + before + "try\n        {\n            await socket.ConnectAsync(host, 80, stop);\n        }\n        catch\n        {\n            socket.Dispose();\n            throw;\n        }\n\n        return socket;", runtime);

    private static Task OfSocketAsync(string before, string after, bool runtime)
    {
        var usings = after.Contains("SafeSocket") ? "using LifecycleAnalyzers.Runtime;\n" : "";
        return Fix.Of(Of(before), usings + Of(after), runtime).RunAsync(TestContext.Current.CancellationToken);

        static string Of(string code) => $$"""
            class Dialer
            {
                public async Task<object?> DialAsync(string host, CancellationToken stop)
                {
                    {{code}}
                }
            }
            """;
    }

    /// <summary>A field that nobody closes.</summary>
    [Fact]
    public Task A_field() => Fix.BecomesAsync("""
        class Uplink
        {
            private TcpClient? _client;

            public async Task<Stream> ConnectAsync(CancellationToken stop)
            {
                _client = {|LCA1003:new TcpClient()|};
                await _client.ConnectAsync("peer", 8883, stop);
                return _client.GetStream();
            }
        }
        """, """
        class Uplink
        {
            private TcpClient? _client;

            public async Task<Stream> ConnectAsync(CancellationToken stop)
            {
                _client = new TcpClient();
                try
                {
                    await _client.ConnectAsync("peer", 8883, stop);
                }
                catch
                {
                    _client.Dispose();
                    throw;
                }

                return _client.GetStream();
            }
        }
        """);
}
