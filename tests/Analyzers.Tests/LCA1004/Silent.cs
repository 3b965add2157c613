namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>Somebody looks at how it ended, or there is nothing to look at.</summary>
public class Silent
{
    private static string Peer(string member) => $$"""
        class Peer
        {
            private readonly TcpClient _client = new();
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly ClientWebSocket _web = new();
            private readonly byte[] _buffer = new byte[1024];
            private readonly List<Task> _all = [];
            private readonly CancellationTokenSource _stop = new();
            private Task? _loop;

            {{member}}

            public Task Ended => _loop ?? Task.WhenAll(_all);
            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
            private async Task GuardedAsync() { try { while (await _socket.ReceiveAsync(_buffer) > 0) { } } catch (Exception e) { Log(e); } }
            private async Task NarrowAsync() { try { await _socket.ReceiveAsync(_buffer); } catch (SocketException e) { Log(e); } }
            private void Block() { while (_socket.Receive(_buffer) > 0) { } }
            private void GuardedBlock() { try { Block(); } catch (Exception e) { Log(e); } }
            private async void Forget(Task task) { try { await task; } catch (Exception e) { Log(e); } }
            private bool Shut() { _socket.Dispose(); return false; }
            private void Log(object? what) => Console.WriteLine(what);
        }
        """;

    [Theory]
    [InlineData("_loop = LoopAsync();")]
    [InlineData("_loop = Task.Run(LoopAsync);")]
    [InlineData("_all.Add(LoopAsync());")]
    [InlineData("Forget(LoopAsync());")]
    [InlineData("_ = GuardedAsync();")]
    [InlineData("_ = Task.WhenAll(GuardedAsync(), NarrowAsync());")]
    [InlineData("_ = Task.WhenAll(new[] { _socket }.Select(async s => { try { await s.SendAsync(_buffer); } catch (Exception e) { Log(e); } }));")]
    [InlineData("_loop = Task.WhenAll(LoopAsync(), LoopAsync());")]
    // Others look at the same tasks, or nothing that fails is among them.
    [InlineData("var all = new List<Task>(); for (var i = 0; i < 2; i++) all.Add(LoopAsync()); _ = Task.WhenAll(all); foreach (var one in all) Forget(one);")]
    [InlineData("var all = new List<Task>(); all.Add(LoopAsync()); _all.AddRange(all); _ = Task.WhenAll(all);")]
    [InlineData("var all = new List<Task>(); all.Add(GuardedAsync()); _ = Task.WhenAll(all);")]
    [InlineData("var all = new Task[1]; all[0] = LoopAsync(); _loop = Task.WhenAll(all);")]
    [InlineData("_ = Inner(); async Task Inner() { try { await LoopAsync(); } catch (Exception e) { if (e is SocketException) Log(e); else throw new InvalidOperationException(); } }")]
    [InlineData("Task.WhenAll(LoopAsync(), LoopAsync()).ContinueWith(t => Log(t.Exception));")]
    [InlineData("Task.WhenAll(LoopAsync(), LoopAsync()).Wait();")]
    [InlineData("_ = NarrowAsync();")]
    [InlineData("Task.Run(GuardedAsync);")]
    [InlineData("Task.Run(() => GuardedBlock());")]
    [InlineData("Task.Run(async () => { try { await LoopAsync(); } catch (Exception e) { Log(e); } });")]
    [InlineData("Task.Factory.StartNew(GuardedBlock, TaskCreationOptions.LongRunning);")]
    [InlineData("LoopAsync().ContinueWith(t => Log(t.Exception));")]
    [InlineData("LoopAsync().ContinueWith(t => { if (t.IsFaulted) Log(1); });")]
    [InlineData("LoopAsync().ContinueWith(_ => Log(1), TaskContinuationOptions.OnlyOnFaulted);")]
    [InlineData("LoopAsync().ContinueWith(Log);")]
    [InlineData("LoopAsync().ContinueWith(_ => _socket.Close());")]
    [InlineData("var loop = LoopAsync(); loop.ContinueWith(t => Log(t.Exception));")]
    [InlineData("var loop = LoopAsync(); Forget(loop);")]
    [InlineData("LoopAsync().Wait();")]
    [InlineData("LoopAsync().GetAwaiter().GetResult();")]
    [InlineData("Func<Task> start = () => LoopAsync(); _loop = start();")]
    [InlineData("Func<Task> start = LoopAsync; _loop = start();")]
    [InlineData("_ = Task.Delay(1);")]
    [InlineData("_ = File.WriteAllBytesAsync(\"x\", _buffer);")]
    [InlineData("_ = Task.Run(() => Log(1));")]
    [InlineData("_ = Task.Run(() => _socket.Dispose());")]
    [InlineData("_ = new HttpClient().GetAsync(\"x\");")]
    [InlineData("_web.Abort(); _client.Close();")]
    public Task It_is_looked_at(string body) => Case.SilentAsync(Peer($"public void Start() {{ {body} }}"));

    [Theory]
    [InlineData("await LoopAsync();")]
    [InlineData("await LoopAsync().ConfigureAwait(false);")]
    [InlineData("var loop = LoopAsync(); await Task.Yield(); await loop;")]
    [InlineData("await Task.WhenAll(LoopAsync(), LoopAsync());")]
    [InlineData("await Task.WhenAny(LoopAsync(), LoopAsync()); _socket.Close();")]
    // The limit does something about it.
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) != c) { _client.Close(); throw new TimeoutException(); } await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) == c) { await c; return; } _client.Dispose();")]
    [InlineData("try { var c = _client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) != c) throw new TimeoutException(); await c; } catch { _client.Dispose(); throw; }")]
    [InlineData("using var client = new TcpClient(); var c = client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) != c) throw new TimeoutException(); await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) != c) { _ = c.ContinueWith(t => Log(t.Exception)); return; } await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1, _stop.Token).AsTask(); if (await Task.WhenAny(c, Task.Delay(1)) != c) _stop.Cancel(); await c;")]
    [InlineData("using var limit = new CancellationTokenSource(1000); var c = _client.ConnectAsync(\"\", 1, limit.Token).AsTask(); if (await Task.WhenAny(c, Task.Delay(1)) != c) return; await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await Task.WhenAny(c, Task.Delay(1)) != c) Drop(); await c; void Drop() => _client.Close();")]
    [InlineData("if (!_client.ConnectAsync(\"\", 1).Wait(1000)) { _client.Close(); throw new TimeoutException(); }")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (Task.WaitAny([c], 1000) < 0) _client.Close();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (!Task.WaitAll([c], 1000)) _client.Close();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); Task.WaitAll([c], Timeout.Infinite);")]
    // It was told to end before, and the wait is for that.
    [InlineData("var c = _client.ConnectAsync(\"\", 1); _client.Close(); c.Wait(1000);")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); _client.Close(); Task.WaitAny([c], 1000);")]
    [InlineData("try { await _client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1)); } catch (TimeoutException) { _client.Close(); throw; }")]
    [InlineData("try { await _client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1)); } catch (TimeoutException e) { Log(e); } finally { _client.Close(); }")]
    [InlineData("try { await _client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1)); } catch (TimeoutException e) { Log(e); } _client.Close();")]
    [InlineData("try { var r = _socket.ReceiveAsync(_buffer); if (await Task.WhenAny(r, Task.Delay(1)) != r) throw new TimeoutException(); await r; } catch (Exception) when (Shut()) { throw; }")]
    // A token ends everything together.
    [InlineData("_loop = _client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1)).ContinueWith(t => { if (t.IsFaulted) _client.Dispose(); });")]
    [InlineData("await _socket.ReceiveAsync(_buffer, SocketFlags.None, stop).AsTask().WaitAsync(stop);")]
    // The next round waits for the same receive.
    [InlineData("var r = _socket.ReceiveAsync(_buffer); while (true) { if (await Task.WhenAny(r, Task.Delay(1)) == r) { await r; r = _socket.ReceiveAsync(_buffer); } else Log(1); }")]
    [InlineData("await Task.WhenAny(GuardedAsync(), Task.Delay(1));")]
    [InlineData("await Task.WhenAny(Task.Delay(2), Task.Delay(1));")]
    [InlineData("await _web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop).WaitAsync(TimeSpan.FromSeconds(1));")]
    public Task It_is_awaited_or_ended(string body) => Case.SilentAsync(Peer($"public async Task GoAsync(CancellationToken stop) {{ await Task.Yield(); {body} }}"));

    [Fact]
    public Task What_accepts_is_disposed_in_any_case() => Case.SilentAsync("""
        interface IGate : IDisposable { Task<TcpClient> AcceptAsync(); }

        class Gate(TcpListener listener) : IGate
        {
            public async Task<TcpClient> AcceptAsync() => await listener.AcceptTcpClientAsync();
            public void Dispose() => listener.Stop();
        }

        class Passive(IGate gate)
        {
            public async Task<TcpClient> OpenAsync()
            {
                try
                {
                    var accepted = gate.AcceptAsync();
                    if (await Task.WhenAny(accepted, Task.Delay(1000)) != accepted) throw new TimeoutException();
                    return await accepted;
                }
                finally { gate.Dispose(); }
            }
        }
        """);

    [Theory]
    [InlineData("public Task GoAsync() => LoopAsync();")]
    [InlineData("public void Serve(Stream file) { _ = Pump(file); } private static async Task Pump(Stream from) { while (await from.ReadAsync(new byte[1]) > 0) { } }")]
    [InlineData("public bool TryConnect() => _client.ConnectAsync(\"\", 1).Wait(1000);")]
    public Task A_member(string member) => Case.SilentAsync(Peer(member));

    [Fact]
    public Task An_unguarded_send_in_a_callback_is_another_rules() => Case.SilentAsync("""
        class Feed
        {
            private readonly WireClient _client;
            public Feed(WireClient client) { _client = client; _client.Received += (_, text) => _ = _client.SendAsync(text); }
        }
        """);

    [Theory]
    [InlineData("SendAsync(bytes, e => Console.WriteLine(e));")]
    [InlineData("_ = Say(bytes);")]
    public Task The_failure_goes_to_a_callback_that_is_given(string call) => Case.SilentAsync($$"""
        class Talker(Socket socket)
        {
            public void Tell(byte[] bytes) { {{call}} }
            private Task Say(byte[] bytes) => SendAsync(bytes, Fail);
            private Task SendAsync(byte[] bytes, Action<Exception> failed)
            {
                var task = socket.SendAsync(bytes, SocketFlags.None);
                task.ContinueWith(t => failed(t.Exception!), TaskContinuationOptions.OnlyOnFaulted);
                return task;
            }
            private void Fail(Exception e) => socket.Dispose();
        }
        """);

    [Fact]
    public Task With_the_runtime_it_is_observed() => Case.SilentAsync("""
        using LifecycleAnalyzers.Runtime;
        class Feed
        {
            public void Start(WireClient client) => client.SendAsync("").Observe(e => Console.WriteLine(e));
        }
        """);

    // Its failure comes out of the call.
    [Theory]
    [InlineData("private Task<int> Skip() { _socket.Receive(_buffer); return Task.FromResult(1); }", "Skip()")]
    [InlineData("private Task Skip() { if (_buffer.Length == 0) return Task.CompletedTask; _socket.Receive(_buffer); return Task.CompletedTask; }", "Skip()")]
    [InlineData("private Task Skip() { if (_buffer.Length == 0) return Task.CompletedTask; return LoopAsync(); }", "{|LCA1004:Skip()|}")]
    [InlineData("private async Task<int> Skip() { _socket.Receive(_buffer); return await Task.FromResult(1); }", "{|LCA1004:Skip()|}")]
    public Task The_task_has_ended_already(string member, string call) => Case.HoldsAsync(Peer($"public void Start() {{ {call}; }} {member}"));

    /// <summary>Its failure ends the process and never comes into the task: another rule speaks of it.</summary>
    [Fact]
    public Task What_is_started_is_async_void() => Case.SilentAsync(Peer("void Start() { Task.Factory.StartNew(Loop); } async void Loop() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }"));

    /// <summary>Of a send in another project of the solution nobody has said here that it throws.</summary>
    [Theory]
    [InlineData("HallSession", "Task.Run(() => session.Send(\"x\"))")]
    [InlineData("WireClient", "{|LCA1004:Task.Run(() => session.Send(\"x\"))|}")]
    public Task A_send_of_the_project_next_door(string type, string start) => Case.NextDoor($$"""
        class Greeter
        {
            public void Greet({{type}} session) => {{start}};
        }
        """).RunAsync();

    private static string Farewell(string then, string close) => $$"""
        class Client(System.Net.WebSockets.WebSocket ws, Timer watch)
        {
            public bool IsClosed { get; private set; }
            private async Task SayAsync(byte[] data) => await ws.SendAsync(data, System.Net.WebSockets.WebSocketMessageType.Text, true, default);
            public void Leave(byte[] data) { {|LCA1004:SayAsync(data)|}.ContinueWith(_ => {{then}}); }
            public void Close() { if (IsClosed) return; IsClosed = true; {{close}} }
            private void Note() => Console.WriteLine(watch);
        }
        """;

    [Theory]
    [InlineData("Close()", "ws.Dispose();")]
    [InlineData("{ Note(); Close(); }", "try { ws.Abort(); } finally { Note(); }")]
    public Task A_continuation_ends_its_owner(string then, string close) => Case.SilentAsync(Farewell(then, close).Replace("{|LCA1004:SayAsync(data)|}", "SayAsync(data)", StringComparison.Ordinal));

    [Theory]
    [InlineData("Note()", "ws.Dispose();")]
    [InlineData("Close()", "watch.Dispose();")]
    [InlineData("{ if (IsClosed) Close(); }", "ws.Dispose();")]
    public Task A_continuation_ends_something_else(string then, string close) => Case.HoldsAsync(Farewell(then, close));
}
