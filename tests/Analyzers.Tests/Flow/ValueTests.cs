namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What variables and fields hold: captures, aliases, boolean locals, containers.</summary>
public class ValueTests
{
    [Theory]
    [InlineData("var c = _d ?? _c;", "_c or _d")]
    [InlineData("var c = _flag ? _c : _d;", "_c or _d")]
    [InlineData("var c = _d ??= new WireClient();", "_d or created")]
    [InlineData("var c = (_d = _c);", "_c")]
    [InlineData("var c = (WireClient)(object)_c!;", "_c")]
    [InlineData("var c = _sync as WireClient;", "_sync")]
    [InlineData("var c = checked((WireClient)_sync);", "_sync")]
    [InlineData("var c = _c; var e = c; c = null!; c = e;", "_c")]
    [InlineData("WireClient? c = null;", "null")]
    [InlineData("WireClient? c = default;", "null")]
    [InlineData("var (c, n) = (_c, 1);", "_c")]
    [InlineData("var c = _flag ? _c : _flag ? _d : new WireClient();", "_c or _d or created")]
    [InlineData("var c = Interlocked.Exchange(ref _d, null);", "_d")]
    [InlineData("var c = Volatile.Read(ref _d);", "_d")]
    [InlineData("var c = Task.FromResult(_c).Result;", "_c")]
    [InlineData("var c = this._c;", "_c")]
    [InlineData("var o = this; var c = o._c;", "_c")]
    [InlineData("var c = _c.Next;", "_c.Next")]
    [InlineData("var c = _c; ref var r = ref c; r = _d!;", null)]
    [InlineData("var c = Wire.Connect(\"\");", "returned")]
    public void An_expression_has_its_values(string statement, string? value)
    {
        var s = Snippet.OfBody(statement + """ At("after", c);""");
        if (value is not null) Assert.Equal(value, s.Value("after"));
        else Assert.True(s.Reaches("after"));
    }

    [Fact]
    public void An_alias_of_a_field_keeps_the_old_value_when_the_field_is_assigned()
    {
        var s = Snippet.OfBody("""
            var old = _c;
            if (!old.IsOpen) return;
            _c = new WireClient();
            At("old", old);
            At("new", _c);
            """);
        Assert.Equal("_c", s.Value("old"));
        Assert.Equal("created", s.Value("new"));
        // The fact speaks of the old value, whatever the field holds now.
        Assert.Equal("_c.IsOpen=true", s.Facts("new"));
    }

    [Fact]
    public void Swapping_two_fields_swaps_their_values()
    {
        var s = Snippet.OfBody("""(_c, _d) = (_d!, _c); At("c", _c); At("d", _d);""");
        Assert.Equal("_d", s.Value("c"));
        Assert.Equal("_c", s.Value("d"));
    }

    [Fact]
    public void A_property_without_code_is_a_place()
    {
        var s = Snippet.Of("""
            WireClient P { get; set; } = new();
            void M() { if (P.IsOpen) At("then", P); P = _c; At("after", P); }
            """);
        Assert.Equal("P", s.Value("then"));
        Assert.Equal("P.IsOpen=true", s.Facts("then"));
        Assert.Equal("_c", s.Value("after"));
    }

    [Fact]
    public void A_static_field_is_a_place()
    {
        var s = Snippet.Of("""static WireClient s_one = new(); void M() { if (s_one.IsOpen) At("then", s_one); }""");
        Assert.Equal("s_one", s.Value("then"));
        Assert.Equal("s_one.IsOpen=true", s.Facts("then"));
    }

    [Fact]
    public void Two_objects_of_one_class_are_two()
    {
        var s = Snippet.Of("""C? _left; C? _right; void M() { if (_left!._c.IsOpen) At("then", _right!._c); }""");
        Assert.Equal("_left._c.IsOpen=true", s.Facts("then"));
        Assert.Equal("_right._c", s.Value("then"));
    }

    [Fact]
    public void The_parts_of_an_assigned_object_are_forgotten()
    {
        var s = Snippet.Of("""C? _left; void M(C other) { _left!._d = _c; _left = other; At("after", _left._d); }""");
        Assert.Equal("other._d", s.Value("after"));
    }

    [Fact]
    public void A_boolean_local_holds_the_check()
    {
        var s = Snippet.OfBody("""var ok = _c.IsOpen && !_flag; if (!ok) return; At("after");""");
        Assert.Equal("_c.IsOpen=true, _flag=false", s.Facts("after"));
    }

    [Fact]
    public void A_boolean_local_is_joined()
    {
        var s = Snippet.OfBody("""bool ok; if (_flag) ok = _c.IsOpen; else ok = false; if (ok) At("then"); else At("else");""");
        Assert.Equal("_c.IsOpen=true, _flag=true", s.Facts("then"));
        Assert.Equal("_flag=false|true", s.Facts("else"));
    }

    [Fact]
    public void A_boolean_local_set_in_a_try()
    {
        var s = Snippet.OfBody("""bool ok; try { ok = _c.IsOpen; } catch (Exception) { ok = false; } if (ok) At("then");""");
        Assert.Equal("_c.IsOpen=true", s.Facts("then"));
    }

    [Fact]
    public void A_boolean_local_that_is_assigned_again_forgets()
    {
        var s = Snippet.OfBody("""var ok = _c.IsOpen; ok = Wire.Any(); if (ok) At("then");""");
        Assert.Equal("", s.Facts("then"));
    }

    [Fact]
    public void A_state_in_a_local_is_the_state_as_it_was_read()
    {
        var s = Snippet.OfBody("""var state = _c.State; if (state != WireState.Open) return; At("after");""");
        Assert.Equal("_c.State=Open", s.Facts("after"));
    }

    [Fact]
    public void A_local_that_a_nested_function_writes_is_not_trusted()
    {
        var s = Snippet.OfBody("""
            var c = _c;
            Action change = () => c = _d!;
            Wire.Use(change);
            if (c.IsOpen) At("then", c);
            """);
        Assert.DoesNotContain("_c.IsOpen=true", s.Facts("then"));
    }

    [Fact]
    public void Ref_and_out_arguments_are_written()
    {
        var s = Snippet.OfBody("""
            if (!Wire.TryMake(out var made)) return;
            At("made", made);
            Wire.Fill(ref _c);
            At("filled", _c);
            """);
        Assert.Equal("returned", s.Value("made"));
        Assert.Equal("reloaded", s.Value("filled"));
    }

    [Fact]
    public void What_is_taken_from_a_container_is_known_as_such()
    {
        var s = Snippet.Of("""
            ConcurrentDictionary<string, WireClient> _all = new();
            ConcurrentBag<WireClient> _pool = new();
            WireClient[] _many = [];
            void M(string key, int i)
            {
                if (_all.TryGetValue(key, out var found)) At("found", found);
                At("indexed", _all["x"]);
                At("added", _all.GetOrAdd("y", _ => new WireClient()));
                if (_pool.TryTake(out var taken)) At("taken", taken);
                At("element", _many[i]);
            }
            """);
        Assert.Equal("lookup(_all)", s.Value("found"));
        Assert.Equal("lookup(_all)", s.Value("indexed"));
        Assert.Equal("lookup(_all)", s.Value("added"));
        Assert.Equal("pooled(_pool)", s.Value("taken"));
        Assert.Equal("lookup(_many)", s.Value("element"));
    }

    [Fact]
    public void The_same_key_finds_the_same_element()
    {
        var s = Snippet.Of("""
            Dictionary<string, WireClient> _all = [];
            void M(string key) { if (_all[key].IsOpen) At("same", _all[key]); if (_all["b"].IsOpen) At("other", _all["c"]); }
            """);
        Assert.True(HasCheckOf(s, "same"));
        Assert.False(HasCheckOf(s, "other"));

        static bool HasCheckOf(Snippet snippet, string point)
        {
            var at = snippet.Known.Events.Single(e => e.Symbol?.Name == "At" && e.Arguments[0].ToString() == point);
            var element = Assert.Single(at.Arguments[1].Places);
            return at.State.Facts.Any(f => element.Equals(f.Key.Parent) && f.Value.IsTrue);
        }
    }

    [Fact]
    public void What_was_put_under_a_key_is_found_there()
    {
        var s = Snippet.Of("""
            Dictionary<string, WireClient> _all = [];
            void M(string key) { _all[key] = _c; At("after", _all[key]); }
            """);
        Assert.Equal("_c", s.Value("after"));
    }

    [Fact]
    public void Too_many_alternatives_are_unknown()
    {
        var s = Snippet.Of("""
            void M(WireClient a, WireClient b, WireClient c, WireClient d, WireClient e, WireClient f, WireClient g, int n)
            {
                var w = n switch { 0 => a, 1 => b, 2 => c, 3 => d, 4 => e, 5 => f, _ => g };
                At("after", w);
            }
            """);
        Assert.Equal("?", s.Value("after"));
    }

    [Fact]
    public void A_path_that_is_too_long_is_unknown()
    {
        var s = Snippet.OfBody("""At("short", _c.Next!.Next!); At("long", _c.Next!.Next!.Next!.Next!.Next!.Next!);""");
        Assert.Equal("_c.Next.Next", s.Value("short"));
        Assert.Equal("?", s.Value("long"));
    }

    [Fact]
    public void A_null_alternative_implies_what_its_way_had_checked()
    {
        var s = Snippet.OfBody("""var w = _c.IsOpen ? _c : null; if (w == null) return; At("after", w);""");
        Assert.Equal("_c.IsOpen=true", string.Join(", ", s.Facts("after").Split(", ").Where(f => f.StartsWith("_c.IsOpen", StringComparison.Ordinal))));
    }

    /// <summary>Nothing is read of what can only be written.</summary>
    [Theory]
    [InlineData("this[0] = _c; At(\"after\", _c);", "public WireClient this[int i] { set { } }")]
    [InlineData("this[0] = _c; At(\"after\", _c);", "public WireClient this[int i] { set => _d = value; }")]
    [InlineData("(this[0], _d) = (_c, _c); At(\"after\", _c);", "public WireClient this[int i] { set { } }")]
    public void An_own_indexer_without_a_getter(string statements, string member) =>
        Assert.Equal("_c", Snippet.Of(member + "\nvoid M() { " + statements + " }").Value("after"));
}
