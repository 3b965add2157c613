using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing;

/// <summary>Hands a Fix All provider the diagnostics of one solution, found once though several documents may ask at once.</summary>
internal sealed class FixAllDiagnostics(FixFinder finder, Solution solution, CancellationToken stop) : FixAllContext.DiagnosticProvider
{
    private readonly Lazy<Task<ImmutableArray<Diagnostic>>> _found = new(() => finder.FixableAsync(solution, stop));

    public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
        (await _found.Value.ConfigureAwait(false)).Where(d => solution.GetDocument(d.Location.SourceTree)?.Project.Id == project.Id);

    public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
        (await _found.Value.ConfigureAwait(false)).Where(d => solution.GetDocument(d.Location.SourceTree)?.Id == document.Id);

    /// <summary>Those without a place in a document; the finder keeps only those that have one.</summary>
    public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
        Task.FromResult<IEnumerable<Diagnostic>>([]);
}
