namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Attached in time, by whomever; or not to be attached here at all.</summary>
public class Silent
{
    [Theory]
    // In time
    [InlineData("var c = new DeskClient(); c.Error += OnError; c.Open(); _field = c;")]
    [InlineData("var c = new DeskClient(); c.Closed += OnError; await c.OpenAsync(); _field = c;")]
    [InlineData("_field = new WireClient(); _field.Error += OnError; _field.Open();")]
    [InlineData("_field ??= Make(); _field.Open();")]
    [InlineData("var c = Make(); c.Open(); _field = c;")]
    [InlineData("var c = _make(); c.Open(); _field = c;")]
    [InlineData("var c = _make(); c.Error += OnError; c.Open(); _field = c;")]
    [InlineData("var c = new DeskClient(); Attach(c); c.Open(); _field = c;")]
    [InlineData("var c = new DeskClient(); if (_flag) c.Error += OnError; else c.Closed += OnError; c.Open(); _field = c;")]
    [InlineData("var c = Wire.Connect(\"x\"); c.Error += OnError; c.Send(\"\"); _field = c;")]
    // Used up here: each call tells its failure
    [InlineData("using var c = new DeskClient(); c.Open(); c.Send(\"\");")]
    [InlineData("var c = new DeskClient(); try { c.Open(); c.Send(\"\"); } finally { c.Dispose(); }")]
    [InlineData("await using var c = new DeskClient(); await c.OpenAsync(); await c.SendAsync(\"\");")]
    [InlineData("var c = new DeskClient(); c.Open(); await c.SendAsync(\"\"); c.Close();")]
    // It leaves before it is opened
    [InlineData("var c = new DeskClient(); Wire.Use(c); c.Open();")]
    [InlineData("var c = new DeskClient(); _owner.Client = c; c.Open();")]
    [InlineData("_field = new WireClient(); Wire.Use(_field); _field.Open();")]
    // Somebody else's
    [InlineData("given.Open();")]
    [InlineData("await given.OpenAsync();")]
    [InlineData("_owner.Client!.Open();")]
    // Not opened
    [InlineData("_field = new WireClient(); _field.Address = \"x\";")]
    [InlineData("var c = new DeskClient(); c.Close();")]
    public Task Nothing_is_wrong(string body) => Case.SilentAsync($$"""
        class DeskClient : WireClient { }

        class Owner { public WireClient? Client { get; set; } }

        class Feed
        {
            private WireClient? _field;
            private readonly Owner _owner = new();
            private bool _flag;
            public async Task Run(WireClient given) { await Task.CompletedTask; {{body}} }
            private void OnError(object? sender, EventArgs e) => _flag = !_flag;
            private readonly Func<WireClient> _make = null!;
            private WireClient Make() { var c = new WireClient(); c.Error += OnError; return c; }
            private static void Attach(WireClient c) => c.Error += (_, _) => { };
        }
        """);

    [Fact]
    public Task The_constructor_attaches() => Case.SilentAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public Feed() => _client.Error += (_, _) => { };
            public void Start() => _client.Open();
        }
        """);

    [Fact]
    public Task Another_member_attaches() => Case.SilentAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public void Start() => _client.Open();
            public void Watch() => _client.Closed += (_, _) => { };
        }
        """);

    [Theory]
    [InlineData("Open(Configured(new WireClient(), c => c.Error += (_, _) => { }));")]
    [InlineData("_client = new Builder().With(c => c.Error += (_, _) => { }).Build(); _client.Open();")]
    [InlineData("_client = Configured(new WireClient(), c => c.Error += (_, _) => { }); _client.Open();")]
    public Task A_step_that_others_give_may_attach(string body) => Case.SilentAsync($$"""
        class Builder
        {
            private readonly List<Action<WireClient>> _steps = new();
            public Builder With(Action<WireClient> step) { _steps.Add(step); return this; }
            public WireClient Build() { var made = new WireClient(); foreach (var step in _steps) step(made); return made; }
        }

        class Feed
        {
            private WireClient? _client;
            public void Start() { {{body}} }
            private void Open(WireClient client) { _client = client; _client.Open(); }
            private static T Configured<T>(T made, Action<T> step) { step(made); return made; }
        }
        """);

    [Fact]
    public Task A_step_that_others_give_may_attach_to_a_field() => Case.SilentAsync("""
        class Builder
        {
            private readonly List<Action<WireClient>> _steps = new();
            public Builder With(Action<WireClient> step) { _steps.Add(step); return this; }
            public WireClient Build() { var made = new WireClient(); foreach (var step in _steps) step(made); return made; }
        }

        class Feed
        {
            private readonly WireClient _client = new Builder().With(c => c.Error += (_, _) => { }).Build();
            public void Start() => _client.Open();
        }
        """);

    [Fact]
    public Task A_helper_of_the_type_attaches_what_it_is_given() => Case.SilentAsync("""
        class Feed
        {
            private readonly WireClient _client;
            public Feed() { _client = new WireClient(); Watch(_client); }
            public void Start() => _client.Open();
            private static void Watch(WireClient client) => client.Error += (_, _) => { };
        }
        """);

    [Fact]
    public Task The_base_class_attaches() => Case.SilentAsync("""
        abstract class Base
        {
            protected readonly WireClient Client = new();
            protected Base() => Client.Error += (_, _) => { };
        }

        class Feed : Base { public void Start() => Client.Open(); }
        """);

    [Fact]
    public Task The_derived_class_attaches() => Case.SilentAsync("""
        class Base
        {
            protected readonly WireClient Client = new();
            public void Start() => Client.Open();
        }

        class Feed : Base { public Feed() => Client.Error += (_, _) => { }; }
        """);

    [Fact]
    public Task A_wrapper_attaches_to_what_it_is_given() => Case.SilentAsync("""
        class Monitor(WireClient inner) { public void Watch() => inner.Error += (_, _) => { }; }

        class Feed
        {
            public Monitor Start() { var client = new WireClient(); var monitor = new Monitor(client); client.Open(); return monitor; }
        }
        """);

    [Fact]
    public Task A_handler_given_to_the_constructor() => Case.SilentAsync("""
        class PriceLink
        {
            public event Action<Exception>? Faulted;
            public PriceLink(Action<Exception> onFault) => Faulted += onFault;
            public bool IsOpen { get; private set; }
            public void Open() { IsOpen = true; Faulted?.Invoke(new IOException()); }
            public void Send(string text) { }
            public void Close() => IsOpen = false;
        }

        class Feed
        {
            private PriceLink? _link;
            public void Start() { _link = new PriceLink(e => Console.WriteLine(e)); _link.Open(); }
        }
        """);

    [Fact]
    public Task A_field_that_was_handed_in() => Case.SilentAsync("""
        class Feed(WireClient client)
        {
            private readonly WireClient _kept = client;
            public void Start() { client.Open(); _kept.Open(); }
        }
        """);

    [Fact]
    public Task A_type_without_an_error_event() => Case.SilentAsync("""
        class Line
        {
            private readonly TcpClient _tcp = new();
            private readonly ClientWebSocket _socket = new();
            public async Task Start(CancellationToken token) { await _tcp.ConnectAsync("x", 1, token); await _socket.ConnectAsync(new Uri("ws://x"), token); }
        }
        """);

    [Fact]
    public Task The_connections_own_code() => Case.SilentAsync("""
        class PriceLink
        {
            public event Action<Exception>? Faulted;
            public bool IsOpen { get; private set; }
            public void Open() { IsOpen = true; Faulted?.Invoke(new IOException()); }
            public void Reopen() { Close(); Open(); }
            public void Send(string text) { }
            public void Close() => IsOpen = false;
        }
        """);

    [Fact]
    public Task A_watcher_that_is_switched_off_or_watched() => Case.SilentAsync("""
        class Folder
        {
            private readonly FileSystemWatcher _watcher = new("x");
            private readonly FileSystemWatcher _off = new("y");
            public void Start() { _watcher.Error += (_, e) => Console.WriteLine(e.GetException()); _watcher.EnableRaisingEvents = true; _off.EnableRaisingEvents = false; }
        }
        """);

    [Fact]
    public Task An_operation_object_with_its_event() => Case.SilentAsync("""
        class Intake(Socket socket)
        {
            public void Begin()
            {
                var args = new SocketAsyncEventArgs();
                args.Completed += (_, _) => { };
                if (!socket.ReceiveAsync(args)) Console.WriteLine("done");
            }
        }
        """);

    /// <summary>An operation object of one's own, which is told of its end by an override.</summary>
    [Fact]
    public Task An_operation_object_that_hears_for_itself() => Case.SilentAsync("""
        sealed class AwaitableArgs : SocketAsyncEventArgs
        {
            private readonly TaskCompletionSource _done = new();
            public Task Done => _done.Task;
            public void Complete() => _done.TrySetResult();
            protected override void OnCompleted(SocketAsyncEventArgs e) => Complete();
        }

        class Dialer
        {
            public async Task DialAsync(Socket socket, System.Net.EndPoint peer)
            {
                using var args = new AwaitableArgs { RemoteEndPoint = peer };
                if (!socket.ConnectAsync(args)) args.Complete();
                await args.Done;
            }
        }
        """);

    private static string Told(string attach) => $$"""
        delegate void Told(string what);

        class LineSocket
        {
            private readonly WireClient _wire = new();
            public Told? OnError;
            public Told? OnClosed { get; set; }
            public Told? OnOpened;
            public bool IsConnected => _wire.IsOpen;
            public LineSocket() => _wire.Error += (_, _) => OnError?.Invoke("");
            public void Connect() => _wire.Open();
            public void Send(string text) { if (IsConnected) _wire.Send(text); OnClosed?.Invoke(text); OnOpened?.Invoke(text); }
            public void Close() => _wire.Close();
        }

        class Feed
        {
            private LineSocket? _line;
            public void Start() { _line = new LineSocket(); {{attach}} }
            private void Note(string what) => Console.WriteLine(what + _line);
        }
        """;

    /// <summary>What tells of the failure is a delegate that everybody may add to, and no event.</summary>
    [Theory]
    [InlineData("_line.OnError += Note; _line.Connect();")]
    [InlineData("_line.OnOpened += Note; _line.OnError += what => Console.WriteLine(what); _line.Connect();")]
    [InlineData("_line.OnClosed += Note; _line.Connect();")]
    [InlineData("_line.OnError = Note; _line.Connect();")]
    public Task Added_to_a_delegate(string attach) => Case.SilentAsync(Told(attach));

    [Theory]
    [InlineData("_line.OnOpened += Note; {|LCA1001:_line.Connect()|};")]
    [InlineData("_line.OnError -= Note; {|LCA1001:_line.Connect()|};")]
    public Task Added_to_another_delegate(string attach) => Case.HoldsAsync(Told(attach));
}
