using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Server("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; await EchoAsync(s, stop); _active--; }");
    private static readonly string _unmarked = _reported.Replace("{|LCA1007:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA1007:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA1007.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA1007").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA1007.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Creation.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA1007\n" + _unmarked);
}
