namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>The check stands, and something lies between it and the send.</summary>
public class Reports
{
    internal static string Feed(string body, string members = "") => $$"""
        class Feed(WireClient client)
        {
            private readonly WireClient _client = client;
            private readonly WireClient _other = new();
            private readonly object _sync = new();
            private readonly Lock _lock = new();
            private readonly SemaphoreSlim _gate = new(1, 1);
            private bool _closed;

            public event Action<string>? Sending;

            public async Task RunAsync(string text, Action before, Func<Task<string>> load) { await Task.CompletedTask; {{body}} }

            public void Dispose() => _closed = true;

            {{members}}
        }
        """;

    [Theory]
    [InlineData("if (!_client.IsOpen) return; await Task.Delay(1); {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (_client.IsOpen) { await Task.Delay(1); {|LCA2002:_client.Send(text)|}; }")]
    [InlineData("if (_client.State == WireState.Open) { var t = await load(); await {|LCA2002:_client.SendAsync(t)|}; }")]
    [InlineData("if (_client.State is WireState.Closing or WireState.Closed) return; await _gate.WaitAsync(); {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (_closed) return; await load(); {|LCA2002:_client.Send(text)|};")]
    [InlineData("var open = _client.IsOpen; await load(); if (open) {|LCA2002:_client.Send(text)|};")]
    [InlineData("while (_client.IsOpen) { var t = await load(); {|LCA2002:_client.Send(t)|}; }")]
    [InlineData("if (!_client.IsOpen) return; Thread.Sleep(5); {|LCA2002:_client.Send(text)|};")]
    [InlineData("using var told = new ManualResetEventSlim(); if (!_client.IsOpen) return; told.Wait(); {|LCA2002:_client.Send(text)|};")]
    [InlineData("using var told = new AutoResetEvent(false); if (!_client.IsOpen) return; if (!told.WaitOne(500)) return; {|LCA2002:_client.Send(text)|};")]
    [InlineData("var work = new Thread(() => { }); if (!_client.IsOpen) return; work.Join(); {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (!_client.IsOpen) return; before(); {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (!_client.IsOpen) return; Sending?.Invoke(text); {|LCA2002:_client.Send(text)|};")]
    [InlineData("lock (_sync) { if (!_client.IsOpen) return; } {|LCA2002:_client.Send(text)|};")]
    [InlineData("lock (_lock) { if (!_client.IsOpen) return; } {|LCA2002:_client.Send(text)|};")]
    [InlineData("lock (_lock) { if (!_client.IsOpen) return; } if (text.Length > 0) {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (text.Length > 0) { lock (_lock) { if (!_client.IsOpen) return; } } else if (!_client.IsOpen) { return; } {|LCA2002:_client.Send(text)|};")]
    [InlineData("using (_lock.EnterScope()) { if (!_client.IsOpen) return; } {|LCA2002:_client.Send(text)|};")]
    [InlineData("_lock.Enter(); try { if (!_client.IsOpen) return; } finally { _lock.Exit(); } {|LCA2002:_client.Send(text)|};")]
    [InlineData("await _gate.WaitAsync(); try { if (!_client.IsOpen) return; } finally { _gate.Release(); } {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (!_client.IsOpen) return; lock (_sync) { _closed = false; } {|LCA2002:_client.Send(text)|};")]
    [InlineData("if (!_client.IsOpen) throw new InvalidOperationException(); await load(); {|LCA2002:_client.Send(text)|};")]
    // An operation on another connection proves nothing of this one.
    [InlineData("if (!_client.IsOpen) return; await _other.SendAsync(text); {|LCA2002:_client.Send(text)|};")]
    // One report for each gap.
    [InlineData("if (!_client.IsOpen) return; await load(); {|LCA2002:_client.Send(text)|}; _client.Send(text);")]
    [InlineData("if (!_client.IsOpen) return; await load(); await {|LCA2002:_client.SendAsync(text)|}; await load(); await {|LCA2002:_client.SendAsync(text)|};")]
    // A try that does not see what a send throws.
    [InlineData("if (!_client.IsOpen) return; await load(); try { {|LCA2002:_client.Send(text)|}; } catch (FormatException) { }")]
    [InlineData("if (!_client.IsOpen) return; await load(); try { {|LCA2002:_client.Send(text)|}; } finally { _closed = true; }")]
    public Task The_send(string body) => Case.HoldsAsync(Feed(body));

    [Theory]
    [InlineData("if (!Usable()) return; await load(); {|LCA2002:_client.Send(text)|};", "bool Usable() => _client.IsOpen;")]
    [InlineData("if (!Usable()) return; await load(); {|LCA2002:_client.Send(text)|};", "bool Usable() { lock (_sync) return _client.IsOpen; }")]
    [InlineData("if (!_client.IsOpen) return; await load(); {|LCA2002:Say(text)|};", "void Say(string t) => _client.Send(t);")]
    [InlineData("if (!_client.IsOpen) return; Tell(text); {|LCA2002:_client.Send(text)|};", "void Tell(string t) => Sending?.Invoke(t);")]
    [InlineData("if (!_client.IsOpen) return; Pause(); {|LCA2002:_client.Send(text)|};", "static void Pause() => Thread.Sleep(1);")]
    public Task Through_helpers(string body, string members) => Case.HoldsAsync(Feed(body, members));

    [Fact]
    public Task The_message_names_the_check_the_gap_the_connection_and_the_send() => Case.HoldsAsync(
        Feed("if (!_client.IsOpen) return; await load(); {|#0:_client.Send(text)|};"),
        Case.Diagnostic("LCA2002").WithLocation(0).WithMessage("'IsOpen' was asked before an await; '_client' can have ended when 'Send' sends on it"));

    [Theory]
    [InlineData("Thread.Sleep(1);", "a wait")]
    [InlineData("before();", "a call into other code")]
    public Task The_message_tells_the_gap(string gap, string words) => Case.HoldsAsync(
        Feed("if (!_client.IsOpen) return; " + gap + " {|#0:_client.Send(text)|};"),
        Case.Diagnostic("LCA2002").WithLocation(0).WithMessage($"'IsOpen' was asked before {words}; '_client' can have ended when 'Send' sends on it"));

    [Fact]
    public Task In_a_callback_the_check_that_stands_is_this_rules_alone() => Case.HoldsAsync("""
        class Feed
        {
            public Feed(WireClient client, Func<Task> load) => client.Received += async (_, text) =>
            {
                if (!client.IsOpen) return;
                await load();
                {|LCA2002:client.Send(text)|};
            };

            public void Unchecked(WireClient client, Func<Task> load) => client.Received += async (_, text) =>
            {
                await load();
                {|LCA2001:client.Send(text)|};
            };
        }
        """);
}
