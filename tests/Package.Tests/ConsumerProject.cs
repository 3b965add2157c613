using System.Globalization;
using System.Text.RegularExpressions;

namespace LifecycleAnalyzers.Package.Tests;

/// <summary>A line of the build's output that complains: of what and where; lines count from 1.</summary>
internal sealed record Complaint(string File, int Line, string Id);

/// <summary>A copy of the project under <c>Consumer</c> that uses the packed packages.</summary>
internal sealed partial class ConsumerProject(string folder, Dotnet dotnet, string version, bool withRuntime)
{
    private readonly Dictionary<string, string> _variables = new()
    {
        ["LifecycleVersion"] = version,
        ["WithRuntime"] = withRuntime ? "true" : "false",
    };

    public Task<CommandRun> RunAsync(string command, CancellationToken cancellationToken) =>
        dotnet.RunAsync(folder, command, _variables, cancellationToken);

    /// <summary>Builds everything anew: what a build up to date does not compile, it does not report.</summary>
    public Task<CommandRun> BuildAsync(CancellationToken cancellationToken) =>
        RunAsync("build --no-restore --no-incremental -warnaserror -v q -clp:NoSummary", cancellationToken);

    public Task<CommandRun> FormatAsync(string more, CancellationToken cancellationToken) =>
        RunAsync($"format analyzers --diagnostics LCA1001 LCA2001 LCA3001 --severity warn --no-restore {more}", cancellationToken);

    public IReadOnlyDictionary<string, string> Sources() =>
        Directory.GetFiles(folder, "*.cs").ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);

    /// <summary>What is due by the marks <c>//! LCA…</c> in the sources.</summary>
    public IReadOnlyList<Complaint> Marks() =>
        InOrder(from source in Sources()
                from line in source.Value.Split('\n').Select((text, index) => (text, number: index + 1))
                from Match mark in Mark().Matches(line.text)
                select new Complaint(source.Key, line.number, mark.Groups[1].Value));

    /// <summary>Every error and warning of a build, whoever reports it.</summary>
    public static IReadOnlyList<Complaint> Complaints(CommandRun build) =>
        InOrder(from Match line in Reported().Matches(build.Output)
                select new Complaint(
                    Path.GetFileName(line.Groups["file"].Value.Trim()),
                    int.TryParse(line.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0,
                    line.Groups["id"].Value));

    private static IReadOnlyList<Complaint> InOrder(IEnumerable<Complaint> complaints) =>
        [.. complaints.Distinct().OrderBy(c => c.File, StringComparer.Ordinal).ThenBy(c => c.Line).ThenBy(c => c.Id, StringComparer.Ordinal)];

    [GeneratedRegex(@"//! (LCA\d{4})\b")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^(?<file>[^(:\r\n]*)(\((?<line>\d+),\d+\))?\s*:\s+(error|warning)\s+(?<id>[A-Za-z]+\d+)\s*:", RegexOptions.Multiline)]
    private static partial Regex Reported();
}
