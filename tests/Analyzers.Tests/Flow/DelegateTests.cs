using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>Lambdas, local functions, and delegates in variables and fields.</summary>
public class DelegateTests
{
    [Fact]
    public void A_local_function_is_called_where_it_is_called()
    {
        var s = Snippet.OfBody("""
            void Check() { if (!_c.IsOpen) throw new Exception(); }
            bool Fine() => _c.IsOpen;
            At("before");
            if (Fine()) At("then");
            Check();
            At("after");
            """);
        Assert.Equal("", s.Facts("before"));
        Assert.Equal("_c.IsOpen=true", s.Facts("then"));
        Assert.Contains("_c.IsOpen", s.Facts("after"));
    }

    [Fact]
    public void A_local_function_writes_the_variables_around_it()
    {
        var s = Snippet.OfBody("""
            var w = _c;
            void Renew() { w = new WireClient(); }
            Renew();
            At("after", w);
            """);
        Assert.NotEqual("_c", s.Value("after"));
    }

    [Fact]
    public void A_local_function_has_a_summary_of_its_own()
    {
        var s = Snippet.Of("""void M(WireClient p) { Say(); void Say() { if (p.IsOpen) At("in"); p.Send(""); } }""", "Say");
        Assert.Equal("p.IsOpen=true", s.Facts("in"));
        Assert.Equal(["p.Send"], s.Sends);
    }

    [Fact]
    public void A_lambda_has_a_summary_of_its_own()
    {
        var s = Snippet.Of("""void M(WireClient p) { _c.Received += (_, text) => { if (!p.IsOpen) return; At("in"); p.Send(text); _c.Send(text); }; }""", "lambda");
        Assert.Equal("p.IsOpen=true", s.Facts("in"));
        Assert.Equal(["_c.Send"], s.Sends);
    }

    [Fact]
    public void A_lambda_in_a_lambda_has_one_too()
    {
        var s = Snippet.OfSources("lambda", """class C { static void Run(Action a) => a(); void M(WireClient p) { static void F() { } F(); Action outer = () => Run(delegate { p.Send(""); }); } }""");
        Assert.Equal(["p.Send via Run"], s.Sends);
    }

    [Fact]
    public void What_a_lambda_does_is_not_done_where_it_stands()
    {
        var s = Snippet.OfBody("""Action close = () => _c.Close(); At("after", _c);""");
        Assert.Equal("", s.Marks("after"));
        Assert.Contains(s.Events(EventKind.Delegate), e => e.Value.Atoms is [Atom.Function]);
    }

    [Theory]
    [InlineData("Action say = () => _c.Send(\"\"); say();")]
    [InlineData("Action say = Say; say();")]
    [InlineData("Action say = this.Say; say.Invoke();")]
    [InlineData("Action<string> say = _c.Send; var s = say; _ = s; Say();")]
    [InlineData("new List<int> { 1 }.ForEach(n => _c.Send(\"\"));")]
    public void Calling_a_delegate_runs_its_function(string body)
    {
        var s = Snippet.Of($$"""void Say() => _c.Send(""); void M() { {{body}} }""");
        Assert.Contains(s.Sends, send => send.StartsWith("_c.Send via", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delegate_that_answers_is_a_check()
    {
        var s = Snippet.Of("""
            readonly Func<bool> _fine;
            C() { _fine = () => _c.IsOpen; }
            void M() { Func<WireClient, bool> open = w => w.IsOpen; if (open(_d!)) At("local"); if (_fine()) At("field"); }
            """);
        Assert.Equal("_d.IsOpen=true", s.Facts("local"));
        Assert.Contains("_c.IsOpen=true", s.Facts("field").Split(", "));
    }

    [Fact]
    public void A_private_field_is_all_that_is_assigned_to_it()
    {
        var s = Snippet.Of("""
            Action<string>? _say;
            void Loud(string t) => _c.Send(t);
            void Choose() { _say = _flag ? Loud : t => _d!.Send(t); _say = null; }
            void M() { _say!("x"); }
            """);
        Assert.Equal(["_c.Send via Loud", "_d.Send via "], s.Sends.Order());
    }

    [Fact]
    public void A_field_that_gets_an_unknown_delegate_is_unknown()
    {
        var s = Snippet.Of("""
            Action<string> _say = t => { };
            void Set(Action<string> say) { _say = say; }
            void M() { if (!_c.IsOpen) return; _say("x"); At("after"); }
            """);
        Assert.Empty(s.Sends);
        Assert.Equal("_c.IsOpen=true @UserCode", s.Facts("after"));
    }

    [Fact]
    public void A_field_that_others_can_set_is_unknown()
    {
        var s = Snippet.Of("""public Action Say = () => { }; void M() { Say(); At("after"); }""");
        Assert.Empty(s.Sends);
        Assert.True(s.Reaches("after"));
    }

    [Fact]
    public void A_delegate_handed_to_a_helper_runs_there()
    {
        var s = Snippet.Of("""
            static void Run(Action a) { a(); }
            static void RunTrying(Action a) { try { a(); } catch (Exception) { } }
            void M() { Run(() => _c.Send("")); RunTrying(() => _d!.Send("")); }
            """);
        Assert.Equal(["_c.Send via Run"], s.Sends);
    }

    [Fact]
    public void An_event_raised_here_is_somebody_elses_code()
    {
        var s = Snippet.Of("""event Action? Happened; void M() { if (!_c.IsOpen) return; Happened?.Invoke(); At("after"); }""");
        Assert.Contains("_c.IsOpen=true", s.Facts("after"));
        Assert.Empty(s.Sends);
    }

    [Fact]
    public void A_subscription_is_recorded_with_its_handler()
    {
        var s = Snippet.Of("""void OnError(object? sender, EventArgs e) { } void M() { _c.Error += OnError; _c.Error -= OnError; }""");
        var happened = Assert.Single(s.Events(EventKind.Subscribe));
        Assert.Equal("_c", Text.Value(happened.Value));
        Assert.Equal("this.OnError()", Text.Value(happened.Handler));
    }

    [Fact]
    public void Setting_a_callback_property_is_a_subscription()
    {
        var s = Snippet.OfSources("M", """
            class Peer { public Action? OnClosed { get; set; } public Action? Closed; }
            class C { void M(Peer peer) { peer.OnClosed = () => { }; peer.Closed = () => { }; } }
            """);
        Assert.Equal(["peer", "peer"], s.Events(EventKind.Subscribe).Select(e => Text.Value(e.Value)));
    }
}
