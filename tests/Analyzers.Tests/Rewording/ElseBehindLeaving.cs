using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary><c>if (gone) return; Send();</c> becomes <c>if (gone) return; else { Send(); }</c>.</summary>
internal sealed class ElseBehindLeaving : StatementRewriter
{
    protected override IEnumerable<StatementSyntax> Reword(SyntaxList<StatementSyntax> statements)
    {
        for (var i = statements.Count - 2; i >= 0; i--)
        {
            if (statements[i] is not IfStatementSyntax { Else: null } question || !Leaves(question.Statement) || question.Condition.DescendantNodes().Any(n => n is VariableDesignationSyntax)) continue;
            var rest = statements.Skip(i + 1).ToList();
            if (rest.Any(s => s is LocalFunctionStatementSyntax or LabeledStatementSyntax)) continue;
            var otherwise = SyntaxFactory.ElseClause(SyntaxFactory.Token(SyntaxKind.ElseKeyword).WithTrailingTrivia(SyntaxFactory.Space), Braces(rest));
            statements = [.. statements.Take(i), question.WithElse(otherwise)];
        }

        return statements;
    }

    private static bool Leaves(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax || statement is BlockSyntax { Statements: [.., var last] } && Leaves(last);
}
