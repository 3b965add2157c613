namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Kept from earlier, and used as it is.</summary>
public class Reports
{
    private static string Holder(string body, string members = "") => $$"""
        class Holder
        {
            private readonly ConcurrentDictionary<string, IWireSession> _sessions = new();
            private readonly Dictionary<string, IWireSession> _plain = [];
            private readonly object _sync = new();
            private readonly SemaphoreSlim _gate = new(1);
            private IWireSession? _session;
            private static IWireSession? s_shared;
            private Lazy<IWireSession> _lazy = new(() => Connect());
            private bool _busy;

            public async Task Use(string key) { await Task.CompletedTask; {{body}} }

            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            {{members}}
        }
        """;

    [Theory]
    // Lazily filled fields
    [InlineData("_session ??= Connect(); {|LCA3001:_session.Send(\"\")|};")]
    [InlineData("if (_session == null) _session = Connect(); {|LCA3001:_session.Send(\"\")|};")]
    [InlineData("if (_session is null) { _session = Connect(); } await {|LCA3001:_session.SendAsync(\"\")|};")]
    [InlineData("var s = _session ??= Connect(); {|LCA3001:s.Send(\"\")|};")]
    [InlineData("{|LCA3001:(_session ??= Connect()).Send(\"\")|};")]
    [InlineData("lock (_sync) { _session ??= Connect(); {|LCA3001:_session.Send(\"\")|}; }")]
    [InlineData("{|LCA3001:Get().Send(\"\")|};", "IWireSession Get() { if (_session != null) return _session; _session = Connect(); return _session; }")]
    [InlineData("{|LCA3001:Session.Send(\"\")|};", "IWireSession Session => _session ??= Connect();")]
    [InlineData("s_shared ??= Connect(); {|LCA3001:s_shared.Send(\"\")|};")]
    [InlineData("{|LCA3001:_lazy.Value.Send(\"\")|};")]
    [InlineData("LazyInitializer.EnsureInitialized(ref _session, Connect); {|LCA3001:_session.Send(\"\")|};")]
    [InlineData("Ensure(); {|LCA3001:_session!.Send(\"\")|};", "void Ensure() { if (_session == null) _session = Connect(); }")]
    // Look-ups
    [InlineData("if (_sessions.TryGetValue(key, out var s)) {|LCA3001:s.Send(\"\")|};")]
    [InlineData("{|LCA3001:_sessions.GetOrAdd(key, _ => Connect()).Send(\"\")|};")]
    [InlineData("{|LCA3001:_sessions[key].Send(\"\")|};")]
    [InlineData("if (!_plain.TryGetValue(key, out var s)) { s = Connect(); _plain[key] = s; } {|LCA3001:s.Send(\"\")|};")]
    [InlineData("var s = _plain.GetValueOrDefault(key); if (s == null) return; {|LCA3001:s.Send(\"\")|};")]
    // A check that does not decide, or does not hold any more
    [InlineData("_session ??= Connect(); if (_session.IsOpen) _busy = true; {|LCA3001:_session.Send(\"\")|};")]
    [InlineData("_session ??= Connect(); if (!_session.IsOpen) return; await Task.Delay(1); {|LCA3001:_session.Send(\"\")|};")]
    [InlineData("if (_session is { IsOpen: true }) await Task.Yield(); _session ??= Connect(); {|LCA3001:_session.Send(\"\")|};")]
    // A catch that neither evicts nor replaces
    [InlineData("_session ??= Connect(); try { {|LCA3001:_session.Send(\"\")|}; } catch (InvalidOperationException) { _busy = true; }")]
    [InlineData("if (_sessions.TryGetValue(key, out var s)) try { {|LCA3001:s.Send(\"\")|}; } catch (Exception e) { Console.WriteLine(e); }")]
    // Disposed somewhere, and never set to null
    [InlineData("_session ??= Connect(); {|LCA3001:_session.Send(\"\")|};", "public void Reset() => _session?.Dispose();")]
    // Each of two caches once
    [InlineData("_session ??= Connect(); {|LCA3001:_session.Send(\"1\")|}; _session.Send(\"2\"); {|LCA3001:_sessions[key].Send(\"3\")|};")]
    public Task The_use(string body, string members = "") => Case.HoldsAsync(Holder(body, members));

    /// <summary>What is built to reconnect goes into one holder; the others' connections stay dead.</summary>
    [Fact]
    public Task Beside_a_holder_of_what_reconnects() => Case.HoldsAsync(Hubs("_plain", "new HubBuilder()"));

    internal static string Hubs(string holder, string made) => $$"""
        class HubBuilder { public HubBuilder WithAutomaticReconnect() => this; public WireClient Build() => new(); }

        class Hubs
        {
            private readonly Dictionary<string, WireClient> _plain = [];
            private readonly Dictionary<string, WireClient> _healing = [];

            public void Tell(string key)
            {
                if (!{{holder}}.TryGetValue(key, out var hub)) {{holder}}[key] = hub = {{made}}.Build();
                {{(made.Contains('.') ? "hub.Send(key)" : "{|LCA3001:hub.Send(key)|}")}};
            }

            public void Announce(string key)
            {
                if (!_healing.TryGetValue(key, out var hub)) _healing[key] = hub = Healing();
                hub.Send(key);
            }

            private static WireClient Healing() => new HubBuilder().WithAutomaticReconnect().Build();
        }
        """;

    [Fact]
    public Task In_a_callback_it_is_this_rules_alone() => Case.HoldsAsync("""
        class Holder
        {
            private IWireSession? _session;
            public void Register(WireClient source) => source.Received += OnReceived;
            private void OnReceived(object? sender, string text) { _session ??= Wire.Create(); {|LCA3001:_session.Send(text)|}; }
        }
        """);

    [Fact]
    public Task The_message_of_a_field() => Case.HoldsAsync("""
        class Holder
        {
            private IWireSession? {|#1:_session|};
            public void Use() { _session ??= Wire.Create(); {|#0:_session.Send("")|}; }
        }
        """,
        Case.Diagnostic("LCA3001").WithLocation(0).WithLocation(1)
            .WithMessage("'_session' is used by 'Send' as it was kept: ask its state first, it may have died since"));

    [Fact]
    public Task The_message_of_a_container_that_an_event_evicts_from() => Case.HoldsAsync("""
        class Holder
        {
            private readonly ConcurrentDictionary<string, WireClient> {|#1:_sessions|} = new();

            public WireClient Open(string key)
            {
                var session = new WireClient();
                session.Closed += (_, _) => _sessions.TryRemove(key, out _);
                session.Open();
                return _sessions[key] = session;
            }

            public void Use(string key) { if (_sessions.TryGetValue(key, out var session)) {|#0:session.Send("")|}; }
        }
        """,
        Case.Diagnostic("LCA3001").WithLocation(0).WithLocation(1)
            .WithMessage("'_sessions' is used by 'Send' as it was kept (the handler that evicts it can run too late): ask its state first, it may have died since"));

    [Fact]
    public Task Kept_by_a_generic_base() => Case.HoldsAsync("""
        abstract class Kept<TSession> where TSession : class
        {
            private TSession? _session;
            protected TSession Session { get { if (_session == null) _session = Open(); return _session; } }
            protected abstract TSession Open();
        }

        class Lines : Kept<WireClient>
        {
            protected override WireClient Open() => Wire.Connect("");
            public void Tell() => {|LCA3001:Session.Send("")|};
        }
        """);

    [Fact]
    public Task Filled_by_an_arm_of_a_switch() => Case.HoldsAsync("""
        class Holder
        {
            private WireClient? _session;
            public void Use() { var s = _session switch { null => _session = Wire.Connect(""), var kept => kept }; {|LCA3001:s.Send("")|}; }
        }
        """);

    [Fact]
    public Task A_database_connection_by_its_command() => Case.HoldsAsync("""
        using System.Data.Common;

        class Rows(Func<DbConnection> make)
        {
            private DbConnection? _connection;
            public int Count() { if (_connection is null) { _connection = make(); _connection.Open(); } var command = _connection.CreateCommand(); return {|LCA3001:command.ExecuteNonQuery()|}; }
        }
        """);

    [Fact]
    public Task A_tcp_client_by_its_stream() => Case.HoldsAsync("""
        class Line
        {
            private TcpClient? _tcp;
            public void Say(byte[] text) { _tcp ??= new TcpClient("x", 1); {|LCA3001:_tcp.GetStream().Write(text, 0, text.Length)|}; }
        }
        """);

    [Fact]
    public Task A_web_socket_in_a_dictionary() => Case.HoldsAsync("""
        class Rooms
        {
            private readonly ConcurrentDictionary<string, WebSocket> _sockets = new();
            public async Task Say(string room, byte[] text) { if (_sockets.TryGetValue(room, out var socket)) await {|LCA3001:socket.SendAsync(text, WebSocketMessageType.Text, true, default)|}; }
        }
        """);
}
