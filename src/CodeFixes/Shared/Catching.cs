using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary><c>catch</c> clauses that end something before the failure goes on.</summary>
internal static class Catching
{
    /// <summary><c>catch { …; throw; }</c>, each statement on a line of its own.</summary>
    public static CatchClauseSyntax Rethrowing(SyntaxTrivia endOfLine, params IEnumerable<string> statements) => Rethrowing(endOfLine, statements.Select(s => SyntaxFactory.ParseStatement(s)));

    public static CatchClauseSyntax Rethrowing(SyntaxTrivia endOfLine, params IEnumerable<StatementSyntax> statements) =>
        SyntaxFactory.CatchClause()
            .WithBlock(SyntaxFactory.Block(statements.Append(SyntaxFactory.ThrowStatement()).Select(s => s.WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation))))
            .WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The clause with one more statement in front of what it does.</summary>
    public static CatchClauseSyntax DoingFirst(this CatchClauseSyntax clause, StatementSyntax first) =>
        clause.WithBlock(clause.Block.WithStatements(clause.Block.Statements.Insert(0, first))).WithAdditionalAnnotations(Formatter.Annotation);
}
