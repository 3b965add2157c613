namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Open(")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Open() _client.Error += ")]
    [InlineData("private readonly Missing _client = new(); public void Start() => _client.Open();")]
    [InlineData("public void Start() { var c = new WireClient( ; c.Open(); }")]
    [InlineData("public void Start() => new Unknown().Open();")]
    [InlineData("private readonly WireClient _client = new(); public async Start() { await _client.OpenAsync(); }")]
    public Task The_unfinished_member_is_left_alone(string member) => Case.Broken($$"""class Feed { {{member}}""").RunAsync();

    [Theory]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Open(")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Open() _client.Error += ")]
    [InlineData("private readonly Missing _client = new(); public void Start() => _client.Open();")]
    [InlineData("public void Start() { var c = new WireClient( ; c.Open(); }")]
    [InlineData("public void Start() => new Unknown().Open();")]
    [InlineData("private readonly WireClient _client = new(); public async Start() { await _client.OpenAsync(); }")]
    public Task A_finished_class_beside_it_is_judged_when_it_can_be(string member)
    {
        var test = Case.Broken("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => {|LCA1001:_client.Open()|};
        }
        """);
        test.TestState.Sources.Add("using Wires;\nusing System.Collections.Concurrent;\nclass Other { " + member);
        return test.RunAsync();
    }

    [Fact]
    public Task A_missing_semicolon_elsewhere_does_not_hide_it() => Case.Broken("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => {|LCA1001:_client.Open()|};
        }

        class Other { void M() { var x = 1 } }
        """).RunAsync();

    [Fact]
    public Task An_unknown_type_elsewhere_does_not_hide_it() => Case.Broken("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => {|LCA1001:_client.Open()|};
        }

        class Other : Missing { Unknown _u; void M() => _u.Do(); }
        """).RunAsync();
}
