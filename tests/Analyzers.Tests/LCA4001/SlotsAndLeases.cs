namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Ways of giving back that are no call of a pool: an exchanged field, a lease over a collection that it was handed.</summary>
public class SlotsAndLeases
{
    private static string Slot(string body) => $$"""
        class Asker
        {
            private WireClient? _slot;
            public async Task<string?> AskAsync(string question, CancellationToken stop)
            {
                var client = Interlocked.Exchange(ref _slot, null) ?? new WireClient();
                {{body}}
            }
        }
        """;

    [Theory]
    [InlineData("try { await client.SendAsync(question, stop); return await client.ReceiveAsync(stop); } finally { {|LCA4001:Interlocked.Exchange(ref _slot, client)|}?.Dispose(); }")]
    [InlineData("try { await client.SendAsync(question, stop); return await client.ReceiveAsync(stop); } finally { {|LCA4001:Interlocked.CompareExchange(ref _slot, client, null)|}; }")]
    [InlineData("string? answer = null; try { await client.SendAsync(question, stop); answer = await client.ReceiveAsync(stop); } catch (OperationCanceledException) { } {|LCA4001:Interlocked.Exchange(ref _slot, client)|}; return answer;")]
    public Task A_slot_is_filled_though_the_answer_is_under_way(string body) => Case.HoldsAsync(Slot(body));

    [Theory]
    [InlineData("string answer; try { await client.SendAsync(question, stop); answer = await client.ReceiveAsync(stop); } catch { client.Dispose(); throw; } Interlocked.Exchange(ref _slot, client)?.Dispose(); return answer;")]
    [InlineData("var done = false; try { await client.SendAsync(question, stop); var answer = await client.ReceiveAsync(stop); done = true; return answer; } finally { if (done) Interlocked.Exchange(ref _slot, client)?.Dispose(); else client.Dispose(); }")]
    public Task A_slot_is_filled_after_the_answer(string body) => Case.SilentAsync(Slot(body));

    private static string Leased(string lease, string use) => $$"""
        sealed class Lease(ConcurrentBag<WireClient> home, WireClient client) : IDisposable
        {
            public WireClient Client { get; } = client;
            {{lease}}
        }

        class Asker
        {
            private readonly ConcurrentBag<WireClient> _idle = new();
            private async Task<Lease> LeaseAsync() { await Task.Yield(); return new(_idle, _idle.TryTake(out var one) && one.IsOpen ? one : new WireClient()); }
            public async Task<string?> AskAsync(string question, CancellationToken stop) { {{use}} }
        }
        """;

    [Fact]
    public Task A_lease_that_has_to_be_completed_does_not() => Case.SilentAsync(Leased(
        "private bool _complete; public void Complete() => _complete = true; public void Dispose() { if (_complete) home.Add(Client); else Client.Dispose(); }",
        "using var lease = await LeaseAsync(); await lease.Client.SendAsync(question, stop); var answer = await lease.Client.ReceiveAsync(stop); lease.Complete(); return answer;"));
}
