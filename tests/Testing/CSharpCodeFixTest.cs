using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing;

/// <summary>
/// An analyzer test whose diagnostics are then fixed: one by one until nothing is offered, and by Fix All in every
/// scope. A fixed state equal to the test state says that nothing may be offered.
/// </summary>
public class CSharpCodeFixTest<TAnalyzer, TCodeFix> : CSharpAnalyzerTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TCodeFix : CodeFixProvider, new()
{
    /// <summary>Adds a source to the fixed state.</summary>
    public string FixedCode
    {
        set => FixedState.Sources.Add(value);
    }

    /// <summary>Adds a source to the state after Fix All.</summary>
    public string BatchFixedCode
    {
        set => BatchFixedState.Sources.Add(value);
    }

    /// <summary>What is not set here is as in the test state.</summary>
    public SolutionState FixedState { get; } = new();

    /// <summary>What is not set here is as in the fixed state.</summary>
    public SolutionState BatchFixedState { get; } = new();

    /// <summary>How many fixes one by one: exactly n, or at most -n. Unset: at most one for each diagnostic.</summary>
    public int? NumberOfIncrementalIterations { get; set; }

    /// <summary>How many Fix All, likewise. Unset: at most one for each scope, ID and equivalence key.</summary>
    public int? NumberOfFixAllIterations { get; set; }

    public int? NumberOfFixAllInDocumentIterations { get; set; }

    public int? NumberOfFixAllInProjectIterations { get; set; }

    /// <summary>Which of a diagnostic's offers to take, after <see cref="CodeActionEquivalenceKey"/>.</summary>
    public int? CodeActionIndex { get; set; }

    public string? CodeActionEquivalenceKey { get; set; }

    public CodeFixTestBehaviors CodeFixTestBehaviors { get; set; }

    protected virtual IEnumerable<CodeFixProvider> GetCodeFixProviders() => [new TCodeFix()];

    internal override async Task RunAsync(SolutionBuilder builder, CancellationToken cancellationToken)
    {
        var (before, after, batch) = (Resolve(TestState), Resolve(FixedState, TestState), Resolve(BatchFixedState, FixedState, TestState));
        await VerifyDiagnosticsAsync("test state", builder, before, CompilerDiagnostics, cancellationToken).ConfigureAwait(false);

        var finder = new FixFinder(Analyzers, [.. GetCodeFixProviders()], CodeActionIndex, CodeActionEquivalenceKey);
        var declared = after.Expected.Concat(batch.Expected).Select(e => e.Id).ToHashSet();
        var verification = new FixVerification(finder, builder.Build(before), declared, cancellationToken);
        if (SolutionTexts.Difference(before.Texts(), after.Texts()) is null)
        {
            await verification.NothingOfferedAsync().ConfigureAwait(false);
            return;
        }

        var fixOne = CodeFixTestBehaviors.HasFlag(CodeFixTestBehaviors.FixOne);
        await verification.OneByOneAsync(after, NumberOfIncrementalIterations, fixOne).ConfigureAwait(false);
        if (!fixOne || BatchFixedState.HasSources)
        {
            await VerifyFixAllAsync(verification, batch).ConfigureAwait(false);
        }

        await VerifyDiagnosticsAsync("fixed state", builder, after, CompilerDiagnostics, cancellationToken).ConfigureAwait(false);
        if (SolutionTexts.Difference(after.Texts(), batch.Texts()) is not null)
        {
            await VerifyDiagnosticsAsync("batch fixed state", builder, batch, CompilerDiagnostics, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task VerifyFixAllAsync(FixVerification verification, ResolvedState batch)
    {
        (CodeFixTestBehaviors Skip, FixAllScope Scope, int? Iterations)[] scopes =
        [
            (CodeFixTestBehaviors.SkipFixAllInDocumentCheck, FixAllScope.Document, NumberOfFixAllInDocumentIterations ?? NumberOfFixAllIterations),
            (CodeFixTestBehaviors.SkipFixAllInProjectCheck, FixAllScope.Project, NumberOfFixAllInProjectIterations ?? NumberOfFixAllIterations),
            (CodeFixTestBehaviors.SkipFixAllInSolutionCheck, FixAllScope.Solution, NumberOfFixAllIterations),
        ];
        foreach (var (_, scope, iterations) in scopes.Where(s => !CodeFixTestBehaviors.HasFlag(s.Skip)))
        {
            await verification.AllAsync(scope, batch, iterations).ConfigureAwait(false);
        }
    }
}
