using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Calls that are given a delegate to which they tell their failure: <c>Send(bytes, done, error => Close(error))</c>.</summary>
internal static class ErrorCallbacks
{
    public static bool IsGiven(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: not "ContinueWith" } } call && call.Arguments.Any(a => a.ArgumentKind == ArgumentKind.Explicit && TakesException(a.Parameter?.Type) && !IsNothing(a.Value));

    private static bool TakesException(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Delegate, DelegateInvokeMethod: { ReturnsVoid: true, Parameters: [var told] } } && Bases.IncludeNamed(told.Type, "Exception", "System");

    private static bool IsNothing(IOperation value) => value.WithoutConversions() is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation;
}
