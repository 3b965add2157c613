using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing;

/// <summary>Applies a code action as an editor does: through its one <see cref="ApplyChangesOperation"/>.</summary>
internal static class FixApplier
{
    /// <summary>The changed solution, or null when the action changed no text.</summary>
    public static async Task<Solution?> ApplyAsync(Solution before, CodeFixProvider provider, CodeAction action, CancellationToken cancellationToken)
    {
        var operations = await Guarded.RunAsync(provider, () => action.GetOperationsAsync(cancellationToken)).ConfigureAwait(false);
        var changes = operations.OfType<ApplyChangesOperation>().ToList();
        if (changes.Count != 1)
        {
            throw new VerifierException($"The fix '{action.Title}' of {provider.GetType().Name} has {changes.Count} ApplyChangesOperation instead of one.");
        }

        var after = await SolutionTexts.ReparsedAsync(before, changes[0].ChangedSolution, cancellationToken).ConfigureAwait(false);
        var difference = SolutionTexts.Difference(
            await SolutionTexts.OfAsync(before, cancellationToken).ConfigureAwait(false),
            await SolutionTexts.OfAsync(after, cancellationToken).ConfigureAwait(false));
        return difference is null ? null : after;
    }
}
