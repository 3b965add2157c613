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

/// <summary>Takes out what asks for <c>Connection: close</c>: the statement, or the member of the initialiser.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3003KeepConnectionsOpenFix : CodeFixProvider
{
    private const string Key = "LCA3003.Remove";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3003KeepConnectionsOpen.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            await context.OfferAsync(diagnostic, Without(root, node), "Keep the connection open", Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    private static SyntaxNode? Without(SyntaxNode root, SyntaxNode setting)
    {
        // Other values in the same call have to stay.
        if (setting is InvocationExpressionSyntax call && call.DescendantNodes().Any(n => n is InitializerExpressionSyntax { Expressions.Count: > 1 } or CollectionExpressionSyntax { Elements.Count: > 1 })) return null;
        if (setting.Parent is InitializerExpressionSyntax initializer && setting is ExpressionSyntax element) return WithoutElement(root, initializer, element);
        var whole = Whole(setting);
        return whole.Parent switch
        {
            ExpressionStatementSyntax statement => Removal.Without(root, statement),
            LambdaExpressionSyntax lambda => root.ReplaceNode(lambda, Emptied(lambda)),
            ArrowExpressionClauseSyntax { Parent: (MethodDeclarationSyntax or LocalFunctionStatementSyntax) and var function } => root.ReplaceNode(function, Emptied(function)),
            _ => null,
        };
    }

    /// <summary>Around it <c>?.</c> and a discard.</summary>
    private static SyntaxNode Whole(SyntaxNode setting)
    {
        while (setting.Parent is ConditionalAccessExpressionSyntax access && access.WhenNotNull == setting
            || setting.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discard && discard.Right == setting
            || setting.Parent is ParenthesizedExpressionSyntax) setting = setting.Parent;
        return setting;
    }

    private static BlockSyntax Empty() => SyntaxFactory.Block().WithAdditionalAnnotations(Formatter.Annotation);

    private static SyntaxNode Emptied(SyntaxNode function) => (function switch
    {
        LambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(Empty()),
        MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Empty()).WithTrailingTrivia(method.GetTrailingTrivia()),
        LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Empty()).WithTrailingTrivia(local.GetTrailingTrivia()),
        _ => function,
    }).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The element goes; with the last one its initialiser, and with that the member that it initialised.</summary>
    private static SyntaxNode? WithoutElement(SyntaxNode root, InitializerExpressionSyntax initializer, ExpressionSyntax element)
    {
        if (initializer.Expressions.Count > 1) return root.ReplaceNode(initializer, Left(initializer, element));
        if (HasComments(initializer)) return null;
        return initializer.Parent switch
        {
            AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax outer } member => WithoutElement(root, outer, member),
            ObjectCreationExpressionSyntax creation => root.ReplaceNode(creation, creation
                .WithInitializer(null)
                .WithArgumentList((creation.ArgumentList ?? SyntaxFactory.ArgumentList()).WithoutTrailingTrivia())
                .WithType(creation.ArgumentList is null ? creation.Type.WithoutTrailingTrivia() : creation.Type)
                .WithTrailingTrivia(creation.GetTrailingTrivia())),
            ImplicitObjectCreationExpressionSyntax creation => root.ReplaceNode(
                creation,
                creation.WithInitializer(null).WithArgumentList(creation.ArgumentList.WithoutTrailingTrivia()).WithTrailingTrivia(creation.GetTrailingTrivia())),
            _ => null,
        };
    }

    private static InitializerExpressionSyntax Left(InitializerExpressionSyntax initializer, ExpressionSyntax element)
    {
        var index = initializer.Expressions.IndexOf(element);
        if (index < initializer.Expressions.Count - 1 || initializer.Expressions.SeparatorCount == initializer.Expressions.Count)
        {
            var without = initializer.WithExpressions(initializer.Expressions.RemoveAt(index));
            var comments = Lines.Lost(initializer, without);
            if (index == without.Expressions.Count)
            {
                var brace = without.CloseBraceToken;
                return without.WithCloseBraceToken(brace.WithLeadingTrivia(Lines.Under(brace.LeadingTrivia, comments, Lines.EndOfLine(initializer))));
            }

            var next = without.Expressions[index];
            return without.WithExpressions(without.Expressions.Replace(next, Lines.Under(next, comments, Lines.EndOfLine(initializer))));
        }

        // The last one: the line break behind it is now behind the one before, and that one's comma goes.
        var comma = initializer.Expressions.GetSeparator(index - 1);
        var left = initializer.Expressions.RemoveAt(index);
        var last = left.Last();
        var end = comma.TrailingTrivia.Any(Lines.IsComment) ? comma.TrailingTrivia.AddRange(element.GetTrailingTrivia().Where(Lines.IsComment)) : element.GetTrailingTrivia();
        return initializer.WithExpressions(left.Replace(last, last.WithTrailingTrivia(end)));
    }

    private static bool HasComments(SyntaxNode node) => node.DescendantTrivia().Any(Lines.IsComment);
}
