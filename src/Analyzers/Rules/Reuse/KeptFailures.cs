using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// Values that keep the failure of what they stand for: the task of a connection, a lazy of one or of its task. Where the type
/// says little (a client that connects when used, a value with a connection in it), the code that makes it must open something.
/// </summary>
internal sealed class KeptFailures(Analysis analysis, CancellationToken cancellation)
{
    private const int Depth = 4;

    private enum Content
    {
        None,

        /// <summary>A connection: who makes the task of one connects.</summary>
        Connection,

        /// <summary>Holds one, or opens it when used: it takes a call that opens.</summary>
        Perhaps,
    }

    /// <summary>May this value, or the one that this delegate makes, be or become a failure that stays?</summary>
    public bool Keeps(IOperation value, bool isFactory) => isFactory ? MadeKeeps(value, Depth) : Keeps(value, Depth);

    private bool Keeps(IOperation value, int depth)
    {
        if (depth == 0) return false;
        value = Isolation.Code.Unwrapped(value);
        switch (value)
        {
            case IConditionalOperation conditional:
                return Keeps(conditional.WhenTrue, depth) || conditional.WhenFalse is { } otherwise && Keeps(otherwise, depth);
            case ICoalesceOperation coalesce:
                return Keeps(coalesce.Value, depth) || Keeps(coalesce.WhenNull, depth);
            case IAssignmentOperation assignment:
                return Keeps(assignment.Value, depth);
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, value).Any(a => a != value && Keeps(a, depth - 1));
        }

        if (Tasks.IsTask(value.Type) && value.Type is INamedTypeSymbol { TypeArguments: [var result] }) return TaskKeeps(value, Of(result), depth);
        return value switch
        {
            IObjectCreationOperation creation when IsLazy(creation.Type) => LazyKeeps(creation, depth),
            IInvocationOperation call when IsLazy(call.Type) && Values.CodeOf(call.TargetMethod, analysis, cancellation) is { } code => Values.Returned(code).Any(r => Keeps(r, depth - 1)),
            _ => false,
        };
    }

    private bool TaskKeeps(IOperation task, Content content, int depth)
    {
        if (content == Content.None) return false;
        switch (task)
        {
            case IInvocationOperation { TargetMethod: { Name: "FromResult" or "FromException" or "FromCanceled" } }:
                return false;
            case IInvocationOperation { TargetMethod.Name: "AsTask" or "WaitAsync" or "Preserve", Instance: { } adapted }:
                return Keeps(adapted, depth);
            case IInvocationOperation { TargetMethod.Name: "ContinueWith" or "Unwrap" }:
                return content == Content.Connection;
            case IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew", ContainingType.Name: "Task" or "TaskFactory" } } started:
                return started.Arguments.FirstOrDefault(a => a.Value is IDelegateCreationOperation || a.Value.Type?.TypeKind == TypeKind.Delegate) is { } work && MadeFails(work.Value, content, depth - 1);
            case IInvocationOperation call:
                return CallFails(call, call.TargetMethod, content, depth);
            case IPropertyReferenceOperation { Property: { Name: "Task", ContainingType.Name: "TaskCompletionSource" } }:
            case IParameterReferenceOperation:
                return content == Content.Connection;
            default:
                return false;
        }
    }

    /// <summary>The values that a delegate makes.</summary>
    private bool MadeKeeps(IOperation factory, int depth)
    {
        factory = Isolation.Code.Unwrapped(factory);
        var made = Made(factory);
        if (made is null) return false;
        if (IsLazy(made)) return Code(factory) is { } code && Values.Returned(code).Any(r => Keeps(r, depth - 1));
        return Tasks.IsTask(made) && made is INamedTypeSymbol { TypeArguments: [var result] } && MadeFails(factory, Of(result), depth);
    }

    /// <summary>Running the delegate may end in a failure.</summary>
    private bool MadeFails(IOperation factory, Content content, int depth)
    {
        if (content == Content.None || depth <= 0) return false;
        factory = Isolation.Code.Unwrapped(factory);
        switch (factory)
        {
            case IAnonymousFunctionOperation { Symbol.IsAsync: false } lambda when Tasks.IsTask(Made(lambda)):
                return Values.Returned(lambda).Any(r => Keeps(r, depth));
            case IAnonymousFunctionOperation lambda:
                return LetsOut(lambda) && (content == Content.Connection && Tasks.IsTask(Made(lambda)) && Values.OwnDescendants(lambda).Any(o => o is IInvocationOperation) || Opens(lambda, depth));
            case IMethodReferenceOperation { Method: var method } reference:
                return CallFails(reference, method, content, depth);
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, factory).Any(a => MadeFails(a, content, depth - 1));
            case IFieldReferenceOperation or IParameterReferenceOperation or IPropertyReferenceOperation or IInvocationOperation:
                return content == Content.Connection && Tasks.IsTask(Made(factory)) || SaysOpening(NameOf(factory));
            default:
                return false;
        }
    }

    private bool CallFails(IOperation call, IMethodSymbol method, Content content, int depth)
    {
        if (Code(call) is { } code && !LetsOut(code)) return false;
        if (content == Content.Connection && Tasks.IsTask(method.ReturnType)) return true;
        return (analysis.Connections.RolesOf(method, null) & (Role.Open | Role.Create)) != 0 || Code(call) is { } own && Opens(own, depth) || SaysOpening(method.Name) && !IsPassive(method.ReturnType);
    }

    /// <summary>A method whose every failure is caught in it makes no task that fails.</summary>
    private bool LetsOut(IOperation code) =>
        !code.Syntax.DescendantNodes().Any(n => n is CatchClauseSyntax) || !analysis.Escapes.Of(code.Syntax, cancellation).IsEmpty || code.Descendants().Any(o => o is IThrowOperation);

    private bool LazyKeeps(IObjectCreationOperation creation, int depth)
    {
        if (creation.Type is not INamedTypeSymbol type || Inner(type) is not { } inner) return false;
        var factory = creation.Arguments.FirstOrDefault(a => a.Value is IDelegateCreationOperation || a.Value.Type?.TypeKind == TypeKind.Delegate)?.Value;
        if (factory is null) return false;
        // No mode of a lazy makes a task anew.
        if (Tasks.IsTask(inner)) return !creation.Arguments.Any(a => TriesAgain(a.Value)) && !(type.Name != "Lazy" && Heals(type)) && inner is INamedTypeSymbol { TypeArguments: [var result] } && MadeFails(factory, Of(result), depth);
        if (creation.Arguments.Any(a => TriesAgain(a.Value) || MayForget(a.Value))) return false;
        if (type.Name != "Lazy") return !Heals(type) && MadeFails(factory, Of(inner), depth);
        return Of(inner) != Content.None && OpensWhenMade(factory, depth);
    }

    private bool OpensWhenMade(IOperation factory, int depth)
    {
        factory = Isolation.Code.Unwrapped(factory);
        return factory switch
        {
            IAnonymousFunctionOperation lambda => LetsOut(lambda) && !TriesOn(lambda) && Opens(lambda, depth),
            IMethodReferenceOperation { Method: var method } reference => CallFails(reference, method, Content.Perhaps, depth),
            _ => SaysOpening(NameOf(factory)),
        };
    }

    /// <summary>The multiplexer is told to go on trying behind the scenes where its first attempt fails: nothing is thrown.</summary>
    private static bool TriesOn(IOperation code) =>
        code.Descendants().OfType<ISimpleAssignmentOperation>().Any(a => a.Target is IPropertyReferenceOperation { Property: { Name: "AbortOnConnectFail", ContainingType.Name: "ConfigurationOptions" } } && a.Value.ConstantValue is { HasValue: true, Value: false });

    /// <summary><c>PublicationOnly</c>, or a mode that is not known here.</summary>
    private static bool MayForget(IOperation argument)
    {
        var value = Isolation.Code.Unwrapped(argument);
        return value.Type?.Name == "LazyThreadSafetyMode" && value is not IFieldReferenceOperation { Field.Name: not "PublicationOnly" };
    }

    /// <summary>A flag of a library's lazy: <c>AsyncLazyFlags.RetryOnFailure</c>.</summary>
    private static bool TriesAgain(IOperation argument) => argument.Type?.TypeKind == TypeKind.Enum && argument.Syntax.ToString().Contains("Retry");

    private static bool IsLazy(ITypeSymbol? type) => type?.Name.EndsWith("Lazy", StringComparison.Ordinal) == true;

    /// <summary>What a lazy, or a type of the user's own that is one, gives: its type argument, as its base knows it.</summary>
    private static ITypeSymbol? Inner(INamedTypeSymbol type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate is { Name: "Lazy", TypeArguments: [var value] }) return value;
        }

        return type is { TypeArguments: [var only] } ? only : null;
    }

    /// <summary>A lazy of the user's own that makes its value again after a failure, or that holds no task at all.</summary>
    private bool Heals(INamedTypeSymbol type)
    {
        if (!analysis.Summaries.IsOwn(type)) return type.Name != "AsyncLazy";
        var code = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).ToList();
        return code.Any(c => c.DescendantNodes().Any(n => n is CatchClauseSyntax || n is IdentifierNameSyntax { Identifier.ValueText: var word } && FailureEvictions.AsksHowItEnded(word)))
            || !code.Any(c => c.DescendantNodes().Any(n => n is GenericNameSyntax { Identifier.ValueText: "Task" }));
    }

    private Content Of(ITypeSymbol type)
    {
        if (analysis.Connections.TypeOf(type) is { } known)
            return (known.Traits & (Traits.Operation | Traits.Response)) != 0 ? Content.None : (known.Traits & Traits.Reconnects) != 0 ? Content.Perhaps : Content.Connection;
        return new Pool(analysis, cancellation).HoldsConnection(type, 1) || HoldsShared(type) ? Content.Perhaps : Content.None;
    }

    /// <summary>A class of one's own around a connection that comes back by itself once it is open: who makes the first one may fail all the same.</summary>
    private bool HoldsShared(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } own && analysis.Summaries.IsOwn(own)
        && own.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false, IsReadOnly: true, Type: var held } && analysis.Connections.TypeOf(held) is { } known && (known.Traits & Traits.Reconnects) != 0 && (known.Traits & (Traits.Operation | Traits.Response)) == 0);

    /// <summary>The code opens a connection, or has it opened.</summary>
    private bool Opens(IOperation code, int depth)
    {
        foreach (var operation in code.Descendants())
        {
            switch (operation)
            {
                case IInvocationOperation call when (analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & (Role.Open | Role.Create)) != 0:
                case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } invoked } when SaysOpening(NameOf(Isolation.Code.Unwrapped(invoked))):
                case IInvocationOperation named when SaysOpening(named.TargetMethod.Name) && (!IsPassive(named.Type) || named.Instance is { Type: { } receiver } && !IsPassive(receiver)):
                case IObjectCreationOperation { Constructor: { } constructor } creation when analysis.Connections.IsCreatedOpen(creation.Type, constructor):
                    return true;
                case IInvocationOperation own when depth > 1 && Values.CodeOf(own.TargetMethod, analysis, cancellation) is { } callee && Opens(callee, depth - 1):
                    return true;
                case IObjectCreationOperation { Constructor: { } constructor } made when depth > 1 && analysis.Summaries.IsOwn(constructor) && Values.CodeOf(constructor, analysis, cancellation) is { } construction && Opens(construction, depth - 1):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Neither a connection nor the task of one.</summary>
    private bool IsPassive(ITypeSymbol? type) =>
        type is null || Of(StateValues.Unwrapped(type)) == Content.None;

    private static bool SaysOpening(string? name) =>
        name is not null && ClosingFlags.Words(name.TrimStart('_')).FirstOrDefault() is { } first && first.ToUpperInvariant() is "CONNECT" or "OPEN" or "DIAL" or "LOGIN" or "LOGON" or "AUTHENTICATE" or "ESTABLISH";

    private static string? NameOf(IOperation operation) => operation is IInvocationOperation { TargetMethod: var method } ? method.Name : Symbols.NameOf(operation);

    /// <summary>The type of what a delegate answers.</summary>
    private static ITypeSymbol? Made(IOperation factory) => factory switch
    {
        IAnonymousFunctionOperation { Symbol: var lambda } => lambda.ReturnType,
        IMethodReferenceOperation { Method: var method } => method.ReturnType,
        { Type: INamedTypeSymbol { DelegateInvokeMethod: { } invoke } } => invoke.ReturnType,
        _ => null,
    };

    private IOperation? Code(IOperation operation) => operation switch
    {
        IAnonymousFunctionOperation lambda => lambda,
        IMethodReferenceOperation { Method: var method } => Values.CodeOf(method, analysis, cancellation),
        IInvocationOperation { TargetMethod: var called } => Values.CodeOf(called, analysis, cancellation),
        _ => null,
    };
}
