using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>How the code around writes an <c>if</c> with one statement: in one line, on two, or with braces and perhaps an empty line behind.</summary>
internal sealed class IfStyle
{
    private enum Shape
    {
        OneLine,
        TwoLines,
        Braces,
    }

    private readonly Shape _shape;
    private readonly bool _apart;

    private IfStyle(Shape shape, bool apart) => (_shape, _apart) = (shape, apart);

    /// <summary>The style of the nearest one in front of the statement, else of most in the file.</summary>
    public static IfStyle Of(StatementSyntax statement)
    {
        if (Functions.Enclosing(statement) is { } function && Choices(function).LastOrDefault(c => c.Span.End <= statement.SpanStart) is { } near) return Like(near);
        var styles = Choices(statement.SyntaxTree.GetRoot()).Select(Like).GroupBy(s => (s._shape, s._apart)).OrderByDescending(g => g.Count()).FirstOrDefault();
        return styles?.First() ?? new(Shape.OneLine, false);
    }

    /// <summary>A choice of which the style can be told: one statement, no <c>else</c>.</summary>
    private static IEnumerable<IfStatementSyntax> Choices(SyntaxNode root) =>
        root.DescendantNodes().OfType<IfStatementSyntax>().Where(c => c is { Else: null, Parent: not ElseClauseSyntax, Statement: not BlockSyntax { Statements: [] } });

    private static IfStyle Like(IfStatementSyntax choice)
    {
        var isOneLine = IsOneLine(choice);
        // Where all is in one line, there is no other style to be seen.
        if (choice.Statement is BlockSyntax) return isOneLine ? new(Shape.OneLine, false) : new(Shape.Braces, choice.GetLastToken().GetNextToken() is { RawKind: not (int)SyntaxKind.CloseBraceToken } next && next.LeadingTrivia.FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia));
        return new(isOneLine ? Shape.OneLine : Shape.TwoLines, false);
    }

    private static bool IsOneLine(SyntaxNode node) => !node.DescendantTokens().Skip(1).Any(t => t.LeadingTrivia.Any(IsLine)) && !node.DescendantTokens().Where(t => t.Span.End < node.Span.End).Any(t => t.TrailingTrivia.Any(IsLine));

    private static bool IsLine(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.EndOfLineTrivia);

    public static IfStatementSyntax OneLine(ExpressionSyntax condition, StatementSyntax then) =>
        (IfStatementSyntax)SyntaxFactory.ParseStatement($"if ({condition.WithoutTrivia()}) {then.WithoutTrivia()}");

    /// <summary>The statement, only under the condition.</summary>
    public StatementSyntax Under(ExpressionSyntax condition, StatementSyntax statement) =>
        Written(condition, statement, statement).WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The statement, and in front of it the way out where the condition holds.</summary>
    public StatementSyntax[] InFront(StatementSyntax statement, ExpressionSyntax condition, StatementSyntax leave)
    {
        var endOfLine = Lines.EndOfLine(statement);
        var early = Written(condition, leave, statement)
            .WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithTrailingTrivia(Enumerable.Repeat(endOfLine, _apart ? 2 : 1))
            .WithAdditionalAnnotations(Formatter.Annotation);
        return [early, statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1))];
    }

    private IfStatementSyntax Written(ExpressionSyntax condition, StatementSyntax then, SyntaxNode beside)
    {
        var choice = OneLine(condition, then);
        if (_shape == Shape.OneLine) return choice;
        var endOfLine = Lines.EndOfLine(beside);
        choice = choice.WithCloseParenToken(choice.CloseParenToken.WithTrailingTrivia(endOfLine));
        if (_shape == Shape.TwoLines) return choice;
        var block = SyntaxFactory.Block(choice.Statement.WithTrailingTrivia(endOfLine));
        return choice.WithStatement(block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(endOfLine)));
    }
}
