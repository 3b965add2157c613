using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// Catalogue lines by type. Types are found by their full name, so nothing has to be resolved in compilations that never meet
/// them, and a type that stands in two references or in the user's source is found all the same.
/// </summary>
internal sealed class CatalogueIndex
{
    private readonly Dictionary<string, TypeLines> _byFullName = new(StringComparer.Ordinal);

    /// <summary>The last words of the full names, with arity: nearly every type of a program fails this first look.</summary>
    private readonly HashSet<string> _lastNames = new(StringComparer.Ordinal);

    private CatalogueIndex()
    {
    }

    public static CatalogueIndex Create(IEnumerable<CatalogueEntry> entries)
    {
        var index = new CatalogueIndex();
        foreach (var entry in entries)
        {
            if (!index._byFullName.TryGetValue(entry.Id.Type, out var lines))
            {
                index._byFullName[entry.Id.Type] = lines = new TypeLines();
                index._lastNames.Add(entry.Id.Type.Substring(entry.Id.Type.LastIndexOf('.') + 1));
            }

            lines.Add(entry);
        }

        return index;
    }

    public bool IsEmpty => _byFullName.Count == 0;

    /// <summary>Simple names of the types that have to do with a connection. Where callbacks are registered says nothing: every program has tasks. Nor does who takes a connection over: it need not be one.</summary>
    public IEnumerable<string> ConnectionNames => _byFullName
        .Where(pair => pair.Value.Type is { IsConnection: true } || pair.Value.Members.Any(m => (m.Roles & ~(Role.Callback | Role.Registers | Role.Takes)) != 0))
        .Select(pair => SimpleName(pair.Key));

    public IEnumerable<CatalogueEntry> Members => _byFullName.Values.SelectMany(lines => lines.Members);

    public TypeLines? Of(INamedTypeSymbol type) =>
        _lastNames.Contains(type.MetadataName) && _byFullName.TryGetValue(FullName(type), out var lines) ? lines : null;

    public static string SimpleName(string fullName)
    {
        var name = fullName.Substring(fullName.LastIndexOf('.') + 1);
        var tick = name.IndexOf('`');
        return tick < 0 ? name : name.Substring(0, tick);
    }

    /// <summary>Namespace, containing types and name, all with dots, as documentation IDs have them.</summary>
    public static string FullName(INamedTypeSymbol type)
    {
        var parts = new List<string> { type.MetadataName };
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType) parts.Add(outer.MetadataName);
        for (var space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace) parts.Add(space.Name);
        parts.Reverse();
        return string.Join(".", parts);
    }
}

/// <summary>The lines of one type.</summary>
internal sealed class TypeLines
{
    private readonly Dictionary<string, List<CatalogueEntry>> _byName = new(StringComparer.Ordinal);
    private readonly List<CatalogueEntry> _prefixes = [];

    /// <summary>What is said of the type itself; later lines add to it.</summary>
    public CatalogueEntry? Type { get; private set; }

    public IEnumerable<CatalogueEntry> Members => _byName.Values.SelectMany(list => list).Concat(_prefixes);

    public void Add(CatalogueEntry entry)
    {
        if (entry.Id.Kind == 'T')
        {
            if (Type is { IsConnection: true } first && entry.IsConnection) first.Traits |= entry.Traits;
            else Type ??= entry;
        }
        else if (entry.Id.IsPrefix) _prefixes.Add(entry);
        else if (_byName.TryGetValue(entry.Id.Member, out var list)) list.Add(entry);
        else _byName[entry.Id.Member] = [entry];
    }

    /// <summary>The lines that fit the member; the most exact ones only: a parameter list beats a name, a name beats a star.</summary>
    public ImmutableArray<CatalogueEntry> For(ISymbol member)
    {
        if (_byName.Count == 0 && _prefixes.Count == 0) return [];
        var best = ImmutableArray<CatalogueEntry>.Empty;
        var rank = -1;
        if (_byName.TryGetValue(member.MetadataName, out var named) || member.MetadataName != member.Name && _byName.TryGetValue(member.Name, out named))
        {
            foreach (var entry in named) Consider(entry, entry.Id.Parameters is null ? int.MaxValue - 1 : int.MaxValue);
        }

        foreach (var entry in _prefixes)
        {
            if (IsOrdinary(member) && member.Name.StartsWith(entry.Id.Member, StringComparison.Ordinal)) Consider(entry, entry.Id.Member.Length);
        }

        return best;

        void Consider(CatalogueEntry entry, int exactness)
        {
            if (exactness < rank || !IsOfKind(member, entry.Id.Kind) || !FitsParameters(entry.Id, member)) return;
            best = exactness > rank ? [entry] : best.Add(entry);
            rank = exactness;
        }
    }

    private static bool IsOfKind(ISymbol member, char kind) => member switch
    {
        IMethodSymbol => kind == 'M',
        IPropertySymbol => kind == 'P',
        IEventSymbol => kind == 'E',
        IFieldSymbol => kind == 'F',
        _ => false,
    };

    /// <summary>A star means members that are called by their names: no constructors, operators and accessors.</summary>
    private static bool IsOrdinary(ISymbol member) =>
        member is not IMethodSymbol { MethodKind: not (MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.ExplicitInterfaceImplementation or MethodKind.DeclareMethod) };

    private static bool FitsParameters(DocumentationId id, ISymbol member)
    {
        if (id.Arity >= 0 && member is IMethodSymbol method && method.Arity != id.Arity) return false;
        if (id.Parameters is null) return true;
        return string.Equals(ParametersOf(member), id.Parameters, StringComparison.Ordinal);
    }

    /// <summary>The parameter list of a member as documentation IDs write it; <c>()</c> for none.</summary>
    public static string ParametersOf(ISymbol member)
    {
        var id = member.GetDocumentationCommentId();
        var parenthesis = id?.IndexOf('(') ?? -1;
        if (parenthesis < 0) return "()";
        var end = id!.LastIndexOf(')');
        return end < parenthesis ? "()" : id.Substring(parenthesis, end - parenthesis + 1);
    }
}
