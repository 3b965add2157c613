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

    /// <summary>The pair passes an end of one direction on, and closes both for everything else.</summary>
    [Theory]
    [InlineData("await {|LCA1006:Task.WhenAll(left.GetStream().CopyToAsync(right.GetStream(), stop), right.GetStream().CopyToAsync(left.GetStream(), stop))|};", "using var pair = new ConnectionPair(left, right);\n            await pair.RelayAsync(stop);")]
    [InlineData("await {|LCA1006:Task.WhenAny(left.GetStream().CopyToAsync(right.GetStream()), right.GetStream().CopyToAsync(left.GetStream()))|}.ConfigureAwait(false);", "using var pair = new ConnectionPair(left, right);\n            await pair.RelayAsync().ConfigureAwait(false);")]
    [InlineData("var a = left.GetStream();\n            var b = right.GetStream();\n            var there = a.CopyToAsync(b);\n            var back = b.CopyToAsync(a);\n            await {|LCA1006:Task.WhenAll(there, back)|}; // both", "var a = left.GetStream();\n            var b = right.GetStream();\n            using var pair = new ConnectionPair(a, b);\n            await pair.RelayAsync(); // both")]
    public Task A_relay_becomes_a_pair(string before, string after) => RelayAsync(before, after, true);

    [Fact]
    public Task Who_waits_for_one_direction_closes_both() => RelayAsync(
        "await {|LCA1006:Task.WhenAny(left.GetStream().CopyToAsync(right.GetStream()), right.GetStream().CopyToAsync(left.GetStream()))|};",
        "await Task.WhenAny(left.GetStream().CopyToAsync(right.GetStream()), right.GetStream().CopyToAsync(left.GetStream()));\n            left.Dispose();\n            right.Dispose();", false);

    /// <summary>To close both at the first end would cut an answer short that is still under way.</summary>
    [Fact]
    public Task Who_waits_for_both_is_left_alone_without_the_package()
    {
        const string relay = "await {|LCA1006:Task.WhenAll(left.GetStream().CopyToAsync(right.GetStream()), right.GetStream().CopyToAsync(left.GetStream()))|};";
        return RelayAsync(relay, relay, false);
    }

    private static Task RelayAsync(string before, string after, bool runtime)
    {
        return Fix.Of(Of(before), (after.Contains("ConnectionPair") ? "using LifecycleAnalyzers.Runtime;\n" : "") + Of(after), runtime).RunAsync(TestContext.Current.CancellationToken);

        static string Of(string code) => $$"""
            static class Relays
            {
                public static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken stop)
                {
                    {{code.Replace("\n            ", "\n        ")}}
                }
            }
            """;
    }
}
