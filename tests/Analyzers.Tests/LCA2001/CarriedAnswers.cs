namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The answer about the state travels in a tuple, a record or a value that is null where it is closed.</summary>
public class CarriedAnswers
{
    private static string Feed(string body) => $$"""
        record struct Look(bool IsAlive, int Waiting);
        record Kept(WireState Seen, string Text);

        class Feed
        {
            private readonly WireClient _client;
            private readonly WireClient _other;

            public Feed(WireClient client, WireClient other)
            {
                (_client, _other) = (client, other);
                _client.Received += OnReceived;
            }

            private async void OnReceived(object? sender, string text) { await Task.CompletedTask; {{body}} }

            private (bool Ok, string Text) Say(string text) => (_client.IsOpen, text.Trim());
            private (bool Other, bool Mine) Both() => (_other.IsOpen, _client.IsOpen);
            private async Task<(bool Ok, string Text)> SayAsync() { await Task.Yield(); return (_client.IsOpen, ""); }
            private Look LookAt() => new(_client.IsOpen, 3);
            private Look LookAtOther() => new(_other.IsOpen, 3);
            private Kept Keep(string text) => new Kept(_client.State, text);
            private string? Reply(string text) => _client.IsOpen ? text.Trim() : null;
            private byte[]? Bytes() { if (!_client.IsOpen) return null; return new byte[1]; }
            private string? Any(string text) => text.Length == 0 ? null : text.Trim();
        }
        """;

    [Theory]
    [InlineData("var (ok, line) = Say(text); if (ok) _client.Send(line);")]
    [InlineData("var said = Say(text); if (!said.Ok) return; _client.Send(said.Text);")]
    [InlineData("if (Say(text) is (true, var line)) _client.Send(line);")]
    [InlineData("if (Say(text) is { Ok: true, Text: var line }) _client.Send(line);")]
    [InlineData("if (Both().Mine) _client.Send(text);")]
    [InlineData("var (ok, line) = await SayAsync(); if (ok) _client.Send(line);")]
    [InlineData("var (ok, line) = (_client.IsOpen, text); if (ok) _client.Send(line);")]
    public Task In_a_tuple(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("var (_, line) = Say(text); {|LCA2001:_client.Send(line)|};")]
    [InlineData("if (Both() is (true, _)) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (Both().Other) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var (ok, line) = Say(text); if (!ok) {|LCA2001:_client.Send(line)|};")]
    [InlineData("var (ok, line) = Say(text); if (!ok) return; await Task.Delay(1); {|LCA2002:_client.Send(line)|};")]
    public Task In_a_tuple_not_asked_for(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("if (LookAt().IsAlive) _client.Send(text);")]
    [InlineData("var look = LookAt(); if (!look.IsAlive) return; _client.Send(text);")]
    [InlineData("if (LookAt() is (true, > 2)) _client.Send(text);")]
    [InlineData("if (LookAt() is not { IsAlive: true, Waiting: var n }) return; _client.Send(text + n);")]
    [InlineData("if (Keep(text).Seen == WireState.Open) _client.Send(text);")]
    public Task In_a_record(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("if (LookAt().Waiting > 2) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (LookAtOther().IsAlive) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (Keep(text).Seen == WireState.Closed) {|LCA2001:_client.Send(text)|};")]
    public Task In_a_record_not_asked_for(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("switch (_client.State, text) { case (WireState.Open, \"a\"): _client.Send(text); break; }")]
    [InlineData("if ((_client.IsOpen, text) is (true, \"a\")) _client.Send(text);")]
    [InlineData("if ((_client, text) is not ({ IsOpen: true }, not \"\")) return; _client.Send(text);")]
    [InlineData("var line = (_client.IsOpen, text) switch { (true, \"a\") => \"b\", (true, _) => \"c\", _ => null }; if (line != null) _client.Send(line);")]
    public Task In_a_tuple_that_is_matched(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("switch (_client.State, text) { case (WireState.Open, \"a\"): _client.Send(text); break; case (_, \"b\"): {|LCA2001:_client.Send(text)|}; break; }")]
    [InlineData("if ((_client.IsOpen, text) is (_, \"a\")) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var line = (_client.IsOpen, text) switch { (true, \"a\") => \"b\", (false, _) => \"c\", _ => null }; if (line != null) {|LCA2001:_client.Send(line)|};")]
    public Task In_a_tuple_where_the_state_does_not_decide(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("var line = _client.IsOpen ? text.Trim() : null; if (line is null) return; _client.Send(line);")]
    [InlineData("var line = _client.State switch { WireState.Open => text?.Trim(), _ => null }; if (line is null) return; _client.Send(line);")]
    [InlineData("string? line = null; if (_client.IsOpen) line = text.Trim(); if (line != null) _client.Send(line);")]
    [InlineData("if (Reply(text) is { } line) _client.Send(line);")]
    [InlineData("if (Reply(text) is not string line) return; _client.Send(line);")]
    [InlineData("if (Bytes() is { Length: > 0 }) _client.Send(text);")]
    public Task In_what_is_null_otherwise(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("if (Any(text) is { } line) {|LCA2001:_client.Send(line)|};")]
    [InlineData("{|LCA2001:_client.Send(Reply(text) ?? \"none\")|};")]
    [InlineData("var line = _client.IsOpen ? text.Trim() : null; if (line is null) {|LCA2001:_client.Send(\"\")|};")]
    [InlineData("var line = _client.IsOpen ? text.Trim() : Any(text); if (line is null) return; {|LCA2001:_client.Send(line)|};")]
    [InlineData("var line = _client.IsOpen ? text.Trim() : null; await Task.Delay(1); if (line != null) {|LCA2002:_client.Send(line)|};")]
    public Task In_what_may_be_null_for_another_reason(string body) => Case.HoldsAsync(Feed(body));
}
