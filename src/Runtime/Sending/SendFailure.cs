using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>What the guards share: which exceptions are answers, and how a pending write becomes a result.</summary>
internal static class SendFailure
{
    /// <summary>
    /// Whether an exception out of a send is an answer about the connection. A mistake of the caller is none and stays an
    /// exception; libraries have too many types of their own for the failures of a connection to list those instead.
    /// </summary>
    public static bool IsAnswer(Exception exception) => exception is not (
        ArgumentException or NullReferenceException or NotSupportedException or NotImplementedException or
        InvalidCastException or IndexOutOfRangeException or OutOfMemoryException);

    public static SendResult NotOpen(string? transport, Exception? exception = null)
    {
        LifecycleMetrics.SendFailed(SendOutcome.NotOpen, transport, exception);
        return SendResult.NotOpen(exception);
    }

    public static SendResult Unknown(string? transport, Exception exception)
    {
        LifecycleMetrics.SendFailed(SendOutcome.Unknown, transport, exception);
        return SendResult.Unknown(exception);
    }

    /// <summary>
    /// The answer to a failure of a send that was tried. <see cref="NotSentException"/> says that nothing was written; a single send
    /// of a web socket looks at the state before its first byte, and has a code of its own to say so.
    /// </summary>
    public static SendResult Failed(string? transport, Exception exception, bool webSocket = false) =>
        exception is NotSentException || (webSocket && exception is WebSocketException { WebSocketErrorCode: WebSocketError.InvalidState })
            ? NotOpen(transport, exception)
            : Unknown(transport, exception);

    /// <summary>A task cancelled before anything was tried.</summary>
    public static ValueTask<SendResult> Cancelled(CancellationToken cancellationToken) =>
        new(Task.FromCanceled<SendResult>(cancellationToken));

    /// <summary>The result of a write that has been started: at once and without allocation if it is complete.</summary>
    public static ValueTask<SendResult> Complete(ValueTask write, string? transport, bool webSocket = false)
    {
        if (!write.IsCompletedSuccessfully)
        {
            return AwaitAsync(write, transport, webSocket);
        }

        // The result must be taken once, so that a pooled source of the task is free again.
        write.GetAwaiter().GetResult();
        return new ValueTask<SendResult>(SendResult.Sent);
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private static async ValueTask<SendResult> AwaitAsync(ValueTask write, string? transport, bool webSocket)
    {
        try
        {
            await write.ConfigureAwait(false);
            return SendResult.Sent;
        }
        catch (Exception e) when (IsAnswer(e))
        {
            return Failed(transport, e, webSocket);
        }
    }
}
