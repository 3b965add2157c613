using LifecycleAnalyzers.Catalogue;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class ParserTests
{
    private static CatalogueFile Parse(string text) => CatalogueParser.Parse("a.lifecycle.txt", SourceText.From(text), isUsers: true, TestContext.Current.CancellationToken);

    [Fact]
    public void A_type_has_traits_and_a_reason()
    {
        var entry = Assert.Single(Parse("T:A.B.Link`1; connection, single-writer; reconnects; reason=it retries, twice").Entries);

        Assert.Equal(('T', "A.B.Link`1"), (entry.Id.Kind, entry.Id.Type));
        Assert.True(entry.IsConnection);
        Assert.Equal(Traits.SingleWriter | Traits.Reconnects, entry.Traits);
        Assert.Equal("it retries, twice", entry.Reason);
    }

    [Fact]
    public void What_switches_reconnecting_off_is_said_of_the_type() =>
        Assert.Equal("AutoRetry", Assert.Single(Parse("T:A.B.Link; connection, reconnects; unless=AutoRetry").Entries).Unless);

    [Theory]
    [InlineData("created-open", (int)Traits.CreatedOpen)]
    [InlineData("single-writer", (int)Traits.SingleWriter)]
    [InlineData("reconnects", (int)Traits.Reconnects)]
    [InlineData("operation", (int)Traits.Operation)]
    [InlineData("response", (int)Traits.Response)]
    [InlineData("late-safe", (int)Traits.LateSafe)]
    [InlineData("own-bound", (int)Traits.OwnBound)]
    [InlineData("pooled", (int)Traits.Pooled)]
    public void Every_trait_has_a_word(string word, int trait) =>
        Assert.Equal((Traits)trait, Assert.Single(Parse("T:A.B; connection; " + word).Entries).Traits);

    [Fact]
    public void Every_role_has_its_name_as_word()
    {
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.None))
        {
            var file = Parse($"M:A.B.C; {role.ToString().ToLowerInvariant()}");
            Assert.Empty(file.Problems);
            Assert.Equal(role, Assert.Single(file.Entries).Roles);
        }
    }

    [Fact]
    public void A_member_has_roles_and_options()
    {
        var entry = Assert.Single(Parse("  M:A.B.SendAsync``1(System.String, ``0) ; send ,use; throws=A.LostException, B.GoneException ; of=T:A.C; reason=because").Entries);

        Assert.Equal(("A.B", "SendAsync", 1, "(System.String,``0)"), (entry.Id.Type, entry.Id.Member, entry.Id.Arity, entry.Id.Parameters));
        Assert.Equal(Role.Send | Role.Use, entry.Roles);
        Assert.Equal(["A.LostException", "B.GoneException"], entry.Throws);
        Assert.Equal("T:A.C", entry.Of);
    }

    [Fact]
    public void A_state_has_its_usable_values()
    {
        var entry = Assert.Single(Parse("P:A.B.State; state, weak; usable=Open, Half,3,true").Entries);

        Assert.Equal(["Open", "Half", "3", "true"], entry.Usable);
        Assert.True(entry.Weak);
    }

    [Fact]
    public void An_opening_may_close_what_it_could_not_open() =>
        Assert.True(Assert.Single(Parse("M:A.B.ConnectAsync; open, self-closing").Entries).SelfClosing);

    [Fact]
    public void A_star_stands_for_the_rest_of_a_name()
    {
        var entry = Assert.Single(Parse("M:A.B.Send*; send").Entries);
        Assert.Equal(("Send", true), (entry.Id.Member, entry.Id.IsPrefix));
    }

    [Fact]
    public void A_constructor_is_no_comment()
    {
        var entry = Assert.Single(Parse("M:A.B.#ctor(System.Int32); create # connects").Entries);
        Assert.Equal((".ctor", "(System.Int32)"), (entry.Id.Member, entry.Id.Parameters));
    }

    [Fact]
    public void Comments_blank_lines_and_a_last_semicolon_say_nothing()
    {
        var file = Parse("# all\r\n\r\n   # of it\r\nT:A.B; connection;  # note\r\n\t\r\n");
        Assert.Single(file.Entries);
        Assert.Empty(file.Problems);
    }

    [Theory]
    [InlineData("A.B; connection", "'A.B' is no documentation ID: it begins with T:, M:, P:, E: or F:")]
    [InlineData("X:A.B; connection", "'X:A.B' is no documentation ID: it begins with T:, M:, P:, E: or F:")]
    [InlineData("T:; connection", "'T:' is no documentation ID: it begins with T:, M:, P:, E: or F:")]
    [InlineData("; connection", "'' is no documentation ID: it begins with T:, M:, P:, E: or F:")]
    [InlineData("T:A..B; connection", "'A..B' is no name of a type")]
    [InlineData("T:A.B`x; connection", "'A.B`x' is no name of a type")]
    [InlineData("T:A.1; connection", "'A.1' is no name of a type")]
    [InlineData("T:A.B*; connection", "a star can stand only at the end of a member's name")]
    [InlineData("M:Send; send", "'M:Send' names no type before its member")]
    [InlineData("M:A.B.; send", "'' is no name of a member")]
    [InlineData("M:A.B.C D; send", "'C D' is no name of a member")]
    [InlineData("M:A.B.C``0; send", "'C``0' has a wrong number of type parameters")]
    [InlineData("P:A.B.C``1; state", "'C``1' has a wrong number of type parameters")]
    [InlineData("M:A.B.C(System.String; send", "the parameter list of 'M:A.B.C(System.String' is not closed or stands where none can be")]
    [InlineData("M:A.B.C(System.String)x; send", "the parameter list of 'M:A.B.C(System.String)x' is not closed or stands where none can be")]
    [InlineData("E:A.B.C(System.String); error", "the parameter list of 'E:A.B.C(System.String)' is not closed or stands where none can be")]
    [InlineData("M:A.B.C; sends", "'sends' is no role of a member")]
    [InlineData("M:A.B.C; send,", "there is nothing between two commas")]
    [InlineData("M:A.B.C; send; ; use", "there is nothing between two semicolons")]
    [InlineData("M:A.B.C; reconnects", "'reconnects' is said of a type, not of a member")]
    [InlineData("M:A.B.C; connection", "'connection' is said of a type, not of a member")]
    [InlineData("T:A.B; connection; healing", "'healing' is no trait of a type")]
    [InlineData("T:A.B; send", "'send' is a role of a member, not a trait of a type")]
    [InlineData("T:A.B", "the line says neither 'connection' nor 'not-a-connection'")]
    [InlineData("T:A.B; reconnects", "the line says neither 'connection' nor 'not-a-connection'")]
    [InlineData("T:A.B; connection, not-a-connection", "a type is a connection or it is none")]
    [InlineData("T:A.B; not-a-connection; pooled", "what is no connection has no traits of one")]
    [InlineData("T:A.B; connection; usable=Open", "'usable' is an option of a member, not of a type")]
    [InlineData("T:A.B; connection; unless=AutoRetry", "'unless' belongs to a type that 'reconnects'")]
    [InlineData("T:A.B; connection, reconnects; unless=no name", "'unless' names the setting that switches it off: AutomaticRecoveryEnabled")]
    [InlineData("M:A.B.C; send; unless=AutoRetry", "'unless' is an option of a type, not of a member")]
    [InlineData("M:A.B.C", "the line gives the member no role")]
    [InlineData("M:A.B.C; send, quiet", "a member is 'send' or it is 'quiet'")]
    [InlineData("M:A.B.C; send; usable=Open", "'usable' belongs to a member that is 'state', 'alive' or 'ensures'")]
    [InlineData("M:A.B.C; send, weak", "'weak' belongs to a member that is 'state'")]
    [InlineData("M:A.B.C; send, late-safe", "'late-safe' belongs to a member that is 'error' or 'ended'")]
    [InlineData("M:A.B.C; send; throws", "'throws' needs '=' and a value")]
    [InlineData("T:A.B; connection; reason", "'reason' needs '=' and a value")]
    [InlineData("M:A.B.C; send; throws=", "'throws' has no value")]
    [InlineData("M:A.B.C; send; throws=A..B", "'throws' lists types of exceptions, separated by commas")]
    [InlineData("M:A.B.C; send; until=now", "'until' is no option")]
    [InlineData("M:A.B.C; send; of=A.B", "'of' names a type: T:Name.Space.Type")]
    [InlineData("M:A.B.C; send; of=M:A.B.C", "'of' names a type: T:Name.Space.Type")]
    [InlineData("M:A.B.C; send; reason=a; reason=b", "'reason' is given twice")]
    [InlineData("P:A.B.C; state; usable=a b", "'usable' lists names of enum members, true, false or numbers, separated by commas")]
    public void A_malformed_line_is_told_with_its_reason_and_place(string line, string reason)
    {
        var file = Parse("T:Good.One; connection\n" + line + "\nT:Good.Two; connection");

        var problem = Assert.Single(file.Problems);
        Assert.Equal(reason, problem.Reason);
        Assert.Equal((1, 0, 1, line.Length), (problem.Lines.Start.Line, problem.Lines.Start.Character, problem.Lines.End.Line, problem.Lines.End.Character));
        Assert.Equal(23, problem.Span.Start);
        Assert.Equal(2, file.Entries.Length);
    }

    [Fact]
    public void A_line_may_not_be_endless()
    {
        var file = Parse("T:A.B; connection; reason=" + new string('x', CatalogueParser.LongestLine) + "\nT:A.C; connection");
        Assert.Equal("the line has more than 2000 characters", Assert.Single(file.Problems).Reason);
        Assert.Equal("A.C", Assert.Single(file.Entries).Id.Type);
    }

    [Fact]
    public void A_file_may_not_be_endless()
    {
        var file = Parse(string.Concat(Enumerable.Repeat("T:A.B; connection\n", 60_000)));
        Assert.Equal("the file has more than 1000000 characters and is not read", Assert.Single(file.Problems).Reason);
        Assert.Empty(file.Entries);
    }

    [Fact]
    public void More_than_a_thousand_bad_lines_give_a_thousand_problems() =>
        Assert.Equal(1000, Parse(string.Concat(Enumerable.Repeat("nonsense\n", 5000))).Problems.Length);

    [Fact]
    public void No_text_whatever_throws()
    {
        // Every line is a cut or a shuffle of good ones, with a fixed seed: the same texts each run.
        const string alphabet = "TMPEF:.`#*();,=| \tabcSend0_<>&{}[]\"'\\\u00e9\u4e2d\ud83d\ude00\0";
        var random = new Random(20240521);
        var lines = new string[20_000];
        for (var i = 0; i < lines.Length; i++)
            lines[i] = (i % 2 == 0 ? "M:A.B." : "T:") + new string(Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray());

        foreach (var chunk in lines.Chunk(500))
        {
            var file = Parse(string.Join("\n", chunk));
            Assert.True(file.Entries.Length + file.Problems.Length <= 1000);
            Assert.All(file.Problems, p => Assert.NotEqual("", p.Reason));
        }
    }
}
