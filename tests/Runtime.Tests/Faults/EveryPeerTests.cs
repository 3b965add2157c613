using System.Collections.Concurrent;
#if !RUNTIME_NETSTANDARD
using System.IO.Pipelines;
#endif
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>
/// Every guard with every peer that there is trouble with. Whatever the peer does: what the guard says is true, no request goes out twice
/// or gets another one's answer, nobody waits for ever, the counts are zero, and no socket stays open.
/// </summary>
public sealed class EveryPeerTests : FaultTests
{
    public static TheoryData<Peer> Peers => [.. Enum.GetValues<Peer>()];

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_connect(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SafeSocket.TryConnectAsync(peer.EndPoint, cancellationToken: Stop))).Soon();
        Assert.All(results, r => Assert.Equal(kind != Peer.Refused, r.IsConnected));
        Assert.All(results, r => Assert.Equal(kind == Peer.Refused, r.Exception is ConnectFailedException));
        foreach (var (socket, _) in results)
        {
            if (socket is null) continue;
            await socket.SendAsync(new byte[4], SocketFlags.None, Stop);
            var expected = kind switch
            {
                Peer.Reset or Peer.HalfOpen => Liveness.Closed,
                Peer.Fragmenting or Peer.Flooding => Liveness.UnreadData,
                _ => Liveness.Alive,
            };
            await Until(() => socket.GetLiveness() == expected, $"the connection is {expected}");
            socket.Dispose();
            Assert.Equal(Liveness.Closed, socket.GetLiveness());
        }

        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_send(Peer kind)
    {
        using var peer = new FaultyPeer(kind) { Echoes = false };
        using var socket = await ConnectedAsync(peer);
        if (kind == Peer.Refused)
        {
            Assert.Equal(SendOutcome.NotOpen, socket.TrySend(new byte[4]).Outcome);
            Assert.Equal(SendOutcome.NotOpen, (await socket.TrySendAsync(new byte[4], Stop)).Outcome);
            return;
        }

        await using var stream = new NetworkStream(socket, ownsSocket: false);
        using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Assert.Equal(SendOutcome.Sent, socket.TrySend(new byte[4]).Outcome);
        switch (kind)
        {
            case Peer.Reset:
                await Until(() => !socket.IsAlive(), "the reset has come");
                await Until(() => !socket.TrySend(new byte[4]).IsSent && !stream.TryWrite(new byte[4]).IsSent, "the sends say so");
                Assert.NotEqual(SendOutcome.Sent, (await socket.TrySendAsync(new byte[4], Stop)).Outcome);
                Assert.NotEqual(SendOutcome.Sent, (await stream.TryWriteAsync(new byte[4], Stop)).Outcome);
                break;
            case Peer.Flooding:
                // It reads nothing: the send gets stuck, and a part of it may be out when it is cancelled.
                var stuck = stream.TryWriteAsync(new byte[1 << 20], give.Token).AsTask();
                await give.CancelAsync();
                var result = await stuck.Soon();
                Assert.Equal((SendOutcome.Unknown, true), (result.Outcome, result.Exception is OperationCanceledException));
                break;
            default:
                var sending = socket.TrySendAsync(new byte[1 << 20], Stop).AsTask();
                peer.Go();
                Assert.Equal(SendOutcome.Sent, (await sending.Soon()).Outcome);
                await Until(() => peer.Received == 4 + (1 << 20), "all that was reported sent has arrived");
                break;
        }

        socket.Dispose();
        Assert.Equal(SendOutcome.NotOpen, socket.TrySend(new byte[4]).Outcome);
        Assert.Equal(SendOutcome.NotOpen, (await stream.TryWriteAsync(new byte[4], Stop)).Outcome);
        await peer.NothingLeftAsync();
    }

#if !RUNTIME_NETSTANDARD
    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_write_to_a_pipe(Peer kind)
    {
        using var peer = new FaultyPeer(kind) { Echoes = false };
        using var socket = await ConnectedAsync(peer);
        if (kind == Peer.Refused)
        {
            return;
        }

        using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writer = PipeWriter.Create(new NetworkStream(socket, ownsSocket: true));
        Assert.Equal(SendOutcome.Sent, (await writer.TryWriteAsync(new byte[4], Stop)).Outcome);
        SendResult result;
        switch (kind)
        {
            case Peer.Reset:
                await Until(() => !socket.IsAlive(), "the reset has come");
                for (var i = 0; (result = await writer.TryWriteAsync(new byte[4], Stop).AsTask().Soon()).IsSent; i++)
                {
                    Assert.True(i < 100, "Writes to a peer that has reset the connection are reported sent.");
                }

                // A pipe cannot tell how much of what it was given is out.
                Assert.Equal((SendOutcome.Unknown, true), (result.Outcome, result.Exception is IOException));
                break;
            case Peer.Flooding:
                // It reads nothing: the write gets stuck, and a part of it may be out when it is given up.
                var stuck = writer.TryWriteAsync(new byte[1 << 20], give.Token).AsTask();
                await give.CancelAsync();
                result = await stuck.Soon();
                Assert.Equal((SendOutcome.Unknown, true), (result.Outcome, result.Exception is OperationCanceledException));
                stuck = writer.TryWriteAsync(new byte[1 << 20], Stop).AsTask();
                writer.CancelPendingFlush();
                result = await stuck.Soon();
                Assert.Equal((SendOutcome.Unknown, true), (result.Outcome, result.Exception is OperationCanceledException));
                break;
            default:
                var writing = writer.TryWriteAsync(new byte[1 << 20], Stop).AsTask();
                peer.Go();
                result = await writing.Soon();
                Assert.Equal(SendOutcome.Sent, result.Outcome);
                await Until(() => peer.Received == 4 + (1 << 20), "all that was reported sent has arrived");
                break;
        }

        // With an exception, what is left in the pipe is dropped.
        await writer.CompleteAsync(result.Exception).AsTask().Soon();
        Assert.True(socket.SafeHandle.IsClosed, "The pipe is complete and the connection is still open.");
        Assert.Equal(SendOutcome.NotOpen, (await writer.TryWriteAsync(new byte[4], Stop)).Outcome);
        await peer.NothingLeftAsync();
    }
#endif

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_web_socket_sender(Peer kind)
    {
        using var peer = new FaultyPeer(kind) { Echoes = false };
        using var socket = await ConnectedAsync(peer);
        if (kind == Peer.Refused)
        {
            return;
        }

        using var webSocket = WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), new WebSocketCreationOptions());
        var time = new ManualTime();
        await using var sender = new WebSocketSender(webSocket, new SendGateOptions { TimeProvider = time });
        var message = new byte[1 << 18];
        var sends = Enumerable.Range(0, 4).Select(_ => sender.TrySendAsync(message, WebSocketMessageType.Binary, Stop).AsTask()).ToList();
        switch (kind)
        {
            case Peer.Flooding:
                // One is stuck and the others wait behind it: closing takes as long as it may, and then ends them all.
                var closing = sender.CloseAsync(cancellationToken: Stop);
                await Until(() => time.Pending > 0, "the close has a limit");
                time.Advance(WebSocketSender.DefaultCloseTimeout);
                Assert.False((await closing.Soon()).IsSent);
                var stuck = await Task.WhenAll(sends).Soon();
                Assert.Equal(SendOutcome.Unknown, stuck[0].Outcome);
                Assert.All(stuck[1..], static s => Assert.Equal(SendOutcome.NotOpen, s.Outcome));
                break;
            case Peer.Reset:
                await Task.WhenAll(sends).Soon();
                for (var i = 0; (await sender.TrySendAsync(message, WebSocketMessageType.Binary, Stop).AsTask().Soon()).IsSent; i++)
                {
                    Assert.True(i < 100, "Sends to a peer that has reset the connection are reported sent.");
                }

                Assert.False((await sender.CloseAsync(cancellationToken: Stop).Soon()).IsSent);
                break;
            default:
                peer.Go();
                Assert.All(await Task.WhenAll(sends).Soon(), static s => Assert.Equal(SendOutcome.Sent, s.Outcome));
                Assert.True((await sender.CloseAsync(cancellationToken: Stop).Soon()).IsSent);
                await Until(() => peer.Received > 4 * message.Length, "all that was reported sent has arrived");
                break;
        }

        Assert.Equal(0, sender.Waiting);
        Assert.Equal(SendOutcome.NotOpen, (await sender.TrySendAsync(message, WebSocketMessageType.Binary, Stop)).Outcome);
        webSocket.Dispose();
        await peer.NothingLeftAsync();
        Assert.Equal(0, time.Pending);
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task An_exchange_through_a_gate(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        using var gate = new SendGate();
        using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Socket? socket = null;
        var asking = Enumerable.Range(0, 4).Select(i => Task.Run(() => OutcomeAsync(async () => Assert.Equal(i, await gate.ExchangeAsync(
            async token => await AskAsync(socket ??= await peer.ConnectAsync(token), i, token), give.Token))))).ToList();
        await GiveUpAsync(peer, kind, give);
        var failures = await Task.WhenAll(asking).Soon();
        if (peer.Answers)
        {
            Assert.All(failures, Assert.Null);
            Assert.True(gate.IsOpen);
        }
        else
        {
            // One has asked; its answer may still come, so nobody may ask after it.
            Assert.All(failures, Assert.NotNull);
            Assert.False(gate.IsOpen);
            Assert.True(peer.Requests.Values.Sum() <= 1);
            Assert.True(failures.Count(static f => f is not (NotSentException or OperationCanceledException)) <= 1);
            Assert.True(gate.Reopen());
        }

        Assert.Equal(0, gate.Waiting);
        Assert.True(gate.TryEnter(out var turn));
        turn.Dispose();
        socket?.Dispose();
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_pool(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        await using var pool = new ConnectionPool<Socket>(async token => await peer.ConnectAsync(token), new ConnectionPoolOptions<Socket> { MaxSize = 2 });
        using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var asking = Enumerable.Range(0, 8).Select(i => Task.Run(() => OutcomeAsync(async () =>
        {
            await using var lease = await pool.RentAsync(give.Token);
            Assert.Equal(i, await AskAsync(lease.Connection, i, give.Token));
            lease.Complete();
        }))).ToList();
        await GiveUpAsync(peer, kind, give);
        var failures = await Task.WhenAll(asking).Soon();
        Assert.All(failures, f => Assert.Equal(peer.Answers, f is null));
        Assert.All(peer.Requests, static r => Assert.Equal(1, r.Value));
        Assert.True(!peer.Answers || peer.Accepted <= 2, "More connections than the pool may have.");
        Assert.Equal((0, 0), (pool.Used, pool.Waiting));
        if (!peer.Answers) Assert.Equal(0, pool.Idle);
        await pool.DisposeAsync().AsTask().Soon();
        Assert.Equal(0, pool.Idle);
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_session_slot(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        await using var slot = new SessionSlot<Socket>(async token => await peer.ConnectAsync(token));
        await AskThreeTimesAsync(peer, kind, (i, token) => slot.RunAsync(i, static (socket, i, token) => AskAsync(socket, i, token), token));
        await slot.DisposeAsync().AsTask().Soon();
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_session_cache(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        await using var cache = new SessionCache<string, Socket>(async (_, token) => await peer.ConnectAsync(token));
        await AskThreeTimesAsync(peer, kind, (i, token) => cache.RunAsync("peer", i, static (socket, i, token) => AskAsync(socket, i, token), token));
        Assert.Equal(peer.Answers, cache.TryGet("peer", out _));
        await cache.DisposeAsync().AsTask().Soon();
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_pair(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        using var client = await SocketPair.CreateAsync();
        using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        if (kind == Peer.Refused)
        {
            await Assert.ThrowsAnyAsync<SocketException>(() => ConnectionPair.ConnectAsync(client.Near, token => new(peer.ConnectAsync(token)), cancellationToken: Stop).AsTask());
            await EndAsync(client.Far);
            return;
        }

        Socket? second = null;
        await using var pair = await ConnectionPair.ConnectAsync(client.Near, async token => second = await peer.ConnectAsync(token), cancellationToken: Stop);
        var relay = pair.RelayAsync(give.Token);
        await client.Far.SendAsync(BitConverter.GetBytes(7), SocketFlags.None, Stop);
        peer.Go();
        RelayEndReason reason;
        RelayEnd by;
        switch (kind)
        {
            case Peer.Reset:
                await EndAsync(client.Far);
                (reason, by) = (RelayEndReason.Failed, RelayEnd.Second);
                break;
            case Peer.HalfOpen:
                // The client hears that nothing more comes, and may still send.
                await EndAsync(client.Far);
                await client.Far.SendAsync(BitConverter.GetBytes(8), SocketFlags.None, Stop);
                await Until(() => peer.Requests.ContainsKey(8), "what was sent afterwards has arrived");
                client.Far.Shutdown(SocketShutdown.Send);
                (reason, by) = (RelayEndReason.Completed, RelayEnd.Second);
                break;
            case Peer.Flooding:
                Assert.True(await client.Far.ReceiveAsync(new byte[100], SocketFlags.None, Stop) > 0);
                client.ResetFar();
                (reason, by) = (RelayEndReason.Failed, RelayEnd.First);
                break;
            case Peer.Silent:
                await GiveUpAsync(peer, kind, give);
                (reason, by) = (RelayEndReason.Canceled, RelayEnd.Neither);
                break;
            default:
                Assert.Equal(7, BitConverter.ToInt32(await client.ReceiveFarAsync(4)));
                client.Far.Shutdown(SocketShutdown.Send);
                (reason, by) = (RelayEndReason.Completed, RelayEnd.First);
                break;
        }

        var result = await relay.Soon();
        Assert.Equal((reason, by), (result.Reason, result.EndedBy));
        Assert.True(client.Near.SafeHandle.IsClosed && second!.SafeHandle.IsClosed, "The relay is over and a connection is still open.");
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_tracker(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        await using var tracker = new ConnectionTracker();
        var serving = OutcomeAsync(async () =>
        {
            using var tracked = await tracker.ConnectAsync(async token => await peer.ConnectAsync(token), cancellationToken: Stop);
            using var socket = tracked.Connection;
            try
            {
                await AskAsync(socket, 7, Stop);
            }
            catch (Exception e)
            {
                tracked.Fail(e);
                throw;
            }
        });
        peer.Go();
        if (kind == Peer.Silent)
        {
            await Until(() => peer.Requests.ContainsKey(7), "the request is there");
            Assert.Equal(1, tracker.Open);
            Assert.Single(await tracker.DrainAsync(TimeSpan.Zero, Stop).Soon());
        }

        Assert.Equal(peer.Answers, await serving.Soon() is null);
        Assert.Equal((0, 0), (tracker.Open, tracker.Connecting));
        Assert.Equal(kind == Peer.Refused ? (0L, 1L) : (1L, 0L), (tracker.TotalOpened, tracker.TotalFailedConnects));
        Assert.Empty(await tracker.DrainAsync(TimeSpan.Zero, Stop).Soon());
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_leased_buffer(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        using var socket = await ConnectedAsync(peer);
        if (kind == Peer.Refused)
        {
            return;
        }

        var pool = new CountingArrayPool();
        var lease = BufferLease.Rent(4, pool);
        await socket.SendAsync(new byte[4], SocketFlags.None, Stop);
        var receiving = lease.Track(socket.ReceiveAsync(lease.Memory, SocketFlags.None, Stop)).AsTask();
        lease.Dispose();
        if (kind is Peer.Silent or Peer.Slow)
        {
            // Its owner has gone, but bytes may still be written into it.
            Assert.Equal(0, pool.Returned);
        }

        peer.Go();
        if (kind == Peer.Silent)
        {
            socket.Dispose();
        }

        Assert.Equal(kind is Peer.Silent or Peer.Reset, await OutcomeAsync(() => receiving.Soon()) is not null);
        Assert.Equal(kind is Peer.Silent or Peer.Reset ? 0 : 1, pool.Returned);
        socket.Dispose();
        await peer.NothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task A_dropped_task(Peer kind)
    {
        using var peer = new FaultyPeer(kind);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var failures = new ConcurrentQueue<Exception>();
        var talking = TalkAsync();
        talking.Observe(failures.Enqueue);
        await Until(() => kind == Peer.Refused ? talking.IsCompleted : !peer.Requests.IsEmpty || kind is Peer.Slow or Peer.Flooding, "the request is there");
        peer.Go();
        if (kind == Peer.Silent)
        {
            socket.Dispose();
        }

        await Until(() => talking.IsCompleted, "it has ended");
        await Until(() => failures.Count == (kind is Peer.Refused or Peer.Reset or Peer.HalfOpen or Peer.Silent ? 1 : 0), "its failure is seen, once");
        socket.Dispose();
        await peer.NothingLeftAsync();

        async Task TalkAsync()
        {
            await socket.ConnectAsync(peer.EndPoint, Stop);
            await socket.SendAsync(new byte[4], SocketFlags.None, Stop);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            await stream.ReadExactlyAsync(new byte[4], Stop);
        }
    }

    private static async Task AskThreeTimesAsync(FaultyPeer peer, Peer kind, Func<int, CancellationToken, ValueTask<int>> ask)
    {
        peer.Go();
        for (var i = 1; i <= 3; i++)
        {
            using var give = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            var asking = OutcomeAsync(async () => Assert.Equal(i, await ask(i, give.Token)));
            if (kind == Peer.Silent)
            {
                await Until(() => peer.Requests.ContainsKey(i), "the request is there");
                await give.CancelAsync();
            }

            Assert.Equal(peer.Answers, await asking.Soon() is null);
        }

        // Nothing is repeated of which it is not known that it was not sent, and no session is used again whose answer was cut short.
        Assert.All(peer.Requests, static r => Assert.Equal(1, r.Value));
        if (kind is not (Peer.Refused or Peer.Flooding)) Assert.Equal(peer.Answers ? 1 : 3, peer.Accepted);
    }

    /// <summary>Ends the waiting for a peer that never answers, once it has got what it does not answer; lets a slow one go on.</summary>
    private static async Task GiveUpAsync(FaultyPeer peer, Peer kind, CancellationTokenSource give)
    {
        peer.Go();
        if (kind == Peer.Silent)
        {
            await Until(() => !peer.Requests.IsEmpty, "a request is there");
            await give.CancelAsync();
        }
    }

    private static async Task<Socket> ConnectedAsync(FaultyPeer peer)
    {
        var (socket, failure) = await SafeSocket.TryConnectAsync(peer.EndPoint, cancellationToken: Stop);
        if (socket is null)
        {
            Assert.IsType<ConnectFailedException>(failure);
            return new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        }

        socket.SendBufferSize = 8192;
        return socket;
    }

    private static async ValueTask<int> AskAsync(Socket socket, int request, CancellationToken token)
    {
        (await socket.TrySendAsync(BitConverter.GetBytes(request), token)).EnsureSent();
        var answer = new byte[4];
        for (var read = 0; read < 4;)
        {
            var count = await socket.ReceiveAsync(answer.AsMemory(read), SocketFlags.None, token);
            read += count > 0 ? count : throw new EndOfStreamException();
        }

        return BitConverter.ToInt32(answer) == request ? request : throw new IOException("Not the answer to this request.");
    }

    private static async Task EndAsync(Socket socket)
    {
        var failure = await OutcomeAsync(async () => Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None, Stop).AsTask().Soon()));
        Assert.True(failure is null or SocketException { SocketErrorCode: SocketError.ConnectionReset }, failure?.ToString());
    }

    /// <summary>How it failed, of the ways that a connection may fail; nothing if it did not.</summary>
    private static async Task<Exception?> OutcomeAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return e;
        }
    }
}
