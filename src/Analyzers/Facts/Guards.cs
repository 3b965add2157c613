using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Which sends a body leads to, and what stands before each of them.</summary>
internal sealed class Guards(Analysis analysis)
{
    private const int MaxSends = 24;

    /// <summary>Does some fact of this state say that the connection may be used?</summary>
    /// <param name="state">The state before the send.</param>
    /// <param name="connection">What is sent on.</param>
    /// <param name="body">The code that sends.</param>
    /// <param name="throwing">A check whose other outcome throws counts too.</param>
    /// <param name="gaps">What may not lie between check and use.</param>
    public bool IsChecked(FlowState state, Place connection, Body body, bool throwing, Gaps gaps)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Value.ByThrow && !throwing || (fact.Value.Gaps & gaps) != 0 || fact.Key.Symbol is not { } member) continue;
            if (!Concerns(fact.Key, member, connection, body) && !IsTold(fact.Key, member, connection, body)) continue;
            if (analysis.Flags.MeansUsable(member, fact.Value) || analysis.Flags.ExcludesEnd(member, fact.Value)) return true;
        }

        var proof = throwing ? Marks.Proven | Marks.Answered : Marks.Proven;
        foreach (var mark in state.Marks)
        {
            if ((mark.Value & proof) != 0 && (mark.Key.IsPrefixOf(connection) && mark.Key.Depth > 0 || connection.IsPrefixOf(mark.Key) || mark.Key.Equals(connection) && connection.Root != RootKind.This)) return true;
        }

        return false;
    }

    /// <summary>The check that decides about the send but has grown stale; null where there is none, or one that is fresh.</summary>
    private StaleCheck? StaleCheckOf(FlowState before, BodyEvent happened, SendFact send, Place connection, Body body)
    {
        ISymbol? asked = null;
        var gaps = Gaps.All;
        foreach (var fact in before.Facts)
        {
            if (fact.Value.Gaps == Gaps.None || fact.Key.Symbol is not { } member || !TellsState(member)) continue;
            // An own flag that throws (`ThrowIf(_disposed)`) leaves the failure to the caller, just as the send does.
            // So does one whose refusal and whose failed send both reach the caller as exceptions of the method's own, or are the
            // same refusal, here and in the code that sends.
            if (fact.Value.ByThrow && ((analysis.Connections.RolesOf(member, null) & Role.State) == 0 || send.Refuses || IsReworded())) continue;
            if (IsAskedOfMaker(fact.Key, connection) || !Concerns(fact.Key, member, connection, body) || !analysis.Flags.MeansUsable(member, fact.Value)) continue;
            asked ??= member;
            gaps &= fact.Value.Gaps;
        }

        return asked is null ? null : new StaleCheck(asked, gaps);

        bool IsReworded() => TryBlocks.Around(happened.Operation, body.Syntax, send.Throws, analysis.Bodies).Any();
    }

    /// <summary><c>connection.IsOpen</c>, and then a channel that it has made: of the channel itself nothing was asked that could be out of date.</summary>
    private bool IsAskedOfMaker(Place fact, Place connection) =>
        fact.Parent is { } owner && connection.RootPlace is { Root: RootKind.Born, Born: BornKind.Returned or BornKind.Created, From: { } maker }
        && owner.IsPrefixOf(maker) && !owner.IsPrefixOf(connection) && analysis.Connections.TypeOf(owner.Type) is not null;

    /// <summary>A cancellation, a wish or the flag of a loop that runs says when to end, not how the connection is.</summary>
    private bool TellsState(ISymbol member)
    {
        if ((analysis.Connections.RolesOf(member, null) & Role.State) != 0) return true;
        if (IsKind(member) || IsLeave(member)) return false;
        return member.Name != "IsCancellationRequested" && !ClosingFlags.Words(member.Name).Any(w => w.ToLowerInvariant() is "running" or "started" or "stop" or "stopping" or "cancelled" or "canceled" or "requested" or "enabled" or "active" or "listening" or "working" or "available" or "ok");
    }

    /// <summary>What something is, not how the connection is: <c>_fragments == OpCode.Close</c>.</summary>
    private static bool IsKind(ISymbol member) =>
        Symbols.TypeOf(member) is { TypeKind: TypeKind.Enum, Name: var name }
        && ClosingFlags.Words(name).LastOrDefault() is "Code" or "Opcode" or "Kind" or "Type" or "Command" or "Event" or "Reason";

    /// <summary>What the other side may do (<c>CanAcceptCalls</c>) says nothing of a send; <c>CanSend</c> does.</summary>
    private static bool IsLeave(ISymbol member) =>
        ClosingFlags.Words(member.Name).ToList() is ["Can" or "can", var verb, ..] && ClosingFlags.ByName(verb) is null && verb is not ("Send" or "Write" or "Publish" or "Request" or "Execute" or "Invoke" or "Emit" or "Transmit" or "Post" or "Use");

    /// <summary>What the function was told by its caller, who calls it for that: <c>e.CurrentState</c>, <c>isConnected</c>; not how it was before.</summary>
    private bool IsTold(Place fact, ISymbol member, Place connection, Body body)
    {
        var told = fact.Parent ?? fact;
        // `sender is Session { IsOpen: true }` tells of the one that raised the event, and not of the others in a list.
        if (connection.RootPlace is { Root: RootKind.Born, Born: BornKind.Iterated } && (analysis.Connections.TypeOf(member.ContainingType) is not null || told is { Type.SpecialType: SpecialType.System_Object })) return false;
        return told is { IsRoot: true, Root: RootKind.Parameter, Symbol: IParameterSymbol parameter } && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, body.Owner)
            && analysis.Connections.TypeOf(parameter.Type) is null && !Tasks.IsTask(parameter.Type)
            && TellsState(member) && !ClosingFlags.Words(member.Name).Any(w => w.ToLowerInvariant() is "was" or "had" or "old" or "previous" or "prior" or "former" or "last" or "from");
    }

    /// <summary>The member is the connection's own, its owner's, or that of what it wraps.</summary>
    private bool Concerns(Place fact, ISymbol member, Place connection, Body body)
    {
        if (fact.Parent is not { } owner)
        {
            // A variable of the method around a lambda, set by another handler.
            return fact.Root is RootKind.Local or RootKind.Parameter && !SymbolEqualityComparer.Default.Equals(member.ContainingSymbol, body.Owner)
                && connection.RootPlace.Root is RootKind.Local or RootKind.Parameter or RootKind.This;
        }

        if (owner.Equals(Place.Static)) return connection.RootPlace.Root == RootKind.Static;
        // `_stopping.IsCancellationRequested` is a flag of whoever owns `_stopping`, and `_view.Phase` of whoever keeps that record.
        if (member.Name == "IsCancellationRequested" || IsRecord(owner))
        {
            while (owner.Parent is { } around && owner.Symbol is IFieldSymbol or IPropertySymbol or IParameterSymbol) owner = around;
            return Owns(owner, connection);
        }

        owner = Base(owner);
        connection = Base(connection);
        return Owns(owner, connection) || connection.IsPrefixOf(owner) || analysis.Types.IsSameConnection(owner, connection, body);
    }

    /// <summary>Plain values kept together, which have no life of their own: they are their keeper's.</summary>
    private bool IsRecord(Place place) =>
        place is { IsRoot: false, Type: INamedTypeSymbol { IsRecord: true } or { TypeKind: TypeKind.Struct } } && analysis.Connections.TypeOf(place.Type) is null;

    /// <summary>The connection itself, without the steps to its parts: its stream, its socket, a writer around it.</summary>
    public Place Base(Place place)
    {
        while (place is { Parent: { } parent, Symbol: { } member } && (member is IMethodSymbol { MethodKind: MethodKind.Constructor } || (analysis.Connections.RolesOf(member, null) & Role.Accessor) != 0)) place = parent;
        return place;
    }

    private static bool Owns(Place owner, Place connection)
    {
        for (Place? place = connection; place is not null; place = place.RootPlace.From)
        {
            if (owner.IsPrefixOf(place)) return true;
        }

        return false;
    }

    /// <summary>The sends and uses of a body, as its callers see them, and whether the depth left was enough to see all of them.</summary>
    public (ImmutableArray<SendFact> Sends, bool AreAll) SendsOf(Body body, ImmutableArray<BodyEvent> events, int depth)
    {
        var areAll = true;
        var sends = ImmutableArray.CreateBuilder<SendFact>();
        foreach (var happened in events)
        {
            if (sends.Count >= MaxSends) break;
            if (happened.Kind == EventKind.Throw) Requirement(body, happened, sends);
            else if (happened is { Kind: EventKind.Call, Symbol: { } member })
            {
                if (happened.Callees.IsEmpty) Own(body, happened, depth, sends);
                else
                {
                    foreach (var callee in happened.Callees)
                    {
                        if (!IsOdd(happened, callee)) areAll &= Lead(body, happened, callee, depth, sends);
                    }

                    if (happened.Callees.All(c => c.Sends.IsEmpty && c.IsComplete && !AsksItself(c) && !HidesCalls(c, 2))) Use(body, happened, member, sends);
                }
            }
        }

        return (sends.ToImmutable(), areAll);
    }

    private bool HasCode(IMethodSymbol method) => analysis.Summaries.IsOwn(method) && analysis.Implementations.Of(method, exactly: false, default).Any(m => analysis.Bodies.Of(m, default) is not null);

    /// <summary>
    /// Of the kinds of a connection that another object may hold, most ask for themselves before they send: the kind that does not
    /// is hardly the one that is held here, and its own code is where the question is missing.
    /// </summary>
    private bool IsOdd(BodyEvent happened, Summary callee)
    {
        if (happened.Callees.Length < 3 || happened.Value.Contains(Place.This) || AsksBeforeAll(callee)) return false;
        // One that wraps another is as careful as what it wraps; one that sends nothing tells nothing.
        var asking = happened.Callees.Count(AsksBeforeAll);
        return asking > 0 && asking >= happened.Callees.Count(c => c.Sends.Any(s => !s.Guarded) && !Wraps(c));

        bool Wraps(Summary kind) => !kind.Sends.IsEmpty && kind.Sends.All(s => s.Guarded || s.Route.Any(step => happened.Callees.Any(c => SymbolEqualityComparer.Default.Equals(c.Body.Owner, step.Method))));
    }

    /// <summary>It sends, and nothing of that is left for its callers to fear.</summary>
    private bool AsksBeforeAll(Summary callee) =>
        callee.Sends.All(s => s.Guarded) && callee.Events.Any(e => e is { Kind: EventKind.Call, Symbol: { } called } && (analysis.Connections.RolesOf(called, null) & Role.Send) != 0);

    /// <summary>A send that stands here.</summary>
    private void Own(Body body, BodyEvent happened, int depth, ImmutableArray<SendFact>.Builder sends)
    {
        foreach (var send in DirectSends(body, happened))
        {
            // What the depth left does not reach is not judged by its name.
            if (depth <= 0 && HasCode(send.Method)) return;
            Add(body, happened, happened.State, new SendFact(send.Connection, happened.Operation, send.Method, send.Type) { Throws = analysis.Catalogue.Throws(send.Method), OnlyUse = !send.IsSend && !IsCommand(send.Method) }, sends);
        }
    }

    /// <summary>What is executed goes to the connection that it was made for: it throws there like any send.</summary>
    private bool IsCommand(IMethodSymbol method) => analysis.Catalogue.Of(method).Of is not null;

    /// <summary>The sends and uses that a call is by itself, whatever stands before it: one for each value that its receiver may be.</summary>
    public IEnumerable<(Place Connection, IMethodSymbol Method, ITypeSymbol Type, bool IsSend)> DirectSends(Body body, BodyEvent happened)
    {
        if (happened is not { Kind: EventKind.Call, Symbol: IMethodSymbol method, Callees.IsEmpty: true }) yield break;
        var invocation = happened.Operation as IInvocationOperation;
        var receiver = method.IsExtensionMethod && method.IsStatic ? invocation?.Arguments.FirstOrDefault()?.Value : invocation?.Instance;
        var type = Unconverted(receiver)?.Type ?? method.ContainingType;
        if (method.IsStatic && !method.IsExtensionMethod || type is null) yield break;
        var facts = analysis.Connections.FactsOf(method, type);
        var places = method.IsExtensionMethod && method.IsStatic ? happened.Arguments.FirstOrDefault()?.Places : happened.Value.Places;
        if (places is null) yield break;
        var carrier = analysis.Connections.IsCarrier(type) && analysis.Connections.TypeOf(type) is null;
        if ((facts.Roles & (Role.Quiet | Role.Close)) != 0) yield break;
        var isSend = (facts.Roles & Role.Send) != 0 || carrier && IsWrite(method);
        if (!isSend && (facts.Roles & Role.Use) == 0) yield break;
        foreach (var place in carrier ? places.SelectMany(p => Given(p, happened.State)) : places)
        {
            if (!carrier || IsCarried(place, body)) yield return (place, method, type, isSend);
        }
    }

    /// <summary><c>command.Connection = _connection</c>: it runs on what it was given since it was made.</summary>
    private static IEnumerable<Place> Given(Place carrier, FlowState state)
    {
        foreach (var held in state.Env)
        {
            if (held.Key is { Symbol: IPropertySymbol { Name: "Connection" } property, Parent: { } holder } && holder.Equals(carrier)) return held.Value.Places.Select(p => p.Step(property)).OfType<Place>();
        }

        return [carrier];
    }

    /// <summary>
    /// A session's own sending member, in whose code no send can be seen and no question either: still a use of the session,
    /// for whoever kept it.
    /// </summary>
    private void Use(Body body, BodyEvent happened, ISymbol member, ImmutableArray<SendFact>.Builder sends)
    {
        if (member is not IMethodSymbol { IsStatic: false, ContainingType: { } type } method || analysis.Connections.TypeOf(type) is null) return;
        if ((analysis.Connections.RolesOf(method, null) & (Role.Send | Role.Use)) == 0 || (analysis.Connections.RolesOf(method, null) & Role.Quiet) != 0) return;
        foreach (var place in happened.Value.Places)
        {
            if (!place.Equals(Place.This)) Add(body, happened, happened.State, new SendFact(place, happened.Operation, method, type) { Throws = analysis.Catalogue.Throws(method), OnlyUse = true }, sends);
        }
    }

    /// <summary>The code asks the state of its own object, or opens it; so does what it calls on that object or hands it to.</summary>
    private bool AsksItself(Summary callee) => Asks(callee, Place.This, 3);

    private bool Asks(Summary code, Place self, int steps)
    {
        return code.Events.Any(e => e.State.Facts.Any(f => Asked(f.Key) is { } asked && analysis.Flags.MeansUsable(asked, f.Value)))
            || code.Exit?.Facts.Any(f => Asked(f.Key) is { } asked && (analysis.Flags.MeansUsable(asked, f.Value) || analysis.Flags.MeansUsable(asked, Opposite(f.Value)))) == true
            || code.Events.Any(e => e.Kind == EventKind.Call && (Opens(e) || steps > 0 && e.Callees.Any(c => Selves(e, c).Any(s => Asks(c, s, steps - 1)))));

        ISymbol? Asked(Place fact) => fact.Parent?.RootPlace.Equals(self) == true ? fact.Symbol : null;

        bool Opens(BodyEvent call) => self.Equals(Place.This) && call.Symbol is { } called && (analysis.Connections.RolesOf(called, null) & (Role.Open | Role.Ensures)) != 0;

        // The object as the called code names it.
        IEnumerable<Place> Selves(BodyEvent call, Summary called)
        {
            if (call.Value.Contains(self)) yield return Place.This;
            if (called.Body.Method is not { Parameters: var parameters }) yield break;
            for (var i = 0; i < Math.Min(parameters.Length, call.Arguments.Length); i++)
            {
                if (call.Arguments[i].Contains(self)) yield return Place.Parameter(parameters[i]);
            }
        }
    }

    /// <summary>A call in the code is not understood (its assembly is missing): it may be the send, and what stands before it the question.</summary>
    private static bool HidesCalls(Summary code, int steps) =>
        code.Body.Graph.Blocks.Any(b => b.Operations.Any(Hides) || b.BranchValue is { } value && Hides(value)) || steps > 0 && code.Events.Any(e => e.Callees.Any(c => HidesCalls(c, steps - 1)));

    private static bool Hides(IOperation operation) => operation.DescendantsAndSelf().Any(o => o is IInvalidOperation { Syntax: InvocationExpressionSyntax });

    private static bool IsWrite(IMethodSymbol method) =>
        method.Name.StartsWith("Write", StringComparison.Ordinal) || method.Name.StartsWith("Flush", StringComparison.Ordinal);

    /// <summary>A plain stream or writer is a connection where it was made from one, or belongs to one.</summary>
    private bool IsCarried(Place place, Body body)
    {
        for (var part = place; part is not null; part = part.Parent)
        {
            if (analysis.Connections.TypeOf(part.Type) is not null || IsStepFromConnection(part)) return true;
        }

        if (place.RootPlace.Root == RootKind.Born) return false;
        // A connection's own plain stream is its transport.
        return place.RootPlace.Root == RootKind.This && (analysis.Types.IsMadeFromConnection(place, body) || analysis.Connections.TypeOf(body.Type) is not null && place.Depth > 0 && place.Type?.Name is "Stream" or "PipeWriter" or "IDuplexPipe");
    }

    /// <summary>What it is a part of has no name of its own (an element of a dictionary), but the step to the part says what that is.</summary>
    private bool IsStepFromConnection(Place part) => part is { Parent.IsRoot: true, Symbol: IMethodSymbol step } && (step.MethodKind == MethodKind.Constructor
        ? step.Parameters.Any(p => analysis.Connections.TypeOf(p.Type) is not null)
        : analysis.Connections.TypeOf(step.ContainingType) is not null);

    /// <summary>A method that begins by throwing when the state is not the usable one requires that state of its callers.</summary>
    private void Requirement(Body body, BodyEvent thrown, ImmutableArray<SendFact>.Builder sends)
    {
        if (body.Method is not { } method || body.Type is not { } type || !analysis.Catalogue.MayInfer(type) || !IsSending(method, type)) return;
        var exception = ExceptionOf(thrown.Operation, method);
        if (exception is { Name: "ArgumentException" or "ArgumentNullException" or "ArgumentOutOfRangeException" or "OperationCanceledException" }) return;
        foreach (var fact in thrown.State.Facts)
        {
            if (fact.Key is not { Parent: { } owner, Symbol: { } member } || owner.RootPlace.Root is not (RootKind.This or RootKind.Parameter)) continue;
            if (!owner.Equals(Place.This) && analysis.Connections.TypeOf(Symbols.TypeOf(owner.Symbol)) is null) continue;
            if ((analysis.Connections.RolesOf(member, null) & Role.State) == 0 && ClosingFlags.ByName(member.Name) is null && !IsStateEnum(member)) continue;
            if (analysis.Flags.MeansUsable(member, fact.Value) || !analysis.Flags.MeansUsable(member, Opposite(fact.Value))) continue;
            if (TryBlocks.Catch(thrown.Operation, body.Syntax, exception is null ? [] : [exception], analysis.Bodies)) continue;
            sends.Add(new SendFact(owner, thrown.Operation, method, type) { Throws = exception is null ? [] : [exception], Validated = false, Refuses = true });
            return;
        }
    }

    private static bool IsStateEnum(ISymbol member) =>
        member is IPropertySymbol { Type.TypeKind: TypeKind.Enum } or IFieldSymbol { Type.TypeKind: TypeKind.Enum };

    private static Constraint Opposite(Constraint constraint) => new(!constraint.Includes, constraint.Values);

    private bool IsSending(IMethodSymbol method, INamedTypeSymbol type)
    {
        if ((analysis.Connections.RolesOf(method, null) & (Role.Send | Role.Use)) != 0) return true;
        var first = ClosingFlags.Words(method.Name).FirstOrDefault();
        return first is "Send" or "Write" or "Publish" or "Request" or "Emit" or "Transmit" or "Post" && !Conventions.AsksForIncoming(method.Name)
            && type.GetMembers().Any(m => (m is IPropertySymbol or IFieldSymbol) && IsStateEnum(m) || m is IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean } && ClosingFlags.ByName(m.Name) is not null);
    }

    private INamedTypeSymbol? ExceptionOf(IOperation thrown, IMethodSymbol method)
    {
        thrown = thrown.WithoutConversions();
        if (thrown is IInvocationOperation) return analysis.Catalogue.Throws(method).FirstOrDefault(t => t.Name == "InvalidOperationException");
        return thrown.Type as INamedTypeSymbol;
    }

    /// <summary>A call that leads to sends further down; false if the depth left ended the search.</summary>
    private bool Lead(Body body, BodyEvent happened, Summary callee, int depth, ImmutableArray<SendFact>.Builder sends)
    {
        var site = SummaryApplication.At(happened, callee);
        foreach (var send in callee.Sends)
        {
            if (!IsTurnedAway(happened, callee, send) && !IsOfAnotherKind(body, happened, send)) Lift(body, happened, send, site.Map(send.Connection), happened.State, callee.Body.Owner, sends);
        }

        // A delegate that is passed on and called there.
        var isWhole = true;
        foreach (var inner in callee.Events)
        {
            if (inner.Kind != EventKind.Call || inner.Symbol is not IMethodSymbol { MethodKind: MethodKind.DelegateInvoke }) continue;
            if (inner.Value.Places.FirstOrDefault() is not { IsRoot: true, Symbol: IParameterSymbol parameter } || parameter.Ordinal >= happened.Arguments.Length) continue;
            if (happened.Arguments[parameter.Ordinal].Atoms is not [Atom.Function { Method: IMethodSymbol function } known]) continue;
            if (depth <= 1)
            {
                isWhole = false;
                break;
            }

            var state = Enter(happened.State, site, inner.State);
            foreach (var summary in analysis.Summaries.Of(function, depth - 2, default))
            {
                isWhole &= summary.IsComplete;
                var arguments = inner.Arguments.Select(site.Map).ToImmutableArray();
                var lambda = new SummaryApplication(state, summary, known.Target is null ? Value.Of(Place.This) : Value.Of(known.Target), arguments, happened.Operation.Syntax);
                if (IsHeard(function, inner.Operation.Syntax) && TryBlocks.Catch(inner.Operation, callee.Body.Syntax, analysis.Catalogue.Throws(function), analysis.Bodies)) continue;
                foreach (var send in summary.Sends) Lift(body, happened, send, lambda.Map(send.Connection), state, callee.Body.Owner, sends);
            }
        }

        return isWhole;
    }

    /// <summary>The call gives a constant that the code there does not let through to the send: <c>if (data is null) return;</c>.</summary>
    private static bool IsTurnedAway(BodyEvent happened, Summary callee, SendFact send)
    {
        if (!happened.Arguments.Any(a => a.Atoms is [Atom.Constant]) || callee.Events.FirstOrDefault(e => e.Operation == send.Operation) is not { } there) return false;
        return there.State.Facts.Any(fact => fact.Key is { IsRoot: true, Root: RootKind.Parameter, Symbol: IParameterSymbol { Ordinal: var at } parameter }
            && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, callee.Body.Owner)
            && at < happened.Arguments.Length && happened.Arguments[at].Atoms is [Atom.Constant { Value: var given }] && fact.Value.Includes != fact.Value.Values.Contains(given)
            && there.State.Read(fact.Key).Atoms is [Atom.Of { Place: var now }] && now.Equals(fact.Key));
    }

    /// <summary>The object calls itself, and the send is that of another kind of it: what it sends on is a member that this kind does not have.</summary>
    private static bool IsOfAnotherKind(Body body, BodyEvent happened, SendFact send)
    {
        if (body.Type is not { } type || send.Connection.IsRoot || send.Connection.RootPlace.Root != RootKind.This || happened.Operation is not IInvocationOperation { Instance: IInstanceReferenceOperation }) return false;
        var first = send.Connection;
        while (first.Parent is { IsRoot: false } parent) first = parent;
        return first.Symbol is { IsStatic: false, ContainingType: { TypeKind: TypeKind.Class } owner } && !Bases.IncludeDefinition(type, owner) && !Bases.IncludeDefinition(owner, type);
    }

    /// <summary>What an <c>async</c> function throws is its task's, and where it has none nobody's: who only calls it and goes on hears of nothing.</summary>
    private static bool IsHeard(IMethodSymbol function, SyntaxNode call)
    {
        if (!function.IsAsync) return true;
        if (function.ReturnsVoid) return false;
        while (call.Parent is ConditionalAccessExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax) call = call.Parent;
        return call.Parent is not (ExpressionStatementSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } });
    }

    private static FlowState Enter(FlowState state, SummaryApplication site, FlowState inside)
    {
        foreach (var fact in inside.Facts)
        {
            if (fact.Key is not { Parent: { } parent, Symbol: { } member }) continue;
            foreach (var owner in site.Map(parent).Places)
            {
                if (owner.Step(member) is { } place) state = state.Know(SmallMap<Place, Constraint>.Empty.Set(place, fact.Value));
            }
        }

        return state;
    }

    private void Lift(Body body, BodyEvent happened, SendFact send, Value mapped, FlowState state, ISymbol callee, ImmutableArray<SendFact>.Builder sends)
    {
        foreach (var place in mapped.Places)
        {
            if (sends.Count >= MaxSends) return;
            var lifted = send with
            {
                Connection = place,
                Operation = happened.Operation,
                InCallee = send.Connection,
                Route = send.Route.Insert(0, new RouteStep(callee, send.Operation.Syntax.GetLocation())),
            };
            Add(body, happened, state, lifted, sends);
        }
    }

    /// <param name="body">The code that leads to the send.</param>
    /// <param name="happened">What leads there: the send itself, or a call.</param>
    /// <param name="before">What is known before it; for a function that the called method calls, what that method has asked too.</param>
    /// <param name="send">The send.</param>
    /// <param name="sends">Takes it, unless nobody needs to fear it.</param>
    private void Add(Body body, BodyEvent happened, FlowState before, SendFact send, ImmutableArray<SendFact>.Builder sends)
    {
        var place = send.Connection;
        var state = Knowing(before, happened, place);
        var caught = send.Guarded || send.OnlyUse || TryBlocks.Catch(happened.Operation, body.Syntax, send.Throws, analysis.Bodies);
        var guarded = caught || IsChecked(state, place, body, throwing: false, Gaps.None);
        var asked = send.Asked || IsChecked(state, place, body, throwing: true, Gaps.All);
        var stale = caught || asked ? null : StaleCheckOf(before, happened, send, place, body);
        // Few sends have such a check: the clauses around them are read for it last.
        if (stale is not null && TryBlocks.Answer(happened.Operation, body.Syntax, send.Throws, analysis.Bodies)) stale = null;
        var validated = send.Validated
            || IsFresh(state, place)
            || IsChecked(state, place, body, throwing: true, Gaps.Await)
            || Evictions.Evicts(happened.Operation, body, place, send.Throws, analysis);
        if (guarded && validated && stale is null) return;
        sends.Add(send with { Asked = asked, Stale = stale, Guarded = guarded, Validated = validated });
    }

    /// <summary>The state before a call, with what is known of the connection where it is this one of those that it may be.</summary>
    private static FlowState Knowing(FlowState before, BodyEvent happened, Place connection)
    {
        var state = Told(before, happened.Value);
        foreach (var argument in happened.Arguments) state = Told(state, argument);
        return state;

        FlowState Told(FlowState known, Value value)
        {
            foreach (var atom in value.Atoms)
            {
                if (atom is Atom.Of { Implied: { } implied } of && of.Place.IsPrefixOf(connection)) known = known.Know(implied);
            }

            return known;
        }
    }

    /// <summary>Made in this body, itself or what it is a part of.</summary>
    private bool IsFresh(FlowState state, Place place)
    {
        if (Base(place) is { IsRoot: true, Root: RootKind.Born, Born: BornKind.Created }) return true;
        for (Place? part = place; part is not null; part = part.Parent)
        {
            if ((state.MarksOf(part) & Marks.Fresh) != 0 && part.Born is not (BornKind.Lookup or BornKind.Pooled)) return true;
        }

        return false;
    }

    private static IOperation? Unconverted(IOperation? operation)
    {
        while (operation is IConversionOperation { IsImplicit: true } conversion) operation = conversion.Operand;
        return operation;
    }
}
