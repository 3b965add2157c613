using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Takes a statement out of its code, and with it what would be left empty: the <c>if</c> around it, the loop.</summary>
internal static class Removal
{
    /// <summary>The same tree without the statement; null where it is not one that can go.</summary>
    public static SyntaxNode? Without(SyntaxNode root, StatementSyntax statement)
    {
        if (statement.ContainsDirectives || statement.Parent is LabeledStatementSyntax) return null;
        switch (statement.Parent)
        {
            case BlockSyntax { Statements.Count: 1, Parent: StatementSyntax or ElseClauseSyntax } block when WithoutOwner(root, block) is { } withoutOwner:
                return withoutOwner;
            case BlockSyntax block:
                return Taken(root, block, block.Statements.Remove(statement), statement);
            case SwitchSectionSyntax section when section.Statements.Count > 1 && !HasComments(statement):
                return root.ReplaceNode(section, section.RemoveNode(statement, SyntaxRemoveOptions.KeepNoTrivia)!);
            case GlobalStatementSyntax global when root is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Count() > 1 && !HasComments(global):
                return root.RemoveNode(global, SyntaxRemoveOptions.KeepNoTrivia);
            case StatementSyntax or ElseClauseSyntax:
                return WithoutOwner(root, statement);
            default:
                return null;
        }
    }

    /// <summary>The statement's comments stay, in front of what follows.</summary>
    private static SyntaxNode Taken(SyntaxNode root, BlockSyntax block, SyntaxList<StatementSyntax> left, StatementSyntax statement)
    {
        var index = block.Statements.IndexOf(statement);
        var changed = block.WithStatements(left);
        var comments = statement.DescendantTrivia().Where(Lines.IsComment).ToList();
        var endOfLine = Lines.EndOfLine(statement);
        if (index == left.Count)
        {
            var brace = changed.CloseBraceToken;
            // The comments stand where the statement stood.
            var written = comments.SelectMany(c => Lines.Indentation(statement).Append(c).Append(endOfLine)).Concat(brace.LeadingTrivia);
            return root.ReplaceNode(block, comments.Count == 0 ? changed : changed.WithCloseBraceToken(brace.WithLeadingTrivia(written)));
        }

        var next = left[index];
        var trivia = next.GetLeadingTrivia();
        var hadLineBefore = statement.GetLeadingTrivia().FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
        // No empty line behind the opening brace; one in front of the statement stays.
        while (index == 0 && trivia.FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia)) trivia = trivia.RemoveAt(0);
        if (index > 0 && hadLineBefore && !trivia.FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia)) trivia = trivia.Insert(0, endOfLine);
        if (comments.Count > 0) trivia = SyntaxFactory.TriviaList(comments.SelectMany(c => Lines.Indentation(statement).Append(c).Append(endOfLine)).Concat(trivia));
        // What need not change stays the very same node: Fix All merges the changes of neighbours.
        return root.ReplaceNode(block, trivia.ToFullString() == next.GetLeadingTrivia().ToFullString() ? changed : changed.WithStatements(left.Replace(next, next.WithLeadingTrivia(trivia))));
    }

    private static bool HasComments(SyntaxNode node) => node.DescendantTrivia().Any(Lines.IsComment);

    /// <summary>What owns the only statement goes too, where nothing else happens in it.</summary>
    private static SyntaxNode? WithoutOwner(SyntaxNode root, StatementSyntax only)
    {
        switch (only.Parent)
        {
            case ElseClauseSyntax { Parent: IfStatementSyntax around } clause when !HasComments(clause) || clause.GetTrailingTrivia().Count(Lines.IsComment) == clause.DescendantTrivia().Count(Lines.IsComment):
                return root.ReplaceNode(around, around.WithElse(null).WithTrailingTrivia(clause.GetTrailingTrivia()));
            case IfStatementSyntax { Else: null } condition when IsQuiet(condition.Condition):
                return Without(root, condition);
            case IfStatementSyntax { Else: { Statement: not IfStatementSyntax } otherwise } choice when choice.Statement == only && !HasComments(only):
                var negated = SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, SyntaxFactory.ParenthesizedExpression(choice.Condition.WithoutTrivia()));
                return root.ReplaceNode(choice, choice.WithCondition(negated).WithStatement(otherwise.Statement.WithTriviaFrom(choice.Statement)).WithElse(null).WithTrailingTrivia(otherwise.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation));
            case ForEachStatementSyntax loop when IsQuiet(loop.Expression):
                return Without(root, loop);
            case BlockSyntax { Parent: BlockSyntax } inner:
                return Without(root, inner);
            default:
                return null;
        }
    }

    /// <summary>Reading it does nothing.</summary>
    private static bool IsQuiet(ExpressionSyntax expression) =>
        !Conditions.Assigns(expression)
        && !expression.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax or AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax or DeclarationExpressionSyntax or SingleVariableDesignationSyntax);
}
