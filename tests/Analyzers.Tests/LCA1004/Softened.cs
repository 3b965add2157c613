using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>Where the failure costs little the report is a suggestion; each has a twin where it is lost.</summary>
public class Softened
{
    private static string Peer(string body, string members) => $$"""
        class Peer(Socket socket)
        {
            private readonly Socket _socket = socket;
            private readonly ClientWebSocket _web = new();
            private readonly byte[] _buffer = new byte[1024];

            public async Task RunAsync() { await Task.CompletedTask; {{body}} }

            public override string ToString() => _socket.ToString() + _web + _buffer.Length;

            {{members}}
        }

        class Member(Socket socket)
        {
            public Task SayAsync(byte[] b) => socket.SendAsync(b);
            public async Task RunAsync(byte[] b) { while (await socket.ReceiveAsync(b) > 0) { } }
        }

        class Deaf(Socket socket)
        {
            public async Task SayAsync(byte[] b) => await socket.SendAsync(b);
        }
        """;

    private const string Reader = "public async Task ReadAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }";

    [Theory]
    [InlineData("_ = {|#0:_web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default)|};")]
    [InlineData("_ = {|#0:_socket.SendAsync(_buffer)|};", Reader)]
    [InlineData("_ = {|#0:SayAsync()|};", Reader + " private async Task SayAsync() => await _socket.SendAsync(_buffer);")]
    [InlineData("foreach (var m in new[] { new Member(_socket) }) _ = {|#0:m.SayAsync(_buffer)|};")]
    [InlineData("await {|#0:_socket.SendAsync(_buffer).WaitAsync(TimeSpan.FromSeconds(1))|};")]
    public Task It_is_a_suggestion(string body, string members = "") => TellsAsync(body, members, DiagnosticSeverity.Info);

    [Theory]
    [InlineData("_ = {|#0:_web.ConnectAsync(new(\"ws://x\"), default)|};")]
    [InlineData("_ = {|#0:_socket.SendAsync(_buffer)|};")]
    [InlineData("_ = {|#0:_socket.ConnectAsync(\"x\", 1)|};", Reader)]
    [InlineData("_ = {|#0:ReadAsync()|};", Reader)]
    [InlineData("foreach (var m in new[] { new Deaf(_socket) }) _ = {|#0:m.SayAsync(_buffer)|};", Reader)]
    [InlineData("await {|#0:_socket.ConnectAsync(\"x\", 1).WaitAsync(TimeSpan.FromSeconds(1))|};")]
    public Task It_is_a_warning(string body, string members = "") => TellsAsync(body, members, DiagnosticSeverity.Warning);

    [Fact]
    public Task The_message_says_why() => Case.HoldsAsync(Peer("_ = {|#0:_socket.SendAsync(_buffer)|};", Reader),
        Case.Diagnostic("LCA1004").WithLocation(0).WithSeverity(DiagnosticSeverity.Info)
            .WithMessage("The task of this call is dropped: nobody hears of it when 'SendAsync' fails; who reads from the connection hears when it ends"));

    private static Task TellsAsync(string body, string members, DiagnosticSeverity severity) =>
        Case.HoldsAsync(Peer(body, members), Case.Diagnostic("LCA1004").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
}
