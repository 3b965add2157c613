using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using LifecycleAnalyzers.Rules.Setup;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// Which types of a compilation are connections, and what their members do. Three sources, the first that says something wins:
/// attributes on the user's own types, the catalogue (the user's lines before the built-in ones), conventions of names.
/// </summary>
internal sealed partial class ConnectionCatalogue
{
    private const string FileEnding = ".lifecycle.txt";

    private readonly Compilation _compilation;
    private readonly CatalogueIndex _users;
    private readonly CatalogueIndex _builtIn;
    private readonly CatalogueOptions _options;
    private readonly Conventions _conventions;
    private readonly Lazy<bool> _isEmpty;
    private readonly ConcurrentDictionary<INamedTypeSymbol, Verdict> _types = new(SymbolEqualityComparer.Default);

    private ConnectionCatalogue(Compilation compilation, CatalogueIndex users, CatalogueOptions options, KnownTypes types, ImmutableArray<Diagnostic> problems, CancellationToken cancellation)
    {
        _compilation = compilation;
        _users = users;
        _builtIn = BuiltInCatalogue.Index;
        _options = options;
        Types = types;
        Problems = problems;
        _conventions = new Conventions(options, type => Find(type) is not null);
        _hasTakers = !options.TakesOwnership.IsEmpty || users.Members.Concat(BuiltInCatalogue.Index.Members).Any(m => (m.Roles & Role.Takes) != 0);
        HasAttributes = AttributeReader.AreKnown(types, compilation.Assembly);
        _isEmpty = new Lazy<bool>(() => !MentionScan.Mentions(compilation, HasAttributes ? ConnectionNames.Concat(AttributeReader.Names) : ConnectionNames, options.Conventions || HasAttributes, cancellation),
            LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Lines and options that are not understood; the analysis goes on without them.</summary>
    public ImmutableArray<Diagnostic> Problems { get; }

    /// <summary>No type of the catalogue is mentioned in the source, nor a name that could be a connection by convention.</summary>
    public bool IsEmpty => _isEmpty.Value;

    /// <summary>Simple names of the described types that have to do with a connection.</summary>
    public IEnumerable<string> ConnectionNames => _users.ConnectionNames.Concat(_builtIn.ConnectionNames);

    /// <summary>Whether the attributes of the runtime package are known here at all.</summary>
    public bool HasAttributes { get; }

    public bool ConventionsEnabled => _options.Conventions;

    /// <summary>Whether a type that nobody has described may be taken for a connection by what its own code requires.</summary>
    public bool MayInfer(INamedTypeSymbol type) =>
        Find(type) is not null || _options.Conventions && Told(type) is null;

    /// <summary>Types by name, for whoever needs one.</summary>
    public KnownTypes Types { get; }

    public static ConnectionCatalogue Create(Compilation compilation, AnalyzerOptions options, CancellationToken cancellation)
    {
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        var types = new KnownTypes(compilation);
        var settings = CatalogueOptions.Read(compilation, options, problems);
        var entries = new List<CatalogueEntry>();
        foreach (var file in options.AdditionalFiles.Where(f => f.Path.EndsWith(FileEnding, StringComparison.OrdinalIgnoreCase)))
        {
            if (file.GetText(cancellation) is not { } text) continue;
            var parsed = CatalogueParser.Parse(file.Path, text, isUsers: true, cancellation);
            var found = parsed.Problems.Concat(UnknownMembers.In(parsed, types)).OrderBy(p => p.Span.Start);
            foreach (var problem in found.Take(CatalogueParser.MostProblems - problems.Count))
                problems.Add(LCA0001CatalogueLine.InFile(parsed.Path, problem.Span, problem.Lines, problem.Reason));
            entries.AddRange(parsed.Entries);
        }

        return new ConnectionCatalogue(compilation, CatalogueIndex.Create(entries), settings, types, problems.ToImmutable(), cancellation);
    }

    /// <summary>The connection that this type is: by itself, by a base type or an interface, a type parameter by its constraints.</summary>
    public ConnectionType? Find(ITypeSymbol? type) => Find(type, 0);

    private ConnectionType? Find(ITypeSymbol? type, int depth)
    {
        switch (type)
        {
            case INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface or TypeKind.Struct } named:
                return Judge(named).Connection;
            case ITypeParameterSymbol parameter when depth < 5:
                foreach (var constraint in parameter.ConstraintTypes)
                {
                    if (Find(constraint, depth + 1) is { } found) return found;
                }

                return null;
            default:
                return null;
        }
    }

    private Verdict Judge(INamedTypeSymbol type)
    {
        var definition = type.OriginalDefinition;
        return _types.TryGetValue(definition, out var known) ? known : _types.GetOrAdd(definition, FindByItself(definition));
    }

    private Verdict FindByItself(INamedTypeSymbol type)
    {
        var isDenied = false;
        Verdict? found = null;
        foreach (var candidate in Lineage(type))
        {
            if (Told(candidate) is not { } told) continue;
            if (found is { Connection: { } first })
            {
                // What holds for a base holds for what derives from it, however the latter was recognised.
                if (told.Connection is { } more) found = new Verdict(new ConnectionType(first.Symbol, first.Traits | more.Traits, first.Source, first.Reason, first.Unless ?? more.Unless), found.Value.ByName);
            }
            else if (told.Connection is not null && !isDenied) found = told;
            else
            {
                // A class that is said to be none is none, whatever its bases; an interface that is none does not speak for the others.
                if (candidate.TypeKind != TypeKind.Interface || SymbolEqualityComparer.Default.Equals(candidate, type)) return default;
                isDenied = true;
            }
        }

        if (found is { } known) return known;
        if (isDenied || !_options.Conventions) return default;
        foreach (var candidate in Lineage(type))
        {
            if (_conventions.IsConnection(candidate, _compilation.Assembly))
                return new Verdict(new ConnectionType(candidate, Traits.None, Source.Convention), true);
        }

        return default;
    }

    /// <summary>A type of a library that the package itself knows.</summary>
    public bool IsBuiltIn(INamedTypeSymbol type) => _builtIn.Of(type) is not null;

    /// <summary>What is said of exactly this type: a connection, none (an empty verdict), or nothing.</summary>
    private Verdict? Told(INamedTypeSymbol type)
    {
        if (!_options.ExcludedTypes.IsEmpty && _options.ExcludedTypes.Contains(CatalogueIndex.FullName(type))) return default(Verdict);
        if (HasAttributes && AttributeReader.OfType(type) is { Says: true } attribute)
            return attribute.IsConnection ? new Verdict(new ConnectionType(type, attribute.Traits, Source.Attribute), true) : default(Verdict);
        var byUser = _users.Of(type)?.Type;
        var builtIn = _builtIn.Of(type)?.Type;
        if ((byUser ?? builtIn) is not { } line) return null;
        // A user's line for a type that nobody knew is often one line: its members are then found by their names.
        return line.IsConnection ? new Verdict(new ConnectionType(type, line.Traits, Source.Catalogue, line.Reason, line.Unless), builtIn is null) : default(Verdict);
    }

    /// <summary>The type, its bases from near to far, then all its interfaces.</summary>
    private static IEnumerable<INamedTypeSymbol> Lineage(INamedTypeSymbol type)
    {
        for (var candidate = type; candidate is { SpecialType: not SpecialType.System_Object }; candidate = candidate.BaseType) yield return candidate.OriginalDefinition;
        foreach (var implemented in type.AllInterfaces) yield return implemented.OriginalDefinition;
    }

    private readonly struct Verdict(ConnectionType? connection, bool byName)
    {
        public ConnectionType? Connection { get; } = connection;

        /// <summary>Members that nobody describes are known by their names.</summary>
        public bool ByName { get; } = byName;
    }
}
