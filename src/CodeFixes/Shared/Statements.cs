using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Reading statements.</summary>
internal static class Statements
{
    /// <summary>The statement, or the only one of its block, where it is of this kind.</summary>
    public static T? Only<T>(StatementSyntax statement)
        where T : StatementSyntax => statement as T ?? (statement is BlockSyntax { Statements: [T only] } ? only : null);

    public static bool IsJump(StatementSyntax statement) => statement is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax;

    /// <summary>A member of the object is called in the statement.</summary>
    public static bool CallOn(ExpressionSyntax target, StatementSyntax statement) =>
        statement.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a => a.Parent is InvocationExpressionSyntax && SyntaxFactory.AreEquivalent(a.Expression, target));

    /// <summary>The statements in front of it in its block, the nearest first.</summary>
    public static IEnumerable<StatementSyntax> Before(SyntaxNode statement) =>
        statement.Parent is BlockSyntax block ? block.Statements.TakeWhile(s => s != statement).Reverse() : [];
}
