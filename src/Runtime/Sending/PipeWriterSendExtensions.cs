#if NET
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Guarded writes on a <see cref="PipeWriter"/>: a completed pipe is an answer, not an exception.</summary>
/// <remarks>
/// <para>A writer that was completed answers <see cref="SendOutcome.NotOpen"/>. If the reader has completed, or the flush was
/// cancelled, the answer is <see cref="SendOutcome.Unknown"/>: the reader may have taken a part before. The pipe reports that without
/// an exception; the result has one that says which it was.</para>
/// <para>A token that is cancelled before anything was tried throws <see cref="OperationCanceledException"/>; cancelled in the
/// middle, the answer is <see cref="SendOutcome.Unknown"/>.</para>
/// <para>Not thread-safe, as a pipe writer is not: one write at a time. Without allocation where the write completes at once.</para>
/// </remarks>
public static class PipeWriterSendExtensions
{
    /// <summary>Writes the bytes and flushes them to the reader, if the pipe is open.</summary>
    /// <param name="writer">The writer of the pipe.</param>
    /// <param name="buffer">The bytes to write; leave them alone until the write is complete.</param>
    /// <param name="cancellationToken">Cancels the write; see the remarks on the class.</param>
    /// <returns>What is known about the write.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="writer"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before anything was tried.</exception>
    public static ValueTask<SendResult> TryWriteAsync(this PipeWriter writer, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Check.NotNull(writer);
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        try
        {
            // A completed writer refuses memory, and asking for it writes nothing; nothing else tells that it is completed.
            _ = writer.GetMemory();
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.NotOpen(null, e));
        }

        ValueTask<FlushResult> write;
        try
        {
            write = writer.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.Failed(null, e));
        }

        return write.IsCompletedSuccessfully ? new ValueTask<SendResult>(ResultOf(write.Result)) : AwaitAsync(write);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<SendResult> AwaitAsync(ValueTask<FlushResult> write)
    {
        try
        {
            return ResultOf(await write.ConfigureAwait(false));
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return SendFailure.Failed(null, e);
        }
    }

    private static SendResult ResultOf(FlushResult flush)
    {
        if (flush.IsCompleted)
        {
            return SendFailure.Unknown(null, new IOException("The reader of the pipe has completed; it may not have read everything."));
        }

        return flush.IsCanceled
            ? SendFailure.Unknown(null, new OperationCanceledException("The flush of the pipe was cancelled."))
            : SendResult.Sent;
    }
}
#endif
