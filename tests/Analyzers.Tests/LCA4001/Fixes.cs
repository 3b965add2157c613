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
                    {|LCA4001:_pool.Return(c)|};
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
                    _pool.Return(c);
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

    [Fact]
    public Task Nothing_is_offered_where_the_try_is_left_early() => BecomesAsync("""
        class Asker
        {
            private readonly WirePool _pool = new();

            public async Task<string?> AskAsync(string q, CancellationToken stop)
            {
                var c = await _pool.RentAsync(stop);
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
            }
        }
        """, null);

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4001FinishExchangeBeforeReturnFix>.Test { TestCode = usings + before + Reports.Pool, FixedCode = usings + (after ?? before) + Reports.Pool };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
