using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>A connection that tells its failures by event is opened before anybody listens.</summary>
internal sealed class LCA1001AttachErrorHandler : IRule
{
    public const string Id = "LCA1001";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Attach the error handler before the connection can fail",
        "'{0}' can fail from here on, and {1} its '{2}' event",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A connection that tells its failures by an event can fail as soon as it is opened. A handler that is attached later misses the failure; without any, nobody hears of it.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var reported = new HashSet<Place>();
        foreach (var body in file.CreationBodies)
        {
            if (file.Summarise(body) is { } summary) Check(file, body, summary, reported);
        }
    }

    private static void Check(RuleContext file, Body body, Summary summary, HashSet<Place> reported)
    {
        foreach (var happened in summary.Events)
        {
            if (happened.Kind == EventKind.Call)
            {
                CheckOpening(file, body, summary, happened, reported);
                CheckOperation(file, body, summary, happened, reported);
                CheckCreatedOpen(file, body, summary, happened, reported);
                foreach (var callee in happened.Callees) CheckOpenedInside(file, body, summary, happened, callee, reported);
            }
            else if (happened is { Kind: EventKind.Store, Storage.Parent: { } owner } && file.Analysis.Connections.IsOpenedBySetting(happened.Symbol)
                && happened.Value.Atoms.Any(a => a is Atom.Constant { Value: true }))
            {
                CheckPlace(file, body, summary, happened, owner, happened.Symbol!.ContainingType, reported);
            }
        }
    }

    /// <summary>The opening call stands here.</summary>
    private static void CheckOpening(RuleContext file, Body body, Summary summary, BodyEvent happened, HashSet<Place> reported)
    {
        if (happened.Symbol is not IMethodSymbol method || method.MethodKind == MethodKind.Constructor) return;
        var invocation = happened.Operation as IInvocationOperation;
        var receiver = method.IsExtensionMethod && method.IsStatic ? invocation?.Arguments.FirstOrDefault()?.Value : invocation?.Instance;
        while (receiver is IConversionOperation { IsImplicit: true } conversion) receiver = conversion.Operand;
        if (receiver?.Type is not { } type || (file.Analysis.Connections.RolesOf(method, type) & Role.Open) == 0) return;
        var on = method.IsExtensionMethod && method.IsStatic ? happened.Arguments.FirstOrDefault() : happened.Value;
        if (on is null) return;
        foreach (var place in on.Places)
        {
            var before = reported.Count;
            CheckPlace(file, body, summary, happened, place, type, reported);
            if (reported.Count > before) return;
        }
    }

    /// <summary>An operation object is started by the call that takes it.</summary>
    private static void CheckOperation(RuleContext file, Body body, Summary summary, BodyEvent happened, HashSet<Place> reported)
    {
        if (happened.Symbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary, ReturnType.SpecialType: SpecialType.System_Boolean } method || happened.Callees.Length > 0) return;
        if (file.Analysis.Connections.TypeOf(method.ContainingType) is null) return;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Ordinal >= happened.Arguments.Length || file.Analysis.Connections.TypeOf(parameter.Type) is not { } type || (type.Traits & Traits.Operation) == 0 || HearsItself(happened.Operation, parameter)) continue;
            foreach (var place in happened.Arguments[parameter.Ordinal].Places) CheckPlace(file, body, summary, happened, place, parameter.Type, reported);
        }
    }

    /// <summary>An operation object of a kind of its own, whose code is told of the end: <c>override void OnCompleted(…)</c>.</summary>
    private static bool HearsItself(IOperation start, IParameterSymbol parameter) =>
        start is IInvocationOperation call && call.Arguments.FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.Parameter, parameter)) is { Value: var given }
        && Bases.Of(IoCalls.Unwrapped(given).Type).Any(kind => kind.GetMembers("OnCompleted").Any(m => m.IsOverride));

    /// <summary>A helper opens what it is given.</summary>
    private static void CheckOpenedInside(RuleContext file, Body body, Summary summary, BodyEvent happened, Summary callee, HashSet<Place> reported)
    {
        if (callee.Exit is not { } exit) return;
        foreach (var entry in exit.Marks)
        {
            if ((entry.Value & (Marks.Opened | Marks.Attached)) != Marks.Opened || entry.Key is not { IsRoot: true, Root: RootKind.Parameter, Symbol: IParameterSymbol parameter }) continue;
            if (file.Analysis.Catalogue.TakesOver(parameter)) continue;
            var site = SummaryApplication.At(happened, callee);
            foreach (var place in site.Map(entry.Key).Places) CheckPlace(file, body, summary, happened, place, parameter.Type, reported);
        }
    }

    private static void CheckPlace(RuleContext file, Body body, Summary summary, BodyEvent opening, Place place, ITypeSymbol type, HashSet<Place> reported)
    {
        if (place.Root == RootKind.This && place.IsRoot || place.Root == RootKind.Parameter && place.RootPlace.Equals(place)) return;
        if (ErrorEvent(file, type) is not { } errorEvent || IsAttached(opening.State, place) || reported.Contains(place)) return;
        var late = summary.Events.Any(e => e.Kind == EventKind.Subscribe && file.Analysis.Connections.TellsFailure(e.Symbol!) && e.Value.Contains(place) && e.Operation.Syntax.SpanStart > opening.Operation.Syntax.SpanStart)
            || summary.Exit is { } exit && IsAttached(exit, place);
        if (!(place.Root == RootKind.Born ? IsBadLocal(file, body, summary, opening, place, late) : IsBadField(file, body, place, late))) return;
        reported.Add(place);
        // Where the same one is opened again, by its field, the handler that is missing is this one.
        if (place.Root == RootKind.Born && KeptIn(summary, place) is { } field && (field.IsStatic ? Place.Static : Place.This).Step(field) is { } kept) reported.Add(kept);
        Report(file, opening.Operation, place, type, errorEvent, late);
    }

    private static bool IsAttached(FlowState state, Place place) => (state.MarksOf(place) & Marks.Attached) != 0;

    /// <summary>Created here: it stays here, or goes where nobody attaches either.</summary>
    private static bool IsBadLocal(RuleContext file, Body body, Summary summary, BodyEvent opening, Place place, bool late)
    {
        if (!place.IsRoot || !IsMadeHere(place) && !(late && IsMadeByDelegate(place))) return false;
        if (IsTakenOver(summary, place, opening, file)) return false;
        if (late) return true;
        if (KeptIn(summary, place) is { } field)
            return place.Born != BornKind.Lookup && !file.Analysis.Attachments.IsAttachedSomewhere(field, file.Cancellation, opener: body.Type);
        if ((opening.State.MarksOf(place) & Marks.Escaped) != 0) return false;
        if (CollectedIn(summary, place) is { } collection && file.Analysis.Attachments.IsAttachedSomewhere(collection, file.Cancellation, body, body.Type)) return false;
        return !IsUsedUp(summary, place, file);
    }

    /// <summary>Somebody else's before it opened, by what is said of a method that it was given to.</summary>
    private static bool IsTakenOver(Summary summary, Place place, BodyEvent opening, RuleContext file)
    {
        foreach (var happened in summary.Events)
        {
            if (happened == opening) return false;
            if (happened is not { Kind: EventKind.Call, Symbol: IMethodSymbol method }) continue;
            for (var i = 0; i < happened.Arguments.Length && i < method.Parameters.Length; i++)
            {
                if (happened.Arguments[i].Contains(place) && file.Analysis.Catalogue.TakesOver(method.Parameters[i])) return true;
            }
        }

        return false;
    }

    private static bool IsMadeHere(Place place) =>
        place.Born == BornKind.Created || place.Born == BornKind.Returned && place.Symbol is IMethodSymbol maker && IsFactory(maker.Name);

    /// <summary>A factory without a name, <c>_make()</c>: that the handler is attached here says that nobody else does it.</summary>
    private static bool IsMadeByDelegate(Place place) => place is { Born: BornKind.Returned, Symbol: IMethodSymbol { MethodKind: MethodKind.DelegateInvoke } };

    public static bool IsFactory(string name) =>
        ClosingFlags.Words(name).FirstOrDefault() is "Create" or "Build" or "Make" or "New" or "Connect" or "Open" or "From" or "Dial";

    /// <summary>The field of this object, or the static one, that holds it afterwards.</summary>
    private static ISymbol? KeptIn(Summary summary, Place place)
    {
        foreach (var happened in summary.Events)
        {
            if (happened is { Kind: EventKind.Store, Storage: { Parent.IsRoot: true, RootPlace.Root: RootKind.This or RootKind.Static } storage } && happened.Value.Contains(place)) return storage.Symbol;
        }

        return null;
    }

    /// <summary>The collection of this object that it is added to.</summary>
    private static ISymbol? CollectedIn(Summary summary, Place place)
    {
        foreach (var happened in summary.Events)
        {
            if (happened.Kind == EventKind.Call && happened.Symbol is IMethodSymbol method && Containers.Collects(method) && happened.Arguments.Any(a => a.Contains(place)))
                return happened.Value.Places.Select(TypeFacts.Field).FirstOrDefault(f => f is not null);
        }

        return null;
    }

    /// <summary>Created, used by its own calls and closed in one method: each call tells its failure.</summary>
    private static bool IsUsedUp(Summary summary, Place place, RuleContext file)
    {
        var closed = false;
        foreach (var happened in summary.Events)
        {
            if (happened.Kind == EventKind.Subscribe && happened.Value.Contains(place)) return false;
            if (happened.Kind is EventKind.Return or EventKind.Store && happened.Value.Contains(place) && happened.Storage is not { IsRoot: true }) return false;
            if (happened is not { Kind: EventKind.Call, Symbol: IMethodSymbol method }) continue;
            if (happened.Arguments.Skip(method.IsExtensionMethod ? 1 : 0).Any(a => a.Contains(place))) return false;
            var on = method.IsExtensionMethod && method.IsStatic ? happened.Arguments.FirstOrDefault() : happened.Value;
            if (on?.Contains(place) != true) continue;
            var roles = file.Analysis.Connections.RolesOf(method, null);
            if ((roles & Role.Registers) != 0) return false;
            closed |= (roles & Role.Close) != 0 || method.Name is "Dispose" or "DisposeAsync";
        }

        return closed;
    }

    private static bool IsBadField(RuleContext file, Body body, Place place, bool late)
    {
        if (TypeFacts.Field(place) is not { } field || !SymbolEqualityComparer.Default.Equals(place.Symbol, field) || !file.Analysis.Summaries.IsOwn(field)) return false;
        if (file.Analysis.Attachments.IsAttachedSomewhere(field, file.Cancellation, late ? body : null, body.Type)) return false;
        return late || file.Analysis.Attachments.IsMadeByItsType(field);
    }

    /// <summary>Created already open: the handler must be the first thing that happens to it.</summary>
    private static void CheckCreatedOpen(RuleContext file, Body body, Summary summary, BodyEvent creation, HashSet<Place> reported)
    {
        if (creation.Symbol is not IMethodSymbol maker || creation.Result.Places.FirstOrDefault() is not { Root: RootKind.Born, IsRoot: true } place) return;
        var type = maker.MethodKind == MethodKind.Constructor ? maker.ContainingType : StateValues.Unwrapped(maker.ReturnType);
        var isOpen = (file.Analysis.Connections.RolesOf(maker, null) & Role.Create) != 0
            || maker.MethodKind == MethodKind.Constructor && file.Analysis.Connections.IsCreatedOpen(type, maker);
        if (!isOpen || type is null || ErrorEvent(file, type) is not { } errorEvent || !reported.Add(place)) return;
        var verdict = AfterCreation(file, summary, creation, place);
        if (verdict is { } late) Report(file, creation.Operation, place, type, errorEvent, late);
    }

    /// <summary>True: attached too late; false: never; null: in time, or it leaves.</summary>
    private static bool? AfterCreation(RuleContext file, Summary summary, BodyEvent creation, Place place)
    {
        ISymbol? field = null;
        var used = false;
        foreach (var happened in summary.Events)
        {
            if (happened == creation || happened.Operation.Syntax.SpanStart < creation.Operation.Syntax.SpanStart && happened.Kind != EventKind.Store && happened.Kind != EventKind.Return) continue;
            switch (happened.Kind)
            {
                case EventKind.Subscribe when happened.Value.Contains(place) && file.Analysis.Connections.TellsFailure(happened.Symbol!):
                    return used ? true : null;
                case EventKind.Store when happened.Value.Contains(place) && happened.Storage is { Parent.IsRoot: true, RootPlace.Root: RootKind.This or RootKind.Static } storage:
                    field = storage.Symbol;
                    break;
                case EventKind.Store when happened.Value.Contains(place) && happened.Storage is not { IsRoot: true }:
                    return null;
                case EventKind.Return when happened.Value.Contains(place):
                    return used ? false : null;
                case EventKind.Call when happened.Value.Contains(place) && happened.Symbol?.Name is not ("Dispose" or "DisposeAsync" or "ConfigureAwait" or "GetAwaiter"):
                    used = true;
                    break;
                case EventKind.Call when happened.Arguments.Any(a => a.Contains(place)):
                    return null;
                case EventKind.Await when !happened.Value.Contains(place) && happened.Operation.Syntax.SpanStart > creation.Operation.Syntax.Span.End:
                    used = true;
                    break;
            }
        }

        if (field is not null) return file.Analysis.Attachments.IsAttachedSomewhere(field, file.Cancellation) ? null : false;
        return IsUsedUp(summary, place, file) || !used ? null : false;
    }

    /// <summary>The event that tells of failure; null when there is none, or late subscribers are told what they missed.</summary>
    private static ISymbol? ErrorEvent(RuleContext file, ITypeSymbol type)
    {
        if (file.Analysis.Connections.TypeOf(type) is not { } connection || (connection.Traits & Traits.LateSafe) != 0) return null;
        ISymbol? ended = null;
        foreach (var member in Members(type))
        {
            if (member is not (IEventSymbol or IPropertySymbol { Type.TypeKind: TypeKind.Delegate } or IFieldSymbol { Type.TypeKind: TypeKind.Delegate })) continue;
            var facts = file.Analysis.Catalogue.Of(member);
            if (facts.LateSafe && (facts.Roles & (Role.Error | Role.Ended)) != 0) return null;
            if ((facts.Roles & Role.Error) != 0) return member;
            if ((facts.Roles & Role.Ended) != 0 && connection.Source == Source.Catalogue) ended ??= member;
        }

        return ended;
    }

    private static IEnumerable<ISymbol> Members(ITypeSymbol type) => Bases.Of(type).Concat(type.AllInterfaces).SelectMany(t => t.GetMembers());

    /// <summary>News of files are missed, not the end of a connection; or it comes back by itself.</summary>
    private static bool IsSoftened(RuleContext file, ITypeSymbol type) =>
        Bases.Of(type).Any(t => t is { Name: "FileSystemWatcher", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } })
        || file.Analysis.Connections.TypeOf(type) is { } known && (known.Traits & Traits.Reconnects) != 0;

    private static void Report(RuleContext file, IOperation operation, Place place, ITypeSymbol type, ISymbol errorEvent, bool late) =>
        file.Report(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), Describe.Severity(Rule, IsSoftened(file, type)), null, null, TypeFacts.Field(place)?.Name ?? type.Name, late ? "it is only later that somebody listens to" : "nobody listens to", errorEvent.Name));
}
