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
            return Closing(kept, clause.Block, model) is { } inClause ? root.ReplaceNode(clause, clause.DoingFirst(inClause)) : null;
        if (place.FirstAncestorOrSelf<FinallyClauseSyntax>() is { Parent: TryStatementSyntax attempt })
            return Closing(kept, attempt, model) is { } before ? root.ReplaceNode(attempt, attempt.AddCatches(Catching.Rethrowing(Lines.EndOfLine(attempt), before)).WithAdditionalAnnotations(Formatter.Annotation)) : null;
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
        var ending = type is null ? null : type.NullableAnnotation == NullableAnnotation.Annotated ? Lines.EndingIfAny(kept, type, model, at) : Lines.Ending(kept, type, model, at);
        return ending is null ? null : Lines.Parse(at, ending).WithTrailingTrivia(Lines.EndOfLine(at));
    }

    /// <summary>What stands under the lock, in a <c>try</c> under the lock.</summary>
    private static BlockSyntax Attempting(BlockSyntax held, StatementSyntax closing)
    {
        var endOfLine = Lines.EndOfLine(held);
        var attempt = SyntaxFactory.TryStatement(SyntaxFactory.Block(held.Statements), SyntaxFactory.SingletonList(Catching.Rethrowing(endOfLine, closing)), null).WithTrailingTrivia(endOfLine);
        return held.WithStatements(SyntaxFactory.SingletonList<StatementSyntax>(attempt)).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
