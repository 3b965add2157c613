using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LifecycleAnalyzers.Catalogue;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Tests.Catalogue;

/// <summary>A compilation, the user's files and options, and the catalogue that comes of them.</summary>
internal sealed class Given
{
    private const string Usings = "using System; using System.IO; using System.Threading; using System.Threading.Tasks; using System.Net.Sockets; using System.Net.WebSockets; using System.Collections.Generic;\n";

    private const string AttributeSource = """
        namespace LifecycleAnalyzers.Runtime
        {
            public sealed class ConnectionAttribute : System.Attribute { public bool SingleWriter { get; set; } public bool Reconnects { get; set; } }
            public sealed class NotAConnectionAttribute : System.Attribute { }
            public sealed class OpensAttribute : System.Attribute { }
            public sealed class SendsAttribute : System.Attribute { }
            public sealed class ClosesAttribute : System.Attribute { }
            public sealed class ErrorEventAttribute : System.Attribute { }
            public sealed class ConnectionCallbackAttribute : System.Attribute { }
            public sealed class CreatesFreshAttribute : System.Attribute { }
            public sealed class EnsuresOpenAttribute : System.Attribute { }
            public sealed class ConnectionStateAttribute : System.Attribute { public ConnectionStateAttribute(params object[] usable) { } }
        }
        """;

    private readonly List<string> _sources = [];
    private readonly List<MetadataReference> _references = [.. Basic.Reference.Assemblies.Net80.References.All];
    private readonly List<AdditionalText> _files = [];
    private readonly Dictionary<string, string> _global = [];
    private readonly Dictionary<string, string> _tree = [];
    private readonly Lazy<CSharpCompilation> _compilation;
    private readonly Lazy<ConnectionCatalogue> _catalogue;

    private Given()
    {
        _compilation = new(() => CSharpCompilation.Create(
            "Mine",
            _sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, path: $"Source{i}.cs")),
            _references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable)));
        _catalogue = new(() => ConnectionCatalogue.Create(
            Compilation,
            new AnalyzerOptions([.. _files], new Options(_global, _tree)),
            CancellationToken.None));
    }

    public CSharpCompilation Compilation => _compilation.Value;

    public ConnectionCatalogue Catalogue => _catalogue.Value;

    public IEnumerable<string> Problems => Catalogue.Problems.Select(p => p.GetMessage());

    public static Given Source([StringSyntax("c#-test")] string source) => SourceAsIs(Usings + source);

    /// <summary>Without the usings that name namespaces of connections.</summary>
    public static Given SourceAsIs([StringSyntax("c#-test")] string source)
    {
        var given = new Given();
        given._sources.Add(source);
        return given;
    }

    public Given WithAttributes()
    {
        _sources.Add(AttributeSource);
        return this;
    }

    public Given WithFile(string text, string path = "mine.lifecycle.txt")
    {
        _files.Add(new Text(path, text));
        return this;
    }

    public Given WithOption(string name, string value)
    {
        _global[name] = value;
        return this;
    }

    public Given WithTreeOption(string name, string value)
    {
        _tree[name] = value;
        return this;
    }

    /// <summary>A library that the source refers to.</summary>
    public Given WithLibrary(string source, string name = "Library")
    {
        var library = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText(Usings + source)], _references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = library.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        _references.Add(MetadataReference.CreateFromImage(image.ToArray()));
        return this;
    }

    public INamedTypeSymbol Type(string metadataName) =>
        Compilation.GetTypeByMetadataName(metadataName) ?? throw new InvalidOperationException("no type " + metadataName);

    public ISymbol Member(string type, string name) => Members(type, name).First();

    public IEnumerable<ISymbol> Members(string type, string name)
    {
        for (INamedTypeSymbol? candidate = Type(type); candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.GetMembers(name) is { IsEmpty: false } found) return found;
        }

        throw new InvalidOperationException($"no member {name} in {type}");
    }

    public ConnectionType? Find(string type) => Catalogue.Find(Type(type));

    public Role Roles(string type, string member) => Catalogue.Of(Member(type, member)).Roles;

    public Role RolesOn(string receiver, string type, string member) => Catalogue.Of(Member(type, member), Type(receiver)).Roles;

    public bool? IsUsable(string type, string member, object? constant) => Catalogue.IsUsable(Member(type, member), constant);

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(Dictionary<string, string> global, Dictionary<string, string> tree) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(global);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree1) => new Values(tree);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values([]);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
