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
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not IdentifierNameSyntax name) continue;
            var reuse = diagnostic.Properties.TryGetValue(LCA2003ConnectedIsNoProof.Decides, out var what) && what == LCA2003ConnectedIsNoProof.Reuse;
            if (Asking(unit, name, reuse, model) is { } asking)
                context.RegisterCodeFix(CodeAction.Create("Ask the socket itself", _ => Task.FromResult(context.Document.WithSyntaxRoot(asking)), Key), diagnostic);
        }
    }

    private static SyntaxNode? Asking(CompilationUnitSyntax unit, IdentifierNameSyntax name, bool reuse, SemanticModel model)
    {
        var arguments = reuse ? SyntaxFactory.ArgumentList() : SyntaxFactory.ParseArgumentList("(allowUnreadData: true)");
        if ((Of(name, arguments) ?? InPattern(name, arguments)) is not var (old, asked)) return null;
        return RuntimeNamespace.WithUsing(unit.ReplaceNode(old, asked.WithTriviaFrom(old)), unit, model, name.SpanStart, Extensions);
    }

    /// <summary><c>client.Connected</c>, <c>client?.Connected</c></summary>
    private static (ExpressionSyntax Old, ExpressionSyntax Asked)? Of(IdentifierNameSyntax name, ArgumentListSyntax arguments)
    {
        var method = SyntaxFactory.IdentifierName("IsAlive");
        return name.Parent switch
        {
            // A pattern that goes through a part, `client is { Client.Connected: true }`, has no place for a call.
            MemberAccessExpressionSyntax { Parent: BaseExpressionColonSyntax } => null,
            MemberAccessExpressionSyntax access => (access, SyntaxFactory.InvocationExpression(access.WithName(method).WithoutTrailingTrivia(), arguments)),
            MemberBindingExpressionSyntax binding => (binding, SyntaxFactory.InvocationExpression(binding.WithName(method).WithoutTrailingTrivia(), arguments)),
            _ => null,
        };
    }

    /// <summary>
    /// <c>client is { Connected: true }</c>: a property pattern has no place for a call, so both of its questions are written out. Only
    /// where it asks nothing else and gives no name.
    /// </summary>
    private static (ExpressionSyntax Old, ExpressionSyntax Asked)? InPattern(IdentifierNameSyntax name, ArgumentListSyntax arguments)
    {
        if (name.Parent is not NameColonSyntax { Parent: SubpatternSyntax { Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression } } } part }
            || part.Parent?.Parent is not RecursivePatternSyntax { Type: null, PositionalPatternClause: null, Designation: null, PropertyPatternClause.Subpatterns.Count: 1 } pattern) return null;
        var isDenied = pattern.Parent is UnaryPatternSyntax;
        if ((isDenied ? pattern.Parent!.Parent : pattern.Parent) is not IsPatternExpressionSyntax { Expression: var client } whole || !StateGuard.IsStable(client)) return null;
        var (there, alive) = (client.WithoutTrivia(), $"{client.WithoutTrivia()}.IsAlive{arguments}");
        var asked = SyntaxFactory.ParseExpression(isDenied ? $"{there} is null || !{alive}" : $"{there} is not null && {alive}");
        return (whole, whole.Parent is ExpressionSyntax and not (LambdaExpressionSyntax or AssignmentExpressionSyntax or ParenthesizedExpressionSyntax) ? SyntaxFactory.ParenthesizedExpression(asked) : asked);
    }
}
