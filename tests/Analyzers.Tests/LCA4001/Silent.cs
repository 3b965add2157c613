namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Only finished exchanges go on; the others end their connection.</summary>
public class Silent
{
    [Theory]
    [InlineData("Exception? failure = null; var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } catch (Exception e) { failure = e; throw; } finally { _pool.Return(c, failure); }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); return a; } catch { c.Dispose(); throw; }")]
    [InlineData("var c = await _pool.RentAsync(stop); var done = false; try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); done = true; return a; } finally { if (done) _pool.Return(c); else c.Dispose(); }")]
    [InlineData("var c = await _pool.RentAsync(stop); var done = false; try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); done = true; return a; } finally { _pool.Return(c, done); }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } catch { c.Dispose(); return null; } finally { _pool.Return(c); }")]
    [InlineData("WireClient? c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); c = null; return a; } finally { c?.Dispose(); }")]
    // What the read fills tells whether it has been.
    [InlineData("var c = await _pool.RentAsync(stop); var a = \"\"; try { await c.SendAsync(q, stop); a = await c.ReceiveAsync(stop); return a; } finally { if (a.Length > 0) _pool.Return(c); else c.Dispose(); }")]
    [InlineData("var c = await _pool.RentAsync(stop); var a = \"\"; try { await c.SendAsync(q, stop); a = await c.ReceiveAsync(stop); return a; } finally { if (a == \"\") c.Dispose(); else { lock (_pool) _pool.Return(c); } }")]
    // Only sent, or only before the request.
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return null; } finally { _pool.Return(c); }")]
    [InlineData("var c = await _pool.RentAsync(stop); if (q == \"\") { _pool.Return(c); return null; } await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); return a;")]
    // Each answer carries the number of its question.
    [InlineData("var c = await _pool.RentAsync(stop); var id = q; try { await c.SendAsync(q, stop); while (true) { var a = await c.ReceiveAsync(stop); if (a == id) return a; } } finally { _pool.Return(c); }")]
    public Task Of_a_pool(string body) => Case.SilentAsync(Reports.Pooled(body));

    [Theory]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } finally { _gate.Release(); } }")]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } catch { _wire.Dispose(); throw; } finally { _gate.Release(); } }")]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } catch { Renew(); throw; } finally { _gate.Release(); } } private void Renew() { _wire.Dispose(); _wire = new WireClient(); }")]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { return await PairAsync(q, stop); } finally { _gate.Release(); } } private async Task<string> PairAsync(string q, CancellationToken stop) { try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } catch { _wire.Close(); throw; } }")]
    // It answers; it does not ask.
    [InlineData("public async Task ServeAsync(CancellationToken stop) { try { var q = await _wire.ReceiveAsync(stop); await _wire.SendAsync(q, stop); } catch (Exception) { Console.WriteLine(); } }")]
    // Nobody waits for it, or sees it fail.
    [InlineData("public void Start(string q, CancellationToken stop) { try { Run(q, stop); } catch (Exception e) { Console.WriteLine(e); } } private async void Run(string q, CancellationToken stop) { await _wire.SendAsync(q, stop); await _wire.ReceiveAsync(stop); }")]
    // Kept only if it is still open.
    [InlineData("public async Task<string?> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } catch (Exception e) { Console.WriteLine(e); return null; } finally { if (_wire.IsOpen) _wire.Close(); _gate.Release(); } }")]
    [InlineData("public async Task SayAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); } finally { _gate.Release(); } }")]
    // The pair was never together: another rule says so.
    [InlineData("private readonly SemaphoreSlim _reading = new(1, 1); private async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); } finally { _gate.Release(); } await _reading.WaitAsync(stop); try { return await _wire.ReceiveAsync(stop); } finally { _reading.Release(); } }")]
    public Task Of_a_device(string members) => Case.SilentAsync(Reports.Gated(members));

    /// <summary>An operation object is no connection: what is wrong with giving it back is another rule's.</summary>
    [Fact]
    public Task Of_a_pool_of_operations() => Case.SilentAsync("""
        class Sender(Action<SocketError> sent)
        {
            private readonly ConcurrentBag<SocketAsyncEventArgs> _idle = new();

            public void Send(Socket socket, byte[] frame)
            {
                if (!_idle.TryTake(out var args)) args = new SocketAsyncEventArgs();
                try { args.SetBuffer(frame, 0, frame.Length); if (!socket.SendAsync(args)) sent(args.SocketError); }
                finally { _idle.Add(args); }
            }
        }
        """);

    private static string Piped(string ending) => $$"""
        class Asker(System.IO.Pipelines.IDuplexPipe pipe)
        {
            private readonly SemaphoreSlim _gate = new(1, 1);

            public async Task<long> AskAsync(ReadOnlyMemory<byte> question, CancellationToken stop)
            {
                await _gate.WaitAsync(stop);
                try
                {
                    await pipe.Output.WriteAsync(question, stop);
                    var answer = await pipe.Input.ReadAsync(stop);
                    pipe.Input.AdvanceTo(answer.Buffer.End);
                    return answer.Buffer.Length;
                }
                catch (Exception e) { {{ending}} throw; }
                finally { MARK; }
            }
        }
        """;

    [Theory]
    [InlineData("await pipe.Input.CompleteAsync(e);")]
    [InlineData("pipe.Output.Complete(e);")]
    public Task Either_end_of_a_pipe_ends_it(string ending) => Case.SilentAsync(Piped(ending).Replace("MARK", "_gate.Release()"));

    [Fact]
    public Task A_pipe_that_is_not_ended() => Case.HoldsAsync(Piped("Console.WriteLine(e);").Replace("MARK", "{|LCA4001:_gate.Release()|}"));

    // The reading helper ends the socket itself, by a helper's helper; a request that did not get out has no answer under way.
    [Theory]
    [InlineData("public byte[]? Ask(byte[] q) { lock (_gate) { try { _socket.Send(q); return Read(_socket, 9); } catch (Exception e) { Console.WriteLine(e); return null; } } }")]
    public Task Ended_by_a_helper_of_its_own(string members) => Case.SilentAsync(Plc(members));

    [Theory]
    [InlineData("public byte[]? Ask(byte[] q) { lock (_gate) { try { _socket.Send(q); var a = new byte[9]; _socket.Receive(a); return a; } {|LCA4001:catch (Exception e)|} { _socket?.Note(); Console.WriteLine(e); return null; } } }")]
    public Task A_helper_that_ends_nothing_does_not_help(string members) => Case.HoldsAsync(Plc(members));

    private static string Plc(string members) => $$"""
        static class Sockets
        {
            public static void EndQuietly(this Socket socket) { try { socket?.Shutdown(SocketShutdown.Both); } catch { } try { socket?.Close(); } catch { } }
            public static void Note(this Socket socket) => Console.WriteLine(socket?.LocalEndPoint);
        }

        class Plc
        {
            private readonly object _gate = new();
            private readonly Socket _socket;
            public Plc(Socket socket) { _socket = socket; _socket.ReceiveTimeout = 500; }
            {{members}}
            protected byte[]? Read(Socket socket, int count)
            {
                var answer = new byte[count];
                for (var done = 0; done < count;)
                {
                    try
                    {
                        var n = socket.Receive(answer, done, count - done, SocketFlags.None);
                        if (n == 0) { socket?.EndQuietly(); return null; }
                        done += n;
                    }
                    catch (SocketException) { socket?.EndQuietly(); return null; }
                }

                return answer;
            }
        }
        """;

    [Fact]
    public Task The_loop_of_the_connection_has_ended() => Case.SilentAsync("""
        class Game(Socket socket, Action lost)
        {
            private readonly Socket _socket = socket;
            private void Loop()
            {
                var packet = new byte[8];
                try
                {
                    while (true)
                    {
                        _socket.Send(packet);
                        _socket.Receive(packet);
                        Thread.Sleep(50);
                    }
                }
                catch (SocketException) { Console.WriteLine("over"); }
                lost();
            }
        }
        """);

    [Fact]
    public Task A_web_socket_aborts_itself() => Case.SilentAsync("""
        class Rpc
        {
            private readonly SemaphoreSlim _gate = new(1);
            private readonly ClientWebSocket _socket = new();
            public async Task CallAsync(byte[] q, CancellationToken stop)
            {
                await _gate.WaitAsync(stop);
                try { await _socket.SendAsync(q, WebSocketMessageType.Binary, true, stop); await _socket.ReceiveAsync(q.AsMemory(), stop); }
                finally { _gate.Release(); }
            }
        }
        """);

    [Fact]
    public Task A_lease_that_knows() => Case.SilentAsync("""
        sealed class CheckedLease : IDisposable
        {
            private readonly WirePool _pool;
            private bool _complete;
            public CheckedLease(WirePool pool, WireClient client) => (_pool, Client) = (pool, client);
            public WireClient Client { get; }
            public void Complete() => _complete = true;
            public void Dispose() { if (_complete) _pool.Return(Client); else Client.Dispose(); }
        }

        class Asker
        {
            private readonly WirePool _pool = new();
            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                using var lease = new CheckedLease(_pool, await _pool.RentAsync(stop));
                await lease.Client.SendAsync(q, stop);
                var answer = await lease.Client.ReceiveAsync(stop);
                lease.Complete();
                return answer;
            }
        }
        """ + Reports.Pool);

    [Fact]
    public Task A_lease_that_is_told() => Case.SilentAsync("""
        sealed class FlaggedLease : IDisposable
        {
            private readonly WirePool _pool;
            private bool _broken;
            public FlaggedLease(WirePool pool, WireClient client) => (_pool, Client) = (pool, client);
            public WireClient Client { get; }
            public void GiveUp() { _broken = true; Client.Dispose(); }
            public void Dispose() { if (!_broken) _pool.Return(Client); }
        }

        class Asker
        {
            private readonly WirePool _pool = new();
            private async Task<FlaggedLease> TakeAsync(CancellationToken stop) => new(_pool, await _pool.RentAsync(stop));
            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                using var lease = await TakeAsync(stop);
                try
                {
                    await lease.Client.SendAsync(q, stop);
                    return await lease.Client.ReceiveAsync(stop);
                }
                catch
                {
                    lease.GiveUp();
                    throw;
                }
            }
        }
        """ + Reports.Pool);

    /// <summary>What it does by itself is no business of its users.</summary>
    [Fact]
    public Task A_lease_that_finds_out() => Case.SilentAsync("""
        sealed class WatchfulLease : IDisposable
        {
            private readonly WirePool _pool;
            private readonly WireClient _client;
            private bool _broken;
            public WatchfulLease(WirePool pool, WireClient client) => (_pool, _client) = (pool, client);
            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                try { await _client.SendAsync(q, stop); return await _client.ReceiveAsync(stop); }
                catch { _broken = true; throw; }
            }

            public void Dispose() { if (_broken) _client.Dispose(); else _pool.Return(_client); }
        }

        class Asker
        {
            private readonly WirePool _pool = new();
            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                using var lease = new WatchfulLease(_pool, await _pool.RentAsync(stop));
                return await lease.AskAsync(q, stop);
            }
        }
        """ + Reports.Pool);

    [Theory]
    [InlineData("_isAlive = false; throw;", false)]
    [InlineData("Console.WriteLine(_isAlive); throw;", true)]
    public Task A_lease_that_marks_itself(string failed, bool isReported)
    {
        var rent = isReported ? "using {|LCA4001:var one = pool.Rent()|};" : "using var one = pool.Rent();";
        var source = $$"""
        sealed class Pooled(NetworkStream stream, Action<Pooled> cleanup) : IDisposable
        {
            private bool _isAlive = true;
            public bool IsAlive => _isAlive;
            public async Task SendAsync(byte[] data, CancellationToken stop) { try { await stream.WriteAsync(data, stop); } catch { {{failed}} } }
            public async Task ReceiveAsync(byte[] data, CancellationToken stop) { try { await stream.ReadExactlyAsync(data, stop); } catch { {{failed}} } }
            public void Dispose() => cleanup(this);
        }

        class Pool(Func<NetworkStream> connect)
        {
            private readonly ConcurrentStack<Pooled> _free = new();
            public Pooled Rent() => _free.TryPop(out var one) ? one : new Pooled(connect(), Back);
            private void Back(Pooled one) { if (one.IsAlive) _free.Push(one); }
        }

        class Asker(Pool pool)
        {
            public async Task<byte[]> AskAsync(byte[] question, CancellationToken stop)
            {
                {{rent}}
                await one.SendAsync(question, stop);
                var answer = new byte[8];
                await one.ReceiveAsync(answer, stop);
                return answer;
            }
        }
        """;
        return isReported ? Case.HoldsAsync(source) : Case.SilentAsync(source);
    }

    [Theory]
    [InlineData("await one.SendAsync(question, stop); return await reply.ReadAsync(one, stop);", false)]
    [InlineData("await one.SendAsync(question, stop); return await reply.ReadAsync(one, stop).WaitAsync(TimeSpan.FromSeconds(2));", true)]
    [InlineData("var sent = one.SendAsync(question, stop); try { await sent.WaitAsync(TimeSpan.FromSeconds(2)); } catch (TimeoutException) { return []; } return await reply.ReadAsync(one, stop);", true)]
    public Task A_lease_that_marks_itself_knows_nothing_of_a_wait_that_its_user_gives_up(string asking, bool isReported)
    {
        var rent = isReported ? "using {|LCA4001:var one = pool.Rent()|};" : "using var one = pool.Rent();";
        var source = $$"""
        sealed class Pooled(NetworkStream stream) : IDisposable
        {
            public bool IsAlive { get; private set; } = true;
            public Action<Pooled>? ReturnToPool { get; set; }
            public async Task SendAsync(byte[] data, CancellationToken stop) { try { await stream.WriteAsync(data, stop); } catch (Exception) { IsAlive = false; throw; } }
            public async Task ReceiveAsync(byte[] data, CancellationToken stop) { try { await stream.ReadExactlyAsync(data, stop); } catch (Exception) { IsAlive = false; throw; } }
            public void Destroy() => Dispose(true);
            public void Dispose() => Dispose(false);
            private void Dispose(bool destroy) { if (destroy) { stream.Dispose(); } else { var back = ReturnToPool; back?.Invoke(this); } }
        }

        class Pool
        {
            private readonly ConcurrentStack<Pooled> _free = new();
            public Pooled Rent() => _free.TryPop(out var one) ? one : throw new InvalidOperationException();
            public void Keep(Pooled one) => one.ReturnToPool = Back;
            private void Back(Pooled one) { if (one.IsAlive) _free.Push(one); else one.Destroy(); }
        }

        abstract class Reply
        {
            public async Task<byte[]> ReadAsync(Pooled from, CancellationToken stop) { var read = await ReadCoreAsync(from, stop); return read; }
            protected abstract Task<byte[]> ReadCoreAsync(Pooled from, CancellationToken stop);
        }

        class Asker(Pool pool)
        {
            public async Task<byte[]> AskAsync(byte[] question, Reply reply, CancellationToken stop) { {{rent}} {{asking}} }
        }
        """;
        return isReported ? Case.HoldsAsync(source) : Case.SilentAsync(source);
    }

    [Theory]
    [InlineData("EventArgs")]
    [InlineData("MemoryStream")]
    public Task What_is_lent_without_a_peer(string based) => Case.SilentAsync(Lent(based, "using var one = Lent.Rent();"));

    [Fact]
    public Task What_is_lent_with_one() => Case.HoldsAsync(Lent("object", "using {|LCA4001:var one = Lent.Rent()|};"));

    private static string Lent(string based, string rent) => $$"""
        sealed class Lent : {{based}}, IDisposable
        {
            private static readonly ConcurrentBag<Lent> s_free = [];
            public NetworkStream? Peer { get; set; }
            public static Lent Rent() => s_free.TryTake(out var one) ? one : new Lent();
            public Task SendAsync(string q) => Peer!.WriteAsync(new byte[1]).AsTask();
            public async Task<string> ReceiveAsync() { await Peer!.ReadExactlyAsync(new byte[1]); return ""; }
            public {{(based == "MemoryStream" ? "new " : "")}}void Dispose() => s_free.Add(this);
        }

        class Asker
        {
            public async Task<string> AskAsync(string q)
            {
                {{rent}}
                await one.SendAsync(q);
                return await one.ReceiveAsync();
            }
        }
        """;

    [Theory]
    [InlineData("var mine = ++_next;", "answer[0] != mine")]
    [InlineData("var mine = (byte)Interlocked.Increment(ref _next);", "answer[0] != mine")]
    [InlineData("q[0] = (byte)++_next;", "answer[0] != q[0]")]
    public Task Answers_of_earlier_questions_are_skipped(string drawn, string differs) => Case.SilentAsync($$"""
        class Device(NetworkStream stream)
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            private int _next;
            public async Task<byte[]> AskAsync(byte[] q, CancellationToken stop)
            {
                await _gate.WaitAsync(stop);
                try
                {
                    {{drawn}}
                    await stream.WriteAsync(q, stop);
                    var answer = new byte[8];
                    do await stream.ReadExactlyAsync(answer, stop); while ({{differs}});
                    return answer;
                }
                finally { _gate.Release(); }
            }
        }
        """);

    [Theory]
    [InlineData("ArrayPool<byte>.Shared.Return(_buffer);")]
    [InlineData("GiveBack(_buffer); _peer.Dispose(); } private static void GiveBack(byte[] buffer) { ArrayPool<byte>.Shared.Return(buffer, clearArray: true);")]
    public Task Disposal_gives_back_a_buffer(string disposal) => Case.SilentAsync($$"""
        using System.Buffers;
        sealed class Remote(NetworkStream peer) : IDisposable
        {
            private readonly NetworkStream _peer = peer;
            private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(9);
            public Task SendAsync(string q, CancellationToken stop) => _peer.WriteAsync(_buffer, stop).AsTask();
            public async Task<string> ReceiveAsync(CancellationToken stop) { await _peer.ReadExactlyAsync(_buffer, stop); return ""; }
            public void Dispose() { {{disposal}} }
        }

        class Asker
        {
            public async Task<string> AskAsync(NetworkStream peer, string q, CancellationToken stop)
            {
                using var remote = new Remote(peer);
                await remote.SendAsync(q, stop);
                return await remote.ReceiveAsync(stop);
            }
        }
        """);

    [Fact]
    public Task What_is_released_is_closed() => Case.SilentAsync("""
        class Asker
        {
            public async Task<string?> AskAsync(string q, CancellationToken stop)
            {
                var wire = new WireClient();
                string? answer = null;
                try { await wire.SendAsync(q, stop); answer = await wire.ReceiveAsync(stop); }
                catch (OperationCanceledException) { await ReleaseAsync(wire); }
                return answer;
            }

            private static async Task ReleaseAsync(WireClient wire)
            {
                try { await wire.SendAsync("bye"); }
                finally { wire.Dispose(); }
            }
        }
        """);

    [Theory]
    [InlineData("_wire = new WireClient();", "")]
    [InlineData("if (_wire is null) _wire = new WireClient();", "{|LCA4001:")]
    public Task The_handshake_of_a_connection_that_is_made_for_it(string made, string mark) => Case.HoldsAsync($$"""
        class Console
        {
            private WireClient? _wire;
            public async Task<bool> OpenAsync(string name, CancellationToken stop)
            {
                {{made}}
                try { await _wire.SendAsync(name, stop); return await _wire.ReceiveAsync(stop) == "welcome"; }
                {{mark}}catch (Exception e){{(mark.Length > 0 ? "|}" : "")}} { System.Console.WriteLine(e); return false; }
            }
        }
        """);

    [Fact]
    public Task What_listens_is_started_and_left() => Case.SilentAsync(Reports.Gated("""
        private Task? _listening;
        public async Task StartAsync(string q, CancellationToken stop)
        {
            await _gate.WaitAsync(stop);
            try { await _wire.SendAsync(q, stop); _listening = ListenAsync(stop); } finally { _gate.Release(); }
        }
        private async Task ListenAsync(CancellationToken stop) { while (await _wire.ReceiveAsync(stop) != "") { } }
        public Task Ended => _listening ?? Task.CompletedTask;
        """));

    /// <summary>A loop that begins with a read goes on with one: what comes late is its own to read. One that asks anew does not.</summary>
    [Theory]
    [InlineData("_socket.Send(line); while (!stop.IsCancellationRequested) { try { var n = _socket.Receive(line); if (n > 0) _socket.Send(line); } catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut) { } }")]
    [InlineData("while (!stop.IsCancellationRequested) { try { _socket.Send(line); _socket.Receive(line); } {|LCA4001:catch (SocketException e)|} when (e.SocketErrorCode == SocketError.TimedOut) { } }")]
    public Task A_loop_that_listens(string body) => Case.HoldsAsync($$"""
        class Feed
        {
            private readonly Socket _socket;
            public Feed(Socket socket) { _socket = socket; _socket.ReceiveTimeout = 500; }
            public void Run(byte[] line, CancellationToken stop) { {{body}} }
        }
        """);

    /// <summary>What names the connection for the time of a call is used again without it; an entry of a pool has it.</summary>
    [Theory]
    [InlineData("SendContext", "_free.Add(c)")]
    [InlineData("Seat", "{|LCA4001:_free.Add(c)|}")]
    public Task A_context_of_a_call(string type, string back) => Case.HoldsAsync($$"""
        class {{type}}(WireClient client) { public WireClient Client { get; } = client; }
        class Bus(WireClient wire)
        {
            private readonly ConcurrentBag<{{type}}> _free = [];
            public async Task<string?> AskAsync(string q, CancellationToken stop)
            {
                var c = _free.TryTake(out var kept) && kept.Client.IsOpen ? kept : new {{type}}(wire);
                try { await c.Client.SendAsync(q, stop); return await c.Client.ReceiveAsync(stop); } finally { {{back}}; }
            }
        }
        """);

    /// <summary>A stream that is wound back lies in memory or in a file.</summary>
    [Theory]
    [InlineData("", "{|LCA4001:catch (IOException)|}")]
    [InlineData("public string Text() { _answer.Seek(0, SeekOrigin.Begin); return new StreamReader(_answer).ReadToEnd(); }", "catch (IOException)")]
    public Task Wound_back(string members, string clause) => Case.HoldsAsync($$"""
        class Fetch(Stream answer, NetworkStream other)
        {
            private readonly Stream _answer = answer;
            public void Take(byte[] page)
            {
                other.ReadTimeout = 9;
                try { _answer.Write(page); _answer.Read(page); } {{clause}} { }
            }

            {{members}}
        }
        """);
}
