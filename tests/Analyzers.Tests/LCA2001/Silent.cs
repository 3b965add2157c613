namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>What a check looks like, what is no callback, and what is no send. Each has its reported twin in <see cref="Reports"/>.</summary>
public class Silent
{
    private static string Exchange(string handling) => $$"""
        class Wire2 : IDisposable
        {
            public event EventHandler<string>? Reply;
            public bool IsConnected { get; private set; }
            public void Send(object m) { if (!IsConnected) throw new InvalidOperationException(); }
            public void Dispose() => IsConnected = false;
            public void Listen() { try { while (IsConnected) Process("x"); } catch (Exception e) { {{handling}} } }
            private void Process(string message) => Reply?.Invoke(this, message);
        }

        class Handshake
        {
            private readonly Wire2Session _session;
            public Handshake(Wire2Session session) { _session = session; _session.Reply += OnReply; }
            private void OnReply(object? sender, string m) { MARK; }
        }
        """.Replace("Wire2Session", "Wire2Connection").Replace("Wire2 ", "Wire2Connection ");

    /// <summary>What a lazy one keeps is a cached session, and another rule's.</summary>
    [Fact]
    public Task A_lazy_session_in_a_timer() => Case.SilentAsync(Timed("Lazy<WireClient> _held = new(() => Wire.Connect(\"x\"))", "if (_held.IsValueCreated) _held.Value.Send(\"\")"));

    [Fact]
    public Task A_session_of_ones_own_in_a_timer() => Case.HoldsAsync(Timed("WireClient _held = Wire.Connect(\"x\")", "{|LCA2001:_held.Send(\"\")|}"));

    private static string Timed(string field, string use) => $$"""
        class Beat
        {
            private readonly {{field}};
            private readonly Timer _timer;
            public Beat() => _timer = new Timer(_ => { {{use}}; }, null, 0, 9);
        }
        """;

    [Theory]
    [InlineData("private byte _state; private void OnPing() => _state = 0xff;")]
    [InlineData("private byte _state; private void OnPing(WireClient other) { _state = 0xff; other.Close(); } public void Close() => _client.Close();")]
    public Task A_stage_that_ends_nothing(string members) => Case.HoldsAsync(Handler("if (_state < 0xff) {|LCA2001:_client.Send(text)|};", members));

    [Theory]
    [InlineData("Console.WriteLine(e);")]
    [InlineData("")]
    public Task The_loop_that_raises_the_event_catches_it(string handling) => Case.SilentAsync(Exchange(handling).Replace("MARK", "_session.Send(m)"));

    [Fact]
    public Task The_loop_that_raises_the_event_lets_it_out() => Case.HoldsAsync(Exchange("throw;").Replace("MARK", "{|LCA2001:_session.Send(m)|}"));

    private static string Handler(string body, string members = "") => $$"""
        class Feed
        {
            private readonly WireClient _client;
            private readonly object _sync = new();
            private volatile bool _closed;
            private int _stopped;
            private WireState _phase;
            private readonly CancellationTokenSource _stop = new();

            public Feed(WireClient client)
            {
                _client = client;
                _client.Received += OnReceived;
            }

            private async void OnReceived(object? sender, string text) { await Task.CompletedTask; {{body}} }

            public void Dispose() { _closed = true; _stopped = 1; _phase = WireState.Closed; _stop.Cancel(); }

            {{members}}
        }
        """;

    [Fact]
    public Task The_template_without_a_check_is_reported() => Case.HoldsAsync(Handler("{|LCA2001:_client.Send(text)|};"));

    [Theory]
    // Early returns, ifs, patterns
    [InlineData("if (!_client.IsOpen) return; _client.Send(text);")]
    [InlineData("if (_client.IsOpen) _client.Send(text);")]
    [InlineData("if (_client.IsOpen == true) _client.Send(text);")]
    [InlineData("if (_client.IsClosed) return; _client.Send(text);")]
    [InlineData("if (_client.State == WireState.Open) _client.Send(text);")]
    [InlineData("if (_client.State != WireState.Open) return; _client.Send(text);")]
    [InlineData("if (_client.State is WireState.Open or WireState.Opening) _client.Send(text);")]
    [InlineData("if (_client.State is WireState.Closing or WireState.Closed) return; _client.Send(text);")]
    [InlineData("if (_client.State >= WireState.Closing) return; _client.Send(text);")]
    [InlineData("if ((int)_client.State >= (int)WireState.Closing) return; _client.Send(text);")]
    [InlineData("if ((int)_client.State < (int)WireState.Closing) _client.Send(text);")]
    [InlineData("if (_state >= 2) return; _client.Send(text);", "private int _state; public void Close() => _state = 2;")]
    [InlineData("if (_state < 2) _client.Send(text);", "private int _state; public void Close() => _state = 2;")]
    [InlineData("if (_state >= Ending) return; _client.Send(text);", "private const int Ending = 3; private int _state; public void Leave() => Interlocked.Exchange(ref _state, Ending);")]
    [InlineData("if (_state is > 1) return; _client.Send(text);", "private int _state; public void Close() => _state = 2;")]
    // A bound far above the few stages that it counts.
    [InlineData("if (_state >= 0xff) return; _client.Send(text);", "private byte _state; public void Close() => _state = 0xff;")]
    [InlineData("if (_state > 0 && _state < 0xff) _client.Send(text);", "private byte _state; public void Close() => _state = 0xff;")]
    // The stage is entered by whoever closes next.
    [InlineData("if (_state < 0xff) _client.Send(text);", "private byte _state; private void OnSilence() { _state = 0xff; Close(); } public void Close() => _client.Close();")]
    [InlineData("if (_state == 3) return; _client.Send(text);", "private int _state; private static void Drop(Feed feed) { feed._state = 3; feed.Close(); } public void Close() => _client.Close();")]
    [InlineData("if (_client is { IsOpen: true }) _client.Send(text);")]
    [InlineData("if (_client is { State: WireState.Open } c) c.Send(text);")]
    [InlineData("if (_client is not { IsOpen: true } c) return; c.Send(text);")]
    [InlineData("if (_client?.IsOpen == true) _client.Send(text);")]
    [InlineData("if (_client?.IsOpen ?? false) _client.Send(text);")]
    [InlineData("if (_client?.IsOpen is true) _client.Send(text);")]
    [InlineData("if (_client is null || !_client.IsOpen) return; _client.Send(text);")]
    [InlineData("if (sender is WireClient { IsOpen: true } c) c.Send(text);")]
    // Switches, loops, conditional expressions
    [InlineData("switch (_client.State) { case WireState.Open: _client.Send(text); break; }")]
    [InlineData("switch (_client.State) { case WireState.Closed: case WireState.Closing: return; default: _client.Send(text); break; }")]
    [InlineData("switch (_client) { case { IsOpen: true } c: c.Send(text); break; }")]
    [InlineData("while (_client.IsOpen) { _client.Send(text); }")]
    [InlineData("for (; _client.IsOpen;) _client.Send(text);")]
    [InlineData("_ = _client.IsOpen ? _client.SendAsync(text) : Task.CompletedTask;")]
    [InlineData("_ = _client.State switch { WireState.Open => _client.SendAsync(text), _ => Task.CompletedTask };")]
    [InlineData("_ = _client.IsOpen && Sent(_client);", "static bool Sent(WireClient c) { c.Send(\"\"); return true; }")]
    [InlineData("var open = _client.IsOpen; if (open) _client.Send(text);")]
    // What else is asked is no matter, be it answered by code that nobody sees.
    [InlineData("var wanted = _client.IsOpen && text.StartsWith('x'); if (wanted) _client.Send(text);")]
    [InlineData("var unwanted = !_client.IsOpen || text.StartsWith('x'); if (!unwanted) _client.Send(text);")]
    [InlineData("var wanted = _client.IsOpen ? text.StartsWith('x') : false; if (wanted) _client.Send(text);")]
    [InlineData("var state = _client.State; if (state != WireState.Open) return; _client.Send(text);")]
    [InlineData("if (_client.State.Equals(WireState.Open)) _client.Send(text);")]
    [InlineData("if (Ended.Contains(_client.State)) return; _client.Send(text);", "private static readonly WireState[] Ended = [WireState.Closing, WireState.Closed];")]
    [InlineData("if (Fine.Contains(_client.State)) _client.Send(text);", "private static readonly HashSet<WireState> Fine = new() { WireState.Open };")]
    [InlineData("if (new[] { WireState.Open, WireState.Opening }.Contains(_client.State)) _client.Send(text);")]
    [InlineData("var skip = _closed; skip |= !_client.IsOpen; if (skip) return; _client.Send(text);")]
    [InlineData("var wanted = text != \"\"; wanted &= _client.IsOpen; if (wanted) _client.Send(text);")]
    // Somebody looks at the task, by the name it was given.
    [InlineData("var sending = _client.SendAsync(text); _ = sending.ContinueWith(t => Console.WriteLine(t.Exception));")]
    [InlineData("var sending = _client.SendAsync(text); _ = Watch(sending);", "async Task Watch(Task task) { try { await task; } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("var c = _client; if (!c.IsOpen) return; c.Send(text);")]
    [InlineData("var c = _client; if (!_client.IsOpen) return; c.Send(text);")]
    [InlineData("lock (_sync) { if (!_client.IsOpen) return; _client.Send(text); }")]
    // The owner's own flags
    [InlineData("if (_closed) return; _client.Send(text);")]
    [InlineData("if (!_closed) _client.Send(text);")]
    [InlineData("if (Volatile.Read(ref _closed)) return; _client.Send(text);")]
    [InlineData("if (_stopped != 0) return; _client.Send(text);")]
    [InlineData("if (Interlocked.CompareExchange(ref _stopped, 0, 0) == 1) return; _client.Send(text);")]
    [InlineData("if (_phase == WireState.Closed) return; _client.Send(text);")]
    [InlineData("if (_stop.IsCancellationRequested) return; _client.Send(text);")]
    [InlineData("if (_stop.Token.IsCancellationRequested) return; _client.Send(text);")]
    [InlineData("if (_seen is { Phase: WireState.Open }) _client.Send(text);", "private Seen _seen = new(WireState.Open, 0); public void Leave() => _seen = _seen with { Phase = WireState.Closed }; } record Seen(WireState Phase, int Errors) {")]
    [InlineData("if (!_health.IsUp) return; _client.Send(text);", "private Health _health; public void Leave() => _health.IsUp = false; } struct Health { public bool IsUp; public int Score;")]
    [InlineData("if (_now.Open) _client.Send(text);", "private (bool Open, int Count) _now; public void Leave() => _now = (false, 0);")]
    // Helpers
    [InlineData("if (!CanSend()) return; _client.Send(text);", "bool CanSend() => _client.IsOpen;")]
    [InlineData("if (!IsUp) return; _client.Send(text);", "bool IsUp { get { lock (_sync) return _client.IsOpen && !_closed; } }")]
    [InlineData("if (Fine(_client)) _client.Send(text);", "static bool Fine(WireClient c) => c is { IsOpen: true };")]
    [InlineData("if (_client.Fine()) _client.Send(text);", "} static class Extensions { public static bool Fine(this WireClient c) => c.State == WireState.Open;")]
    [InlineData("Say(text);", "void Say(string t) { if (!_client.IsOpen) return; _client.Send(t); }")]
    [InlineData("Say(text);", "void Say(string t) { if (_closed) return; Deeper(t); } void Deeper(string t) => _client.Send(t);")]
    [InlineData("if (!_client.IsOpen) return; Say(text);", "void Say(string t) => _client.Send(t);")]
    // The failure is caught
    [InlineData("try { _client.Send(text); } catch (Exception) { }")]
    [InlineData("try { _client.Send(text); } catch { _client.Close(); }")]
    [InlineData("try { _client.Send(text); } catch (InvalidOperationException) { }")]
    [InlineData("try { _client.Send(text); } catch (Exception e) when (e is IOException or ObjectDisposedException) { }")]
    [InlineData("try { Say(text); } catch (InvalidOperationException) { }", "void Say(string t) => _client.Send(t);")]
    [InlineData("try { await _client.SendAsync(text); } catch (IOException) { }")]
    [InlineData("_ = _client.SendAsync(text).ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);")]
    // It answers instead of throwing
    [InlineData("_client.TrySend(text);")]
    [InlineData("if (!_client.TrySend(text)) _client.Close();")]
    // Closing is no sending
    [InlineData("_client.Close();")]
    // Made here
    [InlineData("var fresh = new WireClient(); fresh.Error += (_, _) => { }; fresh.Open(); fresh.Send(text); fresh.Close();")]
    // Asked again after the await
    [InlineData("await Task.Delay(1); if (!_client.IsOpen) return; _client.Send(text);")]
    [InlineData("await _client.OpenAsync(); _client.Send(text);")]
    public Task A_send_that_is_guarded(string body, string members = "") => Case.SilentAsync(Handler(body, members));

    [Theory]
    [InlineData("public void Say() => _client.Send(\"\");")]
    [InlineData("public void Say() => Task.Run(() => _client.Send(\"\"));")]
    [InlineData("public void Say() => new Thread(() => _client.Send(\"\")).Start();")]
    [InlineData("public void Say() => Parallel.For(0, 3, i => _client.Send(\"\"));")]
    [InlineData("public void Say() => new List<int> { 1 }.ForEach(i => _client.Send(\"\"));")]
    [InlineData("public void Say(SynchronizationContext c) => c.Send(_ => _client.Send(\"\"), null);")]
    [InlineData("static void Run(Action a) => a(); public void Say() => Run(() => _client.Send(\"\"));")]
    [InlineData("public override string ToString() { _client.Send(\"\"); return \"\"; }")]
    public Task What_is_no_callback(string members) => Case.SilentAsync($$"""class Feed { private readonly WireClient _client = new(); {{members}} }""");

    [Theory]
    [InlineData("_client.Opened += (_, _) => _client.Send(\"hello\");")]
    [InlineData("_client.Opened += OnOpened;")]
    [InlineData("_client.Received += (_, _) => Raised?.Invoke();")]
    [InlineData("_client.Received += (_, text) => Console.WriteLine(text);")]
    [InlineData("_client.Received -= (_, _) => _client.Send(\"\");")]
    public Task A_callback_that_may(string registration) => Case.SilentAsync($$"""
        class Feed
        {
            private readonly WireClient _client = new();
            public event Action? Raised;
            public void Register() { {{registration}} }
            private void OnOpened(object? sender, EventArgs e) => _client.Send("hello");
        }
        """);

    [Theory]
    [InlineData("if (connection.State != ConnectionState.Open) return; Run();")]
    [InlineData("if (connection.State == ConnectionState.Closed) connection.Open(); Run();")]
    [InlineData("try { Run(); } catch (DbException e) { Wire.Use(e); }")]
    // Made for this one use.
    [InlineData("using var own = source.OpenConnection(); using var command = own.CreateCommand(); command.ExecuteNonQuery();")]
    [InlineData("using var command = source.CreateCommand(\"delete\"); command.ExecuteNonQuery();")]
    public Task A_command_of_a_database(string body) => Case.SilentAsync(Reports.Purger(body));

    [Theory]
    [InlineData("OnState(object? sender, Told e) { if (e.State == WireState.Open) _client.Send(\"\"); }")]
    [InlineData("OnState(object? sender, Told e) { if (e.State != WireState.Open) return; _client.Send(\"\"); }")]
    [InlineData("OnState(object? sender, Told e) { if (e.IsOpen) _client.Send(\"\"); }")]
    [InlineData("OnState(object? sender, Told e) { switch (e.State) { case WireState.Open: Greet(); break; } } private void Greet() => _client.Send(\"\");")]
    public Task The_event_tells_the_state(string handler) => Case.SilentAsync(Reports.Teller(handler));

    /// <summary>Whoever raises it is the one of which it proves something, by whatever name.</summary>
    [Theory]
    [InlineData("client.Opened += (sender, _) => ((WireClient)sender!).Send(\"hello\");")]
    [InlineData("client.Opened += static (sender, _) => { if (sender is WireClient opened) opened.Send(\"hello\"); };")]
    [InlineData("client.Opened += OnOpened;")]
    public Task The_sender_of_an_event_that_proves_it(string registration) => Case.SilentAsync($$"""
        class Greeter
        {
            public void Watch(WireClient client) { {{registration}} }
            private static void OnOpened(object? sender, EventArgs e) => ((WireClient)sender!).Send("hello");
        }
        """);

    [Theory]
    [InlineData("LinkOpened")]
    [InlineData("DeviceReady")]
    public Task What_the_event_of_another_object_proves(string opened) => Case.SilentAsync($$"""
        interface ILine { event EventHandler? {{opened}}; }
        class Feed
        {
            public Feed(WireClient client, ILine line) => line.{{opened}} += (_, _) => client.Send("hello");
        }
        """);

    private static string Named(string @event) => $$"""
        class LineSocket
        {
            private readonly WireClient _wire = new();
            public event Action? {{@event}};
            public Action? OnOpen;
            public bool IsConnected => _wire.IsOpen;
            public void Dial() => _wire.Open();
            public void Send(string text) => _wire.Send(text);
            public void Close() { _wire.Close(); {{@event}}?.Invoke(); OnOpen?.Invoke(); }
        }

        class Feed
        {
            private readonly LineSocket _line = new();
            public void Start() { _line.{{@event}} += Greet; _line.Dial(); }
            private void Greet() => {|LCA2001:_line.Send("hello")|};
        }
        """;

    /// <summary>Some name what has happened by the verb alone.</summary>
    [Theory]
    [InlineData("OnConnect")]
    [InlineData("Connected")]
    public Task What_its_own_event_proves(string @event) => Case.SilentAsync(Named(@event).Replace("{|LCA2001:_line.Send(\"hello\")|}", "_line.Send(\"hello\")", StringComparison.Ordinal));

    [Theory]
    [InlineData("OnConnecting")]
    [InlineData("OnMessage")]
    [InlineData("OnDisconnect")]
    public Task What_its_own_event_does_not_prove(string @event) => Case.HoldsAsync(Named(@event));

    [Fact]
    public Task The_answer_to_the_request_that_is_handled() => Case.SilentAsync("""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Http;

        class Pages
        {
            public void Map(Action<Func<HttpContext, Task>> map) => map(context => context.Response.WriteAsync("hello"));
            public void OnStarting(HttpContext context) => context.Response.OnStarting(() => context.Response.Body.WriteAsync(new byte[1]).AsTask());
        }
        """);

    [Fact]
    public Task A_cached_session_is_another_rules_business() => Case.HoldsAsync("""
        class Feed
        {
            private readonly ConcurrentDictionary<string, WireClient> _sessions = new();
            public void Register(WireClient source) => source.Received += (_, text) => { if (_sessions.TryGetValue(text, out var session)) {|LCA3001:session.Send(text)|}; };
        }
        """);

    [Fact]
    public Task The_state_of_the_wrapper_counts_for_what_it_wraps() => Case.SilentAsync("""
        class OuterChannel(WireClient inner)
        {
            public bool IsOpen => inner.IsOpen;
            public void Send(string text) { if (IsOpen) inner.Send(text); }
            public void Close() => inner.Close();
            public void Register(WireClient source) => source.Received += (_, text) => Send(text);
        }
        """);

    [Fact]
    public Task The_state_of_the_socket_counts_for_its_stream() => Case.SilentAsync("""
        class Line
        {
            private readonly TcpClient _tcp;
            private readonly NetworkStream _stream;
            public Line(TcpClient tcp) { _tcp = tcp; _stream = tcp.GetStream(); _ = new Timer(_ => { if (_tcp.Connected) _stream.Write([1], 0, 1); }); }
        }
        """);

    [Theory]
    [InlineData("try { Came?.Invoke(text); } catch (Exception e) { Console.WriteLine(e); }", "")]
    [InlineData("try { Raise(text); } catch { }", "private void Raise(string t) { var came = Came; if (came != null) came(t); }")]
    public Task The_raise_of_the_event_catches_everything(string loop, string member) => Case.SilentAsync(Loop(loop, member, "_client.Send(text)"));

    [Theory]
    [InlineData("Came?.Invoke(text);", "")]
    [InlineData("try { Came?.Invoke(text); } catch (FormatException) { }", "")]
    [InlineData("try { Came?.Invoke(text); } catch (Exception) { throw; }", "")]
    [InlineData("try { Raise(text); } catch { }", "public void Again(string t) => Raise(t); private void Raise(string t) => Came?.Invoke(t);")]
    public Task The_raise_of_the_event_lets_it_out(string loop, string member) => Case.HoldsAsync(Loop(loop, member, "{|LCA2001:_client.Send(text)|}"));

    private static string Loop(string loop, string member, string send) => $$"""
        class Pump
        {
            public event Action<string>? Came;
            public void Run(Func<string> next) { while (true) { var text = next(); {{loop}} } }
            {{member}}
        }

        class Echo
        {
            private readonly WireClient _client;
            public Echo(Pump pump, WireClient client) { _client = client; pump.Came += OnCame; }
            private void OnCame(string text) => {{send}};
        }
        """;

    /// <summary>Where most kinds of the connection ask for themselves, the one that does not is its own affair.</summary>
    [Fact]
    public Task Most_kinds_of_the_connection_ask() => Case.SilentAsync(Kinds("if (!socket.Connected) return; "));

    [Fact]
    public Task No_kind_of_the_connection_asks() => Case.HoldsAsync(Kinds("").Replace("sink.Send(text);", "{|LCA2001:sink.Send(text)|};"));

    private static string Kinds(string question) => $$"""
        abstract class Sink { public abstract void Send(string text); }
        class PlainSink(Socket socket) : Sink { public override void Send(string text) { {{question}}socket.Send(new byte[text.Length]); } }
        class PackedSink(Socket socket) : Sink { public override void Send(string text) { {{question}}socket.Send(new byte[1]); } }
        class RelaySink(Socket socket) : Sink { public override void Send(string text) { socket.Send(new byte[2]); } }
        class Feed
        {
            public event Action<string>? Came;
            public void Push(string text) => Came?.Invoke(text);
        }

        class Room
        {
            public Room(Feed feed, Sink sink) { feed.Came += text => sink.Send(text); }
        }
        """;

    private static string Lane(string stages, string question) => $$"""
        enum LanePhase { {{stages}} }

        class Lane(Socket socket)
        {
            public LanePhase Phase { get; private set; }
            public void Put(byte[] chunk) { if (Phase != LanePhase.Flowing) throw new InvalidOperationException(); socket.Send(chunk); }
            public void End() { Phase = (LanePhase)2; socket.Close(); }
        }

        class Feed { public event Action<byte[]>? Came; public void Push(byte[] text) => Came?.Invoke(text); }

        class Room
        {
            public Room(Feed feed, Lane lane) { feed.Came += chunk => { {{question}} }; }
        }
        """;

    /// <summary>A stage whose name says nothing, in a life that ends with another one.</summary>
    [Fact]
    public Task A_stage_that_is_none_of_the_last() => Case.SilentAsync(Lane("Fresh, Flowing, Ended", "if (lane.Phase == LanePhase.Flowing) lane.Put(chunk);"));

    [Theory]
    [InlineData("Fresh, Flowing, Ended", "if (lane.Phase == LanePhase.Fresh) {|LCA2001:lane.Put(chunk)|};")]
    [InlineData("Fresh, Flowing, Red", "if (lane.Phase == LanePhase.Flowing) {|LCA2001:lane.Put(chunk)|};")]
    public Task A_stage_that_tells_nothing_of_the_end(string stages, string question) => Case.HoldsAsync(Lane(stages, question));

    /// <summary>The steps of a plan are run by the project's own code, in its own flow.</summary>
    [Fact]
    public Task A_step_of_an_object_in_the_making() => Case.SilentAsync("""
        class Command { public Action<WireClient>? Write { get; set; } public Func<WireClient, bool>? Read { get; init; } }

        class Transaction
        {
            private readonly WireClient _client = new();
            private readonly List<Command> _steps = new();

            public void Plan()
            {
                _steps.Add(new Command { Write = c => _client.Send("begin"), Read = c => c.IsOpen });
                _steps.Add(new() { Write = _ => Finish() });
            }

            public void Run() { foreach (var step in _steps) step.Write?.Invoke(_client); }

            private void Finish() => _client.Send("end");
        }
        """);

    private static string OfNetty(string method) => $$"""
        namespace DotNetty.Transport.Channels
        {
            public interface IChannelHandlerContext { Task WriteAndFlushAsync(object message); }
            public class ChannelHandlerAdapter
            {
                public virtual void ChannelRead(IChannelHandlerContext context, object message) { }
                public virtual void ChannelWritabilityChanged(IChannelHandlerContext context) { }
            }
        }
        namespace Mine
        {
            using DotNetty.Transport.Channels;
            class Echo(IChannelHandlerContext other) : ChannelHandlerAdapter { public override void {{method}} }
        }
        """;

    // The channel's own loop has just read from it.
    [Theory]
    [InlineData("ChannelRead(IChannelHandlerContext context, object message) => context.WriteAndFlushAsync(message);")]
    [InlineData("ChannelRead(IChannelHandlerContext context, object message) { Answer(context, message); } private static void Answer(IChannelHandlerContext to, object what) => to.WriteAndFlushAsync(what);")]
    public Task The_channel_that_was_read_from_is_answered(string method) => Case.SilentAsync(OfNetty(method));

    [Theory]
    [InlineData("ChannelRead(IChannelHandlerContext context, object message) => {|LCA2001:other.WriteAndFlushAsync(message)|};")]
    [InlineData("ChannelWritabilityChanged(IChannelHandlerContext context) => {|LCA2001:context.WriteAndFlushAsync(this)|};")]
    public Task Another_channel_or_another_event_does_not_tell(string method) => Case.HoldsAsync(OfNetty(method));

    /// <summary>The code that sends stands in another project of the solution: it may ask there. A package is as it is described.</summary>
    [Theory]
    [InlineData("HallSession", "session.Send(\"x\")")]
    [InlineData("WireClient", "{|LCA2001:session.Send(\"x\")|}")]
    public Task A_send_of_the_project_next_door(string type, string send) => Case.NextDoor($$"""
        class Greeter
        {
            public Greeter(System.Timers.Timer timer, {{type}} session) => timer.Elapsed += (_, _) => {{send}};
        }
        """).RunAsync();

    /// <summary>What asks for the next client, or the next message, sends nothing, whatever it demands.</summary>
    [Theory]
    [InlineData("RequestAccept", "RequestAccept()")]
    [InlineData("RequestHello", "{|LCA2001:RequestHello()|}")]
    public Task It_asks_for_what_comes_in(string name, string call) => Case.HoldsAsync($$"""
        enum DoorState { Listening, Open, Closed }
        class DoorSocket(Socket socket)
        {
            public DoorState State { get; private set; } = DoorState.Open;
            public void Send(byte[] data) { if (State != DoorState.Open) throw new InvalidOperationException("closed"); socket.Send(data); }
            public void Close() { State = DoorState.Closed; socket.Close(); }
            public void {{name}}() { if (State != DoorState.Open) throw new InvalidOperationException("closed"); socket.BeginAccept(OnAccepted, null); }
            private void OnAccepted(IAsyncResult result)
            {
                try { socket.EndAccept(result).Dispose(); } catch (SocketException) { return; } catch (ObjectDisposedException) { return; }
                {{call}};
            }
        }
        """);
}
