using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>What can run after what in one function, as the source shows it.</summary>
internal static class Order
{
    /// <summary>The later node can be reached after the earlier one: not the other branch, nor behind a jump.</summary>
    public static bool MayFollow(SyntaxNode earlier, SyntaxNode later)
    {
        if (later.SpanStart < earlier.Span.End) return false;
        SyntaxNode? below = null;
        for (var node = earlier; node is not null; node = node.Parent)
        {
            if (node.Span.Contains(later.Span)) return below is null || AreSequential(node, below, later);
            if (below is not null && node is BlockSyntax or SwitchSectionSyntax && JumpsAfter(node, below)) return node.Parent is TryStatementSyntax { Finally: { } last } && last.Span.Contains(later.Span);
            below = node;
        }

        return true;
    }

    private static bool AreSequential(SyntaxNode common, SyntaxNode first, SyntaxNode later)
    {
        switch (common)
        {
            case IfStatementSyntax { Else: { } other } when first == ((IfStatementSyntax)common).Statement && other.Span.Contains(later.Span):
            case SwitchStatementSyntax when first is SwitchSectionSyntax:
            case SwitchExpressionSyntax when first is SwitchExpressionArmSyntax:
            case ConditionalExpressionSyntax conditional when first == conditional.WhenTrue:
                return false;
            // What starts work and throws has started none.
            case TryStatementSyntax attempt when first == attempt.Block:
                return attempt.Finally?.Span.Contains(later.Span) == true;
            case TryStatementSyntax when first is CatchClauseSyntax:
                return ((TryStatementSyntax)common).Finally?.Span.Contains(later.Span) == true;
            case BlockSyntax or SwitchSectionSyntax:
                return !JumpsBetween(common, first, later);
            default:
                return true;
        }
    }

    private static bool JumpsAfter(SyntaxNode block, SyntaxNode statement) =>
        Statements(block).Any(s => s.SpanStart > statement.SpanStart && IsJump(s)) || IsJump(statement);

    private static bool JumpsBetween(SyntaxNode block, SyntaxNode from, SyntaxNode to) =>
        IsJump(from) || Statements(block).Any(s => s.SpanStart > from.SpanStart && s.Span.End <= to.SpanStart && IsJump(s));

    private static SyntaxList<StatementSyntax> Statements(SyntaxNode block) =>
        block switch { BlockSyntax b => b.Statements, SwitchSectionSyntax section => section.Statements, _ => default };

    /// <summary>Nothing comes after it; a <c>break</c> of a switch only leaves the switch.</summary>
    private static bool IsJump(SyntaxNode statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax
        || statement is BreakStatementSyntax && statement.Ancestors().FirstOrDefault(a => a is SwitchStatementSyntax or ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax) is not SwitchStatementSyntax
        || statement is YieldStatementSyntax && statement.IsKind(SyntaxKind.YieldBreakStatement);

    /// <summary>Some <c>await</c> (an <c>await foreach</c>, an <c>await using</c> included) of the function lies between the two.</summary>
    public static bool AwaitsBetween(SyntaxNode function, int from, int to) => Awaits(function).Any(a => a.Span.End > from && a.Span.End <= to);

    public static IEnumerable<SyntaxNode> Awaits(SyntaxNode function) => Code.OwnNodes(function).Where(n => n is AwaitExpressionSyntax
        || n is CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } or UsingStatementSyntax { AwaitKeyword.RawKind: not 0 } or LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 });

    /// <summary>The loop around a node within its function.</summary>
    public static SyntaxNode? LoopAround(SyntaxNode node)
    {
        for (var parent = node.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent.IsLoop()) return parent;
            if (parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax) return null;
        }

        return null;
    }
}
