using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Owns two connections that live and die together, as a proxy has them, and relays between them.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Whatever ends one, closes both: a failure of either, a time without a byte, a cancellation, disposing the pair.</item>
/// <item>An end of one direction is passed on as such (half-close) and the other direction goes on; the relay completes when both have
/// ended. A stream that cannot say that it has ended its direction while it goes on reading completes the relay at once.</item>
/// <item>A peer that could take a part for the whole, because the relay was cut before the other end had ended its direction, sees a reset
/// rather than a close.</item>
/// <item>A slow reader slows the other end's writer: at most one buffer for each direction is held.</item>
/// <item>The result says who ended it and why, and what was delivered. The relay throws nothing for what connections do.</item>
/// </list>
/// <para>Use <c>ConnectAsync</c> where the second connection is opened for the first: if that fails, the first is closed. All members are
/// thread-safe; there is one relay for each pair.</para>
/// </remarks>
/// <example>
/// <code>
/// using var pair = await ConnectionPair.ConnectAsync(
///     accepted, async token => await SafeSocket.ConnectAsync("upstream", 5432, token), cancellationToken: ct);
/// var result = await pair.RelayAsync(ct);
/// </code>
/// </example>
public sealed partial class ConnectionPair : IDisposable, IAsyncDisposable
{
    private static readonly ConnectionPairOptions s_defaults = new();
    private readonly PairedConnection _first;
    private readonly PairedConnection _second;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeSpan _halfClosedIdleTimeout;
    private readonly bool _resetWhenCut;
    private readonly int _bufferSize;
    private readonly TimeProvider _time;
    private readonly CoarseClock _clock;
    private readonly ILogger _logger;
    private readonly string _name;
    private TaskCompletionSource<bool>? _relayed;
    private bool _isOver;
    private int _started;
    private long _fromFirst;
    private long _fromSecond;

    /// <summary>Takes over two sockets.</summary>
    /// <param name="first">One connection.</param>
    /// <param name="second">The other connection.</param>
    /// <param name="options">How it relays; the defaults if not given.</param>
    /// <exception cref="ArgumentNullException">A connection or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <remarks>A connection that is no longer open is no mistake here: the relay says so, and both are closed.</remarks>
    public ConnectionPair(Socket first, Socket second, ConnectionPairOptions? options = null)
        : this((IDisposable)first, second, options)
    {
    }

    /// <summary>Takes over two clients.</summary>
    /// <param name="first">One connection.</param>
    /// <param name="second">The other connection.</param>
    /// <param name="options">How it relays; the defaults if not given.</param>
    /// <exception cref="ArgumentNullException">A connection or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <remarks>A connection that is no longer open is no mistake here: the relay says so, and both are closed.</remarks>
    public ConnectionPair(TcpClient first, TcpClient second, ConnectionPairOptions? options = null)
        : this((IDisposable)first, second, options)
    {
    }

    /// <summary>Takes over two streams.</summary>
    /// <param name="first">One connection. Closing it has to end a read that is under way, as it does for the streams of sockets.</param>
    /// <param name="second">The other connection; likewise.</param>
    /// <param name="options">How it relays; the defaults if not given.</param>
    /// <exception cref="ArgumentNullException">A connection or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ConnectionPair(Stream first, Stream second, ConnectionPairOptions? options = null)
        : this((IDisposable)first, second, options)
    {
    }

    private ConnectionPair(IDisposable first, IDisposable second, ConnectionPairOptions? options)
    {
        Check.NotNull(first);
        Check.NotNull(second);
        options ??= s_defaults;
        Check.TimeLimit(options.IdleTimeout, nameof(options.IdleTimeout));
        Check.TimeLimit(options.HalfClosedIdleTimeout, nameof(options.HalfClosedIdleTimeout));
        if (options.BufferSize <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.BufferSize, "BufferSize is 1 or more.");
        }

        _first = new PairedConnection(first);
        _second = new PairedConnection(second);
        _idleTimeout = options.IdleTimeout;
        _halfClosedIdleTimeout = options.HalfClosedIdleTimeout;
        _resetWhenCut = options.ResetWhenCut;
        _bufferSize = options.BufferSize;
        _time = options.TimeProvider ?? throw new ArgumentNullException(nameof(options.TimeProvider));
        _clock = new CoarseClock(_time);
        _logger = options.Logger is null ? NullLogger.Instance : new QuietLogger(options.Logger);
        _name = options.Name ?? "relay";
    }

    /// <summary>Gets how many bytes of the first connection the second one has taken so far.</summary>
    public long BytesFromFirst => Interlocked.Read(ref _fromFirst);

    /// <summary>Gets how many bytes of the second connection the first one has taken so far.</summary>
    public long BytesFromSecond => Interlocked.Read(ref _fromSecond);

    /// <summary>Opens the second socket for the first, and pairs them; if that fails, the first is closed.</summary>
    /// <param name="first">The connection that is there, usually one that was accepted; from now on the pair's.</param>
    /// <param name="connect">Opens the other connection; gets the token. If it throws, it has to leave nothing open behind it.</param>
    /// <param name="options">How the pair relays; the defaults if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="connect"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>Whatever <paramref name="connect"/> throws comes out, after the first connection was closed.</remarks>
    public static ValueTask<ConnectionPair> ConnectAsync(
        Socket first, Func<CancellationToken, ValueTask<Socket>> connect, ConnectionPairOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectCoreAsync(first, connect, options, cancellationToken);

    /// <summary>Opens the second client for the first, and pairs them; if that fails, the first is closed.</summary>
    /// <param name="first">The connection that is there, usually one that was accepted; from now on the pair's.</param>
    /// <param name="connect">Opens the other connection; gets the token. If it throws, it has to leave nothing open behind it.</param>
    /// <param name="options">How the pair relays; the defaults if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="connect"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>Whatever <paramref name="connect"/> throws comes out, after the first connection was closed.</remarks>
    public static ValueTask<ConnectionPair> ConnectAsync(
        TcpClient first, Func<CancellationToken, ValueTask<TcpClient>> connect, ConnectionPairOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectCoreAsync(first, connect, options, cancellationToken);

    /// <summary>Opens the second stream for the first, and pairs them; if that fails, the first is closed.</summary>
    /// <param name="first">The connection that is there, usually one that was accepted; from now on the pair's.</param>
    /// <param name="connect">Opens the other connection; gets the token. If it throws, it has to leave nothing open behind it.</param>
    /// <param name="options">How the pair relays; the defaults if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The pair.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="first"/> or <paramref name="connect"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>Whatever <paramref name="connect"/> throws comes out, after the first connection was closed.</remarks>
    public static ValueTask<ConnectionPair> ConnectAsync(
        Stream first, Func<CancellationToken, ValueTask<Stream>> connect, ConnectionPairOptions? options = null, CancellationToken cancellationToken = default) =>
        ConnectCoreAsync(first, connect, options, cancellationToken);

    /// <summary>Copies in both directions until the relay ends; then both connections are closed.</summary>
    /// <param name="cancellationToken">Ends the relay.</param>
    /// <returns>Who ended it and why, and what was delivered. A cancellation is such an end, and no exception.</returns>
    /// <exception cref="InvalidOperationException">The relay was begun before.</exception>
    /// <exception cref="ObjectDisposedException">The pair was disposed before.</exception>
    public async Task<RelayResult> RelayAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A pair relays once.");
        }

        var start = _time.GetTimestamp();
        try
        {
            // Before the question whether it was disposed: whoever does that just now finds it there, or is found.
            var stop = SpareSources.Take();
            Interlocked.Exchange(ref _stop, stop);
            if (Volatile.Read(ref _verdict) is not null)
            {
                throw new ObjectDisposedException(_name);
            }

            Volatile.Write(ref _lastByte, _clock.Now);
            using (cancellationToken.Register(static pair => ((ConnectionPair)pair!).Finish(RelayEndReason.Canceled, RelayEnd.Neither, null), this))
            using (var idle = _time.CreateTimer(static pair => ((ConnectionPair)pair!).CheckIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan))
            {
                Volatile.Write(ref _idleTimer, idle);
                CheckIdle();

                // Neither fails, so that one can wait for the other.
                var back = PumpAsync(RelayEnd.Second, stop.Token);
                await PumpAsync(RelayEnd.First, stop.Token).ConfigureAwait(false);
                await back.ConfigureAwait(false);
            }

            // Neither direction has failed, or this comes too late to change anything.
            if (TryDecide(RelayEndReason.Completed, (RelayEnd)_firstToEnd, null))
            {
                // So nobody else cancels it.
                SpareSources.GiveBack(stop);
            }

            Close();
            return Report(_time.Since(start));
        }
        finally
        {
            // Again where they are closed already; the pair may have been disposed just as the relay began.
            Close();
            Volatile.Write(ref _isOver, true);
            Interlocked.MemoryBarrier();
            Volatile.Read(ref _relayed)?.TrySetResult(true);
        }
    }

    /// <summary>Closes both connections; a relay under way ends, and closes them. May be called more than once.</summary>
    public void Dispose() => Finish(RelayEndReason.Disposed, RelayEnd.Neither, null);

    /// <summary>Closes both connections, and waits until a relay under way has ended. May be called more than once.</summary>
    /// <returns>A task that completes when nothing uses the connections any more.</returns>
    public async ValueTask DisposeAsync()
    {
        Dispose();
        if (Volatile.Read(ref _started) == 0 || Volatile.Read(ref _isOver))
        {
            return;
        }

        // Made by the first that has to wait, who then looks once more: the relay, at its end, has seen it or been seen.
        var relayed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        relayed = Interlocked.CompareExchange(ref _relayed, relayed, null) ?? relayed;
        if (!Volatile.Read(ref _isOver))
        {
            await relayed.Task.ConfigureAwait(false);
        }
    }
}
