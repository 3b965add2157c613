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

/// <summary>Awaits the dropped operation where it stands. Only in a function that may await already: more would change its callers.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4004AwaitBeforeBufferReturnFix : CodeFixProvider
{
    private const string Key = "LCA4004.Await";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4004AwaitBeforeBufferReturn.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } operation || root.FindNode(operation.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call || Dropped(call) is not { } whole || !IsAsync(call)) continue;
            var awaited = SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), call.WithoutTrivia());
            var changed = context.Document.With(root, whole, awaited.WithTriviaFrom(whole));
            if (await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Await the operation before the buffer goes", _ => Task.FromResult(changed), Key), diagnostic);
        }
    }

    /// <summary>The expression statement's whole expression; null where the task goes somewhere.</summary>
    private static ExpressionSyntax? Dropped(InvocationExpressionSyntax call) => call.Parent switch
    {
        ExpressionStatementSyntax => call,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax } assignment => assignment,
        _ => null,
    };

    private static bool IsAsync(SyntaxNode node) => Functions.Enclosing(node) switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.RawKind != 0,
        _ => false,
    } && !node.Ancestors().Any(a => a is LockStatementSyntax or UnsafeStatementSyntax);
}
