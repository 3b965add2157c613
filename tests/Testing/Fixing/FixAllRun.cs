using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing;

/// <summary>Fix All in one scope, triggered in turn from each place that it does not yet cover.</summary>
internal sealed class FixAllRun(FixFinder finder, FixAllScope scope)
{
    public override string ToString() => $"Fix All in {scope.ToString().ToLowerInvariant()}";

    /// <summary>How many times Fix All is needed if each covers its whole scope: once for a scope, an ID and an equivalence key.</summary>
    public int Groups(IEnumerable<FixOffer> offers) => Triggers(offers).Count();

    /// <summary>The solution after one Fix All, or null when none changes anything.</summary>
    public async Task<Solution?> StepAsync(Solution solution, CancellationToken cancellationToken)
    {
        var offers = await finder.SelectedAsync(solution, cancellationToken).ConfigureAwait(false);
        foreach (var trigger in Triggers(offers))
        {
            if (await FixAsync(solution, trigger, cancellationToken).ConfigureAwait(false) is { } changed)
            {
                return changed;
            }
        }

        return null;
    }

    private IEnumerable<FixOffer> Triggers(IEnumerable<FixOffer> offers) =>
        offers.DistinctBy(o => (Unit(o), o.Provider, o.Diagnostic.Id, o.Action.EquivalenceKey));

    private object? Unit(FixOffer offer) => scope switch
    {
        FixAllScope.Document => offer.Document.Id,
        FixAllScope.Project => offer.Document.Project.Id,
        _ => null,
    };

    private async Task<Solution?> FixAsync(Solution solution, FixOffer trigger, CancellationToken cancellationToken)
    {
        var name = trigger.Provider.GetType().Name;
        var all = trigger.Provider.GetFixAllProvider()
            ?? throw new VerifierException($"The fix {name} has no FixAllProvider. A test can leave this out with CodeFixTestBehaviors.SkipFixAllCheck.");
        if (!all.GetSupportedFixAllScopes().Contains(scope))
        {
            throw new VerifierException($"The fix {name} does not support {this}. A test can leave this out with CodeFixTestBehaviors.SkipFixAllIn{scope}Check.");
        }

        var context = new FixAllContext(
            trigger.Document,
            trigger.Provider,
            scope,
            trigger.Action.EquivalenceKey,
            [trigger.Diagnostic.Id],
            new FixAllDiagnostics(finder, solution, cancellationToken),
            cancellationToken);
        var action = await Guarded.RunAsync(trigger.Provider, () => all.GetFixAsync(context)).ConfigureAwait(false);
        return action is null ? null : await FixApplier.ApplyAsync(solution, trigger.Provider, action, cancellationToken).ConfigureAwait(false);
    }
}
