namespace LifecycleAnalyzers.Runtime.Tests.Reuse;

public sealed class SessionSlotTests
{
    private int _calls;

    [Fact]
    public async Task Keeps_checks_replaces_and_ends_its_session()
    {
        var slot = Slot();
        Assert.False(slot.TryGet(out _));
        var first = await slot.GetAsync(Stop);
        Assert.Same(first, await slot.GetAsync(Stop));
        Assert.True(slot.TryGet(out var same));
        Assert.Same(first, same);

        first.IsOpen = false;
        var second = await slot.GetAsync(Stop);
        Assert.Equal(1, first.Ends);
        Assert.True(slot.Invalidate(second));
        Assert.False(slot.Invalidate(second));
        var third = await slot.GetAsync(Stop);

        await slot.DisposeAsync();
        await slot.DisposeAsync();
        Assert.Equal(1, third.Ends);
        Assert.False(slot.TryGet(out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await slot.GetAsync(Stop));
    }

    [Fact]
    public async Task Runs_and_repeats_work()
    {
        await using var slot = Slot();
        Assert.Equal(2, await slot.RunAsync(static (s, _) => s.Number == 1 ? throw new NotSentException() : new ValueTask<int>(s.Number), Stop));
        Assert.Equal(5, await slot.RunAsync(3, static (s, plus, _) => new ValueTask<int>(s.Number + plus), Stop));
        var seen = 0;
        await slot.RunAsync(
            (s, _) =>
            {
                seen = s.Number;
                return default(ValueTask);
            },
            Stop);
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task Is_created_once_under_contention_and_again_after_a_failure()
    {
        var gate = new TaskCompletionSource();
        await using var slot = new SessionSlot<Session>(async _ =>
        {
            if (Interlocked.Increment(ref _calls) == 1)
            {
                await gate.Task;
            }

            return new Session(_calls);
        });
        var waits = Enumerable.Range(0, 10).Select(_ => slot.GetAsync(Stop).AsTask()).ToArray();
        gate.SetException(new IOException("first"));
        foreach (var wait in waits)
        {
            await Assert.ThrowsAsync<IOException>(() => wait.Soon());
        }

        Assert.Equal(2, (await slot.GetAsync(Stop)).Number);
    }

    [Fact]
    public async Task The_log_names_the_slot()
    {
        var logger = new ListLogger();
        await using var slot = new SessionSlot<Session>(
            _ => new ValueTask<Session>(new Session(1)), new SessionCacheOptions<Session> { Logger = logger });
        await slot.GetAsync(Stop);
        await Until(() => logger.Entries.Any(static e => e.Text == "Session: created a session for the slot"), "it was logged");
        Assert.Throws<ArgumentNullException>(() => new SessionSlot<Session>(null!));
    }

    private SessionSlot<Session> Slot() => new(
        _ => new ValueTask<Session>(new Session(Interlocked.Increment(ref _calls))),
        new SessionCacheOptions<Session> { IsUsable = static s => s.IsOpen });
}
