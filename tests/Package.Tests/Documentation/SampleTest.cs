using System.Collections.Immutable;
using System.Reflection;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Package.Tests.Documentation;

/// <summary>Runs a sample as the page shows it, with the types that it speaks of, and applies whatever fix the package has.</summary>
internal sealed class SampleTest : CSharpCodeFixTest<LifecycleAnalyzer, SampleTest.AnyFix>
{
    private static readonly string _types = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documentation", "SampleTypes.txt"));

    public SampleTest(string before, string after, IEnumerable<DiagnosticResult> expected)
    {
        ReferenceAssemblies = References;
        TestState.Sources.Add(before);
        TestState.Sources.Add(_types);
        FixedState.Sources.Add(after);
        FixedState.Sources.Add(_types);
        ExpectedDiagnostics.AddRange(expected);
    }

    public static Assembly Fixes { get; } = Assembly.Load("LifecycleAnalyzers.CodeFixes");

    private static ReferenceAssemblies References { get; } = ReferenceAssemblies.Default.AddAssemblies(typeof(Runtime.SendResult).Assembly.Location);

    /// <summary>What the analyzer reports in a text that stands alone.</summary>
    public static async Task<ImmutableArray<Diagnostic>> ReportedAsync(string text, CancellationToken cancellationToken)
    {
        const string usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        var compilation = CSharpCompilation.Create(
            "Sample",
            ((string[])[text, _types, usings]).Select(source => CSharpSyntaxTree.ParseText(source, cancellationToken: cancellationToken)),
            References.References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Assert.DoesNotContain(compilation.GetDiagnostics(cancellationToken), diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        return await compilation.WithAnalyzers([new LifecycleAnalyzer()]).GetAnalyzerDiagnosticsAsync(cancellationToken);
    }

    protected override IEnumerable<CodeFixProvider> GetCodeFixProviders() =>
        from type in Fixes.GetTypes()
        where type.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null
        select (CodeFixProvider)Activator.CreateInstance(type, nonPublic: true)!;

    /// <summary>Stands where the verifier wants one type; the fixes are those of the package.</summary>
    public sealed class AnyFix : CodeFixProvider
    {
        public override ImmutableArray<string> FixableDiagnosticIds => [];

        public override Task RegisterCodeFixesAsync(CodeFixContext context) => Task.CompletedTask;
    }
}
