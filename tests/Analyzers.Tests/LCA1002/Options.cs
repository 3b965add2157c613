using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1002;

public class Options
{
    private const string Source = "class Reader { public void Start(Socket socket, SocketAsyncEventArgs args) { {|#0:socket.ReceiveAsync(args)|}; } }";

    [Fact]
    public Task It_is_a_warning_by_default() => Case.HoldsAsync(Source, Case.Diagnostic("LCA1002").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning));

    [Fact]
    public Task None_silences_it() => Case.WithConfig(Source.Replace("{|#0:", "").Replace("|}", ""), "dotnet_diagnostic.LCA1002.severity = none").RunAsync();
}
