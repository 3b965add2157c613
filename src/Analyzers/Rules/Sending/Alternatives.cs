using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>Two places in one function of which the one is on a way that the other is not on.</summary>
internal static class Alternatives
{
    public static bool Are(SyntaxNode first, SyntaxNode second)
    {
        foreach (var around in first.Ancestors())
        {
            if (!around.Span.Contains(second.Span))
            {
                // What leaves after the first never reaches the second.
                if (around is BlockSyntax block && block.Leaves()) return true;
                continue;
            }

            return around switch
            {
                IfStatementSyntax { Else: not null } choice => choice.Statement.Span.Contains(first.Span) != choice.Statement.Span.Contains(second.Span),
                SwitchStatementSyntax or SwitchExpressionSyntax => true,
                ConditionalExpressionSyntax => true,
                TryStatementSyntax attempt => attempt.Block.Span.Contains(first.Span) && !attempt.Block.Span.Contains(second.Span),
                _ => first.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax && first.FirstAncestorOrSelf<StatementSyntax>() != second.FirstAncestorOrSelf<StatementSyntax>(),
            };
        }

        return false;
    }
}
