using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>A tuple or record that is given an answer about a connection still tells it when it is taken apart.</summary>
internal sealed partial class Interpreter
{
    private Value EvalTuple(ITupleOperation tuple)
    {
        var values = tuple.Elements.Select(Eval).ToImmutableArray();
        foreach (var value in values) Escape(value);
        // What is only matched leaves no variable behind: of that the connections are followed, too.
        return Together(tuple, values, tuple.Syntax.Parent is SwitchStatementSyntax or SwitchExpressionSyntax or IsPatternExpressionSyntax);
    }

    private Value Together(IOperation whole, ImmutableArray<Value> values, bool withConnections = false)
    {
        if (_state is null || !values.Any(v => Tells(v, withConnections))) return Value.Unknown;
        var born = Place.BornAt(whole.Syntax, BornKind.Returned);
        _state = _state.Bear(born);
        Fill(born, whole.Type, values.Select(v => Tells(v, withConnections) ? v : Value.Unknown).ToImmutableArray<Value?>());
        return Value.Of(born);
    }

    /// <summary>A record's answers are read back from its properties.</summary>
    private void Fill(Place born, IMethodSymbol constructor, ImmutableArray<Value> arguments)
    {
        if (arguments.Any(a => Tells(a, false)) && Parts.IsPrimary(constructor)) Fill(born, constructor.ContainingType, arguments.Select(a => Tells(a, false) ? a : null).ToImmutableArray());
    }

    private void Fill(Place born, ITypeSymbol? type, ImmutableArray<Value?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value && Parts.Of(type, i, values.Length) is { } part && born.Step(Parts.Nameless(part)) is { } storage) _state = _state!.Write(storage, value);
        }
    }

    private static bool Tells(Value value, bool withConnections) =>
        value.Atoms.Any(a => a is Atom.Condition || a is Atom.Of { Place: var place } && (place.IsPlainValue || withConnections));

    /// <summary>What was put into this part, where the whole was put together here or in what was called.</summary>
    private Value? ReadPart(Place whole, ISymbol part) =>
        whole.Root == RootKind.Born && Parts.IsOne(part) && whole.Step(Parts.Nameless(part)) is { } storage && _state!.Env.TryGet(storage, out var value) ? value : null;

    /// <summary>The parts of what was awaited are as fresh as the whole.</summary>
    private void KeepParts(Value answer, FlowState answered)
    {
        if (!answer.Places.Any(p => p.Root == RootKind.Born)) return;
        foreach (var entry in answered.Env)
        {
            if (entry.Key is { Root: RootKind.Born, Parent: { } whole, Symbol: { } part } && Parts.IsOne(part) && answer.Contains(whole)) _state = _state!.With(env: _state.Env.Set(entry.Key, entry.Value));
        }
    }
}
