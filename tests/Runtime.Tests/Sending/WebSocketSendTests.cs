using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class WebSocketSendTests
{
    [Fact]
    public async Task Sends_messages_and_frames()
    {
        using var pair = await WebSocketPair.CreateAsync();

        Assert.True((await pair.Near.TrySendAsync(new ArraySegment<byte>(Bytes(10), 2, 3), WebSocketMessageType.Binary, false, Stop)).IsSent);
        Assert.True((await pair.Near.TrySendAsync((ReadOnlyMemory<byte>)Bytes(4), WebSocketMessageType.Binary, true, Stop)).IsSent);

        var message = new List<byte>();
        ValueWebSocketReceiveResult part;
        do
        {
            var buffer = new byte[16];
            part = await pair.Far.ReceiveAsync(buffer.AsMemory(), Stop);
            message.AddRange(buffer.AsSpan(0, part.Count));
        }
        while (!part.EndOfMessage);
        Assert.Equal([.. Bytes(10)[2..5], .. Bytes(4)], message);
    }

    [Fact]
    public async Task A_web_socket_that_was_closed_disposed_or_aborted_is_an_answer()
    {
        using var closing = await WebSocketPair.CreateAsync();
        await closing.Near.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        Assert.True((await Send(closing.Near)).ProvablyNotSent);

        // The peer has asked to close: it reads no more messages.
        var received = await closing.Far.ReceiveAsync(new ArraySegment<byte>(new byte[8]), Stop);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(WebSocketState.CloseReceived, closing.Far.State);
        Assert.True((await Send(closing.Far)).ProvablyNotSent);

        using var disposed = await WebSocketPair.CreateAsync();
        disposed.Near.Dispose();
        Assert.True((await Send(disposed.Near)).ProvablyNotSent);

        using var aborted = await WebSocketPair.CreateAsync();
        aborted.Near.Abort();
        Assert.True((await Send(aborted.Near)).ProvablyNotSent);

        using var fresh = new ClientWebSocket();
        Assert.True((await Send(fresh)).ProvablyNotSent);
    }

    [Fact]
    public async Task After_a_reset_it_is_unknown_with_the_cause()
    {
        using var pair = await WebSocketPair.CreateAsync();
        pair.Sockets.ResetFar();
        await Until(() => !pair.Sockets.Near.IsAlive(), "the reset has arrived");

        var result = await Send(pair.Near);

        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.NotNull(result.Exception);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_throws_and_in_the_middle_is_unknown()
    {
        using var pair = await WebSocketPair.CreateAsync();
        using var cancel = new CancellationTokenSource();

        var send = Send(pair.Near, 64 << 20, cancel.Token).AsTask();
        Assert.False(send.IsCompleted);
        await cancel.CancelAsync();
        var result = await send.Soon();

        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Send(pair.Near, 1, cancel.Token));
        Assert.True((await Send(pair.Near)).ProvablyNotSent); // The platform has aborted it.
        Assert.False(pair.Near.IsAlive());
    }

    [Fact]
    public async Task The_web_sockets_own_refusal_by_its_state_proves_that_nothing_was_sent()
    {
        using var lagging = new LaggingWebSocket();
        var result = await Send(lagging);
        Assert.Equal(SendOutcome.NotOpen, result.Outcome);
        Assert.IsType<WebSocketException>(result.Exception);
    }

    private static ValueTask<SendResult> Send(WebSocket webSocket, int count = 1, CancellationToken? cancellation = null) =>
        webSocket.TrySendAsync(new ArraySegment<byte>(Bytes(count)), WebSocketMessageType.Binary, true, cancellation ?? Stop);

    /// <summary>Closes between the check and the send.</summary>
    private sealed class LaggingWebSocket : WebSocket
    {
        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => WebSocketState.Open;

        public override string? SubProtocol => null;

        public override void Abort()
        {
        }

        public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Dispose()
        {
        }

        public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
            throw new WebSocketException(WebSocketError.InvalidState);

        public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
        {
            await Task.Yield();
            throw new WebSocketException(WebSocketError.InvalidState);
        }
    }
}
