using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1008;

public class Options
{
    private const string Source = "class Dialler { public async Task GoAsync(TcpClient client) => await {|#0:client.ConnectAsync(\"\", 80)|}; }";

    [Fact]
    public Task It_is_a_suggestion_by_default() => Case.HoldsAsync(Source, Case.Diagnostic("LCA1008").WithLocation(0).WithSeverity(DiagnosticSeverity.Info));

    [Fact]
    public Task None_silences_it() => Case.WithConfig(Source.Replace("{|#0:", "").Replace("|}", ""), "dotnet_diagnostic.LCA1008.severity = none").RunAsync();

    [Fact]
    public Task A_client_that_the_user_says_bounds_itself() => Case.WithCatalogue("""
        class Line { public Task DialAsync(CancellationToken stop = default) => throw new NotImplementedException(); }
        class Desk { public async Task GoAsync(Line line) => await line.DialAsync(); }
        """, "T:Line; connection, own-bound\nM:Line.DialAsync; open\n").RunAsync();

    [Fact]
    public Task A_client_that_the_user_has_described() => Case.WithCatalogue("""
        class Line { public Task DialAsync(CancellationToken stop = default) => throw new NotImplementedException(); }
        class Desk { public async Task GoAsync(Line line) => await {|LCA1008:line.DialAsync()|}; }
        """, "T:Line; connection\nM:Line.DialAsync; open\n").RunAsync();
}
