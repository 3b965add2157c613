namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What a condition says, on either side of it.</summary>
public class PatternTests
{
    [Theory]
    // Comparisons
    [InlineData("_c.IsOpen", "_c.IsOpen=true", "_c.IsOpen=false")]
    [InlineData("!_c.IsOpen", "_c.IsOpen=false", "_c.IsOpen=true")]
    [InlineData("_c.IsOpen == true", "_c.IsOpen=true", "_c.IsOpen!=true")]
    [InlineData("true == _c.IsOpen", "_c.IsOpen=true", "_c.IsOpen!=true")]
    [InlineData("_c.IsOpen != false", "_c.IsOpen!=false", "_c.IsOpen=false")]
    [InlineData("_c.State == WireState.Open", "_c.State=Open", "_c.State!=Open")]
    [InlineData("WireState.Closed != _c.State", "_c.State!=Closed", "_c.State=Closed")]
    [InlineData("_d == null", "_d=null", "_d!=null")]
    [InlineData("null != _d", "_d!=null", "_d=null")]
    [InlineData("ReferenceEquals(_d, null)", "_d=null", "_d!=null")]
    [InlineData("object.ReferenceEquals(null, _d)", "_d=null", "_d!=null")]
    [InlineData("_count > 0", "_count!=0", "_count=0")]
    [InlineData("1 > _count", "_count=0", "_count!=0")]
    [InlineData("_count == 2", "_count=2", "_count!=2")]
    [InlineData("_c.State.HasFlag(WireState.Open)", "_c.State=Open", "_c.State!=Open")]
    // Logic
    [InlineData("_c.IsOpen && _flag", "_c.IsOpen=true, _flag=true", "_c.IsOpen=false|true")]
    [InlineData("_c.IsOpen & _flag", "_c.IsOpen=true, _flag=true", "")]
    [InlineData("_c.IsClosed || _flag", "_c.IsClosed=false|true", "_c.IsClosed=false, _flag=false")]
    [InlineData("!(_c.IsClosed || _flag)", "_c.IsClosed=false, _flag=false", "_c.IsClosed=false|true")]
    [InlineData("_c.State == WireState.Open || _c.State == WireState.Opening", "_c.State=Open|Opening", "_c.State!=Open|Opening")]
    [InlineData("_c.IsOpen ? _flag : false", "_c.IsOpen=true, _flag=true", "_c.IsOpen=false|true")]
    [InlineData("_c.State != WireState.Open && _c.State != WireState.Opening", "_c.State!=Open|Opening", "_c.State=Open|Opening")]
    // Tuples, part by part
    [InlineData("(_flag, _c.State) == (false, WireState.Open)", "_c.State=Open, _flag=false", "")]
    [InlineData("(_flag, _c.State) != (true, WireState.Open)", "", "_c.State=Open, _flag=true")]
    [InlineData("(_count, _c.IsOpen) == (_count, true)", "_c.IsOpen=true", "")]
    [InlineData("(_flag, _c.State) is (false, WireState.Open)", "_c.State=Open, _flag=false", "")]
    [InlineData("(_flag, _c.State) is (_, not WireState.Open)", "_c.State!=Open", "_c.State=Open")]
    [InlineData("(_flag, _c.State) is (true, _)", "_flag=true", "_flag!=true")]
    // Constant, relational and combined patterns
    [InlineData("_c.IsOpen is true", "_c.IsOpen=true", "_c.IsOpen!=true")]
    [InlineData("_c.IsOpen is not true", "_c.IsOpen!=true", "_c.IsOpen=true")]
    [InlineData("_c.State is WireState.Open", "_c.State=Open", "_c.State!=Open")]
    [InlineData("_c.State is not (WireState.Closing or WireState.Closed)", "_c.State!=Closed|Closing", "_c.State=Closed|Closing")]
    [InlineData("_c.State is WireState.None or WireState.Opening or WireState.Open", "_c.State=None|Open|Opening", "_c.State!=None|Open|Opening")]
    [InlineData("_c.State is >= WireState.Closing", "_c.State=Closed|Closing|Faulted", "_c.State!=Closed|Closing|Faulted")]
    [InlineData("_c.State is > WireState.Opening and < WireState.Closing", "_c.State=Open", null)]
    [InlineData("_c.State < WireState.Closing", "_c.State=None|Open|Opening", "_c.State!=None|Open|Opening")]
    [InlineData("WireState.Opening < _c.State", "_c.State=Closed|Closing|Faulted|Open", "_c.State!=Closed|Closing|Faulted|Open")]
    // Type, null and declaration patterns
    [InlineData("_d is null", "_d=null", "_d!=null")]
    [InlineData("_d is not null", "_d!=null", "_d=null")]
    [InlineData("_d is { }", "_d!=null", "")]
    [InlineData("_d is WireClient", "_d!=null", "")]
    [InlineData("_sync is WireClient { IsOpen: true }", "_sync!=null, _sync.IsOpen=true", "")]
    [InlineData("_c.IsOpen is var open && open", "_c.IsOpen=true", "_c.IsOpen=false")]
    // Property patterns
    [InlineData("_c is { IsOpen: true }", "_c!=null, _c.IsOpen=true", "_c.IsOpen!=true")]
    [InlineData("_c is { State: WireState.Open or WireState.Opening }", "_c!=null, _c.State=Open|Opening", "_c.State!=Open|Opening")]
    [InlineData("_c is { IsOpen: true, State: not WireState.Faulted }", "_c!=null, _c.IsOpen=true, _c.State!=Faulted", "")]
    [InlineData("_c is { Next: { IsOpen: true } }", "_c!=null, _c.Next!=null, _c.Next.IsOpen=true", "_c.Next.IsOpen!=true")]
    [InlineData("_c is { Next.IsOpen: true }", "_c!=null, _c.Next!=null, _c.Next.IsOpen=true", "_c.Next.IsOpen!=true")]
    [InlineData("_c is { State: var s } && s == WireState.Open", "_c!=null, _c.State=Open", "")]
    [InlineData("_c is { } and { IsOpen: true }", "_c!=null, _c.IsOpen=true", "")]
    [InlineData("_c is null or { IsOpen: false }", "", "_c!=null, _c.IsOpen!=false")]
    // Reads through the library
    [InlineData("Volatile.Read(ref _flag)", "_flag=true", "_flag=false")]
    [InlineData("Interlocked.CompareExchange(ref _count, 1, 0) != 0", "_count!=0", "_count=0")]
    [InlineData("Interlocked.Exchange(ref _count, 1) == 1", "_count=1", "_count!=1")]
    // Conditional access
    [InlineData("_d?.IsOpen == true", "_d.IsOpen=true", "_d.IsOpen!=true")]
    [InlineData("_d?.IsOpen ?? false", "_d.IsOpen=true", null)]
    [InlineData("_d?.Next?.IsOpen is true", "_d.Next.IsOpen=true", null)]
    // Nothing that the engine could know
    [InlineData("Wire.Any()", "", "")]
    [InlineData("_c.IsOpen ^ _flag", "", "")]
    [InlineData("_c == _d", "", "")]
    public void A_condition_is_understood(string condition, string whenTrue, string? whenFalse)
    {
        var s = Snippet.OfBody($$"""if ({{condition}}) At("then"); else At("else");""");
        Assert.Equal(whenTrue, s.Facts("then"));
        if (whenFalse is not null) Assert.Equal(whenFalse, s.Facts("else"));
    }

    [Fact]
    public void The_variable_of_a_pattern_is_another_name_of_the_value()
    {
        var s = Snippet.OfBody("""if (_d is { IsOpen: true } x) At("then", x); if (_sync is not WireClient y || !y.IsOpen) return; At("after", y);""");
        Assert.Equal("_d", s.Value("then"));
        Assert.Equal("_sync", s.Value("after"));
        Assert.Equal("_sync!=null, _sync.IsOpen=true", s.Facts("after"));
    }

    [Fact]
    public void A_switch_statement_parts_the_values()
    {
        var s = Snippet.OfBody("""
            switch (_c.State)
            {
                case WireState.Open: At("open"); break;
                case WireState.Closed or WireState.Faulted: At("over"); break;
                case >= WireState.Closing: At("closing"); return;
                default: At("rest"); break;
            }
            """);
        Assert.Equal("_c.State=Open", s.Facts("open"));
        Assert.Equal("_c.State=Closed|Faulted", s.Facts("over"));
        Assert.Equal("_c.State=Closing", s.Facts("closing"));
        Assert.Equal("_c.State!=Closed|Closing|Faulted|Open", s.Facts("rest"));
    }

    [Fact]
    public void A_switch_on_an_object_parts_by_pattern()
    {
        var s = Snippet.OfBody("""
            switch (_d)
            {
                case { IsOpen: true } w when _flag: At("open", w); break;
                case null: At("none"); break;
                default: At("rest"); break;
            }
            """);
        Assert.Equal("_d!=null, _d.IsOpen=true, _flag=true", s.Facts("open"));
        Assert.Equal("_d", s.Value("open"));
        Assert.Equal("_d=null", s.Facts("none"));
        Assert.Equal("_d!=null", s.Facts("rest"));
    }

    [Fact]
    public void A_switch_expression_is_a_condition()
    {
        var s = Snippet.OfBody("""
            var ok = _c.State switch { WireState.Open => true, WireState.Opening => _flag, _ => false };
            if (ok) At("then"); else At("else");
            """);
        Assert.Equal("_c.State=Open|Opening", s.Facts("then"));
        Assert.DoesNotContain("State=Open", s.Facts("else"));
    }

    [Fact]
    public void A_conditional_access_happens_only_on_what_is_there()
    {
        var s = Snippet.Of("""
            string Say() { At("called"); return ""; }
            C? _other;
            void M() { _d?.Send(_other?.Say() ?? ""); At("after"); }
            """);
        Assert.Equal("", s.Facts("after"));
        Assert.Equal(["_d.Send"], s.Sends);
    }
}
