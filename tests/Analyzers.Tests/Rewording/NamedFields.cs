using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary>A method that works with <c>_sockets</c> begins with <c>var named1 = _sockets;</c> and works with that. Read-only fields alone: of others a variable is a copy.</summary>
internal sealed class NamedFields : CSharpSyntaxRewriter
{
    private int _names;

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        if (node is not { Parent: TypeDeclarationSyntax type, Body: { Statements: [var first, ..] } body } || node.Modifiers.Any(SyntaxKind.StaticKeyword)) return node;
        var named = new List<StatementSyntax>();
        var renamed = body;
        foreach (var field in type.Members.OfType<FieldDeclarationSyntax>().Where(f => f.Modifiers.Any(SyntaxKind.ReadOnlyKeyword)).SelectMany(f => f.Declaration.Variables).Select(v => v.Identifier.ValueText))
        {
            var uses = body.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field).ToList();
            if (uses.Count == 0 || uses.Any(IsElsewhere) || !uses.Any(u => u.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })) continue;
            var name = $"named{++_names}";
            renamed = renamed.ReplaceNodes(renamed.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field).ToList(), (use, _) => SyntaxFactory.IdentifierName(name).WithTriviaFrom(use));
            named.Add(SyntaxFactory.ParseStatement($"var {name} = {field}; "));
        }

        if (named.Count == 0) return node;
        first = renamed.Statements[0];
        named[0] = named[0].WithLeadingTrivia(first.GetLeadingTrivia());
        return node.WithBody(renamed.WithStatements([.. named, first.WithoutLeadingTrivia(), .. renamed.Statements.Skip(1)]));

        // Another function may run when the variable is gone, and `x._field` is another object's.
        bool IsElsewhere(IdentifierNameSyntax use) =>
            use.Ancestors().TakeWhile(a => a != body).Any(a => a is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) || use.Parent is MemberAccessExpressionSyntax access && access.Name == use || use.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or BaseExpressionColonSyntax;
    }
}
