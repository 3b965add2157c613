using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary><c>if (_c is null) …</c> becomes <c>var named1 = _c is null; if (named1) …</c>.</summary>
internal sealed class NamedConditions : StatementRewriter
{
    protected override IEnumerable<StatementSyntax> Reword(StatementSyntax statement)
    {
        if (statement is not IfStatementSyntax { Condition: not IdentifierNameSyntax } question || question.Condition.DescendantNodesAndSelf().Any(n => n is VariableDesignationSyntax)) return [statement];
        var name = NewName();
        return
        [
            Parse($"var {name} = {question.Condition.WithoutTrivia().ToFullString()}; ").WithLeadingTrivia(statement.GetLeadingTrivia()),
            question.WithCondition(SyntaxFactory.IdentifierName(name)).WithLeadingTrivia(),
        ];
    }
}
