using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Who is said to take a connection over listens to its errors.</summary>
public class Ownership
{
    private static string Program(string body, string attribute = "") => $$"""
        using LifecycleAnalyzers.Runtime;

        class Desk
        {
            private WireClient? _client;

            {{body}}
        }

        static class Registry
        {
            public static void Adopt({{attribute}} WireClient client) => Console.WriteLine(client.IsOpen);

            public static void Start({{attribute}} WireClient client) => client.Open();
        }
        """;

    private const string Before = "void M() { var c = new WireClient(); Registry.Adopt(c); {|LCA1001:c.Open()|}; _client = c; }";
    private const string Inside = "void M() { var c = new WireClient(); {|LCA1001:Registry.Start(c)|}; _client = c; }";
    private const string Behind = "void M() { var c = new WireClient(); {|LCA1001:c.Open()|}; Registry.Adopt(c); _client = c; }";

    [Theory]
    [InlineData(Before)]
    [InlineData(Inside)]
    public Task Nobody_says_so(string body) => Case.HoldsAsync(Program(body));

    [Theory]
    [InlineData(Before)]
    [InlineData(Inside)]
    public Task An_attribute_says_so(string body) => Case.SilentAsync(Program(body, "[TakesOwnership]").Replace("{|LCA1001:", "").Replace("|}", ""));

    [Theory]
    [InlineData(Before)]
    [InlineData(Inside)]
    public Task The_option_says_so(string body) => Case.WithConfig(Program(body).Replace("{|LCA1001:", "").Replace("|}", ""), "lifecycle_analyzers.takes_ownership = Registry.Adopt, Registry.Start").RunAsync();

    [Fact]
    public Task It_is_open_before_anybody_takes_it_over() => Case.HoldsAsync(Program(Behind, "[TakesOwnership]"));
}
