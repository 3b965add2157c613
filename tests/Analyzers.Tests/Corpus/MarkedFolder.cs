using System.Text.RegularExpressions;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Corpus;

/// <summary>
/// The sources of one folder of the corpus, compiled together, and what their marks ask for. <c>//! ID</c>: that diagnostic stands
/// on this very line. <c>//? ID</c>: it may stand in this member. Anything else is one too many.
/// </summary>
internal sealed partial class MarkedFolder
{
    /// <summary>The rules that a folder's marks speak of: of the others its files say nothing.</summary>
    private static readonly Dictionary<string, string[]> _rulesOf = new()
    {
        ["Sending"] = ["LCA1001", "LCA2001", "LCA3001"],
        ["Creation"] = ["LCA1001", "LCA2001", "LCA3001"],
        ["Reuse"] = ["LCA1001", "LCA2001", "LCA3001"],
        ["CreationRules"] = CreationRules,
        ["CreationMore"] = CreationRules,
        ["CreationWide"] = CreationRules,
        ["CreationField"] = CreationRules,
        ["CreationWorks"] = CreationRules,
        ["CreationSites"] = CreationRules,
        ["CreationClauses"] = CreationRules,
        ["CreationExams"] = CreationRules,
        ["SendingRules"] = SendingRules,
        ["SendingMore"] = SendingRules,
        ["SendingWide"] = SendingRules,
        ["SendingField"] = SendingRules,
        ["SendingWorks"] = SendingRules,
        ["SendingSites"] = SendingRules,
        ["SendingClauses"] = SendingRules,
        ["SendingExams"] = SendingRules,
        ["ReuseRules"] = ReuseRules,
        ["ReuseMore"] = ReuseRules,
        ["IsolationRules"] = IsolationRules,
        ["IsolationMore"] = IsolationRules,
        ["ReuseWide"] = ReuseRules,
        ["IsolationWide"] = IsolationRules,
        ["ReuseField"] = ReuseRules,
        ["ReuseWorks"] = ReuseRules,
        ["ReuseSites"] = ReuseRules,
        ["ReuseClauses"] = ReuseRules,
        ["ReuseExams"] = ReuseRules,
        ["IsolationField"] = IsolationRules,
        ["IsolationWorks"] = IsolationRules,
        ["IsolationSites"] = IsolationRules,
        ["IsolationClauses"] = IsolationRules,
        ["IsolationExams"] = IsolationRules,
        ["CreationWays"] = EveryRule,
        ["SendingWays"] = EveryRule,
        ["ReuseWays"] = EveryRule,
        ["IsolationWays"] = EveryRule,
        ["CreationFresh"] = EveryRule,
        ["SendingFresh"] = EveryRule,
        ["ReuseFresh"] = EveryRule,
        ["IsolationFresh"] = EveryRule,
        ["ReuseShapes"] = EveryRule,
        ["IsolationShapes"] = EveryRule,
        ["CreationShapes"] = EveryRule,
        ["SendingShapes"] = EveryRule,
        ["Outfits"] = EveryRule,
        ["Silence"] = EveryRule,
    };

    private readonly string[] _rules;
    private readonly HashSet<Finding> _wanted = [];
    private readonly HashSet<(string File, int Member, string Id)> _allowed = [];
    private readonly Dictionary<string, Func<int, int>> _members = [];

    private MarkedFolder(string name, IReadOnlyList<(string Path, string Text)> files)
    {
        Name = name;
        _rules = _rulesOf[name];
        Files = files;
        Compilation = Compiled.Of(files, [.. ReferenceAssemblies.Net100.References, .. Packages()]);
        foreach (var tree in Compilation.SyntaxTrees.Where(t => files.Any(f => f.Path == t.FilePath))) Read(tree);
    }

    private static string[] CreationRules => ["LCA1001", "LCA1002", "LCA1003", "LCA1004", "LCA1005", "LCA1006", "LCA1007", "LCA1008"];

    private static string[] SendingRules => ["LCA2001", "LCA2002", "LCA2003", "LCA2004", "LCA2005"];

    private static string[] ReuseRules => ["LCA3001", "LCA3002", "LCA3003", "LCA3004", "LCA3005", "LCA3006"];

    private static string[] IsolationRules => ["LCA4001", "LCA4002", "LCA4003", "LCA4004", "LCA4005", "LCA4006"];

    private static string[] EveryRule => [.. CreationRules, .. SendingRules, .. ReuseRules, .. IsolationRules];

    public static IEnumerable<string> All => _rulesOf.Keys;

    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Corpus");

    public string Name { get; }

    public IReadOnlyList<(string Path, string Text)> Files { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>How many diagnostics the marks ask for.</summary>
    public int Wanted => _wanted.Count;

    public CSharpParseOptions ParseOptions => (CSharpParseOptions)Compilation.SyntaxTrees[0].Options;

    /// <param name="name">The folder's.</param>
    /// <param name="reword">What becomes of the text of its programs; the stubs stay.</param>
    public static MarkedFolder Open(string name, Func<string, string>? reword = null) => new(name,
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, name), "*.cs", SearchOption.AllDirectories).Concat(SharedStubs(Path.Combine(Root, name)))
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(Root, file).Replace('\\', '/'), reword is null || file.Contains("Stubs", StringComparison.OrdinalIgnoreCase) ? File.ReadAllText(file) : reword(File.ReadAllText(file)))),
    ]);

    /// <summary>Declarations of packages that several folders use: the folder's <c>stubs.txt</c> names them, a line each.</summary>
    private static IEnumerable<string> SharedStubs(string folder) =>
        Path.Combine(folder, "stubs.txt") is var list && File.Exists(list) ? File.ReadLines(list).Select(stub => Path.Combine(Root + "Stubs", stub)) : [];

    /// <summary>Where marks and diagnostics part.</summary>
    public async Task<IReadOnlyList<Gap>> GapsAsync(CancellationToken cancellation)
    {
        var found = (await Compilation.AnalyzeAsync(concurrent: true, cancellation: cancellation)).Where(d => _rules.Contains(d.Id))
            .ToLookup(d => new Finding(d.Location.SourceTree!.FilePath, d.Location.GetLineSpan().StartLinePosition.Line + 1, d.Id));
        var missed = _wanted.Where(w => !found.Contains(w)).Select(w => new Gap(GapKind.Missed, w, ""));
        var extra = found.Where(f => !_wanted.Contains(f.Key) && !_allowed.Contains((f.Key.File, _members[f.Key.File](f.Key.Line), f.Key.Id)))
            .Select(f => new Gap(GapKind.Extra, f.Key, f.First().GetMessage()));
        return [.. missed.Concat(extra).OrderBy(g => g.Place.File, StringComparer.Ordinal).ThenBy(g => g.Place.Line).ThenBy(g => g.Place.Id, StringComparer.Ordinal)];
    }

    private static IEnumerable<MetadataReference> Packages() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "CorpusReferences"), "*.dll").Order(StringComparer.Ordinal).Select(file => MetadataReference.CreateFromFile(file));

    private void Read(SyntaxTree tree)
    {
        var spans = tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
            .Where(m => m is not (BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax))
            .Select(m => tree.GetLineSpan(m.FullSpan))
            .Select(l => (From: l.StartLinePosition.Line + 1, To: l.EndLinePosition.Line + 1)).ToList();
        // The innermost member around a line, by the line it begins on.
        Func<int, int> member = line => spans.Where(s => s.From <= line && line <= s.To).Select(s => s.From).DefaultIfEmpty(0).Max();
        _members[tree.FilePath] = member;
        foreach (var line in tree.GetText().Lines)
        {
            var number = line.LineNumber + 1;
            foreach (Match mark in Marks().Matches(line.ToString()))
            {
                foreach (var id in mark.Groups["id"].Captures.Select(c => c.Value).Where(_rules.Contains))
                {
                    if (mark.Groups["kind"].Value == "!") _wanted.Add(new Finding(tree.FilePath, number, id));
                    else _allowed.Add((tree.FilePath, member(number), id));
                }
            }
        }
    }

    [GeneratedRegex(@"//(?<kind>[!?])(\s*(?<id>LCA\d+))+")]
    private static partial Regex Marks();
}
