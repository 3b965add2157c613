using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>What becomes of the value that a call answers.</summary>
internal static class Results
{
    /// <summary>Nobody ever looks at it: a statement of its own, a discard, a variable or private field that is never read.</summary>
    public static bool IsDropped(IOperation value, Bodies bodies)
    {
        var outer = Outermost(value);
        return outer.Parent switch
        {
            IExpressionStatementOperation => true,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local }, Parent: IExpressionStatementOperation } => !IsRead(local, bodies),
            ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field: var field }, Parent: IExpressionStatementOperation } => IsNeverRead(field, bodies),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => !IsRead(local, bodies),
            IArgumentOperation { Parameter: { } parameter } => IsIgnored(parameter),
            _ => false,
        };
    }

    /// <summary>A helper of one's own that does nothing with what it is given: <c>static void Forget(this Task task) { }</c>.</summary>
    private static bool IsIgnored(IParameterSymbol parameter)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol { IsStatic: true, MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method) return false;
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        var declaration = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        var code = declaration switch
        {
            BaseMethodDeclarationSyntax { Body: var body, ExpressionBody: var expression } => (SyntaxNode?)body ?? expression,
            LocalFunctionStatementSyntax { Body: var body, ExpressionBody: var expression } => (SyntaxNode?)body ?? expression,
            _ => null,
        };
        return code is not null && !code.DescendantNodes().Any(node => node is IdentifierNameSyntax name && name.Identifier.ValueText == parameter.Name);
    }

    /// <summary>The whole expression whose value this is: around it conversions, <c>?.</c>, <c>?:</c>, <c>??</c>.</summary>
    public static IOperation Outermost(IOperation value)
    {
        while (true)
        {
            switch (value.Parent)
            {
                case IConversionOperation or IParenthesizedOperation:
                case IConditionalAccessOperation access when access.WhenNotNull == value:
                case IConditionalOperation conditional when conditional.Condition != value && conditional.Type is { SpecialType: not SpecialType.System_Void }:
                case ICoalesceOperation:
                case ISwitchExpressionArmOperation arm when arm.Value == value:
                case ISwitchExpressionOperation:
                    value = value.Parent;
                    break;
                default:
                    return value;
            }
        }
    }

    /// <summary>The variable that takes the value, where it goes into one.</summary>
    public static ILocalSymbol? Variable(IOperation value) => Outermost(value).Parent switch
    {
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } => local,
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => local,
        _ => null,
    };

    private static bool IsRead(ILocalSymbol local, Bodies bodies)
    {
        if (local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return true;
        return Uses(local, declaration, bodies).Any(u => !IsConfiguredInVain(u));
    }

    /// <summary><c>task.ConfigureAwait(false);</c> as a statement: nobody awaits what it answers.</summary>
    private static bool IsConfiguredInVain(IdentifierNameSyntax use) =>
        use.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: ExpressionStatementSyntax } };

    /// <summary>The places where a variable is read, in the order of the source.</summary>
    public static IEnumerable<IdentifierNameSyntax> Uses(ILocalSymbol local, SyntaxNode declaration, Bodies bodies)
    {
        var member = declaration.FirstAncestorOrSelf<MemberDeclarationSyntax>(n => n is not GlobalStatementSyntax) ?? declaration.SyntaxTree.GetRoot();
        var model = bodies.ModelOf(declaration.SyntaxTree);
        foreach (var node in member.DescendantNodes())
        {
            if (node is IdentifierNameSyntax name && name.Identifier.ValueText == local.Name && !IsWritten(name)
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, local)) yield return name;
        }
    }

    private static bool IsNeverRead(IFieldSymbol field, Bodies bodies)
    {
        if (field.DeclaredAccessibility != Accessibility.Private || field.ContainingType is not { } type || type.DeclaringSyntaxReferences.IsEmpty) return false;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax();
            foreach (var node in syntax.DescendantNodes())
            {
                if (node is IdentifierNameSyntax name && name.Identifier.ValueText == field.Name && !IsWritten(name)
                    && SymbolEqualityComparer.Default.Equals(bodies.ModelOf(syntax.SyntaxTree).GetSymbolInfo(name).Symbol?.OriginalDefinition, field.OriginalDefinition)) return false;
            }
        }

        return true;
    }

    private static bool IsWritten(IdentifierNameSyntax name)
    {
        ExpressionSyntax target = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access : name;
        return target.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax } assignment && assignment.Left == target;
    }
}
