using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>Errors and warnings of the compiler that a fix brought. Counted by ID, because places and names move under a fix. A warning may be declared in the fixed code; an error never.</summary>
internal static class NewCompilerDiagnostics
{
    public static async Task VerifyAsync(string what, Solution before, Solution after, IReadOnlySet<string> declared, CancellationToken cancellationToken)
    {
        var old = (await LoudAsync(before, cancellationToken).ConfigureAwait(false)).CountBy(d => d.Id).ToDictionary();
        var brought = (await LoudAsync(after, cancellationToken).ConfigureAwait(false))
            .GroupBy(d => d.Id)
            .Where(g => g.Count() > old.GetValueOrDefault(g.Key) && (!declared.Contains(g.Key) || g.Any(d => d.Severity == DiagnosticSeverity.Error)))
            .SelectMany(g => g)
            .ToList();
        if (brought.Count > 0)
        {
            throw new VerifierException($"{what} brings new compiler diagnostics:\n{string.Join('\n', brought.Select(d => Show.Actual(d) + "\n" + Show.Underlined(d)))}");
        }
    }

    private static async Task<ImmutableArray<Diagnostic>> LoudAsync(Solution solution, CancellationToken cancellationToken) =>
    [
        .. (await AnalyzerRun.CompilerAsync(solution, cancellationToken).ConfigureAwait(false)).Where(d => d.Severity >= DiagnosticSeverity.Warning),
    ];
}
