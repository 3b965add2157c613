using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>
/// A field that is closed and cleared under one lock, and used under the same lock once it was found not to be null: the one never meets
/// the other.
/// </summary>
internal static class LockedClosings
{
    public static bool Exclude(RuleContext file, IoCall io)
    {
        if (io.Connection is null || IoCalls.Unwrapped(io.Connection) is not IFieldReferenceOperation { Field: { DeclaredAccessibility: Accessibility.Private } field }) return false;
        if (LockAround(io.Operation.Syntax) is not { } held || !IsAskedForNull(held, io.Operation.Syntax, field.Name)) return false;
        var closings = field.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(file.Cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
            .Where(c => OtherClosers.ClosingCalls.Contains(c.Expression.LastWord()) && (c.Mentions(field.Name) || c.Parent is ConditionalAccessExpressionSyntax { Expression: var closed } && closed.LastWord() == field.Name)).ToList();
        return closings.Count > 0 && closings.All(c => LockAround(c) is { } closing && SyntaxFactory.AreEquivalent(closing.Expression, held.Expression) && Clears(closing, field.Name));
    }

    private static LockStatementSyntax? LockAround(SyntaxNode node) =>
        node.Ancestors().TakeWhile(n => n is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<LockStatementSyntax>().FirstOrDefault();

    /// <summary><c>if (field == null) return;</c> before, or <c>if (field != null)</c> around it.</summary>
    private static bool IsAskedForNull(LockStatementSyntax held, SyntaxNode use, string field) =>
        held.DescendantNodes().OfType<IfStatementSyntax>().Any(i => i.SpanStart < use.SpanStart && (i.Statement.Span.Contains(use.Span) || i.Statement.Leaves())
            && i.Condition.Mentions(field) && i.Condition.DescendantTokens().Any(t => t.IsKind(SyntaxKind.NullKeyword)));

    private static bool Clears(LockStatementSyntax closing, string field) =>
        closing.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left.LastWord() == field && a.Right.IsKind(SyntaxKind.NullLiteralExpression));
}
