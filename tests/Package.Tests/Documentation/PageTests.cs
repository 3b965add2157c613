using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Package.Tests.Documentation;

/// <summary>Pages and product say the same: what one has and the other lacks is an error.</summary>
public sealed class PageTests
{
    private static readonly Page _configuration = new("docs/configuration.md");

    public static TheoryData<string> Rules() => [.. new LifecycleAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)];

    public static TheoryData<string> Pages() =>
        [.. ((string[])["README.md", "CONTRIBUTING.md", "CHANGELOG.md", .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)])
            .Select(file => Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, file)).Replace('\\', '/'))];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_has_a_page_with_its_title_and_defaults(string id)
    {
        var rule = new LifecycleAnalyzer().SupportedDiagnostics.Single(descriptor => descriptor.Id == id);
        var page = new Page($"docs/rules/{id}.md");
        Assert.Equal($"# {id}: {rule.Title}", page.Title);
        Assert.Contains($"| {rule.Category} | {rule.DefaultSeverity.ToString().ToLowerInvariant()} | yes | {(Fixable().Contains(id) ? "yes" : "no")} |", page.Text, StringComparison.Ordinal);
        Assert.Contains($"| [{id}](docs/rules/{id}.md) | {rule.Title} | {rule.DefaultSeverity.ToString().ToLowerInvariant()} |", new Page("README.md").Text, StringComparison.Ordinal);
        Assert.Contains($"| [{id}](rules/{id}.md) {rule.Title} | {rule.DefaultSeverity.ToString().ToLowerInvariant()} |", _configuration.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_page_of_a_rule_that_is_none() =>
        Assert.Equal(Rules().Select(rule => rule.Data).Order(), Directory.GetFiles(Path.Combine(Repository.Root, "docs", "rules")).Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_into_the_repository_lead_somewhere(string path)
    {
        var page = new Page(path);
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, path))!;
        Assert.All(page.Links(), link =>
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? Path.Combine(Repository.Root, path) : Path.GetFullPath(Path.Combine(folder, parts[0]));
            Assert.True(File.Exists(target) || Directory.Exists(target), $"{path} links to {link}, which is not there.");
            if (parts.Length > 1) Assert.Contains(parts[1], Anchors(File.ReadAllText(target)));
        });
    }

    [Fact]
    public void Every_word_of_the_catalogue_is_described()
    {
        var parser = Source("src/Analyzers/Catalogue/CatalogueParser.cs");
        var roles = Words(parser, @"\[""([a-z-]+)""\] = Role\.").Concat(["weak", "late-safe", "self-closing"]);
        var traits = Words(parser, @"\[""([a-z-]+)""\] = Traits\.").Concat(["connection", "not-a-connection"]);
        Assert.Equal(traits.Order(), _configuration.FirstColumn("### Words for a type").Order());
        Assert.Equal(roles.Order(), _configuration.FirstColumn("### Words for a member").Order());
        Assert.Equal(["of", "reason", "throws", "unless", "usable"], _configuration.FirstColumn("### Options").Order());
    }

    [Fact]
    public void Every_option_is_described()
    {
        var list = Regex.Match(Source("src/Analyzers/Catalogue/CatalogueOptions.cs"), @"Names = \[(.*?)\];", RegexOptions.Singleline).Groups[1].Value;
        var names = Words(list, @"""([a-z_]+)""").Select(name => "lifecycle_analyzers." + name);
        Assert.Equal(names.Order(), _configuration.FirstColumn("## Options").Order());
    }

    [Fact]
    public void Every_attribute_is_described()
    {
        var described = Words(_configuration.Text[_configuration.Text.IndexOf("## Attributes\n", StringComparison.Ordinal)..], @"^\| `\[([A-Za-z]+)", RegexOptions.Multiline);
        var attributes = typeof(Runtime.SendResult).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Attribute))).Select(type => type.Name.Replace("Attribute", ""));
        Assert.Equal(attributes.Order(), described.Order());
    }

    [Fact]
    public async Task The_catalogue_of_the_example_is_understood()
    {
        var examples = _configuration.Blocks("text").Concat(new Page("README.md").Blocks("text")).ToList();
        Assert.Equal(2, examples.Count);
        foreach (var example in examples) Assert.Empty(await ComplaintsAsync(example));
    }

    [Fact]
    public async Task The_wrong_line_of_the_example_is_reported_as_the_page_says()
    {
        var page = new Page("docs/rules/LCA0001.md");
        var complaint = Assert.Single(await ComplaintsAsync(Assert.Single(page.Blocks("text"))));
        var start = complaint.Location.GetLineSpan().StartLinePosition;
        Assert.Contains($"`plant.lifecycle.txt({start.Line + 1},{start.Character + 1}): warning LCA0001: {complaint.GetMessage()}`", page.Text, StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<Diagnostic>> ComplaintsAsync(string catalogue)
    {
        var compilation = CSharpCompilation.Create("Empty", options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var options = new AnalyzerOptions([new CatalogueText(catalogue)]);
        var reported = await compilation.WithAnalyzers([new LifecycleAnalyzer()], options).GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(reported, diagnostic => diagnostic.Id != "LCA0001");
        return reported;
    }

    private static HashSet<string> Fixable() =>
    [
        .. from type in SampleTest.Fixes.GetTypes()
           where type.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null
           from id in ((CodeFixProvider)Activator.CreateInstance(type, nonPublic: true)!).FixableDiagnosticIds
           select id,
    ];

    private static string Source(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static IEnumerable<string> Words(string text, string pattern, RegexOptions options = RegexOptions.None)
    {
        var words = Regex.Matches(text, pattern, options).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(words);
        return words;
    }

    /// <summary>The anchors of a page's headings: lower case, blanks to hyphens, the rest of the punctuation dropped.</summary>
    private static IEnumerable<string> Anchors(string text) =>
        Regex.Matches(text, "^#+ (.+?)\r?$", RegexOptions.Multiline).Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), "[^a-z0-9 _-]", "").Replace(' ', '-'));

    private sealed class CatalogueText(string text) : AdditionalText
    {
        public override string Path => "plant.lifecycle.txt";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
