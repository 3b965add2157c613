using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// A pool of one: a field that is emptied by <c>Interlocked.Exchange(ref _idle, null)</c>, so that what was in it has one user, and
/// filled again by an exchange when that user is done. A pool of several may be an array of such.
/// </summary>
internal static class Slots
{
    /// <summary>What lies in it: for an array of slots, in one of them.</summary>
    public static ITypeSymbol ContentOf(IFieldSymbol slot) => slot.Type is IArrayTypeSymbol { ElementType: var content } ? content : slot.Type;

    /// <summary>The field that the call empties; null where it does something else.</summary>
    public static IFieldSymbol? Emptied(IInvocationOperation call) =>
        Exchanged(call) is { } field && call.TargetMethod.Name == "Exchange" && IsNull(Second(call)) ? field : null;

    /// <summary>The field and the connection that the call puts into it.</summary>
    public static (IFieldSymbol Slot, IOperation Given)? Filled(IInvocationOperation call) =>
        Exchanged(call) is { } field && Second(call) is { } given && !IsNull(given) ? (field, given) : null;

    /// <summary>What is taken out of the field in its type goes back into it there.</summary>
    public static bool IsSlot(IFieldSymbol field, Analysis analysis, CancellationToken cancellation)
    {
        var isEmptied = false;
        var isFilled = false;
        foreach (var call in CallsWith(field, analysis, cancellation))
        {
            if (Emptied(call) is { } emptied) isEmptied |= Values.Is(emptied, field) && IsLent(call);
            else if (Filled(call) is { } filled) isFilled |= Values.Is(filled.Slot, field);
        }

        return isEmptied && isFilled;
    }

    /// <summary>The type's own exchanges on the field.</summary>
    public static IEnumerable<IInvocationOperation> CallsWith(IFieldSymbol field, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var member in analysis.Holders.CodeOf(field.ContainingType))
        {
            if (!member.Identifiers.Contains(field.Name) || !member.Invoked.Contains("Exchange") && !member.Invoked.Contains("CompareExchange")) continue;
            foreach (var node in member.Declaration.DescendantNodes())
            {
                if (node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Exchange" or "CompareExchange" } } call
                    || call.ArgumentList.Arguments.FirstOrDefault()?.DescendantTokens().Any(t => t.ValueText == field.Name) != true) continue;
                if (analysis.Bodies.ModelOf(call.SyntaxTree).GetOperation(call, cancellation) is IInvocationOperation operation) yield return operation;
            }
        }
    }

    private static IFieldSymbol? Exchanged(IInvocationOperation call)
    {
        if (call.TargetMethod is not { Name: "Exchange" or "CompareExchange", ContainingType: { Name: "Interlocked", ContainingNamespace.Name: "Threading" } }) return null;
        var place = call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value;
        if (place is IArrayElementReferenceOperation element) place = element.ArrayReference;
        return (place as IFieldReferenceOperation)?.Field;
    }

    private static IOperation? Second(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 1) is { } argument ? Values.Unwrapped(argument.Value) : null;

    private static bool IsNull(IOperation? value) => value is { ConstantValue: { HasValue: true, Value: null } };

    /// <summary>Taken for a use: what is only closed is the slot's end.</summary>
    private static bool IsLent(IInvocationOperation call) =>
        call.Parent is not (IExpressionStatementOperation or IConditionalAccessOperation) && !(call.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" or "Close" });
}
