using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3001ValidateCachedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Sessions that a property keeps in its own <c>field</c>.</summary>
public class FieldKeyword
{
    private static string Holder(string property, string use) => $$"""
        class Holder
        {
            private IWireSession Session {{property}}

            public void Use(string text) => {{use}};

            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
        }
        """;

    [Theory]
    [InlineData("=> field ??= Connect();")]
    [InlineData("{ get { if (field is null) field = Connect(); return field; } }")]
    [InlineData("{ get { if (field == null) { field = Connect(); } return field; } set; }")]
    public Task Kept_and_not_asked(string property) => Case.HoldsAsync(Holder(property, "{|LCA3001:Session.Send(text)|}"));

    [Theory]
    [InlineData("=> field is { IsOpen: true } ? field : field = Connect();")]
    [InlineData("{ get { if (field is null || !field.IsOpen) field = Connect(); return field; } }")]
    public Task Asked_where_it_is_kept(string property) => Case.SilentAsync(Holder(property, "Session.Send(text)"));

    [Theory]
    [InlineData("=> field ??= Connect();", "=> field is { IsOpen: true } ? field : field = Connect();")]
    public Task The_fix_asks_where_it_is_kept(string property, string becomes) =>
        Fix.BecomesAsync("using Wires;\n\n" + Holder(property, "{|LCA3001:Session.Send(text)|}"), "using Wires;\n\n" + Holder(becomes, "Session.Send(text)"));

    [Fact]
    public Task Asked_by_the_user() => Case.SilentAsync(Holder("=> field ??= Connect();", "_ = Session is { IsOpen: true } open ? Say(open, text) : false").Replace("private static", "private static bool Say(IWireSession s, string text) { s.Send(text); return true; }\n    private static"));
}
