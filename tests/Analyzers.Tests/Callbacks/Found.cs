using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Tests.Callbacks;

/// <summary>The callbacks of a source, as the finder alone sees them.</summary>
internal sealed class Found
{
    private const string Usings = "using Wires; using System.Net.Sockets; using System.Diagnostics.CodeAnalysis; using Microsoft.Extensions.Primitives;\n";

    private readonly Compilation _compilation;
    private readonly CallbackFinder _finder;
    private readonly LifecycleAnalyzers.Flow.Analysis _analysis;

    private Found(IEnumerable<string> sources)
    {
        _compilation = Compiled.Of(
            sources.Select((text, i) => ($"Test{i}.cs", text)),
            [.. ReferenceAssemblies.Net100.References, WireLibrary.Reference, MetadataReference.CreateFromFile(typeof(LifecycleAnalyzers.Runtime.ConnectionCallbackAttribute).Assembly.Location)]);
        Assert.Equal("", _compilation.Errors());
        _analysis = new(_compilation, ConnectionCatalogue.Create(_compilation, new AnalyzerOptions([]), CancellationToken.None), new AnalyzerOptions([]));
        _finder = new CallbackFinder(_analysis);
    }

    public static Found In(params string[] sources) => new(sources.Select(s => Usings + s));

    /// <summary>The members of a class C with a connection _c.</summary>
    public static Found InClass(string members) => In("class C { WireClient _c = new(); void Handle() { } void Handle(object? state) { } void Handle(object? sender, EventArgs e) { }\n" + members + "\n}");

    /// <summary>The callbacks whose code stands in that file; starts of threads are none.</summary>
    public IReadOnlyList<Callback> All(int file = 0) =>
        _finder.In(_analysis.Bodies.ModelOf(_compilation.SyntaxTrees.ElementAt(file)), CancellationToken.None).Where(c => (c.Kind & CallbackKind.Callback) != 0).ToList();

    /// <summary>Their names, in the order of the source.</summary>
    public IEnumerable<string> Names(int file = 0) => All(file).Select(c => c.Name);
}
