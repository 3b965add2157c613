namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The state is asked, the answer is put into a variable of another kind, and that decides about the send.</summary>
public class NotedChoices
{
    private static string Feed(string body) => $$"""
        enum Step { Send, Hold, Drop }

        class Feed
        {
            private readonly WireClient _client;

            public Feed(WireClient client)
            {
                _client = client;
                _client.Received += OnReceived;
            }

            private void OnReceived(object? sender, string text) { {{body}} }

            private Step Next() { if (_client.State != WireState.Open) return Step.Drop; return Step.Send; }

            private static Step Any(string text) => text.Length > 5 ? Step.Send : Step.Drop;
        }
        """;

    [Theory]
    [InlineData("var next = _client.State switch { WireState.Open => Step.Send, WireState.Closing => Step.Hold, _ => Step.Drop }; if (next == Step.Send) _client.Send(text);")]
    [InlineData("var next = _client.IsOpen ? Step.Send : Step.Drop; if (next != Step.Send) return; _client.Send(text);")]
    [InlineData("Step next; if (_client.IsOpen) next = Step.Send; else next = Step.Drop; switch (next) { case Step.Send: _client.Send(text); break; }")]
    [InlineData("var next = Step.Drop; if (_client.IsOpen) next = Step.Send; if (next == Step.Send) _client.Send(text);")]
    [InlineData("switch (Next()) { case Step.Send: _client.Send(text); break; default: break; }")]
    [InlineData("if (Next() is Step.Drop or Step.Hold) return; _client.Send(text);")]
    [InlineData("var budget = _client.State switch { WireState.Open => text.Length, _ => 0 }; if (budget == 0) return; _client.Send(text);")]
    [InlineData("var times = _client.IsOpen ? 1 : 0; if (times == 1) _client.Send(text);")]
    public Task It_decides(string body) => Case.SilentAsync(Feed(body));

    [Theory]
    [InlineData("var next = _client.IsOpen ? Step.Send : Step.Drop; if (next == Step.Drop) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var next = _client.IsOpen ? Step.Send : text.Length > 3 ? Step.Hold : Step.Drop; if (next != Step.Drop) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var next = _client.IsOpen ? Step.Send : Step.Drop; if (text.Length > 3) next = Step.Send; if (next == Step.Send) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (Any(text) == Step.Send) {|LCA2001:_client.Send(text)|};")]
    public Task It_was_chosen_for_another_reason_too(string body) => Case.HoldsAsync(Feed(body));
}
