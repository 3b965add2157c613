using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>Applies fixes until none is left, and insists that this ends when it should.</summary>
internal static class FixLoop
{
    /// <param name="what">Names the loop in messages.</param>
    /// <param name="iterations">How many fixes are to be applied: exactly n, at most -n, or <paramref name="atMost"/> if not said.</param>
    /// <param name="step">Applies the next fix; null when there is none.</param>
    public static async Task<Solution> RunAsync(string what, Solution start, int? iterations, int atMost, Func<Solution, Task<Solution?>> step, CancellationToken cancellationToken)
    {
        var limit = iterations is { } declared ? Math.Abs(declared) : atMost;
        var current = start;
        for (var done = 0; done <= limit; done++)
        {
            var next = await step(current).ConfigureAwait(false);
            if (next is null)
            {
                return iterations is > 0 && done != iterations
                    ? throw new VerifierException($"{what} took {done} iteration(s), expected were {iterations}.")
                    : current;
            }

            if (done == limit)
            {
                throw new VerifierException($"{what} is not stable: after {limit} iteration(s) one more still changes\n{await DifferenceAsync(current, next, cancellationToken).ConfigureAwait(false)}");
            }

            current = next;
        }

        return current;
    }

    private static async Task<string?> DifferenceAsync(Solution before, Solution after, CancellationToken cancellationToken) =>
        SolutionTexts.Difference(
            await SolutionTexts.OfAsync(before, cancellationToken).ConfigureAwait(false),
            await SolutionTexts.OfAsync(after, cancellationToken).ConfigureAwait(false));
}
