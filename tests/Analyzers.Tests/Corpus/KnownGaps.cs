using System.Globalization;
using System.Text.RegularExpressions;

namespace LifecycleAnalyzers.Tests.Corpus;

/// <summary>The checked-in list of gaps. It is held exactly: a gap that is closed has to leave it.</summary>
internal sealed partial class KnownGaps
{
    /// <summary>Set to the path of the list in the source tree, the tests write it anew.</summary>
    private const string Rewrite = "CORPUS_GAPS";

    private static readonly Lock _writing = new();

    private readonly IReadOnlyList<string> _comments;
    private readonly IReadOnlyList<Gap> _gaps;

    private KnownGaps(string text)
    {
        var lines = text.Split('\n').Select(l => l.TrimEnd('\r')).ToList();
        _comments = lines.Where(l => l.StartsWith('#')).ToList();
        _gaps = lines.Where(l => l.Length > 0 && !l.StartsWith('#')).Select(Parse).ToList();
    }

    public static KnownGaps Read() => new(File.ReadAllText(Path.Combine(MarkedFolder.Root, "known-gaps.txt")));

    public IEnumerable<Gap> In(string folder) => _gaps.Where(g => IsIn(g, folder));

    /// <summary>Writes the list with these gaps in place of the folder's, where that is asked for. Reasons stay.</summary>
    public static void RewriteIfAsked(string folder, IReadOnlyList<Gap> gaps)
    {
        if (Environment.GetEnvironmentVariable(Rewrite) is not { Length: > 0 } path) return;
        lock (_writing)
        {
            var old = new KnownGaps(File.ReadAllText(path));
            var kept = old._gaps.Where(g => !IsIn(g, folder));
            var now = gaps.Select(gap => old._gaps.FirstOrDefault(gap.IsSame) ?? gap with { Text = "" });
            var all = kept.Concat(now).OrderBy(g => g.Place.File, StringComparer.Ordinal).ThenBy(g => g.Place.Line).ThenBy(g => g.Place.Id, StringComparer.Ordinal);
            File.WriteAllText(path, string.Concat([.. old._comments.Select(c => c + "\n"), .. all.Select(g => g + "\n")]));
        }
    }

    private static bool IsIn(Gap gap, string folder) => gap.Place.File.StartsWith(folder + "/", StringComparison.Ordinal);

    private static Gap Parse(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"'{line}' is no line of the list: missed|extra file:line ID reason");
        return new Gap(
            Enum.Parse<GapKind>(match.Groups["kind"].Value, ignoreCase: true),
            new Finding(match.Groups["file"].Value, int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture), match.Groups["id"].Value),
            match.Groups["reason"].Value);
    }

    [GeneratedRegex(@"^(?<kind>missed|extra) (?<file>\S+):(?<line>\d+) (?<id>LCA\d+) ?(?<reason>.*)$")]
    private static partial Regex Line();
}
