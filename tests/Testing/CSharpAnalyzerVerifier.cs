using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing;

/// <summary>The short way to an analyzer test: one source, its marks, and what cannot be said by marks.</summary>
public static class CSharpAnalyzerVerifier<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>The first diagnostic that the analyzer supports.</summary>
    public static DiagnosticResult Diagnostic() => new(Supported.First(new TAnalyzer()));

    public static DiagnosticResult Diagnostic(string id) => new(Supported.First(new TAnalyzer(), id));

    public static DiagnosticResult Diagnostic(DiagnosticDescriptor descriptor) => new(descriptor);

    public static Task VerifyAnalyzerAsync(string source, params DiagnosticResult[] expected)
    {
        var test = new Test { TestCode = source };
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync(CancellationToken.None);
    }

    public sealed class Test : CSharpAnalyzerTest<TAnalyzer>;
}
