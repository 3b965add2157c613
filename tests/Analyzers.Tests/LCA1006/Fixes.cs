using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1006CloseBothFix>;

namespace LifecycleAnalyzers.Tests.LCA1006;

/// <summary>The first is closed when the second fails.</summary>
public class Fixes
{
    private static string Proxy(string body) => $$"""
        class Proxy
        {
            public async Task HandleAsync(TcpClient client)
            {
        {{body}}
            }
        }
        """;

    [Fact]
    public Task A_catch_around_the_opening() => Fix.BecomesAsync(Proxy("""
                using var up = new TcpClient();
                await {|LCA1006:up.ConnectAsync("peer", 80)|};
                client.Close();
        """), Proxy("""
                using var up = new TcpClient();
                try
                {
                    await up.ConnectAsync("peer", 80);
                }
                catch
                {
                    client.Dispose();
                    throw;
                }

                client.Close();
        """));

    [Fact]
    public Task The_handler_that_is_there() => Fix.BecomesAsync(Proxy("""
                using var up = new TcpClient();
                try
                {
                    await {|LCA1006:up.ConnectAsync("peer", 80)|};
                }
                catch (Exception e)
                {
                    Console.WriteLine(e);
                    return;
                }
                client.Close();
        """), Proxy("""
                using var up = new TcpClient();
                try
                {
                    await up.ConnectAsync("peer", 80);
                }
                catch (Exception e)
                {
                    client.Dispose();
                    Console.WriteLine(e);
                    return;
                }
                client.Close();
        """));
}
