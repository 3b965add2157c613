using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;
using Symbols = LifecycleAnalyzers.Flow.Symbols;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>Asks the state of a connection right before a send.</summary>
internal static class StateGuard
{
    /// <summary>The connection in front of the send is asked; the places for the question, the best first.</summary>
    public static async Task<IReadOnlyList<Document>> BeforeSendAsync(Document document, SyntaxNode node, ConnectionCatalogue catalogue, bool allowWeak, CancellationToken cancellation)
    {
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (model is null || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || Receiver(call, catalogue, model, allowWeak) is not var (receiver, check, nullable)) return [];
        return await AskingAsync(document, call, check, receiver, nullable, model, cancellation).ConfigureAwait(false);
    }

    /// <summary>The same for a connection that the call does not name: of a command, of a delegate in a field.</summary>
    public static async Task<IReadOnlyList<Document>> BeforeCallAsync(Document document, SyntaxNode node, string connection, ConnectionCatalogue catalogue, CancellationToken cancellation)
    {
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (model is null || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call) return [];
        var type = Symbols.TypeOf(model.LookupSymbols(call.SpanStart, name: connection).FirstOrDefault());
        if (StateCheck.For(type, catalogue, model, call.SpanStart, allowWeak: false) is not { } check) return [];
        return await AskingAsync(document, call, check, connection, type!.NullableAnnotation == NullableAnnotation.Annotated, model, cancellation).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<Document>> AskingAsync(Document document, InvocationExpressionSyntax call, StateCheck check, string connection, bool nullable, SemanticModel model, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is null || Functions.Enclosing(call) is not { } function) return [];
        var question = new Question(nullable ? check.ThereAndUsable(connection) : check.Usable(connection), nullable ? check.NotThereOrUnusable(connection) : check.NotUsable(connection));
        var changes = QuestionPlace.Before(call, function, question, root, model);
        if (check.IsProbe) changes = changes.Select(c => RuntimeNamespace.WithUsing((CompilationUnitSyntax)c, (CompilationUnitSyntax)root, model, call.SpanStart, StateCheck.Probes));
        return [.. changes.Select(document.WithSyntaxRoot)];
    }

    /// <summary>
    /// The question that the function has asked already, once more right before the send, with the bail-out that followed from it;
    /// null where it does more than read.
    /// </summary>
    public static async Task<Document?> AgainAsync(Document document, SyntaxNode node, string asked, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is null || Functions.Enclosing(node) is not { } function || node.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement || !function.Span.Contains(statement.Span)) return null;
        foreach (var early in function.DescendantNodes().OfType<IfStatementSyntax>().Reverse())
        {
            if (early.Span.End > statement.SpanStart || early.Else is not null || Functions.Enclosing(early) != function || !early.Parent!.Span.Contains(statement.Span)) continue;
            if (Jump(early.Statement) is not { } jump || jump is ContinueStatementSyntax or BreakStatementSyntax && IsInInnerLoop(statement, early)) continue;
            // Of several reasons to leave, those that are about the connection.
            var reasons = Conditions.Alternatives(early.Condition).Where(c => c.Mentions(asked)).ToList();
            if (reasons.Count == 0 || !reasons.All(IsRead)) continue;
            var again = (reasons.Count == Conditions.Alternatives(early.Condition).Count() ? early.Condition : reasons.Aggregate(Conditions.Either)).WithoutTrivia();
            return document.WithSyntaxRoot(root.ReplaceNode(statement, IfStyle.Of(statement).InFront(statement, again, jump)));
        }

        return null;
    }

    /// <summary>How the code leaves at the end of the statement.</summary>
    private static StatementSyntax? Jump(StatementSyntax statement) => statement switch
    {
        BlockSyntax { Statements: [.., var last] } => Jump(last),
        _ when Statements.IsJump(statement) => statement,
        _ => null,
    };

    private static bool IsInInnerLoop(StatementSyntax statement, IfStatementSyntax early) =>
        statement.Ancestors().TakeWhile(a => a != early.Parent).Any(a => a.IsLoop() || a is SwitchStatementSyntax);

    /// <summary>Asking twice does nothing twice.</summary>
    private static bool IsRead(ExpressionSyntax condition) =>
        Conditions.IsRepeatable(condition) && !condition.DescendantNodes().Any(n => n is VariableDesignationSyntax);

    /// <summary>The connection in front of the send: the first part of the path that can be asked, or what it belongs to.</summary>
    private static (string Text, StateCheck Check, bool Nullable)? Receiver(InvocationExpressionSyntax call, ConnectionCatalogue catalogue, SemanticModel model, bool allowWeak)
    {
        // Where a type only knows how its last operation ended, the runtime package asks better.
        StateCheck? Check(ITypeSymbol type) => StateCheck.For(type, catalogue, model, call.SpanStart, allowWeak: false)
            ?? (allowWeak ? StateCheck.Probing(type, model, allowUnread: true) ?? StateCheck.For(type, catalogue, model, call.SpanStart, allowWeak: true) : null);
        if (call.Expression is MemberBindingExpressionSyntax && call.Parent is ConditionalAccessExpressionSyntax conditional && model.GetTypeInfo(conditional.Expression).Type is { } maybe)
            return IsStable(conditional.Expression) && Check(maybe) is { } known ? (conditional.Expression.ToString(), known, true) : null;
        var expression = (call.Expression as MemberAccessExpressionSyntax)?.Expression;
        while (expression is not null)
        {
            if (IsStable(expression) && model.GetTypeInfo(expression).Type is { } type && catalogue.Find(type) is not null)
            {
                if (catalogue.MembersOf(type, Role.State).Any()) return Check(type) is { } own ? (expression.ToString(), own, false) : null;
                // `context.Channel` of what the framework hands over.
                foreach (var leading in catalogue.MembersOf(type, Role.Accessor).OfType<IPropertySymbol>())
                {
                    if (model.IsAccessible(call.SpanStart, leading) && StateCheck.For(leading.Type, catalogue, model, call.SpanStart, allowWeak: false) is { } its) return (expression + "." + leading.Name, its, false);
                }
            }

            expression = expression switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression,
                MemberAccessExpressionSyntax access => access.Expression,
                _ => null,
            };
        }

        return call.Expression is IdentifierNameSyntax && model.GetEnclosingSymbol(call.SpanStart) is { ContainingType: { } ours, IsStatic: false } && Check(ours) is { } check ? ("this", check, false) : null;
    }

    /// <summary>Can be written twice without calling anything.</summary>
    public static bool IsStable(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsStable(access.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => IsStable(sure.Operand),
        // `((IChannel)sender).Send(…)`
        ParenthesizedExpressionSyntax { Expression: CastExpressionSyntax { Expression: var converted } } => IsStable(converted),
        ParenthesizedExpressionSyntax { Expression: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AsExpression, Left: var converted } } => IsStable(converted),
        _ => false,
    };
}
