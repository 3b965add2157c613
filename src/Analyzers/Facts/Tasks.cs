using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Where a function learns how a task ended.</summary>
internal static class Tasks
{
    public static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask", ContainingNamespace: { Name: "Tasks", ContainingNamespace.Name: "Threading" } };

    /// <summary>The <c>await</c> or wait at which the failure of a task comes out; null where it does not, or leaves with the task that is returned.</summary>
    public static IOperation? Surface(IOperation task, Bodies bodies, out bool isReturned, int depth = 3)
    {
        isReturned = false;
        for (var step = 0; step < 20; step++)
        {
            task = Results.Outermost(task);
            switch (task.Parent)
            {
                case IAwaitOperation awaiting:
                    return awaiting;
                case IForEachLoopOperation loop:
                    return loop.Collection;
                case IPropertyReferenceOperation { Property.Name: "Result" } result:
                    return result;
                case IInvocationOperation call when call.Instance == task:
                    if (call.TargetMethod.Name is "Wait" or "GetResult") return call;
                    if (call.TargetMethod.Name is not ("ConfigureAwait" or "AsTask" or "Preserve" or "WaitAsync" or "GetAwaiter")) return null;
                    task = call;
                    continue;
                case IArgumentOperation { Parent: IInvocationOperation call } argument:
                    if (call.TargetMethod is { Name: "WaitAll", ContainingType.Name: "Task" }) return call;
                    if (call.TargetMethod is not { Name: "WhenAll" } && !(call.TargetMethod.IsExtensionMethod && argument.Parameter?.Ordinal == 0 && (IsTask(call.Type) || call.Type?.Name is "ConfiguredCancelableAsyncEnumerable" or "ConfiguredTaskAwaitable"))) return null;
                    if (call.TargetMethod.Name is "Observe" or "ContinueWith") return null;
                    task = call;
                    continue;
                case IArrayInitializerOperation or IArrayCreationOperation or ICollectionExpressionOperation:
                    task = task.Parent;
                    continue;
                case IReturnOperation:
                    isReturned = true;
                    return null;
            }

            break;
        }

        if (depth == 0 || Results.Variable(task) is not { } variable || variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return null;
        var model = bodies.ModelOf(declaration.SyntaxTree);
        foreach (var use in Results.Uses(variable, declaration, bodies))
        {
            if (model.GetOperation(use) is { } read && Surface(read, bodies, out isReturned, depth - 1) is { } surface) return surface;
            if (isReturned) return null;
        }

        return null;
    }
}

/// <summary>The methods of this compilation that answer with a task.</summary>
internal sealed class TaskMethods(Analysis analysis)
{
    private HashSet<string>? _names;

    /// <summary>Their names: by these a call is known to be worth binding.</summary>
    public HashSet<string> Names => _names ??= Find();

    private HashSet<string> Find()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in analysis.Implementations.Types)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary } method && Tasks.IsTask(method.ReturnType)) names.Add(method.Name);
            }
        }

        return names;
    }
}
