using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Wraps the body of the function in a <c>try</c> that catches what its I/O throws, and reports it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1005HandleCallbackFailureFix : CodeFixProvider
{
    private const string Key = "LCA1005.Catch";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1005HandleCallbackFailure.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Functions.Enclosing(node) is not { } function || Caught(diagnostic, model) is not { Count: > 0 } caught) continue;
            if (Wrapped(function, caught, model, SyntaxGenerator.GetGenerator(document)) is not { } wrapped) continue;
            await context.OfferAsync(diagnostic, root.ReplaceNode(function, wrapped.WithAdditionalAnnotations(Formatter.Annotation)), "Catch what the connection throws", Key).ConfigureAwait(false);
        }
    }

    /// <summary>The exceptions that leave the function, as the analyzer found them, without those whose base is among them.</summary>
    private static List<INamedTypeSymbol> Caught(Diagnostic diagnostic, SemanticModel model)
    {
        var found = new List<INamedTypeSymbol>();
        if (!diagnostic.Properties.TryGetValue(LCA1005HandleCallbackFailure.Exceptions, out var names) || names is null) return found;
        foreach (var name in names.Split(';'))
        {
            if (model.Compilation.GetTypesByMetadataName(name).FirstOrDefault() is { } type) found.Add(type);
        }

        return found.Where(type => !found.Any(other => !SymbolEqualityComparer.Default.Equals(type, other) && Bases.Include(type, other))).ToList();
    }

    private static SyntaxNode? Wrapped(SyntaxNode function, List<INamedTypeSymbol> caught, SemanticModel model, SyntaxGenerator generator)
    {
        var (body, expression) = function switch
        {
            MethodDeclarationSyntax method => (method.Body, method.ExpressionBody?.Expression),
            LocalFunctionStatementSyntax local => (local.Body, local.ExpressionBody?.Expression),
            AnonymousFunctionExpressionSyntax lambda => (lambda.Block, lambda.ExpressionBody),
            _ => (null, null),
        };
        if (body is null && expression is null) return null;
        var statements = body?.Statements ?? SyntaxFactory.SingletonList<StatementSyntax>(expression is ThrowExpressionSyntax thrown
            ? SyntaxFactory.ThrowStatement(thrown.Expression.WithoutTrivia())
            : SyntaxFactory.ExpressionStatement(expression!.WithoutTrivia()));
        var position = body?.SpanStart ?? expression!.SpanStart;
        var inner = SyntaxFactory.Block(statements);
        // A comment at the end of the body stays at its end.
        if (body is not null) inner = inner.WithCloseBraceToken(inner.CloseBraceToken.WithLeadingTrivia(body.CloseBraceToken.LeadingTrivia));
        var attempt = SyntaxFactory.TryStatement(inner, SyntaxFactory.SingletonList(Clause(caught, function, model, generator, position)), null);
        var outer = (body ?? SyntaxFactory.Block()).WithStatements(SyntaxFactory.SingletonList<StatementSyntax>(attempt));
        if (body is null) outer = OnLines(outer, Lines.EndOfLine(function));
        else outer = outer.WithCloseBraceToken(outer.CloseBraceToken.WithLeadingTrivia(body.CloseBraceToken.LeadingTrivia.Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia))));
        return function switch
        {
            MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(outer).WithTrailingTrivia(method.GetTrailingTrivia()),
            LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(outer).WithTrailingTrivia(local.GetTrailingTrivia()),
            ParenthesizedLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(outer),
            SimpleLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(outer),
            AnonymousMethodExpressionSyntax method => method.WithBlock(outer),
            _ => null,
        };
    }

    /// <summary>What was one line becomes several: the formatter would leave it on the one.</summary>
    private static BlockSyntax OnLines(BlockSyntax block, SyntaxTrivia endOfLine)
    {
        var attempt = (TryStatementSyntax)block.Statements[0];
        var tokens = new List<SyntaxToken> { block.OpenBraceToken, attempt.TryKeyword };
        foreach (var part in new[] { attempt.Block, attempt.Catches[0].Block })
        {
            tokens.Add(part.OpenBraceToken);
            tokens.AddRange(part.Statements.Select(s => s.GetLastToken()));
            tokens.Add(part.CloseBraceToken);
        }

        tokens.Add(attempt.Catches[0].Block.OpenBraceToken.GetPreviousToken());
        return block.ReplaceTokens(tokens, (_, token) => token.WithTrailingTrivia(endOfLine));
    }

    private static CatchClauseSyntax Clause(List<INamedTypeSymbol> caught, SyntaxNode function, SemanticModel model, SyntaxGenerator generator, int position)
    {
        var taken = new HashSet<string>(function.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        var name = new[] { "e", "exception", "failure", "lost" }.First(n => n == "lost" || !taken.Contains(n) && model.LookupSymbols(position, name: n).All(s => s is not (ILocalSymbol or IParameterSymbol)));
        var report = SyntaxFactory.ParseStatement(Reporting.Telling(model, position, name) + ";");
        var types = caught.Select(t => Type(t, generator)).ToList();
        if (types.Count == 1)
            return SyntaxFactory.CatchClause(SyntaxFactory.CatchDeclaration(types[0], SyntaxFactory.Identifier(name)), null, SyntaxFactory.Block(report));
        PatternSyntax pattern = SyntaxFactory.TypePattern(types[0]);
        foreach (var type in types.Skip(1)) pattern = SyntaxFactory.BinaryPattern(SyntaxKind.OrPattern, pattern, SyntaxFactory.TypePattern(type));
        var any = model.Compilation.GetTypesByMetadataName("System.Exception").FirstOrDefault();
        return SyntaxFactory.CatchClause(
            SyntaxFactory.CatchDeclaration(any is null ? SyntaxFactory.ParseTypeName("System.Exception") : Type(any, generator), SyntaxFactory.Identifier(name)),
            SyntaxFactory.CatchFilterClause(SyntaxFactory.IsPatternExpression(SyntaxFactory.IdentifierName(name), pattern)),
            SyntaxFactory.Block(report));
    }

    private static TypeSyntax Type(INamedTypeSymbol type, SyntaxGenerator generator) =>
        (TypeSyntax)generator.TypeExpression(type, addImport: true).WithAdditionalAnnotations(Simplifier.Annotation);
}
