namespace LifecycleAnalyzers.Testing.Tests;

public class MarkupTests
{
    [Fact]
    public void MarksAreTakenOutAndTheirSpansKept()
    {
        var markup = MarkupText.Parse("a.cs", "one [|two|] {|ABC12:three|} {|#7:four|}");

        Assert.Equal("one two three four", markup.Text);
        Assert.Equal(["two", "three", "four"], markup.Spans.Select(s => markup.Text.Substring(s.Span.Start, s.Span.Length)));
        Assert.Equal([null, "ABC12", "#7"], markup.Spans.Select(s => s.Name));
        Assert.Equal([null, null, 7], markup.Spans.Select(s => s.Key));
    }

    [Fact]
    public void MarksNest()
    {
        var markup = MarkupText.Parse("a.cs", "{|A1:[|x|] {|#0:{|B2:y|}|}|}");

        Assert.Equal("x y", markup.Text);
        Assert.Equal(["A1:x y", ":x", "#0:y", "B2:y"], Ordered(markup));
    }

    [Fact]
    public void AnEmptySpanIsASpan() =>
        Assert.Equal([":"], Ordered(MarkupText.Parse("a.cs", "x[||]y")));

    [Theory]
    [InlineData("a[0] | b", "a[0] | b")]
    [InlineData("x is { A: 1 } or { B: 2 }", "x is { A: 1 } or { B: 2 }")]
    [InlineData("a || b", "a || b")]
    [InlineData("$$\"\"\"{{a}}\"\"\"", "$$\"\"\"{{a}}\"\"\"")]
    public void CodeIsNotTakenForMarks(string code, string expected)
    {
        var markup = MarkupText.Parse("a.cs", code);

        Assert.Equal(expected, markup.Text);
        Assert.Empty(markup.Spans);
    }

    [Theory]
    [InlineData("[|x", "opened but not closed, the last is '[|'")]
    [InlineData("{|AB1:x", "the last is '{|AB1:'")]
    [InlineData("x|]", "'|]' at offset 1 closes nothing")]
    [InlineData("[|x|}", "'|}' at offset 3 closes nothing")]
    public void UnbalancedMarksAreRefused(string marked, string message) =>
        Assert.Contains(message, Assert.Throws<VerifierException>(() => MarkupText.Parse("a.cs", marked)).Message);

    private static IEnumerable<string> Ordered(MarkupText markup) =>
        markup.Spans.Select(s => $"{s.Name}:{markup.Text.Substring(s.Span.Start, s.Span.Length)}");
}
