using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>What could not begin to listen has no peer and no port: a suggestion. What had got that far, or dials, is a warning.</summary>
public class Softened
{
    [Theory]
    [InlineData("void M() { var l = {|#0:new TcpListener(IPAddress.Any, 80)|}; l.Start(); _kept.Add(l); }")]
    [InlineData("void M() { var s = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Bind(_peer); s.Listen(5); _kept.Add(s); }")]
    public Task It_is_a_suggestion(string body) => TellsAsync(body, DiagnosticSeverity.Info);

    [Theory]
    [InlineData("void M() { var s = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Connect(_peer); _kept.Add(s); }")]
    [InlineData("void M() { var s = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; s.Bind(_peer); s.Connect(_peer); _kept.Add(s); }")]
    public Task It_is_a_warning(string body) => TellsAsync(body, DiagnosticSeverity.Warning);

    private static Task TellsAsync(string body, DiagnosticSeverity severity) =>
        Case.HoldsAsync(Reports.Dialer(body), Case.Diagnostic("LCA1003").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
}
