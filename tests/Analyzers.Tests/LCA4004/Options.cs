using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA4004;

/// <summary>What the user sets.</summary>
public class Options
{
    private static readonly string _reported = Reports.Method("_ = _socket.SendAsync(b.AsMemory(0, 9)); {|LCA4004:ArrayPool<byte>.Shared.Return(b)|};", "void");
    private static readonly string _unmarked = _reported.Replace("{|LCA4004:", "").Replace("|}", "");

    [Theory]
    [InlineData(null, DiagnosticSeverity.Warning)]
    [InlineData("error", DiagnosticSeverity.Error)]
    [InlineData("silent", DiagnosticSeverity.Hidden)]
    public Task Its_severity(string? value, DiagnosticSeverity severity)
    {
        var test = Case.WithConfig(_reported.Replace("{|LCA4004:", "{|#0:"), value is null ? "" : "dotnet_diagnostic.LCA4004.severity = " + value);
        test.ExpectedDiagnostics.Add(Case.Diagnostic("LCA4004").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
        return test.RunAsync();
    }

    [Theory]
    [InlineData("dotnet_diagnostic.LCA4004.severity = none")]
    [InlineData("dotnet_analyzer_diagnostic.category-Isolation.severity = none")]
    public Task It_is_switched_off(string config) => Case.WithConfig(_unmarked, config).RunAsync();

    [Fact]
    public Task A_pragma_silences_it() => Case.SilentAsync("#pragma warning disable LCA4004\n" + _unmarked);
}
