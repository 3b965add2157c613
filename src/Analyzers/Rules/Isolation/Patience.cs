using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Waits that may end before what they wait for does.</summary>
internal static class Patience
{
    /// <summary>What is thrown where the wait has a limit: <c>task.WaitAsync(timeout, token)</c>. Empty: it waits to the end.</summary>
    public static ImmutableArray<INamedTypeSymbol> EndsWith(IOperation waiting, Analysis analysis)
    {
        var thrown = ImmutableArray<INamedTypeSymbol>.Empty;
        // `var writing = stream.WriteAsync(…).AsTask().WaitAsync(limit); await writing;`
        if (Code.Unwrapped(waiting) is ILocalReferenceOperation { Local: var begun } && Initial(begun) is { } beginning && analysis.Bodies.ModelOf(beginning.SyntaxTree).GetOperation(beginning) is { } named) waiting = named;
        foreach (var wait in waiting.DescendantsAndSelf().OfType<IInvocationOperation>().Where(i => i.TargetMethod.Name == "WaitAsync" && Dropped.IsTask(i.Instance?.Type)))
        {
            foreach (var argument in wait.Arguments)
            {
                if (argument.Parameter?.Type.Name == "TimeSpan") Add("System.TimeoutException");
                if (argument.Parameter?.Type.Name == "CancellationToken" && argument.ArgumentKind != ArgumentKind.DefaultValue && Code.Unwrapped(argument.Value) is not (IDefaultValueOperation or IPropertyReferenceOperation { Property.Name: "None" })) Add("System.OperationCanceledException");
            }
        }

        if (IsGivenUp(Code.Unwrapped(waiting))) Add("System.OperationCanceledException");
        return thrown;

        void Add(string name)
        {
            if (analysis.Catalogue.Types.Find(name) is { } type) thrown = thrown.Add(type);
        }
    }

    /// <summary>
    /// Cancellation ends the wait alone: <c>token.Register(() => over.TrySetCanceled())</c>. A registration that also ends the operation
    /// has more to say.
    /// </summary>
    private static bool IsGivenUp(IOperation waiting)
    {
        while (waiting is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } task }) waiting = Code.Unwrapped(task);
        if (waiting is not IPropertyReferenceOperation { Property: { Name: "Task", ContainingType.Name: "TaskCompletionSource" }, Instance: ILocalReferenceOperation { Local: var source } } || Code.FunctionAround(waiting.Syntax) is not { } function) return false;
        return Code.OwnNodes(function).OfType<InvocationExpressionSyntax>().Any(call => call is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Register" or "UnsafeRegister" } } && call.SpanStart < waiting.Syntax.SpanStart
            && call.ArgumentList.DescendantNodes().OfType<InvocationExpressionSyntax>().ToList() is [{ Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TrySetCanceled" or "SetCanceled", Expression: IdentifierNameSyntax given } }] && given.Identifier.ValueText == source.Name);
    }

    /// <summary>The first of several to end is enough.</summary>
    public static bool IsRace(IOperation operation) => operation is IInvocationOperation { TargetMethod: { Name: "WhenAny", ContainingType.Name: "Task" } };

    /// <summary>Of a race, what runs against the clock alone.</summary>
    public static bool IsClock(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } } => true,
        ILocalReferenceOperation { Local: var local } => Initial(local)?.ToString().StartsWith("Task.Delay(", StringComparison.Ordinal) == true,
        _ => false,
    };

    /// <summary>A variable that keeps who won a race.</summary>
    public static bool IsWinner(IOperation operation) =>
        IsRace(operation) || operation is ILocalReferenceOperation { Local: var local } && Initial(local)?.DescendantNodesAndSelf().Any(n => n is SimpleNameSyntax { Identifier.ValueText: "WhenAny" }) == true;

    private static SyntaxNode? Initial(ILocalSymbol local) =>
        (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as VariableDeclaratorSyntax)?.Initializer?.Value;
}
