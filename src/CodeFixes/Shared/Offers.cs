using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Offers of changes that were tried before.</summary>
internal static class Offers
{
    /// <summary>Registers the change if it compiles, if the rule has less to say then, and no other rule more.</summary>
    /// <returns>Whether it is offered.</returns>
    public static async Task<bool> OfferAsync(this CodeFixContext context, Diagnostic diagnostic, SyntaxNode? changedRoot, string title, string key)
    {
        if (changedRoot is null) return false;
        var changed = context.Document.WithSyntaxRoot(changedRoot);
        if (!await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false)) return false;
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(changed), key), diagnostic);
        return true;
    }
}
