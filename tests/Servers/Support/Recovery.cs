namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>What both halves of each incident do with their server.</summary>
internal static class Recovery
{
    /// <summary>
    /// Writes, kills the server, writes in vain, starts it again: the broken client goes on failing for as long as its program runs.
    /// A client of a fresh program works, and everything that was reported written is there once.
    /// </summary>
    public static async Task FailsUntilTheProgramIsStartedAgainAsync<TClient>(
        LocalServer server, Func<TClient> start, Func<TClient, int, CancellationToken, Task> write, Func<CancellationToken, Task<List<int>>> read, CancellationToken stop)
        where TClient : IAsyncDisposable
    {
        await server.StartAsync(stop);
        var written = new List<int>();
        await using (var client = start())
        {
            for (var entry = 1; entry <= 10; entry++)
            {
                await write(client, entry, stop);
                written.Add(entry);
            }

            await server.KillAsync();
            Assert.NotNull(await Record.ExceptionAsync(() => write(client, 100, stop)));
            await server.StartAsync(stop);
            Assert.Equal(written, await read(stop));
            for (var entry = 101; entry <= 120; entry++) Assert.NotNull(await Record.ExceptionAsync(() => write(client, entry, stop)));
        }

        await using (var client = start())
        {
            await write(client, 11, stop);
            written.Add(11);
        }

        Assert.Equal(written, await read(stop));
    }

    /// <summary>
    /// Kills and restarts the server under load, twice: each time the client says what was not sent, goes on by itself, and in the
    /// end all that it reported sent is there, once, and nothing that it reported not sent.
    /// </summary>
    public static async Task RecoversByItselfAsync(
        LocalServer server, Func<int, CancellationToken, Task<SendResult>> send, Func<CancellationToken, Task<List<int>>> read, CancellationToken stop)
    {
        const int Kills = 2;
        await server.StartAsync(stop);
        await using var load = new Load(producers: 4, send);
        await load.UntilAsync(() => load.Sent >= 40, stop);
        for (var kill = 0; kill < Kills; kill++)
        {
            await server.KillAsync();
            var notOpen = load.NotOpen;
            await load.UntilAsync(() => load.NotOpen >= notOpen + 8, stop);
            await server.StartAsync(stop);
            var sent = load.Sent;
            await load.UntilAsync(() => load.Sent >= sent + 40, stop);
        }

        await load.EndAsync();
        var stored = await read(stop);
        Assert.Empty(stored.GroupBy(entry => entry).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(load.With(SendOutcome.Sent).Except(stored));
        Assert.Empty(load.With(SendOutcome.NotOpen).Intersect(stored));

        // One exchange at a time is under way, so that a kill leaves at most one entry of which nobody can know; another may be cut short
        // on the way back, by a connection that the system gave while the server was still going.
        Assert.InRange(load.With(SendOutcome.Unknown).Count(), 0, 2 * Kills);
        Assert.Empty(stored.Except(load.With(SendOutcome.Sent)).Except(load.With(SendOutcome.Unknown)));
    }
}
