using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;

namespace LifecycleAnalyzers.Testing;

/// <summary>Finds the diagnostics that the providers can fix, and what they offer for each.</summary>
internal sealed class FixFinder(ImmutableArray<DiagnosticAnalyzer> analyzers, ImmutableArray<CodeFixProvider> providers, int? index, string? equivalenceKey)
{
    /// <summary>The offers that the test selects, in source order, one for a diagnostic.</summary>
    public async Task<ImmutableArray<FixOffer>> SelectedAsync(Solution solution, CancellationToken cancellationToken)
    {
        var selected = ImmutableArray.CreateBuilder<FixOffer>();
        foreach (var diagnostic in await FixableAsync(solution, cancellationToken).ConfigureAwait(false))
        {
            var offers = await OffersAsync(solution, diagnostic, cancellationToken).ConfigureAwait(false);
            var chosen = offers.Where(o => equivalenceKey is null || o.Action.EquivalenceKey == equivalenceKey).ElementAtOrDefault(index ?? 0);
            if (chosen is not null)
            {
                selected.Add(chosen);
            }
        }

        return selected.ToImmutable();
    }

    /// <summary>What could have been fixed and what was offered, for the message when nothing was selected.</summary>
    public async Task<string> DescribeAsync(Solution solution, CancellationToken cancellationToken)
    {
        var fixable = await FixableAsync(solution, cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        foreach (var diagnostic in fixable)
        {
            var offers = await OffersAsync(solution, diagnostic, cancellationToken).ConfigureAwait(false);
            lines.AddRange(offers.IsEmpty ? [$"nothing offered for {Show.Actual(diagnostic)}"] : offers.Select(o => $"offered: {o}"));
        }

        return lines.Count == 0
            ? $"No diagnostic was reported that a provider fixes ({string.Join(", ", providers.SelectMany(p => p.FixableDiagnosticIds))})."
            : string.Join('\n', lines);
    }

    public async Task<ImmutableArray<Diagnostic>> FixableAsync(Solution solution, CancellationToken cancellationToken)
    {
        var fixable = providers.SelectMany(p => p.FixableDiagnosticIds).ToHashSet();
        var reported = await AnalyzerRun.OnceAsync(solution, analyzers, concurrent: true, cancellationToken).ConfigureAwait(false);
        var supported = analyzers.SelectMany(a => Supported.By(a)).Select(d => d.Id);
        var compiler = fixable.Except(supported).Any()
            ? await AnalyzerRun.CompilerAsync(solution, cancellationToken).ConfigureAwait(false)
            : [];
        return [.. reported.Concat(compiler).Where(d => fixable.Contains(d.Id) && d.Location.IsInSource)];
    }

    private async Task<ImmutableArray<FixOffer>> OffersAsync(Solution solution, Diagnostic diagnostic, CancellationToken cancellationToken)
    {
        var document = solution.GetDocument(diagnostic.Location.SourceTree);
        if (document is null)
        {
            return [];
        }

        var offers = ImmutableArray.CreateBuilder<FixOffer>();
        foreach (var provider in providers.Where(p => p.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            await Guarded.RunAsync(provider, () => provider.RegisterCodeFixesAsync(new CodeFixContext(
                document,
                WithoutWords(diagnostic),
                (action, _) => offers.AddRange(Leaves(action).Select(leaf => new FixOffer(document, diagnostic, provider, leaf))),
                cancellationToken))).ConfigureAwait(false);
        }

        return offers.ToImmutable();
    }

    /// <summary>A fix may look at the places and the properties: not every host hands on the words of a message.</summary>
    private static Diagnostic WithoutWords(Diagnostic diagnostic) =>
        Diagnostic.Create(diagnostic.Descriptor, diagnostic.Location, diagnostic.AdditionalLocations, diagnostic.Properties);

    /// <summary>A submenu stands for its entries.</summary>
    private static IEnumerable<CodeAction> Leaves(CodeAction action) =>
        action.NestedActions.IsEmpty ? [action] : action.NestedActions.SelectMany(Leaves);
}
