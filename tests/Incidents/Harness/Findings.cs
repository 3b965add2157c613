using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Incidents;

/// <summary>An analyzer threw instead of judging.</summary>
public sealed class AnalyzerFailedException(string message, Exception? cause) : Exception(message, cause);

/// <summary>What the rules report in a project.</summary>
public static class Findings
{
    /// <summary>All diagnostics of all severities that are not suppressed, in file and source order.</summary>
    /// <exception cref="AnalyzerFailedException">An analyzer threw.</exception>
    public static async Task<ImmutableArray<Diagnostic>> OfAsync(Project project, RulePackage rules, CancellationToken cancellationToken)
    {
        var compilation = await project.GetCompilationAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The project {project.Name} has no compilation.");
        var failures = new ConcurrentQueue<(Exception Exception, DiagnosticAnalyzer Analyzer)>();
        var options = new CompilationWithAnalyzersOptions(
            project.AnalyzerOptions,
            onAnalyzerException: (exception, analyzer, _) => failures.Enqueue((exception, analyzer)),
            concurrentAnalysis: true,
            logAnalyzerExecutionTime: false);
        var diagnostics = await compilation.WithAnalyzers(rules.Analyzers, options).GetAnalyzerDiagnosticsAsync(cancellationToken);
        if (failures.TryDequeue(out var failure))
        {
            throw new AnalyzerFailedException($"{failure.Analyzer.GetType().Name} threw in {project.Name}: {failure.Exception.Message}", failure.Exception);
        }

        return
        [
            .. diagnostics
                .Where(diagnostic => !diagnostic.IsSuppressed)
                .OrderBy(diagnostic => diagnostic.Location.GetLineSpan().Path, StringComparer.Ordinal)
                .ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal),
        ];
    }

    /// <summary>The diagnostics as marks, to be compared with those in the source.</summary>
    public static ImmutableArray<Mark> AsMarks(this ImmutableArray<Diagnostic> diagnostics) =>
    [
        .. from diagnostic in diagnostics
           let place = diagnostic.Location.GetLineSpan()
           select new Mark(Path.GetFileName(place.Path), place.StartLinePosition.Line + 1, diagnostic.Id),
    ];
}
