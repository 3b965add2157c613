using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing;

/// <summary>An analyzer's descriptors; asking for them runs its code, which may throw.</summary>
internal static class Supported
{
    public static ImmutableArray<DiagnosticDescriptor> By(DiagnosticAnalyzer analyzer)
    {
        try
        {
            return analyzer.SupportedDiagnostics;
        }
        catch (Exception e)
        {
            throw new VerifierException($"The analyzer {analyzer.GetType().Name} threw:\n{e}", e);
        }
    }

    public static DiagnosticDescriptor First(DiagnosticAnalyzer analyzer, string? id = null) =>
        By(analyzer).FirstOrDefault(d => id is null || d.Id == id)
            ?? throw new VerifierException($"The analyzer {analyzer.GetType().Name} does not support {id ?? "any diagnostic"}.");
}
