namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What lies between a check and its use, and may have made it untrue.</summary>
public class GapTests
{
    [Theory]
    [InlineData("await Task.Delay(1);", "Await")]
    [InlineData("await Task.Yield();", "Await")]
    [InlineData("await Task.Delay(1).ConfigureAwait(false);", "Await")]
    [InlineData("await using (var w = new WireClient()) { }", "Await")]
    [InlineData("Thread.Sleep(1);", "Slept")]
    [InlineData("lock (_sync) { }", "LockReleased")]
    [InlineData("Monitor.Exit(_sync);", "LockReleased")]
    [InlineData("action();", "UserCode")]
    [InlineData("await Task.Delay(1); Thread.Sleep(1);", "Await, Slept")]
    public async Task A_check_is_out_of_date_after(string between, string gap)
    {
        var s = Snippet.Of($$"""async Task M(Action action) { if (!_c.IsOpen) return; At("before"); {{between}} At("after"); await Task.CompletedTask; }""");
        Assert.Equal("_c.IsOpen=true", s.Facts("before"));
        Assert.Equal("_c.IsOpen=true @" + gap, s.Facts("after"));
        await Task.CompletedTask;
    }

    [Theory]
    [InlineData("Wire.Any();")]
    [InlineData("Wire.Use(_c);")]
    [InlineData("_count++;")]
    [InlineData("var w = new WireClient();")]
    [InlineData("_c.Send(\"\");")]
    [InlineData("await _c.SendAsync(\"\");")]
    [InlineData("await _c.ReceiveAsync().ConfigureAwait(false);")]
    [InlineData("lock (_sync) { At(\"in\"); _c.Send(\"\"); if (_flag) return; } if (!_c.IsOpen) return;")]
    public void A_check_is_still_good_after(string between)
    {
        var s = Snippet.Of($$"""async Task M() { if (!_c.IsOpen) return; {{between}} At("after"); await Task.CompletedTask; }""");
        Assert.Contains("_c.IsOpen=true", s.Facts("after").Split(", "));
    }

    [Theory]
    [InlineData("_c.Close();")]
    [InlineData("_c.Dispose();")]
    [InlineData("_c.Open();")]
    public void A_check_is_over_after(string between)
    {
        var s = Snippet.OfBody($$"""if (!_c.IsOpen) return; {{between}} At("after");""");
        Assert.Equal("", s.Facts("after"));
    }

    [Fact]
    public void Closing_one_connection_says_nothing_of_another()
    {
        var s = Snippet.OfBody("""if (!_c.IsOpen) return; _d?.Close(); At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void Writing_a_flag_ends_what_was_known_of_it()
    {
        var s = Snippet.OfBody("""if (_flag) return; At("before"); _flag = true; At("after");""");
        Assert.Equal("_flag=false", s.Facts("before"));
        Assert.Equal("", s.Facts("after"));
    }

    [Fact]
    public void Counting_up_ends_what_was_known_of_the_count()
    {
        var s = Snippet.OfBody("""if (_count == 2) { _count += 2; At("added"); } if (_count == 0) { _count++; At("increased"); }""");
        Assert.Equal("", s.Facts("added"));
        Assert.Equal("", s.Facts("increased"));
    }

    [Fact]
    public void A_second_look_makes_the_check_fresh()
    {
        var s = Snippet.OfAsync("""if (!_c.IsOpen) return; await Task.Yield(); At("stale"); if (!_c.IsOpen) return; At("fresh");""");
        Assert.Equal("_c.IsOpen=true @Await", s.Facts("stale"));
        Assert.Equal("_c.IsOpen=true", s.Facts("fresh"));
    }

    [Fact]
    public void A_boolean_grows_old_with_the_check_in_it()
    {
        var s = Snippet.OfAsync("""var ok = _c.IsOpen; await Task.Yield(); if (ok) At("then");""");
        Assert.Equal("_c.IsOpen=true @Await", s.Facts("then"));
    }

    [Fact]
    public void A_state_in_a_local_grows_old()
    {
        var s = Snippet.OfAsync("""var state = _c.State; await Task.Yield(); if (state == WireState.Open) At("then", state);""");
        Assert.Equal("_c.State=Open @Await", s.Facts("then"));
        Assert.Equal("_c.State @Await", s.Value("then"));
    }

    [Fact]
    public void A_reference_does_not_grow_old()
    {
        var s = Snippet.OfAsync("""var c = _c; await Task.Yield(); At("after", c);""");
        Assert.Equal("_c", s.Value("after"));
    }

    [Fact]
    public void An_await_of_the_connection_itself_keeps_its_check_and_not_others()
    {
        var s = Snippet.OfAsync("""if (!_c.IsOpen || !_d!.IsOpen) return; await _c.SendAsync(""); At("after");""");
        Assert.Equal("_c.IsOpen=true, _d.IsOpen=true @Await", s.Facts("after"));
    }

    [Fact]
    public void Await_foreach_awaits_before_each_element()
    {
        var s = Snippet.Of("""
            async IAsyncEnumerable<int> Numbers() { await Task.Yield(); yield return 1; }
            async Task M() { if (!_c.IsOpen) return; await foreach (var n in Numbers()) { At("in"); if (!_c.IsOpen) break; At("again"); } }
            """);
        Assert.Equal("_c.IsOpen=true @Await", s.Facts("in"));
        Assert.Equal("_c.IsOpen=true", s.Facts("again"));
    }

    [Fact]
    public void A_helpers_own_check_is_as_fresh_as_its_end()
    {
        var s = Snippet.Of("""
            async Task NeedAsync() { await Task.Yield(); if (!_c.IsOpen) throw new InvalidOperationException(); }
            async Task M() { await NeedAsync(); At("after"); }
            """);
        Assert.Equal("_c.IsOpen=true !", s.Facts("after"));
    }

    [Fact]
    public void A_helpers_check_before_its_own_await_is_old()
    {
        var s = Snippet.Of("""
            async Task NeedAsync() { if (!_c.IsOpen) throw new InvalidOperationException(); await Task.Yield(); }
            async Task M() { await NeedAsync(); At("after"); }
            """);
        Assert.Equal("_c.IsOpen=true @Await !", s.Facts("after"));
    }

    [Fact]
    public void A_callers_check_is_old_after_an_awaited_helper_that_says_nothing()
    {
        var s = Snippet.Of("""
            async Task OtherAsync() { await Task.Yield(); }
            async Task M() { if (!_c.IsOpen) return; await OtherAsync(); At("after"); }
            """);
        Assert.Equal("_c.IsOpen=true @Await", s.Facts("after"));
    }

    [Fact]
    public void An_asynchronous_question_is_answered_when_it_ends()
    {
        var s = Snippet.Of("""
            async Task<bool> IsFineAsync() { await Task.Yield(); return _c.IsOpen; }
            async Task M() { if (!await IsFineAsync()) return; At("after"); }
            """);
        Assert.Contains("_c.IsOpen=true", s.Facts("after").Split(", "));
    }

    [Fact]
    public void A_getter_that_opens_gives_what_is_open()
    {
        var s = Snippet.Of("""
            async Task<WireClient> GetAsync()
            {
                if (_d is { IsOpen: true }) return _d;
                _d = new WireClient();
                await _d.OpenAsync();
                return _d;
            }
            async Task M() { var c = await GetAsync(); At("before", c); c.Send("1"); await Task.Yield(); c.Send("2"); }
            """);
        Assert.Equal("_d or created", s.Value("before"));
        Assert.Contains("_d.IsOpen=true", s.Facts("before").Split(", "));
    }

    [Fact]
    public void A_lock_inside_a_helper_is_no_gap_of_the_caller()
    {
        var s = Snippet.Of("""
            bool IsFine { get { lock (_sync) return _c.IsOpen; } }
            void M() { if (!IsFine) return; At("after"); _c.Send(""); }
            """);
        Assert.Empty(s.Sends);
    }
}
