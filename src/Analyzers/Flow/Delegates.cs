using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>The functions behind a delegate: those that every assignment of a private field names.</summary>
internal sealed class Delegates(Analysis analysis)
{
    private readonly ConcurrentDictionary<ISymbol, (ImmutableArray<IMethodSymbol> Functions, Place? Target)> _kept = new(SymbolEqualityComparer.Default);

    /// <summary>A library method that runs the delegate it is given before it returns.</summary>
    public bool RunsAtOnce(IMethodSymbol method) =>
        method.Name is "ForEach" or "For" or "Invoke" && method.ContainingType?.Name is "List" or "Array" or "Parallel" or "ImmutableList";

    /// <summary>
    /// The functions that calling this value may run, empty when one of them is unknown; and where it is one method of another
    /// object (<c>_send = link.Send</c>), that object.
    /// </summary>
    public (ImmutableArray<IMethodSymbol> Functions, Place? Target) Of(Value callee)
    {
        if (callee.Atoms is [Atom.Of { Place: { Symbol: (IFieldSymbol or IPropertySymbol) and var member, Parent.IsRoot: true } }])
            return _kept.GetOrAdd(member, Find);
        return ([], null);
    }

    private (ImmutableArray<IMethodSymbol> Functions, Place? Target) Find(ISymbol member)
    {
        if (member is IEventSymbol || member.DeclaredAccessibility is not (Accessibility.Private or Accessibility.NotApplicable) || !analysis.Summaries.IsOwn(member)) return ([], null);
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        Place? target = null;
        foreach (var (expression, model) in Assignments.To(member, analysis))
        {
            var operation = model.GetOperation(expression);
            if (!Collect(operation, found)) return ([], null);
            target ??= TargetOf(operation);
        }

        var functions = found.Distinct<IMethodSymbol>(SymbolEqualityComparer.Default).ToImmutableArray();
        // Of several, each would have its own.
        return (functions, found.Count == 1 ? target : null);
    }

    /// <summary>The other object whose method this is: a field, or a variable of the constructor.</summary>
    private static Place? TargetOf(IOperation? operation)
    {
        return operation?.WithoutDelegate() is not IMethodReferenceOperation { Method.IsStatic: false, Instance: { } instance } ? null : instance switch
        {
            IParameterReferenceOperation parameter => Place.Parameter(parameter.Parameter),
            ILocalReferenceOperation local => Place.Local(local.Local),
            IFieldReferenceOperation { Instance: IInstanceReferenceOperation } field => Place.This.Step(field.Field),
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } property => Place.This.Step(property.Property),
            _ => null,
        };
    }

    private static bool Collect(IOperation? operation, ImmutableArray<IMethodSymbol>.Builder found)
    {
        switch (operation)
        {
            case IConversionOperation conversion:
                return Collect(conversion.Operand, found);
            case IDelegateCreationOperation creation:
                return Collect(creation.Target, found);
            case IMethodReferenceOperation method:
                found.Add(method.Method);
                return true;
            case IAnonymousFunctionOperation lambda:
                found.Add(lambda.Symbol);
                return true;
            case IConditionalOperation conditional:
                return Collect(conditional.WhenTrue, found) && Collect(conditional.WhenFalse, found);
            case ISwitchExpressionOperation choice:
                return choice.Arms.All(arm => Collect(arm.Value, found));
            default:
                return operation?.ConstantValue is { HasValue: true, Value: null };
        }
    }
}

/// <summary>All assignments of a member in the types that can reach it.</summary>
internal static class Assignments
{
    public static IEnumerable<(ExpressionSyntax Value, SemanticModel Model)> To(ISymbol member, Analysis analysis)
    {
        foreach (var code in analysis.Holders.CodeOf(member.ContainingType))
        {
            if (!code.Identifiers.Contains(member.Name)) continue;
            var model = analysis.Bodies.ModelOf(code.Declaration.SyntaxTree);
            foreach (var node in code.Declaration.DescendantNodesAndSelf())
            {
                switch (node)
                {
                    case AssignmentExpressionSyntax assignment when Names(assignment.Left, member.Name)
                        && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(assignment.Left).Symbol?.OriginalDefinition, member.OriginalDefinition):
                        yield return (assignment.Right, model);
                        break;
                    case VariableDeclaratorSyntax { Initializer: { } initializer } declarator when declarator.Identifier.ValueText == member.Name
                        && SymbolEqualityComparer.Default.Equals(model.GetDeclaredSymbol(declarator), member.OriginalDefinition):
                        yield return (initializer.Value, model);
                        break;
                    case PropertyDeclarationSyntax { Initializer: { } initializer } property when property.Identifier.ValueText == member.Name
                        && SymbolEqualityComparer.Default.Equals(model.GetDeclaredSymbol(property), member.OriginalDefinition):
                        yield return (initializer.Value, model);
                        break;
                }
            }
        }
    }

    /// <summary>What a variable is declared with, and what it is given later.</summary>
    public static IEnumerable<ExpressionSyntax> To(ILocalSymbol local, VariableDeclaratorSyntax declaration, SemanticModel model)
    {
        if (declaration.Initializer is { Value: var initial }) yield return initial;
        foreach (var assignment in Bodies.EnclosingDeclaration(declaration)?.DescendantNodes().OfType<AssignmentExpressionSyntax>() ?? [])
        {
            if (assignment.Left is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local)) yield return assignment.Right;
        }
    }

    private static bool Names(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText == name,
        _ => false,
    };
}
