using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Incidents;

/// <summary>The analyzer and the code fixes, found in their assemblies as a compiler and an editor find them.</summary>
public sealed record RulePackage(ImmutableArray<DiagnosticAnalyzer> Analyzers, ImmutableArray<CodeFixProvider> Fixes)
{
    private const string AnalyzerAssembly = "LifecycleAnalyzers.Analyzers";
    private const string FixAssembly = "LifecycleAnalyzers.CodeFixes";
    private const string AnalyzerType = "LifecycleAnalyzers.LifecycleAnalyzer";

    /// <summary>Loads both from beside this program.</summary>
    /// <exception cref="FileNotFoundException">An assembly is not there.</exception>
    /// <exception cref="InvalidOperationException">The analyzer assembly has no such analyzer.</exception>
    public static RulePackage Load()
    {
        var analyzer = Assembly.Load(AnalyzerAssembly).GetType(AnalyzerType) is { } type && Activator.CreateInstance(type) is DiagnosticAnalyzer created
            ? created
            : throw new InvalidOperationException($"{AnalyzerAssembly} has no analyzer {AnalyzerType}.");
        var fixes = Assembly.Load(FixAssembly).GetTypes()
            .Where(candidate => !candidate.IsAbstract && candidate.GetCustomAttribute<ExportCodeFixProviderAttribute>() is not null)
            .OrderBy(candidate => candidate.FullName, StringComparer.Ordinal)
            .Select(candidate => (CodeFixProvider)Activator.CreateInstance(candidate)!);
        return new RulePackage([analyzer], [.. fixes]);
    }
}
