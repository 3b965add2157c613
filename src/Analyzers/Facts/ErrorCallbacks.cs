using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Facts;

/// <summary>Calls that are given a delegate to which they tell their failure: <c>Send(bytes, done, error => Close(error))</c>.</summary>
internal static class ErrorCallbacks
{
    public static bool IsGiven(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: not "ContinueWith" } } call && call.Arguments.Any(a => a.ArgumentKind == ArgumentKind.Explicit && TakesException(a.Parameter?.Type) && !IsNothing(a.Value));

    private static bool TakesException(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { ReturnsVoid: true, Parameters: [var told] } } && IsException(told.Type);

    private static bool IsException(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } }) return true;
        }

        return false;
    }

    private static bool IsNothing(IOperation value)
    {
        while (value is IConversionOperation conversion) value = conversion.Operand;
        return value is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation;
    }
}
