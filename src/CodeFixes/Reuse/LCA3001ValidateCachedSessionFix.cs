using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Puts the state into the condition under which the cache is filled, so that a dead session is replaced where a missing one is:
/// <c>if (_s is null || !_s.IsOpen)</c>. Where a method only asks for null and fills nothing, that question becomes the full one; a
/// question that was asked too early is asked again, or moved, to where the session is used.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3001ValidateCachedSessionFix : CodeFixProvider
{
    private const string CheckKey = "LCA3001.Check";

    /// <summary>Each that is tried is compiled and analysed.</summary>
    private const int MostTried = 12;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3001ValidateCachedSession.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            if (await KeptSession.OfAsync(context.Document, diagnostic, context.CancellationToken).ConfigureAwait(false) is not { } session) continue;
            foreach (var changes in Changes(session).Take(MostTried))
            {
                if (await context.OfferAsync(diagnostic, session.With(changes), "Ask for the session's state, and replace it when it has died", CheckKey, withoutWarnings: true).ConfigureAwait(false)) break;
            }
        }
    }

    /// <summary>What may be written, the nearest to the use first: only what helps is offered.</summary>
    private static IEnumerable<Dictionary<SyntaxNode, SyntaxNode>> Changes(KeptSession session)
    {
        var written = session.Scopes().SelectMany(scope => session.IsConnection
            ? session.Check(session.Type, scope) is { } check ? FilledFields.Changes(session, scope, session.Name, check) : []
            : LookedUpSessions.Changes(session, scope));
        return written.Concat(StaleQuestions.Changes(session));
    }
}
