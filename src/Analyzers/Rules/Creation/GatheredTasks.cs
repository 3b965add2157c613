using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>The calls whose tasks a list holds.</summary>
internal static class GatheredTasks
{
    /// <summary>Its elements, what a <c>Select</c> makes of each, or what is put into the variable's list one after the other.</summary>
    /// <param name="within">The call that takes the list: what it reads is no look at the tasks.</param>
    public static IEnumerable<IInvocationOperation> Of(IOperation tasks, IOperation within, Bodies bodies, int depth = 3) => depth == 0 ? [] : IoCalls.Unwrapped(tasks) switch
    {
        IArrayCreationOperation { Initializer: { } elements } => elements.ElementValues.SelectMany(e => Of(e, within, bodies, depth)),
        ICollectionExpressionOperation list => list.Elements.SelectMany(e => Of(e, within, bodies, depth)),
        IInvocationOperation { TargetMethod.Name: "ToList" or "ToArray" } listed when (listed.Instance ?? listed.Arguments.FirstOrDefault()?.Value) is { } source => Of(source, within, bodies, depth),
        IInvocationOperation { TargetMethod: { Name: "Select", ContainingType.Name: "Enumerable" }, Arguments: [_, { Value: var each }] } => Made(each),
        IInvocationOperation call when Tasks.IsTask(call.Type) => [call],
        ILocalReferenceOperation { Local: var list } when !Tasks.IsTask(list.Type) => PutInto(list, within, bodies, depth - 1),
        _ => [],
    };

    /// <summary>Nothing where somebody looks at the tasks in another place, too.</summary>
    private static IReadOnlyList<IInvocationOperation> PutInto(ILocalSymbol list, IOperation within, Bodies bodies, int depth)
    {
        var found = new List<IInvocationOperation>();
        if (list.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax declaration) return found;
        var model = bodies.ModelOf(declaration.SyntaxTree);
        if (declaration.Initializer is { Value: var initial }) Add(initial);
        foreach (var use in Results.Uses(list, declaration, bodies))
        {
            if (within.Syntax.Span.Contains(use.Span)) continue;
            switch (use.Parent)
            {
                case ElementAccessExpressionSyntax { Parent: AssignmentExpressionSyntax { Right: var element } assignment } access when assignment.Left == access:
                    Add(element);
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var element }] } }:
                    Add(element);
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Count" or "Length", Parent: not InvocationExpressionSyntax }:
                    break;
                default:
                    return [];
            }
        }

        return found;

        void Add(ExpressionSyntax value)
        {
            if (model.GetOperation(value) is { } operation) found.AddRange(Of(operation, within, bodies, depth));
        }
    }

    /// <summary>What a lambda of one expression answers.</summary>
    private static IEnumerable<IInvocationOperation> Made(IOperation function)
    {
        function = IoCalls.Unwrapped(function);
        if (function is IDelegateCreationOperation { Target: var target }) function = target;
        // Of an async one the expression is a statement, and the return comes behind it.
        var made = function is IAnonymousFunctionOperation { Syntax: AnonymousFunctionExpressionSyntax { ExpressionBody: not null }, Body.Operations: [var first, ..] }
            ? first switch { IReturnOperation { ReturnedValue: var value } => value, IExpressionStatementOperation { Operation: var value } => value, _ => null } : null;
        if (made is null) return [];
        made = IoCalls.Unwrapped(made);
        return (made is IAwaitOperation awaited ? IoCalls.Unwrapped(awaited.Operation) : made) is IInvocationOperation call ? [call] : [];
    }
}
