namespace LifecycleAnalyzers.Tests.LCA2005;

/// <summary>A clause that catches everything and does nothing, around a send.</summary>
public class Reports
{
    internal static string Feed(string body, string members = "") => $$"""
        class Feed(WireClient client)
        {
            private readonly WireClient _client = client;
            private readonly List<WireClient> _all = [];
            private string _last = "";
            private int _sent;

            public async Task RunAsync(string text) { await Task.CompletedTask; {{body}} }

            public override string ToString() => _last + _sent + _all.Count;

            {{members}}
        }
        """;

    [Theory]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} { }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception) { }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception) { /* nobody is there */ }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception e) { _ = e; }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception) { return; }")]
    [InlineData("try { await _client.SendAsync(text); } {|LCA2005:catch|} (Exception) { ; }")]
    [InlineData("foreach (var c in _all) { try { c.Send(text); } {|LCA2005:catch|} { continue; } }")]
    [InlineData("try { if (_client.IsOpen) _client.Send(text); } {|LCA2005:catch|} { }")]
    [InlineData("try { await SayAsync(text); } {|LCA2005:catch|} { } async Task SayAsync(string t) { await Task.Yield(); _client.Send(t); }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception) { await Task.CompletedTask; }")]
    // A filter that only says what is not meant
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception e) when (e is not OperationCanceledException) { }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception e) when (!(e is FormatException)) { }")]
    [InlineData("try { _client.Send(text); } {|LCA2005:catch|} (Exception e) when (e is not (OperationCanceledException or FormatException)) { }")]
    [InlineData("var token = CancellationToken.None; try { _client.Send(text); } {|LCA2005:catch|} (Exception) when (!token.IsCancellationRequested) { }")]
    [InlineData("try { _client.Send(text); } catch (FormatException) { throw; } {|LCA2005:catch|} (Exception) { }")]
    [InlineData("try { try { _client.Send(text); } catch (FormatException) { } } {|LCA2005:catch|} { }")]
    [InlineData("try { Say(text); } {|LCA2005:catch|} { }", "void Say(string t) => _client.Send(t);")]
    [InlineData("Action say = () => { try { _client.Send(text); } {|LCA2005:catch|} { } }; say();")]
    public Task The_catch(string body, string members = "") => Case.HoldsAsync(Feed(body, members));

    [Theory]
    [InlineData("class Link(Stream transport) { public void Say(byte[] b) { try { transport.Write(b); transport.Flush(); } {|LCA2005:catch|} { } } }")]
    [InlineData("class Link(Stream s) { private readonly Stream _network = s; public async Task SayAsync(byte[] b) { try { await _network.WriteAsync(b); } {|LCA2005:catch|} (Exception) { } } }")]
    [InlineData("static class Link { public static void SayAll(List<NetworkStream> all, byte[] b) { foreach (var one in all) Say(one); void Say(Stream target) { try { target.Write(b, 0, 1); } {|LCA2005:catch|} { } } } }")]
    [InlineData("class Link(HttpClient http) { public async Task SayAsync(HttpContent b) { try { using var answer = await http.PostAsync(\"x\", b); } {|LCA2005:catch|} (Exception) { } } }")]
    public Task A_stream_to_a_peer_and_a_request(string source) => Case.HoldsAsync(source);

    [Fact]
    public Task The_message_names_the_send() => Case.HoldsAsync(Feed("try { {|#1:_client.Send(text)|}; } {|#0:catch|} { }"),
        Case.Diagnostic("LCA2005").WithLocation(0).WithLocation(1).WithSeverity(Microsoft.CodeAnalysis.DiagnosticSeverity.Info).WithMessage("This 'catch' hides every failure of 'Send', not only those of a connection that has ended"));
}
