using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>What an operation stands for, without what the compiler has put around it.</summary>
internal static class Operands
{
    public static IOperation WithoutConversions(this IOperation operation)
    {
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        return operation;
    }

    /// <summary>What is awaited, and converted before or after.</summary>
    public static IOperation WithoutAwait(this IOperation operation)
    {
        while (operation is IConversionOperation or IAwaitOperation)
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IAwaitOperation)operation).Operation;
        return operation;
    }

    /// <summary>The task itself, of <c>task.ConfigureAwait(false)</c> and the like.</summary>
    public static IOperation WithoutAdapter(this IOperation operation)
    {
        while (operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask", Instance: { } task }) operation = task;
        return operation;
    }

    /// <summary>The lambda, method or value that a delegate is made of.</summary>
    public static IOperation WithoutDelegate(this IOperation operation)
    {
        while (operation is IConversionOperation or IDelegateCreationOperation)
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IDelegateCreationOperation)operation).Target;
        return operation;
    }
}
