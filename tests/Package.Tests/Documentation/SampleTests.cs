using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Package.Tests.Documentation;

/// <summary>The samples of the documentation are reported as the page says, and fixed to what it shows.</summary>
public sealed class SampleTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Sample> Samples() =>
        [.. ((string[])["README.md", .. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "rules"), "*.md").Select(file => "docs/rules/" + Path.GetFileName(file)).Order()])
            .SelectMany(page => new Page(page).Samples())];

    [Fact]
    public void Every_rule_has_an_example()
    {
        Assert.All(new LifecycleAnalyzer().SupportedDiagnostics.Where(rule => rule.Id != "LCA0001"), rule =>
            Assert.Contains("\n## Example\n```csharp\n", new Page($"docs/rules/{rule.Id}.md").Text, StringComparison.Ordinal));
        Assert.True(Samples().Count > 10);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task It_is_reported_on_the_marked_lines_with_the_message_of_the_page(Sample sample)
    {
        var reported = await SampleTest.ReportedAsync(WithoutMarks(sample.Before), Stop);
        Assert.Equal(Marks(sample), reported.Select(diagnostic => (Line(diagnostic), diagnostic.Id)));
        if (!sample.Page.StartsWith("docs/", StringComparison.Ordinal)) return;
        var page = new Page(sample.Page);
        Assert.All(reported, diagnostic => Assert.Contains($"`{diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Id}: {diagnostic.GetMessage()}`", page.Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task It_is_fixed_to_what_the_page_shows(Sample sample)
    {
        var before = WithoutMarks(sample.Before);
        var reported = await SampleTest.ReportedAsync(before, Stop);
        // Where the package has no fix the page shows none, and nothing may be offered.
        await new SampleTest(before, sample.After.Length == 0 ? before : sample.After, reported.Select(Expected)).RunAsync(Stop);
    }

    private static IEnumerable<(int Line, string Id)> Marks(Sample sample) =>
        from line in sample.Before.Split('\n').Select((text, index) => (text, number: index + 1))
        let mark = Page.Mark().Match(line.text)
        where mark.Success
        select (line.number, mark.Groups[1].Value);

    private static string WithoutMarks(string text) => string.Join('\n', text.Split('\n').Select(line => Page.Mark().Replace(line, "").TrimEnd()));

    private static int Line(Diagnostic diagnostic) => diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1;

    private static DiagnosticResult Expected(Diagnostic diagnostic)
    {
        var span = diagnostic.Location.GetLineSpan().Span;
        return new DiagnosticResult(diagnostic.Descriptor)
            .WithSpan(span.Start.Line + 1, span.Start.Character + 1, span.End.Line + 1, span.End.Character + 1)
            .WithMessage(diagnostic.GetMessage())
            .WithOptions(DiagnosticOptions.IgnoreAdditionalLocations);
    }
}
