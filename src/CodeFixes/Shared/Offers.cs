using System.Globalization;
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
    /// <returns>Whether it is offered.</returns>
    public static async Task<bool> OfferAsync(this CodeFixContext context, Diagnostic diagnostic, SyntaxNode? changedRoot, string title, string key, bool mayUncover = false)
    {
        if (changedRoot is null) return false;
        var changed = context.Document.WithSyntaxRoot(changedRoot);
        if (!await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, mayUncover ? diagnostic.GetMessage(CultureInfo.InvariantCulture) : null, context.CancellationToken).ConfigureAwait(false)) return false;
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), key), diagnostic);
        return true;
    }
}
