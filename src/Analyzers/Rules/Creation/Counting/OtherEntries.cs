using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Rules.Creation.Counting;

/// <summary>
/// Ways down for other connections than the one just counted: for those that a list or queue of its own names, as the next turn of a
/// game's loop does with who has left.
/// </summary>
internal static class OtherEntries
{
    public static bool Takes(SyntaxNode down, SyntaxNode? up) =>
        up is not null && Declaration(down) is { } taken && IsTakenOut(taken) && Declaration(up) != taken;

    /// <summary>Where the variable is declared that a call adds or removes: <c>session</c> of <c>_all.Remove(session.Id)</c>.</summary>
    private static SyntaxNode? Declaration(SyntaxNode move)
    {
        if (move is not InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var moved }, ..] }) return null;
        while (moved is MemberAccessExpressionSyntax { Expression: var owner }) moved = owner;
        if (moved is not IdentifierNameSyntax { Identifier.ValueText: var name }) return null;
        foreach (var around in move.Ancestors().TakeWhile(n => n is not MemberDeclarationSyntax))
        {
            if (around is ForEachStatementSyntax loop && loop.Identifier.ValueText == name) return loop;
            var declared = around.ChildNodes().Where(n => n is StatementSyntax or ExpressionSyntax && n.SpanStart < move.SpanStart).SelectMany(n => n.DescendantNodes(IsSameScope)).FirstOrDefault(n => Name(n) == name);
            if (declared is not null) return declared;
        }

        return null;
    }

    private static bool IsSameScope(SyntaxNode node) => node is not (BlockSyntax or ForStatementSyntax or ForEachStatementSyntax or WhileStatementSyntax or UsingStatementSyntax);

    private static string? Name(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
        SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
        _ => null,
    };

    private static bool IsTakenOut(SyntaxNode declaration) => declaration switch
    {
        ForEachStatementSyntax => true,
        VariableDeclaratorSyntax { Initializer.Value: ElementAccessExpressionSyntax } => true,
        VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dequeue" or "Pop" or "Take" } } } => true,
        SingleVariableDesignationSyntax { Parent: DeclarationExpressionSyntax { Parent.Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TryDequeue" or "TryPop" or "TryTake" } } } } => true,
        _ => false,
    };
}
