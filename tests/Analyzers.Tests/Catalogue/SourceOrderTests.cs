using LifecycleAnalyzers.Catalogue;

namespace LifecycleAnalyzers.Tests.Catalogue;

/// <summary>Attributes win over the catalogue, the catalogue over conventions, the user's lines over the built-in ones.</summary>
public class SourceOrderTests
{
    private const string Link = "public void Send() { } public void SendLater() { } public bool IsOpen => true; public void Close() { } public event Action Error;";

    [Fact]
    public void An_attribute_makes_any_type_a_connection()
    {
        var given = Given.Source("using LifecycleAnalyzers.Runtime; [Connection(SingleWriter = true, Reconnects = true)] struct Thing { public void Send() { } [Closes] public void End() { } }").WithAttributes();
        var found = given.Find("Thing");

        Assert.Equal((Source.Attribute, Traits.SingleWriter | Traits.Reconnects), (found?.Source, found?.Traits));
        Assert.Equal(Role.Send, given.Roles("Thing", "Send"));
        Assert.Equal(Role.Close, given.Roles("Thing", "End"));
    }

    [Fact]
    public void An_attribute_wins_over_catalogue_and_convention()
    {
        var given = Given.Source($$"""
            using LifecycleAnalyzers.Runtime;
            namespace Mine {
            [NotAConnection] class ALink { {{Link}} }
            [NotAConnection] class BLink { {{Link}} }
            class BBLink : BLink { }
            [Connection] class CLink { [ConnectionCallback] public void Send() { } [Sends] public void Close() { } public void Write() { } }
            [NotAConnection] class Talker : Socket { public Talker() : base(default, default) { } }
            }
            """).WithAttributes().WithFile("T:Mine.BLink; connection\nT:Mine.CLink; not-a-connection\nM:Mine.CLink.Send; quiet");

        Assert.Null(given.Find("Mine.ALink"));
        Assert.Null(given.Find("Mine.BLink"));
        Assert.Null(given.Find("Mine.BBLink"));
        Assert.Null(given.Find("Mine.Talker"));
        Assert.Equal(Source.Attribute, given.Find("Mine.CLink")?.Source);
        Assert.Equal(Role.Callback, given.Roles("Mine.CLink", "Send"));
        Assert.Equal(Role.Send, given.Roles("Mine.CLink", "Close"));
        Assert.Equal(Role.Send, given.Roles("Mine.CLink", "Write"));
    }

    [Fact]
    public void Every_attribute_of_a_member_gives_its_role()
    {
        var given = Given.Source("""
            using LifecycleAnalyzers.Runtime;
            enum S { A, B, C }
            class Thing
            {
                [Opens] public void A() { }
                [Sends] public void B() { }
                [Closes] public void C() { }
                [ConnectionState(S.B, S.C)] public S D { get; }
                [ConnectionState] public bool E { get; }
                [ConnectionState(false)] public bool F { get; }
                [ErrorEvent] public event Action G;
                [ConnectionCallback] public void H() { }
                [CreatesFresh] public Task<Thing> I() => null;
                [CreatesFresh] public Task J() => null;
                [EnsuresOpen] public bool K() => true;
                public void L([ConnectionCallback] Action a, Action b) { }
                [ConnectionState(7)] public int M { get; }
            }
            class Derived : Thing { }
            interface IThing { [Sends] void Put(); }
            class Impl : IThing { public void Put() { } }
            """).WithAttributes();

        Assert.Equal(
            [Role.Open, Role.Send, Role.Close, Role.State, Role.State, Role.State, Role.Error, Role.Callback, Role.Create, Role.Open | Role.Ensures, Role.Ensures, Role.Registers, Role.State],
            "ABCDEFGHIJKLM".Select(name => given.Roles("Thing", name.ToString())));
        Assert.Equal(["B", "C"], given.Catalogue.Of(given.Member("Thing", "D")).Usable);
        Assert.Equal([null, true, true], new object[] { 0, 1, 2 }.Select(v => given.IsUsable("Thing", "D", v)));
        Assert.True(given.IsUsable("Thing", "E", true));
        Assert.False(given.IsUsable("Thing", "E", false));
        Assert.False(given.IsUsable("Thing", "F", true));
        Assert.True(given.IsUsable("Thing", "F", false));
        Assert.True(given.IsUsable("Thing", "M", 7));
        Assert.Equal(Role.Send, given.Roles("Impl", "Put"));
        var parameters = ((Microsoft.CodeAnalysis.IMethodSymbol)given.Member("Thing", "L")).Parameters;
        Assert.Equal([Role.Callback, Role.None], parameters.Select(p => given.Catalogue.Of(p).Roles));
    }

    [Fact]
    public void Attributes_of_the_same_name_elsewhere_say_nothing()
    {
        var given = Given.Source("namespace Other { class SendsAttribute : Attribute { } class ConnectionAttribute : Attribute { } } namespace Mine { [Other.Connection] class Thing { [Other.Sends] public void Put() { } } }").WithAttributes();
        Assert.Null(given.Find("Mine.Thing"));
        Assert.Equal(Role.None, given.Roles("Mine.Thing", "Put"));
    }

    [Fact]
    public void The_catalogue_wins_over_conventions()
    {
        var given = Given.Source($"namespace Mine {{ class ALink {{ {Link} }} class BLink {{ {Link} }} class CLink : BLink {{ }} interface IDLink {{ void Send(); bool IsOpen {{ get; }} void Close(); }} class Impl : IDLink {{ public void Send() {{ }} public bool IsOpen => true; public void Close() {{ }} }} }}")
            .WithFile("T:Mine.ALink; not-a-connection\nT:Mine.BLink; connection, single-writer\nM:Mine.BLink.SendLater; quiet\nT:Mine.IDLink; not-a-connection");

        Assert.Null(given.Find("Mine.ALink"));
        Assert.Null(given.Find("Mine.Impl"));
        Assert.Equal((Source.Catalogue, Traits.SingleWriter), (given.Find("Mine.CLink")?.Source, given.Find("Mine.CLink")?.Traits));
        Assert.Equal(Role.Quiet, given.Roles("Mine.BLink", "SendLater"));
        // A user's type line may stand alone: what it does not tell is known by name.
        Assert.Equal(Role.Send, given.Roles("Mine.BLink", "Send"));
        Assert.Equal(Role.Error, given.Roles("Mine.BLink", "Error"));
    }

    [Fact]
    public void A_built_in_type_is_described_in_full()
    {
        var given = Given.Source("class Talker : Socket { public Talker() : base(default, default) { } public void SendHello() { } public bool IsOpen => true; }");
        Assert.Equal(Source.Catalogue, given.Find("Talker")?.Source);
        Assert.Equal(Role.None, given.Roles("Talker", "SendHello"));
        Assert.Equal(Role.None, given.Roles("Talker", "IsOpen"));
        Assert.Equal(Role.Send, given.Roles("Talker", "Send"));
    }

    [Fact]
    public void The_user_s_lines_win_over_the_built_in_ones()
    {
        var given = Given.Source("").WithFile("T:System.Net.Sockets.UdpClient; not-a-connection\nT:System.Net.Http.HttpClient; connection\nM:System.Net.Sockets.Socket.SendTo; quiet\nM:System.Net.Sockets.Socket.Send*; use");

        Assert.Null(given.Find("System.Net.Sockets.UdpClient"));
        Assert.Equal(Role.Quiet, given.Roles("System.Net.Sockets.Socket", "SendTo"));
        Assert.Equal(Role.Use, given.Roles("System.Net.Sockets.Socket", "Send"));
        Assert.Equal(Role.Receive, given.Roles("System.Net.Sockets.Socket", "Receive"));
        Assert.Empty(given.Problems);
    }

    [Fact]
    public void An_interface_that_is_none_does_not_speak_for_the_others()
    {
        var given = Given.Source("namespace Mine { interface IA { } interface IB { } class Both : IA, IB { } class BothToo : IB, IA { } }").WithFile("T:Mine.IA; not-a-connection\nT:Mine.IB; connection");
        Assert.Null(given.Find("Mine.IA"));
        Assert.Null(given.Find("Mine.Both"));
        Assert.NotNull(given.Find("Mine.BothToo"));
    }

    [Fact]
    public void Traits_of_bases_add_up()
    {
        var given = Given.Source("namespace Mine { class A { } class B : A { } }").WithFile("T:Mine.A; connection, pooled\nT:Mine.B; connection, single-writer");
        Assert.Equal(Traits.Pooled | Traits.SingleWriter, given.Find("Mine.B")?.Traits);
        Assert.Equal(Traits.Pooled, given.Find("Mine.A")?.Traits);
    }
}
