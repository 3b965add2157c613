using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>A connection that stays with its owner is closed when its exchange is cut short; a lease that can be discarded is.</summary>
public class KeptFixes
{
    [Fact]
    public Task Before_the_next_user_is_let_in() => BecomesAsync("""
        class Scope(WireClient device)
        {
            private readonly SemaphoreSlim _turn = new(1);

            public async Task<string> ScanAsync(string q, CancellationToken stop)
            {
                await _turn.WaitAsync(stop);
                try
                {
                    await device.SendAsync(q, stop);
                    return await device.ReceiveAsync(stop);
                }
                finally
                {
                    {|LCA4001:_turn.Release()|};
                }
            }
        }
        """, """
        class Scope(WireClient device)
        {
            private readonly SemaphoreSlim _turn = new(1);

            public async Task<string> ScanAsync(string q, CancellationToken stop)
            {
                await _turn.WaitAsync(stop);
                try
                {
                    await device.SendAsync(q, stop);
                    return await device.ReceiveAsync(stop);
                }
                catch
                {
                    device.Dispose();
                    throw;
                }
                finally
                {
                    _turn.Release();
                }
            }
        }
        """);

    [Fact]
    public Task In_the_clause_that_swallows() => BecomesAsync("""
        class Poller(WireClient chamber)
        {
            public async Task PollAsync(CancellationToken stop)
            {
                while (true)
                {
                    using var limit = new CancellationTokenSource(1000);
                    try
                    {
                        await chamber.SendAsync("Q", limit.Token);
                        Console.WriteLine(await chamber.ReceiveAsync(limit.Token));
                    }
                    {|LCA4001:catch (OperationCanceledException)|}
                    {
                        // no answer
                        Console.WriteLine("none");
                    }
                }
            }
        }
        """, """
        class Poller(WireClient chamber)
        {
            public async Task PollAsync(CancellationToken stop)
            {
                while (true)
                {
                    using var limit = new CancellationTokenSource(1000);
                    try
                    {
                        await chamber.SendAsync("Q", limit.Token);
                        Console.WriteLine(await chamber.ReceiveAsync(limit.Token));
                    }
                    catch (OperationCanceledException)
                    {
                        chamber.Dispose();
                        // no answer
                        Console.WriteLine("none");
                    }
                }
            }
        }
        """);

    [Fact]
    public Task At_the_end_of_a_lock() => BecomesAsync("""
        class Scale
        {
            private readonly object _sync = new();
            private readonly Socket _line;

            public Scale(Socket line) => (_line, line.ReceiveTimeout) = (line, 500);

            public int Weigh(byte[] buffer)
            {
                lock (_sync)
                {
                    // the question
                    _line.Send("SI"u8);
                    return _line.Receive(buffer);
                {|LCA4001:}|}
            }
        }
        """, """
        class Scale
        {
            private readonly object _sync = new();
            private readonly Socket _line;

            public Scale(Socket line) => (_line, line.ReceiveTimeout) = (line, 500);

            public int Weigh(byte[] buffer)
            {
                lock (_sync)
                {
                    try
                    {
                        // the question
                        _line.Send("SI"u8);
                        return _line.Receive(buffer);
                    }
                    catch
                    {
                        _line.Dispose();
                        throw;
                    }
                }
            }
        }
        """);

    private const string Shelf = """

        sealed class Shelf
        {
            private readonly ConcurrentStack<Shelved> _free = new();
            public async Task<Shelved> TakeAsync(CancellationToken stop)
            {
                await Task.Yield();
                return _free.TryPop(out var s) && s.Wire.IsOpen ? s : new Shelved(this, Wires.Wire.Connect(""));
            }

            public void PutBack(Shelved shelved) => _free.Push(shelved);
        }

        sealed class Shelved(Shelf shelf, WireClient wire) : IDisposable
        {
            private bool _destroyed;
            public WireClient Wire => wire;
            public Task SendAsync(string text, CancellationToken stop) => wire.SendAsync(text, stop);
            public Task<string> ReceiveAsync(CancellationToken stop) => wire.ReceiveAsync(stop);
            public void Destroy() { _destroyed = true; wire.Dispose(); }
            public void Dispose() { if (!_destroyed) shelf.PutBack(this); }
        }
        """;

    [Fact]
    public Task A_lease_is_discarded_before_it_would_go_back() => BecomesAsync("""
        class Node(Shelf shelf)
        {
            public async Task<string> GetAsync(string key, CancellationToken stop)
            {
                using {|LCA4001:var socket = await shelf.TakeAsync(stop)|};
                await socket.SendAsync(key, stop);
                return await socket.ReceiveAsync(stop);
            }
        }
        """ + Shelf, """
        class Node(Shelf shelf)
        {
            public async Task<string> GetAsync(string key, CancellationToken stop)
            {
                using var socket = await shelf.TakeAsync(stop);
                try
                {
                    await socket.SendAsync(key, stop);
                    return await socket.ReceiveAsync(stop);
                }
                catch
                {
                    socket.Destroy();
                    throw;
                }
            }
        }
        """ + Shelf);

    private static Task BecomesAsync(string before, string after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4001FinishExchangeBeforeReturnFix>.Test { TestCode = usings + before, FixedCode = usings + after };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
