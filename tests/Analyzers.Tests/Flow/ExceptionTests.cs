using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>try, catch, finally, using, lock: the normal ways and the exceptional ones, kept apart.</summary>
public class ExceptionTests
{
    [Fact]
    public void A_catch_is_entered_from_every_operation_of_the_try()
    {
        var s = Snippet.OfBody("""
            try { Wire.Any(); if (!_c.IsOpen) return; Wire.Any(); At("try"); }
            catch (IOException) { At("catch"); }
            At("after");
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("try"));
        Assert.Equal("", s.Facts("catch"));
        Assert.Equal("", s.Facts("after"));
    }

    [Fact]
    public void What_was_known_before_the_try_is_known_in_its_catch()
    {
        var s = Snippet.OfBody("""
            if (!_c.IsOpen) return;
            try { Wire.Any(); } catch (IOException) { At("catch"); }
            At("after");
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("catch"));
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void An_assignment_in_the_try_may_or_may_not_have_happened_in_the_catch()
    {
        var s = Snippet.OfBody("""
            var c = _c;
            try { Wire.Any(); c = new WireClient(); Wire.Any(); } catch (IOException) { At("catch", c); }
            At("after", c);
            """);
        Assert.Equal("_c or created", s.Value("catch"));
        Assert.Equal("_c or created", s.Value("after"));
    }

    [Fact]
    public void Every_catch_and_filter_sees_the_exception()
    {
        var s = Snippet.OfBody("""
            try { _c = new WireClient(); Wire.Any(); }
            catch (IOException) { At("first", _c); }
            catch (Exception e) when (e.Message.Length > 0) { At("filtered", _c); throw; }
            At("after", _c);
            """);
        Assert.Equal("_c or created", s.Value("first"));
        Assert.Equal("_c or created", s.Value("filtered"));
        Assert.Equal("_c or created", s.Value("after"));
    }

    [Fact]
    public void A_finally_is_walked_once_for_each_way_into_it()
    {
        var s = Snippet.OfBody("""
            try { if (!_c.IsOpen) return; At("try"); }
            finally { At("finally"); }
            At("after");
            """);
        Assert.Equal(["_c.IsOpen=false", "_c.IsOpen=true"], s.AllFacts("finally").Order());
        // Nothing of the way that returned has leaked into the one that goes on.
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_throw_through_a_finally_does_not_reach_the_code_behind()
    {
        var s = Snippet.OfBody("""
            try { Wire.Any(); if (!_c.IsOpen) throw new InvalidOperationException(); }
            finally { Wire.Any(); }
            At("after");
            """);
        Assert.Equal("_c.IsOpen=true !", s.Facts("after"));
    }

    [Fact]
    public void A_check_in_the_finally_holds_behind_it()
    {
        var s = Snippet.OfBody("""
            try { Wire.Any(); } finally { if (_c.IsOpen) At("finally"); else throw new IOException(); }
            At("after");
            """);
        Assert.Equal("_c.IsOpen=true !", s.Facts("after"));
    }

    [Fact]
    public void Return_through_a_finally_runs_it()
    {
        var s = Snippet.Of("""
            int M() { try { return _c.IsOpen ? 1 : 0; } finally { _d = _c; At("finally"); } }
            """);
        Assert.Equal("_c.IsOpen=false|true", s.Facts("finally"));
        Assert.Equal("0 or 1", s.Result);
    }

    [Fact]
    public void Nested_finally_blocks_run_from_the_inside_out()
    {
        var s = Snippet.OfBody("""
            try
            {
                try { if (!_c.IsOpen) return; At("try"); }
                finally { _d = null; At("inner", _d); }
                At("between", _d);
            }
            finally { _d = _c; }
            At("after", _d);
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("between"));
        Assert.Equal("null", s.Value("between"));
        Assert.Equal("_c", s.Value("after"));
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void Break_out_of_a_try_runs_its_finally()
    {
        var s = Snippet.OfBody("""
            while (true) { try { if (_c.IsOpen) break; } finally { At("finally"); } }
            At("out");
            """);
        Assert.Equal(["_c.IsOpen=false", "_c.IsOpen=true"], s.AllFacts("finally").Order());
        Assert.Equal("_c.IsOpen=true", s.Facts("out"));
    }

    [Fact]
    public void What_is_thrown_and_caught_here_is_an_ordinary_way()
    {
        var s = Snippet.OfBody("""
            try { if (!_c.IsOpen) throw new IOException(); At("try"); }
            catch (IOException) { At("catch"); return; }
            At("after");
            """);
        // It is caught in this very body: who goes on has been checked firmly.
        Assert.Equal("_c.IsOpen=true", s.Facts("try"));
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_check_whose_other_way_throws_holds_but_by_throwing()
    {
        Assert.Equal("_c.IsOpen=true !", Snippet.OfBody("""if (!_c.IsOpen) throw new InvalidOperationException(); At("after");""").Facts("after"));
        Assert.Equal("_flag=false !", Snippet.OfBody("""ObjectDisposedException.ThrowIf(_flag, this); At("after");""").Facts("after"));
        Assert.Equal("_d!=null !", Snippet.OfBody("""if (_d == null) { Wire.Any(); throw new Exception(); } At("after");""").Facts("after"));
    }

    [Fact]
    public void A_way_that_throws_only_in_part_is_no_check_by_throwing()
    {
        var s = Snippet.OfBody("""if (!_c.IsOpen) { if (_flag) throw new Exception(); return; } At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_firm_check_stays_firm_when_it_is_repeated_by_throwing()
    {
        var s = Snippet.OfBody("""if (!_c.IsOpen) return; if (!_c.IsOpen) throw new Exception(); At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_method_marked_as_never_returning_does_not_return()
    {
        var s = Snippet.Of("""
            [DoesNotReturn] static void Fail() => throw new Exception();
            void M() { if (!_c.IsOpen) Fail(); At("after"); }
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_method_that_throws_after_some_work_does_not_return()
    {
        var s = Snippet.Of("""
            static void Fail() { Wire.Any(); throw new Exception(); }
            void M() { if (!_c.IsOpen) Fail(); At("after"); }
            """);
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Theory]
    [InlineData("""using (var w = new WireClient()) { if (!w.IsOpen) return; At("in", w); } At("after");""", 2)]
    [InlineData("""{ using var w = new WireClient(); At("in", w); } At("after");""", 1)]
    public void A_using_disposes_what_it_holds_on_every_way(string body, int ways)
    {
        var s = Snippet.OfBody(body);
        Assert.Equal("created", s.Value("in"));
        Assert.Equal("Fresh", s.Marks("in"));
        var disposed = s.Events(EventKind.Call).Where(e => e.Symbol?.Name == "Dispose").ToList();
        Assert.All(disposed, e => Assert.Equal("created", Text.Value(e.Value)));
        Assert.Equal(ways, disposed.Select(e => Text.Facts(e.State)).Distinct().Count());
    }

    [Fact]
    public void A_using_over_something_else_changes_nothing()
    {
        var s = Snippet.OfBody("""using (_sync as IDisposable) { if (!_c.IsOpen) return; At("in"); } At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("in"));
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_lock_is_released_on_the_way_out()
    {
        var s = Snippet.OfBody("""lock (_sync) { if (!_c.IsOpen) return; At("in"); } At("after");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("in"));
        Assert.Equal("_c.IsOpen=true @LockReleased", s.Facts("after"));
    }

    [Fact]
    public void A_catch_that_returns_leaves_only_the_success()
    {
        var s = Snippet.OfBody("""try { _c.Open(); } catch (Exception) { return; } At("after", _c);""");
        Assert.Equal("Opened, Proven", s.Marks("after"));
    }

    [Fact]
    public void A_catch_that_goes_on_has_opened_or_not()
    {
        var s = Snippet.OfBody("""try { _c.Open(); } catch (Exception) { } At("after", _c);""");
        Assert.Equal("Opened", s.Marks("after"));
    }
}
