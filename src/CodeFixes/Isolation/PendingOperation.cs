using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>One start of an operation, <c>socket.SendAsync(args)</c>, and the statement that lets its object go too early.</summary>
internal sealed class PendingOperation(SyntaxNode root, SyntaxNode function, string args, InvocationExpressionSyntax start, StatementSyntax release, SemanticModel model)
{
    private readonly SyntaxTrivia _endOfLine = Lines.EndOfLine(root);

    /// <summary>The only start of an operation with this object in a function; null where there are several or none.</summary>
    public static InvocationExpressionSyntax? Start(SyntaxNode function, string args, SemanticModel model)
    {
        var starts = function.DescendantNodes(Own(function)).OfType<InvocationExpressionSyntax>()
            .Where(i => i.ArgumentList.Arguments.Any(a => IsIt(a.Expression, args)) && model.GetSymbolInfo(i).Symbol is IMethodSymbol { ContainingType.Name: "Socket", ReturnType.SpecialType: SpecialType.System_Boolean } method && method.Name.EndsWith("Async", StringComparison.Ordinal))
            .ToList();
        return starts is [var only] ? only : null;
    }

    private static Func<SyntaxNode, bool> Own(SyntaxNode function) => n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);

    private static bool IsIt(ExpressionSyntax? expression, string args) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText == args,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name.Identifier.ValueText: var name } => name == args,
        _ => false,
    };

    /// <summary>The calls that are given the object where the operation was over at once: what its completion runs, too.</summary>
    private List<InvocationExpressionSyntax> Handlers() =>
        function.DescendantNodes(Own(function)).OfType<InvocationExpressionSyntax>()
            .Where(i => i != start && i.SpanStart > start.SpanStart && !release.Span.Contains(i.Span) && i.ArgumentList.Arguments.Any(a => IsIt(a.Expression, args)))
            .ToList();

    /// <summary>The release is not needed: the handler that runs on both ways does it.</summary>
    public SyntaxNode? LeftToHandler()
    {
        if (release.Parent is not BlockSyntax { Parent: not FinallyClauseSyntax } || release is LocalDeclarationStatementSyntax) return null;
        if (Handlers() is not [var call] || Method(call) is not { } handler || !LetsGo(handler, 2)) return null;
        var hasComment = release.GetLeadingTrivia().Concat(release.GetTrailingTrivia()).Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia));
        return root.RemoveNode(release, hasComment ? SyntaxRemoveOptions.KeepExteriorTrivia : SyntaxRemoveOptions.KeepNoTrivia);
    }

    /// <summary>Whoever gives up waiting leaves its own object to the operation, which may still write to it, and in the end to the garbage collector.</summary>
    public SyntaxNode? Dropped()
    {
        if (release is not ExpressionStatementSyntax { Parent: BlockSyntax { Parent: not FinallyClauseSyntax, Statements.Count: > 1 }, Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" } } } || !IsMadeHere()) return null;
        return Removal.Without(root, release);
    }

    private bool IsMadeHere() => function.DescendantNodes(Own(function)).OfType<VariableDeclaratorSyntax>().Any(v => v.Identifier.ValueText == args && v.Initializer?.Value is BaseObjectCreationExpressionSyntax);

    /// <summary>The release moves to the end of the handler that runs on both ways, and that nobody else calls.</summary>
    public SyntaxNode? MovedToHandler()
    {
        if (release is not ExpressionStatementSyntax { Parent: BlockSyntax { Parent: not FinallyClauseSyntax } } || Handlers() is not [var call] || Method(call) is not { } handler || LetsGo(handler, 2)) return null;
        if (Declaration(handler) is not MethodDeclarationSyntax { Body: { } body } method || method == function || Parameter(handler) is not { } given) return null;
        if (!model.Compilation.ContainsSyntaxTree(method.SyntaxTree) || method.SyntaxTree != root.SyntaxTree || method.Parent != function.Parent) return null;
        // It starts no other operation, has one way out, and runs at each completion of this object alone.
        if (body.DescendantNodes().Any(n => n is ReturnStatementSyntax or ThrowStatementSyntax or YieldStatementSyntax || n is InvocationExpressionSyntax i && i.ArgumentList.Arguments.Any(a => IsIt(a.Expression, given.Name)))) return null;
        var names = method.Parent!.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == handler.Name).ToList();
        if (!names.Any(IsSubscribed) || names.Any(n => !IsSubscribed(n) && !call.Span.Contains(n.Span))) return null;
        if (release.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText != args && model.GetSymbolInfo(n).Symbol is ILocalSymbol or IParameterSymbol or IRangeVariableSymbol)) return null;
        var moved = release.ReplaceNodes(release.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == args && IsIt(n, args)), (old, _) => SyntaxFactory.IdentifierName(given.Name).WithTriviaFrom(old))
            .WithAdditionalAnnotations(Formatter.Annotation);
        var tracked = root.TrackNodes(release, body);
        tracked = tracked.RemoveNode(tracked.GetCurrentNode(release)!, SyntaxRemoveOptions.KeepNoTrivia)!;
        return tracked.GetCurrentNode(body) is { } now ? tracked.ReplaceNode(now, now.AddStatements(moved)) : null;
    }

    private static bool IsSubscribed(IdentifierNameSyntax name) =>
        name.AncestorsAndSelf().OfType<AssignmentExpressionSyntax>().FirstOrDefault() is { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Right.Span.Contains(name.Span);

    /// <summary>What is set on the object is set before the operation starts.</summary>
    public SyntaxNode? SetBefore()
    {
        if (release is not ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: MemberAccessExpressionSyntax { Expression: var target }, Right: var value }, Parent: BlockSyntax block } || !IsIt(target, args)) return null;
        var starting = block.Statements.FirstOrDefault(s => s.Span.Contains(start.Span));
        if (starting is null || starting.SpanStart > release.SpanStart || value.DescendantNodesAndSelf().Any(n => n is not (LiteralExpressionSyntax or IdentifierNameSyntax or ThisExpressionSyntax or MemberAccessExpressionSyntax))) return null;
        // It is known there, and what lies between does not give it another value.
        var names = new HashSet<string>(value.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(n => n.Identifier.ValueText), StringComparer.Ordinal);
        var between = block.Statements.Where(s => s.SpanStart >= starting.SpanStart && s.SpanStart < release.SpanStart).ToList();
        if (between.Any(s => s.DescendantTokens().Any(t => names.Contains(t.ValueText) && t.Parent is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or IdentifierNameSyntax { Parent: AssignmentExpressionSyntax or ArgumentSyntax { RefKindKeyword.RawKind: not 0 } }))) return null;
        var tracked = root.TrackNodes(release, starting);
        tracked = tracked.RemoveNode(tracked.GetCurrentNode(release)!, SyntaxRemoveOptions.KeepNoTrivia)!;
        return tracked.GetCurrentNode(starting) is { } now ? tracked.InsertNodesBefore(now, [release.WithAdditionalAnnotations(Formatter.Annotation)]) : null;
    }

    /// <summary>Only where the operation was over when its start returned.</summary>
    public SyntaxNode? OnlyWhenOver()
    {
        // What the other handler does, nobody can tell here: it might let the object go a second time.
        if (Handlers().Any(c => Method(c) is not { } handler || LetsGo(handler, 2))) return null;
        // `if (socket.SendAsync(args)) pool.Return(args);` has it the wrong way round.
        if ((release.Parent is BlockSyntax { Statements.Count: 1 } only ? only.Parent : release.Parent) is IfStatementSyntax { Else: null, Condition: var decides } && decides == start) return root.ReplaceNode(start, Not(start).WithTriviaFrom(start));
        if (release is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } declared) return WithoutUsing(declared);
        if (release is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement) return null;
        var subscription = DisposedByCompletion(statement);
        var index = block.Statements.IndexOf(statement);
        var previous = index > 0 ? block.Statements[index - 1] : null;
        if (previous is IfStatementSyntax { Else: null, Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var asked } } guarded && asked == start)
            return Replaced(block, index - 1, 2, With(subscription, guarded, guarded.WithStatement(Block(guarded.Statement, Bare(statement))).WithTrailingTrivia(_endOfLine)));
        if (previous is ExpressionStatementSyntax { Expression: var alone } && (alone == start || alone is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discarded && discarded.Right == start))
            return Replaced(block, index - 1, 2, With(subscription, previous, SyntaxFactory.IfStatement(Not(start), Block(null, Bare(statement))).WithLeadingTrivia(previous.GetLeadingTrivia()).WithTrailingTrivia(_endOfLine)));
        if (start.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax { Parent: { } where } } answer } && where.Span.Contains(statement.Span))
            return subscription is null ? root.ReplaceNode(statement, When(answer.Identifier.ValueText, statement)) : null;
        return subscription is null ? Flagged(statement) : null;
    }

    /// <summary><c>var pending = false; … (pending = socket.SendAsync(args)) … if (!pending) release;</c></summary>
    private SyntaxNode? Flagged(ExpressionStatementSyntax statement)
    {
        var block = statement.Ancestors().OfType<BlockSyntax>().FirstOrDefault(b => b.Span.Contains(start.Span) && function.Span.Contains(b.Span));
        if (block?.Statements.FirstOrDefault(s => s.Span.Contains(start.Span)) is not { } first || first.Span.Contains(statement.Span) && first is not TryStatementSyntax) return null;
        if (Order.LoopAround(start) is { } loop && !loop.Span.Contains(block.Span)) return null;
        var name = Reporting.Unused(model, start.SpanStart, "pending", "isPending", "underWay");
        if (function.DescendantTokens().Any(t => t.ValueText == name)) return null;
        var indentation = first.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        var flag = SyntaxFactory.ParseStatement($"var {name} = false;").WithLeadingTrivia(first.GetLeadingTrivia()).WithTrailingTrivia(_endOfLine);
        ExpressionSyntax assigned = SyntaxFactory.ParseExpression($"{name} = {start.WithoutTrivia()}");
        if (start.Parent is not ExpressionStatementSyntax) assigned = SyntaxFactory.ParenthesizedExpression(assigned);
        var tracked = root.TrackNodes(start, statement, first);
        tracked = tracked.ReplaceNode(tracked.GetCurrentNode(start)!, assigned.WithTriviaFrom(start));
        tracked = tracked.ReplaceNode(tracked.GetCurrentNode(statement)!, When(name, statement));
        var now = tracked.GetCurrentNode(first)!;
        tracked = tracked.ReplaceNode(now, now.WithLeadingTrivia(indentation).WithAdditionalAnnotations(Mark));
        return tracked.InsertNodesBefore(tracked.GetAnnotatedNodes(Mark).First(), [flag]);
    }

    private static SyntaxAnnotation Mark { get; } = new("LifecycleAnalyzers.Pending");

    /// <summary><c>using var args = …</c>: its completion disposes it, or whoever sees that there is none to come.</summary>
    private SyntaxNode? WithoutUsing(LocalDeclarationStatementSyntax declared)
    {
        if (declared is not { AwaitKeyword.RawKind: 0, Declaration.Variables: [{ Initializer.Value: BaseObjectCreationExpressionSyntax }], Parent: BlockSyntax block } || start.FirstAncestorOrSelf<StatementSyntax>() is not { } started || started.Parent != block) return null;
        var index = block.Statements.IndexOf(started);
        if (block.Statements.Skip(index + 1).Any(s => s.DescendantTokens().Any(t => t.ValueText == args)) || HasDisposingHandler()) return null;
        var dispose = SyntaxFactory.ParseStatement($"{args}.Dispose();").WithTrailingTrivia(_endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
        StatementSyntax? guarded = started switch
        {
            IfStatementSyntax { Else: null, Condition: PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not } asked when not.Operand == start => asked.WithStatement(Block(asked.Statement, dispose)),
            ExpressionStatementSyntax { Expression: var alone } when alone == start => SyntaxFactory.IfStatement(Not(start), Block(null, dispose)).WithTriviaFrom(started),
            _ => null,
        };
        if (guarded is null) return null;
        var bare = declared.WithUsingKeyword(default).WithLeadingTrivia(declared.GetLeadingTrivia());
        var statements = block.Statements.Replace(started, guarded.WithAdditionalAnnotations(Formatter.Annotation));
        statements = statements.Replace(statements[block.Statements.IndexOf(declared)], bare).Insert(index, Subscription(started));
        return root.ReplaceNode(block, block.WithStatements(statements));
    }

    /// <summary>An object that was made here and that is to be disposed has nobody else to do it.</summary>
    private StatementSyntax? DisposedByCompletion(ExpressionStatementSyntax statement)
    {
        if (statement.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose", Expression: IdentifierNameSyntax disposed } } || disposed.Identifier.ValueText != args || HasDisposingHandler()) return null;
        return IsMadeHere() ? Subscription(start.FirstAncestorOrSelf<StatementSyntax>()!) : null;
    }

    private bool HasDisposingHandler() =>
        function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.IsKind(SyntaxKind.AddAssignmentExpression) && a.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Completed", Expression: var on } && IsIt(on, args)
            && (a.Right is AnonymousFunctionExpressionSyntax ? a.Right.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(IsLettingGo) : model.GetSymbolInfo(a.Right).Symbol is not IMethodSymbol handler || LetsGo(handler, 2)));

    private StatementSyntax Subscription(StatementSyntax before) =>
        SyntaxFactory.ParseStatement($"{args}.Completed += static (_, {(args == "e" ? "done" : "e")}) => {(args == "e" ? "done" : "e")}.Dispose();")
            .WithLeadingTrivia(before.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1)).WithTrailingTrivia(_endOfLine).WithAdditionalAnnotations(Formatter.Annotation);

    private static IEnumerable<StatementSyntax> With(StatementSyntax? first, StatementSyntax old, StatementSyntax made)
    {
        made = made.WithLeadingTrivia(old.GetLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        return first is null ? [made] : [first, made];
    }

    private SyntaxNode Replaced(BlockSyntax block, int from, int count, IEnumerable<StatementSyntax> made) =>
        root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(from).Concat(made).Concat(block.Statements.Skip(from + count)))));

    private static StatementSyntax When(string pending, StatementSyntax statement) =>
        SyntaxFactory.IfStatement(SyntaxFactory.ParseExpression("!" + pending), statement.WithoutTrivia())
            .WithIfKeyword(SyntaxFactory.Token(SyntaxKind.IfKeyword).WithTrailingTrivia(SyntaxFactory.Space)).WithCloseParenToken(SyntaxFactory.Token(SyntaxKind.CloseParenToken).WithTrailingTrivia(SyntaxFactory.Space)).WithTriviaFrom(statement);

    private static PrefixUnaryExpressionSyntax Not(ExpressionSyntax expression) => SyntaxFactory.PrefixUnaryExpression(SyntaxKind.LogicalNotExpression, expression.WithoutTrivia());

    private static StatementSyntax Bare(StatementSyntax statement) => statement.WithLeadingTrivia(statement.GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)));

    private BlockSyntax Block(StatementSyntax? first, StatementSyntax second)
    {
        var block = SyntaxFactory.Block(first switch { null => [second], BlockSyntax inner => inner.Statements.Add(second), _ => [OnLine(first), second] });
        return block.WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(_endOfLine).WithTrailingTrivia(_endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);

        StatementSyntax OnLine(StatementSyntax statement) => statement.GetTrailingTrivia().Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) ? statement : statement.WithTrailingTrivia(_endOfLine);
    }

    private IMethodSymbol? Method(InvocationExpressionSyntax call) => model.GetSymbolInfo(call).Symbol is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method ? method : null;

    private static IParameterSymbol? Parameter(IMethodSymbol method) => method.Parameters.FirstOrDefault(p => ArgsPath.IsArgs(p.Type));

    private static SyntaxNode? Declaration(IMethodSymbol method) => method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();

    /// <summary>The method gives back or disposes what it is given, or hands it to one that does.</summary>
    private static bool LetsGo(IMethodSymbol method, int depth)
    {
        if (Declaration(method) is not { } declared || Parameter(method) is not { } given) return !method.ContainingNamespace.ToDisplayString().StartsWith("System", StringComparison.Ordinal);
        foreach (var call in declared.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose", Expression: var on } && IsIt(on, given.Name)) return true;
            if (!call.ArgumentList.Arguments.Any(a => IsIt(a.Expression, given.Name))) continue;
            if (IsLettingGo(call)) return true;
            if (depth > 0 && call.Expression is IdentifierNameSyntax name && method.ContainingType.GetMembers(name.Identifier.ValueText).OfType<IMethodSymbol>().FirstOrDefault(m => Parameter(m) is not null) is { } inner && !SymbolEqualityComparer.Default.Equals(inner, method) && LetsGo(inner, depth - 1)) return true;
        }

        return false;
    }

    private static bool IsLettingGo(InvocationExpressionSyntax call)
    {
        var name = call.Expression.LastWord();
        return name is "Dispose" or "Push" or "Add" or "Enqueue" or "TryAdd" or "TryWrite" or "Put" || new[] { "Return", "Release", "GiveBack", "Recycle", "Free", "CheckIn", "PutBack" }.Any(v => name.StartsWith(v, StringComparison.Ordinal));
    }
}
