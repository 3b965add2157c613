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

    /// <summary>The element is one of those for which the question has this answer.</summary>
    private void Answered(IMethodSymbol question, Value element, SyntaxNode site, bool isTrue)
    {
        foreach (var summary in Look(question))
        {
            if (_state is null) return;
            var answer = Conditions.AsCondition(new SummaryApplication(_state, summary, Value.Of(Place.This), [element], site).Map(summary.Result));
            _state = _state.Know(isTrue ? answer.WhenTrue : answer.WhenFalse);
        }
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
