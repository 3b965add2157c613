using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// Summaries on demand. A summary is kept by method and remaining depth: recursion ends where the depth does, and what is kept
/// does not depend on who asked first, so the same source gives the same diagnostics whatever runs in parallel.
/// </summary>
internal sealed class Summaries(Analysis analysis)
{
    private readonly ConcurrentDictionary<(Body, int), Summary?> _kept = new();
    private readonly ConcurrentDictionary<ISymbol, bool> _own = new(SymbolEqualityComparer.Default);

    /// <summary>Declared in this compilation's source.</summary>
    public bool IsOwn(ISymbol symbol) =>
        _own.GetOrAdd(symbol.OriginalDefinition, s => SymbolEqualityComparer.Default.Equals(s.ContainingAssembly, analysis.Compilation.Assembly) && s.DeclaringSyntaxReferences.Length > 0);

    /// <summary>A property whose getter has code: no auto-property, not abstract.</summary>
    public bool HasCode(IPropertySymbol property)
    {
        if (!IsOwn(property) || property.IsAbstract || property.GetMethod is not { } getter) return false;
        foreach (var reference in getter.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.ArrowExpressionClauseSyntax
                or Microsoft.CodeAnalysis.CSharp.Syntax.AccessorDeclarationSyntax { Body: not null }
                or Microsoft.CodeAnalysis.CSharp.Syntax.AccessorDeclarationSyntax { ExpressionBody: not null }) return true;
        }

        return false;
    }

    /// <summary>What a method does; empty when it has no code here or the bounds are passed.</summary>
    public ImmutableArray<Summary> Of(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (depth < 0 || analysis.Bodies.Of(method, cancellation) is not { } body) return [];
        return Of(body, depth, cancellation) is { } summary ? [summary] : [];
    }

    public Summary? Of(Body body, int depth, CancellationToken cancellation)
    {
        if (_kept.TryGetValue((body, depth), out var known)) return known;
        var made = Interpreter.Run(analysis, body, depth, cancellation);
        return _kept.GetOrAdd((body, depth), made);
    }
}
