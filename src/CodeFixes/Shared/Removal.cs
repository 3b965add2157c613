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
            case BlockSyntax { Parent: StatementSyntax or ElseClauseSyntax } block when block.Statements.Count == 1 && !HasComments(block.CloseBraceToken.LeadingTrivia) && !HasComments(statement.GetLeadingTrivia()) && WithoutOwner(root, block) is { } withoutOwner:
                return withoutOwner;
            case BlockSyntax block:
                return Taken(root, block, block.Statements.Remove(statement), statement);
            case SwitchSectionSyntax section when section.Statements.Count > 1:
                return root.ReplaceNode(section, section.RemoveNode(statement, SyntaxRemoveOptions.KeepNoTrivia)!);
            case GlobalStatementSyntax global when root is CompilationUnitSyntax unit && unit.Members.OfType<GlobalStatementSyntax>().Count() > 1 && !HasComments(global.GetLeadingTrivia()):
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
        var comments = Comments(statement);
        var changed = block.WithStatements(left);
        if (comments.Count > 0)
        {
            changed = index < left.Count
                ? changed.ReplaceNode(changed.Statements[index], changed.Statements[index].WithLeadingTrivia(comments.AddRange(changed.Statements[index].GetLeadingTrivia())))
                : changed.WithCloseBraceToken(changed.CloseBraceToken.WithLeadingTrivia(comments.AddRange(changed.CloseBraceToken.LeadingTrivia)));
        }
        else if (index == 0 && left.Count > 0)
        {
            // No empty line behind the opening brace.
            var next = changed.Statements[0];
            var trivia = next.GetLeadingTrivia();
            while (trivia.Count > 0 && trivia[0].IsKind(SyntaxKind.EndOfLineTrivia)) trivia = trivia.RemoveAt(0);
            changed = changed.ReplaceNode(next, next.WithLeadingTrivia(trivia));
        }

        return root.ReplaceNode(block, changed);
    }

    private static SyntaxTriviaList Comments(StatementSyntax statement)
    {
        var leading = statement.GetLeadingTrivia();
        if (!HasComments(leading)) return default;
        // The indentation in front of the statement itself goes with it.
        return leading.Count > 0 && leading.Last().IsKind(SyntaxKind.WhitespaceTrivia) ? leading.RemoveAt(leading.Count - 1) : leading;
    }

    private static bool HasComments(SyntaxTriviaList trivia) => trivia.Any(t => !t.IsKind(SyntaxKind.WhitespaceTrivia) && !t.IsKind(SyntaxKind.EndOfLineTrivia));

    /// <summary>What owns the only statement goes too, where nothing else happens in it.</summary>
    private static SyntaxNode? WithoutOwner(SyntaxNode root, StatementSyntax only)
    {
        switch (only.Parent)
        {
            case ElseClauseSyntax { Parent: IfStatementSyntax around } clause:
                return root.ReplaceNode(around, around.WithElse(null).WithTrailingTrivia(clause.GetTrailingTrivia()));
            case IfStatementSyntax { Else: null } condition when IsQuiet(condition.Condition):
                return Without(root, condition);
            case IfStatementSyntax { Else: { Statement: not IfStatementSyntax } otherwise } choice when choice.Statement == only:
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
        !expression.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax or AssignmentExpressionSyntax or AwaitExpressionSyntax or BaseObjectCreationExpressionSyntax or DeclarationExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: not (int)SyntaxKind.SuppressNullableWarningExpression } || n.RawKind is (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression || n is SingleVariableDesignationSyntax);
}
