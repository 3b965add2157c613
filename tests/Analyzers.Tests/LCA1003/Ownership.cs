using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>Who is said to take a connection over closes it; nothing in the code shows that it does.</summary>
public class Ownership
{
    private const string New = "{|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}";
    private const string Call = "Socket M() { var s = " + New + "; Registry.Adopt(s); s.Connect(_peer); return s; }";

    private static string Program(string body, string onMethod = "", string onParameter = "") => "using LifecycleAnalyzers.Runtime;\n" + Reports.Dialer(body) + $$"""

        static class Registry
        {
            private static int _count;

            {{onMethod}} public static void Adopt({{onParameter}} Socket socket)
            {
                _count++;
                Console.WriteLine(_count + socket.Ttl);
            }
        }
        """;

    private static string Unmarked(string source) => source.Replace("{|LCA1003:", "").Replace("|}", "");

    [Fact]
    public Task Nobody_says_so() => Case.HoldsAsync(Program(Call));

    [Theory]
    [InlineData("M:Registry.Adopt")]
    [InlineData("M:Registry.Adopt(System.Net.Sockets.Socket)")]
    [InlineData("Registry.Adopt")]
    [InlineData("Registry.Ad*")]
    [InlineData("Adopt")]
    [InlineData("Ad*")]
    [InlineData("M:Some.Other.Type(System.String,System.Int32), Registry.Adopt")]
    [InlineData("T:Some.Other.Type|Adopt")]
    public Task The_option_says_so(string value) => Case.WithConfig(Unmarked(Program(Call)), "lifecycle_analyzers.takes_ownership = " + value).RunAsync();

    [Theory]
    [InlineData("Adop")]
    [InlineData("M:Other.Registry.Adopt")]
    [InlineData("Try.Adopt")]
    [InlineData("M:Registry.Adopt(System.String)")]
    [InlineData("T:Registry")]
    public Task The_option_says_so_of_others(string value) => Case.WithConfig(Program(Call), "lifecycle_analyzers.takes_ownership = " + value).RunAsync();

    [Fact]
    public Task An_attribute_of_the_parameter_says_so() => Case.SilentAsync(Unmarked(Program(Call, onParameter: "[TakesOwnership]")));

    [Fact]
    public Task An_attribute_of_the_method_says_so() => Case.SilentAsync(Unmarked(Program(Call, onMethod: "[TakesOwnership]")));

    [Fact]
    public Task A_line_of_a_catalogue_says_so() => Case.WithCatalogue(Unmarked(Program(Call)), "M:Registry.Adopt; takes").RunAsync();

    [Fact]
    public Task What_is_said_of_an_interface_counts_for_who_implements_it() => Case.SilentAsync("using LifecycleAnalyzers.Runtime;\n" + Unmarked(Reports.Dialer("Socket M(Owner o) { var s = " + New + "; o.Adopt(s); s.Connect(_peer); return s; }")) + """

        interface IOwner { void Adopt([TakesOwnership] Socket socket); }

        sealed class Owner : IOwner { public void Adopt(Socket socket) => Console.WriteLine(socket.Ttl); }
        """);

    [Fact]
    public Task Another_parameter_of_the_same_method_takes_nothing_over() => Case.HoldsAsync("using LifecycleAnalyzers.Runtime;\n" + Reports.Dialer("Socket M(Socket other) { var s = " + New + "; Owner.Adopt(other, s); s.Connect(_peer); return s; }") + """

        static class Owner { public static void Adopt([TakesOwnership] Socket socket, Socket asked) => Console.WriteLine(socket.Ttl + asked.Ttl); }
        """);
}
