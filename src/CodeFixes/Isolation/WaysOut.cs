using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>Puts a statement before each way out of a block, but for those of who gives up waiting: a timeout, a <c>catch</c>.</summary>
internal sealed class WaysOut : CSharpSyntaxRewriter
{
    private readonly StatementSyntax _statement;
    private readonly SyntaxTrivia _endOfLine;
    private readonly SemanticModel _model;

    // One more for each way out: blocks may lie within one another.
    private readonly Stack<string> _names = new(["value", "outcome", "result", "response", "answer"]);

    private WaysOut(StatementSyntax statement, SyntaxNode root, SemanticModel model)
    {
        _endOfLine = Lines.EndOfLine(root);
        var said = statement.GetTrailingTrivia();
        _statement = statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => !t.IsKind(SyntaxKind.WhitespaceTrivia))).WithTrailingTrivia(said.Any(Lines.IsComment) ? said : SyntaxFactory.TriviaList(_endOfLine));
        _model = model;
    }

    /// <summary>Statements of the file, one after the other, with the statement; null where a jump leads out of them.</summary>
    public static List<StatementSyntax>? Ended(IReadOnlyList<StatementSyntax> inside, StatementSyntax statement, SyntaxNode root, SemanticModel model)
    {
        if (inside.Count == 0 || inside.Any(Unfinished.Jumps) || model.AnalyzeControlFlow(inside[0], inside[inside.Count - 1]) is not { Succeeded: true } flow) return null;
        var ways = new WaysOut(statement, root, model);
        var ended = ways.Visit(inside);
        if (flow.EndPointIsReachable) ended.Add(ways._statement);
        return ended;
    }

    /// <inheritdoc/>
    public override SyntaxNode VisitBlock(BlockSyntax node) => node.WithStatements(SyntaxFactory.List(Visit(node.Statements)));

    private List<StatementSyntax> Visit(IReadOnlyList<StatementSyntax> inside)
    {
        var statements = new List<StatementSyntax>();
        var givenUp = false;
        foreach (var statement in inside)
        {
            if (givenUp) statements.Add(statement);
            else if (statement is ReturnStatementSyntax way) statements.AddRange(Left(way));
            else statements.Add((StatementSyntax)Visit(statement));

            // if (first == read) return …; what comes now has not seen its end.
            givenUp |= statement is IfStatementSyntax { Else: null } choice && GivesUp(choice.Condition) == false && Statements.IsJump((choice.Statement as BlockSyntax)?.Statements.LastOrDefault() ?? choice.Statement);
        }

        return statements;
    }

    /// <inheritdoc/>
    public override SyntaxNode VisitReturnStatement(ReturnStatementSyntax node) =>
        SyntaxFactory.Block(Left(node.WithoutTrivia(), node)).WithLeadingTrivia(node.GetLeadingTrivia()).WithTrailingTrivia(node.GetTrailingTrivia());

    /// <inheritdoc/>
    public override SyntaxNode VisitIfStatement(IfStatementSyntax node) => GivesUp(node.Condition) switch
    {
        true => node.WithElse((ElseClauseSyntax?)Visit(node.Else)),
        false => node.WithStatement((StatementSyntax)Visit(node.Statement)),
        null => base.VisitIfStatement(node)!,
    };

    /// <inheritdoc/>
    public override SyntaxNode VisitCatchClause(CatchClauseSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode VisitLocalFunctionStatement(LocalFunctionStatementSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => node;

    /// <inheritdoc/>
    public override SyntaxNode VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node) => node;

    private List<StatementSyntax> Left(ReturnStatementSyntax way) => Left(way, way);

    /// <summary>What is returned is evaluated first: it may read what is given back.</summary>
    private List<StatementSyntax> Left(ReturnStatementSyntax way, ReturnStatementSyntax asWritten)
    {
        if (way.Expression is not { } value || value is LiteralExpressionSyntax or IdentifierNameSyntax) return [_statement, way];
        var name = Reporting.Unused(_model, asWritten.SpanStart, [.. _names]);
        while (_names.Count > 1 && _names.Pop() != name)
        {
        }

        return
        [
            SyntaxFactory.ParseStatement($"var {name} = {value};").WithLeadingTrivia(way.GetLeadingTrivia()).WithTrailingTrivia(_endOfLine),
            _statement,
            SyntaxFactory.ParseStatement($"return {name};").WithTrailingTrivia(way.GetTrailingTrivia()),
        ];
    }

    /// <summary>Whether the condition is that the task has not ended (true), or that it has (false).</summary>
    private bool? GivesUp(ExpressionSyntax condition) => condition switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } => !GivesUp(operand),
        ParenthesizedExpressionSyntax { Expression: var inner } => GivesUp(inner),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } compared when OfTask(compared.Left) && OfTask(compared.Right) => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } compared when OfTask(compared.Left) && OfTask(compared.Right) => false,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait", Expression: var waited } } when OfTask(waited) => false,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCompleted" or "IsCompletedSuccessfully", Expression: var asked } when OfTask(asked) => false,
        _ => null,
    };

    private bool OfTask(ExpressionSyntax expression) => _model.GetTypeInfo(expression).Type is { Name: "Task" or "ValueTask" };
}
