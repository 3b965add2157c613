namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>An exchange is cut short, and its connection goes to the next user.</summary>
public class Reports
{
    internal const string Pool = """

        class WirePool
        {
            private readonly ConcurrentBag<WireClient> _idle = new();
            public async Task<WireClient> RentAsync(CancellationToken stop) { await Task.Yield(); return _idle.TryTake(out var one) ? one : new WireClient(); }
            public void Return(WireClient client) => _idle.Add(client);
            public void Return(WireClient client, Exception? failure) { if (failure is null) _idle.Add(client); else client.Dispose(); }
            public void Return(WireClient client, bool reusable) { if (reusable) _idle.Add(client); else client.Dispose(); }
            public async Task<WireLease> LeaseAsync(CancellationToken stop) => new(this, await RentAsync(stop));
        }

        sealed class WireLease : IDisposable
        {
            private readonly WirePool _pool;
            public WireLease(WirePool pool, WireClient client) => (_pool, Client) = (pool, client);
            public WireClient Client { get; }
            public void Dispose() => _pool.Return(Client);
        }
        """;

    /// <summary>A client of a pool, with that method body.</summary>
    internal static string Pooled(string body, string result = "Task<string?>") => $$"""
        class Asker
        {
            private readonly WirePool _pool = new();
            public async {{result}} AskAsync(string q, TimeSpan limit, CancellationToken stop) { {{body}} }
        }
        """ + Pool;

    /// <summary>A device behind a gate, with these members.</summary>
    internal static string Gated(string members) => $$"""
        class Device
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            private WireClient _wire;
            public Device(WireClient wire) => _wire = wire;
            {{members}}
        }
        """;

    [Theory]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:_pool.Return(c)|}; }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); return a; } catch (OperationCanceledException) { {|LCA4001:_pool.Return(c)|}; return null; }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q); return await c.ReceiveAsync().WaitAsync(limit); } finally { {|LCA4001:_pool.Return(c)|}; }")]
    [InlineData("var c = await _pool.RentAsync(stop); await c.SendAsync(q); var a = c.ReceiveAsync(); if (await Task.WhenAny(a, Task.Delay(limit)) != a) { {|LCA4001:_pool.Return(c)|}; return null; } var r = await a; _pool.Return(c); return r;")]
    [InlineData("using var {|LCA4001:lease = await _pool.LeaseAsync(stop)|}; await lease.Client.SendAsync(q, stop); return await lease.Client.ReceiveAsync(stop);", true)]
    [InlineData("var c = await _pool.RentAsync(stop); var a = \"\"; try { await c.SendAsync(q, stop); a = await c.ReceiveAsync(stop); return a; } finally { if (q.Length > 0) {|LCA4001:_pool.Return(c)|}; else c.Dispose(); }")]
    [InlineData("var c = await _pool.RentAsync(stop); var a = \"\"; try { a = q; await c.SendAsync(a, stop); a = await c.ReceiveAsync(stop); return a; } finally { if (a.Length > 0) {|LCA4001:_pool.Return(c)|}; else c.Dispose(); }")]
    // The lease is its own, though it was made from the pool.
    [InlineData("using var {|LCA4001:lease = new WireLease(_pool, await _pool.RentAsync(stop))|}; await lease.Client.SendAsync(q, stop); return await lease.Client.ReceiveAsync(stop);", true)]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:_pool.Return(c, true)|}; }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } catch (IOException) { c.Dispose(); throw; } finally { {|LCA4001:_pool.Return(c)|}; }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:_pool.Return(c, null)|}; }")]
    public Task Given_back(string body, bool isDeclaration = false) =>
        Case.HoldsAsync(Pooled(isDeclaration ? body.Replace("using var {|LCA4001:lease", "using {|LCA4001:var lease") : body));

    [Theory]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } finally { {|LCA4001:_gate.Release()|}; } }")]
    [InlineData("public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { return await PairAsync(q, stop); } finally { {|LCA4001:_gate.Release()|}; } } private async Task<string> PairAsync(string q, CancellationToken stop) { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); }")]
    // The clause that swallows decides, where it does more than to leave.
    [InlineData("public async Task<string?> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } {|LCA4001:catch (OperationCanceledException)|} { Console.WriteLine(q); return null; } finally { _gate.Release(); } }")]
    [InlineData("public async Task<string?> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } catch (OperationCanceledException) { return null; } finally { {|LCA4001:_gate.Release()|}; } }")]
    [InlineData("public async Task PollAsync(CancellationToken stop) { while (true) { using var late = new CancellationTokenSource(99); try { await _wire.SendAsync(\"\", late.Token); await _wire.ReceiveAsync(late.Token); } {|LCA4001:catch (OperationCanceledException)|} { Console.WriteLine(); } await Task.Delay(1, stop); } }")]
    [InlineData("public async Task StartAsync(string q, CancellationToken stop) { try { await RunAsync(q, stop); } {|LCA4001:catch (Exception e)|} { Console.WriteLine(e); } } private async Task RunAsync(string q, CancellationToken stop) { await _wire.SendAsync(q, stop); await _wire.ReceiveAsync(stop); }")]
    public Task Kept(string members) => Case.HoldsAsync(Gated(members));

    [Fact]
    public Task By_a_helper_that_lends() => Case.HoldsAsync("""
        class Lender
        {
            private readonly WirePool _pool = new();
            public async Task<T> WithAsync<T>(Func<WireClient, Task<T>> work, CancellationToken stop)
            {
                var c = await _pool.RentAsync(stop);
                try { return await work(c); }
                finally { {|LCA4001:_pool.Return(c)|}; }
            }
        }
        """ + Pool);

    [Fact]
    public Task At_the_end_of_a_lock() => Case.HoldsAsync("""
        class Plc
        {
            private readonly object _sync = new();
            private readonly NetworkStream _stream;
            public Plc(string host) => _stream = new TcpClient(host, 1) { ReceiveTimeout = 900 }.GetStream();

            public void Read(byte[] bytes)
            {
                lock (_sync)
                {
                    _stream.Write(bytes);
                    _stream.ReadExactly(bytes);
                {|LCA4001:}|}
            }
        }
        """);

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Pooled("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } finally { {|#0:_pool.Return(c)|}; }"),
        Case.Diagnostic("LCA4001").WithLocation(0).WithMessage("'c' is given back though its exchange may have been cut short: the next user reads this one's answer"));

    /// <summary>Its flag is off until a user sets it: who forgets gives back.</summary>
    [Fact]
    public Task A_lease_that_has_to_be_told() => Case.HoldsAsync("""
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
                using {|LCA4001:var lease = await TakeAsync(stop)|};
                await lease.Client.SendAsync(q, stop);
                return await lease.Client.ReceiveAsync(stop);
            }
        }
        """ + Pool);
}
