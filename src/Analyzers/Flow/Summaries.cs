using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// Summaries on demand. A summary is kept by method and remaining depth: recursion ends where the depth does, and what is kept
/// does not depend on who asked first (a summary that no bound has touched is the same at every depth), so the same source gives the same diagnostics whatever runs in parallel.
/// </summary>
internal sealed class Summaries(Analysis analysis)
{
    private readonly ConcurrentDictionary<(Body, int), Summary?> _kept = new();
    private readonly ConcurrentDictionary<Body, Summary> _complete = new();
    private readonly ConcurrentDictionary<ISymbol, bool> _own = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// Declared in this compilation's source, and meant to be read: a type that the catalogue describes is a library's even where
    /// its source is here, and a member that only throws is a declaration.
    /// </summary>
    public bool IsOwn(ISymbol symbol) => _own.GetOrAdd(symbol.OriginalDefinition, FindOwn);

    private bool FindOwn(ISymbol symbol)
    {
        if (!SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, analysis.Compilation.Assembly) || symbol.DeclaringSyntaxReferences.IsEmpty) return false;
        if (symbol is IMethodSymbol or IPropertySymbol)
        {
            // What the user has said of a member by an attribute stands for its code.
            if (symbol.GetAttributes().Any(a => a.AttributeClass?.ContainingNamespace?.ToDisplayString() == "LifecycleAnalyzers.Runtime")) return false;
            foreach (var reference in symbol.DeclaringSyntaxReferences)
            {
                if (reference.GetSyntax().OnlyThrown() is not null) return false;
            }
        }

        return (symbol as INamedTypeSymbol ?? symbol.ContainingType) is not { } type || analysis.Catalogue.Find(type) is not { Source: Catalogue.Source.Catalogue } known
            || !SymbolEqualityComparer.Default.Equals(known.Symbol, type.OriginalDefinition);
    }

    private bool IsMeant(IMethodSymbol method) => method.MethodKind is MethodKind.AnonymousFunction or MethodKind.LocalFunction || IsOwn(method);

    public int Count => _kept.Count + _complete.Count;

    /// <summary>A property whose getter has code: no auto-property, not abstract.</summary>
    public bool HasCode(IPropertySymbol property)
    {
        if (property.IsAbstract || !IsOwn(property) || property.GetMethod is not { } getter) return false;
        foreach (var reference in getter.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is ArrowExpressionClauseSyntax
                or AccessorDeclarationSyntax { Body: not null }
                or AccessorDeclarationSyntax { ExpressionBody: not null }) return true;
        }

        return false;
    }

    /// <summary>What a method does; empty when it has no code here or the bounds are passed.</summary>
    public ImmutableArray<Summary> Of(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (depth < 0 || !IsMeant(method) || analysis.Bodies.Of(method, cancellation) is not { } body) return [];
        return Of(body, depth, cancellation) is { } summary ? [summary] : [];
    }

    public Summary? Of(Body body, int depth, CancellationToken cancellation)
    {
        if (_complete.TryGetValue(body, out var whole)) return whole;
        if (_kept.TryGetValue((body, depth), out var known)) return known;
        var made = Interpreter.Run(analysis, body, depth, cancellation);
        return made is { IsComplete: true } ? _complete.GetOrAdd(body, made) : _kept.GetOrAdd((body, depth), made);
    }
}
