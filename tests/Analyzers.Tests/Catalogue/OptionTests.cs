using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Rules.Setup;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class OptionTests
{
    private const string Link = "namespace Mine { class WireLink { public void Send() { } public void Shout() { } public bool IsOpen => true; public bool Healthy => true; public void Close() { } public void Kill() { } } }";

    [Theory]
    [InlineData("false")]
    [InlineData(" FALSE ")]
    public void Conventions_can_be_switched_off(string value)
    {
        var given = Given.Source(Link).WithOption("lifecycle_analyzers.conventions", value);
        Assert.False(given.Catalogue.ConventionsEnabled);
        Assert.Null(given.Find("Mine.WireLink"));
        Assert.Equal(Role.None, given.Roles("Mine.WireLink", "Send"));
        Assert.NotNull(given.Find("System.Net.Sockets.Socket"));
        Assert.Empty(given.Problems);
    }

    [Fact]
    public void Conventions_are_on_by_default()
    {
        Assert.True(Given.Source(Link).Catalogue.ConventionsEnabled);
        Assert.NotNull(Given.Source(Link).WithOption("lifecycle_analyzers.conventions", "true").Find("Mine.WireLink"));
    }

    [Fact]
    public void A_section_of_an_editorconfig_counts_but_a_global_file_goes_before()
    {
        Assert.Null(Given.Source(Link).WithTreeOption("lifecycle_analyzers.conventions", "false").Find("Mine.WireLink"));
        Assert.NotNull(Given.Source(Link).WithTreeOption("lifecycle_analyzers.conventions", "false").WithOption("lifecycle_analyzers.conventions", "true").Find("Mine.WireLink"));
    }

    [Theory]
    [InlineData("T:Mine.WireLink|T:System.Net.Sockets.Socket")]
    [InlineData("Mine.WireLink | System.Net.Sockets.Socket |")]
    public void Types_can_be_left_out(string value)
    {
        var given = Given.Source(Link + "namespace Mine { class SpecialLink : WireLink { } }").WithOption("lifecycle_analyzers.excluded_types", value);
        Assert.Null(given.Find("Mine.WireLink"));
        Assert.Null(given.Find("Mine.SpecialLink"));
        Assert.Null(given.Find("System.Net.Sockets.Socket"));
        Assert.NotNull(given.Find("System.Net.Sockets.TcpClient"));
        Assert.Empty(given.Problems);
    }

    [Fact]
    public void Names_can_be_added_to_the_conventions()
    {
        var given = Given.Source("class OddLink { public void Shout() { } public bool Healthy => true; public void KillNow() { } }")
            .WithOption("lifecycle_analyzers.send_members", "Whisper, Shout").WithOption("lifecycle_analyzers.state_members", "Healthy").WithOption("lifecycle_analyzers.close_members", "End|Kill*");
        Assert.NotNull(given.Find("OddLink"));
        Assert.Equal(Role.Send, given.Roles("OddLink", "Shout"));
        Assert.Equal(Role.State, given.Roles("OddLink", "Healthy"));
        Assert.Equal(Role.Close, given.Roles("OddLink", "KillNow"));
        Assert.True(given.IsUsable("OddLink", "Healthy", true));
        Assert.Null(Given.Source("class OddLink { public void Shout() { } public bool Healthy => true; public void KillNow() { } }").Find("OddLink"));
    }

    [Theory]
    [InlineData("T:Mine.Seat", true)]
    [InlineData("M:Mine.Seat.#ctor", true)]
    [InlineData("Seat.#ctor(Mine.WireLink)", true)]
    [InlineData("Seat.#ctor(System.String)", false)]
    [InlineData("T:Seat", false)]
    [InlineData("Seat", false)]
    public void A_constructor_can_take_over_what_it_is_given(string value, bool takes)
    {
        var given = Given.Source(Link + "namespace Mine { class Seat { public Seat(WireLink link) { } } }").WithOption("lifecycle_analyzers.takes_ownership", value);
        var constructor = given.Type("Mine.Seat").InstanceConstructors.Single();
        Assert.Equal(takes, given.Catalogue.TakesOver(constructor.Parameters[0]));
        Assert.Empty(given.Problems);
    }

    [Theory]
    [InlineData("lifecycle_analyzers.conventions", "maybe", "Option lifecycle_analyzers.conventions: 'maybe' is neither true nor false")]
    [InlineData("lifecycle_analyzers.excluded_types", "M:A.B.C", "Option lifecycle_analyzers.excluded_types: 'M:A.B.C' is no type: T:Name.Space.Type")]
    [InlineData("lifecycle_analyzers.excluded_types", "T:A B", "Option lifecycle_analyzers.excluded_types: 'A B' is no name of a type")]
    [InlineData("lifecycle_analyzers.send_members", "Send It", "Option lifecycle_analyzers.send_members: 'Send It' is no name of a member")]
    [InlineData("lifecycle_analyzers.state_members", "Ok,1st", "Option lifecycle_analyzers.state_members: '1st' is no name of a member")]
    [InlineData("lifecycle_analyzers.close_members", "*", "Option lifecycle_analyzers.close_members: '*' is no name of a member")]
    [InlineData("lifecycle_analyzers.takes_ownership", "Take It", "Option lifecycle_analyzers.takes_ownership: 'Take It' is no name of a method")]
    [InlineData("lifecycle_analyzers.takes_ownership", "Adopt, *", "Option lifecycle_analyzers.takes_ownership: '*' is no name of a method")]
    [InlineData("lifecycle_analyzers.takes_ownership", "P:A.B.C", "Option lifecycle_analyzers.takes_ownership: 'P:A.B.C' is no method: M:Name.Space.Type.Method")]
    [InlineData("lifecycle_analyzers.takes_ownership", "M:Adopt", "Option lifecycle_analyzers.takes_ownership: 'M:Adopt' names no type before its member")]
    [InlineData("lifecycle_analyzers.takes_ownership", "X:A.B", "Option lifecycle_analyzers.takes_ownership: 'X:A.B' is no documentation ID: it begins with T:, M:, P:, E: or F:")]
    [InlineData("lifecycle_analyzers.takes_ownership", "A.B(C", "Option lifecycle_analyzers.takes_ownership: the parameter list of 'M:A.B(C' is not closed or stands where none can be")]
    public void A_bad_value_is_told_and_has_no_effect(string option, string value, string message)
    {
        var given = Given.Source(Link).WithOption(option, value);
        Assert.Equal(message, Assert.Single(given.Problems));
        Assert.Equal(Location.None, given.Catalogue.Problems[0].Location);
        Assert.NotNull(given.Find("Mine.WireLink"));
    }

    [Fact]
    public void A_bad_line_is_told_where_it_stands()
    {
        var problem = Assert.Single(Given.Source("").WithFile("# mine\nT:A.B; conection", "/etc/x/mine.lifecycle.txt").Catalogue.Problems);

        Assert.Equal("mine.lifecycle.txt line 2: 'conection' is no trait of a type", problem.GetMessage());
        Assert.Equal(("LCA0001", "Setup", DiagnosticSeverity.Warning), (problem.Id, problem.Descriptor.Category, problem.Severity));
        Assert.Same(LCA0001CatalogueLine.Descriptor, problem.Descriptor);
        var place = problem.Location.GetLineSpan();
        Assert.Equal(("/etc/x/mine.lifecycle.txt", 1, 0, 16), (place.Path, place.StartLinePosition.Line, place.StartLinePosition.Character, place.EndLinePosition.Character));
    }

    [Theory]
    [InlineData("M:Mine.WireLink.Sned; send", "'Mine.WireLink' has no method 'Sned'")]
    [InlineData("M:Mine.WireLink.Send(System.Int32); send", "'Mine.WireLink' has no method 'Send(System.Int32)'")]
    [InlineData("P:Mine.WireLink.Send; state", "'Mine.WireLink' has no property 'Send'")]
    [InlineData("E:Mine.WireLink.IsOpen; error", "'Mine.WireLink' has no event 'IsOpen'")]
    [InlineData("F:Mine.WireLink.open; state", "'Mine.WireLink' has no field 'open'")]
    [InlineData("M:Mine.WireLink.Put*; send", "'Mine.WireLink' has no method 'Put*'")]
    [InlineData("M:Mine.WireLink.#ctor(System.Int32); create", "'Mine.WireLink' has no method '#ctor(System.Int32)'")]
    public void A_member_that_its_type_does_not_have_is_told(string line, string reason) =>
        Assert.Equal("mine.lifecycle.txt line 1: " + reason, Assert.Single(Given.Source(Link).WithFile(line).Problems));

    [Theory]
    [InlineData("M:Not.Here.Send; send")]
    [InlineData("T:Not.Here; connection")]
    [InlineData("M:Mine.WireLink.Send(); send")]
    [InlineData("M:Mine.WireLink.Sh*; send")]
    [InlineData("M:Mine.WireLink.ToString; use")]
    [InlineData("M:Mine.WireLink.#ctor; create")]
    [InlineData("M:System.Net.WebSockets.ClientWebSocket.SendAsync; send; throws=Not.Here.Either")]
    public void A_line_that_may_be_of_use_elsewhere_is_not(string line) => Assert.Empty(Given.Source(Link).WithFile(line).Problems);

    [Fact]
    public void Only_files_of_that_name_are_read()
    {
        var given = Given.Source("").WithFile("nonsense", "BannedSymbols.txt").WithFile("nonsense", "lifecycle.txt").WithFile("nonsense", "Mine.Lifecycle.TXT");
        Assert.Single(given.Problems);
    }

    [Fact]
    public void All_files_together_give_a_thousand_problems_at_most()
    {
        var bad = string.Concat(Enumerable.Repeat("nonsense\n", 700));
        Assert.Equal(1000, Given.Source("").WithFile(bad, "a.lifecycle.txt").WithFile(bad, "b.lifecycle.txt").Catalogue.Problems.Length);
    }

    [Fact]
    public void Problems_come_in_the_order_of_the_lines()
    {
        var given = Given.Source(Link).WithFile("M:Mine.WireLink.Sned; send\nnonsense\nM:Mine.WireLink.Clsoe; close\nT:X");
        Assert.Equal([0, 1, 2, 3], given.Catalogue.Problems.Select(p => p.Location.GetLineSpan().StartLinePosition.Line));
    }
}
