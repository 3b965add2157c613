using System.Net.WebSockets;
using System.Text;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Owns the sending side of a <see cref="WebSocket"/>: whole messages, one after another, and one close frame.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Messages go out in the order in which they were given, each whole, whatever number of frames it has; see <see cref="SendGate"/> for
/// waiting, backpressure and cancellation.</item>
/// <item>A closing web socket is an answer, not an exception; see <see cref="WebSocketSendExtensions"/>.</item>
/// <item>A message that cannot be ended after a part of it was sent aborts the web socket: its peer could never read past it.</item>
/// <item><see cref="CloseAsync"/> waits for the message under way, ends the waits of the others and sends the close frame once, whoever calls
/// it and how often.</item>
/// </list>
/// <para>Receiving stays with its own loop, on <see cref="WebSocket"/>; that loop sees the peer's close frame, and disposes the web socket at
/// its end. Nobody else may send on it. All members are thread-safe. A message that is sent at once allocates nothing.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var sender = new WebSocketSender(webSocket);
/// var result = await sender.TrySendAsync(message, WebSocketMessageType.Binary, ct);
/// if (result.ProvablyNotSent) Requeue(message);
/// </code>
/// </example>
public sealed class WebSocketSender : IAsyncDisposable
{
    /// <summary>How long a close may take if nothing else was said: 5 s.</summary>
    public static readonly TimeSpan DefaultCloseTimeout = TimeSpan.FromSeconds(5);

    // A control frame carries 125 bytes, two of which are the status (RFC 6455, 5.5 and 5.5.1).
    private const int MaxDescription = 123;

    private readonly object _sync = new();
    private readonly SendGate _gate;
    private readonly TimeSpan _closeTimeout;
    private readonly TimeProvider _time;
    private Task<SendResult>? _close;

    /// <summary>Takes over the sending side of a web socket.</summary>
    /// <param name="webSocket">The web socket; it is not disposed by this sender.</param>
    /// <param name="options">How it treats those who wait; the defaults if not given.</param>
    /// <param name="closeTimeout">
    /// How long a close may take, the message under way included; then the web socket is aborted. <see cref="DefaultCloseTimeout"/> if not
    /// given, <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="webSocket"/> or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options or the time limit are out of their range.</exception>
    public WebSocketSender(WebSocket webSocket, SendGateOptions? options = null, TimeSpan? closeTimeout = null)
    {
        Check.NotNull(webSocket);
        _closeTimeout = closeTimeout ?? DefaultCloseTimeout;
        Check.TimeLimit(_closeTimeout, nameof(closeTimeout));
        _gate = new SendGate(options);
        _time = options?.TimeProvider ?? TimeProvider.System;
        WebSocket = webSocket;
    }

    /// <summary>Gets the web socket, to receive on it.</summary>
    public WebSocket WebSocket { get; }

    /// <summary>Gets whether messages are still taken. Out of date as soon as it is read; the answer of a send counts.</summary>
    public bool IsOpen => _gate.IsOpen && WebSocket.State == WebSocketState.Open;

    /// <summary>Gets how many messages wait for their turn now; out of date as soon as it is read.</summary>
    public int Waiting => _gate.Waiting;

    /// <summary>Sends a message.</summary>
    /// <param name="message">The whole message; leave it alone until the send is complete.</param>
    /// <param name="messageType">Text (UTF-8) or binary.</param>
    /// <param name="cancellationToken">Cancels waiting and sending. In the middle of the send the web socket is aborted.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public ValueTask<SendResult> TrySendAsync(
        ReadOnlyMemory<byte> message, WebSocketMessageType messageType, CancellationToken cancellationToken = default) =>
        _gate.TrySendCoreAsync(
            (WebSocket, message, messageType),
            static (s, token) => s.WebSocket.TrySendAsync(s.message, s.messageType, true, token),
            cancellationToken);

    /// <summary>Sends a text message.</summary>
    /// <param name="message">The text.</param>
    /// <param name="cancellationToken">Cancels waiting and sending. In the middle of the send the web socket is aborted.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="message"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public ValueTask<SendResult> TrySendAsync(string message, CancellationToken cancellationToken = default)
    {
        Check.NotNull(message);
        return TrySendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, cancellationToken);
    }

    /// <summary>Sends a message of several frames, with no other message in between.</summary>
    /// <param name="frames">
    /// The payloads, each of which is sent before the next one is asked for, so that one buffer will do. Asked for after the turn has come.
    /// </param>
    /// <param name="messageType">Text (UTF-8) or binary.</param>
    /// <param name="cancellationToken">Cancels waiting and sending. After the first frame the web socket is aborted.</param>
    /// <returns>
    /// What is known about the send. If <paramref name="frames"/> fails after the first frame: unknown, with that failure, and the web socket
    /// is aborted.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="frames"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    /// <remarks>A failure of <paramref name="frames"/> before the first frame comes out. The last frame that is sent is an empty one.</remarks>
    public ValueTask<SendResult> TrySendAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames, WebSocketMessageType messageType, CancellationToken cancellationToken = default)
    {
        Check.NotNull(frames);
        return _gate.TrySendCoreAsync(
            (WebSocket, frames, messageType), static (s, token) => SendFramesAsync(s.WebSocket, s.frames, s.messageType, token), cancellationToken);
    }

    /// <summary>Sends the close frame, after the message under way; once, whoever calls it first.</summary>
    /// <param name="status">Why it is closed; for the first call.</param>
    /// <param name="description">The reason in words, at most 123 bytes of UTF-8; for the first call.</param>
    /// <param name="cancellationToken">Ends this wait; the close goes on.</param>
    /// <returns>
    /// Sent if the close frame was; not open if the web socket's state did not allow one any more; unknown if it failed. The same answer for
    /// all calls. If it was not sent, the web socket is aborted.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="description"/> is too long for a close frame.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// It also answers a close frame of the peer. It does not wait for the peer's: that comes to the loop that receives, which should go on
    /// until then.
    /// </remarks>
    public Task<SendResult> CloseAsync(
        WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure, string? description = null, CancellationToken cancellationToken = default)
    {
        if (description is not null && Encoding.UTF8.GetByteCount(description) > MaxDescription)
        {
            throw new ArgumentException($"A close frame has room for {MaxDescription} bytes of UTF-8.", nameof(description));
        }

        Task<SendResult> close;
        lock (_sync)
        {
            close = _close ??= CloseCoreAsync(status, description);
        }

        return close.WaitAsync(cancellationToken);
    }

    /// <summary>Closes as <see cref="CloseAsync"/> does, if that was not done before; the web socket itself is left to its receiver.</summary>
    /// <returns>A task that completes when the close frame is sent or the web socket aborted. Never fails.</returns>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private async Task<SendResult> CloseCoreAsync(WebSocketCloseStatus status, string? description)
    {
        // Elsewhere, because this is called under the lock.
        await Task.Yield();
        using var limit = new TimeLimit(_closeTimeout, _time, default);
        if (!await _gate.EnterLastAsync(limit.Token).ConfigureAwait(false))
        {
            WebSocket.Abort();
            return SendFailure.NotOpen(null, new TimeoutException("The message under way did not end in time; the web socket was aborted."));
        }

        if (WebSocket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return SendFailure.NotOpen(null);
        }

        try
        {
            await WebSocket.CloseOutputAsync(status, description, limit.Token).ConfigureAwait(false);
            return SendResult.Sent;
        }
        catch (Exception e)
        {
            WebSocket.Abort();
            return SendFailure.Failed(null, e, webSocket: true);
        }
    }

    private static async ValueTask<SendResult> SendFramesAsync(
        WebSocket webSocket, IAsyncEnumerable<ReadOnlyMemory<byte>> frames, WebSocketMessageType messageType, CancellationToken cancellationToken)
    {
        if (webSocket.State != WebSocketState.Open)
        {
            return SendFailure.NotOpen(null);
        }

        var begun = false;
        try
        {
            await foreach (var frame in frames.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                var sent = await webSocket.TrySendAsync(frame, messageType, false, cancellationToken).ConfigureAwait(false);
                if (!sent.IsSent)
                {
                    return begun || !sent.ProvablyNotSent ? Torn(webSocket, sent.Exception) : sent;
                }

                begun = true;
            }

            var end = await webSocket.TrySendAsync(ReadOnlyMemory<byte>.Empty, messageType, true, cancellationToken).ConfigureAwait(false);
            return end.IsSent || (!begun && end.ProvablyNotSent) ? end : Torn(webSocket, end.Exception);
        }
        catch (Exception e) when (begun && SendFailure.IsAnswer(e))
        {
            SendFailure.Unknown(null, e);
            return Torn(webSocket, e);
        }
        catch when (begun)
        {
            webSocket.Abort();
            throw;
        }
    }

    /// <summary>A message was begun and will never be ended.</summary>
    private static SendResult Torn(WebSocket webSocket, Exception? cause)
    {
        webSocket.Abort();
        return SendResult.Unknown(cause);
    }
}
