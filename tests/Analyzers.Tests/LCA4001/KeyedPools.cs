namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Pools that are told first whose connection comes back, and pools whose word for it is put.</summary>
public class KeyedPools
{
    private static string With(string body) => $$"""
        class Peers
        {
            private readonly ConcurrentDictionary<System.Net.EndPoint, ConcurrentBag<WireClient>> _idle = new();
            public WireClient Rent(System.Net.EndPoint peer) => _idle.TryGetValue(peer, out var bag) && bag.TryTake(out var one) && one.IsOpen ? one : Wire.Connect("x");
            public void Return(System.Net.EndPoint peer, WireClient client) => _idle.GetOrAdd(peer, _ => []).Add(client);
            public void PutConnection(WireClient client) => Return(client.Peer, client);
        }

        static class PeerOf { extension(WireClient client) { public System.Net.EndPoint Peer => new System.Net.IPEndPoint(0, 0); } }

        class Asker(Peers pool, System.Net.EndPoint peer)
        {
            public async Task<string?> AskAsync(string text, CancellationToken stop) { var c = pool.Rent(peer); {{body}} }
        }
        """;

    [Theory]
    [InlineData("try { await c.SendAsync(text, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:pool.Return(peer, c)|}; }")]
    [InlineData("try { await c.SendAsync(text, stop); return await c.ReceiveAsync(stop); } finally { {|LCA4001:pool.PutConnection(c)|}; }")]
    public Task Given_back_whatever_happened(string body) => Case.HoldsAsync(With(body));

    [Theory]
    [InlineData("try { await c.SendAsync(text, stop); var answer = await c.ReceiveAsync(stop); pool.Return(peer, c); return answer; } catch { c.Dispose(); throw; }")]
    [InlineData("try { await c.SendAsync(text, stop); var answer = await c.ReceiveAsync(stop); pool.PutConnection(c); return answer; } catch { c.Dispose(); throw; }")]
    public Task Given_back_after_the_answer(string body) => Case.SilentAsync(With(body));
}
