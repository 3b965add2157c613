namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>Asked, taken out to be closed, replaced on failure; or no pool, or no connection.</summary>
public class Silent
{
    [Fact]
    public Task Datagrams_have_no_peer_that_ends_the_session() => Case.SilentAsync("""
        class Counters(ConcurrentBag<UdpClient> idle)
        {
            public void Count(byte[] data) { if (!idle.TryTake(out var udp)) udp = new UdpClient("host", 1); udp.Send(data, data.Length); idle.Add(udp); }
        }
        """);

    [Theory]
    // Asked
    [InlineData("while (_bag.TryTake(out var s)) { if (s.IsOpen) { s.Send(text); _bag.Add(s); return; } s.Dispose(); }")]
    [InlineData("if (!_bag.TryTake(out var s) || !s.IsOpen) s = Connect(); s.Send(text); _bag.Add(s);")]
    [InlineData("if (!_bag.TryTake(out var s) || s is not { IsOpen: true }) s = Connect(); s.Send(text); _bag.Add(s);")]
    [InlineData("if (!_bag.TryTake(out var s) || !Fine(s)) s = Connect(); s.Send(text); _bag.Add(s);")]
    [InlineData("if (!_bag.TryTake(out var s)) s = Connect(); else if (s.State != WireState.Open) { s.Dispose(); s = Connect(); } s.Send(text); _bag.Add(s);")]
    [InlineData("if (_bag.TryTake(out var s)) switch (s.State) { case WireState.Open: s.Send(text); _bag.Add(s); break; default: s.Dispose(); break; }")]
    [InlineData("if (_bag.TryTake(out var s)) { if (!s.IsOpen) s.Open(); s.Send(text); _bag.Add(s); }")]
    [InlineData("if (_aged.TryTake(out var e) && e.Session.IsOpen) { e.Session.Send(text); _aged.Add(e); }")]
    [InlineData("IWireSession s; do { s = await _channel.Reader.ReadAsync(); } while (!s.IsOpen); s.Send(text); _channel.Writer.TryWrite(s);")]
    [InlineData("if (!_bag.TryTake(out var s) || !Alive!(s)) s = Connect(); s.Send(text); _bag.Add(s);", "public Func<IWireSession, bool>? Alive { get; set; }")]
    [InlineData("var s = Take(); if (s is null || !Fine(s)) s = Connect(); s.Send(text);", "private IWireSession? Take() => _bag.TryTake(out var s) ? s : null;")]
    [InlineData("var s = await TakeAsync(); if (!Fine(s)) s = Connect(); s.Send(text);", "private Task<IWireSession> TakeAsync() => _bag.TryTake(out var s) ? Task.FromResult(s) : Task.Run(Connect);")]
    [InlineData("var s = await TakeAsync().ConfigureAwait(false); if (!Fine(s)) s = Connect(); s.Send(text);", "private ValueTask<IWireSession> TakeAsync() { if (_bag.TryTake(out var s)) return ValueTask.FromResult(s); return new(Task.Run(Connect)); }")]
    [InlineData("if (TryTake(out var s)) { s.Send(text); _bag.Add(s); }", "private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IWireSession? s) { while (_bag.TryTake(out s)) { if (s.IsOpen) return true; s.Dispose(); } return false; }")]
    [InlineData("var s = _stack.Pop(); while (!s.IsOpen) { s.Dispose(); s = _stack.Pop(); } s.Send(text); _stack.Push(s);")]
    [InlineData("var s = _stack.Pop(); for (; s.State != WireState.Open; s = _stack.Pop()) s.Dispose(); s.Send(text); _stack.Push(s);")]
    // Not used
    [InlineData("while (_bag.TryTake(out var s)) s.Dispose();")]
    [InlineData("while (_bag.TryTake(out var s)) { s.Close(); s?.Dispose(); }")]
    [InlineData("_bag.TryTake(out _);")]
    // What fails is thrown away, and another one taken
    [InlineData("while (_bag.TryTake(out var s)) { try { s.Send(text); _bag.Add(s); return; } catch (IOException) { s.Dispose(); } }")]
    // Each has its turn
    [InlineData("int count = _queue.Count; while (count-- > 0) { if (!_queue.TryDequeue(out var s)) break; s.Send(text); _queue.Enqueue(s); }")]
    [InlineData("for (var i = _queue.Count; i > 0; i--) { if (!_queue.TryDequeue(out var s)) break; s.Send(text); _queue.Enqueue(s); }")]
    // No pool: nothing goes back
    [InlineData("if (_queue.TryDequeue(out var s)) s.Send(text);")]
    [InlineData("if (_queue.TryDequeue(out var s)) s.Send(text);", "public void OnAccepted(IWireSession s) => _queue.Enqueue(s);")]
    public Task When(string body, string members = "") => Case.SilentAsync(Reports.Pool(body, members));

    [Fact]
    public Task Empty_ones_that_are_given_a_connection() => Case.SilentAsync("""
        class Core
        {
            private Socket? _socket;
            public Socket? Socket => _socket;
            public void Reset(Socket? socket) => _socket = socket;
            public void Send(byte[] data) => _socket!.Send(data);
        }

        class Cores
        {
            private readonly ConcurrentQueue<Core> _free = new();
            public Core Rent() => _free.TryDequeue(out var core) ? core : new Core();
            public void Return(Core core) { core.Reset(null); _free.Enqueue(core); }
            public void Serve(Socket socket) { var core = Rent(); core.Reset(socket); core.Send(new byte[1]); Return(core); }
        }
        """);

    [Fact]
    public Task Ended_ones_that_are_opened_anew() => Case.SilentAsync("""
        class Sessions
        {
            private readonly ConcurrentQueue<IWireSession> _free = new();
            public IWireSession Alloc() => _free.TryDequeue(out var s) ? s : Wire.Create();
            public void Free(IWireSession s) { s.Close(); _free.Enqueue(s); }
            public void Serve() { var s = Alloc(); s.Error += (_, _) => { }; s.Open(); s.Send("hello"); Free(s); }
        }
        """);

    [Theory]
    [InlineData("ConcurrentBag<byte[]>", "new byte[1]", "b.AsSpan().Clear()")]
    [InlineData("ConcurrentBag<MemoryStream>", "new MemoryStream()", "b.Write([1], 0, 1)")]
    [InlineData("ConcurrentBag<System.Net.Http.HttpClient>", "new System.Net.Http.HttpClient()", "b.CancelPendingRequests()")]
    [InlineData("ConcurrentBag<SocketAsyncEventArgs>", "new SocketAsyncEventArgs()", "b.SetBuffer(0, 1)")]
    public Task What_needs_no_check(string type, string made, string use) => Case.SilentAsync($$"""
        class Buffers
        {
            private readonly {{type}} _free = [];
            public void Use() { if (!_free.TryTake(out var b)) b = {{made}}; {{use}}; _free.Add(b); }
        }
        """);

    [Fact]
    public Task A_worker_that_is_handed_what_was_accepted() => Case.SilentAsync("""
        class Server(TcpListener listener)
        {
            private readonly ConcurrentQueue<TcpClient> _waiting = new();
            public async Task Accept() { while (true) _waiting.Enqueue(await listener.AcceptTcpClientAsync()); }
            public async Task Work() { while (_waiting.TryDequeue(out var c)) { await c.GetStream().WriteAsync(new byte[1]); _waiting.Enqueue(c); } }
        }
        """);

    [Theory]
    [InlineData("class P { ConcurrentBag<TcpClient> _b = []; void M() { if (_b.TryTake(out var c)) c.")]
    [InlineData("class P { ConcurrentBag<Missing> _b = []; void M() { if (_b.TryTake(out var c)) { c.Send(); _b.Add(c); } } }")]
    [InlineData("class P { ConcurrentBag<TcpClient> _b = []; TcpClient M() { return _b.TryTake( }")]
    public Task Half_written(string source) => Case.Broken(source).RunAsync();

    [Theory]
    [InlineData("_idle.RemoveAll(c => !c.IsOpen);")]
    [InlineData("Sweep();")]
    [InlineData("foreach (var c in _idle.ToArray()) { if (!c.IsOpen) _idle.Remove(c); }")]
    [InlineData("for (var i = _idle.Count - 1; i >= 0; i--) { if (_idle[i].State != WireState.Open) _idle.RemoveAt(i); }")]
    public Task The_dead_ones_were_thrown_out_before(string sweep) => Case.SilentAsync(Sweeping(sweep, "_idle[^1]"));

    [Theory]
    [InlineData("_idle.RemoveAll(c => c.GetHashCode() == 0);")]
    [InlineData("_idle.RemoveAll(c => c.IsOpen);")]
    [InlineData("_idle.RemoveAll(c => !c.IsOpen && c.Address.Length > 9);")]
    [InlineData("if (_idle.Count > 9) _idle.RemoveAll(c => !c.IsOpen);")]
    [InlineData("foreach (var c in _idle.ToArray()) { if (c.IsOpen) _idle.Remove(c); }")]
    public Task Those_that_are_thrown_out_are_others(string sweep) => Case.HoldsAsync(Sweeping(sweep, "{|LCA3004:_idle[^1]|}"));

    private static string Sweeping(string sweep, string last) => $$"""
        class Pool
        {
            private readonly List<WireClient> _idle = new();
            public WireClient Rent()
            {
                lock (_idle)
                {
                    {{sweep}}
                    if (_idle.Count > 0) { var last = {{last}}; _idle.RemoveAt(_idle.Count - 1); return last; }
                }

                return Wire.Connect("x");
            }

            public void Return(WireClient client) { lock (_idle) _idle.Add(client); }
            private void Sweep() => _idle.RemoveAll(IsGone);
            private static bool IsGone(WireClient c) => c.State is not (WireState.Open or WireState.Opening);
        }
        """;
}
