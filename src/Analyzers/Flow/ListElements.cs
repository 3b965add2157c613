using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>A list that lends what is in it: an element is read, and one of the next statements removes it.</summary>
internal static class ListElements
{
    /// <summary>The words that remove an element.</summary>
    public static readonly HashSet<string> Removing = new(StringComparer.Ordinal) { "RemoveAt", "Remove", "RemoveFirst", "RemoveLast" };

    /// <summary>The list that the operation takes an element out of; null where the element stays in it.</summary>
    public static IOperation? TakenFrom(IOperation read) =>
        ListOf(read) is { } list && IsRemovedAfter(read.Syntax, list.Syntax.ToString()) ? list : null;

    private static IOperation? ListOf(IOperation read) => read switch
    {
        IPropertyReferenceOperation { Property: { IsIndexer: true, ContainingType.Name: "List" or "IList" or "Collection" }, Instance: { } list } => list,
        IImplicitIndexerReferenceOperation { IndexerSymbol.ContainingType.Name: "List" or "IList" or "Collection", Instance: var list } => list,
        // `_idle.First!.Value`
        IPropertyReferenceOperation { Property: { Name: "Value", ContainingType.Name: "LinkedListNode" }, Instance: IPropertyReferenceOperation { Property.Name: "First" or "Last", Instance: { } list } } => list,
        IInvocationOperation { TargetMethod: { Name: "First" or "Last" or "FirstOrDefault" or "LastOrDefault", ContainingType.Name: "Enumerable", Parameters.Length: 1 }, Arguments: [{ Value: var list }] } => list is IConversionOperation converted ? converted.Operand : list,
        _ => null,
    };

    private static bool IsRemovedAfter(SyntaxNode read, string list)
    {
        if (read.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement) return false;
        // `if (c != null) _idle.Remove(c);` may stand between two others.
        foreach (var next in block.Statements.Skip(block.Statements.IndexOf(statement) + 1).Take(2))
        {
            if (next.DescendantNodes().Any(n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var word } removal } && Removing.Contains(word) && removal.Expression.ToString() == list)) return true;
        }

        return false;
    }
}
