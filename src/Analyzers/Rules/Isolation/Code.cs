using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Operations as they were written. These rules ask who runs what and when, for which a graph would say too much.</summary>
internal static class Code
{
    public static IOperation? Of(SyntaxNode declaration, SemanticModel model, CancellationToken cancellation)
    {
        if (HasSyntaxErrors(declaration)) return null;
        return declaration switch
        {
            VariableDeclaratorSyntax { Initializer: { } initializer } => model.GetOperation(initializer, cancellation),
            PropertyDeclarationSyntax { Initializer: { } initializer } => model.GetOperation(initializer, cancellation),
            _ => model.GetOperation(declaration, cancellation),
        };
    }

    /// <summary>The code of a method of this compilation, a local function included; null when there is none to look at.</summary>
    public static IOperation? Of(IMethodSymbol method, Analysis analysis, CancellationToken cancellation)
    {
        var definition = method.OriginalDefinition;
        definition = definition.PartialImplementationPart ?? definition;
        if (definition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } syntax || !analysis.Compilation.ContainsSyntaxTree(syntax.SyntaxTree)) return null;
        return syntax is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax
            ? Of(syntax, analysis.Bodies.ModelOf(syntax.SyntaxTree), cancellation)
            : null;
    }

    public static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion: operation = conversion.Operand; break;
                case IParenthesizedOperation parenthesized: operation = parenthesized.Operand; break;
                case IDelegateCreationOperation creation: operation = creation.Target; break;
                default: return operation;
            }
        }
    }

    /// <summary>The function around an operation: a lambda, a local function, else the member.</summary>
    public static SyntaxNode? FunctionAround(SyntaxNode node)
    {
        for (var parent = node.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax or CompilationUnitSyntax) return parent;
            if (parent is BaseTypeDeclarationSyntax) return null;
        }

        return null;
    }

    /// <summary>The nodes of a function, not those of the functions in it.</summary>
    public static IEnumerable<SyntaxNode> OwnNodes(SyntaxNode function) =>
        function.DescendantNodes(n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax));

    /// <summary>The calls of a function, not those of the functions in it.</summary>
    public static IEnumerable<IInvocationOperation> OwnCalls(IOperation function) =>
        function.Descendants().OfType<IInvocationOperation>().Where(i => FunctionAround(i.Syntax) == function.Syntax);

    private static bool HasSyntaxErrors(SyntaxNode syntax) =>
        syntax.ContainsDiagnostics && syntax.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);
}
