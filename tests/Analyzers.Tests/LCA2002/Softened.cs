using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>Where the check throws as the send would, whoever called gets an exception in either case: a suggestion.</summary>
public class Softened
{
    [Theory]
    [InlineData("if (!_client.IsOpen) throw new InvalidOperationException(); await load(); {|#0:_client.Send(text)|};", DiagnosticSeverity.Info)]
    [InlineData("if (!_client.IsOpen) return; await load(); {|#0:_client.Send(text)|};", DiagnosticSeverity.Warning)]
    [InlineData("async void Say() { if (!_client.IsOpen) throw new InvalidOperationException(); await load(); {|#0:_client.Send(text)|}; } Say();", DiagnosticSeverity.Warning)]
    public Task A_check_that_throws(string body, DiagnosticSeverity severity) =>
        Case.HoldsAsync(Reports.Feed(body), Case.Diagnostic("LCA2002").WithLocation(0).WithSeverity(severity));
}
