using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

internal enum OperationState
{
    NotStarted,

    /// <summary>It may be under way.</summary>
    Pending,

    /// <summary>Ended, or left to others who may wait for it.</summary>
    Done,
}

/// <summary>Follows the task of one operation, and notes where its buffer is given away while it may be under way.</summary>
internal sealed class BufferPath : IPathRule<OperationState>
{
    public static readonly HashSet<string> Releasing = new(StringComparer.Ordinal) { "Return", "ReturnBuffer", "Release", "ReleaseBuffer", "Recycle", "GiveBack", "Free", "Push", "Enqueue", "Add", "TryAdd", "TryWrite", "Put" };

    private static readonly HashSet<string> Filling = new(StringComparer.Ordinal)
    {
        "GetBytes", "TryGetBytes", "Copy", "BlockCopy", "CopyTo", "TryCopyTo", "TryFormat", "TryWriteBytes", "Fill", "Clear", "NextBytes", "GetChars",
        "WriteInt16BigEndian", "WriteInt32BigEndian", "WriteInt64BigEndian", "WriteUInt16BigEndian", "WriteUInt32BigEndian", "WriteUInt64BigEndian",
        "WriteInt16LittleEndian", "WriteInt32LittleEndian", "WriteInt64LittleEndian", "WriteUInt16LittleEndian", "WriteUInt32LittleEndian", "WriteUInt64LittleEndian",
    };

    private readonly BufferOperation _operation;
    private readonly Analysis _analysis;
    private readonly ImmutableArray<INamedTypeSymbol> _anything;
    private readonly Gathered _gathered;

    public BufferPath(BufferOperation operation, Body body, Analysis analysis)
    {
        _operation = operation;
        _analysis = analysis;
        _anything = analysis.Catalogue.Types.Find("System.Exception") is { } any ? [any] : [];
        var parts = body.Graph.Blocks.SelectMany(b => b.BranchValue is { } value ? b.Operations.Add(value) : b.Operations).SelectMany(o => o.DescendantsAndSelf()).ToList();
        _gathered = new Gathered(operation.Call, parts);
        foreach (var part in parts)
        {
            if (Released(part) is not null) CanBeGivenBack = true;
            if (Refilled(part) is not null && part.Syntax != operation.Call.Syntax) CanBeGivenBack = Refills = true;
        }
    }

    /// <summary>The places where the buffer goes, and by which variable.</summary>
    public List<(IOperation Release, ISymbol Buffer)> Found { get; } = [];

    public bool CanBeGivenBack { get; }

    /// <summary>The body writes into the buffer.</summary>
    public bool Refills { get; }

    public bool IsSource(IOperation operation) => IsIt(operation) || _gathered.IsAll(operation);

    public Step<OperationState> Visit(IOperation operation, OperationState token, PathView<OperationState> view)
    {
        if (token == OperationState.Pending && (Released(operation) ?? Refilled(operation)) is { } buffer && !IsIt(operation)) Note(operation, buffer);
        switch (operation)
        {
            case IInvocationOperation when IsIt(operation):
                return new(OperationState.Pending);
            // What waits at all may wait for its event.
            case IAwaitOperation or IInvocationOperation { TargetMethod.Name: "Wait" or "WaitOne" or "WaitAny" or "WaitAll" or "SpinUntil" } when _operation.IsTold:
                return new(OperationState.Done);
            case IAwaitOperation awaited:
                return Awaited(awaited, token, view);
            case IInvocationOperation call when token == OperationState.Pending:
                return Called(call, token, view);
            case IPropertyReferenceOperation { Property.Name: "Result" } result when view.Holds(result.Instance):
                return new(OperationState.Done);
            case IPropertyReferenceOperation { Property.IsIndexer: true } taken when view.Holds(taken.Instance):
                return new(OperationState.Done);
            case IArrayInitializerOperation { Parent: { } array } when _gathered.IsAll(array):
                return new(token);
            // Another buffer from here on.
            case ISimpleAssignmentOperation assignment when IsReplaced(assignment):
                return new(OperationState.Done);
            // `Task.WhenAny(a, b, c)`: the others go on.
            case IArrayInitializerOperation { Parent: IArrayCreationOperation { Parent: IArgumentOperation { Parent: { } race } } } when Patience.IsRace(race):
                return new(token);
            // A task in a list or another object is waited for there.
            case IArrayElementReferenceOperation or IObjectCreationOperation or IArrayInitializerOperation when operation.ChildOperations.Any(view.Holds):
                return new(OperationState.Done);
            default:
                return new(token);
        }
    }

    public bool Assume(IOperation condition, bool isTrue, ref OperationState token, PathView<OperationState> view)
    {
        if (token != OperationState.Pending) return true;
        switch (PathView<OperationState>.Unwrapped(condition))
        {
            case { } answer when _operation.IsTold && (IsIt(answer) || view.Holds(answer) || IsAnswer(answer)):
                if (!isTrue) token = OperationState.Done;
                return true;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Assume(not.Operand, !isTrue, ref token, view);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary when view.Holds(binary.LeftOperand) || view.Holds(binary.RightOperand):
                if (isTrue == (binary.OperatorKind == BinaryOperatorKind.Equals)) token = OperationState.Done;
                return true;
            case IInvocationOperation { TargetMethod.Name: "ReferenceEquals" or "Equals" } equals when isTrue && equals.Arguments.Any(a => view.Holds(a.Value)):
                token = OperationState.Done;
                return true;
            case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "IsCanceled" } property when isTrue && view.Holds(property.Instance):
                token = OperationState.Done;
                return true;
            case IInvocationOperation { TargetMethod.Name: "Wait" } wait when isTrue && view.Holds(wait.Instance):
                token = OperationState.Done;
                return true;
            default:
                return true;
        }
    }

    public OperationState Return(IOperation? value, OperationState token, PathView<OperationState> view) => token;

    private Step<OperationState> Awaited(IAwaitOperation awaited, OperationState token, PathView<OperationState> view)
    {
        if (token != OperationState.Pending) return new(token);
        if (Mentions(awaited.Operation, view) is not { } how) return new(token) { Throws = IsOtherOperation(awaited.Operation) ? _anything : [] };
        // A wait with a limit may end before the operation does.
        return how == "WhenAny" ? new(token) : new(OperationState.Done) { Throws = Patience.EndsWith(awaited.Operation, _analysis), OnThrow = OperationState.Pending };
    }

    /// <summary>Another send or receive: it may fail while this one goes on.</summary>
    private bool IsOtherOperation(IOperation awaited) => PathView<OperationState>.Unwrapped(awaited) switch
    {
        ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared] } when declared.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax begun } && _analysis.Bodies.ModelOf(begun.SyntaxTree).GetOperation(begun) is { } other => IsOtherOperation(other),
        ILocalReferenceOperation => true,
        IInvocationOperation call => Wire.Of(call, _analysis) != WireUse.None,
        _ => false,
    };

    /// <summary>How an awaited expression waits for the operation: null where it is about something else.</summary>
    private string? Mentions(IOperation expression, PathView<OperationState> view)
    {
        switch (expression)
        {
            case IConversionOperation conversion:
                return Mentions(conversion.Operand, view);
            case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync", Instance: { } task }:
                return Mentions(task, view);
            case IInvocationOperation { TargetMethod: { Name: "WhenAll" or "WhenAny", ContainingType.Name: "Task" } } all:
                return all.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()).Any(v => view.Holds(v) || IsIt(v)) ? all.TargetMethod.Name : all.Arguments.Any(a => a.Value is not IArrayCreationOperation) ? "All" : null;
            default:
                return view.Holds(expression) || expression.DescendantsAndSelf().Any(IsIt) ? "" : null;
        }
    }

    private Step<OperationState> Called(IInvocationOperation call, OperationState token, PathView<OperationState> view)
    {
        var name = call.TargetMethod.Name;
        if (view.Holds(call.Instance))
        {
            if (name is "GetResult") return new(OperationState.Done);
            // `Wait()` waits to the end; `Wait(timeout)` tells by its answer whether it has.
            if (name is "Wait") return new(call.Arguments.IsEmpty || call.Arguments.All(a => a.Parameter?.Type.Name == "CancellationToken") ? OperationState.Done : token);
            if (name is "GetAwaiter") return new(OperationState.Done);
            // A continuation that has the buffer may give it back; one that nobody waits for, and that has not, changes nothing.
            if (name is "ContinueWith") return new(Dropped.Is(call) && !call.Arguments.Any(HasBuffer) ? token : OperationState.Done);
            if (_gathered.IsAdding(call)) return new(token);
            // One after the other is taken out of the list, and waited for most likely.
            return new(Dropped.IsTask(call.Instance!.Type) ? token : OperationState.Done);
        }

        if (name.StartsWith("End", StringComparison.Ordinal) && call.Arguments.Any(a => view.Holds(a.Value))) return new(OperationState.Done);
        if (name is "WhenAny" or "WhenAll" && call.TargetMethod.ContainingType?.Name == "Task") return new(token);
        if (name is "WaitAll" && call.TargetMethod.ContainingType?.Name == "Task") return new(OperationState.Done);
        if (_gathered.IsAdding(call) || _gathered.IsAll(call)) return new(token);
        if (name is "ThrowIfCancellationRequested") return new(token) { Throws = _anything };
        // Somebody else has the task now: a list, a helper that observes it.
        return call.Arguments.Any(a => view.Holds(a.Value) || IsIt(PathView<OperationState>.Unwrapped(a.Value))) ? new(OperationState.Done) : new(token);
    }

    private void Note(IOperation release, ISymbol buffer)
    {
        if (!Found.Any(f => f.Release.Syntax == release.Syntax)) Found.Add((release, buffer));
    }

    private bool IsIt(IOperation operation) => operation is IInvocationOperation && operation.Syntax == _operation.Call.Syntax && !operation.IsImplicit;

    /// <summary>A variable that was made to hold what the call answers.</summary>
    private bool IsAnswer(IOperation operation) =>
        operation is ILocalReferenceOperation { Local: var local } && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } made } && made == _operation.Call.Syntax;

    /// <summary>The buffer that an operation gives back; null where it does not.</summary>
    private ISymbol? Released(IOperation operation)
    {
        if (operation is not IInvocationOperation call) return null;
        var name = call.TargetMethod.Name;
        if (name is "Dispose" or "DisposeAsync")
        {
            var disposed = call.Instance is null ? null : BufferOperations.Variable(PathView<OperationState>.Unwrapped(call.Instance));
            return disposed is not null && BufferOperations.IsOwner(TypeOf(disposed)) ? Buffer(disposed) : null;
        }

        if (!Releasing.Contains(name) || !IsPool(call)) return null;
        foreach (var argument in call.Arguments)
        {
            if (BufferOperations.Variable(PathView<OperationState>.Unwrapped(argument.Value)) is { } given && Buffer(given) is { } buffer) return buffer;
        }

        return null;
    }

    private static bool IsPool(IInvocationOperation call)
    {
        var type = call.TargetMethod.ContainingType;
        if (call.TargetMethod.Name.StartsWith("Return", StringComparison.Ordinal) || call.TargetMethod.Name is "Recycle" or "GiveBack" or "ReleaseBuffer") return true;
        // Into a container it is given back where that is a pool: what is taken from it comes from there.
        return Wire.KeyOf(Wire.Receiver(call)) is { } key && (key.Name.IndexOf("pool", StringComparison.OrdinalIgnoreCase) >= 0 || key.Name.IndexOf("free", StringComparison.OrdinalIgnoreCase) >= 0 || key.Name.IndexOf("idle", StringComparison.OrdinalIgnoreCase) >= 0 || key.Name.IndexOf("spare", StringComparison.OrdinalIgnoreCase) >= 0 || key.Name.IndexOf("buffers", StringComparison.OrdinalIgnoreCase) >= 0 && type?.Name is not "List");
    }

    /// <summary>The buffer that is written anew; null where none is.</summary>
    private ISymbol? Refilled(IOperation operation)
    {
        switch (operation)
        {
            case IAssignmentOperation { Target: IArrayElementReferenceOperation set }:
                return BufferOperations.Variable(set.ArrayReference) is { } element ? Reused(element) : null;
            case IIncrementOrDecrementOperation { Target: IArrayElementReferenceOperation counted }:
                return BufferOperations.Variable(counted.ArrayReference) is { } counter ? Reused(counter) : null;
            case IInvocationOperation call when Filling.Contains(call.TargetMethod.Name) || Wire.Of(call, _analysis) == WireUse.Read:
                foreach (var argument in call.Arguments)
                {
                    if (argument.Parameter?.Type is not { } type || type.Name is "ReadOnlySpan" or "ReadOnlyMemory" || !IsWritable(type) && type.SpecialType != SpecialType.System_Object && type.Name != "Array") continue;
                    if (call.TargetMethod.Name is "Copy" or "BlockCopy" && argument.Parameter.Ordinal == 0) continue;
                    foreach (var behind in BufferOperations.Behind(argument.Value, 1))
                    {
                        if (Reused(behind) is { } buffer) return buffer;
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private bool IsReplaced(ISimpleAssignmentOperation assignment) =>
        BufferOperations.Variable(assignment.Target) is { } variable && Buffer(variable) is not null && !BufferOperations.Behind(assignment.Value, 1).Any(b => Buffer(b) is not null);

    private static bool IsWritable(ITypeSymbol type) => type is IArrayTypeSymbol || type.Name is "Span" or "Memory" or "ArraySegment";

    private ISymbol? Reused(ISymbol symbol) => IsSend ? Buffer(symbol) : null;

    /// <summary>Only what a send still reads is spoilt by new contents.</summary>
    private bool IsSend => !_operation.IsTold && IsWriting;

    private bool IsWriting => Wire.Of(_operation.Call, _analysis) == WireUse.Write || _operation.Call.TargetMethod.Name.StartsWith("BeginSend", StringComparison.Ordinal) || _operation.Call.TargetMethod.Name.StartsWith("BeginWrite", StringComparison.Ordinal) || _operation.Call.TargetMethod.Name.StartsWith("Send", StringComparison.Ordinal) || _operation.Call.TargetMethod.Name.StartsWith("Write", StringComparison.Ordinal);

    private bool HasBuffer(IOperation argument) => _operation.Buffers.Any(b => argument.Syntax.Mentions(b.Name));

    private ISymbol? Buffer(ISymbol symbol) => _operation.Buffers.FirstOrDefault(b => SymbolEqualityComparer.Default.Equals(b, symbol));

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => local.Type,
        IParameterSymbol parameter => parameter.Type,
        IFieldSymbol field => field.Type,
        _ => null,
    };
}
