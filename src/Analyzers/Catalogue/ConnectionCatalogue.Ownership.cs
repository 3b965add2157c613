using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>Which methods take over the connections that they are given.</summary>
internal sealed partial class ConnectionCatalogue
{
    private readonly ConcurrentDictionary<IParameterSymbol, bool> _takers = new(SymbolEqualityComparer.Default);
    private readonly bool _hasTakers;

    /// <summary>
    /// What is passed for this parameter is the callee's from then on: said by an attribute of the parameter or method, by the option, or by
    /// a line. What is said of a member counts for its overrides and implementations.
    /// </summary>
    public bool TakesOver(IParameterSymbol? parameter)
    {
        // Nearly no program says so of any method, and every argument is asked.
        if (!HasAttributes && !_hasTakers || parameter?.ContainingSymbol is not IMethodSymbol) return false;
        return _takers.TryGetValue(parameter.OriginalDefinition, out var known) ? known : _takers.GetOrAdd(parameter.OriginalDefinition, IsTakenOver(parameter.OriginalDefinition));
    }

    private bool IsTakenOver(IParameterSymbol parameter)
    {
        if (Definition(parameter.ContainingSymbol) is not IMethodSymbol method) return false;
        if (method.MethodKind == MethodKind.LocalFunction || method.ContainingType is not { } type) return AttributeReader.TakesOver(parameter);
        foreach (var declaration in Declarations(method, type).OfType<IMethodSymbol>())
        {
            if (parameter.Ordinal >= declaration.Parameters.Length) continue;
            if (HasAttributes && AttributeReader.TakesOver(declaration.Parameters[parameter.Ordinal])) return true;
            if (_options.TakesOwnership.Any(pattern => pattern.Matches(declaration))) return true;
            if (FromLines(declaration, declaration.ContainingType)?.Has(Role.Takes) == true) return true;
        }

        return false;
    }
}
