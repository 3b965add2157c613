using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// A lease that goes back to its pool when it is disposed, and that has a member by which it does not: what cuts the exchange short calls
/// that first.
/// </summary>
internal static class LeaseCutShort
{
    /// <summary>The root with the work on the lease in a <c>try</c>, once for each member that may keep it out of the pool.</summary>
    public static IEnumerable<SyntaxNode> Rewrites(SyntaxNode root, SyntaxNode place, SemanticModel model)
    {
        switch (place.FirstAncestorOrSelf<StatementSyntax>())
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0, Declaration.Variables: [var variable], Parent: BlockSyntax block } declaration:
                var index = block.Statements.IndexOf(declaration);
                var rest = block.Statements.Skip(index + 1).ToList();
                if (rest.Count == 0) break;
                foreach (var attempt in Attempts(variable, rest, model)) yield return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(index + 1).Append(attempt))));
                break;
            case UsingStatementSyntax { Declaration.Variables: [var variable], Statement: BlockSyntax { Statements.Count: > 0 } block }:
                foreach (var attempt in Attempts(variable, [.. block.Statements], model)) yield return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.SingletonList<StatementSyntax>(attempt)));
                break;
        }
    }

    /// <summary>Members that take something out of use for good.</summary>
    public static IEnumerable<string> Discards(ITypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(m => m is { IsStatic: false, ReturnsVoid: true, Parameters.IsEmpty: true, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal } && IsDiscarding(m.Name)).Select(m => m.Name);

    private static bool IsDiscarding(string name) =>
        new[] { "Destroy", "Discard", "Invalidate", "Abandon", "Abort", "Break", "Drop", "Evict", "Poison", "Retire", "Doom", "MarkBroken", "MarkDead", "MarkInvalid", "MarkFaulted", "SetBroken", "SetFaulted" }.Any(verb => name.StartsWith(verb, StringComparison.Ordinal) && (name.Length == verb.Length || char.IsUpper(name[verb.Length])));

    private static IEnumerable<TryStatementSyntax> Attempts(VariableDeclaratorSyntax variable, List<StatementSyntax> work, SemanticModel model)
    {
        if (model.GetDeclaredSymbol(variable) is not ILocalSymbol { Type: var type }) yield break;
        var endOfLine = Lines.EndOfLine(variable);
        foreach (var member in Discards(type))
        {
            var discard = SyntaxFactory.ParseStatement($"{variable.Identifier.ValueText}.{member}();").WithTrailingTrivia(endOfLine);
            var clause = Catching.Rethrowing(endOfLine, discard);
            // Where a `try` holds the whole work already, its clauses discard, too.
            yield return (work is [TryStatementSyntax { Finally: null } attempt] && attempt.Catches.All(c => c.Declaration is not null || c.Filter is not null)
                ? attempt.WithCatches(SyntaxFactory.List(attempt.Catches.Select(c => c.DoingFirst(discard)).Append(clause)))
                : SyntaxFactory.TryStatement(SyntaxFactory.Block(work), SyntaxFactory.SingletonList(clause), null).WithTrailingTrivia(endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);
        }
    }
}
