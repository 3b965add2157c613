using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>Code that runs as one: a method, accessor, lambda, local function, or the initialiser of a field.</summary>
internal sealed class Body(ISymbol owner, SyntaxNode syntax, ControlFlowGraph graph, INamedTypeSymbol? type, Body? outer)
{
    private HashSet<string>? _writtenInside;

    /// <summary>The method, lambda or local function; the field or property for an initialiser.</summary>
    public ISymbol Owner { get; } = owner;

    public SyntaxNode Syntax { get; } = syntax;

    public ControlFlowGraph Graph { get; } = graph;

    public INamedTypeSymbol? Type { get; } = type;

    /// <summary>The body around a lambda or local function.</summary>
    public Body? Outer { get; } = outer;

    public IMethodSymbol? Method => Owner as IMethodSymbol;

    public bool IsInitialiser => Owner is IFieldSymbol or IPropertySymbol;

    public bool IsConstructor => Owner is IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor };

    /// <summary>Names of variables that a nested function writes: they may change at any time, so their values are not tracked.</summary>
    public HashSet<string> WrittenInside => _writtenInside ??= WrittenNames.InFunctionsOf(Syntax);

    public override string ToString() => Owner.Name;
}
