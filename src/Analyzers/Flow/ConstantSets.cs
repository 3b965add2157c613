using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>A set of constants that is written down once: <c>private static readonly State[] Ended = [State.Closing, State.Closed];</c></summary>
internal static class ConstantSets
{
    /// <summary>Its elements; empty where they are not all known.</summary>
    public static ImmutableArray<object?> Of(IOperation set, Analysis analysis)
    {
        set = set.WithoutConversions();
        if (set is not IFieldReferenceOperation { Field: { IsReadOnly: true } field }) return set.Syntax is ExpressionSyntax written ? Written(written, analysis.Bodies.ModelOf(written.SyntaxTree)) : [];
        return analysis.Summaries.IsOwn(field) && Assignments.To(field, analysis).ToList() is [var (value, model)] ? Written(value, model) : [];
    }

    /// <summary>Whatever makes a set of them: an array, a collection expression, <c>new HashSet&lt;State&gt; { … }</c>, <c>FrozenSet.ToFrozenSet([…])</c>.</summary>
    private static ImmutableArray<object?> Written(ExpressionSyntax value, SemanticModel model)
    {
        var constants = ImmutableArray.CreateBuilder<object?>();
        foreach (var element in Elements(value))
        {
            if (model.GetConstantValue(element) is not { HasValue: true, Value: var constant }) return [];
            constants.Add(Constants.Normalize(constant));
        }

        return constants.ToImmutable();
    }

    private static IEnumerable<ExpressionSyntax> Elements(ExpressionSyntax value)
    {
        foreach (var node in value.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case InitializerExpressionSyntax { Expressions: var expressions }:
                    return expressions;
                // What is spread is no constant.
                case CollectionExpressionSyntax { Elements: var elements }:
                    return elements.Select(e => e is ExpressionElementSyntax { Expression: var expression } ? expression : ((SpreadElementSyntax)e).Expression);
            }
        }

        return [];
    }
}
