using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>What a rule may ask about the path on which an operation stands.</summary>
internal sealed class PathView<TToken>(PathState<TToken> state, IPathRule<TToken> rule, IReadOnlyDictionary<CaptureId, object> copies)
    where TToken : notnull
{
    public PathState<TToken> State { get; } = state;

    /// <summary>The expression is the followed value.</summary>
    public bool Holds(IOperation? expression) => expression is not null && Of(expression) == Known.Followed;

    /// <summary>A lambda or method group that uses a variable which holds the followed value.</summary>
    public bool Captures(IOperation? function)
    {
        if (function is null) return false;
        foreach (var variable in State.Variables)
        {
            if (variable.Value != Known.Followed || variable.Key is not ISymbol symbol) continue;
            foreach (var token in function.Syntax.DescendantTokens())
            {
                if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText == symbol.Name) return true;
            }
        }

        return false;
    }

    /// <summary>What the expression is known to be on this path.</summary>
    public Known Of(IOperation expression)
    {
        expression = Unwrapped(expression);
        if (expression.ConstantValue is { HasValue: true, Value: var constant }) return constant switch { true => Known.True, false => Known.False, null => Known.Null, _ => Known.NotNull };
        if (rule.IsSource(expression)) return Known.Followed;
        switch (expression)
        {
            case IObjectCreationOperation or IArrayCreationOperation or IDelegateCreationOperation or IInstanceReferenceOperation or ICaughtExceptionOperation:
            case IInvocationOperation { TargetMethod: { Name: "Capture", ContainingType.Name: "ExceptionDispatchInfo" } }:
                return Known.NotNull;
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Of(not.Operand) switch { Known.True => Known.False, Known.False => Known.True, _ => Known.Unknown };
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, OperatorMethod: null } binary when Same(binary.LeftOperand, binary.RightOperand) is { } same:
                return same == (binary.OperatorKind == BinaryOperatorKind.Equals) ? Known.True : Known.False;
            case IInvocationOperation { TargetMethod: { Name: "ReferenceEquals", ContainingType.SpecialType: SpecialType.System_Object }, Arguments: [var first, var second] } when Same(first.Value, second.Value) is { } same:
                return same ? Known.True : Known.False;
            case IFlowCaptureOperation capture:
                return Of(capture.Value);
            case ISimpleAssignmentOperation assignment:
                return Of(assignment.Value);
            default:
                return KeyOf(expression) is { } key && State.Variables.TryGet(key, out var value) ? value : Known.Unknown;
        }
    }

    /// <summary>The followed value is itself, and is not null; of others nothing is known.</summary>
    private bool? Same(IOperation left, IOperation right) => (Of(left), Of(right)) switch
    {
        (Known.Followed, Known.Followed) => true,
        (Known.Followed, Known.Null) or (Known.Null, Known.Followed) => false,
        _ => null,
    };

    /// <summary>Conversions, parentheses and <c>await</c> do not change what a value is.</summary>
    public static IOperation Unwrapped(IOperation expression)
    {
        while (true)
        {
            switch (expression)
            {
                case IConversionOperation { OperatorMethod: null } conversion:
                    expression = conversion.Operand;
                    continue;
                case IParenthesizedOperation parenthesized:
                    expression = parenthesized.Operand;
                    continue;
                case IAwaitOperation awaited:
                    expression = awaited.Operation;
                    continue;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync", Instance: { Type.Name: "Task" or "ValueTask" } task }:
                    expression = task;
                    continue;
                // `await using (stream.ConfigureAwait(false))` disposes of the stream.
                case IInvocationOperation { TargetMethod: { Name: "ConfigureAwait", ReturnType.Name: "ConfiguredAsyncDisposable" }, Arguments: [var disposed, ..] }:
                    expression = disposed.Value;
                    continue;
                default:
                    return expression;
            }
        }
    }

    /// <summary>The variable that is written to; graphs keep it in a copy while they evaluate a value that branches, or has an initializer.</summary>
    public object? KeyOfTarget(IOperation target) => KeyOf(target) is { } key ? key is CaptureId id && copies.TryGetValue(id, out var original) ? original : key : null;

    /// <summary>The variable that an expression names; null for anything else.</summary>
    public static object? KeyOf(IOperation expression) => Unwrapped(expression) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field,
        IPropertyReferenceOperation { Instance: null or IInstanceReferenceOperation, Property: { IsIndexer: false } property } => property,
        IFlowCaptureReferenceOperation capture => capture.Id,
        IDeclarationExpressionOperation declaration => KeyOf(declaration.Expression),
        _ => null,
    };
}
