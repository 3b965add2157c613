using System.Buffers;

namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionPair
{
    private const int LeastBuffer = 16 * 1024;
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    private Verdict? _verdict;
    private CancellationTokenSource? _stop;
    private ITimer? _idleTimer;
    private int _firstToEnd;
    private long _lastByte;

    private static async ValueTask<ConnectionPair> ConnectCoreAsync<T>(
        T first, Func<CancellationToken, ValueTask<T>> connect, ConnectionPairOptions? options, CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        Check.NotNull(first);
        T? second = null;
        try
        {
            Check.NotNull(connect);
            cancellationToken.ThrowIfCancellationRequested();
            second = await connect(cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The factory of the second connection returned null.");
            return new ConnectionPair((IDisposable)first, second, options);
        }
        catch
        {
            first.Dispose();
            second?.Dispose();
            throw;
        }
    }

    /// <summary>One direction. Fails never: what goes wrong is the verdict.</summary>
    private async Task PumpAsync(RelayEnd side, CancellationToken stop)
    {
        var (from, to) = side == RelayEnd.First ? (_first, _second) : (_second, _first);
        var other = side == RelayEnd.First ? RelayEnd.Second : RelayEnd.First;
        var size = Math.Min(LeastBuffer, _bufferSize);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var concerned = side;
        try
        {
            var source = from.Stream;
            concerned = other;
            var target = to.Stream;
            while (true)
            {
                concerned = side;
                var count = await ReadAsync(source, buffer, size, stop).ConfigureAwait(false);
                concerned = other;
                if (count == 0)
                {
                    break;
                }

                Volatile.Write(ref _lastByte, _clock.Now);
                await WriteAsync(target, buffer, count, stop).ConfigureAwait(false);
                await target.FlushAsync(stop).ConfigureAwait(false);
                Volatile.Write(ref _lastByte, _clock.Now);
                Interlocked.Add(ref side == RelayEnd.First ? ref _fromFirst : ref _fromSecond, count);
                Fit(ref buffer, ref size, count);
            }

            if (Interlocked.CompareExchange(ref _firstToEnd, (int)side, 0) == 0)
            {
                Volatile.Write(ref _lastByte, _clock.Now);
            }

            if (await to.TryEndSendingAsync().ConfigureAwait(false))
            {
                CheckIdle();
            }
            else
            {
                Finish(RelayEndReason.Completed, (RelayEnd)_firstToEnd, null);
            }
        }
        catch (Exception e)
        {
            Finish(RelayEndReason.Failed, concerned, e);
        }
        finally
        {
            // Nothing uses it any more: every read and write was awaited.
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Takes a large buffer after a read that has filled its buffer, and a small one after a read of no more than that: who has much to say is
    /// asked less often, and the many that are quiet hold little.
    /// </summary>
    private void Fit(ref byte[] buffer, ref int size, int read)
    {
        var fit = read == size ? _bufferSize : read <= LeastBuffer ? Math.Min(LeastBuffer, _bufferSize) : size;
        if (fit != size)
        {
            var other = ArrayPool<byte>.Shared.Rent(fit);
            ArrayPool<byte>.Shared.Return(buffer);
            (buffer, size) = (other, fit);
        }
    }

#if NET
    private static ValueTask<int> ReadAsync(Stream source, byte[] buffer, int size, CancellationToken stop) => source.ReadAsync(buffer.AsMemory(0, size), stop);

    private static ValueTask WriteAsync(Stream target, byte[] buffer, int count, CancellationToken stop) => target.WriteAsync(buffer.AsMemory(0, count), stop);
#else
    private static Task<int> ReadAsync(Stream source, byte[] buffer, int size, CancellationToken stop) => source.ReadAsync(buffer, 0, size, stop);

    private static Task WriteAsync(Stream target, byte[] buffer, int count, CancellationToken stop) => target.WriteAsync(buffer, 0, count, stop);
#endif

    /// <summary>Ends the relay if nothing has come for too long, else looks again when that could be so.</summary>
    private void CheckIdle()
    {
        var limit = _idleTimeout;
        if (Volatile.Read(ref _firstToEnd) != 0 && _halfClosedIdleTimeout != Timeout.InfiniteTimeSpan
            && (limit == Timeout.InfiniteTimeSpan || _halfClosedIdleTimeout < limit))
        {
            limit = _halfClosedIdleTimeout;
        }

        if (limit == Timeout.InfiniteTimeSpan || Volatile.Read(ref _verdict) is not null)
        {
            return;
        }

        var left = limit - _clock.Since(Volatile.Read(ref _lastByte));
        if (left <= TimeSpan.Zero)
        {
            Finish(RelayEndReason.Idle, RelayEnd.Neither, null);
        }
        else
        {
            // Not less than a timer can tell apart, or it would fire over and over before the time has come.
            Volatile.Read(ref _idleTimer)?.Change(left < s_tick ? s_tick : left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The first to call it says how the relay has ended.</summary>
    private bool TryDecide(RelayEndReason reason, RelayEnd by, Exception? exception) =>
        Interlocked.CompareExchange(ref _verdict, new Verdict(reason, by, exception), null) is null;

    /// <summary>If nobody else has said how the relay has ended, both connections end.</summary>
    private void Finish(RelayEndReason reason, RelayEnd by, Exception? exception)
    {
        if (!TryDecide(reason, by, exception))
        {
            return;
        }

        if (Volatile.Read(ref _started) == 0)
        {
            // Nothing is under way on them, and nothing was cut.
            Close();
            return;
        }

        var cut = _resetWhenCut && reason != RelayEndReason.Completed;
        Quietly(_first, cut && by != RelayEnd.First && !_first.IsTold, static (c, reset) => c.End(reset));
        Quietly(_second, cut && by != RelayEnd.Second && !_second.IsTold, static (c, reset) => c.End(reset));

        // For reads that do not end by that. Last, because continuations may run in here.
        Volatile.Read(ref _stop)?.Cancel();
    }

    private void Close()
    {
        Quietly(_first, false, static (c, _) => c.Close());
        Quietly(_second, false, static (c, _) => c.Close());
    }

    private void Quietly(PairedConnection connection, bool reset, Action<PairedConnection, bool> close)
    {
        try
        {
            close(connection, reset);
        }
        catch (Exception e)
        {
            Log.RelayCloseFailed(_logger, _name, e);
        }
    }

    private RelayResult Report(TimeSpan duration)
    {
        var verdict = _verdict!;
        var result = new RelayResult(verdict.Reason, verdict.By, verdict.Exception, BytesFromFirst, BytesFromSecond, duration);
        LifecycleMetrics.Relayed(_name, result);
        Log.Relayed(_logger, _name, result.Reason, result.EndedBy, result.BytesFromFirst, result.BytesFromSecond, result.Exception);
        return result;
    }

    private sealed class Verdict(RelayEndReason reason, RelayEnd by, Exception? exception)
    {
        public RelayEndReason Reason { get; } = reason;

        public RelayEnd By { get; } = by;

        public Exception? Exception { get; } = exception;
    }
}
