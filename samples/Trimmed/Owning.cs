using System.Net.Http;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;

namespace LifecycleAnalyzers.Samples.Trimmed;

internal static class Owning
{
    public static async Task ConnectionPairAsync()
    {
        var (client, front) = await Expect.ConnectedAsync();
        var (back, server) = await Expect.ConnectedAsync();
        using var clientOwned = client;
        using var serverOwned = server;
        await using var pair = new ConnectionPair(front, back);
        var relaying = pair.RelayAsync();
        await client.SendAsync(new byte[3]);
        client.Shutdown(SocketShutdown.Send);
        var received = 0;
        while (await server.ReceiveAsync(new byte[8]) is > 0 and var count)
        {
            received += count;
        }

        server.Shutdown(SocketShutdown.Both);
        var result = await relaying;
        Expect.That(received == 3 && result.BytesFromFirst == 3 && result is { Reason: RelayEndReason.Completed, EndedBy: RelayEnd.First }, result.ToString());
    }

    public static async Task ConnectionTrackerAsync()
    {
        await using var tracker = new ConnectionTracker(new ConnectionTrackerOptions { Name = "trimmed", LeakSampleEvery = 1 });
        var steps = 0;
        tracker.StateChanged += (_, e) => steps += e.Connection.Id == 1 ? 1 : 0;
        using (var tracked = tracker.Track(new Link(), name: "a link"))
        {
            Expect.That(tracker.Open == 1 && tracked.TryMoveTo(TrackedState.HalfClosed) && !tracked.TryMoveTo(TrackedState.Open), "forward only");
            Expect.That(tracker.GetSnapshot()[0].ToString().Contains(nameof(ConnectionTrackerAsync), StringComparison.Ordinal), "who opened it");
        }

        Expect.That(tracker.Open == 0 && steps == 3, "down once");
        using var left = tracker.Track(new Link());
        Expect.That((await tracker.DrainAsync(TimeSpan.Zero)).Count == 1 && !left.Connection.IsOpen, "closed by the drain");
    }

    public static async Task ConnectionPoolAsync()
    {
        var created = 0;
        await using var pool = new ConnectionPool<Link>(
            _ => new ValueTask<Link>(new Link { Number = ++created }),
            new ConnectionPoolOptions<Link> { IsUsable = static l => l.IsOpen, Name = "trimmed" });
        await using (var lease = await pool.RentAsync())
        {
            lease.Complete();
        }

        await using (var lease = await pool.RentAsync())
        {
            Expect.That(lease.Connection.Number == 1, "used again");
        }

        await using (var lease = await pool.RentAsync())
        {
            Expect.That(lease.Connection.Number == 2, "what was not completed has not come back");
        }
    }

    public static async Task SessionSlotAsync()
    {
        var created = 0;
        await using var slot = new SessionSlot<Link>(
            _ => new ValueTask<Link>(new Link { Number = ++created }),
            new SessionCacheOptions<Link> { IsUsable = static l => l.IsOpen });
        var first = await slot.GetAsync();
        Expect.That(ReferenceEquals(first, await slot.GetAsync()), "the same while it is usable");
        first.Close();
        Expect.That((await slot.GetAsync()).Number == 2, "a fresh one after that");
    }

    public static async Task SessionCacheAsync()
    {
        await using var cache = new SessionCache<string, Link>(static (_, _) => new ValueTask<Link>(new Link()));
        var tries = 0;
        var answer = await cache.RunAsync("key", (_, _) => ++tries == 1 ? throw new NotSentException("closing") : new ValueTask<int>(tries));
        Expect.That(answer == 2, "what was not sent is repeated on a fresh session");
    }

    public static Task ReplayAsync()
    {
        Expect.That(Replay.IsSafe(new HttpRequestException(HttpRequestError.NameResolutionError)), "never connected");
        Expect.That(!Replay.IsSafe(new IOException("in the middle")), "not known");
        return Task.CompletedTask;
    }
}
