namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The handler stands where a method makes it, or in a table, and not where it is handed out.</summary>
public class MadeHandlers
{
    private static string Feed(string subscription, string members) => $$"""
        class Feed
        {
            private readonly WireClient _client = Wire.Connect("x");
            private Timer? _timer;

            public void Start() { {{subscription}}; }

            {{members}}
        }
        """;

    [Theory]
    [InlineData("_client.Received += Tell(\"a\")", "EventHandler<string> Tell(string word) => (_, text) => {|LCA2001:_client.Send(word + text)|};")]
    [InlineData("_client.Received += Tell(\"a\")", "EventHandler<string> Tell(string word) { if (word.Length == 0) return (_, _) => { }; return (_, text) => {|LCA2001:_client.Send(word + text)|}; }")]
    [InlineData("_client.Received += Tell()", "EventHandler<string> Tell() => OnReceived; void OnReceived(object? sender, string text) => {|LCA2001:_client.Send(text)|};")]
    [InlineData("_timer = new Timer(Beat(\"a\"), null, 0, 9)", "TimerCallback Beat(string word) => _ => {|LCA2001:_client.Send(word)|};")]
    [InlineData("_timer = new Timer(_beats[0], null, 0, 9)", "readonly TimerCallback[] _beats; public Feed() => _beats = [_ => {|LCA2001:_client.Send(\"a\")|}, _ => _client.Send(\"b\")];")]
    [InlineData("_timer = new Timer(_beats[\"a\"], null, 0, 9)", "readonly Dictionary<string, TimerCallback> _beats; public Feed() => _beats = new() { { \"a\", _ => {|LCA2001:_client.Send(\"a\")|} }, { \"b\", _ => _client.Send(\"b\") } };")]
    public Task It_does_not_ask(string subscription, string members) => Case.HoldsAsync(Feed(subscription, members));

    [Theory]
    [InlineData("_client.Received += Tell(\"a\")", "EventHandler<string> Tell(string word) => (_, text) => { if (_client.IsOpen) _client.Send(word + text); };")]
    [InlineData("_client.Received += Guarded(() => _client.Send(\"a\"))", "EventHandler<string> Guarded(Action send) => (_, _) => { if (_client.IsOpen) send(); };")]
    [InlineData("_client.Send(Line(3)(\"a\"))", "Func<string, string> Line(int n) => text => { _client.Send(text); return text + n; };")]
    [InlineData("_timer = new Timer(_beats[\"a\"], null, 0, 9)", "readonly Dictionary<string, TimerCallback> _beats; public Feed() => _beats = new() { [\"a\"] = _ => { if (_client.IsOpen) _client.Send(\"a\"); }, [\"b\"] = _ => _client.Send(\"b\") };")]
    public Task It_asks_or_is_no_callback(string subscription, string members) => Case.SilentAsync(Feed(subscription, members));
}
