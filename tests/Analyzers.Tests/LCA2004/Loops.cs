namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>Methods of one's own that are started side by side; who starts them need not name the connection.</summary>
public class Loops
{
    private static string Desk(string run, string orders, string beats) => ($$"""
        class Peer(WebSocket ws)
        {
            public Task HelloAsync() => ws.SendAsync(new byte[1], ARGS);
        }

        class Desk(WebSocket ws, WebSocket other, Dictionary<string, WebSocket> all, Peer left, Peer right)
        {
            private readonly SemaphoreSlim _turn = new(1, 1);

            public async Task RunAsync() { {{run}} }

            private async Task OrdersAsync() { while (true) { await Task.Delay(1); {{orders}} } }

            private async Task BeatsAsync() { while (true) { await Task.Delay(9); {{beats}} } }

            private async Task InTurnAsync(byte[] text)
            {
                await _turn.WaitAsync();
                try { await ws.SendAsync(text, ARGS); } finally { _turn.Release(); }
            }

            private async Task ToAsync(string name) { if (all.TryGetValue(name, out var one)) await one.SendAsync(new byte[1], ARGS); }

            private Task GreetAsync() => Task.WhenAll(left.HelloAsync(), right.HelloAsync(), other.SendAsync(new byte[3], ARGS));
        }
        """).Replace("ARGS", Reports.Arguments);

    private const string Send = "await ws.SendAsync(new byte[1], ARGS);";
    private const string Overlapping = "await {|LCA2004:ws.SendAsync(new byte[2], ARGS)|};";

    [Theory]
    [InlineData("await Task.WhenAll(OrdersAsync(), BeatsAsync());")]
    [InlineData("var orders = OrdersAsync(); var beats = BeatsAsync(); await Task.WhenAny(orders, beats);")]
    [InlineData("var loops = new List<Task>(); loops.Add(OrdersAsync()); loops.Add(BeatsAsync()); await Task.WhenAll(loops);")]
    public Task Both_send_on_one_connection(string run) => Case.HoldsAsync(Desk(run, Send, Overlapping));

    [Theory]
    [InlineData("await OrdersAsync(); await BeatsAsync(); await Task.WhenAny();", Send, Send)]
    [InlineData("await Task.WhenAll(OrdersAsync(), BeatsAsync());", Send, "await other.SendAsync(new byte[2], ARGS);")]
    [InlineData("await Task.WhenAll(OrdersAsync(), BeatsAsync());", "await InTurnAsync(new byte[1]);", "await InTurnAsync(new byte[2]);")]
    [InlineData("await Task.WhenAll(OrdersAsync(), BeatsAsync());", Send, "await ws.ReceiveAsync(new byte[2], default);")]
    [InlineData("await Task.WhenAll(ToAsync(\"a\"), ToAsync(\"b\")); await Task.WhenAll(all.Keys.Select(ToAsync)); await GreetAsync();", "", "")]
    public Task One_after_the_other_or_on_two(string run, string orders, string beats) => Case.SilentAsync(Desk(run, orders, beats));
}
