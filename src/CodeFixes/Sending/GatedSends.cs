using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>One place that sends, and the way in which a gate can be written around it.</summary>
internal sealed class GatedSends
{
    private enum Shape
    {
        /// <summary>Statements of one block, one after the other.</summary>
        Statements,

        /// <summary>The only expression of a function.</summary>
        Expression,

        /// <summary>The task that a function returns as its only return.</summary>
        Return,

        /// <summary>A task that goes somewhere: the send moves into a local function that waits for its turn.</summary>
        Task,
    }

    private readonly Shape _shape;
    private readonly bool _awaits;
    private readonly string _token;
    private readonly string _configured;

    private GatedSends(Shape shape, IReadOnlyList<SyntaxNode> nodes, bool awaits, string token, string configured) =>
        (_shape, Nodes, _awaits, _token, _configured) = (shape, nodes, awaits, token, configured);

    /// <summary>The nodes to keep track of.</summary>
    public IReadOnlyList<SyntaxNode> Nodes { get; }

    public bool Awaits => _awaits;

    /// <summary>The plans for the sends of one connection, those that stand one after the other in one; null where one of them has no place for a gate.</summary>
    public static List<GatedSends>? Of(IReadOnlyList<InvocationExpressionSyntax> sends, SemanticModel model, bool together)
    {
        var plans = new List<GatedSends>();
        var done = new HashSet<InvocationExpressionSyntax>();
        foreach (var send in sends)
        {
            if (!done.Add(send)) continue;
            if (Of(send, sends, model, together) is not { } plan) return null;
            if (plan._shape == Shape.Statements) done.UnionWith(sends.Where(s => plan.Nodes.Any(n => n.Span.Contains(s.Span))));
            plans.Add(plan);
        }

        return plans;
    }

    private static GatedSends? Of(InvocationExpressionSyntax send, IReadOnlyList<InvocationExpressionSyntax> sends, SemanticModel model, bool together)
    {
        if (Functions.Enclosing(send) is not { } function || function is PropertyDeclarationSyntax || send.Ancestors().TakeWhile(a => a != function).Any(a => a is LockStatementSyntax)) return null;
        ExpressionSyntax value = send;
        while (value.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == value || value.Parent is ParenthesizedExpressionSyntax) value = (ExpressionSyntax)value.Parent;
        var isTask = model.GetTypeInfo(send).Type?.Name is "Task" or "ValueTask";
        var configured = "";
        if (isTask && value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax outer })
        {
            configured = ".ConfigureAwait" + outer.ArgumentList;
            value = outer;
        }

        var token = Token(send, model);
        if (isTask && value.Parent is AwaitExpressionSyntax awaited) value = awaited;
        else if (isTask && Blocking(value) is { } blocking) (value, isTask) = (blocking, false);
        else if (isTask) return Unawaited(send, value, function, token, model);
        var isAsync = Functions.IsAsync(function);
        if (value.Parent == function || value.Parent is ArrowExpressionClauseSyntax arrow && arrow.Parent == function)
            return CallsSender(value, sends, model) ? null : new(Shape.Expression, [function], isAsync, token, configured);
        if (value.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !function.Span.Contains(statement.Span) || statement is not (ExpressionStatementSyntax or ReturnStatementSyntax) && !IsAskedWhetherSent(statement)) return null;
        var nodes = Range(statement, send, sends, function, model, together);
        // What is called under the gate must not wait for it.
        return nodes.Any(n => CallsSender(n, sends, model)) ? null : new(Shape.Statements, nodes, isAsync, token, configured);
    }

    private static GatedSends? Unawaited(InvocationExpressionSyntax send, ExpressionSyntax value, SyntaxNode function, string token, SemanticModel model)
    {
        if (value != send || CallsAnything(send.ArgumentList, model)) return null;
        var isValueTask = model.GetTypeInfo(send).Type is not INamedTypeSymbol { Name: "Task", TypeArguments.Length: 0 };
        if (send.Parent == function || send.Parent is ArrowExpressionClauseSyntax arrow && arrow.Parent == function)
            return ReturnsPlainTask(function, model) ? new(Shape.Expression, [function], true, token, "") : null;
        if (send.Parent is ReturnStatementSyntax returned)
        {
            var isOnly = !function.DescendantNodes(n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax && n != returned || n is LockStatementSyntax);
            return isOnly && returned.Parent is BlockSyntax block && block.Parent == function && ReturnsPlainTask(function, model) ? new(Shape.Return, [returned, function], true, token, "") : null;
        }

        if (isValueTask || send.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax around } statement || !function.Span.Contains(statement.Span) || around.Statements.Any(s => s is LocalFunctionStatementSyntax { Identifier.ValueText: LocalName })) return null;
        return Captures(send, around, function) ? new(Shape.Task, [send, around], true, token, "") : null;
    }

    private const string LocalName = "SendInTurnAsync";

    /// <summary>What the send uses is still the same when its turn comes.</summary>
    private static bool Captures(InvocationExpressionSyntax send, BlockSyntax around, SyntaxNode function) =>
        around.Span.Contains(send.Span) && !WrittenNames.In(function).Overlaps(send.DescendantNodes().OfType<IdentifierNameSyntax>().Select(n => n.Identifier.ValueText));

    private static bool CallsAnything(SyntaxNode node, SemanticModel model) =>
        node.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => model.GetSymbolInfo(c).Symbol is { } called && !called.DeclaringSyntaxReferences.IsEmpty) || node.DescendantNodes().Any(n => n is AwaitExpressionSyntax);

    private static bool CallsSender(SyntaxNode node, IReadOnlyList<InvocationExpressionSyntax> sends, SemanticModel model)
    {
        foreach (var call in node.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (sends.Contains(call) || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { DeclaringSyntaxReferences: { IsEmpty: false } references }) continue;
            if (references.Any(r => sends.Any(s => s.SyntaxTree == r.SyntaxTree && r.Span.Contains(s.Span)))) return true;
        }

        return false;
    }

    /// <summary><c>x.Wait()</c>, <c>x.GetAwaiter().GetResult()</c></summary>
    private static ExpressionSyntax? Blocking(ExpressionSyntax value)
    {
        if (value.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access) return null;
        return access.Name.Identifier.ValueText switch
        {
            "Wait" => call,
            "AsTask" => Blocking(call),
            "GetAwaiter" when call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetResult", Parent: InvocationExpressionSyntax result } => result,
            _ => null,
        };
    }

    /// <summary>
    /// The statement with the send; what asks the connection before it belongs to it, and so does what is sent right after it: a message
    /// may have several parts.
    /// </summary>
    private static List<SyntaxNode> Range(StatementSyntax statement, InvocationExpressionSyntax send, IReadOnlyList<InvocationExpressionSyntax> sends, SyntaxNode function, SemanticModel model, bool together)
    {
        var name = Root(send);
        while (name is not null && Condition(statement.Parent is BlockSyntax { Statements.Count: 1 } only ? only.Parent : statement.Parent) is var (choice, condition)
            && function.Span.Contains(choice.Span) && condition.Mentions(name) && !condition.DescendantNodes().Any(n => n is AwaitExpressionSyntax)) statement = choice;
        var isPart = together && IsPart(send, model);
        // The frames of one message, from the first to the last.
        if (isPart && statement.Ancestors().TakeWhile(a => a != function).FirstOrDefault(a => a.IsLoop()) is StatementSyntax loop) statement = loop;
        if (statement.Parent is not BlockSyntax block) return [statement];
        var (first, last) = (block.Statements.IndexOf(statement), block.Statements.IndexOf(statement));
        while (name is not null && first > 0 && block.Statements[first - 1] is IfStatementSyntax { Else: null } early && Leaves(early.Statement) && early.Condition.Mentions(name)) first--;
        if (isPart) last = Math.Max(last, block.Statements.LastIndexOf(s => sends.Any(other => s.Span.Contains(other.Span))));
        for (var next = last + 1; together && next < block.Statements.Count && block.Statements[next] is ExpressionStatementSyntax following && sends.Any(s => following.Span.Contains(s.Span)); next++) last = next;
        return [.. block.Statements.Skip(first).Take(last - first + 1)];
    }

    /// <summary>Not the last frame of its message, or only sometimes.</summary>
    private static bool IsPart(InvocationExpressionSyntax send, SemanticModel model)
    {
        if (model.GetOperation(send) is not IInvocationOperation call) return false;
        return call.Arguments.FirstOrDefault(a => a.Parameter?.Name == "endOfMessage") is { } end && end.Value.ConstantValue is not { HasValue: true, Value: true };
    }

    /// <summary><c>if (!(await x.TrySendAsync(…)).IsSent) return;</c></summary>
    private static bool IsAskedWhetherSent(StatementSyntax statement) => statement is IfStatementSyntax { Else: null } asked && (Leaves(asked.Statement) || asked.Statement is ContinueStatementSyntax or BreakStatementSyntax);

    private static (StatementSyntax Statement, ExpressionSyntax Condition)? Condition(SyntaxNode? node) => node is IfStatementSyntax { Else: null } choice ? (choice, choice.Condition) : null;

    private static bool Leaves(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax || statement is BlockSyntax { Statements: [var only] } && Leaves(only);

    /// <summary>The first name in the send's path.</summary>
    private static string? Root(InvocationExpressionSyntax send)
    {
        var node = send.Expression;
        while (true)
        {
            switch (node)
            {
                case MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var own }:
                    return own;
                case MemberAccessExpressionSyntax access:
                    node = access.Expression;
                    continue;
                case InvocationExpressionSyntax call:
                    node = call.Expression;
                    continue;
                case PostfixUnaryExpressionSyntax suppressed:
                    node = suppressed.Operand;
                    continue;
                case IdentifierNameSyntax identifier:
                    return identifier.Identifier.ValueText;
                default:
                    return null;
            }
        }
    }

    /// <summary>The cancellation that the send gets, if it is a name.</summary>
    private static string Token(InvocationExpressionSyntax send, SemanticModel model) =>
        send.ArgumentList.Arguments.Select(a => a.Expression).FirstOrDefault(e => e is IdentifierNameSyntax && model.GetTypeInfo(e).Type?.Name == "CancellationToken")?.ToString() ?? "";

    private static bool ReturnsPlainTask(SyntaxNode function, SemanticModel model)
    {
        var method = Functions.Symbol(function, model);
        return method is { ReturnType: INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments.Length: 0 } } && method.Parameters.All(p => p.RefKind == RefKind.None);
    }

    /// <summary>The root with the gate around the place.</summary>
    public SyntaxNode Apply(SyntaxNode root, GateKind kind, string gate, string endOfLine)
    {
        var nodes = Nodes.Select(n => root.GetCurrentNode(n)!).ToList();
        switch (_shape)
        {
            case Shape.Statements:
                var first = nodes[0];
                var statements = nodes.Cast<StatementSyntax>().Select((s, i) => i == 0 ? s.WithoutLeadingTrivia() : s).ToList();
                var ending = nodes[nodes.Count - 1].GetTrailingTrivia().Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) ? SyntaxFactory.TriviaList(SyntaxFactory.EndOfLine(endOfLine)) : SyntaxFactory.TriviaList();
                var around = kind.Around(gate, _awaits, _token, _configured, statements, endOfLine);
                around[0] = around[0].WithLeadingTrivia(first.GetLeadingTrivia());
                around[around.Count - 1] = around[around.Count - 1].WithTrailingTrivia(ending);
                if (nodes.Count == 1 && first.Parent is BlockSyntax or SwitchSectionSyntax) return root.ReplaceNode(first, around);
                if (nodes.Count == 1) return root.ReplaceNode(first, OnLines(around, endOfLine).WithTrailingTrivia(ending).WithAdditionalAnnotations(Formatter.Annotation));
                var block = (BlockSyntax)first.Parent!;
                var index = block.Statements.IndexOf((StatementSyntax)first);
                return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(index).Concat(around).Concat(block.Statements.Skip(index + nodes.Count)))));
            case Shape.Expression:
                return root.ReplaceNode(nodes[0], WithBlock(nodes[0], kind, gate, endOfLine));
            case Shape.Return:
                var returned = (ReturnStatementSyntax)nodes[0];
                var sent = kind.Around(gate, true, _token, _configured, [Awaiting(returned.Expression!)], endOfLine);
                sent[0] = sent[0].WithLeadingTrivia(returned.GetLeadingTrivia());
                sent[sent.Count - 1] = sent[sent.Count - 1].WithTrailingTrivia(returned.GetTrailingTrivia());
                return root.ReplaceNode(nodes[1], Functions.AsAsync(nodes[1].ReplaceNode(returned, sent)));
            default:
                var (send, outer) = ((ExpressionSyntax)nodes[0], (BlockSyntax)nodes[1]);
                var name = LocalName;
                for (var number = 2; outer.Statements.Any(s => s is LocalFunctionStatementSyntax local && local.Identifier.ValueText == name); number++) name = LocalName + number;
                var declared = (LocalFunctionStatementSyntax)SyntaxFactory.ParseStatement($"{endOfLine}async System.Threading.Tasks.Task {name}(){endOfLine}{{{endOfLine}}}{endOfLine}");
                declared = declared.WithReturnType(declared.ReturnType.WithAdditionalAnnotations(Microsoft.CodeAnalysis.Simplification.Simplifier.Annotation));
                declared = declared.WithBody(declared.Body!.WithStatements(SyntaxFactory.List(kind.Around(gate, true, _token, _configured, [Awaiting(send)], endOfLine))));
                var called = outer.ReplaceNode(send, SyntaxFactory.InvocationExpression(SyntaxFactory.IdentifierName(name)).WithTriviaFrom(send));
                return root.ReplaceNode(outer, called.AddStatements(declared.WithAdditionalAnnotations(Formatter.Annotation)));
        }
    }

    /// <summary>What was one statement under a condition becomes a block.</summary>
    private static BlockSyntax OnLines(List<StatementSyntax> statements, string endOfLine)
    {
        var line = SyntaxFactory.EndOfLine(endOfLine);
        var last = statements.Count - 1;
        statements[0] = statements[0].WithLeadingTrivia(statements[0].GetLeadingTrivia().Insert(0, line));
        statements[last] = statements[last].WithTrailingTrivia(line);
        var block = SyntaxFactory.Block(statements);
        return block.WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(line));
    }

    private static StatementSyntax Awaiting(ExpressionSyntax task) => SyntaxFactory.ExpressionStatement(Functions.Awaited(task));

    private SyntaxNode WithBlock(SyntaxNode function, GateKind kind, string gate, string endOfLine)
    {
        var expression = (function switch
        {
            MethodDeclarationSyntax method => method.ExpressionBody?.Expression,
            LocalFunctionStatementSyntax local => local.ExpressionBody?.Expression,
            _ => ((AnonymousFunctionExpressionSyntax)function).ExpressionBody,
        })!;
        // A task that was handed out is awaited now; an answer is returned from within.
        var isAwaited = !Functions.IsAsync(function) && _awaits;
        StatementSyntax inner = isAwaited ? Awaiting(expression) : SyntaxFactory.ExpressionStatement(expression.WithoutTrivia());
        var block = SyntaxFactory.Block(kind.Around(gate, _awaits, _token, _configured, [inner], endOfLine));
        block = block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine)));
        var last = block.Statements.Last();
        block = block.ReplaceNode(last, last.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine)));
        SyntaxNode made = function switch
        {
            MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block.WithTrailingTrivia(method.GetTrailingTrivia())).WithParameterList(method.ParameterList.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine))),
            LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block.WithTrailingTrivia(local.GetTrailingTrivia())).WithParameterList(local.ParameterList.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine))),
            ParenthesizedLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(block.WithTrailingTrivia(lambda.GetTrailingTrivia())).WithArrowToken(lambda.ArrowToken.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine))),
            SimpleLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(block.WithTrailingTrivia(lambda.GetTrailingTrivia())).WithArrowToken(lambda.ArrowToken.WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine))),
            _ => function,
        };
        return (isAwaited ? Functions.AsAsync(made) : made).WithAdditionalAnnotations(Formatter.Annotation);
    }
}
