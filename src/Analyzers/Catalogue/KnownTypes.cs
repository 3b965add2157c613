using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>The one place where a type is looked up by its name; each name once per compilation, when first asked for.</summary>
internal sealed class KnownTypes(Compilation compilation)
{
    private readonly ConcurrentDictionary<string, INamedTypeSymbol?> _found = new(StringComparer.Ordinal);

    /// <summary>The type of this metadata name, nested types after a plus; where several references declare it, the first that can be used.</summary>
    public INamedTypeSymbol? Find(string metadataName) => _found.GetOrAdd(metadataName, Resolve);

    public bool Exists(string metadataName) => Find(metadataName) is not null;

    /// <summary>The types of a documentation ID without its <c>T:</c>, which has a dot before nested types.</summary>
    public ImmutableArray<INamedTypeSymbol> FindAll(string fullName)
    {
        var name = fullName;
        while (true)
        {
            var found = compilation.GetTypesByMetadataName(name);
            if (!found.IsEmpty) return found;
            var dot = name.LastIndexOf('.');
            if (dot < 0) return [];
            name = name.Substring(0, dot) + "+" + name.Substring(dot + 1);
        }
    }

    private INamedTypeSymbol? Resolve(string metadataName)
    {
        // The single-type look-up prefers the user's own type, but answers null where two references have one each.
#pragma warning disable RS0030 // This is the home that the ban names.
        if (compilation.GetTypeByMetadataName(metadataName) is { } unique) return unique;
#pragma warning restore RS0030
        var all = compilation.GetTypesByMetadataName(metadataName);
        return all.FirstOrDefault(t => compilation.IsSymbolAccessibleWithin(t, compilation.Assembly)) ?? all.FirstOrDefault();
    }
}
