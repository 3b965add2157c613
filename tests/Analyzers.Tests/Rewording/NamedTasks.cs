using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary><c>await SendAsync();</c> becomes <c>var named1 = SendAsync(); await named1;</c>.</summary>
internal sealed class NamedTasks : StatementRewriter
{
    protected override IEnumerable<StatementSyntax> Reword(StatementSyntax statement)
    {
        if (statement is not ExpressionStatementSyntax { Expression: AwaitExpressionSyntax { Expression: InvocationExpressionSyntax call } } || call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "Yield" }) return [statement];
        var name = NewName();
        return
        [
            Parse($"var {name} = {call.WithoutTrivia().ToFullString()}; ").WithLeadingTrivia(statement.GetLeadingTrivia()),
            Parse($"await {name};").WithTrailingTrivia(statement.GetTrailingTrivia()),
        ];
    }
}
