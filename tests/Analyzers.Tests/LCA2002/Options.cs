using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Feed("if (!_client.IsOpen) return; await load(); {|LCA2002:_client.Send(text)|};");
    private static readonly string _unmarked = _reported.Replace("{|LCA2002:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA2002:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA2002.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA2002").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA2002.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Sending.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA2002\n" + _unmarked);

    [Fact]
    public Task A_type_can_be_left_out() => Case.WithConfig(_unmarked, "lifecycle_analyzers.excluded_types = Wires.WireClient").RunAsync();
}
