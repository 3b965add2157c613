using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>A gate that each round of a loop enters for one frame moves around the loop: whoever waits for it waits for the whole message.</summary>
internal static class WholeMessage
{
    /// <summary>The root with the gate around the loop that sends; null where the loop does more under its gates than that.</summary>
    public static SyntaxNode? UnderOneGate(InvocationExpressionSyntax send, SyntaxNode root)
    {
        if (Functions.Enclosing(send) is not { } function || send.Expression is not MemberAccessExpressionSyntax { Expression: var connection } || Gate(send, function) is not { } gate) return null;
        if (gate.Parent is not BlockSyntax { Parent: ForStatementSyntax or ForEachStatementSyntax { AwaitKeyword.RawKind: 0 } or WhileStatementSyntax or DoStatementSyntax } round) return null;
        if (round.Parent is not StatementSyntax { Parent: BlockSyntax around } loop) return null;
        // The gate is the end of the round, and the same one in each.
        var entering = gate is TryStatementSyntax ? Statements.Before(gate).FirstOrDefault() : null;
        if (round.Statements.Last() != gate || gate is TryStatementSyntax && (entering is not ExpressionStatementSyntax || !IsEntering(entering, gate))) return null;
        var entered = (SyntaxNode?)entering ?? (SyntaxNode?)((UsingStatementSyntax)gate).Expression;
        // What a round waits for in front of its gate, for the peer perhaps, must not keep the others waiting.
        if (round.Statements.Any(s => s != gate && s != entering && s.DescendantNodes().Any(n => n is AwaitExpressionSyntax))) return null;
        if (entered is null || loop.DescendantNodes().Any(n => Declared(n) is { } name && entered.Mentions(name))) return null;

        var inner = Body(gate)!.Statements;
        var rounds = round.WithStatements(SyntaxFactory.List(round.Statements.Where(s => s != gate && s != entering).Concat(inner)));
        var sending = loop.ReplaceNode(round, rounds);
        // The last frame may stand behind the loop.
        var index = around.Statements.IndexOf(loop);
        var last = around.Statements.LastIndexOf(s => s.SpanStart >= loop.SpanStart && (s == loop || s is ExpressionStatementSyntax && Statements.CallOn(connection, s)));
        var message = around.Statements.Skip(index + 1).Take(last - index).Prepend(sending.WithLeadingTrivia(Lines.Indentation(loop)));
        var whole = gate.ReplaceNode(Body(gate)!, Body(gate)!.WithStatements(SyntaxFactory.List(message))).WithLeadingTrivia(entering is null ? loop.GetLeadingTrivia() : Lines.Indentation(loop)).WithTrailingTrivia(Lines.EndOfLine(root)).WithAdditionalAnnotations(Formatter.Annotation);
        var first = entering?.WithLeadingTrivia(loop.GetLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        var moved = first is null ? [whole] : new[] { first, whole };
        return root.ReplaceNode(around, around.WithStatements(SyntaxFactory.List(around.Statements.Take(index).Concat(moved).Concat(around.Statements.Skip(last + 1)))));
    }

    /// <summary><c>try { … } finally { gate.Release(); }</c> or <c>using (await gate.EnterAsync()) { … }</c> around the send.</summary>
    private static StatementSyntax? Gate(SyntaxNode send, SyntaxNode function) => send.Ancestors().TakeWhile(a => a != function).OfType<StatementSyntax>()
        .FirstOrDefault(s => s switch
        {
            TryStatementSyntax { Catches.Count: 0, Finally.Block.Statements: [ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Release" } } }] } => true,
            UsingStatementSyntax { Statement: BlockSyntax, Expression: { } entered } => entered.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(c => c.Expression.LastWord() is "EnterAsync" or "Enter"),
            _ => false,
        });

    private static BlockSyntax? Body(StatementSyntax gate) => gate is TryStatementSyntax tried ? tried.Block : (gate as UsingStatementSyntax)?.Statement as BlockSyntax;

    /// <summary>It waits for what the <c>finally</c> gives back.</summary>
    private static bool IsEntering(StatementSyntax entering, StatementSyntax gate)
    {
        var released = gate.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Last(a => a.Name.Identifier.ValueText == "Release").Expression;
        return entering.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a => a.Name.Identifier.ValueText is "WaitAsync" or "Wait" && SyntaxFactory.AreEquivalent(a.Expression, released));
    }

    private static string? Declared(SyntaxNode node) => node switch
    {
        VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
        ForEachStatementSyntax each => each.Identifier.ValueText,
        SingleVariableDesignationSyntax named => named.Identifier.ValueText,
        _ => null,
    };
}
