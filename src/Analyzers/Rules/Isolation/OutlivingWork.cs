using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Code that is started here and goes on when the function that started it has ended.</summary>
internal sealed class OutlivingWork(IOperation site, IOperation? code, ImmutableArray<IOperation> handedOver)
{
    /// <summary>The call, creation or subscription that starts it.</summary>
    public IOperation Site { get; } = site;

    /// <summary>The lambda, local function or method that runs; null where its code is not here.</summary>
    public IOperation? Code { get; } = code;

    /// <summary>What is given to it as arguments.</summary>
    public ImmutableArray<IOperation> HandedOver { get; } = handedOver;

    /// <summary>It begins in its caller, as an async method does, and outlives it from its first <c>await</c> on.</summary>
    public bool BeginsHere { get; init; }

    /// <summary>Started while a request is handled, and not registered somewhere for later.</summary>
    public bool IsStarted { get; init; }

    public static IEnumerable<OutlivingWork> In(IOperation root, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            cancellation.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IInvocationOperation invocation:
                    foreach (var work in Invoked(invocation, analysis, cancellation)) yield return work;
                    break;
                case IObjectCreationOperation { Type: { } type } creation when IsTimer(type) && !IsEndedHere(creation) || IsThread(type) && !IsJoined(creation):
                    foreach (var work in Given(creation, creation.Arguments, analysis, cancellation, IsThread(type))) yield return work;
                    break;
                case IEventAssignmentOperation { Adds: true } subscription when Outlives(subscription, analysis):
                    foreach (var function in Functions(subscription.HandlerValue, analysis, cancellation)) yield return new OutlivingWork(subscription, function, []);
                    break;
            }
        }
    }

    private static IEnumerable<OutlivingWork> Invoked(IInvocationOperation call, Analysis analysis, CancellationToken cancellation)
    {
        var method = call.TargetMethod;
        switch (method.Name)
        {
            case "Run" when Dropped.IsTask(method.ContainingType):
            case "StartNew" when method.ContainingType?.Name == "TaskFactory":
            case "ContinueWith" when Dropped.IsTask(method.ContainingType):
                return Dropped.Is(call) ? Given(call, call.Arguments, analysis, cancellation, isStarted: true) : [];
            case "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" when method.ContainingType?.Name == "ThreadPool":
            case "QueueBackgroundWorkItem" or "QueueBackgroundWorkItemAsync":
                return Given(call, call.Arguments, analysis, cancellation, isStarted: true);
            case "RegisterForDispose" or "RegisterForDisposeAsync" or "OnCompleted" or "OnStarting":
                return [];
        }

        if (HoldsDelegates(call) && !WaitsByHand(call)) return Given(call, call.Arguments, analysis, cancellation, isStarted: true);
        if (Registers(method, analysis)) return IsKept(call) && RegisteredElsewhere(call) ? Given(call, call.Arguments, analysis, cancellation, isStarted: false) : [];
        if (Dropped.IsTask(call.Type) ? Dropped.Is(call) : method is { ReturnsVoid: true, IsAsync: true }) return Called(call, analysis, cancellation);
        return [];
    }

    private static bool Registers(IMethodSymbol method, Analysis analysis) => (analysis.Connections.RolesOf(method, null) & Role.Registers) != 0;

    /// <summary>A dropped call: what it is given, and its own code from the first wait on.</summary>
    private static IEnumerable<OutlivingWork> Called(IInvocationOperation call, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var work in Given(call, call.Arguments, analysis, cancellation, isStarted: true)) yield return work;
        if (call.Instance is null or IInstanceReferenceOperation && !call.TargetMethod.IsExtensionMethod && Isolation.Code.Of(call.TargetMethod, analysis, cancellation) is { } code)
            yield return new OutlivingWork(call, code, []) { BeginsHere = true, IsStarted = true };
    }

    private static IEnumerable<OutlivingWork> Given(IOperation site, ImmutableArray<IArgumentOperation> arguments, Analysis analysis, CancellationToken cancellation, bool isStarted)
    {
        var values = ImmutableArray.CreateBuilder<IOperation>();
        foreach (var argument in arguments)
        {
            if (argument.IsImplicit && argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            // The receiver of an extension is no argument to who reads the call.
            if (site is IInvocationOperation { TargetMethod.IsExtensionMethod: true } && argument.Parameter?.Ordinal == 0 && site.Syntax is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && access.Expression.Span.Contains(argument.Syntax.Span)) continue;
            foreach (var function in Functions(argument.Value, analysis, cancellation)) yield return new OutlivingWork(site, function, []) { IsStarted = isStarted };
            values.Add(Isolation.Code.Unwrapped(argument.Value));
        }

        yield return new OutlivingWork(site, null, values.ToImmutable()) { IsStarted = isStarted };
    }

    /// <summary>The code that a delegate expression stands for.</summary>
    private static IEnumerable<IOperation> Functions(IOperation value, Analysis analysis, CancellationToken cancellation)
    {
        switch (Isolation.Code.Unwrapped(value))
        {
            case IAnonymousFunctionOperation lambda:
                yield return lambda;
                break;
            case IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation } reference when Isolation.Code.Of(reference.Method, analysis, cancellation) is { } code:
                yield return code;
                break;
            case IObjectCreationOperation { Type.TypeKind: TypeKind.Delegate, Arguments: [var only] }:
                foreach (var function in Functions(only.Value, analysis, cancellation)) yield return function;
                break;
            case ILocalReferenceOperation { Local: { } local } reference when local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: AnonymousFunctionExpressionSyntax lambda }:
                if (reference.SemanticModel?.GetOperation(lambda, cancellation) is { } held) yield return held;
                break;
        }
    }

    private static bool IsTimer(ITypeSymbol type) => type is { Name: "Timer" } && type.ContainingNamespace?.ToDisplayString() is "System.Threading" or "System.Timers";

    private static bool IsThread(ITypeSymbol type) => type is { Name: "Thread" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading";

    /// <summary>Work items in a queue that somebody else empties.</summary>
    private static bool HoldsDelegates(IInvocationOperation call) =>
        call.TargetMethod.Name is "Enqueue" or "TryWrite" or "WriteAsync" or "Add" or "TryAdd" or "Push"
        && call.TargetMethod.ContainingType is { Name: "ConcurrentQueue" or "ConcurrentBag" or "BlockingCollection" or "Queue" or "ChannelWriter" or "ConcurrentStack", TypeArguments: [{ TypeKind: TypeKind.Delegate }] }
        && Root(call.Instance) is IInstanceReferenceOperation or IParameterReferenceOperation or null;

    /// <summary>The item tells its end by a task source, and somebody here may wait for that.</summary>
    private static bool WaitsByHand(IInvocationOperation call) =>
        call.Arguments.Any(a => a.Value.Descendants().Any(d => d is ILocalReferenceOperation { Type.Name: "TaskCompletionSource" or "ManualResetEventSlim" or "SemaphoreSlim" or "CountdownEvent" }));

    private static bool IsJoined(IOperation creation) =>
        Isolation.Code.FunctionAround(creation.Syntax) is { } function && function.DescendantTokens().Any(t => t.ValueText == "Join");

    /// <summary>Disposed or handed to the response in the function that made it.</summary>
    private static bool IsEndedHere(IOperation creation)
    {
        if (creation.Syntax.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { UsingKeyword.RawKind: not 0 } || creation.Syntax.Ancestors().Any(a => a is UsingStatementSyntax { Statement: var statement } && !statement.Span.Contains(creation.Syntax.Span))) return true;
        return creation.Syntax.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is { } variable && IsEnded(variable.Identifier.ValueText, creation.Syntax);
    }

    private static bool IsEnded(string name, SyntaxNode at)
    {
        if (Isolation.Code.FunctionAround(at) is not { } function) return false;
        foreach (var identifier in function.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (identifier.Identifier.ValueText != name) continue;
            if (identifier.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Dispose" or "DisposeAsync" or "Stop" or "Unregister" } access && access.Expression == identifier) return true;
            if (identifier.Parent is MemberBindingExpressionSyntax or ConditionalAccessExpressionSyntax) return true;
            if (identifier.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "RegisterForDispose" or "RegisterForDisposeAsync" } } }) return true;
            if (identifier.Parent is UsingStatementSyntax) return true;
        }

        return false;
    }

    /// <summary>The registration is not ended here.</summary>
    private static bool IsKept(IInvocationOperation call) =>
        !IsEndedHere(call) && call.Parent is not (IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "RegisterForDispose" or "RegisterForDisposeAsync" } } or IUsingOperation);

    private static bool RegisteredElsewhere(IInvocationOperation call)
    {
        var source = call.Instance ?? call.Arguments.FirstOrDefault()?.Value;
        return LivesLonger(source) && !IsMentioned(call.Syntax, name => name is "Off" or "Unsubscribe" or "UnsubscribeAsync");
    }

    private static bool Outlives(IEventAssignmentOperation subscription, Analysis analysis)
    {
        if (subscription.EventReference is not IEventReferenceOperation reference) return false;
        var function = Isolation.Code.FunctionAround(subscription.Syntax);
        if (function is null || function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.IsKind(SyntaxKind.SubtractAssignmentExpression) && a.Left.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == reference.Event.Name))) return false;
        // A running timer keeps itself alive.
        if (reference.Instance is ILocalReferenceOperation { Type: { } type } timer && IsTimer(type))
            return !IsEnded(timer.Local.Name, subscription.Syntax) && timer.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { UsingKeyword.RawKind: not 0 };
        return reference.Instance is null || LivesLonger(reference.Instance);
    }

    /// <summary>Held by a field, a static or handed in; not the request's own, not made here.</summary>
    private static bool LivesLonger(IOperation? source)
    {
        for (var part = source; part is not null; part = Inner(part))
        {
            if (RequestContexts.IsContext(part.Type) || part is IPropertyReferenceOperation property && RequestContexts.IsAmbient(property.Property)) return false;
        }

        switch (Root(source))
        {
            case IFieldReferenceOperation { Field.IsStatic: true } or IPropertyReferenceOperation { Property.IsStatic: true }:
                return true;
            case IInstanceReferenceOperation:
                return Isolation.Code.Unwrapped(source!) is not IInstanceReferenceOperation;
            case IParameterReferenceOperation parameter:
                return parameter.Type?.Name is not "CancellationToken";
            case ILocalReferenceOperation local when local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: IdentifierNameSyntax or MemberAccessExpressionSyntax } declarator:
                return local.SemanticModel?.GetOperation(((VariableDeclaratorSyntax)declarator).Initializer!.Value) is { } value && LivesLonger(value);
            default:
                return false;
        }
    }

    private static bool IsMentioned(SyntaxNode at, Func<string, bool> name) =>
        Isolation.Code.FunctionAround(at) is { } function && function.DescendantNodes().OfType<SimpleNameSyntax>().Any(n => name(n.Identifier.ValueText));

    /// <summary>Where a chain of members begins: a variable, <c>this</c>, a static; null for what is made in it.</summary>
    public static IOperation? Root(IOperation? operation)
    {
        while (operation is not null && Inner(operation) is { } inner) operation = inner;
        return operation is ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation or IFieldReferenceOperation { Instance: null } or IPropertyReferenceOperation { Instance: null } ? operation : null;
    }

    public static IOperation? Inner(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation property => property.Instance,
        IFieldReferenceOperation field => field.Instance,
        IInvocationOperation { Instance: { } instance } => instance,
        IInvocationOperation { TargetMethod.IsExtensionMethod: true, Arguments: [var first, ..] } => first.Value,
        IConversionOperation conversion => conversion.Operand,
        IParenthesizedOperation parenthesized => parenthesized.Operand,
        IAwaitOperation awaited => awaited.Operation,
        IConditionalAccessOperation access => access.Operation,
        _ => null,
    };
}
