using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>What all members of a type together say of its fields.</summary>
internal sealed class TypeFacts(Analysis analysis)
{
    private readonly ConcurrentDictionary<ISymbol, ImmutableHashSet<ISymbol>> _sources = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, bool> _made = new(SymbolEqualityComparer.Default);

    /// <summary>Two fields of one object are one connection where the one was made from the other, or both from a third.</summary>
    public bool IsSameConnection(Place owner, Place connection, Body body)
    {
        var first = Field(owner);
        var second = Field(connection);
        if (first is null || second is null || SymbolEqualityComparer.Default.Equals(first, second)) return false;
        if (!SymbolEqualityComparer.Default.Equals(first.ContainingType, second.ContainingType) || first.ContainingType is null) return false;
        var ofFirst = SourcesOf(first);
        var ofSecond = SourcesOf(second);
        return ofFirst.Contains(second) || ofSecond.Contains(first) || ofFirst.Any(ofSecond.Contains) || IsOnlyPair(first, second);
    }

    /// <summary>A type that was given one socket and one stream was given them of one connection.</summary>
    private bool IsOnlyPair(ISymbol first, ISymbol second)
    {
        var (stream, socket) = analysis.Connections.IsCarrier(Symbols.TypeOf(first)) ? (first, second) : (second, first);
        if (!analysis.Connections.IsCarrier(Symbols.TypeOf(stream)) || !IsSocket(Symbols.TypeOf(socket))) return false;
        return Held(first.ContainingType).Count(m => IsSocket(Symbols.TypeOf(m))) <= 1 && Held(first.ContainingType).Count(m => analysis.Connections.IsCarrier(Symbols.TypeOf(m))) <= 1;

        static bool IsSocket(ITypeSymbol? type) => type?.Name is "Socket" or "TcpClient";
    }

    private static IEnumerable<ISymbol> Held(INamedTypeSymbol type) =>
        type.GetMembers().Where(m => m is IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol).Concat(type.InstanceConstructors.Where(c => c.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax).SelectMany(c => c.Parameters));

    /// <summary>A stream or writer field that was made from a connection.</summary>
    public bool IsMadeFromConnection(Place place, Body? body) => Field(place) is { } field && _made.GetOrAdd(field, FindMade);

    /// <summary>The field of <c>this</c> (or the static one) by which the place is reached.</summary>
    public static ISymbol? Field(Place? place)
    {
        while (place?.Parent is { IsRoot: false } parent) place = parent;
        return place is { Parent: not null, RootPlace.Root: RootKind.This or RootKind.Static } ? place.Symbol : null;
    }

    /// <summary>The variables, of connection or stream types, out of which a field is made.</summary>
    private ImmutableHashSet<ISymbol> SourcesOf(ISymbol field) => _sources.GetOrAdd(field, f =>
    {
        var found = ImmutableHashSet.CreateBuilder<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var (value, model) in Assignments.To(f, analysis)) Collect(value, model, found, 3);
        return found.ToImmutable();
    });

    private void Collect(SyntaxNode value, SemanticModel model, ImmutableHashSet<ISymbol>.Builder found, int depth)
    {
        foreach (var node in value.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax))
        {
            if (node is not IdentifierNameSyntax name || model.GetSymbolInfo(name).Symbol is not { } symbol) continue;
            if (Symbols.TypeOf(symbol) is not { } type || !analysis.Connections.LeadsToPeer(type)) continue;
            if (!found.Add(symbol) || depth == 0 || symbol is not ILocalSymbol) continue;
            if (symbol.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer: { } initializer } && initializer.SyntaxTree == model.SyntaxTree)
                Collect(initializer.Value, model, found, depth - 1);
        }
    }

    private bool FindMade(ISymbol field)
    {
        foreach (var (value, model) in Assignments.To(field, analysis))
        {
            if (IsMade(value, model, 3)) return true;
        }

        return false;
    }

    private bool IsMade(SyntaxNode value, SemanticModel model, int depth)
    {
        foreach (var node in value.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax))
        {
            if (node is not ExpressionSyntax expression) continue;
            if (analysis.Connections.TypeOf(model.GetTypeInfo(expression).Type) is not null) return true;
            if (depth > 0 && expression is IdentifierNameSyntax && model.GetSymbolInfo(expression).Symbol is ILocalSymbol local
                && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax declaration && declaration.SyntaxTree == model.SyntaxTree
                && Assignments.To(local, declaration, model).Any(v => IsMade(v, model, depth - 1))) return true;
        }

        return false;
    }
}
