using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>The re-arming of a timer that another member disposes, with no flag asked and nothing that catches.</summary>
internal static class TimerRearming
{
    private const int Depth = 3;

    /// <summary>The call that re-arms it, and before it the calls of the type's own methods that lead there; null where there is none.</summary>
    public static IReadOnlyList<IInvocationOperation>? In(RuleContext file, SyntaxNode function) =>
        file.Analysis.Catalogue.Types.Find("System.ObjectDisposedException") is { } disposed ? In(file, function, disposed, Depth) : null;

    private static List<IInvocationOperation>? In(RuleContext file, SyntaxNode function, INamedTypeSymbol disposed, int depth)
    {
        foreach (var call in file.Analysis.Escapes.Operations(function, file.Cancellation).OfType<IInvocationOperation>())
        {
            if (!IsChange(call) && !IsOwn(call) || Caught.Any(call, [disposed]) || IsAsked(call, function)) continue;
            if (IsChange(call))
            {
                if (IsTimerOfOthers(file, call, function)) return [call];
            }
            else if (depth > 0 && DeclarationOf(file, call) is { } called && called != function && In(file, called, disposed, depth - 1) is { } rest)
            {
                return [call, .. rest];
            }
        }

        return null;
    }

    private static bool IsChange(IInvocationOperation call) => call.TargetMethod is { Name: "Change", ContainingType: { Name: "Timer" or "ITimer", ContainingNamespace.Name: "Threading" } };

    /// <summary>A method of the same object whose exceptions come out at the call.</summary>
    private static bool IsOwn(IInvocationOperation call) =>
        call is { Instance: IInstanceReferenceOperation, TargetMethod: { IsAbstract: false, IsAsync: false } method } && !Tasks.IsTask(method.ReturnType);

    private static SyntaxNode? DeclarationOf(RuleContext file, IInvocationOperation call) =>
        file.Analysis.Summaries.IsOwn(call.TargetMethod) ? file.Analysis.Bodies.Of(call.TargetMethod, file.Cancellation)?.Syntax : null;

    /// <summary>Another member disposes it.</summary>
    private static bool IsTimerOfOthers(RuleContext file, IInvocationOperation call, SyntaxNode function) =>
        call.Instance is not null && IoCalls.Unwrapped(call.Instance) is IFieldReferenceOperation { Field: var field } && file.Analysis.Summaries.IsOwn(field) && IsDisposedElsewhere(file, field, function);

    /// <summary>Under a lock, or behind a condition that asks for something: perhaps whether the owner is closing.</summary>
    private static bool IsAsked(IOperation call, SyntaxNode function)
    {
        for (var node = call.Syntax; node is not null && node != function; node = node.Parent)
        {
            if (node is LockStatementSyntax or IfStatementSyntax or ConditionalAccessExpressionSyntax or ConditionalExpressionSyntax or WhileStatementSyntax or BinaryExpressionSyntax) return true;
            if (node.Parent is BlockSyntax block && block.Statements.TakeWhile(s => s != node).Any(s => s is IfStatementSyntax { Statement: var then } && EndsHere(then))) return true;
        }

        return false;

        static bool EndsHere(StatementSyntax statement) => statement is ReturnStatementSyntax || statement is BlockSyntax { Statements: var all } && all.LastOrDefault() is ReturnStatementSyntax;
    }

    private static bool IsDisposedElsewhere(RuleContext file, IFieldSymbol field, SyntaxNode function)
    {
        foreach (var reference in field.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax(file.Cancellation).DescendantNodes())
            {
                if (node is not IdentifierNameSyntax name || name.Identifier.ValueText != field.Name || function.Span.Contains(name.Span) && function.SyntaxTree == name.SyntaxTree) continue;
                var access = name.Whole();
                var member = access.Parent switch
                {
                    MemberAccessExpressionSyntax outer when outer.Expression == access => outer.Name.Identifier.ValueText,
                    ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } } => binding.Name.Identifier.ValueText,
                    _ => null,
                };
                if (member is "Dispose" or "DisposeAsync" && !IsReplaced(name, field.Name)) return true;
            }
        }

        return false;
    }

    /// <summary>Another one stands in the field right after: <c>_timer?.Dispose(); _timer = new Timer(…);</c>.</summary>
    private static bool IsReplaced(SyntaxNode disposal, string field) =>
        disposal.Ancestors().OfType<BlockSyntax>().Take(2).Any(block => block.Statements.SkipWhile(s => !s.Span.Contains(disposal.Span)).Skip(1).Any(s => s.PutsNewInto(field)));
}
