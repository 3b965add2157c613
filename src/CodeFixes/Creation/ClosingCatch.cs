using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Writes the <c>catch</c> that closes a connection when what follows its creation fails.</summary>
internal static class ClosingCatch
{
    /// <summary><c>x.Dispose();</c> or what its type has instead; null where it has nothing, or where the place may not await.</summary>
    public static string? Statement(string name, ITypeSymbol? type, bool mayBeNull, bool isAsync)
    {
        if (type is null) return null;
        var dot = mayBeNull ? "?." : ".";
        foreach (var member in (string[])["Dispose", "Close", "Stop"])
        {
            if (Has(type, member, m => m.ReturnsVoid)) return name + dot + member + "();";
        }

        return isAsync && !mayBeNull && Has(type, "DisposeAsync", m => m.ReturnType.Name is "ValueTask" or "Task") ? "await " + name + ".DisposeAsync();" : null;
    }

    private static bool Has(ITypeSymbol type, string member, Func<IMethodSymbol, bool> fits)
    {
        return Bases.Of(type).Any(In) || type.TypeKind == TypeKind.Interface && type.AllInterfaces.Any(In);

        bool In(ITypeSymbol t) => t.GetMembers(member).OfType<IMethodSymbol>().Any(m => m is { IsStatic: false, DeclaredAccessibility: Accessibility.Public, Parameters.IsEmpty: true } && fits(m));
    }

    /// <summary>
    /// The roots with a catch around the failing places, the likelier one first: in the <c>try</c> that they all stand in, or in a new one
    /// around the statements of the block. None where the shape does not allow it.
    /// </summary>
    public static IEnumerable<SyntaxNode> Write(SyntaxNode root, BlockSyntax block, int from, IReadOnlyList<SyntaxNode> failing, string name, string closing)
    {
        if (failing.Count == 0 || !failing.All(f => block.Span.Contains(f.Span))) yield break;
        var tries = failing.Select(f => TryAround(f, block)).Distinct().ToList();
        if (tries is [{ } only]) yield return root.ReplaceNode(only, Amended(only, name, closing));
        if (Wrapped(root, block, from, failing, closing) is { } wrapped) yield return wrapped;
    }

    /// <summary>The innermost <c>try</c> with handlers whose block the node stands in, inside the block.</summary>
    private static TryStatementSyntax? TryAround(SyntaxNode node, BlockSyntax block)
    {
        foreach (var ancestor in node.Ancestors().TakeWhile(a => a != block))
        {
            if (ancestor is TryStatementSyntax { Catches.Count: > 0 } around && around.Block.Span.Contains(node.Span)) return around;
        }

        return null;
    }

    private static TryStatementSyntax Amended(TryStatementSyntax statement, string name, string closing)
    {
        var clauses = statement.Catches.Select(clause => Closes(clause, name) ? clause : clause.DoingFirst(Parsed(closing))).ToList();
        if (!statement.Catches.Any(IsGeneral)) clauses.Add(Clause(closing));
        return statement.WithCatches(SyntaxFactory.List(clauses)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static bool IsGeneral(CatchClauseSyntax clause) => clause.Filter is null && clause.Declaration?.Type.ToString() is null or "Exception" or "System.Exception";

    private static bool Closes(CatchClauseSyntax clause, string name) =>
        clause.Block.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == name && n.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "Close" or "DisposeAsync" or "Stop" } or ConditionalAccessExpressionSyntax);

    private static StatementSyntax Parsed(string statement) =>
        SyntaxFactory.ParseStatement(statement).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);

    private static CatchClauseSyntax Clause(string closing) => Catching.Rethrowing(SyntaxFactory.ElasticLineFeed, closing);

    private static SyntaxNode? Wrapped(SyntaxNode root, BlockSyntax block, int from, IReadOnlyList<SyntaxNode> failing, string closing)
    {
        var statements = block.Statements;
        var first = statements.Count;
        var last = -1;
        for (var i = 0; i < statements.Count; i++)
        {
            if (!failing.Any(f => statements[i].Span.Contains(f.Span))) continue;
            first = Math.Min(first, i);
            last = i;
        }

        if (last < 0 || first < from) return null;
        if (IsNeededBehind(statements, first, last)) last = statements.Count - 1;
        var inner = statements.Skip(first).Take(last - first + 1).ToList();
        if (inner.Any(s => s.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is YieldStatementSyntax or LabeledStatementSyntax or GotoStatementSyntax))) return null;
        // Blank lines above stay above.
        var leading = inner[0].GetLeadingTrivia();
        var blank = leading.TakeWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        inner[0] = inner[0].WithLeadingTrivia(leading.Skip(blank.Count));
        var wrapped = SyntaxFactory.TryStatement(SyntaxFactory.Block(inner), SyntaxFactory.SingletonList(Clause(closing)), null)
            .WithLeadingTrivia(blank).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(statements.Take(first).Append(wrapped).Concat(statements.Skip(last + 1)))));
    }

    /// <summary>Something that the statements declare is named after them, or lives to the end of the block.</summary>
    public static bool IsNeededBehind(SyntaxList<StatementSyntax> statements, int first, int last)
    {
        var declared = new HashSet<string>(StringComparer.Ordinal);
        for (var i = first; i <= last; i++)
        {
            if (statements[i] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }) return true;
            foreach (var node in statements[i].DescendantNodesAndSelf())
            {
                var name = node switch
                {
                    VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
                    SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
                    LocalFunctionStatementSyntax local => local.Identifier.ValueText,
                    _ => null,
                };
                if (name is not null) declared.Add(name);
            }
        }

        return declared.Count > 0 && statements.Skip(last + 1).Any(s => s.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax used && declared.Contains(used.Identifier.ValueText)));
    }
}
