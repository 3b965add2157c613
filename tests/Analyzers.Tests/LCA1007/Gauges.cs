namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>An object that only counts; others tell it what has opened and what has closed.</summary>
public class Gauges
{
    private static string Gauge(string mark) => $$"""
        public sealed class Gauge
        {
            private int _open;
            private int _requests;
            public int Open => _open + _requests;
            public void Opened() => {{mark}};
            public void Closed() { Interlocked.Decrement(ref _open); }
            public void Began() => Interlocked.Increment(ref _requests);
            public void Ended() => Interlocked.Decrement(ref _requests);
        }
        """;

    private static string Door(string members) => $$"""
        class Door(Gauge gauge)
        {
            {{members}}
        }
        """;

    private const string Up = "Interlocked.Increment(ref _open)";
    private const string Skipped = "async Task M(Socket s, CancellationToken stop) { gauge.Opened(); await s.ReceiveAsync(new byte[1], stop); gauge.Closed(); }";

    [Theory]
    [InlineData(Skipped)]
    [InlineData("async Task M(Socket s, CancellationToken stop) { gauge.Opened(); if (await s.ReceiveAsync(new byte[1], stop) == 0) return; gauge.Closed(); }")]
    [InlineData("void M(Socket s) { gauge.Opened(); s.Shutdown(SocketShutdown.Both); gauge.Closed(); }")]
    public Task Some_way_out_skips_the_way_down(string door) => Case.HoldsAsync(Gauge("{|LCA1007:" + Up + "|}") + Door(door));

    [Fact]
    public Task Who_counts_is_in_another_file() => Case.FilesHoldAsync(["class Door(Gauge gauge) { " + Skipped + " }", Gauge("{|LCA1007:" + Up + "|}")]);

    [Theory]
    [InlineData("async Task M(Socket s, CancellationToken stop) { gauge.Opened(); try { await s.ReceiveAsync(new byte[1], stop); } finally { gauge.Closed(); } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { gauge.Opened(); try { await s.ReceiveAsync(new byte[1], stop); } catch (Exception e) { Console.WriteLine(e); } gauge.Closed(); }")]
    [InlineData("void M(WireClient c) { gauge.Opened(); c.Closed += (_, _) => gauge.Closed(); c.Send(\"hello\"); }")]
    // Two handlers, of the beginning and of the end.
    [InlineData("void Accepted(Socket s) { gauge.Opened(); s.Send(new byte[1]); } void Gone(Socket s) { s.Dispose(); gauge.Closed(); }")]
    // Requests are no connections.
    [InlineData("async Task M(Socket s, CancellationToken stop) { gauge.Began(); await s.ReceiveAsync(new byte[1], stop); gauge.Ended(); }")]
    // What is counted here is none.
    [InlineData("async Task M(string file, CancellationToken stop) { gauge.Opened(); await File.ReadAllTextAsync(file, stop); gauge.Closed(); }")]
    public Task It_goes_down_or_counts_something_else(string door) => Case.SilentAsync(Gauge(Up) + Door(door));
}
