using System.Net.WebSockets;
#if !NET
using System.Runtime.InteropServices;
#endif

namespace LifecycleAnalyzers.Runtime;

/// <summary>Guarded sends on a <see cref="WebSocket"/>: a closing web socket is an answer, not an exception.</summary>
/// <remarks>
/// <para>Sent is only while <see cref="WebSocket.State"/> is <see cref="WebSocketState.Open"/>: a peer that has sent its close
/// frame no longer reads messages, though the protocol would let them pass. Otherwise, and when the web socket itself says that its
/// state does not allow the send, the answer is <see cref="SendOutcome.NotOpen"/>. Every failure of a send that was tried answers
/// <see cref="SendOutcome.Unknown"/>, with the exception in it.</para>
/// <para>A token that is cancelled before anything was tried throws <see cref="OperationCanceledException"/>. Cancelled in the
/// middle, the answer is <see cref="SendOutcome.Unknown"/>, and the platform aborts the web socket
/// (https://learn.microsoft.com/dotnet/api/system.net.websockets.clientwebsocket.sendasync).</para>
/// <para>A web socket allows one send at a time
/// (https://learn.microsoft.com/dotnet/api/system.net.websockets.clientwebsocket); overlapping ones must be kept apart by the
/// caller, and all frames of a message from other messages. Without allocation where the send completes at once.</para>
/// </remarks>
public static class WebSocketSendExtensions
{
    /// <summary>Sends a message or a frame of one, if the web socket is open.</summary>
    /// <param name="webSocket">The web socket.</param>
    /// <param name="buffer">The payload; leave it alone until the send is complete.</param>
    /// <param name="messageType">Text or binary.</param>
    /// <param name="endOfMessage">Whether this is the last frame of the message.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="webSocket"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TrySendAsync(
        this WebSocket webSocket, ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken = default)
    {
        return webSocket.TrySendAsync((ReadOnlyMemory<byte>)buffer, messageType, endOfMessage, cancellationToken);
    }

    /// <summary>Sends a message or a frame of one, if the web socket is open.</summary>
    /// <param name="webSocket">The web socket.</param>
    /// <param name="buffer">The payload; leave it alone until the send is complete.</param>
    /// <param name="messageType">Text or binary.</param>
    /// <param name="endOfMessage">Whether this is the last frame of the message.</param>
    /// <param name="cancellationToken">Cancels the send; see the remarks on the class.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="webSocket"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TrySendAsync(
        this WebSocket webSocket, ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken = default)
    {
        Check.NotNull(webSocket);
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        if (webSocket.State != WebSocketState.Open)
        {
            return new ValueTask<SendResult>(SendFailure.NotOpen(null));
        }

        ValueTask send;
        try
        {
#if NET
            send = webSocket.SendAsync(buffer, messageType, endOfMessage, cancellationToken);
#else
            if (!MemoryMarshal.TryGetArray(buffer, out var segment))
            {
                segment = new ArraySegment<byte>(buffer.ToArray());
            }

            send = new ValueTask(webSocket.SendAsync(segment, messageType, endOfMessage, cancellationToken));
#endif
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.Failed(null, e, webSocket: true));
        }

        return SendFailure.Complete(send, null, webSocket: true);
    }
}
