using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>
/// The tasks of an operation that is started several times, as one value: the list that each is added to, what <c>Select</c>
/// makes of them, the <c>Task.WhenAll</c> over either.
/// </summary>
internal sealed class Gathered
{
    private readonly SyntaxNode _operation;
    private readonly HashSet<ISymbol> _lists = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _tasks = new(SymbolEqualityComparer.Default);
    private readonly bool _shrinks;

    public Gathered(IInvocationOperation operation, IReadOnlyList<IOperation> body)
    {
        _operation = operation.Syntax;
        foreach (var part in body)
        {
            if (part is IInvocationOperation call && AddedTo(call) is { } list) _lists.Add(list);
            if (part is ISimpleAssignmentOperation { Target: IArrayElementReferenceOperation { ArrayReference: ILocalReferenceOperation array }, Value: var set } && IsIt(set)) _lists.Add(array.Local);
            if (part is ISimpleAssignmentOperation { Target: ILocalReferenceOperation variable, Value: var made } && (IsMade(made) || IsIt(made))) (Dropped.IsTask(variable.Type) ? _tasks : _lists).Add(variable.Local);
        }

        // One that shrinks is waited for until it is empty.
        _shrinks = _lists.RemoveWhere(list => body.Any(p => p is IInvocationOperation { TargetMethod.Name: "Remove" or "RemoveAt" or "RemoveAll", Instance: ILocalReferenceOperation { Local: var from } } && SymbolEqualityComparer.Default.Equals(from, list))) > 0;
    }

    /// <summary>The call puts the task to the others in a list of this function.</summary>
    public bool IsAdding(IInvocationOperation call) => AddedTo(call) is { } list && _lists.Contains(list);

    /// <summary>All of the tasks, or the wait for all of them.</summary>
    public bool IsAll(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => _lists.Contains(local.Local),
        _ when IsMade(operation) => !_shrinks,
        IInvocationOperation { TargetMethod: { Name: "WhenAll", ContainingType.Name: "Task" } } all => all.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()).Any(IsOneOf),
        _ => false,
    };

    private bool IsOneOf(IOperation waited) => IsIt(waited) || IsAll(waited) || waited is ILocalReferenceOperation local && _tasks.Contains(local.Local);

    /// <summary>All of what <c>Select</c> answers, started: the sequence itself starts them when it is waited for. Or an array that is written down with them.</summary>
    private bool IsMade(IOperation value) => Code.Unwrapped(value) switch
    {
        IInvocationOperation { TargetMethod: { Name: "ToArray" or "ToList", ContainingType.Name: "Enumerable" }, Arguments: [{ Value: var sequence }] } => IsIt(sequence),
        IArrayCreationOperation { IsImplicit: false, Initializer: { } written } => written.ElementValues.Any(IsIt),
        _ => false,
    };

    private ILocalSymbol? AddedTo(IInvocationOperation call) =>
        call is { TargetMethod.Name: "Add", Instance: { } list, Arguments: [{ Value: var added }] } && IsIt(added) ? (Code.Unwrapped(list) as ILocalReferenceOperation)?.Local : null;

    private bool IsIt(IOperation value)
    {
        value = Code.Unwrapped(value);
        while (value is IInvocationOperation { TargetMethod.Name: "AsTask" or "ConfigureAwait", Instance: { } task }) value = Code.Unwrapped(task);
        return value.Syntax == _operation;
    }
}
