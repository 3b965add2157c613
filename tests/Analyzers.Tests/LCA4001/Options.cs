using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Pooled("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:_pool.Return(c)|}; }");
    private static readonly string _unmarked = _reported.Replace("{|LCA4001:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA4001:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA4001.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA4001").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA4001.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Isolation.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA4001\n" + _unmarked);
}
