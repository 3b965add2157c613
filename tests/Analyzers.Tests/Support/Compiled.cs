using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Tests;

/// <summary>Compilations without a workspace, for tests that compile much or ask the engine directly.</summary>
internal static class Compiled
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions _parse = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview);

    private static readonly SyntaxTree _usings = Parse("Usings.g.cs", Usings);

    public static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), _parse, path);

    /// <summary>Sources named Test0.cs and so on, against .NET 10 and ASP.NET Core.</summary>
    public static CSharpCompilation Of(params string[] sources) => Of(sources.Select((text, i) => ($"Test{i}.cs", text)));

    public static CSharpCompilation Of(IEnumerable<(string Path, string Text)> files, IEnumerable<MetadataReference>? references = null)
    {
        var trees = files.Select(f => Parse(f.Path, f.Text)).ToList();
        var isProgram = trees.Any(t => t.GetRoot().ChildNodes().Any(n => n.IsKind(SyntaxKind.GlobalStatement)));
        return CSharpCompilation.Create(
            "Tested",
            [.. trees, _usings],
            references ?? ReferenceAssemblies.Net100.References,
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable,
                specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]));
    }

    /// <summary>The compiler's errors, one a line; empty when there are none.</summary>
    public static string Errors(this Compilation compilation) =>
        string.Join("\n", compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));

    /// <summary>What the analyzer reports, in the order in which it reports it. What it throws comes out.</summary>
    public static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(this Compilation compilation, bool concurrent = false, AnalyzerOptions? options = null, CancellationToken cancellation = default)
    {
        var failures = new ConcurrentQueue<Exception>();
        var run = compilation.WithOptions(compilation.Options.WithConcurrentBuild(concurrent)).WithAnalyzers(
            [new LifecycleAnalyzer()],
            new CompilationWithAnalyzersOptions(options ?? new AnalyzerOptions([]), (exception, _, _) => failures.Enqueue(exception), concurrent, logAnalyzerExecutionTime: false));
        var found = await run.GetAnalyzerDiagnosticsAsync(cancellation);
        Assert.True(failures.IsEmpty, "The analyzer threw:\n" + string.Join("\n", failures));
        Assert.DoesNotContain(found, d => d.Id == "AD0001");
        return found;
    }

    /// <summary>A diagnostic with everything that a user can see of it.</summary>
    public static string Line(Diagnostic diagnostic) =>
        diagnostic + string.Concat(diagnostic.AdditionalLocations.Select(l => "; and " + l.GetLineSpan()));
}
