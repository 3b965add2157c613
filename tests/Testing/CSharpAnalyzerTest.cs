using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Host.Mef;

namespace LifecycleAnalyzers.Testing;

/// <summary>
/// Sources with marks, and the diagnostics that an analyzer must report in them, no more and no less.
/// The shape is that of Microsoft.CodeAnalysis.Testing, so that either can take the other's place.
/// </summary>
public class CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    private ImmutableArray<DiagnosticAnalyzer> _analyzers;

    /// <summary>Adds a source to the test state.</summary>
    public string TestCode
    {
        set => TestState.Sources.Add(value);
    }

    public SolutionState TestState { get; } = new();

    public List<DiagnosticResult> ExpectedDiagnostics => TestState.ExpectedDiagnostics;

    public ReferenceAssemblies ReferenceAssemblies { get; set; } = ReferenceAssemblies.Default;

    public CompilerDiagnostics CompilerDiagnostics { get; set; } = CompilerDiagnostics.Errors;

    public LanguageVersion LanguageVersion { get; set; } = LanguageVersion.Preview;

    /// <summary>The global usings of the SDK, in a file that the test does not see.</summary>
    public bool ImplicitUsings { get; set; } = true;

    /// <summary>Applied to every project once the solution stands.</summary>
    public List<Func<Solution, ProjectId, Solution>> SolutionTransforms { get; } = [];

    internal ImmutableArray<DiagnosticAnalyzer> Analyzers => _analyzers.IsDefault ? _analyzers = [.. GetDiagnosticAnalyzers()] : _analyzers;

    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var workspace = new AdhocWorkspace(MefHostServices.DefaultHost);
        await RunAsync(new SolutionBuilder(workspace, LanguageVersion, ImplicitUsings, SolutionTransforms), cancellationToken).ConfigureAwait(false);
    }

    protected virtual IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => [new TAnalyzer()];

    /// <summary>What <c>[|…|]</c> stands for.</summary>
    protected virtual DiagnosticDescriptor? GetDefaultDiagnostic(IEnumerable<DiagnosticAnalyzer> analyzers) =>
        analyzers.SelectMany(a => Supported.By(a)).FirstOrDefault();

    internal virtual Task RunAsync(SolutionBuilder builder, CancellationToken cancellationToken) =>
        VerifyDiagnosticsAsync("test state", builder, Resolve(TestState), CompilerDiagnostics, cancellationToken);

    internal ResolvedState Resolve(params SolutionState[] chain) => new StateResolver(ReferenceAssemblies, FromMark).Resolve(chain);

    internal async Task VerifyDiagnosticsAsync(string state, SolutionBuilder builder, ResolvedState resolved, CompilerDiagnostics level, CancellationToken cancellationToken)
    {
        var solution = builder.Build(resolved);
        var reported = await AnalyzerRun.TwiceAsync(state, solution, Analyzers, cancellationToken).ConfigureAwait(false);
        var compiler = await AnalyzerRun.CompilerAsync(solution, cancellationToken).ConfigureAwait(false);
        var declared = resolved.Expected.Select(e => e.Id).ToHashSet();
        DiagnosticMatcher.Verify(state, resolved.Expected, [.. reported, .. compiler.Where(d => Counts(d, level) || declared.Contains(d.Id))]);
    }

    private static bool Counts(Diagnostic diagnostic, CompilerDiagnostics level) => level switch
    {
        CompilerDiagnostics.None => false,
        CompilerDiagnostics.Errors => diagnostic.Severity >= DiagnosticSeverity.Error,
        CompilerDiagnostics.Warnings => diagnostic.Severity >= DiagnosticSeverity.Warning,
        CompilerDiagnostics.Suggestions => diagnostic.Severity >= DiagnosticSeverity.Info,
        _ => true,
    };

    /// <summary>A mark says where, not how severe nor by which route.</summary>
    private DiagnosticResult FromMark(string? id)
    {
        var descriptor = id is null ? GetDefaultDiagnostic(Analyzers) : Analyzers.SelectMany(a => Supported.By(a)).FirstOrDefault(d => d.Id == id);
        var result = (descriptor, id) switch
        {
            ({ } known, _) => new DiagnosticResult(known),
            (null, { } foreign) => DiagnosticResult.CompilerError(foreign),
            _ => throw new VerifierException("'[|…|]' needs an analyzer that supports a diagnostic; name the ID instead: '{|ID:…|}'."),
        };
        return result.WithOptions(DiagnosticOptions.IgnoreAdditionalLocations | DiagnosticOptions.IgnoreSeverity);
    }
}
