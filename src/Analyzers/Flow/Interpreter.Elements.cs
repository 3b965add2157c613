using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>What is kept under a key.</summary>
internal sealed partial class Interpreter
{
    /// <summary>Something out of a container.</summary>
    private Value Take(IOperation operation, Value container, BornKind kind, string? key = null)
    {
        var from = container.Places.FirstOrDefault();
        if (_state is null || from is null || key is null || kind != BornKind.Lookup) return LikeAll(from is null || kind == BornKind.Iterated ? BearAt(operation.Syntax, kind, from, null) : Filtered(BearAt(operation.Syntax, kind, from, null), from), from);
        var element = Place.Element(from, key);
        if (!_state.Marks.ContainsKey(element)) _state = _state.Bear(element);
        LikeAll(Value.Of(element), from);
        var found = _state.Read(element);
        if (Updated(operation, found) is { } updated)
        {
            _state = _state?.Write(element, updated);
            return updated;
        }

        if (!Makes(operation) || !found.Atoms.Any(IsNull)) return found;
        // Where there was none, one has been made.
        var made = BearAt(operation.Syntax, BornKind.Returned, from, null);
        var now = Value.Join([made, .. found.Atoms.Where(a => !IsNull(a)).Select(a => Value.Of(a))]);
        _state = _state.Write(element, now);
        return now;

        static bool IsNull(Atom atom) => atom is Atom.Constant { Value: null };
    }

    /// <summary><c>AddOrUpdate(key, Open, (_, kept) => kept.IsOpen ? kept : Open(key))</c>: one that has just been made, or what the last function answers to what was kept.</summary>
    private Value? Updated(IOperation operation, Value kept)
    {
        if (operation is not IInvocationOperation { TargetMethod.Name: "AddOrUpdate", Arguments: [var key, _, var update] }) return null;
        if (Eval(update.Value).Atoms is not [Atom.Function { Method: IMethodSymbol function } given] || Look(function) is not [var summary] || _state is null) return null;
        var answer = new SummaryApplication(_state, summary, Value.Of(given.Target ?? Place.This), [Eval(key.Value), kept], operation.Syntax).Map(summary.Result);
        return Value.Join([BearAt(operation.Syntax, BornKind.Returned, null, null), answer]);
    }

    /// <summary>It answers with what is there, or makes it.</summary>
    private static bool Makes(IOperation operation) => operation is IInvocationOperation { TargetMethod.Name: "GetOrAdd" or "GetOrCreate" };

    /// <summary>The container of a call: its receiver, or the first argument of a static helper.</summary>
    private Value Container(IOperation operation, Value receiver) =>
        operation is IInvocationOperation { TargetMethod: { IsStatic: true }, Arguments: [var first, ..] } ? Eval(first.Value) : receiver;

    private static string? KeyOf(IOperation? operation) =>
        operation is IInvocationOperation { Arguments: var arguments, TargetMethod: var method } && arguments.Length > (method.IsStatic ? 1 : 0)
            ? Containers.Key(Keyed(arguments[method.IsStatic ? 1 : 0].Value).Syntax as ExpressionSyntax)
            : null;

    /// <summary><c>TryRemove(KeyValuePair.Create(key, value))</c>: after it that value is not under the key, either.</summary>
    private static IOperation Keyed(IOperation argument) => argument switch
    {
        IConversionOperation conversion => Keyed(conversion.Operand),
        IObjectCreationOperation { Type.Name: "KeyValuePair", Arguments: [{ Value: var key }, _] } => key,
        IInvocationOperation { TargetMethod: { Name: "Create", ContainingType.Name: "KeyValuePair" }, Arguments: [{ Value: var key }, _] } => key,
        _ => argument,
    };

    /// <summary>The element that <c>TryGetValue</c> looks for: where it answers false, there is none.</summary>
    private Place? LookedFor(IOperation condition) =>
        condition is IInvocationOperation { TargetMethod: { Name: "TryGetValue", IsStatic: false, Parameters.Length: 2 }, Instance: { } instance } call && KeyOf(call) is { } key
        && Eval(instance).Places.FirstOrDefault() is { } container ? Place.Element(container, key) : null;

    /// <summary>The variable that takes what a container's <c>Try…</c> method finds: where that answers false, it is empty.</summary>
    private static Place? TakenBy(IOperation condition)
    {
        if (condition is not IInvocationOperation { TargetMethod: { ReturnType.SpecialType: SpecialType.System_Boolean } method } call || Containers.Kind(method) is null) return null;
        var taker = call.Arguments.FirstOrDefault(a => a.Parameter is { RefKind: RefKind.Out, Type.IsReferenceType: true })?.Value;
        return (taker is IDeclarationExpressionOperation declared ? declared.Expression : taker) is ILocalReferenceOperation local ? Place.Local(local.Local) : null;
    }
}
