using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Tests.LCA2003;

/// <summary>Where somebody hears of the end all the same the report is a suggestion; each has a twin where nobody does.</summary>
public class Softened
{
    private const string Asked = "{|#0:Connected|}";

    [Theory]
    // The failure of the send is caught, and something is done about it
    [InlineData("try { if (!_socket." + Asked + ") return; _socket.Send(data); } catch (SocketException e) { log(e.Message); }")]
    [InlineData("if (_client." + Asked + ") { try { _client.GetStream().Write(data); } catch (Exception e) { log(e.Message); } }")]
    [InlineData("if (_client." + Asked + ") Say(data);", "void Say(byte[] d) { try { _client.GetStream().Write(d); } catch (IOException) { _flag = true; } }")]
    // Refused or failed, the caller gets an exception
    [InlineData("if (!_client." + Asked + ") throw new InvalidOperationException(); _client.GetStream().Write(data);")]
    [InlineData("_ = _socket." + Asked + " ? _socket.Send(data) : throw new InvalidOperationException();")]
    // The read tells the end
    [InlineData("while (_client." + Asked + ") { var n = await _client.GetStream().ReadAsync(_buffer); if (n == 0) break; }")]
    [InlineData("while (true) { if (!_socket." + Asked + ") break; if (_socket.Receive(_buffer) < 1) return; }")]
    [InlineData("while (_socket." + Asked + ") { if (!Next()) break; }", "bool Next() => _socket.Receive(_buffer) > 0;")]
    [InlineData("using var r = new StreamReader(_client.GetStream()); while (_client." + Asked + ") { var line = r.ReadLine(); if (line is null) break; log(line); }")]
    public Task It_is_a_suggestion(string body, string members = "") => TellsAsync(body, members, DiagnosticSeverity.Info);

    [Theory]
    // Nobody hears: an empty clause, one for something else, none
    [InlineData("try { if (!_socket." + Asked + ") return; _socket.Send(data); } catch { }")]
    [InlineData("try { if (!_socket." + Asked + ") return; _socket.Send(data); } catch (FormatException e) { log(e.Message); }")]
    [InlineData("if (_client." + Asked + ") _client.GetStream().Write(data);")]
    [InlineData("if (_client." + Asked + ") Say(data);", "void Say(byte[] d) => _client.GetStream().Write(d);")]
    [InlineData("if (_socket." + Asked + ") { try { _socket.Send(data); } catch (SocketException e) { log(e.Message); } _socket.Send(data); }")]
    // Nobody looks at what the read says, or nothing is read unless it is there
    [InlineData("while (_client." + Asked + ") { await _client.GetStream().ReadAsync(_buffer); log(\"read\"); }")]
    [InlineData("while (_client." + Asked + ") { if (_client.Available > 0) { var n = _client.GetStream().Read(_buffer); if (n == 0) break; } }")]
    [InlineData("while (_client." + Asked + ") { await Task.Delay(5); }")]
    // Kept for longer
    [InlineData("if (_client." + Asked + ") return; _client = new TcpClient(\"x\", 1);")]
    public Task It_is_a_warning(string body, string members = "") => TellsAsync(body, members, DiagnosticSeverity.Warning);

    [Fact]
    public Task The_message_says_who_hears() => Case.HoldsAsync(Reports.Link("try { if (!_socket." + Asked + ") return; _socket.Send(data); } catch (SocketException e) { log(e.Message); }"),
        Case.Diagnostic("LCA2003").WithLocation(0).WithSeverity(DiagnosticSeverity.Info)
            .WithMessage("'Socket.Connected' tells how the last operation ended, not whether the peer is still there, and it decides about a send here; the 'catch' around the send hears when it fails"));

    private static Task TellsAsync(string body, string members, DiagnosticSeverity severity) =>
        Case.HoldsAsync(Reports.Link(body, members), Case.Diagnostic("LCA2003").WithLocation(0).WithSeverity(severity));
}
