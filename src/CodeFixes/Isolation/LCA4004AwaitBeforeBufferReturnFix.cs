using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// Awaits the operation before its buffer goes, where the function awaits already or may become <c>async</c>; gives the buffer back at the
/// end, which only a finished operation reaches; else in a local function that awaits, or when the operation has ended.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4004AwaitBeforeBufferReturnFix : CodeFixProvider
{
    private const string Key = "LCA4004.Await";
    private const string EndKey = "LCA4004.AtTheEnd";
    private const string FinishKey = "LCA4004.Finish";
    private const string LaterKey = "LCA4004.Later";
    private const string FieldKey = "LCA4004.Field";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4004AwaitBeforeBufferReturn.Id];

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
            var released = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } operation)
            {
                await context.OfferAsync(diagnostic, BufferRelease.TakenOut(root, released, model), "Take the buffer out of its field", FieldKey).ConfigureAwait(false);
                continue;
            }

            if (root.FindNode(operation.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call) continue;
            var awaited = PendingTask.Awaited(root, call) ?? ReturnedUnawaited(root, call) ?? BufferRelease.BehindAwait(root, released, call, model);
            if (await context.OfferAsync(diagnostic, awaited, "Await the operation before the buffer goes", Key).ConfigureAwait(false)) continue;
            if (await context.OfferAsync(diagnostic, BufferRelease.AtTheEnd(root, released, model), "Give the buffer back when the operation has finished", EndKey).ConfigureAwait(false)) continue;
            if (await context.OfferAsync(diagnostic, PassedToFinish.Change(root, released, model), "Give the buffer back in a local function that awaits the operation", FinishKey).ConfigureAwait(false)) continue;
            await context.OfferAsync(diagnostic, BufferRelease.Continued(root, released, call, model), "Give the buffer back when the operation has ended", LaterKey).ConfigureAwait(false);
        }
    }

    /// <summary><c>return WriteAsync(buffer)</c> as the method's only return: the method becomes <c>async</c>, which its callers do not see.</summary>
    private static SyntaxNode? ReturnedUnawaited(SyntaxNode root, InvocationExpressionSyntax call)
    {
        ExpressionSyntax task = call;
        if (task.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Parent: InvocationExpressionSyntax converted }) task = converted;
        if (task.Parent is not ReturnStatementSyntax { Parent: BlockSyntax } returned || Functions.Enclosing(call) is not MethodDeclarationSyntax { Body: not null } method || Functions.IsAsync(method)) return null;
        if (Functions.TakesReferences(method)) return null;
        if (method.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax && n != returned || n is LockStatementSyntax)) return null;
        StatementSyntax? statement = method.ReturnType switch
        {
            SimpleNameSyntax { Identifier.ValueText: "Task" or "ValueTask", Arity: 0 } => SyntaxFactory.ExpressionStatement(Functions.Awaited(call)).WithTriviaFrom(returned),
            GenericNameSyntax { Identifier.ValueText: "Task" or "ValueTask" } => returned.WithExpression(Functions.Awaited(call)),
            _ => null,
        };
        if (statement is null) return null;
        return root.ReplaceNode(method, Functions.AsAsync(method.ReplaceNode(returned, statement)));
    }
}
