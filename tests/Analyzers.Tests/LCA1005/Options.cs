using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA1005;

public class Options
{
    private const string Source = "class Dialler { public async void Go(TcpClient client) => await {|#0:client.ConnectAsync(\"\", 80)|}; }";

    [Fact]
    public Task It_is_a_warning_by_default() => Case.HoldsAsync(Source, Case.Diagnostic("LCA1005").WithLocation(0).WithSeverity(DiagnosticSeverity.Warning));

    [Fact]
    public Task None_silences_it() => Case.WithConfig(Source.Replace("{|#0:", "").Replace("|}", ""), "dotnet_diagnostic.LCA1005.severity = none").RunAsync();

    [Fact]
    public Task Its_handler_may_be_in_another_file() => Case.FilesHoldAsync(
    [
        "partial class Receiver { private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp); public void Start() => new Thread(Loop).Start(); }",
        "partial class Receiver { private void Loop() { {|LCA1005:_socket.Receive(new byte[1])|}; } }",
    ]);

    [Theory]
    [InlineData("catch (Plant.LineException e) { Console.WriteLine(e); } catch (ObjectDisposedException) { }", false)]
    [InlineData("catch (ObjectDisposedException) { }", true)]
    public Task What_the_users_catalogue_says_that_it_throws(string handlers, bool reported) => Case.WithCatalogue($$"""
        namespace Plant
        {
            class LineException : Exception { }
            class Line { public Task AskAsync() => throw new NotImplementedException(); }
            class Desk { public async void Go(Line line) { try { await {{(reported ? "{|LCA1005:" : "")}}line.AskAsync(){{(reported ? "|}" : "")}}; } {{handlers}} } }
        }
        """, "T:Plant.Line; connection\nM:Plant.Line.AskAsync; receive; throws=Plant.LineException\n").RunAsync();
}
