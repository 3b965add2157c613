using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>
/// Follows one connection from where this code gets it to where it is closed or somebody else's. Streams over it and parts of it
/// stand for it: closing them closes it, unless they were told to leave it open.
/// </summary>
internal abstract class CustodyRule(Custodian custodian, Body body, IOperation? source, int depth) : IPathRule<Kept>
{
    private readonly HashSet<IOperation> _wrappers = [];
    private readonly HashSet<IOperation> _views = [];
    private readonly HashSet<object> _viewVariables = [];
    private readonly Dictionary<object, IInvocationOperation> _tasks = [];
    private readonly HashSet<SyntaxNode> _runsOpening = [];

    protected Custodian Custodian { get; } = custodian;

    protected Body Body { get; } = body;

    /// <summary>What had failed when the next one took the place of one that was still open.</summary>
    public List<IOperation> Lost { get; } = [];

    public bool IsSource(IOperation operation) => operation == source || _wrappers.Contains(operation);

    public Step<Kept> Visit(IOperation operation, Kept token, PathView<Kept> view)
    {
        if (operation == source)
        {
            if (token is { Hold: Hold.Failed, By: { } failed }) Lost.Add(failed);
            return new(new Kept(Hold.Held));
        }

        if (!token.IsHere) return new(token);
        switch (operation)
        {
            case IInvocationOperation call:
                return Call(call, token, view);
            case IObjectCreationOperation creation:
                return Creation(creation, token, view);
            case ISimpleAssignmentOperation assignment:
                return new(Stored(assignment.Target, assignment.Value, token, view));
            case IFlowCaptureOperation capture when !view.Holds(capture.Value) && Relates(capture.Value, view):
                _viewVariables.Add(capture.Id);
                return new(token);
            case IDeconstructionAssignmentOperation { Value: var parts } when view.Holds(parts):
                return Gone();
            case IPropertyReferenceOperation { Instance: { } owner, Property: var property } part when Relates(owner, view) && (Custodian.Analysis.Connections.RolesOf(property, owner.Type) & Role.Accessor) != 0:
                Stand(part, view.Holds(owner));
                return new(token);
            case IPropertyReferenceOperation { Property.Name: "Result", Instance: { } task } when Awaited(task, token, view) is { } result:
                return result;
            case IAwaitOperation awaited when Awaited(awaited.Operation, token, view) is { } step:
                return step;
            case IFlowAnonymousFunctionOperation lambda:
                return new(Captured(lambda, lambda.Syntax, token, view));
            case IMethodReferenceOperation { Method: { MethodKind: MethodKind.LocalFunction } local } reference:
                return new(Captured(reference, local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(), token, view));
            case IMethodReferenceOperation { Instance: { } bound } reference when Relates(bound, view):
                return new(Bound(reference, token));
            case IArrayInitializerOperation elements when elements.ElementValues.Any(e => Relates(e, view)):
                return elements.IsImplicit && IsNeutral(CallAround(elements)?.TargetMethod) ? new(token) : Gone();
            case ITupleOperation { Parent: not IDeconstructionAssignmentOperation } tuple when tuple.Elements.Any(e => Relates(e, view)):
            case ICollectionExpressionOperation collection when collection.Elements.Any(e => Relates(e, view)):
            case IReturnOperation { ReturnedValue: { } yielded } when Relates(yielded, view):
                return Gone();
            default:
                return new(token);
        }
    }

    public virtual bool Assume(IOperation condition, bool isTrue, ref Kept token, PathView<Kept> view) => true;

    public virtual Kept Return(IOperation? value, Kept token, PathView<Kept> view) =>
        token.IsHere && (value is not null && Relates(value, view) || IsGivenOut(view)) ? new Kept(Hold.Returned) : token;

    /// <summary>An <c>out</c> parameter holds it when the method completes; when it throws, nobody looks there.</summary>
    private static bool IsGivenOut(PathView<Kept> view) =>
        view.State.Variables.Any(variable => variable is { Value: Known.Followed, Key: IParameterSymbol { RefKind: RefKind.Out } });

    /// <summary>A connection is opened by the call: the followed one, or another.</summary>
    protected abstract Step<Kept> Opening(IInvocationOperation call, bool isFollowed, ImmutableArray<INamedTypeSymbol> throws, Kept token, PathView<Kept> view);

    /// <summary>What this call throws where it is a part of opening, though by itself it only says or hears something on the connection.</summary>
    protected virtual ImmutableArray<INamedTypeSymbol> Handshake(IInvocationOperation call) => [];

    /// <summary>A call that has nothing to do with the followed connection.</summary>
    protected virtual Step<Kept> Other(IInvocationOperation call, Kept token, PathView<Kept> view) => new(token);

    /// <summary>Something else is made.</summary>
    protected virtual Step<Kept> Other(IObjectCreationOperation creation, Kept token, PathView<Kept> view) => new(token);

    /// <summary>A field of this object has got it: is that the end of the matter?</summary>
    protected virtual bool EndsInField(ISymbol member) => Custodian.Endings.IsClosedByItsType(member);

    protected abstract CustodyRule Within(Body inner, int innerDepth);

    protected static Step<Kept> Gone() => new(new Kept(Hold.Gone));

    protected bool Relates(IOperation? expression, PathView<Kept> view)
    {
        if (expression is null) return false;
        if (view.Holds(expression)) return true;
        var bare = PathView<Kept>.Unwrapped(expression);
        return _views.Contains(bare) || PathView<Kept>.KeyOf(bare) is { } key && _viewVariables.Contains(key);
    }

    private void Stand(IOperation part, bool owns) => (owns ? _wrappers : _views).Add(part);

    private Step<Kept> Call(IInvocationOperation call, Kept token, PathView<Kept> view)
    {
        var method = call.TargetMethod;
        if (_runsOpening.Contains(call.Syntax)) return Failing(call, true, [Custodian.AnyException], token, view);
        if (call.Arguments.Any(a => Custodian.Analysis.Catalogue.TakesOver(a.Parameter) && Relates(a.Value, view))) return Gone();
        var receiver = Openings.Receiver(call);
        if (receiver is not null && _tasks.Count > 0 && method.Name is "Wait" or "GetAwaiter" && Awaited(receiver, token, view) is { } waited) return waited;
        var onIt = Relates(receiver, view);
        if (onIt && !Custodian.Openings.IsFollowed(method) || onIt && call.Instance is not null)
        {
            if (Custodian.Endings.Closes(method, receiver!.Type)) return view.Holds(receiver) ? Gone() : new(token);
            if (Custodian.Openings.Opens(call)) return Failing(call, true, Custodian.Openings.Throws(call), token, view);
            if (Handshake(call) is { IsEmpty: false } failures) return Failing(call, true, failures, token, view);
            if ((Custodian.Analysis.Connections.RolesOf(method, receiver!.Type) & Role.Accessor) != 0 || Custodian.Wrappers.IsAccessor(method))
            {
                Stand(call, view.Holds(receiver));
                return new(token);
            }
        }

        if (method.MethodKind == MethodKind.LocalFunction && CapturesIn(method, view) is { Count: > 0 } captured) return Followed(call, method, captured, token, view);
        if (IsNeutral(method)) return new(token);
        var given = call.Arguments.Where(a => (a.Parameter?.Ordinal != 0 || receiver is null || call.Instance is not null || Custodian.Openings.IsFollowed(method)) && Relates(a.Value, view)).ToList();
        if (given.Count == 0) return onIt ? new(token) : Unrelated(call, token, view);
        if (method.MethodKind == MethodKind.LocalFunction || Custodian.Openings.IsFollowed(method))
            return Followed(call, method, given.Select(a => (ISymbol)a.Parameter!.OriginalDefinition).ToList(), token, view);
        if (method.IsAbstract && Implemented(call, method, given, token, view) is { } implemented) return implemented;
        if (method.MethodKind == MethodKind.DelegateInvoke && Openings.IsOpener(call)) return Failing(call, true, [Custodian.AnyException], token, view);
        // A stream or socket that a library makes over it.
        if (Openings.Result(method) is { } made && Custodian.Analysis.Connections.LeadsToPeer(made))
        {
            Stand(call, given.Any(a => view.Holds(a.Value)) && !Endings.LeavesOpen(call.Arguments));
            return new(token);
        }

        // `EndConnect(ar)` of the library, `Task.WhenAll(…)` and the like do not take it over; a collection, or code that cannot be seen, does.
        return Gone();
    }

    private Step<Kept> Unrelated(IInvocationOperation call, Kept token, PathView<Kept> view)
    {
        if (_tasks.Count > 0 && call.TargetMethod is { Name: "WhenAll" or "WaitAll" } && IsHeard(call))
        {
            foreach (var argument in call.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()))
            {
                if (PathView<Kept>.KeyOf(argument) is { } key && _tasks.TryGetValue(key, out var started)) return Opening(started, IsOwn(started), Custodian.Openings.Throws(started), token, view);
            }
        }

        if (!Custodian.Openings.Opens(call)) return Other(call, token, view);
        return Failing(call, false, Custodian.Openings.Throws(call), token, view);
    }

    private bool _isClosedByCancelling;

    private readonly HashSet<IOperation> _own = [];

    private bool IsOwn(IOperation started) => _own.Contains(started);

    /// <summary>It throws here where it is waited for here; else where its task is.</summary>
    protected Step<Kept> Failing(IInvocationOperation call, bool isFollowed, ImmutableArray<INamedTypeSymbol> throws, Kept token, PathView<Kept> view)
    {
        if (IsHeard(call)) return Opening(call, isFollowed, throws, token, view);
        if (isFollowed) _own.Add(call);
        var started = Opening(call, isFollowed, [], token, view);
        return new(started.After);
    }

    private Step<Kept>? Awaited(IOperation task, Kept token, PathView<Kept> view) =>
        PathView<Kept>.KeyOf(task) is { } key && _tasks.TryGetValue(key, out var started)
            ? Opening(started, IsOwn(started), Custodian.Openings.Throws(started), token, view)
            : null;

    /// <summary>Code of this compilation gets it.</summary>
    private Step<Kept> Followed(IInvocationOperation call, IMethodSymbol method, List<ISymbol> symbols, Kept token, PathView<Kept> view)
    {
        if (Effect(method, symbols, token) is not { } effect) return Gone();
        if (effect.Returns)
        {
            Stand(call, true);
            // `return Started(socket)`: what it answers is the connection, and nobody has it when the opening inside fails.
            return effect.Throws.IsEmpty || !IsHeard(call) ? new(token) : Opening(call, true, effect.Throws, token, view);
        }

        if (effect.Ends) return Gone();
        // `Task SecureAsync(SslStream s) => s.AuthenticateAsClientAsync(_host)`: it fails where the task is waited for.
        if (effect is { Throws.IsEmpty: true, Opens: true } && !method.IsAsync && Tasks.IsTask(method.ReturnType) && IsHeard(call)) return Opening(call, true, [Custodian.AnyException], token, view);
        if (effect.Throws.IsEmpty) return new(effect.Opens ? new Kept(Hold.Opened, call) : token);
        return IsHeard(call) ? Opening(call, true, effect.Throws, token, view) : Gone();
    }

    /// <summary>Each implementation here fails with it in its own way, and none of them takes it over; null where that is not so.</summary>
    private Step<Kept>? Implemented(IInvocationOperation call, IMethodSymbol method, List<IArgumentOperation> given, Kept token, PathView<Kept> view)
    {
        if (!IsHeard(call)) return null;
        var throws = new List<INamedTypeSymbol>();
        foreach (var target in Custodian.Analysis.Implementations.Of(method, exactly: false, Custodian.Cancellation))
        {
            if (Effect(target, given.Select(a => (ISymbol)target.Parameters[a.Parameter!.Ordinal]), token) is not { Ends: false, Returns: false } effect) return null;
            throws.AddRange(effect.Throws);
        }

        return throws.Count == 0 ? null : Opening(call, true, throws.Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray(), token, view);
    }

    protected Effect? Effect(IMethodSymbol method, IEnumerable<ISymbol> symbols, Kept token)
    {
        method = method.OriginalDefinition;
        if (depth <= 0 || Custodian.Analysis.Bodies.Of(method, Custodian.Cancellation) is not { } inner || inner.Syntax == Body.Syntax) return null;
        return Custodian.EffectOf(inner, Within(inner, depth - 1), symbols, token);
    }

    private Step<Kept> Creation(IObjectCreationOperation creation, Kept token, PathView<Kept> view)
    {
        var given = creation.Arguments.Where(a => Relates(a.Value, view)).ToList();
        if (given.Count == 0 || creation.Constructor is not { } constructor) return Other(creation, token, view);
        if (given.Any(a => Custodian.Analysis.Catalogue.TakesOver(a.Parameter))) return Gone();
        if (Custodian.Openings.IsFollowed(constructor))
        {
            if (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax
                || Effect(constructor, given.Select(a => (ISymbol)a.Parameter!.OriginalDefinition), token) is not { } effect) return Gone();
            // Nobody gets the object when its constructor throws.
            return new(new Kept(Hold.Gone)) { Throws = effect.Throws, OnThrow = new Kept(Hold.Failed, creation) };
        }

        if (!Custodian.Analysis.Connections.IsCarrier(creation.Type) && (Custodian.Analysis.Connections.TypeOf(creation.Type) is null || !Conventions.IsFrameworks(constructor.ContainingType, Custodian.Analysis.Compilation.Assembly))) return Gone();
        Stand(creation, given.Any(a => view.Holds(a.Value)) && Endings.ClosesInner(creation));
        return new(token);
    }

    private Kept Stored(IOperation target, IOperation value, Kept token, PathView<Kept> view)
    {
        var bare = PathView<Kept>.Unwrapped(value);
        if (bare is IInvocationOperation { Type.Name: "Task" or "ValueTask" } call && bare == Core(value) && view.KeyOfTarget(target) is { } task && Begun(call) is { } opening)
            _tasks[task] = opening;
        if (!Relates(value, view)) return StoredOther(view.KeyOfTarget(target), value, token);
        switch (view.KeyOfTarget(target))
        {
            case ILocalSymbol local when SymbolEqualityComparer.Default.Equals(local.ContainingSymbol, Body.Owner) || Body.Owner is not IMethodSymbol:
                break;
            case CaptureId when target is not IFlowCaptureReferenceOperation:
            case IParameterSymbol { RefKind: RefKind.Out } when source is not null:
                break;
            case ISymbol member and (IFieldSymbol or IPropertySymbol):
                if (member.IsStatic || EndsInField(member)) return new(Hold.Gone);
                break;
            default:
                return target is IDiscardOperation ? token : new(Hold.Gone);
        }

        if (!view.Holds(value) && view.KeyOfTarget(target) is { } key) _viewVariables.Add(key);
        return token;
    }

    /// <summary>The opening that fails with this task: the call itself, or one of several, <c>Task.WhenAll(a.ConnectAsync(…), b.ConnectAsync(…))</c>; of these the followed one's.</summary>
    private IInvocationOperation? Begun(IInvocationOperation call)
    {
        if (IsOpening(call)) return call;
        if (call.TargetMethod is not { Name: "WhenAll", ContainingType.Name: "Task" }) return null;
        var all = call.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()).OfType<IInvocationOperation>().Where(IsOpening).ToList();
        return all.Find(IsOwn) ?? all.FirstOrDefault();
    }

    /// <summary>What fails with this task is an opening: the call's own, or one in the code that it runs.</summary>
    private bool IsOpening(IInvocationOperation call)
    {
        if (IsOwn(call) || Custodian.Openings.Opens(call) || (Custodian.Analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & Role.Create) != 0) return true;
        return (Custodian.Openings.IsFollowed(call.TargetMethod) || call.TargetMethod.MethodKind == MethodKind.LocalFunction) && Custodian.OpeningOf(call.TargetMethod, depth) is { Throws.IsEmpty: false };
    }

    /// <summary>Another value is stored in the variable of that key.</summary>
    protected virtual Kept StoredOther(object? key, IOperation value, Kept token) => token;

    /// <summary>The value without an <c>await</c>: what is stored is the task itself.</summary>
    private static IOperation Core(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync", Instance.Type.Name: "Task" or "ValueTask" })
            value = value is IConversionOperation conversion ? conversion.Operand : ((IInvocationOperation)value).Instance!;
        return value;
    }

    private static bool IsRegistration(IInvocationOperation call) => call.TargetMethod is { Name: "Register" or "UnsafeRegister", ContainingType.Name: "CancellationToken" };

    /// <summary>What leaves it open: not a cancellation, where that closes it: <c>using var closing = stop.Register(() => socket.Dispose());</c></summary>
    protected ImmutableArray<INamedTypeSymbol> LeavingOpen(ImmutableArray<INamedTypeSymbol> throws) =>
        _isClosedByCancelling ? throws.RemoveAll(t => Bases.Of(t).Any(b => b.Name is "OperationCanceledException" or "ObjectDisposedException")) : throws;

    /// <summary>A lambda or local function that uses it becomes a delegate.</summary>
    private Kept Captured(IOperation function, SyntaxNode? syntax, Kept token, PathView<Kept> view)
    {
        if (syntax is null || Names(syntax, view) is not { Count: > 0 } symbols) return token;
        var around = CallAround(function);
        // A handler of its own event is as long-lived as it is itself.
        if (IsHandlerOfIt(function, view)) return Closes(syntax, symbols) ? new(Hold.Gone) : token;
        if (around is null) return new(Hold.Gone);
        if (IsRegistration(around) && Closes(syntax, symbols))
        {
            // One that nobody takes back closes it when its owner ends; the others when they are cancelled.
            if (around.Parent is IExpressionStatementOperation) return new(Hold.Gone);
            _isClosedByCancelling = true;
            return token;
        }

        if (IsNeutral(around.TargetMethod)) return token;
        if (IsHeard(around) && !Closes(syntax, symbols) && Custodian.Analysis.Bodies.At(syntax, Custodian.Cancellation) is { } inner && depth > 0
            && Custodian.EffectOf(inner, Within(inner, depth - 1), symbols, token) is { Ends: false, Returns: false, Throws.IsEmpty: false })
        {
            _runsOpening.Add(around.Syntax);
            return token;
        }

        return new(Hold.Gone);
    }

    /// <summary>One of its own methods becomes a delegate: <c>Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, …)</c>.</summary>
    private Kept Bound(IMethodReferenceOperation reference, Kept token)
    {
        if (CallAround(reference) is not { } around) return new(Hold.Gone);
        _isClosedByCancelling |= IsRegistration(around) && reference.Method.Name is "Dispose" or "Close";
        if (IsNeutral(around.TargetMethod)) return token;
        if (!IsHeard(around) || reference.Method.Name is not ("BeginConnect" or "EndConnect") && (Custodian.Analysis.Connections.RolesOf(reference.Method, reference.Instance?.Type) & Role.Open) == 0) return new(Hold.Gone);
        _runsOpening.Add(around.Syntax);
        return token;
    }

    private bool IsHandlerOfIt(IOperation function, PathView<Kept> view)
    {
        for (var outer = function.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IEventAssignmentOperation { EventReference: IEventReferenceOperation { Instance: { } owner } }) return Relates(owner, view);
            if (outer is not (IDelegateCreationOperation or IConversionOperation)) return false;
        }

        return false;
    }

    private static bool Closes(SyntaxNode function, List<ISymbol> symbols) =>
        function.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(a => a.Expression is IdentifierNameSyntax name && symbols.Any(s => s.Name == name.Identifier.ValueText) && Endings.IsClosingName(a.Name.Identifier.ValueText))
        || function.DescendantNodes().OfType<ConditionalAccessExpressionSyntax>().Any(a => a.Expression is IdentifierNameSyntax name && symbols.Any(s => s.Name == name.Identifier.ValueText))
        || function.DescendantNodes().OfType<ArgumentSyntax>().Any(a => a.Expression is IdentifierNameSyntax name && symbols.Any(s => s.Name == name.Identifier.ValueText));

    private List<ISymbol> CapturesIn(IMethodSymbol local, PathView<Kept> view) =>
        local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax ? Names(syntax, view) : [];

    /// <summary>The variables that hold it and that the function names.</summary>
    private static List<ISymbol> Names(SyntaxNode function, PathView<Kept> view)
    {
        var found = new List<ISymbol>();
        foreach (var variable in view.State.Variables)
        {
            if (variable.Value != Known.Followed || variable.Key is not ISymbol symbol || symbol is IFieldSymbol or IPropertySymbol || Declares(function, symbol.Name)) continue;
            foreach (var token in function.DescendantTokens())
            {
                if (!token.IsKind(SyntaxKind.IdentifierToken) || token.ValueText != symbol.Name) continue;
                found.Add(symbol);
                break;
            }
        }

        return found;
    }

    /// <summary>A static function has a parameter of the same name.</summary>
    private static bool Declares(SyntaxNode function, string name) =>
        function.DescendantNodes().OfType<ParameterSyntax>().Any(p => p.Identifier.ValueText == name);

    private static IInvocationOperation? CallAround(IOperation part)
    {
        for (var outer = part.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IInvocationOperation call) return call;
            if (outer is not (IDelegateCreationOperation or IConversionOperation or IArgumentOperation or IArrayCreationOperation or IArrayInitializerOperation)) return null;
        }

        return null;
    }

    /// <summary>Looks at what it is given, and no more.</summary>
    private static bool IsNeutral(IMethodSymbol? method)
    {
        if (method?.ContainingType is not { } type) return false;
        if (type.Name is "Console" or "Debug" or "Trace" or "ArgumentNullException" or "GC" or "Volatile" or "Object" or "String" or "CancellationToken" or "ThrowHelper" or "Assert"
            || type.SpecialType is SpecialType.System_Object or SpecialType.System_String) return true;
        return method.Name.IsLogging() || type.Name is "ILogger" or "LoggerExtensions"
            || method.Name is "WhenAny" or "ReferenceEquals" or "ThrowIfNull" or "NotNull" or "SuppressFinalize" or "KeepAlive" || method.Name is "Equals" or "GetHashCode" or "ToString";
    }

    /// <summary>Its failure is thrown where it stands: synchronous, or awaited or waited for in the same expression.</summary>
    protected static bool IsHeard(IInvocationOperation call)
    {
        if (call.Type?.Name is not ("Task" or "ValueTask")) return true;
        for (var node = call.Syntax.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case AwaitExpressionSyntax:
                    return true;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Result" or "Wait" or "GetAwaiter" }:
                    return true;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAny" or "ContinueWith" } }:
                    return false;
                case ExpressionSyntax and not (AnonymousFunctionExpressionSyntax or AssignmentExpressionSyntax) or ArgumentSyntax or ArgumentListSyntax or ExpressionElementSyntax:
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }
}
