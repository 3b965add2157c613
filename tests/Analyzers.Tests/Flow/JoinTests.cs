namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What is known after ways have met, and around loops.</summary>
public class JoinTests
{
    [Fact]
    public void A_check_holds_on_its_branch_only()
    {
        var s = Snippet.OfBody("""if (_c.IsOpen) At("then"); else At("else"); At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("then"));
        Assert.Equal("_c.IsOpen=false", s.Facts("else"));
        // That it was asked is all that both ways have in common.
        Assert.Equal("_c.IsOpen=false|true", s.Facts("after"));
    }

    [Fact]
    public void An_early_return_leaves_the_check()
    {
        var s = Snippet.OfBody("""if (!_c.IsOpen) return; At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
        Assert.Equal("_c.IsOpen=false|true", s.ExitFacts);
    }

    [Fact]
    public void An_enum_that_is_and_is_not_the_value_says_nothing_after_the_join()
    {
        var s = Snippet.OfBody("""if (_c.State == WireState.Open) At("then"); else At("else"); At("after");""");
        Assert.Equal("_c.State=Open", s.Facts("then"));
        Assert.Equal("_c.State!=Open", s.Facts("else"));
        Assert.Equal("", s.Facts("after"));
    }

    [Fact]
    public void Ways_that_checked_alike_keep_the_check()
    {
        var s = Snippet.OfBody("""
            if (_flag) { if (_c.State != WireState.Open) return; }
            else if (_c.State is not (WireState.Open or WireState.Opening)) return;
            At("after");
            """);
        Assert.Equal("_c.State=Open|Opening, _flag=false|true", s.Facts("after"));
    }

    [Fact]
    public void A_check_on_one_way_only_is_lost()
    {
        var s = Snippet.OfBody("""if (_flag) { if (!_c.IsOpen) return; At("in"); } At("after");""");
        Assert.Equal("_c.IsOpen=true, _flag=true", s.Facts("in"));
        Assert.Equal("_flag=false|true", s.Facts("after"));
    }

    [Fact]
    public void A_value_of_several_ways_is_all_of_them()
    {
        var s = Snippet.OfBody("""WireClient c; if (_flag) c = _c; else c = new WireClient(); At("after", c);""");
        Assert.Equal("_c or created", s.Value("after"));
    }

    [Fact]
    public void A_loop_condition_holds_inside_and_is_over_behind()
    {
        var s = Snippet.OfBody("""while (_c.IsOpen) { At("in"); Wire.Any(); } At("out");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("in"));
        Assert.Equal("_c.IsOpen=false", s.Facts("out"));
    }

    [Fact]
    public void The_first_round_of_a_do_loop_is_unchecked()
    {
        var s = Snippet.OfBody("""do { At("in"); } while (_c.IsOpen); At("out");""");
        Assert.Equal("", s.Facts("in"));
        Assert.Equal("_c.IsOpen=false", s.Facts("out"));
    }

    [Fact]
    public void What_the_last_round_did_is_there_in_the_next()
    {
        var s = Snippet.OfBody("""
            WireClient? w = null;
            for (var i = 0; i < 3; i++) { At("in", w); w = new WireClient(); At("end", w); }
            At("out", w);
            """);
        Assert.Equal("created or null", s.Value("in"));
        Assert.Equal("created", s.Value("end"));
        Assert.Equal("created or null", s.Value("out"));
    }

    [Fact]
    public void A_value_born_again_has_lost_what_the_last_one_had()
    {
        var s = Snippet.OfBody("""
            while (_flag)
            {
                var w = new WireClient();
                At("new", w);
                w.Error += (_, _) => { };
                if (w.IsOpen) At("checked", w);
            }
            """);
        Assert.Equal("Fresh", s.Marks("new"));
        Assert.Equal("_flag=true", s.Facts("new"));
        Assert.Equal("Fresh, Attached", s.Marks("checked"));
    }

    [Fact]
    public void Break_and_continue_go_their_ways()
    {
        var s = Snippet.OfBody("""
            for (;;)
            {
                if (_c.State == WireState.Closed) return;
                if (_c.State != WireState.Open) continue;
                At("open");
                break;
            }
            At("out");
            """);
        Assert.Equal("_c.State=Open", s.Facts("open"));
        Assert.Equal("_c.State=Open", s.Facts("out"));
    }

    [Fact]
    public void Goto_is_a_way_like_others()
    {
        var s = Snippet.OfBody("""
            if (_c.IsOpen) goto send;
            return;
            send: At("send");
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("send"));
    }

    [Fact]
    public void Foreach_hands_out_elements_of_the_collection()
    {
        var s = Snippet.Of("""
            List<WireClient> _all = [];
            void M() { foreach (var w in _all) { At("in", w); if (!w.IsOpen) continue; At("open"); } At("out"); }
            """);
        Assert.Equal("iterated(_all)", s.Value("in"));
        Assert.Equal("", s.Facts("in"));
        Assert.Equal("iterated(_all).IsOpen=true", s.Facts("open"));
    }

    [Fact]
    public void A_filter_on_the_collection_is_a_check_of_its_elements()
    {
        var s = Snippet.Of("""
            List<WireClient> _all = [];
            void M() { foreach (var w in _all.Where(w => w.IsOpen)) At("in", w); foreach (var w in _all.Where(w => w.Address != "")) At("other", w); }
            """);
        Assert.Equal("iterated.IsOpen=true", s.Facts("in"));
        Assert.DoesNotContain("IsOpen=true, iterated.IsOpen=true", s.Facts("other"));
    }

    [Fact]
    public void What_never_returns_has_no_exit()
    {
        Assert.Equal("never returns", Snippet.OfBody("throw new Exception();").ExitFacts);
        Assert.Equal("never returns", Snippet.OfBody("while (true) { Wire.Any(); }").ExitFacts);
        Assert.Equal("", Snippet.OfBody("while (true) { if (Wire.Any()) break; }").ExitFacts);
    }

    /// <summary>An async method comes back at its first await; only who waits for its end never goes on.</summary>
    [Theory]
    [InlineData("_ = LoopAsync(); At(\"behind\");", true)]
    [InlineData("var loop = LoopAsync(); At(\"behind\"); await loop;", true)]
    [InlineData("StartAsync(); At(\"behind\");", true)]
    [InlineData("await Task.WhenAny(LoopAsync(), Task.Delay(1)); At(\"behind\");", true)]
    [InlineData("await LoopAsync(); At(\"behind\");", false)]
    [InlineData("await LoopAsync().ConfigureAwait(false); At(\"behind\");", false)]
    public void A_loop_without_an_end_is_waited_for_or_left_running(string body, bool goesOn) => Assert.Equal(goesOn, Snippet.Of($$"""
        async Task LoopAsync() { while (true) await Task.Delay(1); }
        async void StartAsync() { while (true) await Task.Delay(1); }
        async Task M() { {{body}} await Task.Yield(); }
        """).Reaches("behind"));

    [Fact]
    public void Code_that_is_never_reached_is_not_recorded()
    {
        var s = Snippet.OfBody("""
            #pragma warning disable CS0162
            At("first"); return; At("dead");
            """);
        Assert.True(s.Reaches("first"));
        Assert.False(s.Reaches("dead"));
    }
}
