using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing;

/// <summary>Runs analyzers over a solution. Whatever one of them throws ends the test.</summary>
internal static class AnalyzerRun
{
    /// <summary>
    /// The analyzers' diagnostics, found twice with the same instances: one callback at a time, and concurrently.
    /// A difference means that an analyzer depends on the order of its callbacks or keeps state between runs.
    /// </summary>
    public static async Task<ImmutableArray<Diagnostic>> TwiceAsync(string state, Solution solution, ImmutableArray<DiagnosticAnalyzer> analyzers, CancellationToken cancellationToken)
    {
        var sequential = await OnceAsync(solution, analyzers, concurrent: false, cancellationToken).ConfigureAwait(false);
        var concurrent = await OnceAsync(solution, analyzers, concurrent: true, cancellationToken).ConfigureAwait(false);
        var (one, two) = (Lines(sequential), Lines(concurrent));
        return one == two
            ? sequential
            : throw new VerifierException($"A sequential (-) and a concurrent (+) analyzer run over the {state} differ:\n{TextDifference.Describe(one, two)}");

        static string Lines(ImmutableArray<Diagnostic> diagnostics) => string.Join('\n', diagnostics.Select(Line));

        static string Line(Diagnostic diagnostic) =>
            Show.Actual(diagnostic) + string.Concat(diagnostic.Properties.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"; {p.Key}={p.Value}"));
    }

    public static async Task<ImmutableArray<Diagnostic>> OnceAsync(Solution solution, ImmutableArray<DiagnosticAnalyzer> analyzers, bool concurrent, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var project in solution.Projects)
        {
            all.AddRange(await OnceAsync(project, analyzers, concurrent, cancellationToken).ConfigureAwait(false));
        }

        return Ordered(all);
    }

    public static async Task<ImmutableArray<Diagnostic>> OnceAsync(Project project, ImmutableArray<DiagnosticAnalyzer> analyzers, bool concurrent, CancellationToken cancellationToken)
    {
        var compilation = await CompileAsync(project, cancellationToken).ConfigureAwait(false);
        var failures = new ConcurrentQueue<(Exception Exception, DiagnosticAnalyzer Analyzer)>();
        var options = new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions,
            onAnalyzerException: (exception, analyzer, _) => failures.Enqueue((exception, analyzer)),
            concurrentAnalysis: concurrent,
            logAnalyzerExecutionTime: false,
            reportSuppressedDiagnostics: false);
        var diagnostics = await compilation.WithOptions(compilation.Options.WithConcurrentBuild(concurrent))
            .WithAnalyzers(analyzers, options)
            .GetAnalyzerDiagnosticsAsync(cancellationToken).ConfigureAwait(false);

        if (failures.TryDequeue(out var failure))
        {
            throw new VerifierException($"The analyzer {failure.Analyzer.GetType().Name} threw:\n{failure.Exception}", failure.Exception);
        }

        return diagnostics.FirstOrDefault(d => d.Id == "AD0001") is { } crash
            ? throw new VerifierException($"An analyzer threw:\n{Show.Actual(crash)}")
            : Ordered(diagnostics);
    }

    public static async Task<ImmutableArray<Diagnostic>> CompilerAsync(Solution solution, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var project in solution.Projects)
        {
            var compilation = await CompileAsync(project, cancellationToken).ConfigureAwait(false);
            all.AddRange(compilation.GetDiagnostics(cancellationToken).Where(d => !d.IsSuppressed));
        }

        return Ordered(all);
    }

    private static async Task<Compilation> CompileAsync(Project project, CancellationToken cancellationToken) =>
        await project.GetCompilationAsync(cancellationToken).ConfigureAwait(false)
            ?? throw new VerifierException($"The project {project.Name} has no compilation.");

    private static ImmutableArray<Diagnostic> Ordered(IEnumerable<Diagnostic> diagnostics) =>
    [
        .. diagnostics
            .OrderBy(d => d.Location.GetLineSpan().Path, StringComparer.Ordinal)
            .ThenBy(d => d.Location.SourceSpan.Start)
            .ThenBy(d => d.Location.SourceSpan.End)
            .ThenBy(d => d.Id, StringComparer.Ordinal)
            .ThenBy(Show.Actual, StringComparer.Ordinal),
    ];
}
