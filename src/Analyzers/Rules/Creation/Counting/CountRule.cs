using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation.Counting;

internal enum Level
{
    Down,

    /// <summary>It went up on this path.</summary>
    Up,

    /// <summary>The same, and something has failed since.</summary>
    Failed,

    /// <summary>It is down again.</summary>
    Settled,

    /// <summary>A handler or continuation will take it down.</summary>
    Left,
}

/// <summary>Where a count is on one path.</summary>
internal readonly struct Tally(Level level, IOperation? raised = null, IOperation? failed = null) : IEquatable<Tally>
{
    public Level Level { get; } = level;

    public IOperation? Raised { get; } = raised;

    public IOperation? Failed { get; } = failed;

    public bool IsUp => Level is Level.Up or Level.Failed;

    public bool Equals(Tally other) => Level == other.Level && ReferenceEquals(Raised, other.Raised) && ReferenceEquals(Failed, other.Failed);

    public override bool Equals(object? obj) => obj is Tally other && Equals(other);

    public override int GetHashCode() => (int)Level;
}

/// <summary>What a function does to a count that is up when it is called.</summary>
internal sealed class Move(bool raises, bool settles, ImmutableArray<INamedTypeSymbol> throwsUp, ImmutableArray<INamedTypeSymbol> throwsSettled)
{
    /// <summary>From below it comes back with the count up, always.</summary>
    public bool Raises { get; } = raises;

    public bool Settles { get; } = settles;

    public ImmutableArray<INamedTypeSymbol> ThrowsUp { get; } = throwsUp;

    public ImmutableArray<INamedTypeSymbol> ThrowsSettled { get; } = throwsSettled;
}

/// <summary>Follows one count through a body: up, down, and what can throw in between.</summary>
internal sealed class CountRule(Counter counter, Count count, Body body, int depth) : IPathRule<Tally>
{
    private readonly HashSet<object> _answers = [];
    private readonly Dictionary<object, IInvocationOperation> _opened = [];
    private readonly Dictionary<object, IInvocationOperation> _begun = [];
    private bool _isHandled;

    /// <summary>It went up again where the last way down had been skipped by a failure.</summary>
    public List<Tally> Lost { get; } = [];

    /// <summary>Work that nobody waits for was to take it down, and can fail before it does.</summary>
    public List<Tally> Dropped { get; } = [];

    public bool IsSource(IOperation operation) => false;

    public Step<Tally> Visit(IOperation operation, Tally token, PathView<Tally> view)
    {
        // `var connecting = client.ConnectAsync(…); await connecting;`
        if (operation is ISimpleAssignmentOperation { Target: var begun, Value: var task } && PathView<Tally>.Unwrapped(task) is IInvocationOperation beginning && Tasks.IsTask(beginning.Type) && view.KeyOfTarget(begun) is { } kept) _begun[kept] = beginning;
        switch (operation)
        {
            case IInvocationOperation or IIncrementOrDecrementOperation or ICompoundAssignmentOperation when Moves(operation) is { } up:
                if (!up) return new(token.IsUp && !OtherEntries.Takes(operation.Syntax, token.Raised?.Syntax) ? new Tally(Level.Settled, token.Raised, token.Failed) : token);
                if (token.Level == Level.Failed) Lost.Add(token);
                return new(new Tally(_isHandled && !OpensAfter(operation) ? Level.Left : Level.Up, operation));
            case IEventAssignmentOperation { Adds: true, HandlerValue: { } handler, EventReference: IEventReferenceOperation { Instance: ILocalReferenceOperation or IParameterReferenceOperation } } when counter.TakesDown(count, handler):
                _isHandled = true;
                return new(token);
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var next } } when token.Level == Level.Up && IsAdded(next, token.Raised):
                return new(default);
            case ISimpleAssignmentOperation { Target: var target, Value: var value } when PathView<Tally>.Unwrapped(value) is IInvocationOperation answered && Moves(answered) == true && view.KeyOfTarget(target) is { } key:
                _answers.Add(key);
                return new(token);
            case ISimpleAssignmentOperation { Target: var target, Value: var value } when token.IsUp && PathView<Tally>.Unwrapped(value) is IInvocationOperation opened && view.KeyOfTarget(target) is { } key && counter.HidesFailure(opened.TargetMethod):
                _opened[key] = opened;
                return new(token);
            case IPropertyReferenceOperation { Property.Name: "RemoteEndPoint" or "LocalEndPoint", Instance: { } asked } property when token.IsUp && counter.Analysis.Connections.TypeOf(asked.Type) is not null:
                return new(token) { Throws = counter.SocketFailure, OnThrow = Failed(token, property) };
            case IObjectCreationOperation lease when token.IsUp && counter.IsLease(count, lease):
                return new(new Tally(Level.Left, token.Raised, token.Failed));
            case IObjectCreationOperation { Type.Name: "NetworkStream" } stream when token.IsUp:
                return new(token) { Throws = counter.SocketFailure, OnThrow = Failed(token, stream) };
            case IInvocationOperation call:
                return Call(call, token);
            case IFlowAnonymousFunctionOperation lambda when token.IsUp && counter.MovesDown(count, lambda.Syntax):
                if (IsStarted(lambda) && counter.FailureOf(count, lambda.Syntax, depth - 1) is { } failure) Dropped.Add(Failed(token, failure));
                return new(new Tally(Level.Left, token.Raised, token.Failed));
            case IMethodReferenceOperation { Method: var method } when token.IsUp && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && counter.MovesDown(count, syntax):
                return new(new Tally(Level.Left, token.Raised, token.Failed));
            case IAwaitOperation awaited when token.IsUp:
                return Await(awaited, token);
            default:
                return new(token);
        }
    }

    /// <summary>A connection that opens only now may never come to tell of its end.</summary>
    private bool OpensAfter(IOperation up) =>
        body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.SpanStart > up.Syntax.SpanStart && counter.Analysis.Holders.MayOpen(c.Expression.LastWord()));

    public bool Assume(IOperation condition, bool isTrue, ref Tally token, PathView<Tally> view)
    {
        if (token.Level != Level.Up) return true;
        var bare = PathView<Tally>.Unwrapped(condition);
        while (bare is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not) (bare, isTrue) = (PathView<Tally>.Unwrapped(not.Operand), !isTrue);
        // `if (!TryAdd(…))`: it is not up then.
        var asks = bare is IInvocationOperation call && Moves(call) == true || IsAnswer(bare);
        if (asks && !isTrue) token = default;
        foreach (var opened in _opened)
        {
            if (token.Level == Level.Up && view.State.Variables.TryGet(opened.Key, out var known) && known == Known.Null) token = Failed(token, opened.Value);
        }

        return true;
    }

    /// <summary>A variable that holds what the way up has answered, or its task.</summary>
    private bool IsAnswer(IOperation value) => PathView<Tally>.KeyOf(PathView<Tally>.Unwrapped(value)) is { } key && _answers.Contains(key);

    public Tally Return(IOperation? value, Tally token, PathView<Tally> view) => token;

    /// <summary>The variable whose connection was added takes the next one: that of the last turn lives on where it was put.</summary>
    private static bool IsAdded(ILocalSymbol variable, IOperation? raised) =>
        raised is IInvocationOperation adding && adding.Arguments.Any(a => PathView<Tally>.Unwrapped(a.Value) is ILocalReferenceOperation { Local: var added } && SymbolEqualityComparer.Default.Equals(added, variable));

    private bool? Moves(IOperation operation)
    {
        foreach (var up in count.Ups)
        {
            if (up == operation.Syntax) return true;
        }

        foreach (var down in count.Downs)
        {
            if (down == operation.Syntax) return false;
        }

        return null;
    }

    private Step<Tally> Call(IInvocationOperation call, Tally token)
    {
        var method = call.TargetMethod;
        if (method.MethodKind == MethodKind.LocalFunction || counter.Openings.IsFollowed(method))
        {
            if (Inner(method) is not { } inner) return token.IsUp && counter.MovesDown(count, method) ? new(new Tally(Level.Settled, token.Raised, token.Failed)) : new(token);
            if (token.IsUp && inner.Settles && !OtherEntries.Takes(call.Syntax, token.Raised?.Syntax))
            {
                if (!inner.ThrowsUp.IsEmpty && !Counter.IsHeard(call) && call.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }) Dropped.Add(Failed(token, call));
                return new(new Tally(Level.Settled, token.Raised, token.Failed)) { Throws = Heard(call, inner.ThrowsUp), OnThrow = Failed(token, call) };
            }

            if (!token.IsUp && inner.Raises) return new(new Tally(Level.Up, call));
            return token.IsUp ? new(token) { Throws = Heard(call, inner.ThrowsUp), OnThrow = Failed(token, call) } : new(token);
        }

        if (!token.IsUp || call.Type?.Name is "Task" or "ValueTask" && method.MethodKind != MethodKind.DelegateInvoke) return new(token);
        var runsOthers = method.MethodKind == MethodKind.DelegateInvoke && call.Type?.Name is not ("Task" or "ValueTask") && call.Arguments.Any(a => counter.Analysis.Connections.TypeOf(a.Value.Type) is not null);
        return new(token) { Throws = runsOthers ? [counter.AnyException] : counter.Throws(call), OnThrow = Failed(token, call) };
    }

    /// <summary>The function is a piece of work of its own: <c>Task.Run(async () => …)</c>.</summary>
    private static bool IsStarted(IOperation lambda)
    {
        var outer = lambda.Parent;
        while (outer is IDelegateCreationOperation or IConversionOperation or IArgumentOperation) outer = outer.Parent;
        return outer is IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem", ContainingType.Name: "Task" or "TaskFactory" or "ThreadPool" } };
    }

    private static Tally Failed(Tally token, IOperation by) => new(Level.Failed, token.Raised, by);

    private static ImmutableArray<INamedTypeSymbol> Heard(IInvocationOperation call, ImmutableArray<INamedTypeSymbol> throws) => Counter.IsHeard(call) ? throws : [];

    private Move? Inner(IMethodSymbol method) => depth <= 0 ? null : counter.MoveOf(count, method, body, depth - 1);

    private Step<Tally> Await(IAwaitOperation awaited, Tally token)
    {
        var task = PathView<Tally>.Unwrapped(awaited.Operation);
        if (!IsAnswer(task) && PathView<Tally>.KeyOf(task) is { } kept && _begun.TryGetValue(kept, out var beginning)) task = beginning;
        if (task is IInvocationOperation call)
        {
            // An own method has thrown at its call already.
            if (Moves(call) is not null || call.TargetMethod.MethodKind == MethodKind.LocalFunction || counter.Openings.IsFollowed(call.TargetMethod)) return new(token);
            if (call.TargetMethod.Name is "WhenAny" or "DisposeAsync" or "Yield" or "CancelAsync") return new(token);
            // A lock that nothing can cancel.
            if (call.TargetMethod is { Name: "WaitAsync", ContainingType.Name: "SemaphoreSlim" } && call.Arguments.All(a => a.ArgumentKind == ArgumentKind.DefaultValue)) return new(token);
            if (call.TargetMethod is { Name: "Delay", ContainingType.Name: "Task" } && call.Arguments.Length < 2) return new(token);
            return new(token) { Throws = counter.Throws(call) is { IsEmpty: false } known ? known : [counter.AnyException], OnThrow = Failed(token, call) };
        }

        // `var entering = gate.WaitAsync(limit); if (!await entering) return;`: who fails to enter is not in.
        return new(token) { Throws = [counter.AnyException], OnThrow = IsAnswer(task) ? default : Failed(token, awaited) };
    }
}
