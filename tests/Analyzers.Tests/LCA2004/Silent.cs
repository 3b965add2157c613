namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>One at a time, on different connections, or on one that takes several.</summary>
public class Silent
{
    [Fact]
    public Task A_stream_leaves_it_to_its_user() => Case.SilentAsync("""
        class Wrapped(System.Net.Security.SslStream inner) : MemoryStream
        {
            private readonly System.Net.Security.SslStream _inner = inner;
            public void Later(byte[] buffer) => ThreadPool.QueueUserWorkItem(_ => { try { _inner.Write(buffer); } catch (IOException) { } });
        }
        """);

    private static string Jobs(string queue) => $$"""
        class Processor(TcpClient client)
        {
            private readonly StreamWriter _output = new(client.GetStream());
            public void Run(object? state) { var line = new StreamReader(client.GetStream()).ReadLine(); Answer(line); }
            private void Answer(string? line) { try { {|LCA2004:_output.Write(line)|}; } catch (IOException) { } }
        }

        class Server
        {
            private readonly List<TcpClient> _waiting = [];
            public void Listen(TcpListener listener, Processor given) { {{queue}} }
        }
        """;

    [Theory]
    [InlineData("while (true) { var processor = new Processor(listener.AcceptTcpClient()); ThreadPool.QueueUserWorkItem(new WaitCallback(processor.Run)); }")]
    [InlineData("while (true) { Processor processor = new(listener.AcceptTcpClient()); ThreadPool.QueueUserWorkItem(processor.Run); }")]
    [InlineData("while (true) ThreadPool.QueueUserWorkItem(new Processor(listener.AcceptTcpClient()).Run);")]
    [InlineData("var processor = new Processor(listener.AcceptTcpClient()); ThreadPool.QueueUserWorkItem(processor.Run);")]
    [InlineData("while (true) { var client = listener.AcceptTcpClient(); ThreadPool.QueueUserWorkItem(_ => { try { client.GetStream().Write(new byte[4]); } catch (IOException) { } }); }")]
    public Task A_job_has_an_object_of_its_own(string queue) => Case.SilentAsync(Jobs(queue).Replace("{|LCA2004:_output.Write(line)|}", "_output.Write(line)", StringComparison.Ordinal));

    [Theory]
    [InlineData("var processor = new Processor(listener.AcceptTcpClient()); while (true) ThreadPool.QueueUserWorkItem(processor.Run);")]
    [InlineData("ThreadPool.QueueUserWorkItem(given.Run);")]
    public Task Jobs_share_an_object(string queue) => Case.HoldsAsync(Jobs(queue));

    [Fact]
    public Task Jobs_share_a_connection() => Case.HoldsAsync(Jobs(
        "var client = listener.AcceptTcpClient(); while (true) ThreadPool.QueueUserWorkItem(_ => { try { {|LCA2004:client.GetStream().Write(new byte[4])|}; } catch (IOException) { } });")
        .Replace("{|LCA2004:_output.Write(line)|}", "_output.Write(line)", StringComparison.Ordinal));

    private static string Window(string attach, string members) => $$"""
        namespace System.Windows.Forms
        {
            public class Control { public event EventHandler? Click { add { } remove { } } }
            public class Form : Control { }
            public class Timer { public event EventHandler? Tick { add { } remove { } } }
        }

        class Machine(TcpClient client) : System.Windows.Forms.Form
        {
            private readonly NetworkStream _link = client.GetStream();
            private readonly System.Windows.Forms.Timer _poll = new();
            private readonly System.Windows.Forms.Control _jog = new();
            public void Start(FileSystemWatcher watcher, System.Timers.Timer beat) { {{attach}} }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("_jog.Click += OnJog; _poll.Tick += OnPoll;", "void OnJog(object? s, EventArgs e) { try { _link.Write(new byte[1]); } catch (IOException) { } } void OnPoll(object? s, EventArgs e) { try { _link.Write(new byte[2]); } catch (IOException) { } }")]
    [InlineData("_jog.Click += OnJog;", "void OnJog(object? s, EventArgs e) { try { _link.Write(new byte[1]); } catch (IOException) { } } public void Reset() { try { _link.Write(new byte[2]); } catch (IOException) { } }")]
    public Task A_window_has_one_thread(string attach, string members) => Case.SilentAsync(Window(attach, members));

    [Theory]
    [InlineData("_jog.Click += OnJog; watcher.Changed += OnFile;", "void OnJog(object? s, EventArgs e) { try { _link.Write(new byte[1]); } catch (IOException) { } } void OnFile(object? s, EventArgs e) { try { {|LCA2004:_link.Write(new byte[2])|}; } catch (IOException) { } }")]
    [InlineData("_jog.Click += OnJog;", "async void OnJog(object? s, EventArgs e) { try { await {|LCA2004:_link.WriteAsync(new byte[1])|}; } catch (IOException) { } }")]
    [InlineData("watcher.Changed += OnFile;", "void OnFile(object? s, EventArgs e) { try { {|LCA2004:_link.Write(new byte[1])|}; } catch (IOException) { } } public void Reset() { try { _link.Write(new byte[2]); } catch (IOException) { } }")]
    public Task What_another_thread_sends_beside_it(string attach, string members) => Case.HoldsAsync(Window(attach, members));

    [Fact]
    public Task An_object_is_made_by_one_of_two_constructors() => Case.SilentAsync(Reports.Made("""
        public Mirror(NetworkStream stream, FileSystemWatcher watcher) { _stream = stream; watcher.Changed += (_, e) => _stream.Write(new byte[e.Name!.Length]); }
        public Mirror(NetworkStream stream, FileSystemWatcher watcher, int prefix) { _stream = stream; watcher.Renamed += (_, e) => _stream.Write(new byte[prefix + e.Name!.Length]); }
        """));

    [Theory]
    [InlineData("await _ws.SendAsync(data, ARGS); await _ws.SendAsync(data, ARGS);")]
    [InlineData("var a = _ws.SendAsync(data, ARGS); await a; var b = _ws.SendAsync(data, ARGS); await b;")]
    [InlineData("foreach (var m in many) await _ws.SendAsync(m, ARGS);")]
    [InlineData("foreach (var m in many) { var t = _ws.SendAsync(m, ARGS); await t; }")]
    [InlineData("foreach (var m in many) { var t = _ws.SendAsync(m, ARGS); if (!t.Wait(1000)) throw new TimeoutException(); }")]
    [InlineData("await Task.WhenAll(all.Select(w => w.SendAsync(data, ARGS)));")]
    [InlineData("var sends = new List<Task>(); foreach (var w in all) sends.Add(w.SendAsync(data, ARGS)); await Task.WhenAll(sends);")]
    [InlineData("await Task.WhenAll(all[0].SendAsync(data, ARGS), all[1].SendAsync(data, ARGS));")]
    [InlineData("await Task.WhenAll(_ws.SendAsync(data, ARGS), _ws.ReceiveAsync(data, default));")]
    [InlineData("if (data.Length > 1) { _ = _ws.SendAsync(data, ARGS); } else { await _ws.SendAsync(data, ARGS); }")]
    [InlineData("if (data.Length > 1) { _ = _ws.SendAsync(data, ARGS); return; } await _ws.SendAsync(data, ARGS);")]
    // Gates
    [InlineData("_source.Ticked += async (_, m) => { await _gate.WaitAsync(); try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } };")]
    [InlineData("_source.Ticked += async (_, m) => { if (!await _gate.WaitAsync(0)) return; try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } };")]
    [InlineData("_source.Ticked += async (_, m) => { if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return; try { await _ws.SendAsync(m, ARGS); } finally { _busy = 0; } };")]
    [InlineData("_source.Ticked += async (_, m) => { var taken = Interlocked.Exchange(ref _busy, 1) == 1; if (taken) return; try { await _ws.SendAsync(m, ARGS); } finally { _busy = 0; } };")]
    [InlineData("_source.Ticked += async (_, m) => { if (Interlocked.Exchange(ref _busy, 1) == 1) { return; } else { try { await _ws.SendAsync(m, ARGS); } finally { _busy = 0; } } };")]
    [InlineData("_source.Ticked += async (_, m) => { if (_sending) return; _sending = true; await _ws.SendAsync(m, ARGS); _sending = false; };")]
    [InlineData("_source.Ticked += async (_, m) => { foreach (var x in new[] { m }) { if (_sending) break; _sending = true; await _ws.SendAsync(x, ARGS); _sending = false; } };")]
    [InlineData("_source.Ticked += async (_, m) => { await foreach (var x in _queue.Reader.ReadAllAsync()) await _ws.SendAsync(x, ARGS); };", "readonly System.Threading.Channels.Channel<byte[]> _queue = System.Threading.Channels.Channel.CreateUnbounded<byte[]>();")]
    [InlineData("_timer = new Timer(_ => { lock (_sync) _stream.Write(data); }, null, 0, 100);", "readonly Stream _stream = new TcpClient().GetStream(); public void Say(byte[] m) { lock (_sync) _stream.Write(m); }")]
    [InlineData("_source.Ticked += async (_, m) => await SayAsync(m);", "public async Task SayAsync(byte[] m) { await _gate.WaitAsync(); try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } }")]
    [InlineData("await _gate.WaitAsync(); try { for (var i = 0; i < 3; i++) await _ws.SendAsync(data, WebSocketMessageType.Text, i == 2, default); } finally { _gate.Release(); }")]
    // One gets in; another is waited for; the lock is left when it has ended.
    [InlineData("await Task.WhenAll(many.Select(async m => { await _narrow.WaitAsync(); try { await _ws.SendAsync(m, ARGS); } finally { _narrow.Release(); } }));", "private readonly SemaphoreSlim _narrow = new(1, 4);")]
    [InlineData("foreach (var m in many) { lock (_sync) { _ws.SendAsync(m, ARGS).GetAwaiter().GetResult(); } }")]
    [InlineData("foreach (var m in many) { var sent = Task.CompletedTask; lock (_sync) { sent = _ws.SendAsync(m, ARGS); } await sent; }")]
    [InlineData("_source.Ticked += (_, m) => { lock (_sync) { _tail = AfterAsync(_tail, m); } };", "private Task _tail = Task.CompletedTask; private async Task AfterAsync(Task before, byte[] m) { await before; await _ws.SendAsync(m, ARGS); }")]
    // Callbacks that do not run again
    [InlineData("_source.Awaited += async m => await _ws.SendAsync(m, ARGS);")]
    [InlineData("_timer = new Timer(async _ => await _ws.SendAsync(data, ARGS), null, 100, Timeout.Infinite);")]
    // A socket takes a short blocking write whole.
    [InlineData("_timer = new Timer(_ => _stream.Write(data), null, 0, 100);", "readonly NetworkStream _stream = new TcpClient().GetStream();")]
    [InlineData("_timer = new Timer(_ => _lines.WriteLine(\"PING\"), null, 0, 100);", "readonly StreamWriter _lines = new(new TcpClient().GetStream());")]
    [InlineData("_timer = new Timer(async _ => { _timer!.Change(-1, -1); await _ws.SendAsync(data, ARGS); _timer!.Change(100, 100); }, null, 100, 100);")]
    [InlineData("_ = Task.Run(async () => { while (true) { await Task.Delay(5); await _ws.SendAsync(data, ARGS); } });")]
    // A connection of the callback's own
    [InlineData("_source.Ticked += async (_, m) => { var ws = new ClientWebSocket(); await ws.ConnectAsync(new Uri(\"ws://a\"), default); await ws.SendAsync(m, ARGS); };")]
    // Others take several, or lie in memory
    [InlineData("_source.Ticked += async (_, m) => await _client.SendAsync(\"x\");", "readonly WireClient _client = new();")]
    [InlineData("_timer = new Timer(_ => _memory.Write(data), null, 0, 100);", "readonly Stream _memory = new MemoryStream();")]
    // What opens and what ends stands apart
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(static s => _ = ((Feed)s!).RunAsync(), this);", "async Task RunAsync() { try { await StartAsync(); } catch (WebSocketException) { } } Task StartAsync() => _ws.SendAsync(new byte[2], ARGS);")]
    [InlineData("_source.Awaited += async m => await _ws.SendAsync(m, ARGS);", "public async Task StartAsync(byte[] m) => await _ws.SendAsync(m, ARGS); public async Task CloseAsync(byte[] m) => await _ws.SendAsync(m, ARGS);")]
    public Task In_the_body(string body, string members = "") => Case.SilentAsync(Reports.Feed(body, members));

    [Theory]
    [InlineData("using (await _turn) await _ws.SendAsync(data, WebSocketMessageType.Text, true, default);")]
    [InlineData("using var held = await _turn; await _ws.SendAsync(data, WebSocketMessageType.Text, true, default);")]
    public Task A_lock_that_is_awaited_itself(string body) => Case.SilentAsync($$"""
        class AsyncLock
        {
            private readonly SemaphoreSlim _free = new(1, 1);
            public System.Runtime.CompilerServices.TaskAwaiter<IDisposable> GetAwaiter() => TakeAsync().GetAwaiter();
            private async Task<IDisposable> TakeAsync() { await _free.WaitAsync(); return new Turn(_free); }
            private sealed class Turn(SemaphoreSlim free) : IDisposable { public void Dispose() => free.Release(); }
        }

        class Desk
        {
            private readonly AsyncLock _turn = new();
            private readonly WebSocket _ws;
            private readonly System.Threading.Timer _timer;

            public Desk(WebSocket ws)
            {
                _ws = ws;
                _timer = new System.Threading.Timer(OnTick, null, 0, 20);
            }

            private async void OnTick(object? state) => await SayAsync(new byte[9]);

            public async Task SayAsync(byte[] data) { {{body}} }
        }
        """);

    /// <summary>A handler for each round, and a connection for each: none of them meets another.</summary>
    [Fact]
    public Task A_connection_for_each_round() => Case.SilentAsync("""
        class Desk
        {
            public void Open(List<FileSystemWatcher> sources)
            {
                foreach (var source in sources)
                {
                    var client = new TcpClient("h", 1);
                    var secure = new System.Net.Security.SslStream(client.GetStream());
                    source.Changed += (_, _) => { if (client.Connected) secure.Write(new byte[9]); };
                }
            }
        }
        """);

    /// <summary>A send of another file is told of once, however many lead to it.</summary>
    [Fact]
    public Task Many_ways_to_one_send() => Case.FilesHoldAsync(
        [
            "public class Publisher(WebSocket ws) { public async void Publish(byte[] m) => await ws.SendAsync(m, WebSocketMessageType.Text, true, default); }",
            """
            class Panel
            {
                private readonly Publisher _publisher;
                public Panel(Publisher publisher, FileSystemWatcher one, FileSystemWatcher two)
                {
                    _publisher = publisher;
                    one.Changed += (_, _) => _publisher.Publish(new byte[1]);
                    two.Changed += (_, _) => {|LCA2004:_publisher.Publish(new byte[2])|};
                }
            }
            """,
        ]);
}
