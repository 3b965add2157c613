namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>Nobody can get in between.</summary>
public class Silent
{
    [Theory]
    [InlineData("public async Task<string> AskAsync(string q) { await _gate.WaitAsync(); try { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } finally { _gate.Release(); } }")]
    [InlineData("public async Task<string> AskAsync(string q) { await _gate!.WaitAsync(); try { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } finally { _gate!.Release(); } }")]
    [InlineData("public async Task<string> AskAsync(string q) { await _gate.WaitAsync(); try { return await PairAsync(q); } finally { _gate.Release(); } } private async Task<string> PairAsync(string q) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string q) { if (_busy) throw new InvalidOperationException(); _busy = true; try { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); } finally { _busy = false; } }")]
    [InlineData("public async Task<string> AskAsync(string q, WireClient wire) { await wire.SendAsync(q); return await wire.ReceiveAsync(); }")]
    [InlineData("public async Task<string> AskAsync(string q) { await using var wire = new WireClient(); await wire.SendAsync(q); return await wire.ReceiveAsync(); }")]
    // A server reads first, then answers.
    [InlineData("public async Task EchoAsync() { while (true) { var text = await _wire.ReceiveAsync(); await _wire.SendAsync(text); } }")]
    [InlineData("public async Task ConnectAsync() { await _wire.SendAsync(\"\"); await _wire.ReceiveAsync(); }")]
    [InlineData("private async Task AskAsync(string q) { await _wire.SendAsync(q); await _wire.ReceiveAsync(); }")]
    [InlineData("public async Task ServeAsync(System.Threading.Channels.ChannelReader<string> jobs) { await foreach (var job in jobs.ReadAllAsync()) { await _wire.SendAsync(job); await _wire.ReceiveAsync(); } }")]
    [InlineData("public async Task PollAllAsync(string[] qs) { foreach (var q in qs) await OneAsync(q); } private async Task OneAsync(string q) { await _wire.SendAsync(q); await _wire.ReceiveAsync(); }")]
    [InlineData("public void Ask(string q) { lock (_gate) { _wire.Send(q); _wire.ReceiveAsync().GetAwaiter().GetResult(); } }")]
    [InlineData("public async Task SayAsync(string q) { await _wire.SendAsync(q); await Task.Delay(1); }")]
    public Task A_pair(string members) => Case.SilentAsync(Reports.Device(members));

    /// <summary>The kind that it is made with is no field that it is kept in.</summary>
    [Theory]
    [InlineData("public async Task<int> AskAsync(byte[] q) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); await s.SendAsync(q, SocketFlags.None); return await s.ReceiveAsync(q, SocketFlags.None); }")]
    [InlineData("public async Task BothAsync(byte[] q) { await Task.WhenAll(OneAsync(q), OneAsync(q)); } private static async Task OneAsync(byte[] q) { using var s = new Socket(SocketType.Stream, ProtocolType.Tcp); var stream = new NetworkStream(s); await stream.WriteAsync(q); await stream.ReadAsync(q); }")]
    public Task A_socket_of_its_own(string members) => Case.SilentAsync(Reports.Device(members));

    /// <summary>An async lock of one's own, by what it does: whoever comes second waits until the first has disposed what it was handed.</summary>
    [Theory]
    [InlineData("using (await _turn.TakeAsync()) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); }")]
    [InlineData("using var mine = await _turn.TakeAsync().ConfigureAwait(false); await _wire.SendAsync(q); return await _wire.ReceiveAsync();")]
    [InlineData("using (await _line.QueueUpAsync()) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); }")]
    [InlineData("using (_turn.Take()) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); }")]
    public Task Behind_a_turn(string body) => Case.SilentAsync(Reports.InTurn(body));

    [Fact]
    public Task A_type_that_a_pool_hands_out() => Case.SilentAsync("""
        class Pooled
        {
            private readonly WireClient _wire = new();
            public async Task<string> AskAsync(string q) { await _wire.SendAsync(q); return await _wire.ReceiveAsync(); }
        }

        class Pool
        {
            private readonly ConcurrentBag<Pooled> _idle = new();
            public Pooled Rent() => _idle.TryTake(out var one) ? one : new Pooled();
            public void Return(Pooled one) => _idle.Add(one);
        }
        """);

    [Fact]
    public Task Of_a_base_class_whose_subclass_has_the_gate() => Case.SilentAsync("""
        abstract class Instrument(NetworkStream port)
        {
            protected async Task<byte[]> QueryAsync(byte[] q)
            {
                await port.WriteAsync(q);
                await port.ReadExactlyAsync(q);
                return q;
            }
        }

        class Multimeter(NetworkStream port) : Instrument(port)
        {
            private readonly SemaphoreSlim _gate = new(1, 1);
            public async Task<byte[]> VoltsAsync()
            {
                await _gate.WaitAsync();
                try { return await QueryAsync([1]); }
                finally { _gate.Release(); }
            }
        }
        """);
}
