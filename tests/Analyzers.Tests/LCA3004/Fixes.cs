using LifecycleAnalyzers.CodeFixes.Reuse;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3004CheckPooledConnectionFix>;

namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>What is dead is discarded, and another taken.</summary>
public class Fixes
{
    private static string Holder(string member, string more = "") => $$"""
        using System.Collections.Generic;
        using Wires;
        {{more}}
        class Holder
        {
            private readonly ConcurrentBag<WireClient> _bag = [];
            private readonly ConcurrentQueue<WireClient> _queue = new();
            private readonly Stack<WireClient> _stack = new();
            private readonly ConcurrentBag<TcpClient> _sockets = [];

            public void Return(WireClient c) { _bag.Add(c); _queue.Enqueue(c); lock (_stack) _stack.Push(c); }
            public void Return(TcpClient c) => _sockets.Add(c);
            private static WireClient Connect() { var c = new WireClient(); c.Open(); return c; }

            {{member}}
        }
        """;

    [Fact]
    public Task A_return_becomes_a_loop() => Fix.BecomesAsync(Holder("""
        public WireClient Rent()
            {
                // an idle one first
                if ({|LCA3004:_bag.TryTake(out var client)|}) return client;
                return Connect();
            }
        """), Holder("""
        public WireClient Rent()
            {
                // an idle one first
                while (_bag.TryTake(out var client))
                {
                    if (client.IsOpen) return client;
                    client.Dispose();
                }
                return Connect();
            }
        """));

    [Fact]
    public Task Comments_stay() => Fix.BecomesAsync(Holder("""
        public WireClient Rent()
            {
                if ({|LCA3004:_bag.TryTake(out var client)|}) // idle
                    return client; // the first
                return Connect();
            }
        """), Holder("""
        public WireClient Rent()
            {
                // idle
                while (_bag.TryTake(out var client))
                {
                    if (client.IsOpen) return client;
                    client.Dispose();
                } // the first
                return Connect();
            }
        """));

    [Fact]
    public Task A_block_that_leaves_becomes_a_loop() => Fix.BecomesAsync(Holder("""
        public WireClient Rent()
            {
                if ({|LCA3004:_queue.TryDequeue(out var client)|})
                {
                    client.Send("hello");
                    return client;
                }

                return Connect();
            }
        """), Holder("""
        public WireClient Rent()
            {
                while (_queue.TryDequeue(out var client))
                {
                    if (!client.IsOpen)
                    {
                        client.Dispose();
                        continue;
                    }

                    client.Send("hello");
                    return client;
                }

                return Connect();
            }
        """));

    [Fact]
    public Task A_loop_stands_in_front_of_the_question() => Fix.BecomesAsync(Holder("""
        public void Use()
            {
                if (!{|LCA3004:_bag.TryTake(out var client)|})
                {
                    client = Connect();
                }

                client.Send("");
                _bag.Add(client);
            }
        """), Holder("""
        public void Use()
            {
                WireClient? client;
                while (_bag.TryTake(out client) && !client.IsOpen)
                {
                    client.Dispose();
                }

                if (client is null)
                {
                    client = Connect();
                }

                client.Send("");
                _bag.Add(client);
            }
        """));

    [Fact]
    public Task And_of_a_choice() => Fix.BecomesAsync(Holder("""
        public WireClient Rent()
            {
                return {|LCA3004:_bag.TryTake(out var client)|} ? client : Connect();
            }
        """), Holder("""
        public WireClient Rent()
            {
                while (_bag.TryTake(out var client))
                {
                    if (client.IsOpen) return client;
                    client.Dispose();
                }

                return Connect();
            }
        """));

    [Fact]
    public Task A_counted_stack() => Fix.BecomesAsync(Holder("""
        public WireClient Rent()
            {
                lock (_stack)
                {
                    if (_stack.Count > 0) return {|LCA3004:_stack.Pop()|};
                }

                return Connect();
            }
        """), Holder("""
        public WireClient Rent()
            {
                lock (_stack)
                {
                    while (_stack.Count > 0)
                    {
                        var taken = _stack.Pop();
                        if (taken.IsOpen) return taken;
                        taken.Dispose();
                    }
                }

                return Connect();
            }
        """));

    [Fact]
    public Task The_runtime_packages_probe() => Fix.BecomesAsync(Holder("""
        public TcpClient Rent()
            {
                if ({|LCA3004:_sockets.TryTake(out var socket)|}) return socket;
                return new TcpClient("", 1);
            }
        """), Holder("""
        public TcpClient Rent()
            {
                while (_sockets.TryTake(out var socket))
                {
                    if (socket.IsAlive()) return socket;
                    socket.Dispose();
                }
                return new TcpClient("", 1);
            }
        """).Replace("using Wires;", "using Wires;").Replace("using System.Collections.Generic;\n", "using System.Collections.Generic;\nusing LifecycleAnalyzers.Runtime;\n"));

    [Fact]
    public async Task Nothing_knows_the_state_without_it()
    {
        var source = Holder("public TcpClient Rent() { if ({|LCA3004:_sockets.TryTake(out var socket)|}) return socket; return new TcpClient(\"\", 1); }");
        await Fix.Of(source, source, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    // Somebody counts; a channel would wait for another
    [InlineData("private int _n; public WireClient Rent() { if ({|LCA3004:_bag.TryTake(out var c)|}) return c; _n++; return Connect(); } public void Drop(WireClient c) { _n--; c.Dispose(); }")]
    [InlineData("public WireClient Rent() { WireClient c; for (; {|LCA3004:_bag.TryTake(out c!)|};) { c.Send(\"\"); return c; } return Connect(); }")]
    public Task Nothing_is_offered(string member) => Fix.StaysAsync(Holder(member));
}
