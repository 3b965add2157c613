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

    private const string Exchange = "await c.SendAsync(text, stop); return await c.ReceiveAsync(stop);";

    /// <summary>One collection for each peer, or the one of all, as a method comes by it.</summary>
    private static string WithinPool(string members) => $$"""
        class PeerState { public Queue<WireClient> Idle { get; } = new(); }

        class Pool
        {
            private readonly ConcurrentDictionary<string, ConcurrentBag<WireClient>> _bags = new();
            private readonly Dictionary<string, Queue<WireClient>> _queues = [];
            private readonly Dictionary<string, PeerState> _states = [];
            private readonly Stack<WireClient> _stack = new();

            {{members}}

            private Queue<WireClient> Of(string peer) { lock (_queues) { if (!_queues.TryGetValue(peer, out var found)) _queues[peer] = found = new(); return found; } }
            private static WireClient Alive(WireClient? c) => c is { IsOpen: true } ? c : Wire.Connect("x");
        }
        """;

    [Theory]
    [InlineData("var bag = _bags.GetOrAdd(peer, _ => []); bag.TryTake(out var idle); var c = Alive(idle);", "bag.Add(c)")]
    [InlineData("_bags.TryGetValue(peer, out var bag); bag!.TryTake(out var idle); var c = Alive(idle);", "bag.Add(c)")]
    [InlineData("var stack = _stack; stack.TryPop(out var idle); var c = Alive(idle);", "stack.Push(c)")]
    [InlineData("var queue = Of(peer); queue.TryDequeue(out var idle); var c = Alive(idle);", "queue.Enqueue(c)")]
    [InlineData("Of(peer).TryDequeue(out var idle); var c = Alive(idle);", "Of(peer).Enqueue(c)")]
    [InlineData("var state = _states[peer]; state.Idle.TryDequeue(out var idle); var c = Alive(idle);", "state.Idle.Enqueue(c)")]
    public async Task The_collection_has_another_name(string taking, string giving)
    {
        await Case.HoldsAsync(WithinPool($"public async Task<string?> AskAsync(string peer, string text, CancellationToken stop) {{ {taking} try {{ {Exchange} }} finally {{ {{|LCA4001:{giving}|}}; }} }}"));
        await Case.SilentAsync(WithinPool($"public async Task<string?> AskAsync(string peer, string text, CancellationToken stop) {{ {taking} try {{ await c.SendAsync(text, stop); var answer = await c.ReceiveAsync(stop); {giving}; return answer; }} catch {{ c.Dispose(); throw; }} }}"));
    }

    [Theory]
    [InlineData("var failed = new List<WireClient>();")]
    [InlineData("var failed = Failed();")]
    public Task Nobody_takes_from_that_collection(string made) => Case.SilentAsync(WithinPool($$"""
        private readonly List<WireClient> _failed = [];
        private List<WireClient> Failed() => _failed;
        public async Task<string?> AskAsync(string peer, string text, CancellationToken stop) { {{made}} var c = Wire.Connect(peer); try { {{Exchange}} } finally { failed.Add(c); } }
        """));
}
