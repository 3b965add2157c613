using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Tests.Flow;

/// <summary>Past a bound a method is left out, never half-judged; and the same source always gives the same.</summary>
public class BoundTests
{
    [Fact]
    public void A_method_with_too_many_blocks_has_no_body()
    {
        var statements = string.Join("\n", Enumerable.Range(0, 1600).Select(i => $"if (Wire.Any()) _count = {i};"));
        var exception = Assert.Throws<InvalidOperationException>(() => Snippet.OfBody(statements + " _c.Send(\"\");"));
        Assert.Contains("no body", exception.Message);
    }

    [Fact]
    public void A_method_below_the_bound_is_judged()
    {
        var statements = string.Join("\n", Enumerable.Range(0, 300).Select(i => $"if (Wire.Any()) _count = {i};"));
        Assert.Equal(["_c.Send"], Snippet.OfBody(statements + " _c.Send(\"\");").Sends);
    }

    [Fact]
    public void Giving_up_is_no_summary_at_all()
    {
        // Each variable takes a new value in every round, so the state goes on changing for more rounds than a block may be visited.
        var variables = string.Concat(Enumerable.Range(0, 60).Select(i => $"WireClient? v{i} = null; "));
        var shift = string.Concat(Enumerable.Range(1, 59).Reverse().Select(i => $"v{i} = v{i - 1}; "));
        var s = Snippet.OfBody($"{variables} while (Wire.Any()) {{ {shift} v0 = new WireClient(); v59?.Send(\"\"); }} _c.Send(\"\");");
        Assert.Null(s.Summary);
    }

    [Fact]
    public void A_caller_of_what_was_given_up_goes_on()
    {
        var variables = string.Concat(Enumerable.Range(0, 60).Select(i => $"WireClient? v{i} = null; "));
        var shift = string.Concat(Enumerable.Range(1, 59).Reverse().Select(i => $"v{i} = v{i - 1}; "));
        var s = Snippet.Of($$"""
            void Wild() { {{variables}} while (Wire.Any()) { {{shift}} v0 = new WireClient(); v59?.Send(""); } }
            void M() { Wild(); At("after"); _c.Send(""); }
            """);
        Assert.True(s.Reaches("after"));
        Assert.Equal(["_c.Send"], s.Sends);
    }

    [Fact]
    public void A_deeply_nested_expression_does_not_overflow_the_stack()
    {
        var deep = string.Concat(Enumerable.Repeat("(", 300)) + "_count" + string.Concat(Enumerable.Repeat(" + 1)", 300));
        var s = Snippet.OfBody($"_count = {deep}; At(\"after\");");
        Assert.True(s.Summary is null || s.Reaches("after"));
    }

    [Fact]
    public void Half_of_a_method_is_not_judged()
    {
        var compilation = Compiled.Of("class C { void M() { if ( { } }");
        var bodies = new Bodies(compilation);
        var method = compilation.SyntaxTrees[0].GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax>().Single();
        Assert.Null(bodies.At(method, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_summary_is_made_once()
    {
        var s = Snippet.OfBody("""_c.Send("");""");
        var again = Snippet.OfBody("""_c.Send("");""");
        Assert.NotSame(s.Known, again.Known);
        Assert.Same(s.Known, s.Again());
    }

    [Fact]
    public void The_same_source_gives_the_same_summary()
    {
        const string Source = """
            readonly Func<bool> _fine; C() { _fine = () => _c.IsOpen; }
            List<WireClient> _all = [];
            WireClient Get() { lock (_sync) { if (_d is { IsOpen: true }) return _d; return _d = new WireClient(); } }
            void M()
            {
                foreach (var w in _all) { try { if (w.IsOpen || _fine()) w.Send(""); } catch (IOException) { At("catch"); } finally { At("finally"); } }
                var c = _flag ? Get() : _d ?? _c;
                At("value", c);
                c.Send("");
            }
            """;
        var first = Describe(Snippet.Of(Source));
        for (var i = 0; i < 5; i++) Assert.Equal(first, Describe(Snippet.Of(Source)));

        static string Describe(Snippet s) => string.Join("\n", s.Known.Events.Select(e => $"{e.Kind} {e.Operation.Syntax.SpanStart} {Text.Facts(e.State)} {Text.Value(e.Value)}")) + "\n" + string.Join("\n", s.Sends);
    }

    [Fact]
    public async Task Threads_that_ask_at_once_get_one_answer()
    {
        var s = Snippet.Of("""
            void A(int n) { if (n > 0) B(n - 1); _c.Send(""); }
            void B(int n) { if (_c.IsOpen) _c.Send(""); A(n); }
            void M() { A(3); B(2); }
            """, "B");
        var fresh = Enumerable.Range(0, 16).Select(_ => Task.Run(() => s.Fresh(), TestContext.Current.CancellationToken));
        var all = await Task.WhenAll(fresh);
        Assert.All(all, one => Assert.Equal(all[0], one));
    }

    [Fact]
    public void Cancelling_stops_the_work()
    {
        var s = Snippet.OfBody("""_c.Send("");""");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => s.Fresh(cancelled.Token));
    }
}
