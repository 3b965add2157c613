namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>However it ends, the count goes down; or it is no count of connections.</summary>
public class Silent
{
    [Theory]
    [InlineData("async Task M(Socket s, CancellationToken stop) { _active++; try { await EchoAsync(s, stop); } finally { _active--; } }")]
    // One for each host: with a way out, and where it is a lock.
    [InlineData("async Task M(Socket s, string host, CancellationToken stop) { var slots = _slotsOf.GetOrAdd(host, _ => new SemaphoreSlim(8)); await slots.WaitAsync(stop); try { await EchoAsync(s, stop); } finally { slots.Release(); } }")]
    [InlineData("async Task M(Socket s, string host, CancellationToken stop) { var slot = _slotsOf.GetOrAdd(host, _ => new SemaphoreSlim(1, 1)); await slot.WaitAsync(stop); await EchoAsync(s, stop); slot.Release(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var now = _active; now++; await EchoAsync(s, stop); now--; }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { try { _active++; await EchoAsync(s, stop); } finally { _active--; } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { _active++; try { await EchoAsync(s, stop); } catch (Exception e) { Console.WriteLine(e); } _active--; }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { if (Interlocked.Increment(ref _active) > 9) { Interlocked.Decrement(ref _active); s.Dispose(); return; } try { await EchoAsync(s, stop); } finally { Interlocked.Decrement(ref _active); } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var entering = _slots.WaitAsync(9, stop); if (!entering.IsCompletedSuccessfully) { if (!await entering.ConfigureAwait(false)) return; } try { await EchoAsync(s, stop); } finally { _slots.Release(); } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { if (!await _slots.WaitAsync(0, stop)) { s.Dispose(); return; } try { await EchoAsync(s, stop); } finally { _slots.Release(); } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var id = Guid.NewGuid(); if (!_sockets.TryAdd(id, s)) return; try { await EchoAsync(s, stop); } finally { _sockets.TryRemove(id, out _); } }")]
    [InlineData("async Task<Socket> M(CancellationToken stop) { _active++; var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { await s.ConnectAsync(\"peer\", 80, stop); } catch { s.Dispose(); _active--; throw; } return s; } void Close(Socket s) { s.Close(); _active--; }")]
    [InlineData("async Task M(TcpListener l, CancellationToken stop) { while (true) { var s = await l.AcceptSocketAsync(stop); await _slots.WaitAsync(stop); _ = Task.Run(async () => { try { await EchoAsync(s, stop); } finally { _slots.Release(); } }); } }")]
    [InlineData("async Task M(TcpListener l, CancellationToken stop) { while (true) { var s = await l.AcceptSocketAsync(stop); _active++; _ = Task.Run(async () => { try { await EchoAsync(s, stop); } catch (Exception e) { Console.WriteLine(e); } _active--; }); } }")]
    [InlineData("async Task M(TcpListener l, CancellationToken stop) { while (true) { await _slots.WaitAsync(stop); var s = await l.AcceptSocketAsync(stop); _ = ServeAsync(s, stop); } } async Task ServeAsync(Socket s, CancellationToken stop) { try { await EchoAsync(s, stop); } finally { _slots.Release(); } }")]
    [InlineData("void M(WireClient c) { c.Closed += (_, _) => _active--; _active++; c.Send(\"hello\"); }")]
    [InlineData("void M(WireClient c) { _active++; c.Closed += OnClosed; c.Send(\"hello\"); } void OnClosed(object? sender, EventArgs e) => _active--;")]
    [InlineData("void Accepted(Socket s) { _active++; } void Close(Socket s) { try { s.Shutdown(SocketShutdown.Both); } catch (SocketException) { } s.Close(); _active--; }")]
    [InlineData("void Accepted(Socket s) { _active++; } void Close(Socket s) { s.Close(); _active--; }")]
    // What the last turn added lives on, whatever becomes of the next one.
    [InlineData("async Task M(string[] hosts) { foreach (var host in hosts) { try { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); await s.ConnectAsync(host, 80); _sockets.TryAdd(Guid.NewGuid(), s); } catch (Exception e) { Console.WriteLine(e); } } } void Drop(Guid id) { if (_sockets.TryRemove(id, out var s)) s.Close(); }")]
    // What is taken out first was another one, or the same under its old name.
    [InlineData("readonly HashSet<Socket> _open = []; readonly HashSet<Socket> _dead = []; void Tick(TcpListener l, byte[] hello) { foreach (var d in _dead) { _open.Remove(d); } var s = l.AcceptSocket(); _open.Add(s); s.Send(hello); }")]
    [InlineData("void Rename(Guid old, Guid now, byte[] hello) { foreach (var id in new[] { old }) { if (!_sockets.TryRemove(id, out var s)) continue; _sockets.TryAdd(now, s); s.Send(hello); return; } }")]
    // Nothing cancels the wait for the lock.
    [InlineData("readonly HashSet<System.Net.EndPoint> _seats = []; async Task M(Socket s, CancellationToken stop) { var e = s.RemoteEndPoint!; _seats.Add(e); try { await EchoAsync(s, stop); } finally { _seats.Remove(e); } }")]
    // What is asked of these is not asked of a connection.
    [InlineData("readonly HashSet<System.Net.EndPoint> _asked = []; async Task<string> M(System.Net.EndPoint e) { _asked.Add(e); var name = await File.ReadAllTextAsync(e.ToString()!); _asked.Remove(e); return name; }")]
    // A lease that was given the semaphore, or the object that counts.
    [InlineData("async Task M(Socket s, CancellationToken stop) { using (await EnterAsync(stop)) await EchoAsync(s, stop); } async Task<IDisposable> EnterAsync(CancellationToken stop) { await _slots.WaitAsync(stop); return new Lease(_slots); } void Leave() => _slots.Release(); sealed class Lease(SemaphoreSlim slots) : IDisposable { public void Dispose() => slots.Release(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { using var lease = Enter(); await EchoAsync(s, stop); } IDisposable Enter() { Interlocked.Increment(ref _active); return new Lease(this); } void Leave() => Interlocked.Decrement(ref _active); sealed class Lease(Server server) : IDisposable { public void Dispose() => server.Leave(); }")]
    [InlineData("readonly SemaphoreSlim _sync = new(1, 1); readonly HashSet<Socket> _open = []; async Task M(Socket s, CancellationToken stop) { await AddAsync(s); try { await EchoAsync(s, stop); } finally { await RemoveAsync(s); } } async Task AddAsync(Socket s) { await _sync.WaitAsync(); try { _open.Add(s); } finally { _sync.Release(); } } async Task RemoveAsync(Socket s) { await _sync.WaitAsync().ConfigureAwait(false); try { _open.Remove(s); } finally { _sync.Release(); } }")]
    // What a filter lets through ends the process, and the count with it.
    [InlineData("async Task M(Socket s, CancellationToken stop) { _active++; try { await EchoAsync(s, stop); } catch (Exception e) when (!IsFatal(e)) { Console.WriteLine(e); } _active--; } static bool IsFatal(Exception e) => e is OutOfMemoryException;")]
    public Task It_goes_down(string members) => Case.SilentAsync(Reports.Server(members));

    [Theory]
    // A statistic, a number, the depth of something: no count of what is open.
    [InlineData("long _total; async Task M(Socket s, CancellationToken stop) { _total++; await EchoAsync(s, stop); }")]
    [InlineData("int _pendingRequests; async Task M(Socket s, CancellationToken stop) { _pendingRequests++; await EchoAsync(s, stop); _pendingRequests--; }")]
    [InlineData("int _depth; async Task M(Socket s, CancellationToken stop) { _depth++; await EchoAsync(s, stop); _depth--; }")]
    [InlineData("int CurrentReplies; bool M(Socket s, byte[] b) { CurrentReplies++; var done = s.Receive(b) > 0; if (!done) CurrentReplies -= 1; return done; }")]
    // A semaphore that lets one in is a lock.
    [InlineData("readonly SemaphoreSlim _connectionLock = new(1, 1); async Task M(Socket s, CancellationToken stop) { await _connectionLock.WaitAsync(stop); await EchoAsync(s, stop); _connectionLock.Release(); }")]
    // One that starts with none is a signal: somebody says that a connection has ended, somebody waits for it.
    [InlineData("readonly SemaphoreSlim _ended = new(0); void M(Socket s, CancellationToken stop) { s.Send(new byte[1]); _ended.Wait(stop); EchoAsync(s, stop).Wait(stop); } void Ended(Socket s) { s.Shutdown(SocketShutdown.Send); _ended.Release(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var tries = 0; tries++; await EchoAsync(s, stop); tries--; }")]
    // Nothing here has to do with a connection.
    [InlineData("int _jobs; async Task M(Func<Task> job) { _jobs++; await job(); _jobs--; }")]
    // Nor here, whatever it is called.
    [InlineData("class Trade { int _changesCount; public void Begin(Func<bool> moves) { _changesCount++; if (!moves()) return; _changesCount--; } }")]
    // So many sends are under way.
    [InlineData("int _throttle; void Send(Socket s, byte[] b, SocketAsyncEventArgs args) { Interlocked.Increment(ref _throttle); args.SetBuffer(b); if (!s.SendAsync(args)) Sent(); } void Sent() => Interlocked.Decrement(ref _throttle);")]
    [InlineData("int _current; async Task SendAsync(Socket s, CancellationToken stop) { _current++; await EchoAsync(s, stop); _current--; }")]
    // The first words are its own, and they fail before it counts.
    [InlineData("async Task M(Socket s, CancellationToken stop) { await EchoAsync(s, stop); _active++; Console.WriteLine(_active); _active--; }")]
    public Task It_counts_something_else(string members) => Case.SilentAsync(Reports.Server(members));

    /// <summary>Up for as long as the session lives: its end takes it down by the same helper.</summary>
    [Theory]
    [InlineData("void End(int id) => Release(id);", false)]
    [InlineData("void Again(Socket s) { if (Take() is var id && s.Available > 0) Release(id); }", true)]
    public Task By_the_helper_that_its_end_calls(string end, bool isReported)
    {
        var up = isReported ? "{|LCA1007:_open++|}" : "_open++";
        return Case.HoldsAsync(Reports.Server($$"""
            int _open;
            int Take() { {{up}}; return _open; }
            void Release(int id) => _open--;
            bool Begin(Socket s) { var id = Take(); if (s.Available > 0) return true; Release(id); return false; }
            {{end}}
            """));
    }

    /// <summary>Channels by their names are those that people talk in.</summary>
    [Fact]
    public Task Rooms_to_talk_in() => Case.SilentAsync(Reports.Server("readonly List<string> _joinedChannels = []; void Draw(Queue<string> came, Socket s) { var name = came.Dequeue(); _joinedChannels.Add(name); s.Send(new byte[1]); } void Leave(string name) => _joinedChannels.Remove(name);"));

    /// <summary>The loop of a game takes out others than it has just put in.</summary>
    [Theory]
    [InlineData("var d = _dead[i]; _open.Remove(d);")]
    [InlineData("if (_leaving.TryDequeue(out var d)) _open.Remove(d);")]
    [InlineData("if (_leaving.TryDequeue(out var d)) Rename(d);")]
    [InlineData("foreach (var d in _dead) Rename(d);")]
    public Task Others_are_taken_out(string leave) => Case.SilentAsync(Reports.Server($$"""
        readonly List<Socket> _open = [];
        readonly List<Socket> _joined = [];
        readonly List<Socket> _dead = [];
        readonly Queue<Socket> _leaving = new();
        void Tick(byte[] hello)
        {
            for (var i = 0; i < _joined.Count; i++) { var joined = _joined[i]; _open.Add(joined); joined.Send(hello); }
            for (var i = 0; i < _dead.Count; i++) { {{leave}} }
        }
        void Rename(Socket d) { _open.Remove(d); d.Close(); }
        """));

    /// <summary>The connection tells of its end, and its handler takes it out.</summary>
    [Fact]
    public Task Its_own_event_takes_it_out() => Case.SilentAsync(Reports.Server("""
        readonly List<WireClient> _open = [];
        void Loop() { while (true) Serve(); }
        void Serve()
        {
            WireClient? client = null;
            try
            {
                client = Wire.Connect("a");
                client.Closed += (s, _) => Gone((WireClient)s!);
                _open.Add(client);
                Greet(client);
            }
            catch (Exception e) { Console.WriteLine(e); Gone(client); }
        }
        void Gone(WireClient? client) { if (client != null) _open.Remove(client); }
        void Greet(WireClient client) => client.Send("hello");
        """));
}
