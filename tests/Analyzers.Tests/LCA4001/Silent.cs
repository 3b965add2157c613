namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Only finished exchanges go on; the others end their connection.</summary>
public class Silent
{
    [Theory]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); return a; } catch { c.Dispose(); throw; }")]
    [InlineData("var c = await _pool.RentAsync(stop); var done = false; try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); done = true; return a; } finally { if (done) _pool.Return(c); else c.Dispose(); }")]
    [InlineData("var c = await _pool.RentAsync(stop); var done = false; try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); done = true; return a; } finally { _pool.Return(c, done); }")]
    [InlineData("var c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); return await c.ReceiveAsync(stop); } catch { c.Dispose(); return null; } finally { _pool.Return(c); }")]
    [InlineData("WireClient? c = await _pool.RentAsync(stop); try { await c.SendAsync(q, stop); var a = await c.ReceiveAsync(stop); _pool.Return(c); c = null; return a; } finally { c?.Dispose(); }")]
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
    [InlineData("public async Task SayAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); } finally { _gate.Release(); } }")]
    public Task Of_a_device(string members) => Case.SilentAsync(Reports.Gated(members));

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
}
