using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime.Tests.Guides;

/// <summary>The pages about the guards say what is true: their code compiles, their names and links exist.</summary>
public sealed partial class GuideTests
{
    private static readonly string s_root = Root();

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Path.Combine(s_root, "docs", "guards"), "*.md").Select(static p => Path.GetFileName(p))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_code_of_a_page_is_code_that_compiles(string page)
    {
        var source = Normalized(await File.ReadAllTextAsync(Path.Combine(s_root, "tests", "Runtime.Tests", "Guides", "GuideSnippets.cs"), Stop));
        var blocks = Blocks().Matches(await ReadAsync(page)).Select(static m => Normalized(m.Groups[1].Value)).ToList();
        Assert.All(blocks, b => Assert.Contains(b, source, StringComparison.Ordinal));
        Assert.True(blocks.Count > 0 || page == "README.md", "A page without an example");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_page_of_a_guard_shows_its_states(string page) => Assert.True(
        page is "README.md" or "metrics.md" or "registering.md" || (await ReadAsync(page)).Contains("```mermaid\nstateDiagram-v2\n", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Links_lead_somewhere(string page) => Assert.All(
        Links().Matches(await ReadAsync(page)).Select(static m => m.Groups[1].Value),
        static link => Assert.True(File.Exists(Path.Combine(s_root, "docs", "guards", link)), link));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task The_overview_names_every_page(string page) => Assert.True(
        page == "README.md" || (await ReadAsync("README.md")).Contains($"({page})", StringComparison.Ordinal));

    [Fact]
    public async Task Every_guard_is_on_a_page()
    {
        var all = string.Concat(await Task.WhenAll(Pages.Select(static p => ReadAsync(p.Data))));
        var guards = typeof(SafeSocket).Assembly.GetExportedTypes()
            .Where(static t => !t.IsNested && !t.IsInterface && (t.IsAbstract || typeof(IDisposable).IsAssignableFrom(t) || typeof(IAsyncDisposable).IsAssignableFrom(t)))
            .Select(static t => t.Name.Split('`')[0])
            .Where(static n => !n.EndsWith("Extensions", StringComparison.Ordinal) && n is not ("TrackedConnection" or "ConnectionLease")).ToList();
        Assert.NotEmpty(guards);
        Assert.All(guards, g => Assert.Contains($"`{g}", all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_instrument_is_listed_with_its_kind_unit_and_text_and_no_other()
    {
        var published = new SortedSet<string>(StringComparer.Ordinal);
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == LifecycleMetrics.MeterName)
                {
                    var kind = instrument switch { Histogram<double> => "histogram", Counter<long> => "counter", _ => "up-down counter" };
                    published.Add($"| `{instrument.Name}` | {kind} | `{instrument.Unit}` | {instrument.Description} |");
                }
            };
            RuntimeHelpers.RunClassConstructor(typeof(LifecycleMetrics).TypeHandle);
            listener.Start();
        }

        Assert.Equal(published, new SortedSet<string>(Instruments().Matches(await ReadAsync("metrics.md")).Select(static m => m.Value), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_event_is_listed_with_its_number_level_and_message_and_no_other()
    {
        var logged = typeof(SafeSocket).Assembly.GetType("LifecycleAnalyzers.Runtime.Log", throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Select(static m => m.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(static a => a.EventId)
            .Select(static a => $"| {a.EventId} | `{a.EventName}` | {a.Level} | {a.Message} |");
        Assert.Equal(logged, Events().Matches(await ReadAsync("metrics.md")).Select(static m => m.Value));
    }

    private static async Task<string> ReadAsync(string page) =>
        (await File.ReadAllTextAsync(Path.Combine(s_root, "docs", "guards", page), Stop)).ReplaceLineEndings("\n");

    /// <summary>Without indentation.</summary>
    private static string Normalized(string code) => string.Join('\n', code.ReplaceLineEndings("\n").Split('\n').Select(static l => l.Trim())).Trim();

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LifecycleAnalyzers.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests do not run below the folder of LifecycleAnalyzers.sln.");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\| `lifecycle\.[^|]+\|[^|]+\|[^|]+\|[^|]+\|", RegexOptions.Multiline)]
    private static partial Regex Instruments();

    [GeneratedRegex(@"^\| \d+ \|.*$", RegexOptions.Multiline)]
    private static partial Regex Events();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Links();
}
