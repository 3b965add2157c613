using System.Collections.Immutable;
using LifecycleAnalyzers.Demo.Output;
using LifecycleAnalyzers.Incidents;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>A project, what was found in it, and the names in it that stand for nothing known.</summary>
internal sealed record Scanned(LenientLoader.Loaded Project, ImmutableArray<Diagnostic> Findings, ImmutableArray<string> UnresolvedNames)
{
    public const int Steps = 2;

    /// <summary>Type or namespace not found, member of a namespace not found, name not found, assembly not referenced.</summary>
    private static readonly HashSet<string> _unresolved = ["CS0246", "CS0234", "CS0103", "CS0012"];

    public static async Task<Scanned> OfAsync(LenientLoader.Loaded loaded, Solution solution, RulePackage rules, IProgress progress, CancellationToken cancellationToken)
    {
        var project = solution.GetProject(loaded.Id)!;
        progress.Next("compile");
        var compilation = await project.GetCompilationAsync(cancellationToken) ?? throw new InvalidOperationException($"{loaded.File.Name} has no compilation.");
        var unresolved = compilation.GetDiagnostics(cancellationToken)
            .Where(diagnostic => _unresolved.Contains(diagnostic.Id) && diagnostic.Location.SourceTree is not null)
            .Select(diagnostic => diagnostic.Location.SourceTree!.GetText(cancellationToken).ToString(diagnostic.Location.SourceSpan))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        progress.Next("analyse");
        var findings = await LifecycleAnalyzers.Incidents.Findings.OfAsync(project, rules, cancellationToken);
        return new Scanned(loaded, findings, [.. unresolved]);
    }
}
