using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>One expression takes a connection out of its pool, or else makes one: a dead one has to make way for the next, or for the new.</summary>
internal static class TakenOrMade
{
    /// <summary><c>return pool.TryTake(out var c) ? c : Connect();</c> becomes a loop that answers with the first that is alive.</summary>
    public static (SyntaxNode Old, IEnumerable<SyntaxNode> New)? Answer(ConditionalExpressionSyntax choice, string variable, PooledQuestion question, SemanticModel model)
    {
        if (choice.WhenTrue is not IdentifierNameSyntax given || given.Identifier.ValueText != variable || question.IsWrapped) return null;
        var loop = question.FirstAlive(choice.Condition, variable, $"return {variable};");
        switch (choice.Parent)
        {
            case ReturnStatementSyntax { Parent: BlockSyntax } returned:
                var last = returned.WithExpression(choice.WhenFalse.WithoutTrivia()).WithLeadingTrivia(Lines.Indentation(returned));
                return (returned, [Lines.Before(returned, loop, keepsComments: true).WithTrailingTrivia(Lines.EndOfLine(returned), Lines.EndOfLine(returned)), last]);
            case ArrowExpressionClauseSyntax { Parent: { } function and (MethodDeclarationSyntax or LocalFunctionStatementSyntax) }:
                var first = Lines.Parse(choice, loop).WithTrailingTrivia(Lines.EndOfLine(choice), Lines.EndOfLine(choice));
                return Functions.WithBlock(function, first, model) is { } written && written.ChildNodes().OfType<BlockSyntax>().FirstOrDefault()?.Statements.Last() is ReturnStatementSyntax end
                    ? (function, [written.ReplaceNode(end, end.WithExpression(choice.WhenFalse.WithoutTrivia()))]) : null;
            default:
                return null;
        }
    }

    /// <summary><c>var c = Interlocked.Exchange(ref _spare, null) ?? Connect();</c>: what was in the slot is asked before it counts.</summary>
    public static (SyntaxNode Old, IEnumerable<SyntaxNode> New)? Exchanged(InvocationExpressionSyntax call, PooledQuestion question, SemanticModel model)
    {
        if (call.Parent is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression, Right: var made } choice || choice.Left != call || Declared(choice) is not var (variable, declared)) return null;
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol { Name: "Exchange", TypeArguments: [var type] } || question.DiscardIfAny(variable, type, model, declared) is not { } discard) return null;
        var fill = $"if ({question.IsMissingOrDead(variable)})\n{{\n{discard}\n{variable} = {made.WithoutTrivia()};\n}}";
        return (declared,
        [
            declared.ReplaceNode(choice, call.WithTriviaFrom(choice)),
            Lines.Before(declared, fill, keepsComments: false).WithTrailingTrivia(Lines.EndOfLine(declared), Lines.EndOfLine(declared)),
        ]);
    }

    /// <summary>The variable that has this value, and its statement.</summary>
    public static (string Variable, LocalDeclarationStatementSyntax Statement)? Declared(ExpressionSyntax value) =>
        value.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var name, Parent.Parent: LocalDeclarationStatementSyntax statement } }
        && statement is { UsingKeyword.RawKind: 0, Parent: BlockSyntax, Declaration.Variables.Count: 1 }
            ? (name, statement) : null;
}
