using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing;

/// <summary>Applies the fixes one by one and by Fix All, and compares what comes out with what was expected.</summary>
internal sealed class FixVerification(FixFinder finder, Solution start, IReadOnlySet<string> declared, CancellationToken cancellationToken)
{
    public async Task NothingOfferedAsync()
    {
        var offers = await finder.SelectedAsync(start, cancellationToken).ConfigureAwait(false);
        if (!offers.IsEmpty)
        {
            throw new VerifierException($"No fix was expected, but there is\n{string.Join('\n', offers)}");
        }
    }

    public async Task OneByOneAsync(ResolvedState expected, int? iterations, bool fixOne)
    {
        const string What = "Fixing one by one";
        var offers = await finder.SelectedAsync(start, cancellationToken).ConfigureAwait(false);
        if (offers.IsEmpty)
        {
            throw new VerifierException($"A fix was expected, but none was offered.\n{await finder.DescribeAsync(start, cancellationToken).ConfigureAwait(false)}");
        }

        var fixedOnes = fixOne
            ? await FixAsync(offers[0]).ConfigureAwait(false)
            : await FixLoop.RunAsync(What, start, iterations, offers.Length, FixFirstAsync, cancellationToken).ConfigureAwait(false);
        await CompareAsync(What, expected, fixedOnes).ConfigureAwait(false);
    }

    public async Task AllAsync(FixAllScope scope, ResolvedState expected, int? iterations)
    {
        var run = new FixAllRun(finder, scope);
        var offers = await finder.SelectedAsync(start, cancellationToken).ConfigureAwait(false);
        var fixedOnes = await FixLoop.RunAsync(run.ToString(), start, iterations, run.Groups(offers), StepAsync, cancellationToken).ConfigureAwait(false);
        await CompareAsync(run.ToString(), expected, fixedOnes).ConfigureAwait(false);

        async Task<Solution?> StepAsync(Solution solution)
        {
            var next = await run.StepAsync(solution, cancellationToken).ConfigureAwait(false);
            if (next is not null)
            {
                await NewCompilerDiagnostics.VerifyAsync(run.ToString(), start, next, declared, cancellationToken).ConfigureAwait(false);
            }

            return next;
        }
    }

    private async Task<Solution?> FixFirstAsync(Solution solution)
    {
        var offers = await finder.SelectedAsync(solution, cancellationToken).ConfigureAwait(false);
        return offers.IsEmpty ? null : await FixAsync(offers[0]).ConfigureAwait(false);
    }

    private async Task<Solution> FixAsync(FixOffer offer)
    {
        var next = await FixApplier.ApplyAsync(offer.Document.Project.Solution, offer.Provider, offer.Action, cancellationToken).ConfigureAwait(false)
            ?? throw new VerifierException($"The fix changes nothing: {offer}");
        await NewCompilerDiagnostics.VerifyAsync($"The fix {offer}", start, next, declared, cancellationToken).ConfigureAwait(false);
        return next;
    }

    private async Task CompareAsync(string what, ResolvedState expected, Solution actual)
    {
        var texts = await SolutionTexts.OfAsync(actual, cancellationToken).ConfigureAwait(false);
        if (SolutionTexts.Difference(expected.Texts(), texts) is { } difference)
        {
            throw new VerifierException($"{what} gives another text than expected.\n{difference}");
        }
    }
}
