using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Flow;

/// <summary>Which code of this compilation a call may run.</summary>
internal sealed class Implementations
{
    private const int MaxTargets = 8;
    private const int MaxHandlers = 200;

    private readonly Lazy<ImmutableArray<INamedTypeSymbol>> _types;
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<IMethodSymbol>> _kept = new(SymbolEqualityComparer.Default);

    private readonly Lazy<ILookup<INamedTypeSymbol, INamedTypeSymbol>> _derived;

    private readonly Analysis _analysis;
    private readonly Lazy<HashSet<string>> _named;

    public Implementations(Analysis analysis)
    {
        _analysis = analysis;
        _types = new(() => Collect(analysis.Compilation.Assembly.GlobalNamespace));
        _named = new(FindNamed);
        _derived = new(() => Types.Where(t => t.BaseType is { SpecialType: SpecialType.None }).ToLookup(t => t.BaseType!.OriginalDefinition, t => t, (IEqualityComparer<INamedTypeSymbol>)SymbolEqualityComparer.Default));
    }

    /// <summary>All types declared in this compilation.</summary>
    public ImmutableArray<INamedTypeSymbol> Types => _types.Value;

    /// <summary>A type and all that derive from it, at any distance.</summary>
    public IEnumerable<INamedTypeSymbol> WithDerived(INamedTypeSymbol type)
    {
        var pending = new Stack<INamedTypeSymbol>();
        pending.Push(type);
        while (pending.Count > 0)
        {
            var next = pending.Pop();
            yield return next;
            foreach (var derived in _derived.Value[next.OriginalDefinition]) pending.Push(derived);
        }
    }

    /// <summary>The methods a call may reach; empty when there is none here, or too many to follow.</summary>
    /// <param name="method">The method as the call names it.</param>
    /// <param name="exactly">The call is not virtual (<c>base.M()</c>).</param>
    /// <param name="cancellation">Stops the search.</param>
    public ImmutableArray<IMethodSymbol> Of(IMethodSymbol method, bool exactly, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        return exactly || !IsVirtual(method) ? [method] : _kept.GetOrAdd(method, m => Chosen(Find(m, MaxTargets, cancellation)));
    }

    /// <summary>The methods that are subscribed with this one: each is judged by itself, so there may be many.</summary>
    public ImmutableArray<IMethodSymbol> Handlers(IMethodSymbol method, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        return IsVirtual(method) ? Find(method, MaxHandlers, cancellation) : [method];
    }

    private static bool IsVirtual(IMethodSymbol method) =>
        (method.ContainingType?.TypeKind == TypeKind.Interface || method.IsVirtual || method.IsAbstract || method.IsOverride) && !method.IsSealed && !method.ContainingType!.IsSealed;

    private ImmutableArray<IMethodSymbol> Find(IMethodSymbol method, int most, CancellationToken cancellation)
    {
        var isInterface = method.ContainingType?.TypeKind == TypeKind.Interface;
        var found = ImmutableArray.CreateBuilder<IMethodSymbol>();
        if (!method.IsAbstract) found.Add(method);
        foreach (var type in Types)
        {
            cancellation.ThrowIfCancellationRequested();
            if ((isInterface ? Implements(type, method) : Overrides(type, method)) is { IsAbstract: false } target
                && !found.Contains(target.OriginalDefinition, SymbolEqualityComparer.Default)) found.Add(target.OriginalDefinition);
            if (found.Count > most) return [];
        }

        return found.ToImmutable();
    }

    /// <summary>
    /// Of several, a program runs those whose types it makes. One that no code names but its own is made by nobody, unless the program
    /// does not name any of them (it may find them by reflection). What a library does not use itself is made for others.
    /// </summary>
    private ImmutableArray<IMethodSymbol> Chosen(ImmutableArray<IMethodSymbol> targets)
    {
        if (targets.Length < 2 || _analysis.Compilation.Options.OutputKind is OutputKind.DynamicallyLinkedLibrary or OutputKind.NetModule) return targets;
        var chosen = targets.RemoveAll(t => !WithDerived(t.ContainingType).Any(type => _named.Value.Contains(type.Name) || !type.GetAttributes().IsEmpty));
        return chosen.IsEmpty ? targets : chosen;
    }

    /// <summary>The names of types that stand in some code outside of them.</summary>
    private HashSet<string> FindNamed()
    {
        var declared = new HashSet<string>(Types.Select(t => t.Name), StringComparer.Ordinal);
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tree in _analysis.Compilation.SyntaxTrees)
        {
            foreach (var member in _analysis.Holders.AllCodeIn(tree, CancellationToken.None))
            {
                var own = member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Identifier.ValueText;
                named.UnionWith(member.Identifiers.Where(name => name != own && declared.Contains(name)));
            }
        }

        return named;
    }

    private static IMethodSymbol? Implements(INamedTypeSymbol type, IMethodSymbol method)
    {
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct)) return null;
        foreach (var candidate in type.AllInterfaces)
        {
            if (!SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, method.ContainingType)) continue;
            foreach (var member in candidate.GetMembers(method.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(member.OriginalDefinition, method))
                    return type.FindImplementationForInterfaceMember(member) as IMethodSymbol;
            }

            if (method.AssociatedSymbol is IPropertySymbol property)
            {
                foreach (var member in candidate.GetMembers(property.Name).OfType<IPropertySymbol>())
                    return (type.FindImplementationForInterfaceMember(member) as IPropertySymbol)?.GetMethod;
            }
        }

        return null;
    }

    private static IMethodSymbol? Overrides(INamedTypeSymbol type, IMethodSymbol method)
    {
        foreach (var member in type.GetMembers(method.Name))
        {
            if (member is not IMethodSymbol { IsOverride: true } candidate) continue;
            for (var overridden = candidate.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
            {
                if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, method)) return candidate;
            }
        }

        return null;
    }

    private static ImmutableArray<INamedTypeSymbol> Collect(INamespaceSymbol root)
    {
        var types = ImmutableArray.CreateBuilder<INamedTypeSymbol>();
        var pending = new Stack<INamespaceOrTypeSymbol>();
        pending.Push(root);
        while (pending.Count > 0)
        {
            foreach (var member in pending.Pop().GetMembers())
            {
                if (member is INamespaceSymbol inner) pending.Push(inner);
                if (member is not INamedTypeSymbol type) continue;
                types.Add(type);
                pending.Push(type);
            }
        }

        return types.ToImmutable();
    }
}
