namespace LifecycleAnalyzers.Tests.LCA3006;

/// <summary>The handler asks, or does nothing to the field; the old session is ended; nothing is replaced.</summary>
public class Silent
{
    [Fact]
    public Task The_handler_is_detached_before_the_method_ends() => Case.SilentAsync("""
        class Login
        {
            private WireClient? _client;
            public bool Authenticate(WireClient client)
            {
                _client = client;
                client.Closed += OnClosed;
                try { client.Send("user"); return client.IsOpen; }
                finally { client.Closed -= OnClosed; }
            }
            private void OnClosed(object? sender, EventArgs e) => _client!.Send("bye");
        }
        """);

    [Theory]
    [InlineData("_session?.Dispose(); _session = Attach(Open());", "private WireClient Attach(WireClient s) { s.Closed += OnClosed; return s; }")]
    [InlineData("_session = Attach(Open());", "private WireClient Attach(WireClient s) { s.Closed += OnClosed; return Open(); }")]
    [InlineData("Interlocked.Exchange(ref _session, Interlocked.Exchange(ref _standby, null))?.Dispose();", "public void Prepare() { var s = Open(); s.Closed += OnClosed; _standby = s; }")]
    [InlineData("var s = Open(); s.Closed += OnClosed; (var old, _session) = (_session, s); old?.Dispose();", "")]
    [InlineData("_session = Interlocked.Exchange(ref _standby, null);", "public void Prepare() { var s = Open(); s.Closed += OnClosed; _standby = Open(); }")]
    public Task The_old_one_is_closed_or_another_is_subscribed_to(string renew, string members) => Case.SilentAsync(Reports.Feed(renew, "_session?.Close();", members));

    /// <summary>Nobody names it again, and yet the end of the block disposes of it.</summary>
    [Theory]
    [InlineData("using var old = Interlocked.Exchange(ref _session, s);")]
    [InlineData("using (var old = Interlocked.Exchange(ref _session, s)) { }")]
    [InlineData("using (var old = Interlocked.Exchange(ref _session, s)) Console.WriteLine(old?.IsOpen);")]
    public Task The_old_one_that_was_exchanged_is_disposed_of_by_its_using(string renew) =>
        Case.SilentAsync(Reports.Feed("var s = Open(); s.Closed += OnClosed; " + renew, "_session?.Close(); _session = null;"));

    [Fact]
    public Task The_old_one_that_was_exchanged_is_forgotten() =>
        Case.HoldsAsync(Reports.Feed("var s = Open(); s.Closed += OnClosed; var old = {|LCA3006:Interlocked.Exchange(ref _session, s)|};", "_session?.Close(); _session = null;"));

    [Theory]
    [InlineData("Console.WriteLine(old?.IsOpen); old?.Dispose();")]
    [InlineData("if (old is { IsOpen: true } open) open.Close();")]
    [InlineData("using (old) Console.WriteLine(old?.IsOpen);")]
    [InlineData("if (old != null) { old.Closed -= OnClosed; }")]
    [InlineData("_standby = old;")]
    [InlineData("Late(() => old?.Dispose());", "private static void Late(Action end) => _ = Task.Run(end);")]
    public Task The_old_one_that_was_exchanged_goes_somewhere(string end, string members = "") =>
        Case.SilentAsync(Reports.Feed("var s = Open(); s.Closed += OnClosed; var old = Interlocked.Exchange(ref _session, s); " + end, "_session?.Close(); _session = null;", members));

    [Theory]
    [InlineData("if (_started) throw new InvalidOperationException();", "")]
    [InlineData("if (_started) throw new InvalidOperationException();", "void Detach() { var client = _client; if (client is null) return; client.Closed -= OnClosed; }")]
    public Task It_refuses_while_the_old_one_is_in_use_and_the_handler_detaches_itself(string first, string detach) => Case.SilentAsync($$"""
        class Shell(Func<WireClient> open)
        {
            private WireClient? _client;
            private bool _started;
            public void Start() { {{first}} _client = open(); _client.Closed += OnClosed; _started = true; }
            private void OnClosed(object? sender, EventArgs e) { {{(detach.Length > 0 ? "Detach();" : "_client!.Closed -= OnClosed;")}} _client!.Dispose(); _client = null; _started = false; }
            {{detach}}
        }
        """);

    [Theory]
    [InlineData("_life.Cancel(); _life = new(); var life = _life.Token;", "if (life.IsCancellationRequested) return;")]
    [InlineData("Retire(); var life = _life = new();", "if (!life.Token.IsCancellationRequested)", "private void Retire() => Interlocked.Exchange(ref _life, new()).Cancel();")]
    public Task The_token_of_the_old_one_is_cancelled(string first, string question, string members = "") => Case.SilentAsync(Reports.Feed(
        first + " var s = Open(); s.Closed += (_, _) => { " + question + " { _session = null; Renew(); } }; _session = s;", "", "private CancellationTokenSource _life = new(); " + members));

    [Theory]
    [InlineData("if (!ReferenceEquals(sender, _session)) return; _session = null;")]
    [InlineData("if (sender != _session) return; _session = null;")]
    [InlineData("if (sender == _session) _session = null;")]
    [InlineData("if (sender is WireClient closed && closed == _session) _session = null;")]
    [InlineData("if (_session == (WireClient?)sender) { _session?.Dispose(); _session = null; }")]
    [InlineData("Interlocked.CompareExchange(ref _session, null, (WireClient?)sender);")]
    [InlineData("if (_session is { IsOpen: true }) return; _session = null;")]
    [InlineData("if (_session?.IsOpen == true) return; _session?.Dispose(); _session = null;")]
    [InlineData("Drop(sender);", "private void Drop(object? who) { if (who != _session) return; _session = null; }")]
    // Not acting
    [InlineData("Console.WriteLine(_session?.State);")]
    [InlineData("_up = _session?.IsOpen ?? false;")]
    [InlineData("((WireClient)sender!).Close();")]
    [InlineData("_up = false;")]
    public Task The_handler(string handler, string members = "") => Case.SilentAsync(Reports.Feed("var s = Open(); s.Closed += OnClosed; _session = s;", handler, members));

    [Theory]
    // The captured session or a number tells
    [InlineData("var s = Open(); s.Closed += (_, _) => { if (_session == s) _session = null; }; _session = s;")]
    [InlineData("var s = Open(); s.Closed += (_, _) => Interlocked.CompareExchange(ref _session, null, s); _session = s;")]
    [InlineData("var s = Open(); var mine = ++_generation; s.Closed += (_, _) => { if (mine != _generation) return; _session = null; }; _session = s;")]
    // The old one is ended first
    [InlineData("_session?.Dispose(); _session = Open(); _session.Closed += OnClosed;")]
    [InlineData("if (_session != null) _session.Closed -= OnClosed; _session = Open(); _session.Closed += OnClosed;")]
    [InlineData("var old = _session; var s = Open(); s.Closed += OnClosed; _session = s; old?.Close();")]
    [InlineData("var s = Open(); s.Closed += OnClosed; Interlocked.Exchange(ref _session, s)?.Dispose();")]
    [InlineData("var s = Open(); s.Closed += OnClosed; var old = Interlocked.Exchange(ref _session, s); old?.Dispose();")]
    [InlineData("HangUp(); var s = Open(); s.Closed += OnClosed; _session = s;", "private void HangUp() { if (_session is not { } old) return; old.Closed -= OnClosed; old.Dispose(); _session = null; }")]
    [InlineData("HangUp(); Start();", "private void Start() { var s = Open(); s.Closed += OnClosed; _session = s; } private void HangUp() { _session?.Dispose(); _session = null; }")]
    // Nothing is there to be replaced
    [InlineData("if (_session != null) return; _session = Open(); _session.Closed += OnClosed;")]
    [InlineData("if (_session == null) { _session = Open(); _session.Closed += OnClosed; }")]
    [InlineData("if (_session == null || _session.IsClosed) { _session = Open(); _session.Closed += OnClosed; }")]
    [InlineData("var gone = _session == null || _session.IsClosed; if (gone) { _session = Open(); _session.Closed += OnClosed; }")]
    [InlineData("var gone = _session == null; if (gone) { _session = Open(); _session.Closed += OnClosed; }")]
    // Nobody listens
    [InlineData("_session = Open();")]
    [InlineData("var other = Open(); other.Closed += OnClosed; other.Open(); _session = Open();")]
    public Task The_replacing_code(string renew, string members = "") => Case.SilentAsync(Reports.Feed(renew, "_session?.Close(); _session = null;", members));

    [Fact]
    public Task An_owner_that_is_started() => Case.SilentAsync(Standby("private void OnClosed(object? sender, EventArgs e) { if (sender != _session) return; _session = _standby; _standby = null; }"));

    internal static string Standby(string handler) => $$"""
        class Feed
        {
            private WireClient? _session;
            private WireClient? _standby;
            public void Start() { _session = Open(); _standby = Open(); }
            private WireClient Open() { var s = Wire.Connect("x"); s.Closed += OnClosed; return s; }
            {{handler}}
            public override string ToString() => "" + _session + _standby;
        }
        """;

    [Fact]
    public Task Set_in_the_constructor_alone() => Case.SilentAsync("""
        class Feed
        {
            private WireClient? _session;
            public Feed() { Start(); }
            private void Start() { _session = Wire.Connect("x"); _session.Closed += (_, _) => _session = null; }
        }
        """);

    [Fact]
    public Task No_session() => Case.SilentAsync("""
        class Ticker { public event EventHandler? Closed; public void Raise() => Closed?.Invoke(this, EventArgs.Empty); }
        class Feed { private Ticker? _ticker; public void Renew() { var t = new Ticker(); t.Closed += (_, _) => _ticker = null; _ticker = t; } }
        """);

    [Theory]
    [InlineData("class F { WireClient? _s; void M() { _s = Wire.Connect(\"x\"); _s.Closed += ")]
    [InlineData("class F { WireClient? _s; void M() { var s = new Missing(); s.Closed += (_, _) => _s = null; _s = s; } }")]
    [InlineData("class F { WireClient? _s; void M() { _s.Closed += OnMissing; _s = Wire.Connect(\"x\"); } }")]
    public Task Half_written(string source) => Case.Broken(source).RunAsync();

    [Fact]
    public Task The_base_classs_handler_asks() => Case.SilentAsync("""
        abstract class Holder
        {
            protected WireClient? Current;
            protected void Watch(WireClient s) => s.Closed += OnClosed;
            private void OnClosed(object? sender, EventArgs e) { if (sender != Current) return; Current?.Dispose(); Current = null; }
        }

        class Renewing : Holder
        {
            public void Renew() { var s = Wire.Connect("x"); Watch(s); Current = s; }
        }
        """);
}
