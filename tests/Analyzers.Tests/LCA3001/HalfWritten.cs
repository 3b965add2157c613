namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("private WireClient? _client; public void Use() { _client ??= ")]
    [InlineData("private WireClient? _client; public void Use() { _client ??= new WireClient(); _client.")]
    [InlineData("private WireClient? _client; public void Use() { if (_client == null _client = new WireClient(); _client.Send(\"\"); }")]
    [InlineData("private Missing? _client; public void Use() { _client ??= new Missing(); _client.Send(\"\"); }")]
    [InlineData("private WireClient? _client; public void Use() { _client ??= new WireClient(); try { _client.Send(\"\"); } catch (")]
    [InlineData("private ConcurrentDictionary<string, Missing> _all; public void Use() { if (_all.TryGetValue(\"x\", out var s)) s.Send(\"\"); }")]
    [InlineData("private WireClient? _client; WireClient Get() { } public void Use() { Get().Send( }")]
    public Task The_unfinished_member_is_left_alone(string member) => Case.Broken($$"""class Feed { {{member}}""").RunAsync();

    [Theory]
    [InlineData("private WireClient? _client; public void Use() { _client ??= ")]
    [InlineData("private WireClient? _client; public void Use() { _client ??= new WireClient(); _client.")]
    [InlineData("private WireClient? _client; public void Use() { if (_client == null _client = new WireClient(); _client.Send(\"\"); }")]
    [InlineData("private Missing? _client; public void Use() { _client ??= new Missing(); _client.Send(\"\"); }")]
    [InlineData("private WireClient? _client; public void Use() { _client ??= new WireClient(); try { _client.Send(\"\"); } catch (")]
    [InlineData("private ConcurrentDictionary<string, Missing> _all; public void Use() { if (_all.TryGetValue(\"x\", out var s)) s.Send(\"\"); }")]
    [InlineData("private WireClient? _client; WireClient Get() { } public void Use() { Get().Send( }")]
    public Task A_finished_class_beside_it_is_judged_when_it_can_be(string member)
    {
        var test = Case.Broken("""
        class Feed
        {
            private WireClient? _client;
            public void Use() { _client ??= new WireClient(); {|LCA3001:_client.Send("")|}; }
        }
        """);
        test.TestState.Sources.Add("using Wires;\nusing System.Collections.Concurrent;\nclass Other { " + member);
        return test.RunAsync();
    }

    [Fact]
    public Task A_missing_semicolon_elsewhere_does_not_hide_it() => Case.Broken("""
        class Feed
        {
            private WireClient? _client;
            public void Use() { _client ??= new WireClient(); {|LCA3001:_client.Send("")|}; }
        }

        class Other { void M() { var x = 1 } }
        """).RunAsync();

    [Fact]
    public Task An_unknown_type_elsewhere_does_not_hide_it() => Case.Broken("""
        class Feed
        {
            private WireClient? _client;
            public void Use() { _client ??= new WireClient(); {|LCA3001:_client.Send("")|}; }
        }

        class Other : Missing { Unknown _u; void M() => _u.Do(); }
        """).RunAsync();
}
