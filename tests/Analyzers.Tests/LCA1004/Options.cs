using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1004;

public class Options
{
    private const string Source = "class Dialler { public void Go(TcpClient client) { _ = {|#0:client.ConnectAsync(\"\", 80)|}; } }";

    [Fact]
    public Task It_is_a_warning_by_default() => Case.HoldsAsync(Source, Case.Diagnostic("LCA1004").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning));

    [Fact]
    public Task None_silences_it() => Case.WithConfig(Source.Replace("{|#0:", "").Replace("|}", ""), "dotnet_diagnostic.LCA1004.severity = none").RunAsync();

    [Fact]
    public Task What_it_runs_may_be_in_another_file() => Case.FilesHoldAsync(
    [
        "partial class Receiver { private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp); public void Start() => {|LCA1004:RunAsync()|}; }",
        "partial class Receiver { private async Task RunAsync() { while (true) await _socket.ReceiveAsync(new byte[1]); } }",
    ]);
}
