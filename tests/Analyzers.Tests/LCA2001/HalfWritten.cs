namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += (_, text) => _client.")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += (_, text) => { if (_client.IsOpen _client.Send(text); }")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += OnReceived; } private void OnReceived(object? s, string text) { _client.Send(text")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += Missing; _client.Missing += (_, _) => _client.Send(\"\"); }")]
    [InlineData("private readonly Missing _client = new(); public void Start() => new Timer(_ => _client.Send(\"\"));")]
    [InlineData("public void Start() { new Timer(_ => { try { ")]
    [InlineData("private void OnReceived(object s, string t) => _client.Send(t); public void Start() => _client.Received += OnReceived;")]
    public Task The_unfinished_member_is_left_alone(string member) => Case.Broken($$"""class Feed { {{member}}""").RunAsync();

    [Theory]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += (_, text) => _client.")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += (_, text) => { if (_client.IsOpen _client.Send(text); }")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += OnReceived; } private void OnReceived(object? s, string text) { _client.Send(text")]
    [InlineData("private readonly WireClient _client = new(); public void Start() { _client.Received += Missing; _client.Missing += (_, _) => _client.Send(\"\"); }")]
    [InlineData("private readonly Missing _client = new(); public void Start() => new Timer(_ => _client.Send(\"\"));")]
    [InlineData("public void Start() { new Timer(_ => { try { ")]
    [InlineData("private void OnReceived(object s, string t) => _client.Send(t); public void Start() => _client.Received += OnReceived;")]
    public Task A_finished_class_beside_it_is_judged_when_it_can_be(string member)
    {
        var test = Case.Broken("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => _client.Received += OnReceived;
            private void OnReceived(object? sender, string text) => {|LCA2001:_client.Send(text)|};
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
            public void Start() => _client.Received += OnReceived;
            private void OnReceived(object? sender, string text) => {|LCA2001:_client.Send(text)|};
        }

        class Other { void M() { var x = 1 } }
        """).RunAsync();

    [Fact]
    public Task An_unknown_type_elsewhere_does_not_hide_it() => Case.Broken("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => _client.Received += OnReceived;
            private void OnReceived(object? sender, string text) => {|LCA2001:_client.Send(text)|};
        }

        class Other : Missing { Unknown _u; void M() => _u.Do(); }
        """).RunAsync();
}
