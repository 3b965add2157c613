using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Tasks that nobody in the function waits for.</summary>
internal static class Dropped
{
    public static bool IsTask(ITypeSymbol? type) => type is { Name: "Task" or "ValueTask" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";

    public static bool Is(IOperation task)
    {
        var operation = task;
        while (operation.Parent is { } parent)
        {
            switch (parent)
            {
                case IConversionOperation or IParenthesizedOperation:
                    operation = parent;
                    continue;
                case IConditionalAccessOperation access when access.WhenNotNull == operation:
                    operation = parent;
                    continue;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } extended } argument when extended.Arguments.FirstOrDefault() == argument:
                    if (!GoesOn(extended, ref operation, out var dropped)) return dropped;
                    continue;
                case IInvocationOperation invocation when invocation.Instance == operation:
                    if (!GoesOn(invocation, ref operation, out dropped)) return dropped;
                    continue;
                case IExpressionStatementOperation:
                    return true;
                case ISimpleAssignmentOperation assignment when assignment.Value == operation:
                    return assignment.Target switch
                    {
                        IDiscardOperation => true,
                        ILocalReferenceOperation local => !IsRead(local.Local, assignment),
                        IFieldReferenceOperation field => !IsMentionedElsewhere(field.Field.Name, assignment),
                        IPropertyReferenceOperation property => !IsMentionedElsewhere(property.Property.Name, assignment),
                        _ => false,
                    };
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                    return !IsRead(declarator.Symbol, declarator);
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>A call on the task: does its answer stand for the task, and if not, has somebody waited?</summary>
    private static bool GoesOn(IInvocationOperation invocation, ref IOperation operation, out bool dropped)
    {
        dropped = false;
        if (invocation.TargetMethod.Name is "Wait" or "GetAwaiter" or "GetResult") return false;
        // `.Forget()`, `.SafeFireAndForget()`, `.Observe(…)`: nobody waits, whatever is done with the failure.
        if (invocation.TargetMethod.ReturnsVoid)
        {
            dropped = true;
            return false;
        }

        if (!IsTask(invocation.Type) && invocation.Type?.Name is not ("ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable")) return false;
        operation = invocation;
        return true;
    }

    public static bool IsRead(ILocalSymbol local, IOperation except)
    {
        var function = Code.FunctionAround(local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() ?? except.Syntax);
        if (function is null) return true;
        foreach (var name in function.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != local.Name || name.Parent is AssignmentExpressionSyntax assigned && assigned.Left == name) continue;
            // To ask how it stands is not to wait for it.
            if (name.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCompleted" or "Status" or "Id" or "IsFaulted" or "IsCanceled" or "IsCompletedSuccessfully" }) continue;
            return true;
        }

        return false;
    }

    private static bool IsMentionedElsewhere(string member, IOperation assignment) =>
        Code.FunctionAround(assignment.Syntax) is not { } function
        || function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == member && !assignment.Syntax.Span.Contains(n.Span));
}
