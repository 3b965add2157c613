using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Dialer("Socket M() { var s = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(_peer); return s; }");
    private static readonly string _unmarked = _reported.Replace("{|LCA1003:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA1003:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA1003.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA1003").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA1003.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Creation.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA1003\n" + _unmarked);

    /// <summary>A client of a library, which no catalogue knows.</summary>
    private static readonly string _byConvention = Reports.Dialer("async Task<WireClient> M() { var w = {|LCA1003:new WireClient()|}; await w.OpenAsync(); return w; }");
    private static readonly string _ours = _byConvention.Replace("{|LCA1003:", "").Replace("|}", "");

    [Fact]
    public Task Conventions_are_on_by_default() => Case.HoldsAsync(_byConvention);

    [Fact]
    public Task Conventions_can_be_switched_off() => Case.WithConfig(_ours, "lifecycle_analyzers.conventions = false").RunAsync();

    [Theory]
    [InlineData("T:Wires.WireClient")]
    [InlineData("T:Some.Other.Type|T:Wires.WireClient")]
    public Task A_type_can_be_left_out(string value) => Case.WithConfig(_ours, "lifecycle_analyzers.excluded_types = " + value).RunAsync();

    [Fact]
    public Task A_catalogue_can_say_that_a_type_is_no_connection() => Case.WithCatalogue(_ours, "T:Wires.WireClient; not-a-connection").RunAsync();
}
