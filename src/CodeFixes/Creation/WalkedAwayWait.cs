using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>
/// A wait with a limit, and the code that runs where the limit strikes: there the operation that goes on is observed. Where the wait
/// ends well, its failure comes out of the <c>await</c> as before, and is not told twice.
/// </summary>
internal sealed class WalkedAwayWait
{
    private readonly InvocationExpressionSyntax _wait;
    private readonly SemanticModel _model;
    private readonly StatementSyntax _statement;
    private readonly BlockSyntax _block;
    private readonly ExpressionSyntax _task;
    private readonly string _name;
    private readonly bool _isNamed;
    private readonly string _observe;

    private WalkedAwayWait(InvocationExpressionSyntax wait, SemanticModel model, StatementSyntax statement, BlockSyntax block, ExpressionSyntax task, string name, bool isNamed, TaskObservation observation)
    {
        _wait = wait;
        _model = model;
        _statement = statement;
        _block = block;
        _task = task;
        _name = name;
        _isNamed = isNamed;
        _observe = observation.Statement(name);
    }

    private bool Throws => (_wait.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText == "WaitAsync";

    private bool IsRace => (_wait.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText == "WhenAny";

    /// <summary>The wait where it has one operation, and a statement of its own whose first work it is.</summary>
    public static WalkedAwayWait? Of(InvocationExpressionSyntax wait, TaskObservation observation, SemanticModel model)
    {
        if (wait.Expression is not MemberAccessExpressionSyntax access || Statement(wait) is not { Parent: BlockSyntax block } statement || Functions.Enclosing(wait) is not { } function) return null;
        var task = access.Name.Identifier.ValueText switch
        {
            "Wait" or "WaitAsync" => access.Expression,
            "WhenAny" => Racer(wait, model),
            _ => null,
        };
        if (task is null) return null;
        if (task is IdentifierNameSyntax local && model.GetSymbolInfo(local).Symbol is ILocalSymbol) return new(wait, model, statement, block, task, local.Identifier.ValueText, true, observation);
        if (task.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault() is null || !IsFirst(task, statement)) return null;
        var used = new HashSet<string>(function.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        var name = new[] { Doing(task), "pending", "operation" }.FirstOrDefault(n => !used.Contains(n) && model.LookupSymbols(wait.SpanStart, name: n).IsEmpty);
        return name is null ? null : new(wait, model, statement, block, task, name, false, observation);
    }

    /// <summary>The root with the operation observed on the way that leaves it behind; null where that way cannot be told.</summary>
    public SyntaxNode? Observed(SyntaxNode root)
    {
        if (Throws) return Caught(root);
        var result = Result();
        if (result.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax } } declared })
            return AfterWinner(root, declared.Identifier.ValueText);
        if (result.Parent is ExpressionStatementSyntax) return IsRace ? AfterRace(root) : Replace(root, _statement, [If("!" + result.WithoutTrivia())]);
        return _statement switch
        {
            IfStatementSyntax asked => Won(asked.Condition, null) is { } won ? InBranch(root, asked, won) : null,
            ReturnStatementSyntax { Expression: { } value } => InReturn(root, value),
            _ => null,
        };
    }

    /// <summary>The only task of a race that is no delay.</summary>
    private static ExpressionSyntax? Racer(InvocationExpressionSyntax race, SemanticModel model)
    {
        var tasks = race.ArgumentList.Arguments.Select(a => a.Expression).ToList();
        if (tasks is [ArrayCreationExpressionSyntax { Initializer: { } made }]) tasks = made.Expressions.ToList();
        else if (tasks is [ImplicitArrayCreationExpressionSyntax { Initializer: { } implied }]) tasks = implied.Expressions.ToList();
        else if (tasks is [CollectionExpressionSyntax collection]) tasks = collection.Elements.OfType<ExpressionElementSyntax>().Select(e => e.Expression).ToList();
        var racing = tasks.Where(t => !IsDelay(t, model)).ToList();
        return tasks.Count == 2 && racing is [var only] ? only : null;
    }

    private static bool IsDelay(ExpressionSyntax task, SemanticModel model)
    {
        if (task is IdentifierNameSyntax name && model.GetSymbolInfo(name).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] } && reference.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var value }) task = value;
        return task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Delay", Expression: var on } } && model.GetSymbolInfo(on).Symbol is INamedTypeSymbol { Name: "Task" };
    }

    private static StatementSyntax? Statement(ExpressionSyntax expression)
    {
        foreach (var ancestor in expression.Ancestors())
        {
            if (ancestor is AnonymousFunctionExpressionSyntax) return null;
            if (ancestor is StatementSyntax statement) return statement is IfStatementSyntax or ReturnStatementSyntax or ExpressionStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } ? statement : null;
        }

        return null;
    }

    /// <summary>Nothing is evaluated before it, so that it may move in front of its statement.</summary>
    private static bool IsFirst(ExpressionSyntax task, StatementSyntax statement)
    {
        ExpressionSyntax? whole = statement switch
        {
            IfStatementSyntax asked => asked.Condition,
            ReturnStatementSyntax returned => returned.Expression,
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax } assignment } => assignment.Right,
            ExpressionStatementSyntax alone => alone.Expression,
            LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value }] } => value,
            _ => null,
        };
        return whole is not null && whole.Span.Contains(task.Span)
            && whole.DescendantTokens().TakeWhile(t => t.SpanStart < task.SpanStart).All(t => t.RawKind is (int)SyntaxKind.OpenParenToken or (int)SyntaxKind.ExclamationToken or (int)SyntaxKind.AwaitKeyword or (int)SyntaxKind.DotToken or (int)SyntaxKind.OpenBracketToken or (int)SyntaxKind.NewKeyword or (int)SyntaxKind.CloseBracketToken or (int)SyntaxKind.OpenBraceToken || t.ValueText is "Task" or "WhenAny")
            && !task.Ancestors().TakeWhile(a => a != whole).Any(a => a is ConditionalAccessExpressionSyntax);
    }

    /// <summary>What the operation is doing: <c>connecting</c>, <c>reading</c>.</summary>
    private static string Doing(ExpressionSyntax task)
    {
        var called = task.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
            .Select(i => i.Expression switch { MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText, SimpleNameSyntax simple => simple.Identifier.ValueText, _ => "" })
            .FirstOrDefault(n => n is not ("AsTask" or "ConfigureAwait" or "Preserve")) ?? "";
        foreach (var (verb, name) in new[] { ("Connect", "connecting"), ("Accept", "accepting"), ("Receive", "receiving"), ("Read", "reading"), ("Send", "sending"), ("Write", "writing"), ("Open", "opening"), ("Copy", "copying"), ("Close", "closing") })
        {
            if (called.StartsWith(verb, StringComparison.Ordinal)) return name;
        }

        return "pending";
    }

    /// <summary>The wait with its <c>await</c>: what is compared or tested.</summary>
    private ExpressionSyntax Result()
    {
        ExpressionSyntax result = _wait;
        if (result.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured }) result = configured;
        if (result.Parent is AwaitExpressionSyntax awaited) result = awaited;
        while (result.Parent is ParenthesizedExpressionSyntax parenthesized) result = parenthesized;
        return result;
    }

    /// <summary>Does this condition ask whether the operation was in time? Null where it asks anything else.</summary>
    private bool? Won(ExpressionSyntax condition, string? winner)
    {
        switch (condition)
        {
            case ParenthesizedExpressionSyntax inner:
                return Won(inner.Expression, winner);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                return !Won(not.Operand, winner);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } compared:
                return Compared(compared.Left, compared.Right) is { } won ? won == compared.IsKind(SyntaxKind.EqualsExpression) : null;
            case InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var one }, { Expression: var other }] } call when call.Expression.ToString() is "ReferenceEquals" or "object.ReferenceEquals":
                return Compared(one, other);
            case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCompleted", Expression: IdentifierNameSyntax asked } when asked.Identifier.ValueText == _name:
                return true;
            case IdentifierNameSyntax name when !IsRace && name.Identifier.ValueText == winner:
                return true;
            default:
                return !IsRace && condition == _wait ? true : null;
        }

        bool? Compared(ExpressionSyntax left, ExpressionSyntax right)
        {
            if (!IsWinner(left)) (left, right) = (right, left);
            if (!IsWinner(left)) return null;
            if (right is IdentifierNameSyntax other && other.Identifier.ValueText == _name) return true;
            return IsDelay(right, _model) ? false : null;
        }

        bool IsWinner(ExpressionSyntax side) => winner is null ? IsRace && side.Span.Contains(_wait.Span) : side is IdentifierNameSyntax name && name.Identifier.ValueText == winner;
    }

    /// <summary><c>var first = await Task.WhenAny(…);</c>: the test that follows, else one of our own.</summary>
    private SyntaxNode? AfterWinner(SyntaxNode root, string winner)
    {
        if (Next() is IfStatementSyntax asked && Won(asked.Condition, winner) is { } won) return InBranch(root, asked, won);
        var test = IsRace ? winner + " != " + _name : "!" + winner;
        return Replace(root, _statement, [_statement, If(test)]);
    }

    private SyntaxNode? AfterRace(SyntaxNode root)
    {
        if (Next() is IfStatementSyntax asked && Won(asked.Condition, null) is { } won) return InBranch(root, asked, won);
        // Used behind the race: who awaits it there hears of its failure.
        if (_block.Statements.Skip(_block.Statements.IndexOf(_statement) + 1).Any(s => s.DescendantTokens().Any(t => t.ValueText == _name))) return null;
        return Replace(root, _statement, [_statement, Made(_observe)]);
    }

    private StatementSyntax? Next()
    {
        var index = _block.Statements.IndexOf(_statement) + 1;
        return index < _block.Statements.Count ? _block.Statements[index] : null;
    }

    private SyntaxNode? InBranch(SyntaxNode root, IfStatementSyntax asked, bool wonWhenTrue)
    {
        if (!wonWhenTrue) return Replace(root, asked, [asked.WithStatement(Begun(asked.Statement))]);
        if (asked.Else is { Statement: IfStatementSyntax }) return null;
        if (asked.Else is { } other) return Replace(root, asked, [asked.WithElse(other.WithStatement(Begun(other.Statement)))]);
        if (asked.Statement.Leaves()) return Replace(root, asked, [asked, Made(_observe)]);
        return Replace(root, asked, [asked.WithElse(SyntaxFactory.ElseClause(Made(_observe)))]);
    }

    /// <summary><c>return won ? answer : nothing;</c> becomes two returns, the observing between them.</summary>
    private SyntaxNode? InReturn(SyntaxNode root, ExpressionSyntax value)
    {
        while (value is ParenthesizedExpressionSyntax inner) value = inner.Expression;
        switch (value)
        {
            case ConditionalExpressionSyntax conditional when Won(conditional.Condition, null) is { } won:
                var (answer, nothing) = won ? (conditional.WhenTrue, conditional.WhenFalse) : (conditional.WhenFalse, conditional.WhenTrue);
                if (Typeless(answer) || Typeless(nothing)) return null;
                return won
                    ? Replace(root, _statement, [If(conditional.Condition.WithoutTrivia().ToString(), "return " + answer + ";"), Made(_observe), Made("return " + nothing + ";")])
                    : Replace(root, _statement, [Block($"if ({conditional.Condition.WithoutTrivia()})", _observe, "return " + nothing + ";"), Made("return " + answer + ";")]);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both when Won(both.Left, null) == true:
                return Replace(root, _statement, [Block($"if (!{Operand(both.Left)})", _observe, "return false;"), Made("return " + both.Right.WithoutTrivia() + ";")]);
            case var only when Won(only, null) == true:
                return Replace(root, _statement, [If(only.WithoutTrivia().ToString(), "return true;"), Made(_observe), Made("return false;")]);
            default:
                return null;
        }

        static bool Typeless(ExpressionSyntax part) => part is ThrowExpressionSyntax;
        static string Operand(ExpressionSyntax left) => left is BinaryExpressionSyntax ? "(" + left.WithoutTrivia() + ")" : left.WithoutTrivia().ToString();
    }

    /// <summary>A limit that throws: whoever catches the timeout observes, or a handler of our own does and lets it pass on.</summary>
    private SyntaxNode? Caught(SyntaxNode root)
    {
        if (!IsAwaited()) return null;
        if (_isNamed && _wait.ArgumentList.Arguments.Count == 1 && Handler() is { } handler)
        {
            var text = handler.Block.Statements.Count == 0 ? null : handler.Block.Statements[0];
            if (text is not null) return root.ReplaceNode(handler, handler.WithBlock((BlockSyntax)Begun(handler.Block)));
        }

        var inside = _statement;
        var declared = (StatementSyntax?)null;
        if (_statement is LocalDeclarationStatementSyntax { Declaration: { Variables: [{ Initializer.Value: var value } variable] } declaration } local)
        {
            // The variable is used behind the try.
            if (_model.GetDeclaredSymbol(variable) is not ILocalSymbol { Type: { IsAnonymousType: false, TypeKind: not TypeKind.Error } type } || local.IsConst) return null;
            var typeName = declaration.Type.IsVar ? type.ToMinimalDisplayString(_model, _statement.SpanStart) : declaration.Type.WithoutTrivia().ToString();
            declared = Made($"{typeName} {variable.Identifier.ValueText};");
            inside = Made($"{variable.Identifier.ValueText} = {value.WithoutTrivia()};");
        }

        if (_statement is IfStatementSyntax) return null;
        var text0 = inside.WithoutTrivia().ToString();
        if (!_isNamed) text0 = text0.Replace(_task.ToString(), _name);
        var attempt = Made($"try\n{{\n{text0}\n}}\ncatch when (!{_name}.IsCompleted)\n{{\n{_observe}\nthrow;\n}}");
        return Replace(root, _statement, declared is null ? [attempt] : [declared, attempt], extracted: !_isNamed);
    }

    private bool IsAwaited()
    {
        var result = Result();
        while (result is ParenthesizedExpressionSyntax inner) result = inner.Expression;
        return result is AwaitExpressionSyntax;
    }

    /// <summary>The handler of the timeout around, where the task's variable is in scope.</summary>
    private CatchClauseSyntax? Handler()
    {
        if (_model.GetSymbolInfo(_task).Symbol is not ILocalSymbol { DeclaringSyntaxReferences: [var reference] }) return null;
        foreach (var attempt in _wait.Ancestors().TakeWhile(a => a is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax)).OfType<TryStatementSyntax>())
        {
            if (!attempt.Block.Span.Contains(_wait.Span)) continue;
            if (attempt.Block.Span.Contains(reference.Span)) return null;
            if (attempt.Catches.FirstOrDefault(c => c.Filter is null && c.Declaration?.Type.ToString() is "TimeoutException" or "System.TimeoutException") is { } found) return found;
            if (attempt.Catches.Count > 0) return null;
        }

        return null;
    }

    /// <summary>The statement with the observing at its beginning.</summary>
    private StatementSyntax Begun(StatementSyntax statement)
    {
        if (statement is BlockSyntax block)
        {
            var first = block.Statements.FirstOrDefault();
            var observe = Made(_observe);
            if (first is null) return block.WithStatements(SyntaxFactory.SingletonList(observe));
            return block.WithStatements(block.Statements.Replace(first, first.WithAdditionalAnnotations(Formatter.Annotation)).Insert(0, observe.WithLeadingTrivia(Lines.Indentation(first))));
        }

        var inner = statement.WithoutLeadingTrivia();
        if (!inner.GetTrailingTrivia().Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia))) inner = inner.WithTrailingTrivia(Lines.EndOfLine(_statement));
        return SyntaxFactory.Block(Made(_observe), Lines.Under(inner, Lines.Lost(statement, inner), Lines.EndOfLine(_statement)).WithAdditionalAnnotations(Formatter.Annotation))
            .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(Lines.EndOfLine(_statement)))
            .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithTrailingTrivia(Lines.EndOfLine(_statement))).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private StatementSyntax If(string condition, string? then = null) =>
        Made($"if ({condition}) {then ?? _observe}");

    private StatementSyntax Block(string head, params string[] lines) => Made(head + "\n{\n" + string.Join("\n", lines) + "\n}");

    private StatementSyntax Made(string text) => Lines.Parse(_statement, text).WithTrailingTrivia(Lines.EndOfLine(_statement));

    /// <summary>A statement of the block replaced by others; the operation gets a name in front of the wait where it has none.</summary>
    private SyntaxNode Replace(SyntaxNode root, StatementSyntax old, IReadOnlyList<StatementSyntax> made, bool extracted = false)
    {
        var statements = new List<StatementSyntax>();
        foreach (var statement in _block.Statements)
        {
            var isWait = statement == _statement;
            if (isWait && !_isNamed) statements.Add(Made($"var {_name} = {_task.WithoutTrivia()};").WithLeadingTrivia(statement.GetLeadingTrivia()));
            if (statement != old)
            {
                statements.Add(isWait && !_isNamed ? Named(statement).WithLeadingTrivia(Lines.Indentation(statement)) : statement);
                continue;
            }

            for (var i = 0; i < made.Count; i++)
            {
                var one = isWait && !_isNamed && !extracted ? Named(made[i]) : made[i];
                var leading = i == 0 && !(isWait && !_isNamed) ? statement.GetLeadingTrivia() : Lines.Indentation(statement);
                one = one.WithLeadingTrivia(leading);
                if (i == made.Count - 1 && !made.Contains(old) && statement.GetTrailingTrivia() is { Count: > 0 } trailing && one is not (TryStatementSyntax or IfStatementSyntax { Statement: BlockSyntax })) one = one.WithTrailingTrivia(trailing);
                else if (i < made.Count - 1 && made[i] == old) one = one.WithTrailingTrivia(old.GetTrailingTrivia());
                statements.Add(one);
            }
        }

        var replaced = _block.WithStatements(SyntaxFactory.List(statements));
        if (Lines.Lost(_block, replaced) is { Count: > 0 } lost)
        {
            var at = statements.FindIndex(s => !_block.Statements.Contains(s));
            statements[at] = Lines.Under(statements[at], lost, Lines.EndOfLine(_statement));
            replaced = _block.WithStatements(SyntaxFactory.List(statements));
        }

        return root.ReplaceNode(_block, replaced);
    }

    /// <summary>The statement with the operation's new name in the operation's place.</summary>
    private StatementSyntax Named(StatementSyntax statement)
    {
        var text = _task.WithoutTrivia().ToString();
        var found = statement.DescendantNodes().OfType<ExpressionSyntax>().FirstOrDefault(e => e.WithoutTrivia().ToString() == text);
        return found is null ? statement : statement.ReplaceNode(found, SyntaxFactory.IdentifierName(_name).WithTriviaFrom(found));
    }
}
