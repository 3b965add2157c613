using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>All incidents in one project: neither the company nor the order of the fixes changes what a fix writes.</summary>
public sealed class ReplayTogether
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FixOrder.FirstToLast)]
    [InlineData(FixOrder.LastToFirst)]
    public async Task Fixes_are_the_same_in_any_order_and_company(FixOrder order)
    {
        var rules = RulePackage.Load();
        var incidents = Incident.Names.Select(Incident.Load).ToList();

        // As a library: several programs in one assembly would have three entry points.
        var all = SourceProject.Create("Together", [.. incidents.SelectMany(incident => incident.Sources).DistinctBy(source => source.Path).OrderBy(source => source.Path, StringComparer.Ordinal)], OutputKind.DynamicallyLinkedLibrary, FrameworkReferences.AspNetCore);
        var together = await FixRun.ApplyAsync(all, rules, order, Stop);
        Assert.Empty(together.Left);

        var applied = 0;
        foreach (var incident in incidents)
        {
            // A fix may see what another one wrote in the method before: there the order is that of the company.
            var alone = await FixRun.ApplyAsync(incident.ProjectOf(incident.Sources), rules, incident.Marks.Length == 1 ? FixOrder.FirstToLast : order, Stop);
            applied += alone.Applied.Length;
            Assert.Equal(alone.Sources, together.Sources.Where(source => alone.Sources.Any(file => file.Path == source.Path)));
        }

        Assert.Equal(applied, together.Applied.Length);
    }
}
