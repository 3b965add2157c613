using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>Sends on one connection that are started together, and awaited together at once, are awaited one after the other.</summary>
internal static class OneAfterTheOther
{
    /// <summary>The root with the sends in turn; null where their tasks go somewhere else, too.</summary>
    public static SyntaxNode? In(InvocationExpressionSyntax send, SyntaxNode root, SemanticModel model)
    {
        if (send.Expression is not MemberAccessExpressionSyntax { Expression: var connection } || All(send) is not { } all || Functions.Enclosing(all) is not { } function) return null;
        // What is awaited together: the statement, or the function's only expression.
        ExpressionSyntax value = all;
        var configured = "";
        if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax outer }) (value, configured) = (outer, ".ConfigureAwait" + outer.ArgumentList);
        var isAwaited = value.Parent is AwaitExpressionSyntax;
        if (isAwaited) value = (ExpressionSyntax)value.Parent!;
        if (isAwaited ? value.Parent is not ExpressionStatementSyntax : value.Parent is not (ReturnStatementSyntax or ArrowExpressionClauseSyntax)) return null;
        if (!isAwaited && (Functions.IsAsync(function) || !ReturnsPlainTask(function, model) || function.DescendantNodes().OfType<ReturnStatementSyntax>().Any(r => r != value.Parent))) return null;
        var endOfLine = Lines.EndOfLine(root);
        var (before, sends) = Sends(all, connection, configured, endOfLine.ToString());
        if (sends.Count == 0) return null;

        if (value.Parent is ArrowExpressionClauseSyntax)
        {
            if (function is not (MethodDeclarationSyntax or LocalFunctionStatementSyntax) || Functions.WithBlock(function, sends[0], model) is not { } made) return null;
            var body = made.ChildNodes().OfType<BlockSyntax>().Single();
            return root.ReplaceNode(function, Functions.AsAsync(made.ReplaceNode(body, body.WithStatements(SyntaxFactory.List(sends)))));
        }

        if (value.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement || before.Any(b => b.Parent != block)) return null;
        // Each send stands where its task was put into a variable; what is said of the waiting goes to the last.
        if (before.Count == 0) sends = [.. sends.Select((s, i) => s.WithLeadingTrivia(i == 0 ? statement.GetLeadingTrivia() : Lines.Indentation(statement)))];
        else sends = [.. sends.Select((s, i) => s.WithTriviaFrom(before[i]))];
        if (!sends[sends.Count - 1].GetTrailingTrivia().Any(Lines.IsComment)) sends[sends.Count - 1] = sends[sends.Count - 1].WithTrailingTrivia(statement.GetTrailingTrivia());
        IEnumerable<StatementSyntax> InTurn(StatementSyntax old) => before.Count == 0 ? (old == statement ? sends : [old]) : before.IndexOf(old) is >= 0 and var place ? [sends[place]] : old == statement ? [] : [old];
        var changed = block.WithStatements(SyntaxFactory.List(block.Statements.SelectMany(InTurn)));
        if (Lines.Lost(block, changed).Count > 0) return null;
        if (isAwaited) return root.ReplaceNode(block, changed);
        return function.Span.Contains(block.Span) && block.Parent == function ? root.ReplaceNode(function, Functions.AsAsync(function.ReplaceNode(block, changed))) : null;
    }

    /// <summary>The <c>Task.WhenAll</c> that takes the send's task, directly or by the variable that it is put into.</summary>
    private static InvocationExpressionSyntax? All(InvocationExpressionSyntax send)
    {
        var direct = send.Ancestors().TakeWhile(a => a is not StatementSyntax).OfType<InvocationExpressionSyntax>().FirstOrDefault(IsWhenAll);
        if (direct is not null) return direct;
        if (Put(send.FirstAncestorOrSelf<StatementSyntax>()) is not var (variable, _) || Functions.Enclosing(send) is not { } function) return null;
        var uses = function.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == variable).ToList();
        return uses is [{ Parent: ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax together } }] && IsWhenAll(together) ? together : null;
    }

    private static bool IsWhenAll(InvocationExpressionSyntax call) => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAll", Expression: var on } && on.LastWord() == "Task";

    /// <summary><c>var first = ws.SendAsync(…);</c></summary>
    private static (string Variable, ExpressionSyntax Task)? Put(StatementSyntax? statement) =>
        statement is LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var task } only] } ? (only.Identifier.ValueText, task) : null;

    /// <summary>The declarations that go, and a statement a send; none where anything else is awaited with them.</summary>
    private static (List<StatementSyntax> Before, List<StatementSyntax> Sends) Sends(InvocationExpressionSyntax all, ExpressionSyntax connection, string configured, string endOfLine)
    {
        var (before, sends) = (new List<StatementSyntax>(), new List<StatementSyntax>());
        if (all.ArgumentList.Arguments is [{ Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Select", Expression: var items }, ArgumentList.Arguments: [{ Expression: LambdaExpressionSyntax { ExpressionBody: { } each } lambda }] } }])
        {
            if (Item(lambda) is not { } item || Awaited(each, connection, configured) is not { } sent || each.Mentions("await") || connection.Mentions(item)) return (before, []);
            var text = $"foreach (var {item} in {items.WithoutTrivia()}){endOfLine}{{{endOfLine}{sent}{endOfLine}}}";
            return (before, [Statement(text, endOfLine)]);
        }

        foreach (var argument in all.ArgumentList.Arguments)
        {
            var task = argument.Expression;
            if (task is IdentifierNameSyntax variable)
            {
                var declared = Statements.Before(all.FirstAncestorOrSelf<StatementSyntax>()!).TakeWhile(s => Put(s) is not null).FirstOrDefault(s => Put(s)!.Value.Variable == variable.Identifier.ValueText);
                if (declared is null) return (before, []);
                before.Add(declared);
                task = Put(declared)!.Value.Task;
            }

            if (Awaited(task, connection, configured) is not { } sent) return (before, []);
            sends.Add(Statement(sent, endOfLine));
        }

        return before.Count == 0 || before.Count == sends.Count ? (before, sends) : (before, []);
    }

    private static string? Item(LambdaExpressionSyntax lambda) => lambda switch
    {
        SimpleLambdaExpressionSyntax { AsyncKeyword.RawKind: 0 } simple => simple.Parameter.Identifier.ValueText,
        ParenthesizedLambdaExpressionSyntax { AsyncKeyword.RawKind: 0, ParameterList.Parameters: [var only] } => only.Identifier.ValueText,
        _ => null,
    };

    private static string? Awaited(ExpressionSyntax task, ExpressionSyntax connection, string configured)
    {
        if (task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Expression: var inner } }) task = inner;
        return task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var on } } && SyntaxFactory.AreEquivalent(on, connection) ? $"await {task.WithoutTrivia()}{configured};" : null;
    }

    private static StatementSyntax Statement(string text, string endOfLine) => Lines.ParseAwaiting(text, endOfLine)[0].WithAdditionalAnnotations(Formatter.Annotation);

    private static bool ReturnsPlainTask(SyntaxNode function, SemanticModel model) =>
        Functions.Symbol(function, model) is { ReturnType: INamedTypeSymbol { Name: "Task", TypeArguments.Length: 0 } } method && method.Parameters.All(p => p.RefKind == RefKind.None);
}
