using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>What the members of connections do.</summary>
internal sealed partial class ConnectionCatalogue
{
    private static readonly string[] UsualExceptions = ["System.InvalidOperationException", "System.IO.IOException", "System.Net.Sockets.SocketException"];

    private readonly ConcurrentDictionary<ISymbol, MemberFacts> _members = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<Role, HashSet<string>> _memberNames = new();
    private readonly ConcurrentDictionary<(ISymbol Member, ITypeSymbol Receiver), MemberFacts> _received = new(PairComparer.Instance);
    private readonly ConcurrentDictionary<ISymbol, ImmutableArray<INamedTypeSymbol>> _throws = new(SymbolEqualityComparer.Default);

    /// <summary>What is known of a member, wherever it is declared first: it counts for its overrides and implementations.</summary>
    public MemberFacts Of(ISymbol member)
    {
        if (member is IParameterSymbol parameter) return HasAttributes ? AttributeReader.OfParameter(parameter) : MemberFacts.None;
        if (Definition(member) is not { } definition) return MemberFacts.None;
        return _members.TryGetValue(definition, out var known) ? known : _members.GetOrAdd(definition, FindFacts(definition));
    }

    /// <summary>The same for a member that a type has inherited from one that is no connection: <c>Stream.WriteAsync</c> of a <c>NetworkStream</c>.</summary>
    public MemberFacts Of(ISymbol member, ITypeSymbol receiver)
    {
        if (Definition(member) is not { IsStatic: false } definition || Receiver(receiver) is not { } type) return Of(member);
        if (SymbolEqualityComparer.Default.Equals(definition.ContainingType, type)) return Of(definition);
        return _received.TryGetValue((definition, type), out var known) ? known : _received.GetOrAdd((definition, type), FindReceived(definition, type));
    }

    /// <summary>Does this value of a state member mean that the connection can be used? Null when it says nothing.</summary>
    public bool? IsUsable(ISymbol stateMember, object? constant)
    {
        var facts = Of(stateMember);
        return facts.Has(Role.State | Role.Alive | Role.Ensures) && Definition(stateMember) is { } definition ? StateValues.IsUsable(definition, facts, constant) : null;
    }

    /// <summary>The exceptions that a send on a closing connection throws, as far as this compilation knows them.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws(ISymbol sendMember)
    {
        if (Definition(sendMember) is not { } definition) return Resolve(UsualExceptions);
        return _throws.TryGetValue(definition, out var known) ? known : _throws.GetOrAdd(definition, Resolve(UsualExceptions.Concat(Of(definition).Throws)));
    }

    /// <summary>
    /// The simple names of the catalogue's members of any of these roles, constructors by the name of their type; a name that ends
    /// in a star stands for all that begin so.
    /// </summary>
    public HashSet<string> AllMemberNames(Role roles) => _memberNames.GetOrAdd(roles, FindMemberNames);

    private HashSet<string> FindMemberNames(Role roles)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _users.Members.Concat(_builtIn.Members))
        {
            if ((entry.Roles & roles) == 0) continue;
            if (entry.Id.Member == ".ctor") names.Add(CatalogueIndex.SimpleName(entry.Id.Type));
            else names.Add(entry.Id.IsPrefix ? entry.Id.Member + "*" : entry.Id.Member);
        }

        if ((roles & Role.Send) != 0) names.UnionWith(_options.SendMembers);
        if ((roles & Role.State) != 0) names.UnionWith(_options.StateMembers);
        if ((roles & Role.Close) != 0) names.UnionWith(_options.CloseMembers);
        return names;
    }

    /// <summary>The simple names of the catalogue's types that are here and tell their failure or end by an event.</summary>
    public IEnumerable<string> TypesWithErrorEvents()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in _users.Members.Concat(_builtIn.Members))
        {
            if ((entry.Roles & (Role.Error | Role.Ended)) != 0 && Types.Exists(entry.Id.Type)) names.Add(CatalogueIndex.SimpleName(entry.Id.Type));
        }

        return names.OrderBy(n => n, StringComparer.Ordinal);
    }

    /// <summary>The members of a type, inherited ones included, that have one of these roles.</summary>
    public IEnumerable<ISymbol> MembersOf(ITypeSymbol type, Role roles)
    {
        if (Receiver(type) is not { } named) yield break;
        foreach (var candidate in Lineage(named))
        {
            foreach (var member in candidate.GetMembers())
            {
                if (!member.IsImplicitlyDeclared && Of(member, named).Has(roles)) yield return member;
            }
        }
    }

    private ImmutableArray<INamedTypeSymbol> Resolve(IEnumerable<string> names) =>
        names.Distinct(StringComparer.Ordinal).Select(Types.Find).Where(t => t is not null).Select(t => t!).ToImmutableArray();

    /// <summary>The member that facts are kept for: unreduced, unconstructed, the property of an accessor; null for what is no member.</summary>
    private static ISymbol? Definition(ISymbol member)
    {
        switch (member)
        {
            case IMethodSymbol method:
                method = method.ReducedFrom ?? method;
                method = method.PartialDefinitionPart ?? method;
                if (method.AssociatedSymbol is IPropertySymbol or IEventSymbol) return method.AssociatedSymbol.OriginalDefinition;
                return method.MethodKind is MethodKind.Ordinary or MethodKind.Constructor or MethodKind.ExplicitInterfaceImplementation or MethodKind.LocalFunction or MethodKind.DeclareMethod
                    ? method.OriginalDefinition
                    : null;
            case IPropertySymbol or IEventSymbol or IFieldSymbol:
                return member.OriginalDefinition;
            default:
                return null;
        }
    }

    private static INamedTypeSymbol? Receiver(ITypeSymbol? type)
    {
        for (var depth = 0; type is ITypeParameterSymbol parameter && depth < 5; depth++)
            type = parameter.ConstraintTypes.FirstOrDefault(c => c.TypeKind != TypeKind.Interface) ?? parameter.ConstraintTypes.FirstOrDefault();
        return (type as INamedTypeSymbol)?.OriginalDefinition;
    }

    private MemberFacts FindFacts(ISymbol member)
    {
        if (member is IMethodSymbol { MethodKind: MethodKind.LocalFunction }) return HasAttributes ? AttributeReader.OfMember(member) : MemberFacts.None;
        if (member.ContainingType is not { } type) return MemberFacts.None;
        var declarations = Declarations(member, type);
        if (HasAttributes)
        {
            foreach (var declaration in declarations)
            {
                if (AttributeReader.OfMember(declaration) is { Roles: not Role.None } marked) return marked;
            }
        }

        foreach (var declaration in declarations)
        {
            if (FromLines(declaration, declaration.ContainingType) is { } told) return told;
        }

        // A library's derived type may add overloads; of the user's own derived type the bodies are seen.
        if (!SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly) && !member.IsStatic && member is not IMethodSymbol { MethodKind: MethodKind.Constructor })
        {
            foreach (var ancestor in Lineage(type).Skip(1))
            {
                if (FromLines(member, ancestor) is { } inherited) return inherited;
            }
        }

        return ByName(member, member is IMethodSymbol { IsExtensionMethod: true, Parameters.IsEmpty: false } extension ? Receiver(extension.Parameters[0].Type) : type, declarations);
    }

    private MemberFacts FindReceived(ISymbol member, INamedTypeSymbol receiver)
    {
        // Nearer to the receiver than the declaration: somebody described the derived type.
        for (var candidate = receiver; candidate is { SpecialType: not SpecialType.System_Object }; candidate = candidate.BaseType?.OriginalDefinition)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate, member.ContainingType)) break;
            if (FromLines(member, candidate) is { } told) return told;
        }

        if (Of(member) is { Roles: not Role.None } direct) return direct;
        foreach (var implemented in receiver.AllInterfaces)
        {
            if (FromLines(member, implemented.OriginalDefinition) is { } told) return told;
        }

        return ByName(member, receiver, []);
    }

    /// <summary>The user's lines for a type, else the built-in ones.</summary>
    private MemberFacts? FromLines(ISymbol member, INamedTypeSymbol? type)
    {
        if (type is null) return null;
        var definition = type.OriginalDefinition;
        if (!_users.IsEmpty && _users.Of(definition) is { } users && users.For(member) is { IsEmpty: false } own) return Merged(own);
        return _builtIn.Of(definition) is { } known && known.For(member) is { IsEmpty: false } lines ? Merged(lines) : null;
    }

    private static MemberFacts Merged(ImmutableArray<CatalogueEntry> lines) => new(lines.Aggregate(Role.None, (roles, line) => roles | line.Roles))
    {
        Usable = lines.SelectMany(l => l.Usable).Distinct().ToImmutableArray(),
        Throws = lines.SelectMany(l => l.Throws).Distinct().ToImmutableArray(),
        Weak = lines.Any(l => l.Weak),
        LateSafe = lines.Any(l => l.LateSafe),
        SelfClosing = lines.Any(l => l.SelfClosing),
        Of = lines.Select(l => l.Of).FirstOrDefault(of => of is not null),
        Reason = lines.Select(l => l.Reason).FirstOrDefault(reason => reason is not null),
    };

    private MemberFacts ByName(ISymbol member, INamedTypeSymbol? receiver, ImmutableArray<ISymbol> declarations)
    {
        if (receiver is null) return MemberFacts.None;
        var verdict = Judge(receiver);
        var roles = Role.None;
        if (verdict.Connection is not null)
        {
            // An extension in this compilation has a body that shows what it does.
            var isOwnExtension = member is IMethodSymbol { IsExtensionMethod: true, DeclaringSyntaxReferences.IsEmpty: false };
            if (verdict.ByName && !isOwnExtension)
            {
                roles = _conventions.Of(member);
                foreach (var declaration in declarations)
                {
                    if (roles != Role.None) break;
                    roles = _conventions.Of(declaration);
                }
            }
            else if (member is IMethodSymbol { IsStatic: false, Name: "Dispose" or "DisposeAsync" or "Close" or "CloseAsync" }) roles = Role.Close;
        }
        else if (_options.Conventions && member is IMethodSymbol factory && !Conventions.IsFrameworks(receiver, _compilation.Assembly) && _conventions.CreatesOpen(factory)) roles = Role.Create;

        return roles == Role.None ? MemberFacts.None : new MemberFacts(roles);
    }

    /// <summary>The member, what it overrides, and the interface members that one of these implements.</summary>
    private static ImmutableArray<ISymbol> Declarations(ISymbol member, INamedTypeSymbol type)
    {
        var all = ImmutableArray.CreateBuilder<ISymbol>();
        for (var declared = member; declared is not null && all.Count < 50; declared = Conventions.Overridden(declared)?.OriginalDefinition) all.Add(declared);
        if (member.IsStatic || type.TypeKind == TypeKind.Interface || member is IFieldSymbol || type.AllInterfaces.IsEmpty) return all.ToImmutable();
        var name = member.Name.Substring(member.Name.LastIndexOf('.') + 1);
        var overrides = all.Count;
        for (var i = 0; i < overrides; i++)
        {
            foreach (var implemented in all[i].ContainingType.AllInterfaces)
            {
                foreach (var candidate in implemented.GetMembers(name))
                {
                    if (candidate.Kind == member.Kind && SymbolEqualityComparer.Default.Equals(all[i].ContainingType.FindImplementationForInterfaceMember(candidate)?.OriginalDefinition, all[i]))
                        all.Add(candidate.OriginalDefinition);
                }
            }
        }

        return all.ToImmutable();
    }

    private sealed class PairComparer : IEqualityComparer<(ISymbol Member, ITypeSymbol Receiver)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((ISymbol Member, ITypeSymbol Receiver) x, (ISymbol Member, ITypeSymbol Receiver) y) =>
            SymbolEqualityComparer.Default.Equals(x.Member, y.Member) && SymbolEqualityComparer.Default.Equals(x.Receiver, y.Receiver);

        public int GetHashCode((ISymbol Member, ITypeSymbol Receiver) pair) =>
            unchecked(SymbolEqualityComparer.Default.GetHashCode(pair.Member) * 31 + SymbolEqualityComparer.Default.GetHashCode(pair.Receiver));
    }
}
