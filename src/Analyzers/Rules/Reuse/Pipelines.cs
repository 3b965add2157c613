using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Resilience pipelines and policies that are built in this compilation: do they call again after any failure?</summary>
internal sealed class Pipelines(Analysis analysis, WrittenFailures failures, CancellationToken cancellation)
{
    private const int Depth = 5;

    public static bool IsExecution(IInvocationOperation call) =>
        call.TargetMethod.Name.StartsWith("Execute", StringComparison.Ordinal) && IsPollys(call.TargetMethod.ContainingType) && !IsUnseen(call);

    /// <summary>A synchronous execution of what answers with a task sees nothing of the task's failure, and repeats nothing.</summary>
    private static bool IsUnseen(IInvocationOperation call) =>
        !call.TargetMethod.Name.EndsWith("Async", StringComparison.Ordinal)
        && call.Arguments.Any(a => a.Parameter?.Type is INamedTypeSymbol { DelegateInvokeMethod: { } invoke } && (Isolation.Dropped.IsTask(invoke.ReturnType) || Values.Unwrapped(a.Value) is IAnonymousFunctionOperation { Symbol.IsAsync: true }));

    private static bool IsPollys(ITypeSymbol? type)
    {
        var space = type?.ContainingNamespace;
        while (space is { ContainingNamespace.IsGlobalNamespace: false }) space = space.ContainingNamespace;
        return space?.Name == "Polly";
    }

    public string? Repeats(IInvocationOperation execution, IInvocationOperation request) => Built(Facts.IoCalls.Receiver(execution), request, Depth);

    /// <summary>Goes back along the calls that build it.</summary>
    private string? Built(IOperation? pipeline, IInvocationOperation request, int depth)
    {
        if (pipeline is null || depth == 0) return null;
        pipeline = Values.Unwrapped(pipeline);
        switch (pipeline)
        {
            case IInvocationOperation call when IsPollys(call.TargetMethod.ContainingType) || call.TargetMethod.Name.StartsWith("Add", StringComparison.Ordinal):
                if (call.TargetMethod.Name is "Wrap" or "WrapAsync") return call.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()).Concat(call.Instance is { } outer ? [outer] : []).Select(a => Built(a, request, depth - 1)).FirstOrDefault(f => f is not null);
                if (call.TargetMethod.Name.StartsWith("AddRetry", StringComparison.Ordinal)) return OfOptions(call.Arguments.LastOrDefault()?.Value, request, depth) ?? Built(Facts.IoCalls.Receiver(call), request, depth);
                if (call.TargetMethod.Name.Contains("Retry")) return OfHandlers(Facts.IoCalls.Receiver(call), request);
                return Built(Facts.IoCalls.Receiver(call), request, depth);
            case IInvocationOperation own when analysis.Summaries.IsOwn(own.TargetMethod) && Values.CodeOf(own.TargetMethod, analysis, cancellation) is { } code:
                return Values.Returned(code).Select(v => Built(v, request, depth - 1)).FirstOrDefault(f => f is not null);
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, pipeline).Select(v => Built(v, request, depth - 1)).FirstOrDefault(f => f is not null)
                    // A builder to which things are added one by one.
                    ?? Values.References(local, Values.Root(pipeline)).Select(r => r.Parent).OfType<IInvocationOperation>().Concat(Values.References(local, Values.Root(pipeline)).Select(r => r.Parent?.Parent).OfType<IInvocationOperation>())
                        .Where(c => c.TargetMethod.Name.StartsWith("AddRetry", StringComparison.Ordinal)).Select(c => OfOptions(c.Arguments.LastOrDefault()?.Value, request, depth)).FirstOrDefault(f => f is not null);
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference when analysis.Summaries.IsOwn(reference.Member):
                foreach (var (value, model) in Assignments.To(reference.Member, analysis))
                {
                    if (model.GetOperation(value, cancellation) is { } assigned && Built(assigned, request, depth - 1) is { } failure) return failure;
                }

                return reference.Member is IPropertySymbol property && Values.CodeOf(property, analysis, cancellation) is { } getter ? Values.Returned(getter).Select(v => Built(v, request, depth - 1)).FirstOrDefault(f => f is not null) : null;
            default:
                return null;
        }
    }

    private string? OfOptions(IOperation? options, IInvocationOperation request, int depth)
    {
        if (options is null || depth == 0) return null;
        options = Values.Unwrapped(options);
        switch (options)
        {
            case IObjectCreationOperation creation:
                if (creation.Initializer?.Initializers.OfType<ISimpleAssignmentOperation>().FirstOrDefault(i => i.Target is IPropertyReferenceOperation { Property.Name: "ShouldHandle" }) is { } set) return OfHandlers(set.Value, request);
                // By default everything but a cancellation is handled.
                return "Exception";
            case ILocalReferenceOperation { Local: var local }:
                foreach (var reference in Values.References(local, Values.Root(options)))
                {
                    if (reference.Parent is IPropertyReferenceOperation { Property.Name: "ShouldHandle", Parent: ISimpleAssignmentOperation assigned }) return OfHandlers(assigned.Value, request);
                    if (reference.Parent is IInvocationOperation { TargetMethod.Name: "DisableForUnsafeHttpMethods" or "DisableFor" } || reference.Parent?.Parent is IInvocationOperation { TargetMethod.Name: "DisableForUnsafeHttpMethods" or "DisableFor" }) return null;
                }

                return Values.AssignedTo(local, options).Select(v => OfOptions(v, request, depth - 1)).FirstOrDefault(f => f is not null);
            default:
                return null;
        }
    }

    /// <summary>What is handled: <c>Handle&lt;T&gt;()</c> in a chain, or the types that a predicate asks for.</summary>
    private string? OfHandlers(IOperation? handlers, IInvocationOperation request)
    {
        if (handlers is null) return null;
        if (Values.Unwrapped(handlers) is ILocalReferenceOperation { Local: var local }) return Values.AssignedTo(local, handlers).Select(v => OfHandlers(v, request)).FirstOrDefault(f => f is not null);
        foreach (var operation in handlers.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IInvocationOperation { TargetMethod: { Name: "Handle" or "Or" or "HandleInner" or "OrInner", TypeArguments: [var type, ..] } } call:
                    if (failures.IsLate(type, request) && !call.Arguments.Any(a => failures.Proves(a.Value, 2))) return type.Name;
                    break;
                case IInvocationOperation { TargetMethod.Name: "HandleTransientHttpError" or "OrTransientHttpError" }:
                    return "HttpRequestException";
                case ITypePatternOperation { MatchedType: var type } when failures.IsLate(type, request) && !failures.Proves(handlers, 2):
                    return type.Name;
                case IDeclarationPatternOperation { MatchedType: { } type } when failures.IsLate(type, request) && !failures.Proves(handlers, 2):
                    return type.Name;
                case IIsTypeOperation { TypeOperand: var type } when failures.IsLate(type, request) && !failures.Proves(handlers, 2):
                    return type.Name;
            }
        }

        return null;
    }
}
