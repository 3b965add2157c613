using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A handler that a type attaches to a session's event.</summary>
internal sealed class Subscription(IOperation session, IOperation handler, IOperation operation, ISymbol tells)
{
    public IOperation Session { get; } = session;

    public IOperation Handler { get; } = handler;

    public IOperation Operation { get; } = operation;

    public ISymbol Event { get; } = tells;
}

/// <summary>What the handlers of a session's events do with the field that holds the session.</summary>
internal sealed class LateEvents(Analysis analysis, Liveness liveness, CancellationToken cancellation)
{
    private const int Depth = 3;

    /// <summary>All subscriptions in the code of a type.</summary>
    public IReadOnlyList<Subscription> Subscriptions(INamedTypeSymbol type)
    {
        var found = new List<Subscription>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(cancellation);
            var model = analysis.Bodies.ModelOf(syntax.SyntaxTree);
            foreach (var node in syntax.DescendantNodes())
            {
                if (node is not AssignmentExpressionSyntax assignment) continue;
                switch (model.GetOperation(assignment, cancellation))
                {
                    case IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Instance: { } session, Event: var tells } } attached:
                        found.Add(new Subscription(session, Values.Unwrapped(attached.HandlerValue), attached, tells));
                        break;
                    case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: { } session, Member: var tells } target } set when target.Type?.TypeKind == TypeKind.Delegate && analysis.Connections.TypeOf(session.Type) is not null:
                        found.Add(new Subscription(session, Values.Unwrapped(set.Value), set, tells));
                        break;
                }
            }
        }

        return found;
    }

    /// <summary>Is the session that is subscribed to the one that goes into the field?</summary>
    public bool Concerns(Subscription subscription, Replacement replacement, int depth = Depth)
    {
        var session = Receiver(subscription.Session);
        return IsNewOne(session, replacement, depth) || IsMadeIn(session, replacement.Value, depth) || IsPassedOn(session, replacement, depth);
    }

    /// <summary>
    /// The function that puts the new session in place detaches the handler again before it ends; or it refuses while the old one
    /// is in use, and the handler detaches itself when that is over.
    /// </summary>
    public bool IsTakenBack(Subscription subscription, Replacement replacement, IOperation function)
    {
        foreach (var operation in Values.OwnDescendants(function))
        {
            if (operation is IEventAssignmentOperation { Adds: false, EventReference: IEventReferenceOperation { Instance: { } from, Event: var tells } } && Values.Is(tells, subscription.Event)
                && operation.Syntax.SpanStart > replacement.Operation.Syntax.SpanStart && IsNewOne(Values.Unwrapped(from), replacement, 1)) return true;
        }

        return RefusesWhileActive(function, replacement) && Code(subscription.Handler) is { } handler && Detaches(handler, subscription, Depth);
    }

    private bool Detaches(IOperation function, Subscription subscription, int depth)
    {
        foreach (var operation in Values.OwnDescendants(function))
        {
            if (operation is IEventAssignmentOperation { Adds: false, EventReference: IEventReferenceOperation { Event: var tells } } && Values.Is(tells, subscription.Event)) return true;
            if (depth > 0 && operation is IInvocationOperation { Instance: null or IInstanceReferenceOperation } call && analysis.Summaries.IsOwn(call.TargetMethod)
                && Values.CodeOf(call.TargetMethod, analysis, cancellation) is { } code && code.Syntax != function.Syntax && Detaches(code, subscription, depth - 1)) return true;
        }

        return false;
    }

    /// <summary><c>if (IsStarted) throw new InvalidOperationException();</c> in front of the replacement.</summary>
    private static bool RefusesWhileActive(IOperation function, Replacement replacement)
    {
        foreach (var operation in Values.OwnDescendants(function))
        {
            if (operation is not IThrowOperation { Exception: { } exception } || operation.Syntax.SpanStart > replacement.Operation.Syntax.SpanStart) continue;
            if (Values.Unwrapped(exception).Type is not { } thrown || thrown.Name.StartsWith("Argument", StringComparison.Ordinal) || thrown.Name is "ObjectDisposedException") continue;
            for (var parent = operation.Parent; parent is not null && parent != function; parent = parent.Parent)
            {
                if (parent is IConditionalOperation { Condition: var condition } && condition.DescendantsAndSelf().Any(c => Values.OwnMember(c) is not null)) return true;
            }
        }

        return false;
    }

    /// <summary>In an initialiser, what is initialised.</summary>
    private static IOperation Receiver(IOperation session)
    {
        session = Values.Unwrapped(session);
        if (session is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }) return session;
        for (var parent = session.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IObjectCreationOperation creation) return creation;
        }

        return session;
    }

    private bool IsNewOne(IOperation session, Replacement replacement, int depth)
    {
        if (Values.OwnMember(session) is { } own && Values.Is(own, replacement.Member)) return true;
        var value = Values.Unwrapped(replacement.Value);
        if (session is ILocalReferenceOperation local)
        {
            if (value is ILocalReferenceOperation assigned && Values.Is(assigned.Local, local.Local)) return true;
            // `_session = s = open()`, `var s = _session = open()`
            if (Values.AssignedTo(local.Local, session).Any(a => Values.Unwrapped(a) is ISimpleAssignmentOperation chained && chained == replacement.Operation || Values.OwnMember(a) is { } read && Values.Is(read, replacement.Member))) return true;
        }

        if (session is IParameterReferenceOperation parameter && value is IParameterReferenceOperation taken && Values.Is(parameter.Parameter, taken.Parameter)) return true;
        if (session == value) return true;
        // A standby that is promoted was subscribed to under its own name, or before it was put there.
        return depth > 0 && Values.TakenFrom(value) is IFieldSymbol or IPropertySymbol && Values.TakenFrom(value) is { } standby
            && (Values.OwnMember(session) is { } subscribed ? Values.Is(standby, subscribed) : WasPutInto(session, standby, depth - 1));
    }

    private bool WasPutInto(IOperation session, ISymbol standby, int depth) => Assignments.To(standby, analysis).Any(put =>
        put.Model.GetOperation(put.Value, cancellation) is { } value && (Variable(session) is { } subscribed && Values.Is(Variable(Values.Unwrapped(value)), subscribed) || IsMadeIn(session, value, depth)));

    private static ISymbol? Variable(IOperation operation) => operation switch { ILocalReferenceOperation local => local.Local, IParameterReferenceOperation parameter => parameter.Parameter, _ => null };

    /// <summary>Subscribed to in the method that makes it: <c>_session = Create();</c></summary>
    private bool IsMadeIn(IOperation session, IOperation value, int depth)
    {
        if (depth == 0 || Values.Unwrapped(value) is not { } made) return false;
        if (made is ILocalReferenceOperation { Local: var variable }) return Values.AssignedTo(variable, made).Any(a => a != value && IsMadeIn(session, a, depth - 1));
        if (made is ICoalesceOperation coalesce) return IsMadeIn(session, coalesce.WhenNull, depth - 1);
        if (made is not IInvocationOperation call || !analysis.Summaries.IsOwn(call.TargetMethod) || Values.CodeOf(call.TargetMethod, analysis, cancellation) is not { } code) return false;
        if (code.Syntax.SyntaxTree != session.Syntax.SyntaxTree || !code.Syntax.Span.Contains(session.Syntax.Span)) return Values.Returned(code).Any(r => IsMadeIn(session, r, depth - 1));
        // `Attach(Create())` gives back what it was given.
        return Variable(session) is { } subscribed && Values.Returned(code).Any(r => Variable(Values.Unwrapped(r)) is { } returned && Values.Is(returned, subscribed));
    }

    /// <summary>Subscribed to in a helper that gets it: <c>Attach(fresh)</c>.</summary>
    private bool IsPassedOn(IOperation session, Replacement replacement, int depth)
    {
        if (depth == 0 || session is not IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } helper } parameter }) return false;
        foreach (var caller in analysis.Callers.Of(helper, cancellation))
        {
            if (caller is not IInvocationOperation call || call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal)?.Value is not { } argument) continue;
            if (IsNewOne(Values.Unwrapped(argument), replacement, depth - 1) || IsMadeIn(Values.Unwrapped(argument), replacement.Value, depth - 1)) return true;
        }

        return false;
    }

    /// <summary>The handler changes, closes or calls what the field holds, and asks nothing that would tell an old session's event.</summary>
    public bool ActsUnasked(Subscription subscription, ISymbol member)
    {
        if (Code(subscription.Handler) is not { } handler) return false;
        return Acts(handler, member, handler, Depth) == true;
    }

    public IOperation? Code(IOperation handler) => handler switch
    {
        IAnonymousFunctionOperation lambda => lambda,
        IMethodReferenceOperation { Method: var method } when analysis.Summaries.IsOwn(method) => Values.CodeOf(method, analysis, cancellation),
        IObjectCreationOperation { Arguments: [var inner] } => Code(Values.Unwrapped(inner)),
        _ => null,
    };

    /// <summary>True: acts; false: asks first; null: neither.</summary>
    private bool? Acts(IOperation function, ISymbol member, IOperation handler, int depth)
    {
        if (Asks(function, member, handler)) return false;
        bool? result = null;
        foreach (var operation in Values.OwnDescendants(function))
        {
            switch (operation)
            {
                case IAssignmentOperation { Target: var target } when Is(target, member):
                    return true;
                case IDeconstructionAssignmentOperation { Target: ITupleOperation targets } when targets.Elements.Any(e => Is(e, member)):
                    return true;
                case IInvocationOperation { TargetMethod: { Name: "CompareExchange", ContainingType.Name: "Interlocked" }, Arguments: [var first, _, var comparand] } when Is(first.Value, member):
                    // Only if it is still this one.
                    if (Replacements.IsNothing(comparand.Value) || Is(comparand.Value, member)) return true;
                    break;
                case IInvocationOperation { TargetMethod: { Name: "Exchange" or "Write", ContainingType.Name: "Interlocked" or "Volatile" }, Arguments: [var first, ..] } when Is(first.Value, member):
                    return true;
                case IInvocationOperation { Instance: { } receiver } call when IsOf(receiver, member) && !IsReading(call.TargetMethod, receiver.Type):
                    return true;
                case IInvocationOperation { TargetMethod.IsExtensionMethod: true, Arguments: [var first, ..] } call when IsOf(first.Value, member) && !IsReading(call.TargetMethod, first.Value.Type):
                    return true;
                case IInvocationOperation { Instance: null or IInstanceReferenceOperation } call when depth > 0 && analysis.Summaries.IsOwn(call.TargetMethod) && call.TargetMethod.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction:
                    if (Values.CodeOf(call.TargetMethod, analysis, cancellation) is not { } code || code.Syntax == function.Syntax) break;
                    if (Acts(code, member, code, depth - 1) == true) result = true;
                    break;
                case IAnonymousFunctionOperation started when depth > 0:
                    // `_ = Task.Run(() => Restore())`
                    if (Acts(started, member, handler, depth - 1) == true) result = true;
                    break;
            }
        }

        return result;
    }

    private static bool Is(IOperation operation, ISymbol member) => Values.OwnMember(operation) is { } own && Values.Is(own, member);

    /// <summary>The field itself, or a variable that was just read from it.</summary>
    private static bool IsOf(IOperation operation, ISymbol member)
    {
        operation = Values.Unwrapped(operation);
        return Is(operation, member) || operation is ILocalReferenceOperation local && Values.AssignedTo(local.Local, operation).Any(a => Is(a, member));
    }

    /// <summary>A question does nothing to the session.</summary>
    private bool IsReading(IMethodSymbol method, ITypeSymbol? type) =>
        (analysis.Connections.RolesOf(method, type) & (Role.State | Role.Alive)) != 0 || method.Name is "ToString" or "Equals" or "GetHashCode" or "GetType" || ClosingFlags.Words(method.Name).FirstOrDefault() is "Is" or "Get" or "Can" or "Has";

    /// <summary>A comparison of the sender, of a captured variable or of a number with what is there now; or the state of the current session.</summary>
    private bool Asks(IOperation function, ISymbol member, IOperation handler)
    {
        foreach (var operation in Values.OwnDescendants(function))
        {
            switch (operation)
            {
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary when Compares(binary.LeftOperand, binary.RightOperand, handler):
                    return true;
                case IInvocationOperation { TargetMethod.Name: "ReferenceEquals" or "Equals" or "Is" or "Same" } call:
                    var operands = call.Arguments.Select(a => a.Value).Concat(call.Instance is { } instance ? [instance] : []).ToList();
                    if (operands.Count >= 2 && Compares(operands[0], operands[1], handler)) return true;
                    break;
                case IMemberReferenceOperation { Member: IPropertySymbol or IFieldSymbol, Instance: { } owner } state when IsOf(owner, member) && liveness.Asks(state.Member) && Decides(state):
                    return true;
                case IInvocationOperation { Instance: { } owner } asked when IsOf(owner, member) && IsReading(asked.TargetMethod, owner.Type) && liveness.Asks(asked.TargetMethod) && Decides(asked):
                    return true;
                case IPropertyReferenceOperation { Property.Name: "IsCancellationRequested", Instance: { } token } over when EndsWithItsSession(token, handler) && Decides(over):
                    return true;
                case IIsPatternOperation pattern when IsOf(pattern.Value, member) && pattern.Pattern.DescendantsAndSelf().Any(p => p is IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var asked } } && liveness.Asks(asked)):
                    return true;
            }
        }

        return false;
    }

    /// <summary>One side is of this event (the sender, a captured variable), the other is what the object holds now.</summary>
    private static bool Compares(IOperation left, IOperation right, IOperation handler) =>
        IsOfEvent(left, handler) && IsCurrent(right) || IsOfEvent(right, handler) && IsCurrent(left);

    private static bool IsOfEvent(IOperation value, IOperation handler)
    {
        value = Values.Unwrapped(value);
        return value switch
        {
            IParameterReferenceOperation => true,
            // `sender as IFeed`, `e.Session`, `e.Generation`
            IMemberReferenceOperation { Instance: { } instance } when Values.Unwrapped(instance) is not IInstanceReferenceOperation => IsOfEvent(instance, handler),
            ILocalReferenceOperation local => local.Local.DeclaringSyntaxReferences.FirstOrDefault() is { } declared
                && (!handler.Syntax.Span.Contains(declared.Span) || Values.AssignedTo(local.Local, value).Any(a => IsOfEvent(a, handler))
                    || declared.GetSyntax().FirstAncestorOrSelf<IsPatternExpressionSyntax>()?.Expression is IdentifierNameSyntax),
            _ => false,
        };
    }

    /// <summary>A token that was captured beside the session, and that is cancelled where the next one is made: <c>_life.Cancel(); _life = new(); var life = _life.Token;</c></summary>
    private bool EndsWithItsSession(IOperation token, IOperation handler)
    {
        if (token is IPropertyReferenceOperation { Property.Name: "Token", Instance: { } source }) token = source;
        if (Values.Unwrapped(token) is not ILocalReferenceOperation { Local.DeclaringSyntaxReferences: [var declared] } || handler.Syntax.Span.Contains(declared.Span)) return false;
        return declared.GetSyntax(cancellation).FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member && Cancels(member, Depth);
    }

    private bool Cancels(SyntaxNode member, int depth) => member.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => call.Expression.LastWord() is "Cancel" or "CancelAsync"
        || depth > 0 && call.Expression.OwnName() is not null && analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var helper] } && helper.GetSyntax(cancellation) is var code && code != member && Cancels(code, depth - 1));

    private static bool IsCurrent(IOperation value)
    {
        value = Values.Unwrapped(value);
        return value switch
        {
            IInvocationOperation { TargetMethod: { Name: "Read" or "CompareExchange", ContainingType.Name: "Volatile" or "Interlocked" } } => true,
            ILocalReferenceOperation local => Values.AssignedTo(local.Local, value).Any(IsCurrent),
            _ => Values.OwnMember(value) is not null,
        };
    }

    private static bool Decides(IOperation state)
    {
        for (var parent = state.Parent; parent is not null; parent = parent.Parent)
        {
            switch (parent)
            {
                case IConditionalOperation or IWhileLoopOperation or ISwitchOperation or ISwitchExpressionOperation or IIsPatternOperation:
                    return true;
                case IArgumentOperation or IExpressionStatementOperation or IAnonymousFunctionOperation:
                    return false;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } }:
                    return Values.References(local, Values.Root(parent)).Any(r => r.Parent is not IArgumentOperation && Decides(r));
            }
        }

        return false;
    }
}
