using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// Lets the object of an operation go when the operation is over: in the handler that runs then, or where the start told that it was over
/// at once. An operation that is a task is awaited.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4005GiveBackAfterCompletionFix : CodeFixProvider
{
    private const string Key = "LCA4005.AfterCompletion";
    private const string DroppedKey = "LCA4005.Dropped";
    private const string BeforeKey = "LCA4005.BeforeStart";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4005LeaveOperationObjectAlone.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!diagnostic.Properties.TryGetValue(LCA4005LeaveOperationObjectAlone.Object, out var args) || args is null) continue;
            var use = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Functions.Enclosing(use) is not { } function || use.FirstAncestorOrSelf<StatementSyntax>() is not { } release) continue;
            if (!IsLetGo(use, release))
            {
                if (PendingOperation.Start(function, args, model) is { } before)
                    await context.OfferAsync(diagnostic, new PendingOperation(root, function, args, before, release, model).SetBefore(), "Set it before the operation starts", BeforeKey).ConfigureAwait(false);
                continue;
            }

            if (PendingOperation.Start(function, args, model) is { } start)
            {
                var operation = new PendingOperation(root, function, args, start, release, model);
                if (await context.OfferAsync(diagnostic, operation.LeftToHandler(), "Leave it to the completion", Key).ConfigureAwait(false)) continue;
                if (await context.OfferAsync(diagnostic, operation.MovedToHandler(), "Give it back in the completion handler", Key).ConfigureAwait(false)) continue;
                if (await context.OfferAsync(diagnostic, operation.OnlyWhenOver(), "Give it back only when the operation is over", Key).ConfigureAwait(false)) continue;
                await context.OfferAsync(diagnostic, operation.Dropped(), "Leave it to the operation", DroppedKey).ConfigureAwait(false);
            }
            else if (use is InvocationExpressionSyntax given)
            {
                if (await context.OfferAsync(diagnostic, PendingTask.Awaited(root, function, args, given, model), "Await the operation before", Key).ConfigureAwait(false)) continue;
                await context.OfferAsync(diagnostic, PendingTask.AtTheEnd(root, given, model), "Give it back only when the operation is over", Key).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A statement that gives back or disposes, and does nothing else; a <c>using</c>.</summary>
    private static bool IsLetGo(SyntaxNode use, StatementSyntax release) => release switch
    {
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } => call == use,
        ExpressionStatementSyntax { Expression: ConditionalAccessExpressionSyntax call } => call.Span.Contains(use.Span),
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } => true,
        _ => false,
    };
}
