using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>Reports every type, or misbehaves instead.</summary>
public abstract class TypeAnalyzer : DiagnosticAnalyzer
{
    protected static readonly DiagnosticDescriptor Rule = new("TOY0009", "See a type", "Type number {0}", "Toy", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rule];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(See, SymbolKind.NamedType);
    }

    protected abstract void See(SymbolAnalysisContext context);
}

[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CrashingAnalyzer : TypeAnalyzer
{
    protected override void See(SymbolAnalysisContext context) => throw new InvalidOperationException("the analyzer fell over");
}

[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CrashingSupportedAnalyzer : TypeAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => throw new InvalidOperationException("no descriptors today");

    protected override void See(SymbolAnalysisContext context)
    {
    }
}

/// <summary>Counts over the instance's life, so that the second run says something else than the first.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CountingAnalyzer : TypeAnalyzer
{
    private int _count;

    protected override void See(SymbolAnalysisContext context) =>
        context.ReportDiagnostic(Diagnostic.Create(Rule, context.Symbol.Locations[0], Interlocked.Increment(ref _count)));
}

/// <summary>Looks at how it is being run.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConcurrencyAnalyzer : TypeAnalyzer
{
    protected override void See(SymbolAnalysisContext context)
    {
        if (!context.Compilation.Options.ConcurrentBuild)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rule, context.Symbol.Locations[0], 1));
        }
    }
}
