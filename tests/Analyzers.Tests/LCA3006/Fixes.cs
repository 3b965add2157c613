using LifecycleAnalyzers.CodeFixes.Reuse;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3006IgnoreReplacedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3006;

/// <summary>The handler asks whose event it is.</summary>
public class Fixes
{
    private static string Feed(string renew, string members) => $$"""
        using Wires;

        class Feed
        {
            private WireClient? _session;

            public void Renew()
            {
                {{renew}}
            }

            {{members}}
        }
        """;

    [Theory]
    // A method that is told the sender
    [InlineData("private void OnClosed(object? sender, EventArgs e)\n    {\n        // it has gone\n        _session = null;\n    }",
        "private void OnClosed(object? sender, EventArgs e)\n    {\n        if (!ReferenceEquals(sender, _session)) return;\n        // it has gone\n        _session = null;\n    }")]
    [InlineData("private void OnClosed(object? sender, EventArgs e) => _session = null;",
        "private void OnClosed(object? sender, EventArgs e)\n    {\n        if (!ReferenceEquals(sender, _session)) return;\n        _session = null;\n    }")]
    [InlineData("private void OnClosed(object? who, EventArgs e) { _session?.Dispose(); _session = null; }",
        "private void OnClosed(object? who, EventArgs e) { if (!ReferenceEquals(who, _session)) return; _session?.Dispose(); _session = null; }")]
    [InlineData("private void OnClosed(object? _, EventArgs e) { _session?.Dispose(); }",
        "private void OnClosed(object? sender, EventArgs e) { if (!ReferenceEquals(sender, _session)) return; _session?.Dispose(); }")]
    [InlineData("private async void OnClosed(object? sender, EventArgs e) { await Task.Yield(); _session = null; }",
        "private async void OnClosed(object? sender, EventArgs e) { if (!ReferenceEquals(sender, _session)) return; await Task.Yield(); _session = null; }")]
    public Task A_method_asks_for_its_sender(string handler, string becomes) => Fix.BecomesAsync(
        Feed("var s = new WireClient(); s.Closed += OnClosed; {|LCA3006:_session = s|};", handler),
        Feed("var s = new WireClient(); s.Closed += OnClosed; _session = s;", becomes));

    [Theory]
    [InlineData("var s = new WireClient(); s.Closed += (sender, _) => { _session = null; }; {|LCA3006:_session = s|};",
        "var s = new WireClient(); s.Closed += (sender, _) => { if (!ReferenceEquals(sender, _session)) return; _session = null; }; _session = s;")]
    [InlineData("var s = new WireClient(); s.Closed += (_, _) => _session = null; {|LCA3006:_session = s|};",
        "var s = new WireClient(); s.Closed += (sender, _) => { if (!ReferenceEquals(sender, _session)) return; _session = null; }; _session = s;")]
    [InlineData("{|LCA3006:_session = new WireClient()|}; _session.Closed += delegate { _session = null; };",
        "_session = new WireClient(); var current = _session; current.Closed += delegate { if (!ReferenceEquals(current, _session)) return; _session = null; };")]
    public Task A_lambda_asks(string renew, string becomes) => Fix.BecomesAsync(Feed(renew, ""), Feed(becomes, ""));

    [Fact]
    public Task All_handlers_ask() => Fix.BecomesAsync(
        Feed("var s = new WireClient(); s.Closed += OnClosed; s.Error += OnError; {|LCA3006:_session = s|};", "private void OnClosed(object? sender, EventArgs e) { _session = null; }\n    private void OnError(object? sender, EventArgs e) { _session?.Close(); }"),
        Feed("var s = new WireClient(); s.Closed += OnClosed; s.Error += OnError; _session = s;", "private void OnClosed(object? sender, EventArgs e) { if (!ReferenceEquals(sender, _session)) return; _session = null; }\n    private void OnError(object? sender, EventArgs e) { if (!ReferenceEquals(sender, _session)) return; _session?.Close(); }"));

    private static string Plain(string renew, string members) => $$"""
        class PriceLink
        {
            public event Action? Ended;
            public event Action<Exception?>? Failed;
            public event Func<Exception?, Task>? Lost;
            public bool IsOpen { get; private set; } = true;
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() { IsOpen = false; Ended?.Invoke(); Failed?.Invoke(null); Lost?.Invoke(null); }
        }

        class Desk
        {
            private PriceLink? _link;

            public void Renew()
            {
                {{renew}}
            }

            {{members}}
        }
        """;

    [Theory]
    // No sender: the new one is captured
    [InlineData("var l = new PriceLink(); l.Ended += () => _link = null; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Ended += () => { if (!ReferenceEquals(l, _link)) return; _link = null; }; _link = l;")]
    [InlineData("var l = new PriceLink(); l.Failed += e => { _link = null; }; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Failed += e => { if (!ReferenceEquals(l, _link)) return; _link = null; }; _link = l;")]
    [InlineData("var l = new PriceLink(); l.Lost += e => { _link = null; return Task.CompletedTask; }; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Lost += e => { if (!ReferenceEquals(l, _link)) return Task.CompletedTask; _link = null; return Task.CompletedTask; }; _link = l;")]
    [InlineData("var l = new PriceLink(); l.Lost += async e => { await Task.Yield(); _link = null; }; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Lost += async e => { if (!ReferenceEquals(l, _link)) return; await Task.Yield(); _link = null; }; _link = l;")]
    [InlineData("{|LCA3006:_link = new PriceLink()|};\n        _link.Ended += () => _link = null;", "_link = new PriceLink();\n        var current = _link;\n        current.Ended += () => { if (!ReferenceEquals(current, _link)) return; _link = null; };")]
    public Task The_session_is_captured(string renew, string becomes) => Fix.BecomesAsync(Plain(renew, ""), Plain(becomes, ""));

    [Theory]
    [InlineData("var l = new PriceLink(); l.Ended += OnEnded; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Ended += () => { if (!ReferenceEquals(l, _link)) return; OnEnded(); }; _link = l;")]
    [InlineData("var l = new PriceLink(); l.Failed += OnFailed; {|LCA3006:_link = l|};", "var l = new PriceLink(); l.Failed += error => { if (!ReferenceEquals(l, _link)) return; OnFailed(error); }; _link = l;")]
    public Task A_method_without_a_sender_is_asked_for(string renew, string becomes)
    {
        const string members = "private void OnEnded() => _link = null;\n    private void OnFailed(Exception? error) { _link?.Close(); }";
        return Fix.BecomesAsync(Plain(renew, members), Plain(becomes, members));
    }

    [Fact]
    public Task What_is_detached_by_name_is_left() => Fix.StaysAsync(Plain(
        "var l = new PriceLink(); l.Ended += OnEnded; {|LCA3006:_link = l|};", "private void OnEnded() => _link = null;\n    public void Leave() { if (_link != null) _link.Ended -= OnEnded; }"));
}
