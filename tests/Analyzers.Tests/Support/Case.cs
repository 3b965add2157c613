using System.Diagnostics.CodeAnalysis;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests;

/// <summary>Rule tests over sources that use the library of <see cref="WireLibrary"/>.</summary>
internal static class Case
{
    private const string Usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing System.Net.WebSockets;\n";

    public static DiagnosticResult Diagnostic(string id) => CSharpAnalyzerVerifier<LifecycleAnalyzer>.Diagnostic(id);

    /// <summary>Exactly what is marked, <c>[|...|]</c> being the first rule's.</summary>
    public static Task HoldsAsync([StringSyntax("c#-test")] string source, params DiagnosticResult[] expected) => Of([source], expected).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Nothing at all. The source must hold no marks.</summary>
    public static Task SilentAsync([StringSyntax("c#-test")] string source)
    {
        Assert.DoesNotContain("|}", source);
        return HoldsAsync(source);
    }

    /// <summary>Several files, Test0.cs and so on.</summary>
    public static Task FilesHoldAsync(string[] sources, params DiagnosticResult[] expected) => Of(sources, expected).RunAsync(TestContext.Current.CancellationToken);

    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test Of(string[] sources, params DiagnosticResult[] expected)
    {
        var test = new CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test();
        foreach (var source in sources) test.TestState.Sources.Add(Usings + source);
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.TestState.AdditionalReferences.Add(typeof(LifecycleAnalyzers.Runtime.ConnectionCallbackAttribute).Assembly);
        test.ExpectedDiagnostics.AddRange(expected);
        var marked = string.Concat(sources);
        test.SolutionTransforms.Add((solution, id) => OnlyTheRuleUnderTest(solution, id, marked));
        return test;
    }

    /// <summary>
    /// Tests in a folder that is named for a rule look at that rule alone: the sources are written to its point, and what the
    /// others say of them is their tests' business, but where a mark names them.
    /// </summary>
    public static Solution OnlyTheRuleUnderTest(Solution solution, ProjectId id, string marked)
    {
        var folder = TestContext.Current.TestClass?.TestClassName.Split('.').FirstOrDefault(part => part.StartsWith("LCA", StringComparison.Ordinal));
        if (folder is null || solution.GetProject(id)?.CompilationOptions is not { } options) return solution;
        var others = new LifecycleAnalyzer().SupportedDiagnostics.Where(d => d.Id != folder && d.Id != "LCA0001" && !marked.Contains("{|" + d.Id, StringComparison.Ordinal));
        return solution.WithProjectCompilationOptions(id, options.WithSpecificDiagnosticOptions(
            options.SpecificDiagnosticOptions.SetItems(others.Select(d => KeyValuePair.Create(d.Id, ReportDiagnostic.Suppress)))));
    }

    /// <summary>One source and an .editorconfig above it.</summary>
    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test WithConfig([StringSyntax("c#-test")] string source, string config)
    {
        var test = Of([source]);
        test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\n" + config));
        return test;
    }

    /// <summary>One source and a catalogue of the user's.</summary>
    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test WithCatalogue([StringSyntax("c#-test")] string source, string catalogue)
    {
        var test = Of([source]);
        test.TestState.AdditionalFiles.Add(("mine.lifecycle.txt", catalogue));
        return test;
    }

    public static Task RunAsync(this CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test test) => test.RunAsync(TestContext.Current.CancellationToken);

    /// <summary>A program with statements of its own.</summary>
    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test Program([StringSyntax("c#-test")] string source, params DiagnosticResult[] expected)
    {
        var test = Of([source], expected);
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test;
    }

    /// <summary>One source, and another project of its solution that has a session of its own.</summary>
    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test NextDoor([StringSyntax("c#-test")] string source)
    {
        var test = Of([source]);
        test.TestState.AdditionalProjects["Hall"].Sources.Add("""
            public class HallSession : System.IDisposable
            {
                private readonly System.Collections.Generic.Queue<string> _out = new();
                public bool IsClosed { get; private set; }
                public void Send(string text) { if (!IsClosed) _out.Enqueue(text); }
                public void Dispose() => IsClosed = true;
            }
            """);
        test.TestState.AdditionalProjectReferences.Add("Hall");
        return test;
    }

    /// <summary>Code that does not compile: only what our rules say counts.</summary>
    public static CSharpAnalyzerVerifier<LifecycleAnalyzer>.Test Broken([StringSyntax("c#-test")] string source)
    {
        var test = Of([source]);
        test.CompilerDiagnostics = CompilerDiagnostics.None;
        return test;
    }
}
