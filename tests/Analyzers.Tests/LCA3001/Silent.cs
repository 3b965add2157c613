namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Validated, evicted on failure, not cached, or healing by itself.</summary>
public class Silent
{
    private static string Holder(string body, string members = "") => $$"""
        class Holder
        {
            private readonly ConcurrentDictionary<string, IWireSession> _sessions = new();
            private readonly Dictionary<string, IWireSession> _plain = [];
            private readonly object _sync = new();
            private IWireSession? _session;
            private Lazy<IWireSession> _lazy = new(() => Connect());

            public async Task Use(string key) { await Task.CompletedTask; {{body}} }

            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            {{members}}
        }
        """;

    /// <summary>A dead one is taken out before, so that what is there afterwards is alive or new.</summary>
    [Theory]
    [InlineData("if (_sessions.TryGetValue(key, out var known) && !known.IsOpen) _sessions.TryRemove(key, out _); _sessions.GetOrAdd(key, _ => Connect()).Send(key);")]
    [InlineData("if (_sessions.TryGetValue(key, out var known) && !known.IsOpen && _sessions.TryRemove(KeyValuePair.Create(key, known))) known.Dispose(); var s = _sessions.GetOrAdd(key, _ => Connect()); s.Send(key);")]
    [InlineData("if (_sessions.TryGetValue(key, out var known) && !known.IsOpen) ((ICollection<KeyValuePair<string, IWireSession>>)_sessions).Remove(new KeyValuePair<string, IWireSession>(key, known)); var s = _sessions.GetOrAdd(key, _ => Connect()); s.Send(key);")]
    public Task The_dead_are_taken_out_before(string body) => Case.SilentAsync(Holder(body));

    [Theory]
    [InlineData("if (_sessions.TryGetValue(key, out var known) && known.IsOpen) _sessions.TryRemove(key, out _); {|LCA3001:_sessions.GetOrAdd(key, _ => Connect()).Send(key)|};")]
    [InlineData("if (!_sessions.TryGetValue(key, out var known)) _sessions.TryAdd(key, Connect()); {|LCA3001:_sessions.GetOrAdd(key, _ => Connect()).Send(key)|};")]
    public Task Another_is_taken_out(string body) => Case.HoldsAsync(Holder(body));

    /// <summary>Where there is one, it is open; else it is made.</summary>
    [Theory]
    [InlineData("if (_session is { IsOpen: false }) { _session.Dispose(); _session = null; } _session ??= Connect(); _session.Send(key);")]
    [InlineData("if (_session is { IsOpen: false }) _session = Connect(); _session?.Send(key);")]
    public Task The_dead_are_sorted_out(string body) => Case.SilentAsync(Holder(body));

    [Fact]
    public Task What_reconnects_by_itself() => Case.SilentAsync(Reports.Hubs("_plain", "new HubBuilder().WithAutomaticReconnect()"));

    /// <summary>The field is filled by a method that builds it, its own or another type's.</summary>
    [Theory]
    [InlineData("_hub ??= Mine();")]
    [InlineData("_hub ??= await Hubs.MakeAsync();")]
    [InlineData("if (_hub == null) { var made = await Hubs.MakeAsync(); _hub = made; }")]
    public Task A_field_of_what_a_method_builds_to_reconnect(string fill) => Case.SilentAsync(HubField(fill + " _hub.Send(key);"));

    [Theory]
    [InlineData("_hub ??= Hubs.Plain();")]
    [InlineData("_hub ??= Hubs.Plain(Hubs.IsHealing());")]
    public Task A_field_of_what_a_method_builds_plainly(string fill) => Case.HoldsAsync(HubField(fill + " {|LCA3001:_hub.Send(key)|};"));

    private static string HubField(string body) => $$"""
        class HubBuilder { public HubBuilder WithAutomaticReconnect() => this; public WireClient Build() => new(); }

        static class Hubs
        {
            public static WireClient Plain(bool quiet = false) => new HubBuilder().Build();
            public static bool IsHealing() => new HubBuilder().WithAutomaticReconnect() is not null;
            public static async Task<WireClient> MakeAsync() { await Task.Yield(); return new HubBuilder().WithAutomaticReconnect().Build(); }
        }

        class Desk
        {
            private WireClient? _hub;
            public async Task Tell(string key) { {{body}} await Task.Yield(); }
            private static WireClient Mine() => new HubBuilder().WithAutomaticReconnect().Build();
        }
        """;

    [Fact]
    public Task Datagrams_have_no_peer_that_ends_the_session() => Case.SilentAsync("""
        class Beacon
        {
            private UdpClient? _udp;
            public void Send(byte[] data) { if (_udp == null) _udp = new UdpClient("host", 1); _udp.Send(data, data.Length); }
        }
        """);

    [Fact]
    public Task One_of_all_is_not_looked_up() => Case.SilentAsync("""
        class Lobby
        {
            private readonly List<IWireSession> _players = new();
            public void Stop() { for (var i = _players.Count - 1; i >= 0; i--) _players[i].Send("bye"); }
            public void Tell(string text) { for (var i = 0; i < _players.Count; i++) { var one = _players[i]; one.Send(text); } }
        }
        """);

    [Fact]
    public Task One_of_a_chain_is_not_looked_up() => Case.SilentAsync("""
        class Lobby
        {
            private PeerLink? _head;
            public void Remove(PeerLink one) { if (one == _head) _head = one.Next; }
            public void Tell(string text) { for (var p = _head; p != null; p = p.Next) p.Send(text); }
        }

        class PeerLink { public PeerLink? Next; public bool IsOpen => true; public void Send(string text) { } public void Close() { } }
        """);

    [Fact]
    public Task A_stream_that_goes_on_inside_another() => Case.SilentAsync("""
        class Wired(Socket socket, string? host)
        {
            private Stream? _stream;
            public void Start()
            {
                _stream = new NetworkStream(socket);
                if (host == null) return;
                var tls = new System.Net.Security.SslStream(_stream);
                tls.AuthenticateAsClient(host);
                if (tls.IsAuthenticated) _stream = tls;
            }
            public void Send(byte[] data) => _stream!.Write(data);
        }
        """);

    [Fact]
    public Task What_it_says_when_it_ends() => Case.SilentAsync("""
        class Lobby
        {
            private readonly Dictionary<int, PeerLink> _all = [];
            public void Drop(int id) { if (_all.TryGetValue(id, out var one)) one.Disconnect("stale"); }
        }

        class PeerLink(Socket socket)
        {
            public bool IsOpen => true;
            public void Send(string text) => socket.Send(new byte[text.Length]);
            public void Disconnect(string reason) { Send(reason); socket.Dispose(); }
        }
        """);

    [Fact]
    public Task Datagrams_kept_by_their_target() => Case.SilentAsync("""
        class Beacons
        {
            private readonly Dictionary<string, UdpClient> _all = [];
            public void Send(string host, byte[] data)
            {
                if (!_all.TryGetValue(host, out var udp)) _all[host] = udp = new UdpClient(host, 1);
                udp.Send(data, data.Length);
            }
        }
        """);

    [Fact]
    public Task What_its_user_opens_again() => Case.SilentAsync("""
        class Wired(string host)
        {
            private Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Reconnect() { if (!_socket.Connected) { _socket.Dispose(); _socket = new Socket(SocketType.Stream, ProtocolType.Tcp); _socket.Connect(host, 80); } }
            public void Send(byte[] data) => _socket.Send(data);
        }
        """);

    [Fact]
    public Task One_picked_by_its_number_is() => Case.HoldsAsync("""
        class Lobby
        {
            private readonly List<IWireSession> _players = new();
            public void Tell(int seat, string text) => {|LCA3001:_players[seat].Send(text)|};
        }
        """);

    [Theory]
    [InlineData("(await _session.Value).Send(\"hello\");", true)]
    [InlineData("while (!stop.IsCancellationRequested) { await Task.Delay(9, stop); (await _session.Value).{|LCA3001:Send|}(\"hello\"); }", false)]
    public Task The_first_use_of_a_service_that_runs_once(string body, bool isSilent)
    {
        var source = $$"""
            namespace Microsoft.Extensions.Hosting { public abstract class BackgroundService { protected abstract Task ExecuteAsync(CancellationToken stop); } }

            class Listener : Microsoft.Extensions.Hosting.BackgroundService
            {
                private readonly Lazy<Task<IWireSession>> _session = new(() => Task.FromResult(Open()));
                private static IWireSession Open() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
                protected override async Task ExecuteAsync(CancellationToken stop) { {{body}} }
            }
            """;
        return isSilent ? Case.SilentAsync(source) : Case.HoldsAsync(source.Replace("(await _session.Value).{|LCA3001:Send|}(\"hello\")", "{|LCA3001:(await _session.Value).Send(\"hello\")|}"));
    }

    // The refusal is the check.
    [Fact]
    public Task A_command_refuses_a_connection_that_is_not_open() => Case.SilentAsync("""
        using System.Data;
        using System.Data.Common;

        abstract class Store : DbConnection { }

        abstract class Statement : DbCommand
        {
            private Store? _connection;
            private Store Kept => _connection ??= Make();
            protected abstract Store Make();
            public override int ExecuteNonQuery()
            {
                if (_connection?.State != ConnectionState.Open) throw new InvalidOperationException("open it first");
                return 0;
            }
        }
        """);

    [Fact]
    public Task The_template_without_a_check_is_reported() => Case.HoldsAsync(Holder("_session ??= Connect(); {|LCA3001:_session.Send(\"\")|};"));

    [Theory]
    // Asked before
    [InlineData("if (_session is null || !_session.IsOpen) _session = Connect(); _session.Send(\"\");")]
    [InlineData("if (_session is not { IsOpen: true }) _session = Connect(); _session.Send(\"\");")]
    [InlineData("if (_session?.IsOpen != true) _session = Connect(); _session.Send(\"\");")]
    [InlineData("if (_session == null || _session.State != WireState.Open) { _session?.Dispose(); _session = Connect(); } _session.Send(\"\");")]
    [InlineData("_session ??= Connect(); if (!_session.IsOpen) _session = Connect(); _session.Send(\"\");")]
    [InlineData("_session ??= Connect(); if (!_session.IsOpen) return; _session.Send(\"\");")]
    [InlineData("_session ??= Connect(); if (!_session.IsOpen) throw new InvalidOperationException(\"dead\"); _session.Send(\"\");")]
    [InlineData("_session ??= Connect(); if (!_session.IsOpen) _session.Open(); _session.Send(\"\");")]
    [InlineData("var s = _session; if (s is { IsOpen: true }) { s.Send(\"\"); return; } _session = Connect();")]
    [InlineData("lock (_sync) { if (_session is not { IsOpen: true }) _session = Connect(); _session.Send(\"\"); }")]
    [InlineData("Get().Send(\"\");", "IWireSession Get() { lock (_sync) { if (_session is { IsOpen: true }) return _session; return _session = Connect(); } }")]
    [InlineData("Live.Send(\"\");", "IWireSession Live => _session is { IsOpen: true } s ? s : _session = Connect();")]
    [InlineData("Ensure(); _session!.Send(\"\");", "void Ensure() { if (_session is not { IsOpen: true }) _session = Connect(); }")]
    [InlineData("_session ??= Connect(); if (!Fine(_session)) return; _session.Send(\"\");", "static bool Fine(IWireSession s) => s.State == WireState.Open;")]
    [InlineData("if (_sessions.TryGetValue(key, out var s) && s.IsOpen) s.Send(\"\");")]
    [InlineData("if (_sessions.TryGetValue(key, out var s) && s is { State: WireState.Open }) s.Send(\"\");")]
    [InlineData("var s = _sessions.GetOrAdd(key, _ => Connect()); if (!s.IsOpen) { s = Connect(); _sessions[key] = s; } s.Send(\"\");")]
    [InlineData("if (!_plain.TryGetValue(key, out var s) || !s.IsOpen) { s = Connect(); _plain[key] = s; } s.Send(\"\");")]
    [InlineData("foreach (var s in _sessions.Values) if (s.IsOpen) s.Send(\"\");")]
    [InlineData("if (_lazy.Value.IsOpen) _lazy.Value.Send(\"\");")]
    // A failure evicts or replaces
    [InlineData("_session ??= Connect(); try { _session.Send(\"\"); } catch (InvalidOperationException) { _session = null; throw; }")]
    [InlineData("_session ??= Connect(); try { _session.Send(\"\"); } catch (Exception) { _session.Dispose(); _session = Connect(); }")]
    [InlineData("_session ??= Connect(); try { _session.Send(\"\"); } catch { Drop(); throw; }", "void Drop() { _session?.Dispose(); _session = null; }")]
    [InlineData("if (_sessions.TryGetValue(key, out var s)) try { s.Send(\"\"); } catch (IOException) { _sessions.TryRemove(key, out _); }")]
    [InlineData("var all = _sessions; if (all.TryGetValue(key, out var s)) try { s.Send(\"\"); } catch (IOException) { all.TryRemove(key, out _); }")]
    [InlineData("var s = _sessions.GetOrAdd(key, _ => Connect()); try { s.Send(\"\"); } catch (Exception) when (_sessions.TryRemove(key, out _)) { }")]
    // Made for this use
    [InlineData("var s = Connect(); s.Send(\"\");")]
    [InlineData("_session = Connect(); _session.Send(\"\");")]
    [InlineData("var s = Connect(); _sessions[key] = s; s.Send(\"\");")]
    // No use
    [InlineData("_session?.Close();")]
    [InlineData("if (_sessions.TryRemove(key, out var s)) s.Dispose();")]
    [InlineData("Console.WriteLine(_session ??= Connect());")]
    public Task A_session_that_is_looked_after(string body, string members = "") => Case.SilentAsync(Holder(body, members));

    [Fact]
    public Task An_owner_that_opens_in_its_constructor() => Case.SilentAsync("""
        class Owner
        {
            private readonly IWireSession _session;
            public Owner() { _session = Wire.Create(); _session.Error += (_, _) => { }; _session.Open(); }
            public void Say(string text) => _session.Send(text);
        }
        """);

    [Fact]
    public Task An_owner_that_opens_in_start() => Case.SilentAsync("""
        class Owner
        {
            private IWireSession? _session;
            public void Start() { if (_session is not null) return; _session = Wire.Create(); _session.Error += (_, _) => { }; _session.Open(); }
            public void Say(string text) => _session!.Send(text);
        }
        """);

    [Fact]
    public Task A_session_that_was_handed_in() => Case.SilentAsync("""
        class Owner(IWireSession session)
        {
            private readonly IWireSession _kept = session;
            public void Say(string text) { session.Send(text); _kept.Send(text); }
        }
        """);

    [Fact]
    public Task Clients_that_heal_by_themselves() => Case.SilentAsync("""
        using System.Data.Common;

        class Healing(Func<DbDataSource> source)
        {
            private HttpClient? _http;
            private DbDataSource? _data;
            public Task<string> Get() => (_http ??= new HttpClient()).GetStringAsync("http://x");
            public int Count() { _data ??= source(); using var connection = _data.OpenConnection(); using var command = connection.CreateCommand(); return command.ExecuteNonQuery(); }
        }
        """);

    [Fact]
    public Task A_walk_through_a_chain_of_which_each_is_cast() => Case.SilentAsync("""
        class Lobby
        {
            private PeerLink? _head;
            public void Add(PeerLink one) { if (_head != null) one.Next = _head; _head = one; }
            public void Remove(PeerLink one) { if (one == _head) _head = one.Next; }
            public void Tell(string text) { for (var p = _head; p != null; p = p.Next) ((GuestLink)p).Send(text); }
        }

        class PeerLink { public PeerLink? Next; public bool IsOpen => true; public void Send(string text) { } public void Close() { } }
        class GuestLink : PeerLink { }
        """);

    /// <summary>The session's own member asks, some calls further down, or whom it hands itself to does.</summary>
    [Theory]
    [InlineData("public void Send(string text) => Queue(text, 0); private void Queue(string text, int channel) { if (!IsOpen || channel > 3) return; _waiting.Add(text); }")]
    [InlineData("private readonly Dispatcher _dispatcher = new(); public void Send(string text) => _dispatcher.Send(text, this); public void Queue(string text) { if (!IsOpen) return; _waiting.Add(text); }")]
    public Task The_session_asks_itself(string members) => Case.SilentAsync($$"""
        class PeerSession
        {
            private readonly List<string> _waiting = new();
            public bool IsOpen { get; private set; } = true;
            public void Close() => IsOpen = false;
            {{members}}
        }

        class Dispatcher { public void Send(string text, PeerSession session) => {{(members.Contains("_dispatcher") ? "session.Queue(text)" : "session.Close()")}}; }

        class Holder
        {
            private readonly Dictionary<string, PeerSession> _sessions = new();
            public void Add(string key) => _sessions[key] = new PeerSession();
            public void Say(string key) => _sessions[key].Send("");
        }
        """);

    /// <summary>Whether the attempts were enough is not known, but the session was asked and opened anew where it had died.</summary>
    [Fact]
    public Task A_helper_opens_another_where_it_has_died() => Case.SilentAsync("""
        class Holder
        {
            private IWireSession _session = null!;
            private readonly SemaphoreSlim _gate = new(1);

            public async Task Say(string text)
            {
                await Renew().ConfigureAwait(false);
                if (text.Length == 0) throw new ArgumentException();
                _session.Send(text);
            }

            private async Task Renew()
            {
                await _gate.WaitAsync();
                try
                {
                    if (_session == null || !_session.IsOpen)
                    {
                        for (var attempt = 0; attempt < 3; attempt++)
                        {
                            try { _session = Wire.Create(); break; }
                            catch (TimeoutException) { await Task.Delay(10); }
                        }
                    }
                }
                finally { _gate.Release(); }
            }
        }
        """);

    [Fact]
    public Task The_users_word_that_a_type_reconnects() => Case.SilentAsync("""
        [LifecycleAnalyzers.Runtime.Connection(Reconnects = true)]
        class SteadyLink { public bool IsOpen => true; public void Send(string text) { } public void Close() { } }

        class Holder
        {
            private SteadyLink? _link;
            public void Say() { _link ??= new SteadyLink(); _link.Send(""); }
        }
        """);

    [Fact]
    public Task A_private_helper_whose_callers_ask() => Case.SilentAsync("""
        class Holder
        {
            private IWireSession? _session;
            public void Use() { if (_session is not { IsOpen: true }) _session = Wire.Create(); Say("1"); }
            private void Say(string text) => _session!.Send(text);
        }
        """);

    [Fact]
    public Task The_failure_of_the_use_is_answered_by_a_retry_with_another() => Case.SilentAsync("""
        class Holder
        {
            private IWireSession? _session;
            public void Use()
            {
                for (var attempt = 0; attempt < 2; attempt++)
                {
                    _session ??= Wire.Create();
                    try { _session.Send(""); return; }
                    catch (InvalidOperationException) { _session = null; }
                }
            }
        }
        """);

    [Fact]
    public Task What_was_handed_to_the_callback_was_looked_up_nowhere() => Case.SilentAsync("""
        class Tunnel
        {
            private void Read(IAsyncResult result)
            {
                var state = (object[])result.AsyncState!;
                var session = (IWireSession)state[1];
                session.Send("");
            }
        }
        """);

    /// <summary>What is put in the place of what was ended waits for its owner; a writer over somebody else's stream is a view of it.</summary>
    [Theory]
    [InlineData("_session!.Send(key);", "public void Disconnect() { if (_session != null) { _session.Dispose(); Renew(); } } public void Reset() { if (_session != null) Renew(); } private void Renew() { _session = Connect(); }")]
    [InlineData("await (_writer ??= System.IO.Pipelines.PipeWriter.Create(_body)).FlushAsync();", "private readonly NetworkStream _body = null!; private System.IO.Pipelines.PipeWriter? _writer;")]
    public Task Renewed_by_its_end_or_a_view(string body, string members) => Case.SilentAsync(Holder(body, members));

    /// <summary>A helper that asks and opens again may answer how that went.</summary>
    [Theory]
    [InlineData("var outcome = Renew(); if (!outcome.Done || _session == null) return; _session.Send(key);", "if (Alive()) return new(true);")]
    [InlineData("if (!Renew().Done) return; _session!.Send(key);", "if (Alive()) return new(true);")]
    [InlineData("var outcome = Renew(); if (!outcome.Done || _session == null) return; {|LCA3001:_session.Send(key)|};", "if (_session != null) return new(true);")]
    [InlineData("var outcome = Renew(); await Task.Delay(1); if (!outcome.Done || _session == null) return; {|LCA3001:_session.Send(key)|};", "if (Alive()) return new(true);")]
    public Task Opened_again_by_a_helper_with_an_answer(string body, string question) => Case.HoldsAsync(Holder(body, $$"""
        private record struct Outcome(bool Done);
        private bool Alive() { lock (_sync) return _session?.IsOpen == true; }
        private Outcome Renew()
        {
            {{question}}
            try { _session = Connect(); return new(true); }
            catch (IOException e) { Console.WriteLine(e); }
            return new(false);
        }
        """));

    /// <summary>A delivery is acknowledged to the session that brought it, or not at all.</summary>
    [Theory]
    [InlineData("_channel.SendAck(tag)")]
    [InlineData("{|LCA3001:_channel.Send(tag)|}")]
    public Task An_answer_to_a_delivery(string send) => Case.HoldsAsync($$"""
        class BrokerChannel : IDisposable
        {
            public static BrokerChannel Open() => new();
            public bool IsOpen => true;
            public void Send(long tag) { }
            public void SendAck(long tag) { }
            public void Dispose() { }
        }

        class Consumer
        {
            private BrokerChannel? _channel;
            public void OnDelivery(long tag) { _channel ??= BrokerChannel.Open(); {{send}}; }
        }
        """);

    /// <summary>In the list for as long as it runs: nobody keeps it there for later.</summary>
    [Theory]
    [InlineData("try { await ended; } finally { _sessions.TryRemove(key, out _); }", "s.Send(key);")]
    [InlineData("await ended;", "{|LCA3001:s.Send(key)|};")]
    public Task A_list_of_those_at_work(string run, string send) => Case.HoldsAsync(Holder(
        "if (_sessions.TryGetValue(key, out var s)) " + send,
        "public async Task RunAsync(string key, IWireSession session, Task ended) { if (!_sessions.TryAdd(key, session)) return; " + run + " }"));

    /// <summary>What the depth does not reach may ask: of a session's own member it is not judged by its name.</summary>
    [Fact]
    public Task Too_deep_to_be_followed() => Case.SilentAsync("""
        class DeskSession(Socket socket) : IDisposable
        {
            private readonly Queue<string> _out = new();
            private bool _gone;
            public bool IsClosed => _gone;
            public void Send(string text) => Put(text);
            private void Put(string text) { if (_gone) return; _out.Enqueue(text); }
            public void Dispose() { _gone = true; socket.Dispose(); }
        }

        class Desk(Func<DeskSession> open)
        {
            private DeskSession? _session;
            public void A() { _session ??= open(); B(_session); }
            private static void B(DeskSession s) => C(s);
            private static void C(DeskSession s) => D(s);
            private static void D(DeskSession s) => E(s);
            private static void E(DeskSession s) => s.Send("x");
        }
        """);

    /// <summary>A datagram names whom it is for, whatever socket it leaves by.</summary>
    [Theory]
    [InlineData("socket.SendTo(data, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));")]
    [InlineData("{|LCA3001:socket.Send(data)|};")]
    public Task Addressed(string use) => Case.HoldsAsync($$"""
        class Exporter
        {
            private readonly Dictionary<string, Socket> _all = [];
            public void Send(string name, byte[] data)
            {
                if (!_all.TryGetValue(name, out var socket)) _all[name] = socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                {{use}}
            }
        }
        """);
}
