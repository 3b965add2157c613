using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Offers of changes that were tried before.</summary>
internal static class Offers
{
    /// <summary>Registers the change if it compiles, if the rule has less to say then, and no other rule more.</summary>
    /// <param name="context">Where it is offered.</param>
    /// <param name="diagnostic">What it mends.</param>
    /// <param name="changedRoot">The changed file; null where there is nothing to offer.</param>
    /// <param name="title">What the user reads.</param>
    /// <param name="key">Its equivalence key.</param>
    /// <param name="mayUncover">The rule says one thing of a method at a time: the next may come to light.</param>
    /// <param name="withoutWarnings">The compiler may have nothing more to say, warnings included.</param>
    /// <returns>Whether it is offered.</returns>
    public static Task<bool> OfferAsync(this CodeFixContext context, Diagnostic diagnostic, SyntaxNode? changedRoot, string title, string key, bool mayUncover = false, bool withoutWarnings = false) =>
        context.OfferAsync(diagnostic, changedRoot is null ? null : context.Document.WithSyntaxRoot(changedRoot), title, key, mayUncover, withoutWarnings);

    /// <summary>The same for a change that may reach into other files.</summary>
    public static async Task<bool> OfferAsync(this CodeFixContext context, Diagnostic diagnostic, Document? changed, string title, string key, bool mayUncover = false, bool withoutWarnings = false)
    {
        if (changed is null || context.Document.Project.Solution.GetDocument(changed.Id) is not { } before) return false;
        if (withoutWarnings && !await Verification.CompilesAsWellAsync(before, changed, context.CancellationToken).ConfigureAwait(false)) return false;
        if (before.Id != context.Document.Id && !await Verification.HarmsNotAsync(before, changed, context.CancellationToken).ConfigureAwait(false)) return false;
        if (!await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, mayUncover ? diagnostic.Location : null, context.CancellationToken).ConfigureAwait(false)) return false;
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), key), diagnostic);
        return true;
    }
}
