using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>What has happened to a connection on the way here.</summary>
public class MarkTests
{
    [Fact]
    public void The_life_of_a_connection_leaves_its_marks()
    {
        var s = Snippet.OfBody("""
            var c = new WireClient();
            At("made", c);
            c.Error += (_, _) => { };
            At("attached", c);
            c.Open();
            At("open", c);
            c.Send("");
            At("used", c);
            c.Close();
            At("closed", c);
            Wire.Use(c);
            At("escaped", c);
            """);
        Assert.Equal("Fresh", s.Marks("made"));
        Assert.Equal("Fresh, Attached", s.Marks("attached"));
        Assert.Equal("Fresh, Attached, Opened, Proven", s.Marks("open"));
        Assert.Equal("Fresh, Attached, Opened, Proven, Used", s.Marks("used"));
        Assert.Contains("Closed", s.Marks("closed"));
        Assert.Contains("Escaped", s.Marks("escaped"));
    }

    [Theory]
    [InlineData("w.Error += (_, _) => { };", "Attached")]
    [InlineData("w.Closed += (_, _) => { };", "Attached")]
    [InlineData("w.Opened += (_, _) => { };", "")]
    [InlineData("w.Received += (_, _) => { };", "")]
    [InlineData("w.Error -= (_, _) => { };", "")]
    [InlineData("w.Open();", "Opened, Proven")]
    [InlineData("await w.OpenAsync();", "Opened, Proven")]
    [InlineData("var opening = w.OpenAsync(); await opening;", "Opened, Proven")]
    [InlineData("await w.ReceiveAsync();", "Answered")]
    [InlineData("await Task.Yield(); ", "")]
    [InlineData("w.Send(\"\");", "Used")]
    [InlineData("w.Dispose();", "Closed")]
    [InlineData("Wire.Use(w);", "Escaped")]
    [InlineData("_d = w;", "")]
    [InlineData("var list = new List<WireClient>(); list.Add(w);", "Escaped")]
    [InlineData("var many = new WireClient[1]; many[0] = w;", "Escaped")]
    [InlineData("var pair = (w, 1);", "Escaped")]
    [InlineData("var other = new C { _d = w };", "Escaped")]
    public void An_operation_leaves_its_mark(string operation, string mark)
    {
        var s = Snippet.OfAsync($$"""var w = new WireClient(); {{operation}} At("after", w); await Task.CompletedTask;""");
        Assert.Equal(mark.Length == 0 ? "Fresh" : "Fresh, " + mark, s.Marks("after"));
    }

    [Fact]
    public void Attached_counts_only_on_every_way_and_opened_on_any()
    {
        var s = Snippet.OfBody("""
            var w = new WireClient();
            if (_flag) w.Error += (_, _) => { };
            if (Wire.Any()) w.Open();
            At("after", w);
            """);
        Assert.Equal("Fresh, Opened", s.Marks("after"));
    }

    [Fact]
    public void A_proof_is_over_after_an_await()
    {
        var s = Snippet.OfAsync("""_c.Open(); At("open", _c); await Task.Yield(); At("later", _c);""");
        Assert.Equal("Opened, Proven", s.Marks("open"));
        Assert.Equal("Opened", s.Marks("later"));
    }

    [Fact]
    public void A_method_returns_what_it_made_into_other_hands()
    {
        var s = Snippet.Of("""WireClient M() { var w = new WireClient(); return w; }""");
        Assert.Equal("created", s.Result);
        Assert.Equal("created", Text.Value(Assert.Single(s.Events(EventKind.Return)).Value));
    }

    [Fact]
    public void What_a_library_made_open_is_open()
    {
        var s = Snippet.OfBody("""At("open", Wire.Connect("")); At("new", Wire.Create());""");
        Assert.Equal("Fresh, Opened", s.Marks("open"));
        Assert.Equal("Fresh", s.Marks("new"));
    }

    [Fact]
    public void A_wrapper_is_a_part_of_what_it_wraps()
    {
        var s = Snippet.OfBody("""
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var stream = new NetworkStream(socket);
            var writer = new StreamWriter(stream);
            At("after", writer);
            """);
        // The writer's step on the stream's on the socket that was made here.
        Assert.Equal("created..ctor..ctor", s.Value("after"));
    }

    [Fact]
    public void A_null_handler_attaches_nothing()
    {
        var s = Snippet.OfSources("M", """
            class Peer { public Action? OnError { get; set; } public bool IsOpen => true; public void Open() { } public void Send() { } public void Close() { } }
            class PeerConnection : Peer { }
            class C { void M() { var p = new PeerConnection(); p.OnError = null; At("null", p); p.OnError = () => { }; At("set", p); } }
            """);
        Assert.Equal("Fresh", s.Marks("null"));
        Assert.Equal("Fresh, Attached", s.Marks("set"));
    }

    [Fact]
    public void A_property_that_opens_when_it_is_set()
    {
        var s = Snippet.OfBody("""
            var watcher = new FileSystemWatcher();
            watcher.EnableRaisingEvents = false;
            At("off", watcher);
            watcher.EnableRaisingEvents = true;
            At("on", watcher);
            """);
        Assert.Equal("Fresh", s.Marks("off"));
        Assert.Equal("Fresh, Opened", s.Marks("on"));
    }

    [Fact]
    public void Events_are_in_the_order_of_the_source()
    {
        var s = Snippet.OfAsync("""_c.Send("1"); if (_flag) { _c.Send("2"); await Task.Yield(); } for (var i = 0; i < 3; i++) _c.Send("3"); try { _c.Send("4"); } finally { _c.Send("5"); }""");
        var positions = s.Known.Events.Select(e => e.Operation.Syntax.SpanStart).ToList();
        Assert.Equal(positions.Order(), positions);
        Assert.Equal(5, s.Known.Sends.Select(send => send.Operation.Syntax.SpanStart).Distinct().Count());
    }
}
