using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Feed("_ = _ws.SendAsync(data, ARGS); await {|LCA2004:_ws.SendAsync(data, ARGS)|};");
    private static readonly string _unmarked = _reported.Replace("{|LCA2004:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA2004:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA2004.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA2004").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA2004.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Sending.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA2004\n" + _unmarked);

    [Fact]
    public Task A_catalogue_names_a_single_writer() => Case.WithCatalogue("""
        class Feed(WireClient client)
        {
            public async Task SayAsync(string text) { _ = client.SendAsync(text); await {|LCA2004:client.SendAsync(text)|}; }
        }
        """, "T:Wires.WireClient; connection, single-writer\nM:Wires.WireClient.SendAsync; send").RunAsync();
}
