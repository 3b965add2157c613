namespace LifecycleAnalyzers.Tests.Corpus;

/// <summary>The marked cases: what has to be reported there is, on its line, and nothing else, but for the listed gaps.</summary>
public class CorpusTests
{
    public static TheoryData<string> Folders => [.. MarkedFolder.All];

    [Theory]
    [MemberData(nameof(Folders))]
    public Task The_marks_hold(string folder) => HoldAsync(folder);

    [Fact]
    public void Every_folder_is_held() =>
        Assert.Equal(Directory.EnumerateDirectories(MarkedFolder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal), MarkedFolder.All.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_corpus_compiles(string folder) => Assert.Equal("", MarkedFolder.Open(folder).Compilation.Errors());

    private static async Task HoldAsync(string name)
    {
        var folder = MarkedFolder.Open(name);
        Assert.True(folder.Wanted > 30, $"Only {folder.Wanted} marks were found in {name}.");
        var gaps = await folder.GapsAsync(TestContext.Current.CancellationToken);
        KnownGaps.RewriteIfAsked(name, gaps);

        var known = KnownGaps.Read().In(name).ToList();
        Assert.Equal(known.Select(g => g.Place + " " + g.Kind).Distinct(), known.Select(g => g.Place + " " + g.Kind));
        var report = gaps.Where(g => !known.Any(g.IsSame)).Select(g => g.ToString())
            .Concat(known.Where(k => !gaps.Any(k.IsSame)).Select(k => "closed, take it from the list: " + k))
            .Concat(known.Where(k => k.Text.Length == 0).Select(k => "has no reason in the list: " + k))
            .ToList();
        Assert.True(report.Count == 0, $"{name}, {folder.Wanted} marks, {report.Count} to look at:\n" + string.Join("\n", report));
    }
}
