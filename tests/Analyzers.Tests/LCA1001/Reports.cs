namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Opened before anybody listens, or nobody ever does.</summary>
public class Reports
{
    [Theory]
    // Attached too late
    [InlineData("var c = new DeskClient(); {|LCA1001:c.Open()|}; c.Error += OnError;")]
    [InlineData("var c = new DeskClient(); {|LCA1001:c.Open()|}; c.Send(\"\"); c.Error += OnError; c.Close();")]
    [InlineData("var c = new DeskClient(); await {|LCA1001:c.OpenAsync()|}; c.Error += OnError;")]
    [InlineData("var c = new DeskClient { Address = \"x\" }; {|LCA1001:c.Open()|}; c.Closed += OnError;")]
    [InlineData("DeskClient c; c = new(); {|LCA1001:c.Open()|}; c.Error += (_, _) => { };")]
    [InlineData("var c = new DeskClient(); if (_flag) c.Error += OnError; {|LCA1001:c.Open()|}; c.Error += OnError;")]
    [InlineData("var c = new DeskClient(); try { {|LCA1001:c.Open()|}; } finally { c.Error += OnError; }")]
    [InlineData("using var c = new DeskClient(); {|LCA1001:c.Open()|}; c.Error += OnError; c.Send(\"\");")]
    // Never attached, and it stays
    [InlineData("_field = new WireClient(); {|LCA1001:_field.Open()|};")]
    [InlineData("var c = new WireClient(); {|LCA1001:c.Open()|}; _field = c;")]
    [InlineData("var c = new WireClient(); _field = c; {|LCA1001:c.Open()|};")]
    [InlineData("_field ??= new WireClient(); await {|LCA1001:_field.OpenAsync()|};")]
    [InlineData("s_shared = new WireClient(); {|LCA1001:s_shared.Open()|};")]
    [InlineData("var c = new WireClient(); c.Opened += OnError; {|LCA1001:c.Open()|}; _field = c;")]
    [InlineData("var c = new DeskClient(); c.Received += (_, t) => Console.WriteLine(t); {|LCA1001:c.Open()|}; await Task.Delay(-1);")]
    [InlineData("for (var i = 0; i < 3; i++) { var c = new DeskClient(); {|LCA1001:c.Open()|}; _all.Add(c); }")]
    // Created already open
    [InlineData("_field = {|LCA1001:Wire.Connect(\"x\")|};")]
    [InlineData("var c = {|LCA1001:Wire.Connect(\"x\")|}; c.Send(\"\"); c.Error += OnError; _field = c;")]
    [InlineData("var c = {|LCA1001:Wire.Connect(\"x\")|}; await Task.Delay(1); c.Error += OnError; _field = c;")]
    // The factory of the same compilation
    [InlineData("var c = CreateDeskClient(); {|LCA1001:c.Open()|}; c.Error += OnError;")]
    [InlineData("_session = Wire.Create(); {|LCA1001:_session.Open()|};")]
    // A factory without a name
    [InlineData("var c = _make(); {|LCA1001:c.Open()|}; c.Error += OnError; _field = c;")]
    // A helper opens it
    [InlineData("var c = new DeskClient(); {|LCA1001:Start(c)|}; c.Error += OnError;")]
    public Task The_opening_call(string body) => Case.HoldsAsync($$"""
        class DeskClient : WireClient { }

        class Feed
        {
            private static WireClient? s_shared;
            private WireClient? _field;
            private IWireSession? _session;
            private readonly List<WireClient> _all = [];
            private bool _flag;
            public async Task Run() { await Task.CompletedTask; {{body}} }
            private void OnError(object? sender, EventArgs e) => _flag = !_flag;
            private readonly Func<WireClient> _make = () => new();
            private static DeskClient CreateDeskClient() => new();
            private static void Start(WireClient c) => c.Open();
        }
        """);

    [Fact]
    public Task A_field_that_the_constructor_fills() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client;
            public Feed() => _client = new WireClient();
            public void Start() => {|LCA1001:_client.Open()|};
            public void Stop() => _client.Close();
        }
        """);

    [Fact]
    public Task A_field_that_a_builder_fills_and_gives_to_nobody() => Case.HoldsAsync("""
        class Builder { public WireClient Build() { var made = new WireClient(); made.Address = "x"; return made; } }

        class Feed
        {
            private readonly WireClient _client = new Builder().Build();
            public void Start() => {|LCA1001:_client.Open()|};
        }
        """);

    [Fact]
    public Task A_field_whose_handler_comes_later_in_the_same_method() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() { {|LCA1001:_client.Open()|}; _client.Error += (_, _) => { }; }
        }
        """);

    [Fact]
    public Task A_watcher_that_is_switched_on() => Case.HoldsAsync("""
        class Folder
        {
            private readonly FileSystemWatcher _watcher = new("x");
            public void Start() { _watcher.Created += (_, e) => Console.WriteLine(e.Name); {|LCA1001:_watcher.EnableRaisingEvents = true|}; }
        }
        """);

    [Fact]
    public Task An_own_type_by_convention() => Case.HoldsAsync("""
        class PriceLink
        {
            public event Action<Exception>? Faulted;
            public bool IsOpen { get; private set; }
            public void Open() { IsOpen = true; Faulted?.Invoke(new IOException()); }
            public void Send(string text) { }
            public void Close() => IsOpen = false;
        }

        class Feed
        {
            private readonly PriceLink _link = new();
            public void Start() => {|LCA1001:_link.Open()|};
        }
        """);

    [Fact]
    public Task The_message_for_a_handler_that_never_comes() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => {|#0:_client.Open()|};
        }
        """,
        Case.Diagnostic("LCA1001").WithLocation(0).WithMessage("'_client' can fail from here on, and nobody listens to its 'Error' event"));

    [Fact]
    public Task The_message_for_a_handler_that_comes_late() => Case.HoldsAsync("""
        class DeskClient : WireClient { }

        class Feed
        {
            public void Start()
            {
                var client = new DeskClient();
                {|#0:client.Open()|};
                client.Error += (_, _) => { };
            }
        }
        """,
        Case.Diagnostic("LCA1001").WithLocation(0).WithMessage("'DeskClient' can fail from here on, and it is only later that somebody listens to its 'Error' event"));

    [Fact]
    public Task Each_connection_is_reported_once() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _left = new();
            private readonly WireClient _right = new();
            public void Start(bool again) { {|LCA1001:_left.Open()|}; if (again) _left.Open(); {|LCA1001:_right.Open()|}; }
        }
        """);

    [Fact]
    public Task The_parts_of_a_class_in_several_files() => Case.FilesHoldAsync(
    [
        "partial class Feed { private readonly WireClient _client = new(); private readonly WireClient _other = new(); }",
        "partial class Feed { public void Start() { _client.Open(); {|LCA1001:_other.Open()|}; } }",
        "partial class Feed { public Feed() => _client.Error += (_, _) => { }; }",
    ]);

    /// <summary>Where it was made the handler is missing; that it is switched on again later is the same matter.</summary>
    [Fact]
    public Task One_watcher_is_one_matter() => Case.HoldsAsync("""
        class Folder
        {
            private FileSystemWatcher? _watcher;
            public void Start() => _watcher = new FileSystemWatcher("x") { {|LCA1001:EnableRaisingEvents = true|} };
            public void Continue() { if (_watcher != null) _watcher.EnableRaisingEvents = true; }
        }
        """);
}
