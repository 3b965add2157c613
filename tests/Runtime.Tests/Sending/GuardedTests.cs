namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class GuardedTests
{
    [Fact]
    public async Task Sends_while_open_in_every_form()
    {
        var link = new Link();

        Assert.True(link.TrySend(l => l.IsOpen, l => l.Send("a")).IsSent);
        Assert.True(link.TrySend("b", static l => l.IsOpen, static (l, m) => l.Send(m)).IsSent);
        Assert.True((await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("c"), Stop)).IsSent);
        Assert.True((await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendValueTask("d"), Stop)).IsSent);
        Assert.True((await link.TrySendAsync(l => l.IsOpen, async (l, _) => await l.SendTask("e"), Stop)).IsSent);
        Assert.True((await link.TrySendAsync("f", static l => l.IsOpen, static (l, m, _) => l.SendTask(m), Stop)).IsSent);
        Assert.True((await link.TrySendAsync("g", static l => l.IsOpen, static (l, m, _) => l.SendValueTask(m), Stop)).IsSent);
        Assert.True((await link.TrySendAsync("h", static l => l.IsOpen, static async (l, m, _) => await l.SendTask(m), Stop)).IsSent);

        Assert.Equal("abcdefgh", string.Concat(link.Sent));
    }

    [Fact]
    public async Task A_closed_connection_is_not_touched()
    {
        var link = new Link { IsOpen = false };

        Assert.True(link.TrySend(l => l.IsOpen, l => l.Send("a")).ProvablyNotSent);
        Assert.True(link.TrySend("b", static l => l.IsOpen, static (l, m) => l.Send(m)).ProvablyNotSent);
        Assert.True((await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("c"), Stop)).ProvablyNotSent);
        Assert.True((await link.TrySendAsync("d", static l => l.IsOpen, static (l, m, _) => l.SendValueTask(m), Stop)).ProvablyNotSent);

        Assert.Empty(link.Sent);
    }

    [Fact]
    public void A_state_that_cannot_be_read_is_not_open_with_the_cause()
    {
        var result = new Link().TrySend(l => throw new ObjectDisposedException("link"), l => l.Send("a"));
        Assert.Equal(SendOutcome.NotOpen, result.Outcome);
        Assert.IsType<ObjectDisposedException>(result.Exception);
    }

    [Fact]
    public async Task A_send_that_fails_is_unknown_with_the_cause_whatever_its_type()
    {
        var failure = new LinkException();
        var link = new Link { Failure = failure };

        Assert.Equal(SendResult.Unknown(failure), link.TrySend(l => l.IsOpen, l => l.Send("a")));
        Assert.Equal(SendResult.Unknown(failure), await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("a"), Stop));
        Assert.Equal(SendResult.Unknown(failure), await link.TrySendAsync(l => l.IsOpen, async (l, _) =>
        {
            await Task.Yield();
            await l.SendTask("a");
        }, Stop));
    }

    [Fact]
    public async Task A_send_that_says_that_nothing_was_sent_is_believed()
    {
        var link = new Link { Failure = new NotSentException("queue closed") };
        Assert.True(link.TrySend(l => l.IsOpen, l => l.Send("a")).ProvablyNotSent);
        Assert.True((await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("a"), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task Mistakes_of_the_caller_stay_exceptions()
    {
        var link = new Link { Failure = new ArgumentException("message") };
        Assert.Throws<ArgumentException>(() => link.TrySend(l => l.IsOpen, l => l.Send("a")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("a"), Stop));
        Assert.Throws<ArgumentNullException>(() => link.TrySend(null!, l => l.Send("a")));
        Assert.Throws<ArgumentNullException>(() => link.TrySend(l => true, null!));
        Assert.Throws<ArgumentNullException>(() => ((Link)null!).TrySend(l => true, l => l.Send("a")));
    }

    [Fact]
    public async Task Cancelled_before_it_begins_throws_and_in_the_middle_is_unknown()
    {
        var link = new Link();
        using var cancel = new CancellationTokenSource();

        var pending = link.TrySendAsync(l => l.IsOpen, (_, token) => Task.Delay(Timeout.Infinite, token), cancel.Token).AsTask();
        await cancel.CancelAsync();
        var result = await pending.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsAssignableFrom<OperationCanceledException>(result.Exception);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await link.TrySendAsync(l => l.IsOpen, (l, _) => l.SendTask("a"), cancel.Token));
        Assert.Empty(link.Sent);
    }

    private sealed class LinkException : Exception;

    private sealed class Link
    {
        public bool IsOpen { get; set; } = true;

        public Exception? Failure { get; set; }

        public List<string> Sent { get; } = [];

        public void Send(string message)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            Sent.Add(message);
        }

        public Task SendTask(string message)
        {
            Send(message);
            return Task.CompletedTask;
        }

        public ValueTask SendValueTask(string message)
        {
            Send(message);
            return default;
        }
    }
}
