using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Who takes out of a cache what has failed there: in a <c>catch</c>, in a continuation, or having asked how the task ended.</summary>
internal sealed class FailureEvictions(Analysis analysis, CacheFills fills, CancellationToken cancellation)
{
    private const int Depth = 3;

    public static bool AsksHowItEnded(string property) => property is "IsFaulted" or "IsCanceled" or "IsCompletedSuccessfully" or "Status" or "Exception";

    /// <summary>Something takes out what this fill has put in, once it has failed.</summary>
    public bool Evict(CacheFill fill, SyntaxNode member)
    {
        var root = Values.Root(fill.Operation);
        if (fill.Cache is not { } cache || cache is IParameterSymbol && Values.OwnMember(fill.Operation) is null && cache.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor })
            return Asks(root, Depth) || fill.Cache is { } passed && Clears(root, passed).Any(c => Failures(c, passed, Depth).Any()) || SetsExpiry(root);
        if (SetsExpiry(root)) return true;
        foreach (var (declaration, code) in MembersThatName(cache))
        {
            var isOwn = declaration == member;
            var mayFill = fills.In(code).Any(f => Values.Is(f.Cache, cache) && !IsInHandler(f.Operation));
            if (Asks(code, isOwn || !mayFill ? Depth : 1) && (mayFill || Clears(code, cache).Any()) && Concerns(declaration, mayFill, member)) return true;
            foreach (var clear in Clears(code, cache))
            {
                foreach (var handler in Failures(clear, cache, Depth))
                {
                    var fillsToo = handler == declaration ? mayFill : handler is not null && FillsIn(handler, cache);
                    if (handler is null || Concerns(handler, fillsToo, member)) return true;
                }
            }
        }

        return false;
    }

    /// <summary>What evicts for its own fills evicts for others only where one calls the other; what is filled when its owner is made can only be replaced.</summary>
    private static bool Concerns(SyntaxNode handler, bool fillsToo, SyntaxNode member) =>
        handler == member || !fillsToo || member is VariableDeclaratorSyntax or PropertyDeclarationSyntax or ConstructorDeclarationSyntax || Names(handler, member) || Names(member, handler);

    private static bool Names(SyntaxNode code, SyntaxNode declared) =>
        declared.EnclosingName() is { } name && code.DescendantTokens().Any(t => t.ValueText == name);

    private bool FillsIn(SyntaxNode declaration, ISymbol cache) =>
        Code.Of(declaration, analysis.Bodies.ModelOf(declaration.SyntaxTree), cancellation) is { } code && fills.In(code).Any(f => Values.Is(f.Cache, cache) && !IsInHandler(f.Operation));

    /// <summary>The members whose code may touch the cache.</summary>
    private IEnumerable<(SyntaxNode Declaration, IOperation Code)> MembersThatName(ISymbol cache)
    {
        foreach (var tree in Trees(cache))
        {
            foreach (var member in analysis.Holders.AllCodeIn(tree, cancellation))
            {
                if (!member.Identifiers.Contains(cache.Name)) continue;
                if (Code.Of(member.Declaration, analysis.Bodies.ModelOf(tree), cancellation) is { } code) yield return (member.Declaration, code);
            }
        }
    }

    private IEnumerable<SyntaxTree> Trees(ISymbol cache) =>
        cache.DeclaredAccessibility is Accessibility.Private or Accessibility.NotApplicable && cache.ContainingType is { } type
            ? type.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).Distinct()
            : analysis.Compilation.SyntaxTrees;

    /// <summary>What empties the cache, takes one value out or puts another in its place.</summary>
    public IEnumerable<IOperation> Clears(IOperation code, ISymbol cache)
    {
        foreach (var operation in code.DescendantsAndSelf())
        {
            switch (operation)
            {
                case ISimpleAssignmentOperation { Target: var target } when Is(target, cache):
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } container } } when Is(container, cache):
                case IInvocationOperation { TargetMethod: { ContainingType.Name: "Interlocked" or "Volatile" or "ImmutableInterlocked" }, Arguments: [var first, _, ..] } when Is(first.Value, cache):
                case IInvocationOperation call when TakesOut(call.TargetMethod.Name) && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } receiver && Is(receiver, cache):
                    yield return operation;
                    break;
            }
        }
    }

    private static bool Is(IOperation value, ISymbol cache) => CacheFills.Container(value) is { } container && Values.Is(container, cache) || IsGivenAlong(value, cache);

    /// <summary>A continuation that captures nothing gets the cache as its state: <c>ContinueWith(static (t, state) => …, _sessions)</c>.</summary>
    private static bool IsGivenAlong(IOperation value, ISymbol cache) =>
        Values.Unwrapped(value) is ILocalReferenceOperation or IParameterReferenceOperation && SymbolEqualityComparer.Default.Equals(Values.Unwrapped(value).Type, Symbols.TypeOfValue(cache))
        && Values.FunctionAround(value) is { } function && ContinuedBy(function) is { } call && call.Arguments.Any(a => a.Value.DescendantsAndSelf().Any(given => given is IMemberReferenceOperation or IParameterReferenceOperation && CacheFills.Container(given) is { } passed && Values.Is(passed, cache)));

    private static bool TakesOut(string method) =>
        method is "Remove" or "TryRemove" or "Clear" or "TryUpdate" or "AddOrUpdate" or "RemoveAll" or "SetItem"
        || ClosingFlags.Words(method).FirstOrDefault() is "Evict" or "Invalidate" or "Reset" or "Discard" or "Drop" or "Forget" or "Expire" or "Remove";

    /// <summary>The members in which a failure leads to this clearing: its own, or those that call its method where they see one.</summary>
    private IEnumerable<SyntaxNode?> Failures(IOperation clear, ISymbol cache, int depth)
    {
        if (IsInFailure(clear))
        {
            yield return Member(clear);
            yield break;
        }

        if (depth == 0 || MethodAround(clear) is not { } method) yield break;
        foreach (var call in analysis.Callers.Of(method, cancellation))
        {
            if (call is IMethodReferenceOperation ? IsContinuation(call) : call is IInvocationOperation)
            {
                foreach (var handler in Failures(call, cache, depth - 1)) yield return handler;
            }
        }
    }

    private static SyntaxNode? Member(IOperation operation)
    {
        for (var node = operation.Syntax; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }:
                case VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } or PropertyDeclarationSyntax { Initializer: not null } or CompilationUnitSyntax:
                    return node;
            }
        }

        return null;
    }

    private IMethodSymbol? MethodAround(IOperation operation) => Values.MethodAround(operation, analysis.Bodies.ModelOf(operation.Syntax.SyntaxTree));

    /// <summary>Runs where a failure is known, or under a question how it ended.</summary>
    private static bool IsInFailure(IOperation operation)
    {
        if (IsInHandler(operation)) return true;
        for (IOperation child = operation; child.Parent is { } parent; child = parent)
        {
            switch (parent)
            {
                case IConditionalOperation conditional when conditional.Condition != child && TellsFailure(conditional.Condition):
                case ISwitchExpressionArmOperation or ISwitchCaseOperation when IsTask(parent.Parent):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Runs only after a failure: in a <c>catch</c> or <c>finally</c>, in a continuation.</summary>
    private static bool IsInHandler(IOperation operation)
    {
        for (IOperation child = operation; child.Parent is { } parent; child = parent)
        {
            if (parent is ICatchClauseOperation || parent is ITryOperation attempt && attempt.Finally == child) return true;
            if (parent is IAnonymousFunctionOperation && IsContinuation(parent)) return true;
        }

        return operation is IMethodReferenceOperation && IsContinuation(operation);
    }

    private static bool IsTask(IOperation? decision) => decision is ISwitchExpressionOperation { Value.Type: { } type } && Tasks.IsTask(type) || decision is ISwitchOperation { Value.Type: { } switched } && Tasks.IsTask(switched);

    private static bool IsContinuation(IOperation function) => ContinuedBy(function) is not null;

    /// <summary>The call that is given a function to run once a task has ended.</summary>
    private static IInvocationOperation? ContinuedBy(IOperation function)
    {
        while (function.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation) function = function.Parent;
        return function.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "ContinueWith" or "OnCompleted" or "UnsafeOnCompleted" or "Observe" or "RegisterPostEvictionCallback" } call } ? call : null;
    }

    /// <summary>Asks how a task ended, or a variable that the same function sets around a <c>try</c>.</summary>
    private static bool TellsFailure(IOperation condition) =>
        condition.DescendantsAndSelf().Any(o => IsAsking(o) || o is ILocalReferenceOperation { Local: var local } && Values.References(local, Values.Root(condition)).Any(r => IsWritten(r) && IsInTryBefore(r, condition)));

    private static bool IsWritten(IOperation reference) => reference.Parent is IAssignmentOperation assignment && assignment.Target == reference;

    /// <summary>A <c>try</c> that has ended where the question is asked: within one it tells nothing of how that ends.</summary>
    private static bool IsInTryBefore(IOperation operation, IOperation condition)
    {
        for (var parent = operation.Parent; parent is not null and not IAnonymousFunctionOperation; parent = parent.Parent)
        {
            if (parent is ITryOperation && !parent.Syntax.Span.Contains(condition.Syntax.Span)) return true;
        }

        return false;
    }

    private static bool IsAsking(IOperation operation) => operation is IPropertyReferenceOperation { Property: { Name: var name, ContainingType: { } type } } && AsksHowItEnded(name) && Tasks.IsTask(type);

    /// <summary>The code asks how a task ended, or has it asked by a method of its own; a continuation that looks at its own task decides about nothing here.</summary>
    private bool Asks(IOperation code, int depth)
    {
        foreach (var operation in code.DescendantsAndSelf())
        {
            if (IsAsking(operation) && !IsInContinuation(operation)) return true;
            if (depth > 1 && operation is IInvocationOperation { TargetMethod: { ReturnType.SpecialType: SpecialType.System_Boolean } method } && Values.CodeOf(method, analysis, cancellation) is { } callee && callee.Syntax != code.Syntax && Asks(callee, depth - 1)) return true;
        }

        return false;
    }

    private static bool IsInContinuation(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation && IsContinuation(parent)) return true;
        }

        return false;
    }

    /// <summary>The entry ends by a token of the user's own, which a failure may cancel.</summary>
    private static bool SetsExpiry(IOperation code) => code.Descendants().Any(o => o is IInvocationOperation { TargetMethod.Name: "AddExpirationToken" });
}
