using System.Text.RegularExpressions;

namespace LifecycleAnalyzers.Package.Tests.Documentation;

/// <summary>A sample of a page: the code that is reported, and what the fix makes of it.</summary>
public sealed record Sample(string Page, int Number, string Before, string After)
{
    public override string ToString() => $"{Page}, sample {Number}";
}

/// <summary>A page of the documentation.</summary>
internal sealed partial class Page(string path)
{
    public string Path { get; } = path;

    public string Text { get; } = File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    public string Title => Text.Split('\n')[0];

    /// <summary>The C# blocks that bear a mark, each with the C# block that follows it.</summary>
    public IEnumerable<Sample> Samples()
    {
        var blocks = Blocks("csharp").ToList();
        var number = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (Mark().IsMatch(blocks[i])) yield return new Sample(Path, ++number, blocks[i], i + 1 < blocks.Count ? blocks[i + 1] : "");
        }
    }

    public IEnumerable<string> Blocks(string language) => Block().Matches(Text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    /// <summary>The words in the first column of the tables under a heading, without what is written beside a word.</summary>
    public IReadOnlyList<string> FirstColumn(string heading)
    {
        var start = Text.IndexOf("\n" + heading + "\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{Path} has no heading '{heading}'.");
        var end = Text.IndexOf("\n#", start + heading.Length, StringComparison.Ordinal);
        return [.. FirstCell().Matches(end < 0 ? Text[start..] : Text[start..end]).Select(cell => cell.Groups[1].Value)];
    }

    /// <summary>The targets of the links that point into the repository.</summary>
    public IEnumerable<string> Links() => Link().Matches(Text).Select(link => link.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal));

    [GeneratedRegex(@"// (LCA\d{4})$", RegexOptions.Multiline)]
    internal static partial Regex Mark();

    [GeneratedRegex(@"^```([a-z]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([a-z_.-]+)(?:=[^`]*)?` \|", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
