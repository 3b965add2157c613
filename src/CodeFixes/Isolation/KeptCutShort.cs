using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// A connection that its owner keeps is closed when an exchange on it is cut short: the next user then fails and does not read an answer
/// that is not his.
/// </summary>
internal static class KeptCutShort
{
    /// <param name="root">The file.</param>
    /// <param name="place">Where the report stands: a clause that swallows, a release in a <c>finally</c>, the brace that ends a lock.</param>
    /// <param name="kept">The field or parameter that holds the connection.</param>
    /// <param name="model">The file's meaning.</param>
    public static SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode place, string kept, SemanticModel model)
    {
        if (place.FirstAncestorOrSelf<CatchClauseSyntax>() is { } clause && clause.CatchKeyword.SpanStart == place.SpanStart)
            return Closing(kept, clause.Block, model) is { } inClause ? root.ReplaceNode(clause, WithFirst(clause, inClause)) : null;
        if (place.FirstAncestorOrSelf<FinallyClauseSyntax>() is { Parent: TryStatementSyntax attempt })
            return Closing(kept, attempt, model) is { } before ? root.ReplaceNode(attempt, attempt.AddCatches(Rethrowing(before)).WithAdditionalAnnotations(Formatter.Annotation)) : null;
        return place is BlockSyntax { Parent: LockStatementSyntax } held && Closing(kept, held, model) is { } atEnd ? root.ReplaceNode(held, Attempting(held, atEnd)) : null;
    }

    private static StatementSyntax? Closing(string kept, SyntaxNode at, SemanticModel model)
    {
        var position = at.GetFirstToken().SpanStart;
        var type = model.LookupSymbols(position, name: kept).FirstOrDefault() switch
        {
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            IParameterSymbol parameter => parameter.Type,
            _ => null,
        };
        if (type is null || Lines.Ending(kept, type, model, at) is not { } ending) return null;
        if (type.NullableAnnotation == NullableAnnotation.Annotated)
        {
            if (ending.StartsWith("await", StringComparison.Ordinal)) return null;
            ending = ending.Insert(kept.Length, "?");
        }

        return SyntaxFactory.ParseStatement(ending).WithTrailingTrivia(Lines.EndOfLine(at)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static CatchClauseSyntax WithFirst(CatchClauseSyntax clause, StatementSyntax closing) =>
        clause.WithBlock(clause.Block.WithStatements(clause.Block.Statements.Insert(0, closing))).WithAdditionalAnnotations(Formatter.Annotation);

    private static CatchClauseSyntax Rethrowing(StatementSyntax closing)
    {
        var endOfLine = closing.GetTrailingTrivia();
        return SyntaxFactory.CatchClause().WithBlock(SyntaxFactory.Block(closing, SyntaxFactory.ParseStatement("throw;").WithTrailingTrivia(endOfLine))).WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>What stands under the lock, in a <c>try</c> under the lock.</summary>
    private static BlockSyntax Attempting(BlockSyntax held, StatementSyntax closing)
    {
        var attempt = SyntaxFactory.TryStatement(SyntaxFactory.Block(held.Statements), SyntaxFactory.SingletonList(Rethrowing(closing)), null).WithTrailingTrivia(Lines.EndOfLine(held));
        return held.WithStatements(SyntaxFactory.SingletonList<StatementSyntax>(attempt)).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
