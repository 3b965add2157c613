using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>Asks the socket itself: <c>IsAlive</c> of the runtime package instead of <c>Connected</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2003AskTheSocketFix : CodeFixProvider
{
    private const string Key = "LCA2003.IsAlive";
    private const string Extensions = "LivenessExtensions";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA2003ConnectedIsNoProof.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is not CompilationUnitSyntax unit || model is null || model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + "." + Extensions).IsEmpty) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            // A property pattern has no place for a call.
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not IdentifierNameSyntax { Parent: MemberAccessExpressionSyntax or MemberBindingExpressionSyntax } name) continue;
            var reuse = diagnostic.Properties.TryGetValue(LCA2003ConnectedIsNoProof.Decides, out var what) && what == LCA2003ConnectedIsNoProof.Reuse;
            context.RegisterCodeFix(CodeAction.Create("Ask the socket itself", _ => Task.FromResult(context.Document.WithSyntaxRoot(Asking(unit, name, reuse, model))), Key), diagnostic);
        }
    }

    private static SyntaxNode Asking(CompilationUnitSyntax unit, IdentifierNameSyntax name, bool reuse, SemanticModel model)
    {
        var access = (ExpressionSyntax)name.Parent!;
        var method = SyntaxFactory.IdentifierName("IsAlive");
        ExpressionSyntax asked = access is MemberAccessExpressionSyntax member ? member.WithName(method) : ((MemberBindingExpressionSyntax)access).WithName(method);
        var call = SyntaxFactory.InvocationExpression(asked.WithoutTrailingTrivia(), reuse ? SyntaxFactory.ArgumentList() : SyntaxFactory.ParseArgumentList("(allowUnreadData: true)"));
        return RuntimeNamespace.WithUsing(unit.ReplaceNode(access, call.WithTrailingTrivia(access.GetTrailingTrivia())), unit, model, name.SpanStart, Extensions);
    }
}
