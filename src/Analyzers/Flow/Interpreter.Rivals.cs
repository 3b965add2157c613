using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

/// <summary>Two who have found the same connection dead: the second one finds what the first has put in its place.</summary>
internal sealed partial class Interpreter
{
    private readonly Dictionary<string, bool> _replacedHere = new(StringComparer.Ordinal);

    /// <summary>
    /// <c>if (!ReferenceEquals(seen, _link)) return _link;</c> in front of <c>_link = Open();</c>: where what is kept is not what was
    /// seen, it has been put there since. A generation number that has moved on says the same of what is replaced along with it.
    /// </summary>
    private void FindRivals(IOperation condition, ref FlowState? whenTrue, ref FlowState? whenFalse)
    {
        if (Comparison(condition) is not var (left, right, isEqualWhenTrue) || (isEqualWhenTrue ? whenFalse : whenTrue) is not { } different) return;
        if ((Renewed(left, right) ?? Renewed(right, left)) is not { } renewed) return;
        var fresh = Place.BornAt(condition.Syntax, BornKind.Returned);
        different = different.Bear(fresh).Mark(fresh, Marks.Fresh);
        foreach (var storage in renewed) different = different.Write(storage, Value.Of(fresh));
        if (isEqualWhenTrue) whenFalse = different;
        else whenTrue = different;
    }

    private static (IOperation Left, IOperation Right, bool IsEqualWhenTrue)? Comparison(IOperation condition)
    {
        switch (condition)
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var negated }:
                return Comparison(negated) is var (left, right, isEqual) ? (left, right, !isEqual) : null;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } binary:
                return (Operand(binary.LeftOperand), Operand(binary.RightOperand), binary.OperatorKind == BinaryOperatorKind.Equals);
            case IInvocationOperation { TargetMethod: { Name: "ReferenceEquals", ContainingType.SpecialType: SpecialType.System_Object }, Arguments: [var first, var second] }:
                return (Operand(first.Value), Operand(second.Value), true);
            default:
                return null;
        }

        static IOperation Operand(IOperation operand) => operand switch
        {
            IConversionOperation { OperatorMethod: null } conversion => Operand(conversion.Operand),
            IInvocationOperation { TargetMethod: { Name: "Read", ContainingType.Name: "Volatile" }, Arguments: [var read] } => Operand(read.Value),
            _ => operand,
        };
    }

    /// <summary>The storages that hold another value than was seen: the field, a variable that it was read into, those that are filled along with it. Null where there is none.</summary>
    private List<Place>? Renewed(IOperation kept, IOperation seen)
    {
        if (_state is null || seen is not (ILocalReferenceOperation or IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } })) return null;
        if (kept is not (ILocalReferenceOperation or IMemberReferenceOperation)) return null;
        var renewed = new List<Place>();
        if (kept is ILocalReferenceOperation { Local: var variable }) renewed.Add(Place.Local(variable));
        foreach (var place in Eval(kept).Places)
        {
            if (place is not { Depth: 1, Root: RootKind.This or RootKind.Static, Symbol: { } member } || !IsReplacedHere(member.Name, isCounted: IsScalar(member))) return null;
            if (!IsScalar(member))
            {
                // A variable is what was seen only if it was read from there.
                if (seen is ILocalReferenceOperation && !Eval(seen).Contains(place)) return null;
                renewed.Add(place);
                continue;
            }

            foreach (var beside in member.ContainingType.GetMembers())
            {
                if (_analysis.Connections.Matters(Symbols.TypeOfValue(beside)) && beside is IFieldSymbol field && IsReplacedHere(Stored(field).Name, isCounted: false) && Place.This.Step(Stored(field)) is { } storage) renewed.Add(storage);
            }
        }

        return renewed.Any(r => !r.IsRoot) ? renewed : null;
    }

    /// <summary>This body puts something new there, or counts it up, or has a method of its own do so.</summary>
    private bool IsReplacedHere(string member, bool isCounted)
    {
        if (_replacedHere.TryGetValue(member, out var known)) return known;
        return _replacedHere[member] = Replaces(_body.Syntax, member, isCounted) || _body.Type is { } type && _body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call =>
            call.Expression.OwnName() is { } name && type.GetMembers(name).Any(m => m is IMethodSymbol && m.DeclaringSyntaxReferences.Any(r => Replaces(r.GetSyntax(_cancellation), member, isCounted))));
    }

    private static bool Replaces(SyntaxNode code, string member, bool isCounted) => code.DescendantNodes().Any(node => node switch
    {
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression } assignment => !isCounted && assignment.Left.OwnName() == member && !assignment.Right.IsNothing(),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression, Operand: var counted } => isCounted && counted.OwnName() == member,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression, Operand: var counted } => isCounted && counted.OwnName() == member,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var type, Name.Identifier.ValueText: var name }, ArgumentList.Arguments: [{ Expression: var first }, ..] arguments } when type.LastWord() is "Interlocked" or "Volatile" && first.OwnName() == member =>
            isCounted ? name == "Increment" : name is "Exchange" or "CompareExchange" or "Write" && arguments.Count > 1 && !arguments[1].Expression.IsNothing(),
        _ => false,
    });
}
