using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// Which members hold connections, from declarations alone. It decides which bodies are worth binding: a session that nobody
/// keeps cannot be used too late, and a type without an error event cannot be opened unheard.
/// </summary>
internal sealed class Holders
{
    private static readonly string[] OpeningVerbs = ["Connect", "Open", "Dial", "Start"];
    private static readonly string[] Factories = ["Create", "Build", "Make", "New", "Open", "Connect"];

    /// <summary>Streams of the library that no peer is at the other end of.</summary>
    private static readonly HashSet<string> InMemory = new(StringComparer.Ordinal) { "MemoryStream", "FileStream", "UnmanagedMemoryStream" };

    private readonly Analysis _analysis;
    private readonly Lazy<Index> _index;
    private readonly Lazy<HashSet<string>> _reaching;
    private readonly HashSet<string> _opening;
    private readonly HashSet<string> _typeNames;
    private HashSet<ITypeParameterSymbol> _givenConnections = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, ImmutableArray<CodeMember>> _members = new();

    public Holders(Analysis analysis)
    {
        _analysis = analysis;
        _index = new(Build);
        _reaching = new(FindReaching);
        _opening = new HashSet<string>(analysis.Catalogue.AllMemberNames(Role.Open | Role.Create).Where(n => !n.EndsWith("*", StringComparison.Ordinal)), StringComparer.Ordinal);
        _typeNames = new HashSet<string>(analysis.Catalogue.ConnectionNames, StringComparer.Ordinal);
    }

    /// <summary>The bodies of a file that may use a kept session, and those that may open something whose failure is told by event.</summary>
    public (IReadOnlyList<Body> Reuse, IReadOnlyList<Body> Creation) BodiesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var index = _index.Value;
        if (index.Cached.IsEmpty && index.ErrorTypeNames.Length == 0) return ([], []);
        var reuse = new List<Body>();
        var creation = new List<Body>();
        foreach (var member in MembersIn(tree, cancellation))
        {
            var (declaration, identifiers, invoked) = (member.Declaration, member.Identifiers, member.Invoked);
            var type = TypeOf(member) is { } syntax ? _analysis.Bodies.ModelOf(tree).GetDeclaredSymbol(syntax, cancellation) : null;
            var mayUse = index.Cached.Mentions(identifiers, type);
            var mayOpen = (MentionsOpening(invoked) || invoked.Meets(index.Opening) || identifiers.Contains("SocketAsyncEventArgs")) && (index.Error.Mentions(identifiers, type) || MentionsType(index.ErrorTypeNames, identifiers));
            if (!mayUse && !mayOpen) continue;
            foreach (var node in member.Functions)
            {
                if (_analysis.Bodies.At(node, cancellation) is not { } body) continue;
                if (mayUse) reuse.Add(body);
                if (mayOpen) creation.Add(body);
            }
        }

        return (reuse, creation);
    }

    /// <summary>The members of a file whose code mentions a connection: its type, or a member that holds or answers one.</summary>
    public IReadOnlyList<CodeMember> CodeIn(SyntaxTree tree, CancellationToken cancellation) => MembersIn(tree, cancellation).Where(MentionsConnection).ToList();

    /// <summary>The members of a file whose code mentions a connection, or names a member whose code does so, and so on.</summary>
    public IReadOnlyList<CodeMember> CodeReachingIn(SyntaxTree tree, CancellationToken cancellation) =>
        MembersIn(tree, cancellation).Where(m => MentionsConnection(m) || m.Identifiers.Meets(_reaching.Value)).ToList();

    private ImmutableArray<CodeMember> MembersIn(SyntaxTree tree, CancellationToken cancellation) =>
        _members.GetOrAdd(tree, t => Names.In(t, cancellation).ToImmutableArray());

    private static TypeDeclarationSyntax? TypeOf(CodeMember member) => member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    private bool MentionsConnection(CodeMember member)
    {
        var index = _index.Value;
        foreach (var name in member.Identifiers)
        {
            if (_typeNames.Contains(name) || index.Holding.Contains(name) || Conventions.IsConnectionName(name) && !InMemory.Contains(name)) return true;
        }

        return member.Invoked.Meets(_opening) || index.Deriving.Count > 0 && TypeOf(member) is { } type && index.Deriving.Contains(type.Identifier.ValueText);
    }

    /// <summary>All members of a file that hold code, for what is no connection's: buffers, contexts, operation objects.</summary>
    public IReadOnlyList<CodeMember> AllCodeIn(SyntaxTree tree, CancellationToken cancellation) => MembersIn(tree, cancellation);

    /// <summary>The members of a type that hold code, in all its parts.</summary>
    public IEnumerable<CodeMember> CodeOf(INamedTypeSymbol? type)
    {
        foreach (var part in type?.DeclaringSyntaxReferences ?? [])
        {
            // A base class may be another project's.
            if (!_analysis.Compilation.ContainsSyntaxTree(part.SyntaxTree)) continue;
            foreach (var member in MembersIn(part.SyntaxTree, CancellationToken.None))
            {
                if (part.Span.Contains(member.Declaration.Span)) yield return member;
            }
        }
    }

    /// <summary>The names of the members that may lead to a connection: a word too many costs a look that was not needed.</summary>
    private HashSet<string> FindReaching()
    {
        const int Rounds = 4;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var others = new List<CodeMember>();
        foreach (var tree in _analysis.Compilation.SyntaxTrees)
        {
            foreach (var member in MembersIn(tree, CancellationToken.None))
            {
                if (!MentionsConnection(member)) others.Add(member);
                else if (Declared(member.Declaration) is { } name) names.Add(name);
            }
        }

        var newest = new HashSet<string>(names, StringComparer.Ordinal);
        for (var round = 0; round < Rounds && newest.Count > 0; round++)
        {
            var reached = new HashSet<string>(StringComparer.Ordinal);
            var rest = new List<CodeMember>();
            foreach (var member in others)
            {
                if (!member.Invoked.Meets(newest)) rest.Add(member);
                else if (Declared(member.Declaration) is { } name && names.Add(name)) reached.Add(name);
            }

            (others, newest) = (rest, reached);
        }

        return names;
    }

    private static string? Declared(SyntaxNode declaration) => declaration switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The body of a member, and those of the lambdas and local functions in it.</summary>
    public IEnumerable<Body> BodiesOf(CodeMember member, CancellationToken cancellation)
    {
        foreach (var node in member.Functions)
        {
            if (_analysis.Bodies.At(node, cancellation) is { } body) yield return body;
        }
    }

    /// <summary>By its name, a member may open a connection.</summary>
    public bool MayOpen(string name) => _opening.Contains(name) || name.BeginsWithAny(OpeningVerbs) || _index.Value.Opening.Contains(name);

    private bool MentionsOpening(HashSet<string> invoked)
    {
        foreach (var name in invoked)
        {
            if (_opening.Contains(name) || name.BeginsWithAny(OpeningVerbs)) return true;
        }

        return false;
    }

    /// <summary>The type by its name, or what makes one: <c>HubConnectionBuilder</c>, <c>CreateMqttClient</c>.</summary>
    private static bool MentionsType(ImmutableArray<string> types, HashSet<string> identifiers)
    {
        foreach (var type in types)
        {
            if (identifiers.Contains(type) || identifiers.Contains("I" + type) || identifiers.Contains(type + "Builder")) return true;
            foreach (var name in identifiers)
            {
                if (name.Length > type.Length && name.BeginsWithAny(Factories) && name.IndexOf(type, StringComparison.Ordinal) >= 0) return true;
            }
        }

        return false;
    }

    private Index Build()
    {
        _givenConnections = FindGivenConnections();
        var index = new Index();
        var errorTypes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in _analysis.Catalogue.TypesWithErrorEvents()) errorTypes.Add(Plain(name));
        foreach (var type in _analysis.Implementations.Types)
        {
            if (_analysis.Connections.TypeOf(type) is not null && HasErrorEvent(type))
            {
                errorTypes.Add(Plain(type.Name));
                foreach (var member in type.GetMembers())
                {
                    if ((_analysis.Connections.RolesOf(member, null) & (Role.Open | Role.Create)) != 0) index.Opening.Add(member.Name);
                }
            }

            if (_analysis.Connections.TypeOf(type) is not null)
            {
                index.Holding.Add(type.Name);
                if (Bases.Of(type.BaseType).Any(b => !_analysis.Summaries.IsOwn(b) && _analysis.Connections.TypeOf(b) is not null)) index.Deriving.Add(type.Name);
            }

            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary, ReturnsVoid: false } method && Leads(method.ReturnType)) index.Holding.Add(method.Name);
            }

            foreach (var (member, held) in Held(type))
            {
                if (Leads(held)) index.Holding.Add(member.Name);
                if (Kept(member, held)) index.Cached.Add(member, type);
                if (_analysis.Connections.TypeOf(held) is not null && HasErrorEvent(held)) index.Error.Add(member, type);
            }
        }

        index.ErrorTypeNames = errorTypes.ToImmutableArray();
        if (!index.Cached.IsEmpty) AddGetters(index);
        return index;

        static string Plain(string name) => name.Length > 2 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;
    }

    private static IEnumerable<(ISymbol Member, ITypeSymbol Type)> Held(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { IsConst: false, IsImplicitlyDeclared: false } field) yield return (field, field.Type);
            else if (member is IPropertySymbol { IsIndexer: false } property) yield return (property, property.Type);
        }

        foreach (var constructor in type.InstanceConstructors)
        {
            if (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not TypeDeclarationSyntax) continue;
            foreach (var parameter in constructor.Parameters) yield return (parameter, parameter.Type);
        }
    }

    /// <summary>A connection, something that carries to one, or a container of such.</summary>
    private bool Leads(ITypeSymbol type) =>
        _analysis.Connections.LeadsToPeer(type)
        || type is INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } && arguments.Any(Leads)
        || type is IArrayTypeSymbol { ElementType: var element } && Leads(element);

    /// <summary>Holds a connection from one use to the next.</summary>
    private bool Kept(ISymbol member, ITypeSymbol held)
    {
        if (held.Name is "IMemoryCache" or "MemoryCache" || held.Name.EndsWith("Lazy", StringComparison.Ordinal)) return true;
        if (IsConnection(held) || _analysis.Connections.IsCarrier(held)) return _analysis.Cached.IsCached(member);
        return held switch
        {
            IArrayTypeSymbol array => IsConnection(array.ElementType) || array.ElementType is INamedTypeSymbol { TypeArguments: [var inner] } && IsConnection(inner),
            INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: [var inner] } => IsConnection(inner),
            { TypeKind: TypeKind.Struct } when IsEntry(held) => true,
            INamedTypeSymbol { TypeArguments.Length: > 0 } container => container.TypeArguments.Any(a => IsConnection(a) || IsEntry(a)),
            _ => false,
        };
    }

    /// <summary>
    /// A task or a tuple of one, or a value of one's own that was made with it: <c>record Entry(Session Session, DateTime Since)</c>. A player
    /// whose session changes has a life of its own.
    /// </summary>
    private bool IsEntry(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments: var parts } named
        && (parts.Any(IsConnection) || _analysis.Summaries.IsOwn(named)
            && named.GetMembers().Any(m => m is IFieldSymbol { IsStatic: false, Type: var held } field && (field.IsReadOnly || named.IsRecord || named.TypeKind == TypeKind.Struct) && IsConnection(held)));

    private bool IsConnection(ITypeSymbol type) => type is ITypeParameterSymbol parameter ? _givenConnections.Contains(parameter) : _analysis.Connections.TypeOf(type) is { } known
        && ((known.Traits & (Traits.Reconnects | Traits.Response | Traits.Operation)) == 0 || known.Unless is not null);

    /// <summary>The type parameters of our own generic types that stand for a connection somewhere: in a base class, in a field.</summary>
    private HashSet<ITypeParameterSymbol> FindGivenConnections()
    {
        var given = new HashSet<ITypeParameterSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in _analysis.Implementations.Types)
        {
            Look(type.BaseType);
            foreach (var (_, held) in Held(type)) Look(held as INamedTypeSymbol);
        }

        return given;

        void Look(INamedTypeSymbol? constructed)
        {
            if (constructed is not { IsGenericType: true } || !_analysis.Summaries.IsOwn(constructed)) return;
            for (var i = 0; i < constructed.TypeArguments.Length; i++)
            {
                if (constructed.TypeArguments[i] is INamedTypeSymbol argument && IsConnection(argument)) given.Add(constructed.OriginalDefinition.TypeParameters[i]);
            }
        }
    }

    private bool HasErrorEvent(ITypeSymbol type)
    {
        return Bases.Of(type).Concat(type.AllInterfaces).Any(Tells);

        bool Tells(ITypeSymbol t) => t.GetMembers().Any(m => (m is IEventSymbol or IPropertySymbol { Type.TypeKind: TypeKind.Delegate } or IFieldSymbol { Type.TypeKind: TypeKind.Delegate }) && _analysis.Connections.TellsFailure(m));
    }

    /// <summary>A getter that gives the kept session to its callers makes them users of it.</summary>
    private void AddGetters(Index index)
    {
        for (var round = 0; round < 2; round++)
        {
            foreach (var type in _analysis.Implementations.Types)
            {
                foreach (var member in type.GetMembers())
                {
                    var isCarrier = IsCarrier(member);
                    if (!isCarrier && !HandsOut(member)) continue;
                    if (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax && (!isCarrier || MayFill(syntax)) && index.Cached.Mentions(Names.Of(syntax), type)) index.Cached.Add(member, type);
                }
            }
        }
    }

    /// <summary>By what it returns, alone, in a task or in a tuple, or in an <c>out</c> parameter.</summary>
    private bool HandsOut(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Ordinary } method => Hands(method.ReturnType) || method.Parameters.Any(p => p.RefKind == RefKind.Out && Hands(p.Type)),
        IPropertySymbol property => Hands(property.Type),
        _ => false,
    };

    /// <summary>It answers a plain stream or writer, at once or by a task.</summary>
    private bool IsCarrier(ISymbol member) =>
        member is IMethodSymbol { MethodKind: MethodKind.Ordinary } or IPropertySymbol && Symbols.TypeOfValue(member) is { } answer && _analysis.Connections.IsCarrier(StateValues.Unwrapped(answer));

    /// <summary>It makes what it hands out where there is none; one that only chooses (<c>_tls ?? _plain</c>) does not.</summary>
    private static bool MayFill(SyntaxNode getter) => getter.DescendantNodes().Any(n => n is AssignmentExpressionSyntax or InvocationExpressionSyntax);

    private bool Hands(ITypeSymbol type) =>
        IsConnection(type) || type is INamedTypeSymbol { TypeArguments: var parts } named && (named.IsTupleType || Tasks.IsTask(named)) && parts.Any(Hands);

    private sealed class Index
    {
        public NameSet Cached { get; } = new();

        public NameSet Error { get; } = new();

        /// <summary>What opens the types of this compilation.</summary>
        public HashSet<string> Opening { get; } = new(StringComparer.Ordinal);

        /// <summary>Names of own connection types, and of members that hold or answer a connection.</summary>
        public HashSet<string> Holding { get; } = new(StringComparer.Ordinal);

        /// <summary>Names of own types that are a library's connection by inheritance: their members need not name it to use it.</summary>
        public HashSet<string> Deriving { get; } = new(StringComparer.Ordinal);

        public ImmutableArray<string> ErrorTypeNames { get; set; } = [];
    }

    /// <summary>Names of members: those of one type and its bases, and those that everybody can reach.</summary>
    private sealed class NameSet
    {
        private readonly Dictionary<INamedTypeSymbol, HashSet<string>> _own = new(SymbolEqualityComparer.Default);
        private readonly HashSet<string> _everywhere = new(StringComparer.Ordinal);

        public bool IsEmpty => _own.Count == 0;

        public void Add(ISymbol member, INamedTypeSymbol type)
        {
            if (!_own.TryGetValue(type.OriginalDefinition, out var names)) _own[type.OriginalDefinition] = names = new(StringComparer.Ordinal);
            names.Add(member.Name);
            if (member.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal && member is not IParameterSymbol) _everywhere.Add(member.Name);
        }

        public bool Mentions(HashSet<string> identifiers, INamedTypeSymbol? type)
        {
            if (identifiers.Meets(_everywhere)) return true;
            for (var around = type; around is not null; around = around.ContainingType)
            {
                for (var candidate = around; candidate is not null; candidate = candidate.BaseType)
                {
                    if (_own.TryGetValue(candidate.OriginalDefinition, out var names) && identifiers.Meets(names)) return true;
                }
            }

            return false;
        }
    }
}
