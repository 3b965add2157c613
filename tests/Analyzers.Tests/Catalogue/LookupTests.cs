using LifecycleAnalyzers.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class LookupTests
{
    private const string Wire = """
        namespace Acme
        {
            public enum LinkState { Idle, Usable, Closing, Gone }
            public interface IWire<T> { event Action Lost; LinkState Condition { get; } void Put(T item); void Put(T item, int times); Task Up(); }
            public abstract class WireBase<T> : IWire<T>
            {
                public abstract event Action Lost;
                public abstract LinkState Condition { get; }
                public virtual void Put(T item) { }
                void IWire<T>.Put(T item, int times) { }
                public Task Up() => Task.CompletedTask;
                protected virtual void OnLost() { }
                public void Other() { }
            }
            public class Wire : WireBase<string>
            {
                public override event Action Lost;
                public override LinkState Condition => 0;
                public override void Put(string item) { }
                protected override void OnLost() { }
                public void Put(object other) { }
            }
            public static class WireExtensions { public static void PutAll<T>(this IWire<T> wire, T[] items) { } public static void Help(this Wire wire) { } }
            public class Unrelated { public void Put(string item) { } }
        }
        """;

    private const string File = """
        T:Acme.IWire`1; connection, single-writer
        E:Acme.IWire`1.Lost; error
        P:Acme.IWire`1.Condition; state; usable=Usable
        M:Acme.IWire`1.Put; send; throws=System.TimeoutException
        M:Acme.IWire`1.Up; open
        M:Acme.WireBase`1.OnLost; callback
        M:Acme.WireExtensions.PutAll; send; of=T:Acme.IWire`1
        """;

    private static Given Known() => Given.Source(Wire).WithFile(File);

    [Fact]
    public void A_type_is_found_by_its_interface_and_its_base()
    {
        var given = Known();
        foreach (var name in (string[])["Acme.IWire`1", "Acme.WireBase`1", "Acme.Wire"])
        {
            var found = given.Find(name);
            Assert.NotNull(found);
            Assert.Equal(("IWire", Source.Catalogue, Traits.SingleWriter), (found.Symbol.Name, found.Source, found.Traits));
        }

        Assert.Null(given.Find("Acme.Unrelated"));
        Assert.Empty(given.Problems);
    }

    [Fact]
    public void A_constructed_type_is_found_as_its_definition()
    {
        var given = Known();
        Assert.NotNull(given.Catalogue.Find(given.Type("Acme.IWire`1").Construct(given.Compilation.GetSpecialType(SpecialType.System_Int32))));
    }

    [Fact]
    public void A_type_parameter_is_found_by_its_constraints()
    {
        var given = Given.Source("class G<T, U, V, W> where T : Socket where U : T where V : class where W : IDisposable { }");
        var parameters = given.Type("G`4").TypeParameters;

        Assert.Equal([true, true, false, false], parameters.Select(p => given.Catalogue.Find(p) is not null));
    }

    [Fact]
    public void Nothing_else_is_found()
    {
        var given = Given.Source("delegate void SocketLink(); enum SocketChannel { Open }");
        Assert.Null(given.Catalogue.Find(null));
        Assert.Null(given.Catalogue.Find(given.Compilation.DynamicType));
        Assert.Null(given.Catalogue.Find(given.Compilation.CreateArrayTypeSymbol(given.Type("System.Net.Sockets.Socket"))));
        Assert.Null(given.Catalogue.Find(given.Compilation.CreateErrorTypeSymbol(given.Compilation.GlobalNamespace, "GoneConnection", 0)));
        Assert.Null(given.Find("SocketLink"));
        Assert.Null(given.Find("SocketChannel"));
    }

    [Fact]
    public void A_member_is_found_through_overrides_and_implementations()
    {
        var given = Known();
        Assert.Equal(Role.Send, given.Roles("Acme.WireBase`1", "Put"));
        Assert.Equal(Role.Open, given.Roles("Acme.WireBase`1", "Up"));
        Assert.Equal(Role.Error, given.Roles("Acme.Wire", "Lost"));
        Assert.Equal(Role.State, given.Roles("Acme.Wire", "Condition"));
        Assert.Equal(Role.Callback, given.Roles("Acme.Wire", "OnLost"));
        Assert.Equal(Role.None, given.Roles("Acme.Wire", "Other"));
        Assert.Equal(Role.None, given.Roles("Acme.Unrelated", "Put"));

        var explicitly = given.Type("Acme.WireBase`1").GetMembers().OfType<IMethodSymbol>().Single(m => m.MethodKind == MethodKind.ExplicitInterfaceImplementation);
        Assert.Equal(Role.Send, given.Catalogue.Of(explicitly).Roles);

        var overloads = given.Members("Acme.Wire", "Put").Cast<IMethodSymbol>().ToDictionary(m => m.Parameters[0].Type.Name, m => given.Catalogue.Of(m).Roles);
        Assert.Equal(Role.Send, overloads["String"]);
        Assert.Equal(Role.None, overloads["Object"]);
    }

    [Fact]
    public void A_library_s_overloads_in_a_derived_type_count_by_name()
    {
        var given = Given.Source("").WithLibrary(Wire).WithFile(File);
        Assert.All(given.Members("Acme.Wire", "Put"), member => Assert.Equal(Role.Send, given.Catalogue.Of(member).Roles));
    }

    [Fact]
    public void Accessors_speak_for_their_property_or_event()
    {
        var given = Known();
        Assert.Equal(Role.State, given.Catalogue.Of(((IPropertySymbol)given.Member("Acme.Wire", "Condition")).GetMethod!).Roles);
        Assert.Equal(Role.Error, given.Catalogue.Of(((IEventSymbol)given.Member("Acme.Wire", "Lost")).AddMethod!).Roles);
    }

    [Fact]
    public void Calls_are_found_as_written()
    {
        var given = Given.Source(Wire + "namespace Acme.Use { class Caller { void Call(Acme.Wire wire, Acme.IWire<int> other) { wire.PutAll(null); other.PutAll(null); other.Put(1); wire.Help(); } } }").WithFile(File);
        var tree = given.Compilation.SyntaxTrees[0];
        var model = given.Compilation.GetSemanticModel(tree);
        var called = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<InvocationExpressionSyntax>().Select(i => model.GetSymbolInfo(i).Symbol!).ToList();

        Assert.Equal([Role.Send, Role.Send, Role.Send, Role.None], called.Select(s => given.Catalogue.Of(s).Roles));
        Assert.Equal("T:Acme.IWire`1", given.Catalogue.Of(called[0]).Of);
    }

    [Fact]
    public void A_member_that_a_plain_base_declares_is_found_by_the_receiver()
    {
        var given = Given.Source("");
        foreach (var member in given.Type("System.IO.Stream").GetMembers("Write").Concat(given.Type("System.IO.Stream").GetMembers("WriteAsync")))
        {
            Assert.Equal(Role.None, given.Catalogue.Of(member).Roles);
            Assert.Equal(Role.Send, given.Catalogue.Of(member, given.Type("System.Net.Sockets.NetworkStream")).Roles);
            Assert.Equal(Role.None, given.Catalogue.Of(member, given.Type("System.IO.MemoryStream")).Roles);
        }

        Assert.Equal(Role.Close, given.RolesOn("System.Net.Sockets.NetworkStream", "System.IDisposable", "Dispose"));
        Assert.Equal(Role.Close, given.RolesOn("System.Net.WebSockets.ClientWebSocket", "System.IDisposable", "Dispose"));
        Assert.Equal(Role.None, given.RolesOn("System.IO.MemoryStream", "System.IDisposable", "Dispose"));
    }

    [Fact]
    public void A_line_for_a_derived_type_goes_before_its_base()
    {
        var given = Given.Source("class LoudSocket : WebSocketLike { } class WebSocketLike { public void Put() { } }")
            .WithFile("T:WebSocketLike; connection\nM:WebSocketLike.Put; send\nM:LoudSocket.Put; quiet".Replace("T:WebSocketLike", "T:Mine.WebSocketLike").Replace("M:", "M:Mine."));
        Assert.Null(given.Find("WebSocketLike"));

        given = Given.Source("namespace Mine { class Loud : Calm { } class Calm { public void Put() { } } }").WithFile("T:Mine.Calm; connection\nM:Mine.Calm.Put; send\nM:Mine.Loud.Put; quiet");
        Assert.Equal(Role.Send, given.Roles("Mine.Calm", "Put"));
        Assert.Equal(Role.Quiet, given.RolesOn("Mine.Loud", "Mine.Calm", "Put"));
    }

    [Fact]
    public void A_nested_type_has_a_dot_in_its_ID()
    {
        var given = Given.Source("namespace Mine { class Outer<T> { public class Inner { public void Put() { } } } }").WithFile("T:Mine.Outer`1.Inner; connection\nM:Mine.Outer`1.Inner.Put; send");
        Assert.NotNull(given.Find("Mine.Outer`1+Inner"));
        Assert.Equal(Role.Send, given.Roles("Mine.Outer`1+Inner", "Put"));
        Assert.Empty(given.Problems);
    }

    [Fact]
    public void A_type_that_two_libraries_have_is_found_in_both()
    {
        var given = Given.Source("").WithLibrary("namespace Twice { public class Thing { public void Put() { } } }", "One").WithLibrary("namespace Twice { public class Thing { public void Put() { } } }", "Two")
            .WithFile("T:Twice.Thing; connection\nM:Twice.Thing.Put; send");
        var both = given.Compilation.GetTypesByMetadataName("Twice.Thing");

        Assert.Equal(2, both.Length);
        Assert.All(both, type => Assert.NotNull(given.Catalogue.Find(type)));
        Assert.Empty(given.Problems);
        Assert.NotNull(given.Catalogue.Types.Find("Twice.Thing"));
    }

    [Fact]
    public void The_most_exact_line_counts()
    {
        var given = Given.Source("namespace Mine { class Pipe { public void PutOne() { } public void PutTwo() { } public void PutTwo(int n) { } public void Pour() { } } }")
            .WithFile("T:Mine.Pipe; connection\nM:Mine.Pipe.P*; receive\nM:Mine.Pipe.Put*; send\nM:Mine.Pipe.PutTwo; quiet\nM:Mine.Pipe.PutTwo(System.Int32); use, alive");
        Assert.Equal(Role.Send, given.Roles("Mine.Pipe", "PutOne"));
        Assert.Equal([Role.Quiet, Role.Use | Role.Alive], given.Members("Mine.Pipe", "PutTwo").Select(m => given.Catalogue.Of(m).Roles));
        Assert.Equal(Role.Receive, given.Roles("Mine.Pipe", "Pour"));
        Assert.Equal(Role.None, given.Roles("Mine.Pipe", ".ctor"));
    }

    [Fact]
    public void Throws_are_the_usual_ones_and_the_catalogue_s()
    {
        var given = Given.Source("");
        Assert.Equal(["InvalidOperationException", "IOException", "SocketException"], given.Catalogue.Throws(given.Member("System.Net.Sockets.Socket", "Send")).Select(t => t.Name));
        Assert.Equal(["InvalidOperationException", "IOException", "SocketException", "WebSocketException"],
            given.Catalogue.Throws(given.Member("System.Net.WebSockets.ClientWebSocket", "SendAsync")).Select(t => t.Name));

        var mine = Given.Source("namespace Mine { class Lost : Exception { } class Pipe { public void Put() { } } }").WithFile("M:Mine.Pipe.Put; send; throws=Mine.Lost, Mine.Absent");
        Assert.Equal(["InvalidOperationException", "IOException", "SocketException", "Lost"], mine.Catalogue.Throws(mine.Member("Mine.Pipe", "Put")).Select(t => t.Name));
    }

    [Fact]
    public void Names_are_known_for_a_first_look()
    {
        var catalogue = Given.Source("").WithFile("M:Mine.Pipe.Pour*; send\nM:Mine.Pipe.#ctor; create").WithOption("lifecycle_analyzers.send_members", "Shout").Catalogue;

        var sends = catalogue.AllMemberNames(Role.Send).ToList();
        Assert.Contains("SendAsync", sends);
        Assert.Contains("Pour*", sends);
        Assert.Contains("Shout", sends);
        Assert.DoesNotContain("ReceiveAsync", sends);
        Assert.Contains("Pipe", catalogue.AllMemberNames(Role.Create));
        Assert.Contains("Timer", catalogue.AllMemberNames(Role.Registers));
    }

    [Fact]
    public void Members_of_a_type_are_listed_by_role()
    {
        var given = Known();
        Assert.Equal(["Put", "Put"], given.Catalogue.MembersOf(given.Type("Acme.IWire`1"), Role.Send).Select(m => m.Name));
        Assert.Equal(["Lost", "Lost", "Lost"], given.Catalogue.MembersOf(given.Type("Acme.Wire"), Role.Error | Role.Ended).Select(m => m.Name));
    }

    [Fact]
    public void Asked_by_many_at_once_it_answers_the_same()
    {
        var given = Known();
        var types = Types(given);
        var alone = Known();
        var expected = Types(alone).ToDictionary(t => t.Name, t => t.GetMembers().Select(m => alone.Catalogue.Of(m).Roles).ToList());

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i =>
        {
            var type = types[i % types.Count];
            Assert.Equal(expected[type.Name], type.GetMembers().Select(m => given.Catalogue.Of(m).Roles));
        });

        static List<INamedTypeSymbol> Types(Given given) => given.Compilation.GlobalNamespace.GetNamespaceMembers().Single(n => n.Name == "Acme").GetTypeMembers().ToList();
    }

    [Fact]
    public void Half_written_code_is_looked_at_without_harm()
    {
        var given = Given.Source("""
            class : Socket { } class A : A { public void Send() { } } interface IConnection : IConnection { void Send( ; }
            [Connection(] class BConnection : Missing<, > { public override void Send() { } bool IsOpen => ; public void Dispose() { } partial void Write(); Foo Request(Bar b) }
            class CLink<T> where T : CLink<T>, T { public T Send; T Open() => default; public bool IsOpen; public void Close() }
            """).WithAttributes().WithFile("T:A; connection\nM:A.Send; send");
        foreach (var type in given.Compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type, TestContext.Current.CancellationToken).OfType<INamedTypeSymbol>())
        {
            _ = given.Catalogue.Find(type);
            foreach (var member in type.GetMembers())
            {
                _ = given.Catalogue.Of(member);
                _ = given.Catalogue.Of(member, type);
                _ = given.Catalogue.IsUsable(member, true);
                Assert.NotEmpty(given.Catalogue.Throws(member));
            }
        }
    }
}
