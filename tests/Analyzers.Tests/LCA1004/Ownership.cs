using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>Who is said to take a connection over ends it, and with it the operation that a limit has left behind.</summary>
public class Ownership
{
    private static string Program(string attribute = "") => $$"""
        using LifecycleAnalyzers.Runtime;

        class Desk
        {
            public async Task<bool> TryAsync(Socket socket, byte[] buffer)
            {
                var receive = socket.ReceiveAsync(buffer);
                if (await {|LCA1004:Task.WhenAny(receive, Task.Delay(1000))|} == receive) return true;
                Registry.Retire(socket);
                return false;
            }
        }

        static class Registry
        {
            public static void Retire({{attribute}} Socket socket) => Console.WriteLine(socket.Ttl);
        }
        """;

    private static string Unmarked(string source) => source.Replace("{|LCA1004:", "").Replace("|}", "");

    [Fact]
    public Task Nobody_says_so() => Case.HoldsAsync(Program());

    [Fact]
    public Task An_attribute_says_so() => Case.SilentAsync(Unmarked(Program("[TakesOwnership]")));

    [Fact]
    public Task The_option_says_so() => Case.WithConfig(Unmarked(Program()), "lifecycle_analyzers.takes_ownership = M:Registry.Retire").RunAsync();
}
