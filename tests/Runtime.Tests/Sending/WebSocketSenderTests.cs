using System.Net.WebSockets;
using System.Text;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class WebSocketSenderTests
{
    [Fact]
    public async Task Messages_of_many_senders_arrive_whole_and_frames_do_not_mix()
    {
        using var pair = await WebSocketPair.CreateAsync();
        await using var sender = new WebSocketSender(pair.Near);
        var receiving = ReceiveAllAsync(pair.Far, 60);

        var sends = Enumerable.Range(0, 60).Select(i => (i % 3) switch
        {
            0 => sender.TrySendAsync("text " + i, Stop).AsTask(),
            1 => sender.TrySendAsync(Encoding.UTF8.GetBytes("binary " + i), WebSocketMessageType.Binary, Stop).AsTask(),
            _ => sender.TrySendAsync(FramesAsync("fra", "me ", i.ToString()), WebSocketMessageType.Text, Stop).AsTask(),
        }).ToArray();

        Assert.All(await Task.WhenAll(sends).Soon(), static r => Assert.True(r.IsSent));
        var expected = Enumerable.Range(0, 60).Select(static i => (i % 3) switch { 0 => "text ", 1 => "binary ", _ => "frame " } + i);
        Assert.Equal(expected, await receiving.Soon());
    }

    [Fact]
    public async Task An_empty_message_of_frames_is_an_empty_message()
    {
        using var pair = await WebSocketPair.CreateAsync();
        await using var sender = new WebSocketSender(pair.Near);
        Assert.True((await sender.TrySendAsync(FramesAsync(), WebSocketMessageType.Text, Stop)).IsSent);
        Assert.Equal([""], await ReceiveAllAsync(pair.Far, 1).Soon());
    }

    [Fact]
    public async Task Closing_waits_for_the_message_under_way_and_ends_the_others()
    {
        using var pair = await WebSocketPair.CreateAsync();
        var sender = new WebSocketSender(pair.Near);
        var more = new TaskCompletionSource();
        var underWay = sender.TrySendAsync(HeldAsync(), WebSocketMessageType.Text, Stop).AsTask();
        var waiting = sender.TrySendAsync("late", Stop).AsTask();
        Assert.Equal(1, sender.Waiting);

        var close = sender.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "maintenance", Stop);
        Assert.True((await waiting.Soon()).ProvablyNotSent);
        Assert.False(sender.IsOpen);
        Assert.False(close.IsCompleted);
        more.SetResult();

        Assert.True((await underWay.Soon()).IsSent);
        Assert.True((await close.Soon()).IsSent);
        Assert.Equal(["first second"], await ReceiveAllAsync(pair.Far, 1).Soon());
        var end = await pair.Far.ReceiveAsync(new ArraySegment<byte>(new byte[8]), Stop);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable, "maintenance"), (end.MessageType, end.CloseStatus, end.CloseStatusDescription));

        // Whoever closes again gets the same answer, and no second frame is sent.
        Assert.True((await sender.CloseAsync(cancellationToken: Stop)).IsSent);
        await sender.DisposeAsync();
        await sender.DisposeAsync();
        Assert.Equal(WebSocketState.CloseSent, pair.Near.State);
        Assert.True((await sender.TrySendAsync("later", Stop)).ProvablyNotSent);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> HeldAsync()
        {
            yield return "first "u8.ToArray();
            await more.Task;
            yield return "second"u8.ToArray();
        }
    }

    [Fact]
    public async Task It_answers_the_peers_close_and_says_not_open_where_there_is_nothing_to_close()
    {
        using var asked = await WebSocketPair.CreateAsync();
        await asked.Far.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        await asked.Near.ReceiveAsync(new ArraySegment<byte>(new byte[8]), Stop);
        var sender = new WebSocketSender(asked.Near);
        Assert.False(sender.IsOpen);
        Assert.True((await sender.TrySendAsync("too late", Stop)).ProvablyNotSent);
        Assert.True((await sender.CloseAsync(cancellationToken: Stop).Soon()).IsSent);
        Assert.Equal(WebSocketState.Closed, asked.Near.State);

        using var aborted = await WebSocketPair.CreateAsync();
        aborted.Near.Abort();
        await using var none = new WebSocketSender(aborted.Near);
        Assert.True((await none.CloseAsync(cancellationToken: Stop).Soon()).ProvablyNotSent);
    }

    [Fact]
    public async Task A_message_that_cannot_be_ended_aborts_the_web_socket()
    {
        using var pair = await WebSocketPair.CreateAsync();
        var sender = new WebSocketSender(pair.Near);

        var before = await Assert.ThrowsAsync<InvalidDataException>(
            async () => await sender.TrySendAsync(FailingAsync(0), WebSocketMessageType.Text, Stop));
        Assert.Equal("no more", before.Message);
        Assert.True(sender.IsOpen);

        var torn = await sender.TrySendAsync(FailingAsync(1), WebSocketMessageType.Text, Stop);
        Assert.Equal(SendOutcome.Unknown, torn.Outcome);
        Assert.IsType<InvalidDataException>(torn.Exception);
        Assert.Equal(WebSocketState.Aborted, pair.Near.State);
        Assert.True((await sender.TrySendAsync("next", Stop)).ProvablyNotSent);

        static async IAsyncEnumerable<ReadOnlyMemory<byte>> FailingAsync(int good)
        {
            for (var i = 0; i < good; i++)
            {
                yield return new byte[3];
            }

            await Task.Yield();
            throw new InvalidDataException("no more");
        }
    }

    [Fact]
    public async Task A_peer_that_does_not_read_cannot_keep_the_close_waiting()
    {
        using var pair = await WebSocketPair.CreateAsync();
        var time = new ManualTime();
        var sender = new WebSocketSender(pair.Near, new SendGateOptions { TimeProvider = time }, TimeSpan.FromSeconds(3));
        var stuck = sender.TrySendAsync(Bytes(64 << 20), WebSocketMessageType.Binary, Stop).AsTask();
        Assert.False(stuck.IsCompleted);

        var close = sender.CloseAsync(cancellationToken: Stop);
        await Until(() => time.Pending == 1, "the close waits");
        using var impatient = new CancellationTokenSource();
        var wait = sender.CloseAsync(cancellationToken: impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        time.Advance(TimeSpan.FromSeconds(3));

        var result = await close.Soon();
        Assert.True(result.ProvablyNotSent);
        Assert.IsType<TimeoutException>(result.Exception);
        Assert.Equal(SendOutcome.Unknown, (await stuck.Soon()).Outcome);
        Assert.Equal(WebSocketState.Aborted, pair.Near.State);
        await sender.DisposeAsync();
    }

    [Fact]
    public async Task After_a_reset_sends_and_close_are_answers()
    {
        using var pair = await WebSocketPair.CreateAsync();
        await using var sender = new WebSocketSender(pair.Near);
        pair.Sockets.ResetFar();
        await Until(() => !pair.Sockets.Near.IsAlive(), "the reset has arrived");

        Assert.Equal(SendOutcome.Unknown, (await sender.TrySendAsync("lost", Stop)).Outcome);
        Assert.False((await sender.CloseAsync(cancellationToken: Stop).Soon()).IsSent);
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        using var pair = await WebSocketPair.CreateAsync();
        Assert.Throws<ArgumentNullException>(() => new WebSocketSender(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketSender(pair.Near, closeTimeout: TimeSpan.Zero));
        await using var sender = new WebSocketSender(pair.Near);
        await Assert.ThrowsAsync<ArgumentException>(() => sender.CloseAsync(description: new string('x', 124), cancellationToken: Stop));
        Assert.True(sender.IsOpen);
        Assert.Same(pair.Near, sender.WebSocket);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> FramesAsync(params string[] parts)
    {
        // One buffer for all frames, as a reader of a file would have.
        var buffer = new byte[16];
        foreach (var part in parts)
        {
            await Task.Yield();
            yield return buffer.AsMemory(0, Encoding.UTF8.GetBytes(part, buffer));
        }
    }

    private static async Task<List<string>> ReceiveAllAsync(WebSocket webSocket, int count)
    {
        var messages = new List<string>();
        var buffer = new byte[256];
        var bytes = new List<byte>();
        while (messages.Count < count)
        {
            var part = await webSocket.ReceiveAsync(buffer.AsMemory(), Stop);
            bytes.AddRange(buffer.AsSpan(0, part.Count));
            if (part.EndOfMessage)
            {
                messages.Add(Encoding.UTF8.GetString([.. bytes]));
                bytes.Clear();
            }
        }

        return messages;
    }
}
