using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

internal enum ExchangeState
{
    None,

    /// <summary>The request is out.</summary>
    Written,

    /// <summary>Its answer is being read by a task that nobody has waited for yet.</summary>
    Reading,

    Answered,

    /// <summary>Given up between the request and the end of its answer.</summary>
    Cut,

    Closed,
}

/// <param name="State">How far the exchange is.</param>
/// <param name="Catch">The clause that has seen the interruption.</param>
/// <param name="Released">Where the next user was let in after it.</param>
internal readonly record struct ExchangeToken(ExchangeState State, CatchClauseSyntax? Catch, SyntaxNode? Released);

/// <summary>Follows the exchange on one connection, and notes where it goes on to the next user though it was cut short.</summary>
internal sealed class ExchangePath(ExchangeCalls calls, SyntaxNode function, Analysis analysis) : IPathRule<ExchangeToken>
{
    /// <summary>Where a connection with an unread answer is given back or used again.</summary>
    public HashSet<SyntaxNode> Found { get; } = [];

    /// <summary>Only the exits matter.</summary>
    public bool IsSummary { get; init; }

    public bool IsSource(IOperation operation) => false;

    public Step<ExchangeToken> Visit(IOperation operation, ExchangeToken token, PathView<ExchangeToken> view)
    {
        if (token is { State: ExchangeState.Cut, Catch: null } && CatchAround(operation.Syntax) is { } clause) token = token with { Catch = clause };
        switch (operation)
        {
            case IAwaitOperation or IInvocationOperation { IsImplicit: false } when calls.Effects.TryGetValue(operation.Syntax, out var effect):
                return Apply(operation, effect, token, view);
            case IInvocationOperation { IsImplicit: true } hidden when Hidden(hidden, token) is { } after:
                return new(after);
            case IInvocationOperation { Instance: IFlowCaptureReferenceOperation } call when IsConditionalClose(call.Syntax):
                return new(new(ExchangeState.Closed, null, null));
            case ISimpleAssignmentOperation assignment when IsConnection(view.KeyOfTarget(assignment.Target)) || IsMark(assignment):
                return new(new(ExchangeState.Closed, null, null));
            default:
                return new(token);
        }
    }

    public bool Assume(IOperation condition, bool isTrue, ref ExchangeToken token, PathView<ExchangeToken> view)
    {
        // Where no connection is there, or one that has ended, none is kept.
        if (IsNothing(condition) == isTrue || IsEnded(condition) == isTrue) token = new(ExchangeState.Closed, null, null);
        return true;
    }

    /// <summary>The truth of the condition at which the connection says that it has ended: <c>if (_pipe.IsConnected) _pipe.Close();</c></summary>
    private bool? IsEnded(IOperation condition) =>
        PathView<ExchangeToken>.Unwrapped(condition) is IPropertyReferenceOperation { Instance: { Type: { } type } asked, Property: var state } && IsConnection(asked)
        && (analysis.Connections.RolesOf(state, type) & Role.State) != 0 ? !analysis.Catalogue.IsUsable(state, true) : null;

    /// <summary>The truth of the condition at which there is no connection.</summary>
    private bool? IsNothing(IOperation condition) => PathView<ExchangeToken>.Unwrapped(condition) switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary when IsNull(binary.RightOperand) && IsConnection(binary.LeftOperand) => binary.OperatorKind == BinaryOperatorKind.Equals,
        IIsNullOperation { Operand: var asked } when IsConnection(asked) => true,
        IIsPatternOperation { Pattern: IConstantPatternOperation { Value: var value }, Value: var asked } when IsNull(value) && IsConnection(asked) => true,
        IIsPatternOperation { Pattern: INegatedPatternOperation { Pattern: IConstantPatternOperation { Value: var value } }, Value: var asked } when IsNull(value) && IsConnection(asked) => false,
        _ => null,
    };

    private static bool IsNull(IOperation value) => PathView<ExchangeToken>.Unwrapped(value).ConstantValue is { HasValue: true, Value: null };

    public ExchangeToken Return(IOperation? value, ExchangeToken token, PathView<ExchangeToken> view) => token;

    private Step<ExchangeToken> Apply(IOperation operation, ExchangeEffect effect, ExchangeToken token, PathView<ExchangeToken> view)
    {
        var cut = new ExchangeToken(ExchangeState.Cut, null, null);
        switch (effect.Step)
        {
            case ExchangeStep.Write:
                // The last one's answer is still to come.
                if (token is { State: ExchangeState.Cut, Catch: { } swallowing } && !IsSummary) Found.Add(swallowing);
                return new(new(ExchangeState.Written, null, null)) { Throws = effect.Cuts, OnThrow = cut };
            case ExchangeStep.Whole:
                if (token is { State: ExchangeState.Cut, Catch: { } before } && !IsSummary) Found.Add(before);
                return new(new(ExchangeState.Answered, null, null)) { Throws = effect.Cuts, OnThrow = cut };
            case ExchangeStep.Read:
                return token.State is ExchangeState.None or ExchangeState.Closed ? new(token) { Throws = effect.Cuts } : new(new(ExchangeState.Answered, null, null)) { Throws = effect.Cuts, OnThrow = cut };
            case ExchangeStep.Begin:
                return new(token.State == ExchangeState.Written ? token with { State = ExchangeState.Reading } : token);
            case ExchangeStep.Close:
                return new(new(ExchangeState.Closed, null, null));
            case ExchangeStep.Release:
                if (token.State is ExchangeState.Cut or ExchangeState.Reading && IsKept(operation, effect, view) && !AsksTheAnswer(operation.Syntax)) Found.Add(operation.Syntax);
                return new(new(ExchangeState.None, null, null));
            case ExchangeStep.LetIn:
                return new(token.State is ExchangeState.Cut or ExchangeState.Reading ? token with { Released = operation.Syntax } : token);
            default:
                return new(token);
        }
    }

    private static bool IsKept(IOperation operation, ExchangeEffect effect, PathView<ExchangeToken> view)
    {
        if (effect.Condition is not { } condition) return true;
        var argument = (operation as IInvocationOperation)?.Arguments.FirstOrDefault(a => a.Value.Syntax == condition.Argument);
        return argument is not null && view.Of(argument.Value) is var known && known == (condition.KeptWhen ? Known.True : Known.False);
    }

    /// <summary><c>if (count > 0) pool.Return(connection)</c>: a variable that nothing but the read fills says whether it has been.</summary>
    private bool AsksTheAnswer(SyntaxNode release)
    {
        foreach (var choice in release.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax)).OfType<IfStatementSyntax>())
        {
            if (choice.Condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(asked => IsFilledByRead(asked, choice))) return true;
        }

        return false;
    }

    private bool IsFilledByRead(IdentifierNameSyntax variable, SyntaxNode asked)
    {
        var writes = asked.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left is IdentifierNameSyntax left && left.Identifier.ValueText == variable.Identifier.ValueText).ToList();
        return writes is { Count: > 0 } && writes.All(w => calls.Effects.Any(e => e.Value.Step is ExchangeStep.Read or ExchangeStep.Whole && w.Right.Span.Contains(e.Key.Span)));
    }

    /// <summary>The end of a <c>using</c> or a <c>lock</c>.</summary>
    private ExchangeToken? Hidden(IInvocationOperation call, ExchangeToken token)
    {
        if (call.TargetMethod.Name is "Exit" && call.Syntax.FirstAncestorOrSelf<LockStatementSyntax>() is { } locked)
            return IsUnfinished(token) && calls.Effects.Keys.Any(k => locked.Statement.Span.Contains(k.Span)) ? token with { Released = locked } : null;
        if (call.TargetMethod.Name is not ("Dispose" or "DisposeAsync")) return null;
        if (call.Instance is not null && PathView<ExchangeToken>.KeyOf(call.Instance) is ISymbol disposed && SymbolEqualityComparer.Default.Equals(disposed, calls.Connection))
        {
            if (!calls.IsGivenBack && !IsLease(disposed)) return new(ExchangeState.Closed, null, null);
            if (IsUnfinished(token) && IsLease(disposed)) Found.Add(Places.OfRelease(call));
            return new(ExchangeState.None, null, null);
        }

        var place = Places.OfRelease(call);
        return IsUnfinished(token) && place.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(Gates.Enters) ? token with { Released = place } : null;
    }

    private bool IsLease(ISymbol symbol) => symbol is ILocalSymbol local && GivingBack.IsLease(local.Type, analysis, default);

    private static bool IsUnfinished(ExchangeToken token) => token.State is ExchangeState.Cut or ExchangeState.Reading;

    private bool IsConnection(IOperation asked) => IsConnection(PathView<ExchangeToken>.KeyOf(asked));

    private bool IsConnection(object? key) => key is ISymbol symbol and not ILocalSymbol && calls.IsIt(symbol);

    /// <summary><c>_broken = true</c>, <c>connection.IsHealthy = false</c>: who takes it next can see it.</summary>
    private static bool IsMark(ISimpleAssignmentOperation assignment)
    {
        if (assignment.Target is not IMemberReferenceOperation { Member: var member } || assignment.Value.ConstantValue is not { HasValue: true, Value: bool value }) return false;
        var words = value ? new[] { "broken", "fault", "closed", "dead", "dirty", "poison", "invalid", "corrupt", "failed", "desync", "discard", "lost", "mustreset", "stale" } : ["healthy", "ok", "usable", "clean", "open", "valid", "alive", "reusable", "connected", "ready", "insync", "synchron"];
        return words.Any(w => member.Name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);
    }

    /// <summary><c>_connection?.Dispose()</c>.</summary>
    private bool IsConditionalClose(SyntaxNode syntax)
    {
        var access = syntax.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>();
        if (access is null || syntax is not InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Close" or "CloseAsync" or "Abort" or "Disconnect" } }) return false;
        return access.Expression.OwnName() is { } name && calls.IsNamed(name);
    }

    /// <summary>The clause in whose block a node stands, if its <c>try</c> has the exchange.</summary>
    private CatchClauseSyntax? CatchAround(SyntaxNode node)
    {
        for (var parent = node; parent is not null && parent != function; parent = parent.Parent)
        {
            if (parent.Parent is CatchClauseSyntax clause && clause.Block == parent && clause.Parent is TryStatementSyntax attempt && calls.Effects.Keys.Any(k => attempt.Block.Span.Contains(k.Span))) return clause;
        }

        return null;
    }
}

/// <summary>Where an implicit disposal stands in the source.</summary>
internal static class Places
{
    public static SyntaxNode OfRelease(IOperation release)
    {
        var syntax = release.Syntax;
        if (!release.IsImplicit) return syntax;
        return syntax.FirstAncestorOrSelf<SyntaxNode>(n => n is UsingStatementSyntax or LocalDeclarationStatementSyntax) switch
        {
            UsingStatementSyntax { Declaration: { } declaration } => declaration,
            UsingStatementSyntax { Expression: { } expression } => expression,
            LocalDeclarationStatementSyntax { Declaration: var declared } => declared,
            _ => syntax,
        };
    }
}
