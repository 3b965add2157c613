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

    private const string Ask = "lease = await LeaseAsync(); await lease.Client.SendAsync(question, stop); return await lease.Client.ReceiveAsync(stop);";

    [Theory]
    [InlineData("private bool _done; public void Done() => _done = true; public void Dispose() { if (!_done || home.Count > 9) { Client.Dispose(); return; } home.Add(Client); }")]
    [InlineData("public bool Answered { get; set; } public void Dispose() { if (Answered && home.Count < 9) home.Add(Client); else Client.Dispose(); }")]
    [InlineData("private bool _kept; public void Keep() => _kept = true; public void Dispose() { if (!_kept) Client.Dispose(); else home.Add(Client); }")]
    public Task A_lease_that_needs_a_word_of_its_user_does_not_whatever_the_word_is(string lease) => Case.SilentAsync(Leased(lease, "using var " + Ask));

    [Theory]
    [InlineData("private bool _over; public void Dispose() { if (_over) return; _over = true; home.Add(Client); }")]
    [InlineData("private bool _spoilt; public void Spoil() => _spoilt = true; public void Dispose() { if (_spoilt) Client.Dispose(); else home.Add(Client); }")]
    [InlineData("private bool _noted; public void Note() => _noted = true; public void Dispose() { if (_noted) Wire.Count(); home.Add(Client); }")]
    public Task A_lease_that_gives_back_unless_it_is_told_otherwise_does(string lease) => Case.HoldsAsync(Leased(lease, "using {|LCA4001:var " + Ask.Replace("; await lease.Client.S", "|}; await lease.Client.S", StringComparison.Ordinal)));

    private static string Told(string giving, string taking) => $$"""
        class Pool
        {
            private readonly Stack<WireClient> _idle = new();
            public async Task<Lease> LeaseAsync() { await Task.Yield(); lock (_idle) { if (_idle.TryPop(out var kept) && kept.IsOpen) return new(this, kept); } return new(this, new WireClient()); }
            private void Release(WireClient client, bool word) { {{taking}} }

            public sealed class Lease(Pool pool, WireClient client) : IDisposable
            {
                private bool _word;
                public WireClient Client => client;
                public void Say() => _word = true;
                public void Dispose() => pool.Release(client, {{giving}});
            }
        }

        class Asker(Pool pool)
        {
            public async Task<string> AskAsync(string question, CancellationToken stop) { using {|LCA4001:var lease = await pool.LeaseAsync()|}; await lease.Client.SendAsync(question, stop); var answer = await lease.Client.ReceiveAsync(stop); lease.Say(); return answer; }
        }
        """;

    [Theory]
    [InlineData("_word", "if (word) lock (_idle) _idle.Push(client); else client.Dispose();")]
    [InlineData("_word", "if (!word) { client.Dispose(); return; } lock (_idle) _idle.Push(client);")]
    public Task Nor_one_whose_pool_is_told_the_word(string giving, string taking) => Case.SilentAsync(Told(giving, taking).Replace("{|LCA4001:", "", StringComparison.Ordinal).Replace("()|}", "()", StringComparison.Ordinal));

    [Theory]
    [InlineData("_word", "lock (_idle) _idle.Push(client);")]
    [InlineData("_word", "if (word) { client.Dispose(); return; } lock (_idle) _idle.Push(client);")]
    [InlineData("true", "if (word) lock (_idle) _idle.Push(client); else client.Dispose();")]
    public Task One_whose_pool_takes_it_back_without_the_word_does(string giving, string taking) => Case.HoldsAsync(Told(giving, taking));

    [Fact]
    public Task A_pool_for_each_host_is_one() => Case.HoldsAsync("""
        class Pools
        {
            private readonly ConcurrentDictionary<string, ConcurrentBag<WireClient>> _idle = new();
            private WireClient Take(string host) => _idle.TryGetValue(host, out var bag) && bag.TryTake(out var one) && one.IsOpen ? one : new WireClient(host);
            private void Give(string host, WireClient client) => _idle.GetOrAdd(host, _ => []).Add(client);
            public async Task<string> AskAsync(string host, CancellationToken stop)
            {
                var client = Take(host);
                try { await client.SendAsync(host, stop); return await client.ReceiveAsync(stop); }
                finally { {|LCA4001:Give(host, client)|}; }
            }
        }
        """);

    [Fact]
    public Task A_driver_breaks_its_connection_itself() => Case.SilentAsync("""
        class Store(Func<System.Data.Common.DbConnection> open)
        {
            private readonly Stack<System.Data.Common.DbConnection> _idle = new();
            public T With<T>(Func<System.Data.Common.DbConnection, T> work)
            {
                var connection = _idle.Count > 0 && _idle.Peek().State == System.Data.ConnectionState.Open ? _idle.Pop() : open();
                try { return work(connection); }
                finally { _idle.Push(connection); }
            }
        }
        """);

    private static string Ranked(string dispose) => $$"""
        sealed class Ranked(WireClient client, WirePool pool) : IDisposable
        {
            private bool _done;
            public WireClient Client => client;
            public void Done() => _done = true;
            public void Dispose() { {{dispose}} }
        }

        class Asker(WirePool pool)
        {
            public async Task<string?> AskAsync(string question, CancellationToken stop)
            {
                using {|LCA4001:var ranked = new Ranked(await pool.RentAsync(stop), pool)|};
                var client = ranked.Client;
                await client.SendAsync(question, stop);
                var answer = await client.ReceiveAsync(stop);
                ranked.Done();
                return answer;
            }
        }
        """ + Reports.Pool;

    [Fact]
    public Task A_lease_that_is_made_where_it_is_used_is_no_part_of_the_pool() => Case.HoldsAsync(Ranked("if (client.IsOpen || _done) pool.Return(client);"));

    [Fact]
    public Task Nor_does_it_give_back_before_it_is_told() =>
        Case.SilentAsync(Ranked("if (_done) pool.Return(client); else client.Dispose();").Replace("{|LCA4001:", "", StringComparison.Ordinal).Replace("pool)|}", "pool)", StringComparison.Ordinal));

    private static string Emptied(string others) => Reports.Gated("""
        public async Task<string> AskAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { _wire.Drain(); await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } finally { RELEASE } }
        """ + others) + """

        static class Wired { public static void Drain(this WireClient wire) { } }
        """;

    [Fact]
    public Task What_is_left_of_an_answer_is_thrown_away_before_the_next_question() =>
        Case.SilentAsync(Emptied("public void Stop() => _wire.Dispose();").Replace("RELEASE", "_gate.Release();", StringComparison.Ordinal));

    [Fact]
    public Task Not_where_another_question_is_asked_without() => Case.HoldsAsync(Emptied("""
        public async Task<string> TellAsync(string q, CancellationToken stop) { await _gate.WaitAsync(stop); try { await _wire.SendAsync(q, stop); return await _wire.ReceiveAsync(stop); } finally { RELEASE } }
        """).Replace("RELEASE", "{|LCA4001:_gate.Release()|};", StringComparison.Ordinal));

    /// <summary>Whoever takes it back is told whether its user has finished.</summary>
    private static string Settled(string told) => Leased($$"""
        private bool _complete;
        public void Complete() => _complete = true;
        public void Dispose() => Settle(Client, {{told}});
        private void Settle(WireClient back, bool keep) { if (!keep) { back.Dispose(); return; } home.Add(back); }
        public override string ToString() => _complete + "";
        """, "{|LCA4001:using var lease = await LeaseAsync();|} await lease.Client.SendAsync(question, stop); var answer = await lease.Client.ReceiveAsync(stop); lease.Complete(); return answer;");

    [Fact]
    public Task A_lease_tells_how_it_ended() => Case.SilentAsync(Settled("keep: _complete").Replace("{|LCA4001:", "").Replace("|}", ""));

    private static string Recorded(string lease, string disposal) => $$"""
        {{lease}}
        {
            public async ValueTask DisposeAsync() { {{disposal}} }
        }

        class Asker
        {
            private readonly System.Threading.Channels.Channel<WireClient> _lines = System.Threading.Channels.Channel.CreateBounded<WireClient>(4);
            private async ValueTask<Lease> LeaseAsync(CancellationToken stop) => new(await _lines.Reader.ReadAsync(stop), _lines.Writer);
            public async Task<string?> AskAsync(string question, CancellationToken stop)
            {
                await using LEASE;
                await lease.Client.SendAsync(question, stop);
                return await lease.Client.ReceiveAsync(stop);
            }
        }
        """;

    [Theory]
    [InlineData("sealed record Lease(WireClient Client, System.Threading.Channels.ChannelWriter<WireClient> Home) : IAsyncDisposable")]
    [InlineData("readonly record struct Lease(WireClient Client, System.Threading.Channels.ChannelWriter<WireClient> Home) : IAsyncDisposable")]
    [InlineData("record struct Lease(WireClient Client, System.Threading.Channels.ChannelWriter<WireClient> Home) : IAsyncDisposable")]
    public Task A_lease_that_is_a_record_gives_it_back(string lease) => Case.HoldsAsync(Recorded(lease, "if (!Home.TryWrite(Client)) Client.Dispose(); await Task.Yield();").Replace("LEASE", "{|LCA4001:var lease = await LeaseAsync(stop)|}"));

    [Fact]
    public Task A_record_that_only_closes_it() => Case.SilentAsync(Recorded("sealed record Lease(WireClient Client, System.Threading.Channels.ChannelWriter<WireClient> Home) : IAsyncDisposable", "Client.Dispose(); await Task.Yield();").Replace("LEASE", "var lease = await LeaseAsync(stop)"));
}
