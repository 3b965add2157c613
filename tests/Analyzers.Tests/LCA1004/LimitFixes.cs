using LifecycleAnalyzers.Testing;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1004ObserveConnectionTaskFix>;

namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>An operation that a limit leaves behind is observed where the limit strikes, and only there.</summary>
public class LimitFixes
{
    private static string Peer(string member, bool isFixed = false) => (isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "") + $$"""

        class Peer
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly byte[] _buffer = new byte[1];
            private readonly Microsoft.Extensions.Logging.ILogger _log = null!;
            private Task? _loop;

        {{member}}
        }
        """;

    private static Task BecomesAsync(string member, string becomes) => Fix.BecomesAsync(Peer(member), Peer(becomes, isFixed: true));

    [Fact]
    public Task A_race_in_a_condition() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer); // may take long
                if (await {|LCA1004:Task.WhenAny(reading, Task.Delay(10))|} != reading)
                    throw new TimeoutException(); // too long
                return await reading;
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer); // may take long
                if (await Task.WhenAny(reading, Task.Delay(10)) != reading)
                {
                    reading.Observe(_log);
                    throw new TimeoutException(); // too long
                }
                return await reading;
            }
        """);

    [Fact]
    public Task The_winner_is_asked_next() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                var delay = Task.Delay(10);
                var first = await {|LCA1004:Task.WhenAny(delay, reading)|};
                if (first == delay)
                {
                    // Nothing came.
                    return 0;
                }
                return await reading;
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                var delay = Task.Delay(10);
                var first = await Task.WhenAny(delay, reading);
                if (first == delay)
                {
                    reading.Observe(_log);
                    // Nothing came.
                    return 0;
                }
                return await reading;
            }
        """);

    [Fact]
    public Task The_winner_is_asked_in_an_expression() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                var first = await {|LCA1004:Task.WhenAny(reading, Task.Delay(10))|}.ConfigureAwait(false); // whoever comes first
                return first == reading ? await reading : 0;
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                var first = await Task.WhenAny(reading, Task.Delay(10)).ConfigureAwait(false); // whoever comes first
                if (first != reading) reading.Observe(_log);
                return first == reading ? await reading : 0;
            }
        """);

    [Fact]
    public Task Who_won_is_asked_of_the_task() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                await {|LCA1004:Task.WhenAny(reading, Task.Delay(10))|};
                if (!reading.IsCompleted) return 0;
                return reading.Result;
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                await Task.WhenAny(reading, Task.Delay(10));
                if (!reading.IsCompleted)
                {
                    reading.Observe(_log);
                    return 0;
                }
                return reading.Result;
            }
        """);

    [Theory]
    [InlineData("var connecting = _socket.ConnectAsync(\"\", 1); return {|LCA1004:connecting.Wait(5)|} ? 1 : 0;", "var connecting = _socket.ConnectAsync(\"\", 1); if (connecting.Wait(5)) return 1; connecting.Observe(_log); return 0;")]
    [InlineData("var connecting = _socket.ConnectAsync(\"\", 1); if ({|LCA1004:connecting.Wait(5)|}) return 1; return 0;", "var connecting = _socket.ConnectAsync(\"\", 1); if (connecting.Wait(5)) return 1; connecting.Observe(_log); return 0;")]
    [InlineData("if (!{|LCA1004:_socket.ConnectAsync(\"\", 1).Wait(5)|}) return 0; return 1;", "var connecting = _socket.ConnectAsync(\"\", 1); if (!connecting.Wait(5)) { connecting.Observe(_log); return 0; } return 1;")]
    [InlineData("{|LCA1004:_socket.ConnectAsync(\"\", 1).Wait(5)|}; return 1;", "var connecting = _socket.ConnectAsync(\"\", 1); if (!connecting.Wait(5)) connecting.Observe(_log); return 1;")]
    [InlineData("var connecting = _socket.ConnectAsync(\"\", 1); var done = {|LCA1004:connecting.Wait(5)|}; return done ? 1 : 0;", "var connecting = _socket.ConnectAsync(\"\", 1); var done = connecting.Wait(5); if (!done) connecting.Observe(_log); return done ? 1 : 0;")]
    public Task A_blocking_wait(string body, string becomes) => BecomesAsync(Method(body), Method(becomes));

    [Fact]
    public Task A_blocking_wait_and_more() => BecomesAsync(
        """
            bool M()
            {
                var connecting = _socket.ConnectAsync("", 1);
                return {|LCA1004:connecting.Wait(5)|} && _socket.Connected;
            }
        """,
        """
            bool M()
            {
                var connecting = _socket.ConnectAsync("", 1);
                if (!connecting.Wait(5))
                {
                    connecting.Observe(_log);
                    return false;
                }
                return _socket.Connected;
            }
        """);

    [Fact]
    public Task A_limit_that_throws() => BecomesAsync("""
            public async Task<int> ReadAsync(CancellationToken stop)
            {
                // The answer.
                return await {|LCA1004:_socket.ReceiveAsync(_buffer).WaitAsync(TimeSpan.FromSeconds(1), stop)|}.ConfigureAwait(false);
            }
        """, """
            public async Task<int> ReadAsync(CancellationToken stop)
            {
                // The answer.
                var receiving = _socket.ReceiveAsync(_buffer);
                try
                {
                    return await receiving.WaitAsync(TimeSpan.FromSeconds(1), stop).ConfigureAwait(false);
                }
                catch when (!receiving.IsCompleted)
                {
                    receiving.Observe(_log);
                    throw;
                }
            }
        """);

    [Fact]
    public Task A_limit_that_throws_before_its_result_is_used() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var count = await {|LCA1004:_socket.ReceiveAsync(_buffer).WaitAsync(TimeSpan.FromSeconds(1))|};
                return count + 1;
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var receiving = _socket.ReceiveAsync(_buffer);
                int count;
                try
                {
                    count = await receiving.WaitAsync(TimeSpan.FromSeconds(1));
                }
                catch when (!receiving.IsCompleted)
                {
                    receiving.Observe(_log);
                    throw;
                }
                return count + 1;
            }
        """);

    [Fact]
    public Task A_handler_of_the_timeout_observes() => BecomesAsync("""
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                try
                {
                    return await {|LCA1004:reading.WaitAsync(TimeSpan.FromSeconds(1))|};
                }
                catch (TimeoutException)
                {
                    return 0;
                }
            }
        """, """
            public async Task<int> ReadAsync()
            {
                var reading = _socket.ReceiveAsync(_buffer);
                try
                {
                    return await reading.WaitAsync(TimeSpan.FromSeconds(1));
                }
                catch (TimeoutException)
                {
                    reading.Observe(_log);
                    return 0;
                }
            }
        """);

    [Fact]
    public Task A_continuation_that_does_not_look() => BecomesAsync("""
            public void Start()
            {
                // For ever.
                {|LCA1004:LoopAsync()|}.ContinueWith(_ => Console.WriteLine());
            }

            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
        """, """
            public void Start()
            {
                // For ever.
                var running = LoopAsync();
                running.Observe(_log);
                running.ContinueWith(_ => Console.WriteLine());
            }

            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
        """);

    [Fact]
    public Task A_field_that_nobody_reads() => BecomesAsync("""
            public void Start()
            {
                _loop = {|LCA1004:LoopAsync()|}; // kept
            }

            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
        """, """
            public void Start()
            {
                _loop = LoopAsync(); // kept
                _loop.Observe(_log);
            }

            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
        """);

    /// <summary>Whoever waits for it afterwards hears of it; two operations have two ways to lose.</summary>
    [Theory]
    [InlineData("async Task M() { var a = _socket.ReceiveAsync(_buffer); var b = _socket.SendAsync(_buffer); await {|LCA1004:{|LCA1004:Task.WhenAny(a, b, Task.Delay(5))|}|}; }")]
    public Task Nothing_is_offered(string member) => Fix.StaysAsync(Peer(member));

    private static string Method(string body) => "    int M()\n    {\n        " + string.Join("\n        ", Lines(body)) + "\n    }";

    private static IEnumerable<string> Lines(string body)
    {
        var depth = 0;
        foreach (var line in body.Replace("; ", ";\n").Replace(" { ", "\n{\n").Replace("} ", "}\n").Split('\n'))
        {
            if (line is "}") depth--;
            yield return new string(' ', depth * 4) + line;
            if (line is "{") depth++;
        }
    }
}
