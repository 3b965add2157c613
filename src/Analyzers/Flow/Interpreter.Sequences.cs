using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>What is known of each element of a sequence: the filters that it has passed, here and in what made the sequence.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Stands for the element where a sequence is spoken of.</summary>
    private static readonly Place AnElement = Place.Capture("element");

    /// <summary><c>foreach (var c in all.Where(c => c.IsOpen))</c>: each element has passed the filter.</summary>
    private Value Filtered(Value element, Place collection)
    {
        for (Place? from = collection; from is not null; from = from.RootPlace.From)
        {
            if (from.Site is not { } site) continue;
            foreach (var fact in PassedAt(site))
            {
                foreach (var place in element.Places)
                {
                    if (place.Step(fact.Key.Symbol!) is { } asked) _state = _state?.Know(FactMap.Empty.Set(asked, fact.Value));
                }
            }

            if (!_filters.TryGetValue(site, out var filter)) continue;
            Answered(filter, element, (SyntaxNode)site, isTrue: true);
        }

        return element;
    }

    /// <summary>The next one: it has passed the filters, and what holds of all holds of it; of a pair, of its value.</summary>
    private Value Current(IPropertyReferenceOperation current, Place collection)
    {
        var element = Filtered(BearAt(current.Syntax, BornKind.Iterated, collection, null), collection);
        var told = current.Type is INamedTypeSymbol { Name: "KeyValuePair" } pair && Parts.Of(pair, 1, 2) is { } value ? ReadMember(element, value) : element;
        for (Place? from = collection; from is not null; from = from.IsRoot ? from.From : null) LikeAll(told, from, Gaps.LockReleased);
        return element;
    }

    /// <summary>The element is one of those for which the question has this answer.</summary>
    private void Answered(IMethodSymbol question, Value element, SyntaxNode site, bool isTrue)
    {
        var answer = Ask(question, null, [element], site);
        _state = _state?.Know(isTrue ? answer.WhenTrue : answer.WhenFalse);
    }

    /// <summary>What is known when the question is answered with yes, and with no.</summary>
    private Atom.Condition Ask(IMethodSymbol question, Place? target, ImmutableArray<Value> arguments, SyntaxNode site) =>
        _state is not null && Look(question) is [var summary] ? Conditions.AsCondition(new SummaryApplication(_state, summary, Value.Of(target ?? Place.This), arguments, site).Map(summary.Result)) : Conditions.Unknown;

    /// <summary><c>if (!_all.All(c => c.IsOpen)) return;</c>: the answer is one about each of them.</summary>
    private Atom.Condition? OfAll(IMethodSymbol method, Value receiver, ImmutableArray<Value> arguments, SyntaxNode site)
    {
        if (method.Name is not ("All" or "TrueForAll" or "Any" or "Exists") || method.Parameters.Length != (method.IsStatic ? 2 : 1) || arguments is not [.., { Atoms: [Atom.Function { Method: IMethodSymbol question } function] }]) return null;
        if ((method.IsStatic ? arguments[0] : receiver).Places.FirstOrDefault() is not { } container || question.Parameters is not [{ Type: var element }] || !LeadsToPeer(element) || _state is null) return null;
        var answer = Ask(question, function.Target, [Value.Of(Any(container, element))], site);
        return method.Name is "All" or "TrueForAll" ? new(answer.WhenTrue, Conditions.Unknown.WhenFalse) : new(Conditions.Unknown.WhenTrue, answer.WhenFalse);

        // Most such questions are about other things, and each costs the look at a lambda.
        bool LeadsToPeer(ITypeSymbol type) => _analysis.Connections.LeadsToPeer(type is INamedTypeSymbol { Name: "KeyValuePair", TypeArguments: [_, var value] } ? value : type);
    }

    /// <summary><c>if (SpinWait.SpinUntil(() => c.IsOpen, 500))</c>: it has waited for that answer, as long as it was told to.</summary>
    private Value SpinUntil(IInvocationOperation waiting, Value question)
    {
        foreach (var limit in waiting.Arguments.Skip(1)) Eval(limit.Value);
        if (question.Atoms is not [Atom.Function { Method: IMethodSymbol asked } function]) return Value.Unknown;
        var answer = Ask(asked, function.Target, [], waiting.Syntax);
        if (!waiting.TargetMethod.ReturnsVoid) return Value.Of(new Atom.Condition(answer.WhenTrue, Conditions.Unknown.WhenFalse));
        _state = _state?.Know(answer.WhenTrue);
        return Value.Unknown;
    }

    private FactMap PassedAt(object site) =>
        _passed.TryGetValue(site is ValueTuple<SyntaxNode, object> { Item1: var call } ? call : site, out var known) ? known : FactMap.Empty;

    /// <summary>A method that answers a sequence has sorted out for its callers.</summary>
    private void PassOn(IOperation call, IEnumerable<Summary> callees)
    {
        FactMap? passed = null;
        foreach (var callee in callees) passed = Conditions.Either(passed, callee.Elements);
        if (passed is { Count: > 0 }) _passed[call.Syntax] = passed;
    }

    private Value Yield(IOperation yielded, Value element)
    {
        _yielded[yielded] = _state is null ? FactMap.Empty : About(element, _state);
        return Value.Unknown;
    }

    private static FactMap About(Value element, FlowState state)
    {
        var about = FactMap.Empty;
        foreach (var fact in state.Facts)
        {
            if (fact.Key is { Parent: { } owner, Symbol: { } member } && element.Contains(owner) && AnElement.Step(member) is { } asked) about = about.Set(asked, fact.Value);
        }

        return about;
    }

    /// <summary>What holds of every element of the sequence that the body answers.</summary>
    private FactMap Elements(Value result)
    {
        FactMap? elements = null;
        foreach (var yielded in _yielded.Values) elements = Conditions.Either(elements, yielded);
        if (elements is null && (_filters.Count > 0 || _passed.Count > 0))
        {
            foreach (var sequence in result.Places)
            {
                _state = FlowState.Start;
                var element = Filtered(Value.Of(AnElement), sequence);
                elements = Conditions.Either(elements, About(element, _state));
            }
        }

        return elements ?? FactMap.Empty;
    }
}
