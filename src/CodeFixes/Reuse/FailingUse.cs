using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>The <c>catch</c> around a use takes the connection out of the cache, and ends it.</summary>
internal static class FailingUse
{
    public static CatchClauseSyntax? Clause(SyntaxNode root, Location keyword) =>
        keyword.SourceTree == root.SyntaxTree ? root.FindToken(keyword.SourceSpan.Start).Parent as CatchClauseSyntax : null;

    public static SyntaxNode? Evicting(SyntaxNode fill, SyntaxNode root, Location keyword, SemanticModel model)
    {
        if (Clause(root, keyword) is not { } clause || Statement(fill, clause, model) is not { } text) return null;
        var block = clause.Block;
        var statements = Lines.Parse(clause, "{\n" + text + "\n}") is BlockSyntax written ? written.Statements : default;
        if (statements.Count == 0) return null;
        var first = block.Statements.FirstOrDefault();
        var endOfLine = Lines.EndOfLine(clause);
        var isOnLines = first is null || IsFirstOnLine(first);
        var added = statements.Select((s, i) => s
            .WithLeadingTrivia(first is null ? default : i == 0 ? first.GetLeadingTrivia() : Lines.Indentation(first))
            .WithTrailingTrivia(!isOnLines ? SyntaxFactory.TriviaList(SyntaxFactory.Space)
                : s is IfStatementSyntax && first is not null ? SyntaxFactory.TriviaList(endOfLine, endOfLine)
                : SyntaxFactory.TriviaList(endOfLine))
            .WithAdditionalAnnotations(Formatter.Annotation));
        var rest = first is null ? block.Statements : block.Statements.Replace(first, first.WithLeadingTrivia(Lines.Indentation(first)));
        if (first is null && !block.OpenBraceToken.TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia))) block = block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(endOfLine));
        return clause.WithBlock(block.WithStatements(rest.InsertRange(0, added)).WithAdditionalAnnotations(Formatter.Annotation)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static bool IsFirstOnLine(SyntaxNode node) => node.GetFirstToken().GetPreviousToken().TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia));

    private static string? Statement(SyntaxNode fill, CatchClauseSyntax clause, SemanticModel model)
    {
        switch (fill)
        {
            case AssignmentExpressionSyntax { Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } assignment
                when model.GetTypeInfo(assignment.Left).Type is { IsReferenceType: true } type:
                var field = assignment.Left.WithoutTrivia().ToString();
                var ending = Lines.EndingIfAny(field, type, model, clause.Block);
                return (ending is null ? "" : ending.EndsWith("}", StringComparison.Ordinal) ? ending + "\n\n" : ending + "\n") + $"{field} = null;";
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var container } access, ArgumentList.Arguments: [{ Expression: var key }, ..] }
                when access.Name.Identifier.ValueText is "GetOrAdd" or "Add" or "TryAdd":
                return Removal(container, key, clause, model);
            case AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var container, ArgumentList.Arguments: [{ Expression: var key }] } }:
                return Removal(container, key, clause, model);
            default:
                return null;
        }
    }

    private static string? Removal(ExpressionSyntax container, ExpressionSyntax key, CatchClauseSyntax clause, SemanticModel model)
    {
        if (model.GetTypeInfo(container).Type is not INamedTypeSymbol { Name: "ConcurrentDictionary" or "Dictionary", TypeArguments: [_, { IsReferenceType: true } type] } dictionary) return null;
        if (!Conditions.IsRepeatable(key)) return null;
        // What names the key and the dictionary must mean the same there.
        foreach (var name in container.DescendantNodesAndSelf().Concat(key.DescendantNodesAndSelf()).OfType<IdentifierNameSyntax>())
        {
            if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name) continue;
            if (model.GetSymbolInfo(name).Symbol is not { } symbol || !model.LookupSymbols(clause.Block.SpanStart, name: symbol.Name).Contains(symbol, SymbolEqualityComparer.Default)) return null;
            if (symbol is ILocalSymbol local && clause.Parent is TryStatementSyntax attempt && local.DeclaringSyntaxReferences.Any(r => attempt.Span.Contains(r.Span))) return null;
        }

        var removal = dictionary.Name == "Dictionary" ? "Remove" : "TryRemove";
        var gone = Reporting.Unused(model, clause.Block.SpanStart, "failed", "broken", "gone");
        return Lines.Ending(gone, type, model, clause.Block) is { } ending
            ? $"if ({container.WithoutTrivia()}.{removal}({key.WithoutTrivia()}, out var {gone}))\n{{\n{ending}\n}}"
            : $"{container.WithoutTrivia()}.{removal}({key.WithoutTrivia()}, out _);";
    }
}
