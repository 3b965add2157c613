using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What a call means to its caller: across methods, files, types, overrides, interfaces, generics and recursion.</summary>
public class SummaryTests
{
    [Theory]
    [InlineData("bool Ok() => _c.IsOpen;", "Ok()")]
    [InlineData("bool Ok() { return _c.IsOpen; }", "Ok()")]
    [InlineData("bool Ok() { if (_flag) return false; return _c.IsOpen; }", "Ok()")]
    [InlineData("bool Ok() { if (_c.IsOpen) return true; return false; }", "Ok()")]
    [InlineData("bool Ok => _c.IsOpen;", "Ok")]
    [InlineData("bool Ok { get { return _c.IsOpen && !_flag; } }", "Ok")]
    [InlineData("bool Ok { get => _c is { IsOpen: true }; }", "Ok")]
    [InlineData("bool Deep() => _c.IsOpen; bool Ok() => Deep() && !_flag;", "Ok()")]
    [InlineData("static bool Ok(WireClient c) => c.IsOpen;", "Ok(_c)")]
    [InlineData("static bool Ok(string s, WireClient c) => c.IsOpen;", "Ok(c: _c, s: \"\")")]
    [InlineData("static bool Ok<T>(T c) where T : WireClient => c.IsOpen;", "Ok(_c)")]
    [InlineData("bool Broken() => !_c.IsOpen; ", "!Broken()")]
    [InlineData("bool Try() { if (!_c.IsOpen) return false; _c.Send(\"\"); return true; }", "Try()")]
    [InlineData("C Self => this;", "Self._c.IsOpen")]
    [InlineData("WireClient Get() => _c;", "Get().IsOpen")]
    [InlineData("WireClient Client => _c;", "Client.IsOpen")]
    [InlineData("WireClient Client { get { lock (_sync) return _c; } }", "Client.IsOpen")]
    public void A_helper_that_answers_is_a_check(string helper, string call)
    {
        var s = Snippet.Of($$"""{{helper}} void M() { if ({{call}}) At("then"); else At("else"); }""");
        Assert.Contains("_c.IsOpen=true", s.Facts("then").Split(", "));
        Assert.DoesNotContain("_c.IsOpen=true", s.Facts("else").Split(", "));
    }

    [Theory]
    [InlineData("void Need() { if (!_c.IsOpen) throw new InvalidOperationException(); }", "Need();")]
    [InlineData("WireClient Need() => _c.IsOpen ? _c : throw new InvalidOperationException();", "Need();")]
    [InlineData("static void Need(WireClient c) { if (!c.IsOpen) throw new InvalidOperationException(); }", "Need(_c);")]
    [InlineData("void Inner() { if (!_c.IsOpen) throw new Exception(); } void Need() => Inner();", "Need();")]
    public void A_helper_that_throws_is_a_check_by_throwing(string helper, string call)
    {
        var s = Snippet.Of($$"""{{helper}} void M() { {{call}} At("after"); }""");
        Assert.Equal("_c.IsOpen=true !", s.Facts("after"));
    }

    [Fact]
    public void What_a_helper_does_to_its_argument_is_done()
    {
        var s = Snippet.Of("""
            static void Prepare(WireClient w) { w.Error += (_, _) => { }; w.Open(); }
            static void End(WireClient w) => w.Close();
            void M() { var w = new WireClient(); Prepare(w); At("open", w); End(w); At("closed", w); }
            """);
        Assert.Equal("Fresh, Attached, Opened, Proven", s.Marks("open"));
        Assert.Contains("Closed", s.Marks("closed"));
    }

    [Fact]
    public void A_field_that_a_helper_assigns_is_assigned()
    {
        var s = Snippet.Of("""
            void Set(WireClient w) { _d = w; }
            void Drop() { _d = null; }
            void M() { var w = new WireClient(); Set(w); At("set", _d); Drop(); At("dropped", _d); }
            """);
        Assert.Equal("created", s.Value("set"));
        Assert.Equal("null", s.Value("dropped"));
    }

    [Fact]
    public void A_flag_that_a_helper_writes_is_no_longer_known()
    {
        var s = Snippet.Of("""void Stop() { _flag = true; } void M() { if (_flag) return; Stop(); At("after"); }""");
        Assert.Equal("", s.Facts("after"));
    }

    [Fact]
    public void What_a_factory_makes_is_made_anew_at_each_call()
    {
        var s = Snippet.Of("""
            static WireClient Make() { var w = new WireClient(); w.Error += (_, _) => { }; return w; }
            void M() { var a = Make(); var b = Make(); a.Open(); At("a", a); At("b", b); }
            """);
        Assert.Contains("Opened", s.Marks("a"));
        Assert.DoesNotContain("Opened", s.Marks("b"));
        Assert.Contains("Attached", s.Marks("b"));
    }

    [Fact]
    public void A_parameter_that_is_reassigned_is_the_callees_affair()
    {
        var s = Snippet.Of("""static void Swap(WireClient w) { w = new WireClient(); w.Close(); } void M() { Swap(_c); At("after", _c); }""");
        Assert.Equal("_c", s.Value("after"));
        Assert.Equal("", s.Marks("after"));
    }

    [Fact]
    public void A_ref_parameter_is_the_callers_variable()
    {
        var s = Snippet.Of("""static void Renew(ref WireClient w) { w = new WireClient(); } void M() { var w = _c; Renew(ref w); At("after", w); }""");
        Assert.DoesNotContain("_c", s.Value("after"));
    }

    [Fact]
    public void Sends_are_lifted_with_the_way_to_them()
    {
        var s = Snippet.Of("""
            void Low(WireClient w) => w.Send("");
            void Mid(WireClient w) { Low(w); }
            void M() { Mid(_c); Mid(_d!); }
            """);
        Assert.Equal(["_c.Send via Mid via Low", "_d.Send via Mid via Low"], s.Sends);
    }

    [Fact]
    public void A_check_on_the_way_covers_the_send_behind_it()
    {
        var s = Snippet.Of("""
            void Low(WireClient w) => w.Send("");
            void Mid(WireClient w) { if (w.IsOpen) Low(w); }
            void M() { Mid(_c); if (!_d!.IsOpen) return; Low(_d); Low(_c); }
            """);
        Assert.Equal(["_c.Send via Low"], s.Sends);
    }

    [Fact]
    public void A_catch_on_the_way_covers_the_send_and_validates_nothing()
    {
        var s = Snippet.Of("""
            void Low() => _c.Send("");
            void M() { try { Low(); } catch (InvalidOperationException) { } }
            """);
        Assert.Equal(["_c.Send guarded via Low"], s.Sends);
    }

    [Fact]
    public void A_catch_that_throws_again_covers_nothing()
    {
        var s = Snippet.OfBody("""try { _c.Send(""); } catch (InvalidOperationException) { Wire.Any(); throw; }""");
        Assert.Equal(["_c.Send"], s.Sends);
    }

    [Fact]
    public void A_made_connection_is_valid_but_unguarded()
    {
        Assert.Equal(["created.Send validated"], Snippet.OfBody("""var w = new WireClient(); w.Send("");""").Sends);
    }

    [Fact]
    public void A_throwing_check_validates_and_does_not_guard()
    {
        Assert.Equal(["_c.Send validated"], Snippet.OfBody("""if (!_c.IsOpen) throw new InvalidOperationException(); _c.Send("");""").Sends);
    }

    [Fact]
    public void A_check_before_an_await_guards_and_does_not_validate()
    {
        Assert.Equal(["_c.Send guarded"], Snippet.OfAsync("""if (!_c.IsOpen) return; await Task.Yield(); _c.Send("");""").Sends);
    }

    [Fact]
    public void A_check_of_another_object_covers_nothing()
    {
        Assert.Equal(["_c.Send"], Snippet.OfBody("""if (!_d!.IsOpen) return; _c.Send("");""").Sends);
    }

    [Fact]
    public void A_send_whose_answer_tells_is_none()
    {
        Assert.Empty(Snippet.OfBody("""_c.TrySend(""); if (_c.TrySend("")) At("then");""").Sends);
    }

    [Fact]
    public void A_helper_in_another_file_is_looked_at()
    {
        var s = Snippet.Of(
            """void M() { if (!Helper.IsFine(_c)) return; At("after"); _c.Send(""); Helper.Say(_d!); }""",
            "M",
            """using Wires; static class Helper { public static bool IsFine(WireClient c) => c.IsOpen; public static void Say(WireClient c) => c.Send("x"); }""");
        Assert.Equal("_c.IsOpen=true", s.Facts("after"));
        Assert.Equal(["_d.Send via Say"], s.Sends);
    }

    [Fact]
    public void The_other_part_of_a_partial_class_is_looked_at()
    {
        var s = Snippet.Of(
            """void M() { if (!IsFine()) return; At("after"); Announce(); } partial void Announce();""",
            "M",
            """using Wires; partial class C { bool IsFine() => _c.IsOpen; partial void Announce() { _d!.Send(""); } }""");
        Assert.Contains("_c.IsOpen=true", s.Facts("after").Split(", "));
        Assert.Equal(["_d.Send via Announce"], s.Sends);
    }

    [Fact]
    public void A_base_class_is_looked_at()
    {
        var s = Snippet.OfSources("M", """
            class Base { protected WireClient _b = new(); protected bool IsFine => _b.IsOpen; protected void Say() => _b.Send(""); }
            class C : Base { void M() { if (IsFine) At("then"); Say(); } }
            """);
        Assert.Contains("_b.IsOpen=true", s.Facts("then").Split(", "));
        Assert.Equal(["_b.Send via Say"], s.Sends);
    }

    [Fact]
    public void A_virtual_call_is_the_join_of_its_overrides()
    {
        var s = Snippet.OfSources("M", """
            abstract class Base { protected WireClient _b = new(); protected abstract bool IsFine(); protected virtual void Say() { } void M() { if (IsFine()) At("then"); Say(); } }
            class Left : Base { protected override bool IsFine() => _b.IsOpen; protected override void Say() => _b.Send("l"); }
            class Right : Base { protected override bool IsFine() => _b.State == WireState.Open; protected override void Say() { if (_b.IsOpen) _b.Send("r"); } }
            """);
        // One asks this, one asks that: neither is known for sure.
        Assert.DoesNotContain("_b.State=Open", s.Facts("then"));
        Assert.Equal(["_b.Send via Say"], s.Sends);
    }

    [Fact]
    public void Overrides_that_agree_are_a_check()
    {
        var s = Snippet.OfSources("M", """
            abstract class Base { protected WireClient _b = new(); protected abstract bool Probe(); void M() { if (Probe()) At("then"); } }
            class Left : Base { protected override bool Probe() => _b.IsOpen; }
            class Right : Base { protected override bool Probe() => _b.IsOpen && Wire.Any(); }
            """);
        Assert.Contains("_b.IsOpen=true", s.Facts("then").Split(", "));
    }

    [Fact]
    public void A_call_of_base_is_that_method_alone()
    {
        var s = Snippet.OfSources("M", """
            class Base { protected WireClient _b = new(); protected virtual void Say() { if (_b.IsOpen) _b.Send(""); } }
            class C : Base { protected override void Say() => _b.Send("x"); void M() { base.Say(); } }
            """);
        Assert.Empty(s.Sends);
    }

    [Fact]
    public void An_interface_call_goes_to_its_implementations()
    {
        var s = Snippet.OfSources("M", """
            interface ISay { void Say(WireClient c); bool Asks(WireClient c); }
            class Plain : ISay { public void Say(WireClient c) => c.Send(""); public bool Asks(WireClient c) => c.IsOpen; }
            class Explicit : ISay { void ISay.Say(WireClient c) { if (c.IsOpen) c.Send(""); } bool ISay.Asks(WireClient c) => c.IsOpen && Wire.Any(); }
            class C { WireClient _c = new(); void M(ISay say) { say.Say(_c); if (say.Asks(_c)) At("then"); } }
            """);
        Assert.Equal(["_c.Send via Say"], s.Sends);
        Assert.Contains("_c.IsOpen=true", s.Facts("then").Split(", "));
    }

    [Fact]
    public void An_interface_without_an_implementation_here_is_a_library()
    {
        var s = Snippet.OfSources("M", """
            interface ISay { bool Asks(WireClient c); }
            class C { WireClient _c = new(); void M(ISay say) { var w = new WireClient(); if (say.Asks(w)) At("then", w); } }
            """);
        Assert.Equal("Fresh, Escaped", s.Marks("then"));
        Assert.DoesNotContain("IsOpen", s.Facts("then"));
    }

    [Fact]
    public void Too_many_overrides_are_not_followed()
    {
        var overrides = string.Join("\n", Enumerable.Range(0, 12).Select(i => $"class D{i} : Base {{ protected override void Say() => _b.Send(\"{i}\"); }}"));
        var s = Snippet.OfSources("M", "abstract class Base { protected WireClient _b = new(); protected abstract void Say(); void M() { Say(); At(\"after\"); } }\n" + overrides);
        Assert.Empty(s.Sends);
        Assert.True(s.Reaches("after"));
    }

    [Fact]
    public void A_generic_class_and_method_are_followed()
    {
        var s = Snippet.OfSources("M", """
            class Box<T>(T inner) where T : WireClient { public T Inner { get; } = inner; public bool IsFine => Inner.IsOpen; public void Say() => Inner.Send(""); }
            class C { Box<WireClient> _box = new(new()); static void Say<T>(T c) where T : WireClient => c.Send(""); void M(WireClient c) { if (_box.IsFine) At("then"); _box.Say(); Say(c); } }
            """);
        Assert.Contains("_box.Inner.IsOpen=true", s.Facts("then").Split(", "));
        Assert.Equal(["_box.Inner.Send via Say", "c.Send via Say"], s.Sends);
    }

    [Fact]
    public void A_struct_and_a_record_are_followed()
    {
        var s = Snippet.OfSources("M", """
            readonly struct Lease(WireClient c) { public bool IsFine => c.IsOpen; }
            record Holder(WireClient Client) { public void Say() => Client.Send(""); }
            class C { void M(Lease lease, Holder holder) { if (lease.IsFine) At("then"); holder.Say(); } }
            """);
        Assert.Contains("IsOpen=true", s.Facts("then"));
        Assert.Equal(["holder.Client.Send via Say"], s.Sends);
    }

    [Fact]
    public void Extension_methods_are_followed()
    {
        var s = Snippet.OfSources("M", """
            static class Extensions { public static bool IsFine(this WireClient c) => c.IsOpen; public static void Say(this WireClient c) => c.Send(""); }
            class C { WireClient _c = new(); void M() { if (_c.IsFine()) At("then"); _c.Say(); } }
            """);
        Assert.Contains("_c.IsOpen=true", s.Facts("then").Split(", "));
        Assert.Equal(["_c.Send via Say"], s.Sends);
    }

    [Fact]
    public void Operators_conversions_indexers_and_accessors_do_no_harm()
    {
        var s = Snippet.OfSources("M", """
            class Odd { public static Odd operator +(Odd a, WireClient b) => a; public static implicit operator bool(Odd o) => true; public WireClient this[int i] => new(); public WireClient P { get { return new(); } set { value.Close(); } } }
            class C { WireClient _c = new(); void M(Odd o) { o += _c; if (o) At("then"); At("index", o[1]); o.P = _c; } }
            """);
        Assert.Equal("", s.Facts("then"));
        Assert.Equal("created", s.Value("index"));
    }

    [Fact]
    public void A_primary_constructors_parameter_lives_in_the_object()
    {
        var s = Snippet.OfSources("M", """class P(WireClient inner) { void M() { if (inner.IsOpen) At("then"); inner.Send(""); } }""");
        Assert.Equal("inner.IsOpen=true", s.Facts("then"));
        Assert.Equal(["inner.Send"], s.Sends);
    }

    [Fact]
    public void A_field_initialiser_is_a_body()
    {
        var s = Snippet.OfSources("_made", """class P { WireClient _made = Make(); static WireClient Make() { var w = new WireClient(); w.Open(); return w; } }""");
        Assert.True(s.Body.IsInitialiser);
        Assert.Contains(s.Events(EventKind.Call), e => e.Symbol?.Name == "Make");
    }

    [Fact]
    public void A_constructor_is_a_body()
    {
        var s = Snippet.Of("""C(WireClient given) { _d = given; given.Open(); At("after", _d); }""", ".ctor");
        Assert.True(s.Body.IsConstructor);
        Assert.Equal("given", s.Value("after"));
        Assert.Equal("Opened, Proven", s.Marks("after"));
    }

    [Fact]
    public void Recursion_ends()
    {
        var s = Snippet.Of("""void M() { At("before"); if (Wire.Any()) M(); _c.Send(""); At("after"); }""");
        Assert.True(s.Reaches("after"));
        Assert.Contains("_c.Send", s.Sends);
    }

    [Fact]
    public void Mutual_recursion_ends_and_still_sees_the_send()
    {
        var s = Snippet.Of("""
            void A(int n) { if (n > 0) B(n - 1); }
            void B(int n) { _c.Send(""); A(n); }
            void M() { A(3); At("after"); }
            """);
        Assert.True(s.Reaches("after"));
        Assert.Contains("_c.Send via A via B", s.Sends);
    }

    [Fact]
    public void Recursion_that_never_ends_has_no_bad_effect_on_its_callers()
    {
        var s = Snippet.Of("""bool A() => B(); bool B() => A(); void M() { if (A()) At("then"); }""");
        Assert.True(s.Reaches("then"));
        Assert.DoesNotContain("IsOpen", s.Facts("then"));
    }

    [Fact]
    public void Calls_are_followed_to_a_depth_and_no_further()
    {
        var deep = string.Join(" ", Enumerable.Range(0, 9).Select(i => $"void S{i}() => S{i + 1}();")) + " void S9() => _c.Send(\"\");";
        Assert.Single(Snippet.Of(deep + " void M() => S6();").Sends);
        Assert.Empty(Snippet.Of(deep + " void M() => S0();").Sends);
    }

    /// <summary>What was cut off for one caller is not what another one gets.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_delegate_that_is_called_further_down_is_followed_whoever_asked_first(int depth)
    {
        var s = Snippet.Of("""void M() => Each(() => _c.Send("")); static void Each(Action each) => each();""");
        Assert.NotEmpty(s.Sends);
        Assert.Equal(string.Join("\n", s.Sends), s.Fresh(depth, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_is_declared_and_only_throws_is_taken_for_a_library()
    {
        var s = Snippet.Of("""bool IsFine() => throw new NotSupportedException(); void M() { if (IsFine()) At("then"); At("after"); }""");
        Assert.True(s.Reaches("then"));
        Assert.True(s.Reaches("after"));
    }

    [Fact]
    public void The_head_of_a_send_that_throws_asks_its_callers()
    {
        var s = Snippet.OfSources("M", """
            enum Mode { Open, Closed }
            class OwnStream { public Mode Mode { get; set; } public void Send(string t) { if (Mode != Mode.Open) throw new InvalidOperationException(); } }
            class C { OwnStream _own = new(); void M() { _own.Send(""); } }
            """);
        Assert.Equal(["_own.Send via Send"], s.Sends);
    }
}
