using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Flow;

using FactMap = SmallMap<Place, Constraint>;

/// <summary>A list that is filled by hand: <c>if (c.IsOpen) alive.Add(c);</c>. What is known of each that is added is known of all that are in it.</summary>
internal sealed partial class Interpreter
{
    private static readonly HashSet<string> OtherAdditions = new(StringComparer.Ordinal) { "AddRange", "AddFirst", "AddLast", "TryAdd", "Insert", "InsertRange", "Push", "Enqueue", "UnionWith" };

    private readonly Dictionary<SyntaxNode, Dictionary<IOperation, FactMap>> _added = [];
    private readonly Dictionary<SyntaxNode, int?> _additions = [];

    private void FillByHand(IOperation adding, Value list, Value added)
    {
        if (_state is null || list.Places.FirstOrDefault() is not { IsRoot: true, Root: RootKind.Born, Born: BornKind.Created, Site: SyntaxNode made }) return;
        if (!_additions.TryGetValue(made, out var all)) _additions[made] = all = Additions(made);
        if (!_added.TryGetValue(made, out var each)) _added[made] = each = [];
        each[adding] = About(added, _state);
        // As long as one of them has not been seen, nothing is known of what it adds.
        if (each.Count != all) return;
        FactMap? known = null;
        foreach (var facts in each.Values) known = Conditions.Either(known, facts);
        _passed[made] = known!;
    }

    /// <summary>How many statements add to the list of this variable; null where something else may fill it, too.</summary>
    private static int? Additions(SyntaxNode made)
    {
        if (made.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var list } variable } || Bodies.EnclosingDeclaration(variable) is not { } code) return null;
        var additions = 0;
        foreach (var use in code.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == list))
        {
            switch (use.Parent)
            {
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } access when access.Expression == use && !OtherAdditions.Contains(member):
                    if (member == "Add") additions++;
                    break;
                case CommonForEachStatementSyntax or ReturnStatementSyntax or IsPatternExpressionSyntax:
                case ElementAccessExpressionSyntax { Parent: not AssignmentExpressionSyntax }:
                    break;
                default:
                    return null;
            }
        }

        return additions;
    }
}
