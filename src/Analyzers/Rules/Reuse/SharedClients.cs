using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Which HTTP clients, by what they send with, serve more than one request.</summary>
internal sealed class SharedClients(Analysis analysis, CancellationToken cancellation)
{
    private const string Http = "System.Net.Http";

    public static bool IsClient(ITypeSymbol? type) => Bases.IncludeNamed(type, "HttpMessageInvoker", Http);

    public static bool IsRequest(ITypeSymbol? type) => Bases.IncludeNamed(type, "HttpRequestMessage", Http);

    /// <summary>A client, or the handler under one, that others use too: held in a field, injected, from a factory, over such a handler.</summary>
    public bool IsShared(IOperation? value, int depth)
    {
        if (value is null || depth == 0) return false;
        value = Values.Unwrapped(value);
        switch (value)
        {
            case IFieldReferenceOperation:
                return true;
            case IPropertyReferenceOperation { Property: var property }:
                return !analysis.Summaries.HasCode(property) || AnswersShared(property, depth);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return IsSharedParameter(parameter, value, depth);
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, value).Any(v => IsShared(v, depth - 1)) || IsLookedUp(local, value) || IsKept(local, value, depth - 1);
            case IInvocationOperation call:
                return IsFactory(call) || Containers.Kind(call.TargetMethod) is not null || AnswersShared(call.TargetMethod, depth);
            case IObjectCreationOperation creation:
                return creation.Arguments.Any(a => IsHandler(a.Value.Type) && IsShared(a.Value, depth - 1)) || IsKept(creation, depth - 1);
            case ICoalesceOperation coalesce:
                return IsShared(coalesce.Value, depth - 1) || IsShared(coalesce.WhenNull, depth - 1);
            case IConditionalOperation conditional:
                return IsShared(conditional.WhenTrue, depth - 1) || IsShared(conditional.WhenFalse, depth - 1);
            case IAssignmentOperation assignment:
                return IsShared(assignment.Target, depth - 1) || IsShared(assignment.Value, depth - 1);
            case IInstanceReferenceOperation instance:
                return IsClient(instance.Type);
            default:
                return false;
        }
    }

    private static bool IsHandler(ITypeSymbol? type) => Bases.IncludeNamed(type, "HttpMessageHandler", Http);

    private bool AnswersShared(ISymbol member, int depth) =>
        analysis.Summaries.IsOwn(member) && Values.CodeOf(member, analysis, cancellation) is { } code && Values.Returned(code).Any(v => IsShared(v, depth - 1));

    /// <summary><c>IHttpClientFactory</c>'s clients share its handlers, whoever disposes of them; a container's are everybody's.</summary>
    private static bool IsFactory(IInvocationOperation call) =>
        (call.TargetMethod.ReducedFrom ?? call.TargetMethod).ContainingType?.Name is "IHttpClientFactory" or "HttpClientFactoryExtensions" or "IHttpMessageHandlerFactory" or "HttpMessageHandlerFactoryExtensions"
        || call.TargetMethod.Name is "GetService" or "GetRequiredService" or "GetKeyedService" or "GetRequiredKeyedService";

    private bool IsSharedParameter(IParameterSymbol parameter, IOperation reference, int depth)
    {
        switch (parameter.ContainingSymbol)
        {
            case IMethodSymbol { MethodKind: MethodKind.Constructor }:
                return true;
            case IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }:
                for (var function = Values.FunctionAround(reference); function is not null; function = Values.FunctionAround(function))
                {
                    if (function is IAnonymousFunctionOperation lambda && Values.Is(lambda.Symbol, parameter.ContainingSymbol)) return IsClientSetup(lambda);
                }

                return false;
            case IMethodSymbol method:
                foreach (var caller in analysis.Callers.Of(method, cancellation))
                {
                    if (caller is IMethodReferenceOperation && IsClientSetup(caller)) return true;
                    if (caller is IInvocationOperation call && Argument(call, parameter) is { } argument && IsShared(argument, depth - 1)) return true;
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>What the callers pass for a parameter.</summary>
    public IEnumerable<IOperation> Arguments(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method) yield break;
        foreach (var caller in analysis.Callers.Of(method, cancellation))
        {
            if (caller is IInvocationOperation call && Argument(call, parameter) is { } argument) yield return argument;
        }
    }

    private static IOperation? Argument(IInvocationOperation call, IParameterSymbol parameter)
    {
        var ordinal = parameter.Ordinal;
        return call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == ordinal)?.Value;
    }

    /// <summary>Given to the factory's registration, which runs it for each client over its shared handlers.</summary>
    private static bool IsClientSetup(IOperation function) =>
        Values.Outermost(function).Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "AddHttpClient" or "ConfigureHttpClient" } } };

    private static bool IsLookedUp(ILocalSymbol local, IOperation reference) =>
        Values.Root(reference).Descendants().Any(o => o is IInvocationOperation call && Containers.Kind(call.TargetMethod) is not null
            && call.Arguments.Any(a => a.Parameter?.RefKind == RefKind.Out && Values.References(local, a).Any()));

    private bool IsKept(ILocalSymbol local, IOperation reference, int depth) =>
        depth > 0 && Values.References(local, Values.Root(reference)).Any(r => IsKept(r, depth - 1));

    /// <summary>What becomes of a client that is made here: does it stay for others?</summary>
    private bool IsKept(IOperation value, int depth)
    {
        if (depth <= 0) return false;
        var outer = Values.Outermost(value);
        switch (outer.Parent)
        {
            case IFieldInitializerOperation or IPropertyInitializerOperation:
                return true;
            case IAssignmentOperation assignment when assignment.Value == outer:
                return assignment.Target is IFieldReferenceOperation or IPropertyReferenceOperation || assignment.Target is ILocalReferenceOperation target && value is not ILocalReferenceOperation && IsKept(target.Local, value, depth - 1);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } when value is not ILocalReferenceOperation:
                return IsKept(declarator.Symbol, value, depth - 1);
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: var called } }:
                return Containers.Puts(called) || CacheFills.Registrations.Contains(called.Name) || called.Name is "GetOrAdd" or "TryAdd";
            case IReturnOperation returned:
                if (Values.FunctionAround(returned) is IAnonymousFunctionOperation lambda)
                    return Values.Outermost(lambda).Parent is IArgumentOperation { Parent: var user } && (user is IObjectCreationOperation { Type.Name: "Lazy" or "AsyncLazy" } || user is IInvocationOperation { TargetMethod.Name: var keeping } && (CacheFills.Registrations.Contains(keeping) || keeping is "GetOrAdd" or "EnsureInitialized" or "GetOrCreate"));
                return Values.MethodAround(returned, analysis.Bodies.ModelOf(returned.Syntax.SyntaxTree)) is { } method
                    && (method.AssociatedSymbol is null && analysis.Callers.Of(method, cancellation).Any(c => c is IInvocationOperation && IsKept(c, depth - 1)));
            default:
                return false;
        }
    }

    /// <summary>A request that a shared client sends.</summary>
    public bool IsSentByShared(IOperation? request, int depth)
    {
        if (request is null || depth == 0) return false;
        request = Values.Unwrapped(request);
        switch (request)
        {
            case ILocalReferenceOperation { Local: var local }:
                return Values.References(local, Values.Root(request)).Any(r => GoesToShared(r, depth - 1));
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol method } parameter }:
                if (Bases.IncludeNamed(method.ContainingType, "DelegatingHandler", Http) && method.IsOverride) return true;
                if (Values.References(parameter, Values.Root(request)).Any(r => GoesToShared(r, depth - 1))) return true;
                return method.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction
                    && analysis.Callers.Of(method, cancellation).Any(c => c is IInvocationOperation call && IsSentByShared(Argument(call, parameter), depth - 1));
            default:
                return GoesToShared(request, depth - 1);
        }
    }

    private bool GoesToShared(IOperation request, int depth)
    {
        if (depth <= 0) return false;
        var outer = Values.Outermost(request);
        switch (outer.Parent)
        {
            case IArgumentOperation { Parent: IInvocationOperation call, Parameter: { } parameter }:
                if (call.TargetMethod.Name is "Send" or "SendAsync" && IsClient(call.Instance?.Type ?? call.TargetMethod.ContainingType)) return IsShared(call.Instance, depth);
                if (call.TargetMethod.Name is "Send" or "SendAsync" && call.Instance is IInstanceReferenceOperation && IsHandler(call.TargetMethod.ContainingType)) return true;
                foreach (var target in analysis.Implementations.Of(call.TargetMethod, exactly: false, cancellation))
                {
                    if (!analysis.Summaries.IsOwn(target) || Values.CodeOf(target, analysis, cancellation) is not { } code || parameter.Ordinal >= target.Parameters.Length) continue;
                    if (Values.References(target.Parameters[parameter.Ordinal], code).Any(r => GoesToShared(r, depth - 1))) return true;
                }

                return false;
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                return Values.References(declarator.Symbol, Values.Root(outer)).Any(r => GoesToShared(r, depth - 1));
            case IAssignmentOperation { Target: ILocalReferenceOperation target } assignment when assignment.Value == outer:
                return Values.References(target.Local, Values.Root(outer)).Any(r => r != target && GoesToShared(r, depth - 1));
            case IReturnOperation returned when Values.MethodAround(returned, analysis.Bodies.ModelOf(returned.Syntax.SyntaxTree)) is { } method:
                return analysis.Callers.Of(method, cancellation).Any(c => c is IInvocationOperation && GoesToShared(c, depth - 1));
            default:
                return false;
        }
    }
}
