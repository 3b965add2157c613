namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>A callback sends, and nothing on the way asks.</summary>
public class Reports
{
    /// <summary>A handler of an event, with that body.</summary>
    private static string Handler(string body, string members = "") => $$"""
        class Feed
        {
            private readonly WireClient _client;
            private readonly WireClient _other = new();
            private readonly object _sync = new();
            private bool _busy;
            private bool _closing;

            public Feed(WireClient client)
            {
                _client = client;
                _client.Received += OnReceived;
            }

            private async void OnReceived(object? sender, string text) { await Task.CompletedTask; {{body}} }

            public void Close() => _closing = true;

            {{members}}
        }
        """;

    [Theory]
    // That a window or some data are there says nothing of the connection.
    [InlineData("SlotOpened")]
    [InlineData("DataReady")]
    [InlineData("OrderAccepted")]
    public Task Something_else_is_ready(string raised) => Case.HoldsAsync($$"""
        interface ISource { event EventHandler? {{raised}}; }
        class Feed
        {
            public Feed(WireClient client, ISource source) => source.{{raised}} += (_, _) => {|LCA2001:client.Send("hello")|};
        }
        """);

    /// <summary>The sender of an event that proves nothing, and another one than the sender of one that does.</summary>
    [Theory]
    [InlineData("client.Received += (sender, _) => {|LCA2001:((WireClient)sender!).Send(\"hello\")|};")]
    [InlineData("client.Opened += (sender, _) => {|LCA2001:other.Send(\"hello\")|};")]
    public Task Of_an_event(string registration) => Case.HoldsAsync($$"""
        class Greeter
        {
            public void Watch(WireClient client, WireClient other) { {{registration}} }
        }
        """);

    /// <summary>A state object that is given with the callback, alone or in a tuple.</summary>
    [Theory]
    [InlineData("static s => {|LCA2001:((Panel)s!).Client.Send(\"\")|}, this")]
    [InlineData("static s => { var (panel, text) = ((Panel, string))s!; {|LCA2001:panel.Client.Send(text)|}; }, (this, \"\")")]
    [InlineData("static s => { var (panel, text) = ((Panel, string))s!; if (panel.Client.IsOpen) panel.Client.Send(text); }, (this, \"\")")]
    [InlineData("static s => { var (client, isUsable) = ((WireClient, Func<WireClient, bool>))s!; if (isUsable(client)) client.Send(\"\"); }, (Client, new Func<WireClient, bool>(c => c.IsOpen))")]
    public Task By_a_state_object(string arguments) => Case.HoldsAsync($$"""
        class Panel(WireClient client, SynchronizationContext context)
        {
            public WireClient Client { get; } = client;
            public void OnEnter() => context.Post({{arguments}});
        }
        """);

    [Theory]
    [InlineData("using var command = connection.CreateCommand(); {|LCA2001:command.ExecuteNonQuery()|};")]
    [InlineData("using var command = connection.CreateCommand(); command.Connection = connection; Wire.Use({|LCA2001:command.ExecuteScalar()|});")]
    [InlineData("{|LCA2001:Run()|};")]
    public Task A_command_of_a_database(string body) => Case.HoldsAsync(Purger(body));

    /// <summary>A timer that writes to a database whose connection is held.</summary>
    internal static string Purger(string body) => $$"""
        using System.Data;
        using System.Data.Common;

        class Purger(DbConnection connection, DbDataSource source)
        {
            private Timer? _timer;
            public void Start() => _timer = new Timer(OnTick, null, 1000, 1000);
            private void OnTick(object? state) { {{body}} }
            private void Run() { using var command = connection.CreateCommand(); command.CommandText = "delete" + source + _timer; command.ExecuteNonQuery(); }
        }
        """;

    [Theory]
    [InlineData("OnState(object? sender, Told e) { if (e.State == WireState.Closed) {|LCA2001:_client.Send(\"\")|}; }")]
    [InlineData("OnState(object? sender, Told e) { if (e.State != WireState.Open) {|LCA2001:_client.Send(\"\")|}; }")]
    [InlineData("OnState(object? sender, Told e) { if (e.WasOpen) {|LCA2001:_client.Send(\"\")|}; }")]
    [InlineData("OnState(object? sender, Told e) { if (e.Other.IsOpen) {|LCA2001:_client.Send(\"\")|}; }")]
    public Task The_event_tells_of_the_end(string handler) => Case.HoldsAsync(Teller(handler));

    /// <summary>An event that tells of a state, and a handler of it that sends.</summary>
    internal static string Teller(string handler) => $$"""
        class Told : EventArgs { public WireState State { get; init; } public bool IsOpen { get; init; } public bool WasOpen { get; init; } public WireClient Other { get; init; } = new(); }
        interface ILine { event EventHandler<Told>? StateChanged; }
        class Feed
        {
            private readonly WireClient _client;
            public Feed(WireClient client, ILine line) { _client = client; line.StateChanged += OnState; }
            private void {{handler}}
        }
        """;

    [Theory]
    [InlineData("{|LCA2001:_client.Send(text)|};")]
    [InlineData("await {|LCA2001:_client.SendAsync(text)|};")]
    [InlineData("_ = {|LCA2001:_client.SendAsync(text)|};")]
    [InlineData("if (text.Length > 0) {|LCA2001:_client.Send(text)|};")]
    [InlineData("for (var i = 0; i < 2; i++) {|LCA2001:_client.Send(text)|};")]
    // A check of something else, or of the wrong side, is none.
    [InlineData("if (_other.IsOpen) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.IsClosed) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.State == WireState.Closed) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_busy) return; {|LCA2001:_client.Send(text)|};")]
    [InlineData("var wanted = _client.IsOpen || text.StartsWith('x'); if (wanted) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var wanted = _client.IsOpen && text.StartsWith('x'); if (!wanted) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client is null) return; {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client is { Address: \"x\" }) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.IsOpen) _busy = true; {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.IsOpen || text == \"x\") {|LCA2001:_client.Send(text)|};")]
    [InlineData("_busy = _client.IsOpen; {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (_client.Address == \"\") return; {|LCA2001:_client.Send(text)|};")]
    // A check that throws in a callback ends the process itself.
    [InlineData("if (!_client.IsOpen) throw new InvalidOperationException(); {|LCA2001:_client.Send(text)|};")]
    [InlineData("ObjectDisposedException.ThrowIf(_closing, this); {|LCA2001:_client.Send(text)|};")]
    // A try that does not see what a send throws, or throws again.
    [InlineData("try { {|LCA2001:_client.Send(text)|}; } finally { _busy = false; }")]
    [InlineData("try { {|LCA2001:_client.Send(text)|}; } catch (FormatException) { }")]
    [InlineData("try { {|LCA2001:_client.Send(text)|}; } catch (Exception) when (Noted()) { } bool Noted() { _busy = false; return false; }")]
    [InlineData("try { {|LCA2001:_client.Send(text)|}; } catch (Exception) { _busy = false; throw; }")]
    [InlineData("try { _busy = true; } catch (Exception) { {|LCA2001:_client.Send(text)|}; }")]
    [InlineData("if (_client.State.Equals(WireState.Closed)) {|LCA2001:_client.Send(text)|};")]
    [InlineData("if (new[] { WireState.Closing, WireState.Closed }.Contains(_client.State)) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var wanted = _client.IsOpen; wanted |= text != \"\"; if (wanted) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var skip = _closing; skip &= !_client.IsOpen; if (skip) {|LCA2001:_client.Send(text)|};")]
    [InlineData("var sending = {|LCA2001:_client.SendAsync(text)|}; Console.WriteLine(sending.Status);")]
    // The lock is no check.
    [InlineData("lock (_sync) {|LCA2001:_client.Send(text)|};")]
    // One report for each connection, at the first such send.
    [InlineData("{|LCA2001:_client.Send(text)|}; _client.Send(text); _client.Send(text);")]
    [InlineData("{|LCA2001:_client.Send(text)|}; {|LCA2001:_other.Send(text)|};")]
    [InlineData("if (_client.IsOpen) _client.Send(text); {|LCA2001:_client.Send(text)|};")]
    // By the sender, a local, an alias.
    [InlineData("var c = _client; {|LCA2001:c.Send(text)|};")]
    [InlineData("{|LCA2001:(sender as WireClient)!.Send(text)|};")]
    [InlineData("if (sender is WireClient c) {|LCA2001:c.Send(text)|};")]
    // The sender is open: the others in the list need not be.
    [InlineData("if (sender is not WireClient { IsOpen: true }) return; foreach (var c in new List<WireClient> { _client, _other }.Skip(1)) {|LCA2001:c.Send(text)|};")]
    [InlineData("{|LCA2001:_client?.Send(text)|};", true)]
    public Task The_send(string body, bool conditional = false) =>
        Case.HoldsAsync(Handler(conditional ? body.Replace("{|LCA2001:_client?.Send(text)|}", "_client?{|LCA2001:.Send(text)|}") : body));

    [Theory]
    [InlineData("{|LCA2001:Say(text)|};", "void Say(string t) => _client.Send(t);")]
    [InlineData("{|LCA2001:Say(text)|};", "void Say(string t) { Deeper(t); } void Deeper(string t) { if (t == \"\") return; _client.Send(t); }")]
    [InlineData("{|LCA2001:Say(_client, text)|};", "static void Say(WireClient c, string t) => c.Send(t);")]
    [InlineData("{|LCA2001:_client.Say(text)|};", "} static class Extensions { public static void Say(this WireClient c, string t) => c.Send(t);")]
    [InlineData("await {|LCA2001:SayAsync(text)|};", "async Task SayAsync(string t) { await Task.Yield(); await _client.SendAsync(t); }")]
    [InlineData("Say(); void Say() => _client.Send(text);", "", true)]
    [InlineData("Action say = () => _client.Send(text); {|LCA2001:say()|};", "")]
    [InlineData("{|LCA2001:_say(text)|};", "readonly Action<string> _say = t => new WireClient().Close(); void Set() { } Action<string> Unused => _say;", null)]
    [InlineData("{|LCA2001:Pump()|};", "void Pump() { while (_queue.TryDequeue(out var t)) _client.Send(t); } readonly Queue<string> _queue = new();")]
    [InlineData("{|LCA2001:_owned.Say(text)|};", "readonly Owned _owned = new(); class Owned { readonly WireClient _inner = new(); public void Say(string t) => _inner.Send(t); }")]
    public Task The_call_that_leads_there(string body, string members, bool? isLocal = false) => isLocal switch
    {
        true => Case.HoldsAsync(Handler(body.Replace("Say();", "{|LCA2001:Say()|};"), members)),
        // A delegate whose function does not send.
        null => Case.SilentAsync(Handler(body.Replace("{|LCA2001:", "").Replace("|}", ""), members)),
        _ => Case.HoldsAsync(Handler(body, members)),
    };

    [Theory]
    [InlineData("new Timer(_ => {|LCA2001:_client.Send(\"\")|}, null, 0, 1)")]
    [InlineData("new Timer(Tick)")]
    [InlineData("CancellationToken.None.Register(() => {|LCA2001:_client.Send(\"\")|})")]
    [InlineData("Task.CompletedTask.ContinueWith(_ => {|LCA2001:_client.Send(\"\")|})")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => {|LCA2001:_client.Send(\"\")|})")]
    [InlineData("ThreadPool.RegisterWaitForSingleObject(new ManualResetEvent(false), (_, _) => {|LCA2001:_client.Send(\"\")|}, null, 1, true)")]
    [InlineData("Stream.Null.BeginRead([], 0, 0, _ => {|LCA2001:_client.Send(\"\")|}, null)")]
    [InlineData("Microsoft.Extensions.Primitives.ChangeToken.OnChange(() => null!, () => {|LCA2001:_client.Send(\"\")|})")]
    public Task From_every_kind_of_callback(string registration) => Case.HoldsAsync($$"""
        class Feed
        {
            private readonly WireClient _client = new();
            public object Register() => {{registration}};
            private void Tick(object? state) => {{(registration.Contains("Tick") ? "{|LCA2001:_client.Send(\"\")|}" : "_client.Close()")}};
        }
        """);

    [Fact]
    public Task In_a_posted_delegate_and_an_observer() => Case.HoldsAsync("""
        class Feed : IObserver<string>
        {
            private readonly WireClient _client = new();
            public void Register(SynchronizationContext context) => context.Post(_ => {|LCA2001:_client.Send("")|}, null);
            public void OnNext(string value) => {|LCA2001:_client.Send(value)|};
            public void OnError(Exception error) { if (_client.IsOpen) _client.Send("error"); }
            public void OnCompleted() { }
        }
        """);

    [Fact]
    public Task The_message_names_callback_send_and_connection() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public Feed() => {|#1:_client.Received += OnReceived|};
            private void OnReceived(object? sender, string text) => {|#0:_client.Send(text)|};
        }
        """,
        Case.Diagnostic("LCA2001").WithLocation(0).WithLocation(1)
            .WithMessage("'OnReceived' calls 'Send' with no check that '_client' is still open: a callback can run when the connection is already closing"));

    [Fact]
    public Task The_message_names_the_way_and_the_locations_follow_it() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            public Feed() => {|#1:_client.Received += OnReceived|};
            private void OnReceived(object? sender, string text) => {|#0:Process(text)|};
            private void Process(string text) => {|#2:Forward(text)|};
            private void Forward(string text) => {|#3:_client.Send(text)|};
        }
        """,
        Case.Diagnostic("LCA2001").WithLocation(0).WithLocation(1).WithLocation(2).WithLocation(3)
            .WithMessage("'OnReceived' reaches 'Send' through 'Process', 'Forward' with no check that '_client' is still open: a callback can run when the connection is already closing"));

    [Fact]
    public Task The_message_of_a_lambda() => Case.HoldsAsync("""
        class Feed
        {
            private readonly WireClient _client = new();
            private Timer? _timer;
            public void Start() => _timer = {|#1:new Timer(_ => {|#0:_client.Send("ping")|}, null, 0, 1000)|};
        }
        """,
        Case.Diagnostic("LCA2001").WithLocation(0).WithLocation(1).WithArguments("the handler", "calls 'Send'", "_client"));

    [Fact]
    public Task An_own_send_that_throws_unless_open_asks_its_callers() => Case.HoldsAsync("""
        enum WriteState { Open, Draining, Closed }

        class PacketStream
        {
            public WriteState State { get; private set; }
            public event Action? Drained;
            public void Send(byte[] packet) { if (State != WriteState.Open) throw new InvalidOperationException("not open"); }
            public void Close() { State = WriteState.Closed; Drained?.Invoke(); }
        }

        class Relay
        {
            private readonly Queue<byte[]> _queue = new();
            private readonly PacketStream _stream;

            public Relay(PacketStream stream)
            {
                _stream = stream;
                _stream.Drained += OnDrained;
            }

            private void OnDrained() => {|LCA2001:ProcessQueue()|};

            private void ProcessQueue()
            {
                while (_queue.TryDequeue(out var packet)) _stream.Send(packet);
            }
        }
        """);

    [Fact]
    public Task An_override_of_a_base_class_that_calls_it() => Case.HoldsAsync("""
        abstract class Session
        {
            protected WireClient Client { get; } = new();
            protected Session() => Client.Received += (_, text) => {|LCA2001:Handle(text)|};
            protected abstract void Handle(string text);
        }

        class Checked : Session { protected override void Handle(string text) { if (Client.IsOpen) Client.Send(text); } }

        class Unchecked : Session { protected override void Handle(string text) => Client.Send(text); }
        """);

    [Fact]
    public Task A_handler_in_another_file() => Case.FilesHoldAsync(
    [
        """
        partial class Feed
        {
            private readonly WireClient _client = new();
            public Feed() => _client.Received += OnReceived;
        }
        """,
        """
        partial class Feed
        {
            private void OnReceived(object? sender, string text) => {|LCA2001:Helper.Say(_client, text)|};
        }
        """,
        """
        static class Helper
        {
            public static void Say(WireClient client, string text) => client.Send(text);
        }
        """,
    ]);

    [Theory]
    [InlineData("WebSocket", "socket.SendAsync(bytes, WebSocketMessageType.Text, true, default)")]
    [InlineData("Socket", "socket.Send(bytes)")]
    [InlineData("UdpClient", "socket.Send(bytes, 1)")]
    [InlineData("NetworkStream", "socket.Write(bytes, 0, 1)")]
    [InlineData("System.IO.Pipes.NamedPipeServerStream", "socket.WriteAsync(bytes)")]
    [InlineData("System.IO.Pipelines.PipeWriter", "socket.FlushAsync()")]
    [InlineData("IWireSession", "socket.Send(\"\")")]
    public Task On_connections_of_the_framework_and_of_libraries(string type, string send) => Case.HoldsAsync($$"""
        class Feed({{type}} socket)
        {
            private readonly byte[] bytes = [1];
            public void Register(CancellationToken token) => token.Register(() => { _ = {|LCA2001:{{send}}|}; });
        }
        """.Replace("{ _ = {|LCA2001:socket.Write(bytes, 0, 1)|}; }", "{|LCA2001:socket.Write(bytes, 0, 1)|}").Replace("{ _ = {|LCA2001:socket.Send(\"\")|}; }", "{|LCA2001:socket.Send(\"\")|}"));

    [Theory]
    [InlineData("foreach (var (name, link) in _links) if (name.Length > 0) link.Send(text);")]
    [InlineData("foreach (var (_, link) in _pairs) link.Send(text);")]
    [InlineData("foreach (var pair in _links) pair.Value.Send(text);")]
    [InlineData("_all.ForEach(link => link.Send(text));")]
    public Task Every_one_of_many(string loop) => Case.HoldsAsync(Room("{|LCA2001:Say(text)|}", loop));

    [Theory]
    [InlineData("foreach (var (_, link) in _links) if (link.IsOpen) link.Send(text);")]
    [InlineData("foreach (var (_, link) in _pairs) { if (!link.IsOpen) continue; link.Send(text); }")]
    [InlineData("_all.ForEach(link => { if (link.IsOpen) link.Send(text); });")]
    public Task Every_one_that_is_asked(string loop) => Case.SilentAsync(Room("Say(text)", loop));

    private static string Room(string call, string loop) => $$"""
        class RoomLink
        {
            public bool IsOpen { get; private set; } = true;
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }

        class Source { public event Action<string>? Said; public void Raise() => Said?.Invoke(""); }

        class Room
        {
            private readonly Dictionary<string, RoomLink> _links = new();
            private readonly List<(int Seat, RoomLink Link)> _pairs = new();
            private readonly List<RoomLink> _all = new();
            public Room(Source source) => source.Said += text => {{call}};
            public void Enter(RoomLink link) { _links["a"] = link; _pairs.Add((1, link)); _all.Add(link); }
            private void Say(string text) { {{loop}} }
        }
        """;

    /// <summary>A method of another object that is kept as a delegate is called on that object.</summary>
    [Theory]
    [InlineData("_say = client.Send;", "{|LCA2001:_say(text)|}")]
    [InlineData("_client = client; _say = _client.Send;", "{|LCA2001:_say(text)|}")]
    [InlineData("_say = new Line(client).Say;", "{|LCA2001:_say(text)|}")]
    [InlineData("_say = line.Say;", "{|LCA2001:_say(text)|}")]
    [InlineData("_say = line.SaySafely;", "_say(text)")]
    [InlineData("_client = client; _say = _client.Send;", "if (_client.IsOpen) _say(text)")]
    public Task A_kept_method_of_another_object(string made, string called) => Case.HoldsAsync($$"""
        class Line(WireClient client)
        {
            public void Say(string text) => client.Send(text);
            public void SaySafely(string text) { if (client.IsOpen) client.Send(text); }
        }

        class Source { public event Action<string>? Said; public void Raise() => Said?.Invoke(""); }

        class Echo
        {
            private readonly Action<string> _say;
            private readonly WireClient? _client;
            public Echo(Source source, WireClient client, Line line) { {{made}} source.Said += OnSaid; }
            private void OnSaid(string text) { {{called}}; }
            public override string ToString() => _client + "";
        }
        """);

    /// <summary>A clause for a file that is not there catches nothing that a connection throws.</summary>
    [Fact]
    public Task A_clause_for_a_missing_file() => Case.HoldsAsync("""
        class Upload
        {
            public Upload(FileSystemWatcher watcher, WireClient client) => watcher.Created += (_, e) =>
            {
                try { {|LCA2001:client.Send(File.ReadAllText(e.FullPath))|}; }
                catch (FileNotFoundException) { }
            };
        }
        """);

    /// <summary>Many a program has its own extension for this instead of a package's.</summary>
    [Fact]
    public Task An_own_extension_subscribes_a_delegate() => Case.HoldsAsync("""
        static class Observables
        {
            public static IDisposable Subscribe<T>(this IObservable<T> source, Action<T> next) => source.Subscribe(new Observer<T>(next));

            private sealed class Observer<T>(Action<T> next) : IObserver<T>
            {
                public void OnNext(T value) => next(value);
                public void OnError(Exception error) { }
                public void OnCompleted() { }
            }
        }

        class Feed
        {
            public Feed(WireClient client, IObservable<string> texts) => texts.Subscribe(text => {|LCA2001:client.Send(text)|});
        }
        """);

    /// <summary>Each override of a subscribed method is a handler of its own, however many there are.</summary>
    [Fact]
    public Task One_of_many_overrides() => Case.HoldsAsync("""
        abstract class Team
        {
            protected Team(WireClient client) { Client = client; client.Received += OnReceived; }
            protected WireClient Client { get; }
            protected abstract void OnReceived(object? sender, string text);
        }

        class Careless(WireClient client) : Team(client) { protected override void OnReceived(object? sender, string text) => {|LCA2001:Client.Send(text)|}; }
        """ + string.Concat(Enumerable.Range(0, 12).Select(i => $$"""

        class Careful{{i}}(WireClient client) : Team(client) { protected override void OnReceived(object? sender, string text) { if (Client.IsOpen) Client.Send(text); } }
        """)));

    /// <summary>What an object in the making is told to do when something happens.</summary>
    [Theory]
    [InlineData("OnMessage")]
    [InlineData("MessageHandler")]
    [InlineData("Received")]
    public Task A_callback_property_of_an_object_in_the_making(string name) => Case.HoldsAsync($$"""
        class Feed { public Action<string>? {{name}} { get; set; } }

        class Desk
        {
            private readonly WireClient _client = new();
            public Feed Open() => new Feed { {{name}} = text => {|LCA2001:_client.Send(text)|} };
        }
        """);
}
