using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// The one place that asks for semantic models and builds control-flow graphs. A summary of a method in another file
/// needs that file's model, and the analysis context offers only its own; models and graphs are therefore kept per compilation.
/// </summary>
internal sealed class Bodies(Compilation compilation)
{
    private const int MaxBlocks = 3000;

    private readonly ConcurrentDictionary<SyntaxTree, SemanticModel> _models = new();
    private readonly ConcurrentDictionary<SyntaxNode, Body?> _bodies = new();

    public Compilation Compilation { get; } = compilation;

    /// <summary>Takes over the model of the file that is being analysed, so that nothing is bound twice.</summary>
    public void Offer(SemanticModel model) => _models.TryAdd(model.SyntaxTree, model);

    public SemanticModel ModelOf(SyntaxTree tree)
    {
        if (_models.TryGetValue(tree, out var known)) return known;
#pragma warning disable RS0030, RS1030 // this is the one home of other files' models; each is made once and kept
        return _models.GetOrAdd(tree, t => Compilation.GetSemanticModel(t));
#pragma warning restore RS0030, RS1030
    }

    /// <summary>The body of a method, accessor, local function or lambda of this compilation; null when there is none to look at.</summary>
    public Body? Of(ISymbol symbol, CancellationToken cancellation)
    {
        symbol = symbol.OriginalDefinition;
        if (symbol is IMethodSymbol { PartialImplementationPart: { } implementation }) symbol = implementation;
        if (symbol is IPropertySymbol { GetMethod: { } getter }) symbol = getter;
        foreach (var reference in symbol.DeclaringSyntaxReferences)
        {
            if (!Compilation.ContainsSyntaxTree(reference.SyntaxTree)) continue;
            if (At(reference.GetSyntax(cancellation), cancellation) is { } body) return body;
        }

        return null;
    }

    /// <summary>The body that a declaration or lambda holds.</summary>
    public Body? At(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (_bodies.TryGetValue(syntax, out var known)) return known;
        var made = Make(syntax, cancellation);
        return _bodies.GetOrAdd(syntax, made);
    }

    private Body? Make(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (syntax is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax || IsOfQuery(syntax)) return MakeNested(syntax, cancellation);
        var model = ModelOf(syntax.SyntaxTree);
        var (root, symbol) = RootOf(syntax, model, cancellation);
        // `async Start()` without its return type is a method that returns an unknown `async`.
        if (symbol is IMethodSymbol { ReturnType: { TypeKind: TypeKind.Error, Name: "async" } }) return null;
        if (root is null || symbol is null || root.Parent is not null || HasSyntaxErrors(root.Syntax)) return null;
        var graph = root switch
        {
            IMethodBodyOperation method => ControlFlowGraph.Create(method, cancellation),
            IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellation),
            IBlockOperation block => ControlFlowGraph.Create(block, cancellation),
            IFieldInitializerOperation field => ControlFlowGraph.Create(field, cancellation),
            IPropertyInitializerOperation property => ControlFlowGraph.Create(property, cancellation),
            _ => null,
        };
        return graph is null || graph.Blocks.Length > MaxBlocks ? null : new Body(symbol, root.Syntax, graph, symbol.ContainingType, null);
    }

    /// <summary>A lambda's or local function's graph can only be had through the graph around it.</summary>
    private Body? MakeNested(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (HasSyntaxErrors(syntax) || EnclosingDeclaration(syntax) is not { } enclosing || At(enclosing, cancellation) is not { } outer) return null;
        foreach (var localFunction in outer.Graph.LocalFunctions)
        {
            if (localFunction.DeclaringSyntaxReferences.FirstOrDefault()?.Span == syntax.Span)
                return new Body(localFunction, syntax, outer.Graph.GetLocalFunctionControlFlowGraphInScope(localFunction, cancellation), outer.Type, outer);
        }

        foreach (var block in outer.Graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (Lambda(operation, syntax) is { } lambda) return Nest(lambda);
            }

            if (block.BranchValue is { } value && Lambda(value, syntax) is { } inBranch) return Nest(inBranch);
        }

        return null;

        Body Nest(IFlowAnonymousFunctionOperation lambda) =>
            new(lambda.Symbol, syntax, outer.Graph.GetAnonymousFunctionControlFlowGraphInScope(lambda, cancellation), outer.Type, outer);
    }

    /// <summary><c>where c.IsOpen</c>: the compiler makes a lambda of the expression.</summary>
    private static bool IsOfQuery(SyntaxNode syntax) => syntax is ExpressionSyntax { Parent: QueryClauseSyntax or SelectOrGroupClauseSyntax or OrderingSyntax };

    private static IFlowAnonymousFunctionOperation? Lambda(IOperation operation, SyntaxNode syntax)
    {
        if (!operation.Syntax.FullSpan.IntersectsWith(syntax.Span) && operation.Syntax.SyntaxTree == syntax.SyntaxTree && !operation.Syntax.Span.Contains(syntax.Span)
            && !syntax.Span.Contains(operation.Syntax.Span)) return null;
        foreach (var part in operation.DescendantsAndSelf())
        {
            if (part is IFlowAnonymousFunctionOperation lambda && lambda.Syntax == syntax) return lambda;
        }

        return null;
    }

    private static (IOperation? Root, ISymbol? Symbol) RootOf(SyntaxNode syntax, SemanticModel model, CancellationToken cancellation)
    {
        switch (syntax)
        {
            // A method whose return type is still missing looks like a constructor of another name.
            case ConstructorDeclarationSyntax { Parent: TypeDeclarationSyntax owner } constructor when constructor.Identifier.ValueText != owner.Identifier.ValueText:
                return (null, null);
            case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                return (model.GetOperation(syntax, cancellation), model.GetDeclaredSymbol(syntax, cancellation));
            case CompilationUnitSyntax unit:
                return (model.GetOperation(unit, cancellation), model.GetDeclaredSymbol(unit, cancellation));
            case ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax property } arrow:
                return (model.GetOperation(arrow, cancellation), (model.GetDeclaredSymbol(property, cancellation) as IPropertySymbol)?.GetMethod);
            case BasePropertyDeclarationSyntax { } property when Arrow(property) is { } body:
                return (model.GetOperation(body, cancellation), (model.GetDeclaredSymbol(property, cancellation) as IPropertySymbol)?.GetMethod);
            case VariableDeclaratorSyntax { Initializer: { } initializer } declarator:
                return (model.GetOperation(initializer, cancellation), model.GetDeclaredSymbol(declarator, cancellation));
            case PropertyDeclarationSyntax { Initializer: { } initializer } property:
                return (model.GetOperation(initializer, cancellation), model.GetDeclaredSymbol(property, cancellation));
            default:
                return (null, null);
        }
    }

    private static ArrowExpressionClauseSyntax? Arrow(BasePropertyDeclarationSyntax property) => property switch
    {
        PropertyDeclarationSyntax p => p.ExpressionBody,
        IndexerDeclarationSyntax i => i.ExpressionBody,
        _ => null,
    };

    public static SyntaxNode? EnclosingDeclaration(SyntaxNode syntax)
    {
        for (var node = syntax.Parent; node is not null; node = node.Parent)
        {
            switch (node)
            {
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                case ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }:
                case VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax }:
                case EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax }:
                    return node is EqualsValueClauseSyntax ? node.Parent : node;
                case CompilationUnitSyntax:
                    return node;
                case BaseTypeDeclarationSyntax:
                    return null;
            }
        }

        return null;
    }

    private static bool HasSyntaxErrors(SyntaxNode syntax)
    {
        if (!syntax.ContainsDiagnostics) return false;
        foreach (var diagnostic in syntax.GetDiagnostics())
        {
            if (diagnostic.Severity == DiagnosticSeverity.Error) return true;
        }

        return false;
    }
}
