using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Incidents;

/// <summary>From which end of the list of diagnostics, and of the list of providers, fixes are taken.</summary>
public enum FixOrder { FirstToLast, LastToFirst }

/// <summary>A fix that was applied: for which diagnostic, at which line it then stood, and the title it was offered under.</summary>
public sealed record AppliedFix(Mark At, string Title);

/// <summary>A project after its fixes: the sources, what was applied, and what nobody offered a fix for.</summary>
public sealed record FixRun(ImmutableArray<SourceFile> Sources, ImmutableArray<AppliedFix> Applied, ImmutableArray<Diagnostic> Left)
{
    /// <summary>More than any program here has diagnostics: a fix that brings a new one would never end.</summary>
    private const int Limit = 60;

    /// <summary>Applies the first action offered for a diagnostic, analyses again, and so on until nothing is offered any more.</summary>
    /// <exception cref="InvalidOperationException">A fix changes nothing, or there is no end.</exception>
    public static async Task<FixRun> ApplyAsync(Project project, RulePackage rules, FixOrder order, CancellationToken cancellationToken)
    {
        var applied = ImmutableArray.CreateBuilder<AppliedFix>();
        while (true)
        {
            var sources = await SourceProject.SourcesAsync(project, cancellationToken);
            var diagnostics = await Findings.OfAsync(project, rules, cancellationToken);
            var offer = await FirstOfferAsync(project, InOrder(diagnostics, order), InOrder(rules.Fixes, order), cancellationToken);
            if (offer is not var (diagnostic, action)) return new FixRun(sources, applied.ToImmutable(), diagnostics);

            if (applied.Count == Limit)
            {
                throw new InvalidOperationException($"{Limit} fixes were applied and one more is offered: {diagnostic}");
            }

            var changed = await ChangedAsync(project, action, cancellationToken);
            if (changed.SequenceEqual(sources)) throw new InvalidOperationException($"The fix '{action.Title}' changes nothing at {diagnostic}");
            applied.Add(new AppliedFix(Findings.AsMarks([diagnostic])[0], action.Title));

            // From text again: what the next analysis sees is what a compiler would read from the file.
            project = SourceProject.Like(project, changed);
        }
    }

    private static async Task<(Diagnostic Diagnostic, CodeAction Action)?> FirstOfferAsync(
        Project project, IEnumerable<Diagnostic> diagnostics, IEnumerable<CodeFixProvider> fixes, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            if (project.GetDocument(diagnostic.Location.SourceTree) is not { } document) continue;
            foreach (var fix in fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                var offered = new List<CodeAction>();
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), cancellationToken));
                if (offered.Count > 0) return (diagnostic, Leaf(offered[0]));
            }
        }

        return null;
    }

    private static async Task<ImmutableArray<SourceFile>> ChangedAsync(Project project, CodeAction action, CancellationToken cancellationToken)
    {
        var operations = await action.GetOperationsAsync(cancellationToken);
        var change = operations.OfType<ApplyChangesOperation>().SingleOrDefault()
            ?? throw new InvalidOperationException($"The fix '{action.Title}' has no one change to apply.");
        return await SourceProject.SourcesAsync(change.ChangedSolution.GetProject(project.Id)!, cancellationToken);
    }

    /// <summary>A submenu stands for its first entry.</summary>
    private static CodeAction Leaf(CodeAction action) => action.NestedActions.IsEmpty ? action : Leaf(action.NestedActions[0]);

    private static IEnumerable<T> InOrder<T>(ImmutableArray<T> items, FixOrder order) =>
        order == FixOrder.FirstToLast ? items : items.Reverse();
}
