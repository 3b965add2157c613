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
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// Where the <c>try</c> holds the send alone and the runtime package has a guard for it, the guard in place of the whole statement;
/// else a clause that catches what a send on a connection that has ended throws.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2005HiddenSendFailureFix : CodeFixProvider
{
    private const string TryKey = "LCA2005.Try";
    private const string NarrowKey = "LCA2005.Narrow";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA2005HiddenSendFailure.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var (document, cancellation) = (context.Document, context.CancellationToken);
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) as CompilationUnitSyntax;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<CatchClauseSyntax>() is not { Parent: TryStatementSyntax statement } clause) continue;
            if (TryGuard.IsThere(model.Compilation) && diagnostic.AdditionalLocations.FirstOrDefault() is { } place
                && root.FindNode(place.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } send
                && Answering(statement, clause, send, root, model) is { } answering) await context.OfferAsync(diagnostic, answering, TryGuard.Title, TryKey).ConfigureAwait(false);
            if (Narrow(statement, clause, diagnostic, root, model, SyntaxGenerator.GetGenerator(document)) is { } narrow)
                await context.OfferAsync(diagnostic, narrow, "Catch what a send on an ended connection throws", NarrowKey).ConfigureAwait(false);
        }
    }

    /// <summary>The send alone, with the guard; where the clause left, it is left when it was not sent.</summary>
    private static CompilationUnitSyntax? Answering(TryStatementSyntax statement, CatchClauseSyntax clause, InvocationExpressionSyntax send, CompilationUnitSyntax root, SemanticModel model)
    {
        if (clause.Filter is not null || statement is not { Catches.Count: 1, Finally: null, Block.Statements: [var only] } || TryGuard.Call(send, model) is not { } guard) return null;
        var inner = only is IfStatementSyntax { Else: null, Statement: var then } ? then is BlockSyntax { Statements: [var single] } ? single : then : only;
        if (inner is not ExpressionStatementSyntax { Expression: var expression } sending || !sending.Span.Contains(send.Span)) return null;
        StatementSyntax answered;
        switch (clause.Block.Statements)
        {
            case [] or [EmptyStatementSyntax]:
            case [ReturnStatementSyntax { Expression: null } or ContinueStatementSyntax] when IsLast(statement, clause.Block.Statements[0]):
                answered = sending.ReplaceNode(send, guard);
                break;
            // The answer is awaited, or there at once.
            case [ReturnStatementSyntax { Expression: null } or ContinueStatementSyntax] when expression == send || expression is AwaitExpressionSyntax:
                var guarded = expression.ReplaceNode(send, guard).WithoutTrivia();
                var value = expression == send ? guard.WithoutTrivia() : SyntaxFactory.ParenthesizedExpression(guarded);
                answered = IfStyle.OneLine(SyntaxFactory.ParseExpression($"!{value}.IsSent"), clause.Block.Statements[0]).WithTriviaFrom(sending);
                break;
            default:
                return null;
        }

        // An `else` of an outer `if` must not come to belong to the inner one.
        if (statement.Parent is IfStatementSyntax or ElseClauseSyntax && only is IfStatementSyntax) return null;
        var replacement = (only == sending ? answered : only.ReplaceNode(sending, answered))
            .WithLeadingTrivia(statement.GetLeadingTrivia().AddRange(Comments(statement, only)))
            .WithTrailingTrivia(statement.GetTrailingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
        return TryGuard.WithUsing(root.ReplaceNode(statement, replacement), root, statement.SpanStart, model);
    }

    /// <summary>The jump leads where the code goes anyway.</summary>
    private static bool IsLast(TryStatementSyntax statement, StatementSyntax jump) =>
        statement.Parent is BlockSyntax block && block.Statements.Last() == statement
        && (jump is ContinueStatementSyntax ? block.Parent is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax : block.Parent == Functions.Enclosing(statement));

    /// <summary>The comments of the statement that stood outside the one that stays, each on its line.</summary>
    private static IEnumerable<SyntaxTrivia> Comments(TryStatementSyntax statement, StatementSyntax kept)
    {
        var indentation = statement.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        var endOfLine = Lines.EndOfLine(statement);
        foreach (var trivia in statement.DescendantTrivia())
        {
            if (!trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) && !trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)) continue;
            if (kept.Span.Contains(trivia.Span) || statement.GetLeadingTrivia().FullSpan.Contains(trivia.Span) || statement.GetTrailingTrivia().FullSpan.Contains(trivia.Span)) continue;
            yield return trivia;
            yield return endOfLine;
            if (indentation != default) yield return indentation;
        }
    }

    /// <summary>The same clause for the exceptions that the analyzer has found.</summary>
    private static SyntaxNode? Narrow(TryStatementSyntax statement, CatchClauseSyntax clause, Diagnostic diagnostic, SyntaxNode root, SemanticModel model, SyntaxGenerator generator)
    {
        if (!diagnostic.Properties.TryGetValue(LCA2005HiddenSendFailure.Exceptions, out var names) || names is null) return null;
        var types = names.Split(';').Select(n => model.Compilation.GetTypesByMetadataName(n).FirstOrDefault()).OfType<INamedTypeSymbol>()
            .Where(t => !IsCaughtBefore(t, statement, clause, model) && !IsDenied(t, clause, model)).ToList();
        if (types.Count == 0 || model.Compilation.GetTypesByMetadataName("System.Exception").FirstOrDefault() is not { } any) return null;
        // What the filter asks of the exception is answered by its kind now; what it asks of something else is asked on.
        var asked = clause.Filter?.FilterExpression;
        if (asked is not null && clause.Declaration?.Identifier.ValueText is { Length: > 0 } tested && asked.Mentions(tested))
        {
            if (asked is BinaryExpressionSyntax { RawKind: not (int)SyntaxKind.IsExpression }) return null;
            asked = null;
        }

        CatchDeclarationSyntax declaration;
        CatchFilterClauseSyntax? filter = asked is null ? null : SyntaxFactory.CatchFilterClause(asked.WithoutTrivia());
        if (types.Count == 1) declaration = SyntaxFactory.CatchDeclaration(Type(types[0], generator));
        else
        {
            var name = clause.Declaration is { Identifier.ValueText: { Length: > 0 } own } ? own : Reporting.Unused(model, clause.SpanStart, "e", "exception", "failure", "lost");
            declaration = SyntaxFactory.CatchDeclaration(Type(any, generator), SyntaxFactory.Identifier(name));
            var kinds = Filter(name, types, generator, root);
            if (asked is not null) kinds = SyntaxFactory.BinaryExpression(SyntaxKind.LogicalAndExpression, Grouped(kinds), Grouped(asked.WithoutTrivia()));
            filter = SyntaxFactory.CatchFilterClause(kinds);
        }

        var narrow = SyntaxFactory.CatchClause(SyntaxFactory.Token(SyntaxKind.CatchKeyword), declaration, filter, clause.Block).NormalizeWhitespace()
            .WithFilter(filter?.NormalizeWhitespace().WithLeadingTrivia(SyntaxFactory.Space))
            .WithBlock(clause.Block)
            .WithLeadingTrivia(clause.GetLeadingTrivia());
        // What stood between the clause's head and its block stays there.
        var last = narrow.Block.OpenBraceToken.GetPreviousToken();
        narrow = narrow.ReplaceToken(last, last.WithTrailingTrivia(clause.Block.OpenBraceToken.GetPreviousToken().TrailingTrivia));
        return root.ReplaceNode(clause, narrow);
    }

    /// <summary><c>e is A or B</c>; before C# 9, <c>e is A || e is B</c>.</summary>
    private static ExpressionSyntax Filter(string name, List<INamedTypeSymbol> types, SyntaxGenerator generator, SyntaxNode root)
    {
        if (root.SyntaxTree.Options is CSharpParseOptions { LanguageVersion: >= LanguageVersion.CSharp9 })
        {
            PatternSyntax pattern = SyntaxFactory.TypePattern(Type(types[0], generator));
            foreach (var type in types.Skip(1)) pattern = SyntaxFactory.BinaryPattern(SyntaxKind.OrPattern, pattern, SyntaxFactory.TypePattern(Type(type, generator)));
            return SyntaxFactory.IsPatternExpression(SyntaxFactory.IdentifierName(name), pattern);
        }

        ExpressionSyntax? filter = null;
        foreach (var type in types)
        {
            ExpressionSyntax test = SyntaxFactory.BinaryExpression(SyntaxKind.IsExpression, SyntaxFactory.IdentifierName(name), Type(type, generator));
            filter = filter is null ? test : SyntaxFactory.BinaryExpression(SyntaxKind.LogicalOrExpression, filter, test);
        }

        return filter!;
    }

    private static ExpressionSyntax Grouped(ExpressionSyntax expression) =>
        expression.IsKind(SyntaxKind.LogicalOrExpression) ? SyntaxFactory.ParenthesizedExpression(expression) : expression;

    /// <summary>The filter lets it through: <c>ex is not IOException</c>.</summary>
    private static bool IsDenied(INamedTypeSymbol type, CatchClauseSyntax clause, SemanticModel model)
    {
        if (clause.Filter is not { } filter) return false;
        var named = filter.DescendantNodes().OfType<TypeSyntax>().Select(t => model.GetSymbolInfo(t).Symbol).OfType<INamedTypeSymbol>().ToList();
        return named.Any(n => Bases.Include(type, n));
    }

    /// <summary>A clause above takes it already.</summary>
    private static bool IsCaughtBefore(INamedTypeSymbol type, TryStatementSyntax statement, CatchClauseSyntax clause, SemanticModel model)
    {
        foreach (var above in statement.Catches.TakeWhile(c => c != clause))
        {
            if (above.Filter is not null || above.Declaration is null || model.GetTypeInfo(above.Declaration.Type).Type is not { } caught) continue;
            if (Bases.Include(type, caught)) return true;
        }

        return false;
    }

    private static TypeSyntax Type(INamedTypeSymbol type, SyntaxGenerator generator) =>
        (TypeSyntax)generator.TypeExpression(type, addImport: true).WithAdditionalAnnotations(Simplifier.Annotation);
}
