namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The state is asked by its name, by its place among those that are written down, or by a wait for it.</summary>
public class WrittenQuestions
{
    private static string Feed(string body) => $$"""
        class Feed
        {
            private static readonly WireState[] Ended = [WireState.Closing, WireState.Closed];
            private static readonly List<WireState> Good = [WireState.Open];
            private readonly WireClient _client;

            public Feed(WireClient client)
            {
                _client = client;
                _client.Received += OnReceived;
            }

            private bool IsUp() => _client.State == WireState.Open;
            private void OnReceived(object? sender, string text) { {{body}} }
        }
        """;

    [Theory]
    [InlineData("if (_client.State.ToString() == \"Open\") _client.Send(text);")]
    [InlineData("if (_client.State.ToString() != nameof(WireState.Open)) return; _client.Send(text);")]
    [InlineData("var state = _client.State.ToString(); if (state is not \"Open\") return; _client.Send(text);")]
    [InlineData("if (_client.State.ToString().Equals(\"Open\")) _client.Send(text);")]
    [InlineData("if (string.Equals(\"Open\", _client.State.ToString(), StringComparison.Ordinal)) _client.Send(text);")]
    [InlineData("switch (_client.State.ToString()) { case \"Open\": _client.Send(text); break; }")]
    [InlineData("if (_client.State.ToString() is \"Closing\" or \"Closed\") return; _client.Send(text);")]
    public Task By_its_name(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("if (_client.State.ToString() == \"Closed\") {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.State.ToString() != \"Open\") {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.State.ToString() != \"Nothing\") {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.Address.ToString() == \"Open\") {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (text.Equals(\"Open\")) {|LCA2001:_client.Send(text)|};")]
    public Task By_the_name_of_another_or_of_something_else(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("if (Array.IndexOf(Ended, _client.State) >= 0) return; _client.Send(text);")]
    [InlineData("if (Array.IndexOf(Ended, _client.State) < 0) _client.Send(text);")]
    [InlineData("if (Good.IndexOf(_client.State) != -1) _client.Send(text);")]
    [InlineData("if (Array.IndexOf(Ended, _client.State) == -1) _client.Send(text);")]
    public Task By_its_place(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("if (Array.IndexOf(Ended, _client.State) >= 0) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (Array.IndexOf(Ended, _client.State) > 0) return; {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (Good.IndexOf(_client.State) == -1) {|LCA2001:_client.Send(text)|};")]
    public Task By_its_place_the_wrong_way(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("if (SpinWait.SpinUntil(() => _client.IsOpen, 500)) _client.Send(text);")]
    [InlineData("if (!SpinWait.SpinUntil(IsUp, TimeSpan.FromSeconds(1))) return; _client.Send(text);")]
    [InlineData("SpinWait.SpinUntil(() => _client.IsOpen); _client.Send(text);")]
    public Task By_a_wait(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("SpinWait.SpinUntil(() => _client.IsOpen, 500); {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (SpinWait.SpinUntil(() => !_client.IsOpen, 500)) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (SpinWait.SpinUntil(() => text.Length > 0, 500)) {|LCA2001:_client.Send(text)|};")]
    public Task By_a_wait_for_something_else_or_in_vain(string body) => Case.HoldsAsync(Feed(body));
}
