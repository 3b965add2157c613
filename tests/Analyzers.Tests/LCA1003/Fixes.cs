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
}
