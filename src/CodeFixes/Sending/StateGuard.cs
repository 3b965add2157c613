using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>Asks the state of a connection right before a send.</summary>
internal static class StateGuard
{
    /// <summary>Right before the send: an early return where nothing follows, or what follows takes note of the send; else the send under the condition.</summary>
    public static async Task<Document?> BeforeSendAsync(Document document, SyntaxNode node, ConnectionCatalogue catalogue, bool allowWeak, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || Functions.Enclosing(node) is not { } function) return null;
        if (Receiver(call, catalogue, model) is not var (receiver, type, nullable)) return null;
        if (StateCheck.For(type, catalogue, model, node.SpanStart, allowWeak) is not { } check) return null;
        var usable = nullable ? check.ThereAndUsable(receiver) : check.Usable(receiver);
        var notUsable = nullable ? check.NotThereOrUnusable(receiver) : check.NotUsable(receiver);
        return Before(call, function, usable, notUsable, root, model) is { } changed ? document.WithSyntaxRoot(changed) : null;
    }

    /// <summary>The root with the question before the call; null where the code has no place for it.</summary>
    private static SyntaxNode? Before(InvocationExpressionSyntax call, SyntaxNode function, ExpressionSyntax usable, ExpressionSyntax notUsable, SyntaxNode root, SemanticModel model)
    {
        var statement = call.FirstAncestorOrSelf<StatementSyntax>();
        if (statement is null || !function.Span.Contains(statement.Span) || statement == function)
        {
            if (Functions.EarlyReturn(function, model) is not { } exit) return null;
            var guard = OneLine(notUsable, exit).WithAdditionalAnnotations(Formatter.Annotation);
            return Functions.WithBlock(function, guard, model) is { } made ? root.ReplaceNode(function, made) : null;
        }

        var counted = SendAccount.Follows(statement, function) ? SendAccount.Leave(statement, function, model) : null;
        if (counted is null && statement is ExpressionStatementSyntax && !IsLast(statement, function))
        {
            var guarded = OneLine(usable, statement).WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
            return root.ReplaceNode(statement, guarded);
        }

        if ((counted ?? Functions.EarlyReturn(function, model)) is not { } leave) return null;
        var early = OneLine(notUsable, leave);
        if (statement.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax)
        {
            if (statement.Parent is GlobalStatementSyntax) return null;
            early = early.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(Lines.EndOfLine(root)).WithAdditionalAnnotations(Formatter.Annotation);
            var bare = statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1));
            return root.ReplaceNode(statement, [early, bare]);
        }

        var block = SyntaxFactory.Block(early, statement.WithoutTrivia()).NormalizeWhitespace().WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(statement, block);
    }

    /// <summary>
    /// The question that the function has asked already, once more right before the send: the bail-out that names the member, where
    /// it only reads.
    /// </summary>
    public static async Task<Document?> AgainAsync(Document document, SyntaxNode node, string asked, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (root is null || Functions.Enclosing(node) is not { } function || node.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement || !function.Span.Contains(statement.Span)) return null;
        foreach (var early in function.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (early.Span.End > statement.SpanStart || early.Else is not null || Functions.Enclosing(early) != function || !early.Parent!.Span.Contains(statement.Span)) continue;
            if (!early.Statement.Leaves() || early.Statement is BlockSyntax { Statements.Count: > 1 }) continue;
            if (!early.Condition.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == asked)) continue;
            if (early.Condition.DescendantNodesAndSelf().Any(n => n is InvocationExpressionSyntax or AwaitExpressionSyntax or AssignmentExpressionSyntax or PostfixUnaryExpressionSyntax or DeclarationPatternSyntax or VarPatternSyntax or DeclarationExpressionSyntax)) continue;
            var again = early.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(Lines.EndOfLine(root)).WithAdditionalAnnotations(Formatter.Annotation);
            return document.WithSyntaxRoot(root.ReplaceNode(statement, [again, statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1))]));
        }

        return null;
    }

    /// <summary>Nothing of the function runs behind the statement.</summary>
    private static bool IsLast(StatementSyntax statement, SyntaxNode function)
    {
        for (SyntaxNode node = statement; node != function; node = node.Parent!)
        {
            if (node.Parent is BlockSyntax block && block.Statements.Last() != node) return false;
            if (node.Parent is SwitchSectionSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or TryStatementSyntax or LockStatementSyntax or UsingStatementSyntax) return false;
            if (node.Parent is null) return false;
        }

        return true;
    }

    /// <summary>The connection in front of the send: the first part of the path that can be asked.</summary>
    private static (string Text, ITypeSymbol Type, bool Nullable)? Receiver(InvocationExpressionSyntax call, ConnectionCatalogue catalogue, SemanticModel model)
    {
        if (call.Expression is MemberBindingExpressionSyntax && call.Parent is ConditionalAccessExpressionSyntax conditional && model.GetTypeInfo(conditional.Expression).Type is { } maybe)
            return IsStable(conditional.Expression) ? (conditional.Expression.ToString(), maybe, true) : null;
        var expression = (call.Expression as MemberAccessExpressionSyntax)?.Expression;
        while (expression is not null)
        {
            if (IsStable(expression) && model.GetTypeInfo(expression).Type is { } type && catalogue.Find(type) is not null && catalogue.MembersOf(type, Role.State).Any()) return (expression.ToString(), type, false);
            expression = expression switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression,
                MemberAccessExpressionSyntax access => access.Expression,
                _ => null,
            };
        }

        if (call.Expression is IdentifierNameSyntax && model.GetEnclosingSymbol(call.SpanStart) is { ContainingType: { } own, IsStatic: false } && catalogue.Find(own) is not null) return ("this", own, false);
        return null;
    }

    /// <summary>Can be written twice without calling anything.</summary>
    private static bool IsStable(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsStable(access.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => IsStable(sure.Operand),
        _ => false,
    };

    public static IfStatementSyntax OneLine(ExpressionSyntax condition, StatementSyntax then) =>
        (IfStatementSyntax)SyntaxFactory.ParseStatement($"if ({condition.WithoutTrivia()}) {then.WithoutTrivia()}");
}
