using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    [Fact]
    public Task A_kept_connection_is_closed_where_another_is_opened_when_there_is_none() => BecomesAsync("""
        class Asker
        {
            private readonly SemaphoreSlim _turn = new(1);
            private WireClient? _wire;

            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                await _turn.WaitAsync(stop);
                try
                {
                    if (_wire is not { IsOpen: true }) _wire = await OpenAsync(stop);
                    await _wire.SendAsync(q, stop);
                    return await _wire.ReceiveAsync(stop);
                }
                finally
                {
                    {|LCA4001:_turn.Release()|};
                }
            }

            private static Task<WireClient> OpenAsync(CancellationToken stop) => throw new NotSupportedException();
        }
        """, """
        class Asker
        {
            private readonly SemaphoreSlim _turn = new(1);
            private WireClient? _wire;

            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                await _turn.WaitAsync(stop);
                try
                {
                    if (_wire is not { IsOpen: true }) _wire = await OpenAsync(stop);
                    await _wire.SendAsync(q, stop);
                    return await _wire.ReceiveAsync(stop);
                }
                catch
                {
                    _wire?.Dispose();
                    _wire = null;
                    throw;
                }
                finally
                {
                    _turn.Release();
                }
            }

            private static Task<WireClient> OpenAsync(CancellationToken stop) => throw new NotSupportedException();
        }
        """);

    [Fact]
    public Task The_return_moves_behind_the_exchange() => BecomesAsync("""
        class Asker
        {
            private readonly WirePool _pool = new();

            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                var c = await _pool.RentAsync(stop);
                try
                {
                    await c.SendAsync(q, stop);
                    // the answer
                    return await c.ReceiveAsync(stop);
                }
                finally
                {
                    {|LCA4001:_pool.Return(c)|}; // for the next
                }
            }
        }
        """, """
        class Asker
        {
            private readonly WirePool _pool = new();

            public async Task<string> AskAsync(string q, CancellationToken stop)
            {
                var c = await _pool.RentAsync(stop);
                try
                {
                    await c.SendAsync(q, stop);
                    // the answer
                    var answer = await c.ReceiveAsync(stop);
                    _pool.Return(c); // for the next
                    return answer;
                }
                catch
                {
                    c.Dispose();
                    throw;
                }
            }
        }
        """);

    /// <summary>Who leaves before the answer was read has not finished.</summary>
    [Fact]
    public Task Only_the_finished_set_the_flag() => BecomesAsync(Asking("""
                try
                {
                    await c.SendAsync(q, stop);
                    if (q == "") return null;
                    return await c.ReceiveAsync(stop);
                }
                finally
                {
                    {|LCA4001:_pool.Return(c)|};
                }
        """), Asking("""
                var complete = false;
                try
                {
                    await c.SendAsync(q, stop);
                    if (q == "") return null;
                    var answer = await c.ReceiveAsync(stop);
                    complete = true;
                    return answer;
                }
                finally
                {
                    if (complete) _pool.Return(c);
                    else c.Dispose();
                }
        """));

    /// <summary>Both ways out come behind the answer, and the <c>finally</c> does more than one thing.</summary>
    [Fact]
    public Task Every_finished_way_out_sets_the_flag() => BecomesAsync(Asking("""
                try
                {
                    await c.SendAsync(q, stop);
                    var head = await c.ReceiveAsync(stop);
                    // nothing there
                    if (head == "") return null;
                    return head + q;
                }
                finally
                {
                    Console.WriteLine("asked");
                    {|LCA4001:_pool.Return(c)|};
                }
        """), Asking("""
                var complete = false;
                try
                {
                    await c.SendAsync(q, stop);
                    var head = await c.ReceiveAsync(stop);
                    // nothing there
                    if (head == "")
                    {
                        complete = true;
                        return null;
                    }
                    var answer = head + q;
                    complete = true;
                    return answer;
                }
                finally
                {
                    Console.WriteLine("asked");
                    if (complete) _pool.Return(c);
                    else c.Dispose();
                }
        """));

    [Fact]
    public Task A_catch_closes_instead() => BecomesAsync(Asking("""
                try
                {
                    await c.SendAsync(q, stop);
                    var answer = await c.ReceiveAsync(stop);
                    _pool.Return(c);
                    return answer;
                }
                catch (OperationCanceledException)
                {
                    {|LCA4001:_pool.Return(c)|}; // too late
                    return null;
                }
        """), Asking("""
                try
                {
                    await c.SendAsync(q, stop);
                    var answer = await c.ReceiveAsync(stop);
                    _pool.Return(c);
                    return answer;
                }
                catch (OperationCanceledException)
                {
                    c.Dispose(); // too late
                    return null;
                }
        """));

    [Fact]
    public Task Behind_a_catch_that_swallows_the_flag_decides() => BecomesAsync(Asking("""
                string? answer = null;
                try
                {
                    await c.SendAsync(q, stop);
                    answer = await c.ReceiveAsync(stop);
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine("gave up");
                }

                {|LCA4001:_pool.Return(c)|};
                return answer;
        """), Asking("""
                string? answer = null;
                var complete = false;
                try
                {
                    await c.SendAsync(q, stop);
                    answer = await c.ReceiveAsync(stop);
                    complete = true;
                }
                catch (OperationCanceledException)
                {
                    Console.WriteLine("gave up");
                }

                if (complete) _pool.Return(c);
                else c.Dispose();
                return answer;
        """));

    [Fact]
    public Task Inside_a_lock_it_gets_braces() => BecomesAsync(Asking("""
                try
                {
                    await c.SendAsync(q, stop);
                    return await c.ReceiveAsync(stop);
                }
                finally
                {
                    lock (_pool) {|LCA4001:_pool.Return(c)|};
                }
        """), Asking("""
                var complete = false;
                try
                {
                    await c.SendAsync(q, stop);
                    var answer = await c.ReceiveAsync(stop);
                    complete = true;
                    return answer;
                }
                finally
                {
                    lock (_pool)
                    {
                        if (complete) _pool.Return(c);
                        else c.Dispose();
                    }
                }
        """));

    private static string Asking(string body) => $$"""
        class Asker
        {
            private readonly WirePool _pool = new();

            public async Task<string?> AskAsync(string q, CancellationToken stop)
            {
                var c = await _pool.RentAsync(stop);
        {{body}}
            }
        }
        """;

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4001FinishExchangeBeforeReturnFix>.Test { TestCode = usings + before + Reports.Pool, FixedCode = usings + (after ?? before) + Reports.Pool };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
