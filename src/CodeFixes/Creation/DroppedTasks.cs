using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Tasks that another rule's fix has made LCA1004's affair.</summary>
internal static class DroppedTasks
{
    /// <summary>The changed file with the failure of each such task observed; null where there is none, or where one cannot be.</summary>
    public static async Task<Document?> ObservedAsync(Document before, Document change, CancellationToken cancellation)
    {
        if (change.Project.Solution.GetDocument(before.Id) is not { } changed) return null;
        var dropped = await Verification.NewAsync(before, changed, LCA1004ObserveConnectionTask.Id, cancellation).ConfigureAwait(false);
        if (dropped.IsEmpty || await changed.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root) return null;
        // Marked, because each one that is written moves those behind it.
        var marks = dropped.Where(d => root.FindNode(d.Location.SourceSpan, getInnermostNodeForTie: true) is InvocationExpressionSyntax)
            .ToDictionary(d => root.FindNode(d.Location.SourceSpan, getInnermostNodeForTie: true), d => new SyntaxAnnotation(d.Properties.ContainsKey(LCA1004ObserveConnectionTask.Dropped) ? "dropped" : "left"));
        changed = changed.WithSyntaxRoot(root.ReplaceNodes(marks.Keys, (old, now) => now.WithAdditionalAnnotations(marks[old])));
        foreach (var mark in marks.Values)
        {
            if (await changed.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not CompilationUnitSyntax unit || await changed.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model
                || unit.GetAnnotatedNodes(mark).FirstOrDefault() is not InvocationExpressionSyntax call
                || LCA1004ObserveConnectionTaskFix.Observed(unit, call, model, mark.Kind == "dropped") is not { } observed) return null;
            changed = changed.WithSyntaxRoot(observed);
        }

        return changed;
    }
}
