using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Lets one sender at a time to a connection, first in, first out; the others wait in a bounded queue.</summary>
/// <remarks>
/// <para>For connections that allow one send at a time (a web socket, an SSL stream, a pipe, a channel of a message broker), for messages
/// that are written in several parts, and for a request whose answer has to be read before the next request is written.</para>
/// <list type="bullet">
/// <item>A turn goes to the one that has waited longest. Waiting can be cancelled; who is cancelled while waiting has sent nothing.</item>
/// <item>When more than <see cref="SendGateOptions.MaxWaiters"/> wait, one is refused: <see cref="NotSentException"/>, or an answer that
/// says not open, with that exception in it.</item>
/// <item>An exchange that fails closes the gate, unless it failed with <see cref="NotSentException"/> or
/// <see cref="SendGateOptions.KeepsOpen"/> says otherwise: its answer may still arrive, and the next one would read it. So does a send that
/// is cancelled or times out in its middle: a part of its message may be on the wire. Those who wait are refused with that cause.
/// After putting a fresh connection behind the gate, call <see cref="Reopen"/>.</item>
/// <item>Disposing the gate ends the waits: <see cref="ObjectDisposedException"/>, or an answer that says not open. Whoever is sending
/// keeps its turn until it is through.</item>
/// </list>
/// <para>A gate does not own the connection and never closes it; see <see cref="SendGateOptions.OnFault"/>. It knows no reentrance: who
/// enters it while holding the turn waits for itself. All members are thread-safe. Entering a free gate allocates nothing.</para>
/// </remarks>
/// <example>
/// <code>
/// using (await _gate.EnterAsync(ct).ConfigureAwait(false))
/// {
///     await _webSocket.SendAsync(header, WebSocketMessageType.Binary, false, ct);
///     await _webSocket.SendAsync(body, WebSocketMessageType.Binary, true, ct);
/// }
/// </code>
/// </example>
public sealed partial class SendGate : IDisposable
{
    private readonly object _sync = new();
    private readonly int _maxWaiters;
    private readonly SendGateFullMode _whenFull;
    private readonly Func<Exception, bool>? _keepsOpen;
    private readonly Action<Exception>? _onFault;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private Waiter? _first;
    private Waiter? _last;
    private int _waiting;
    private bool _disposed;
    private Exception? _fault;

    /// <summary>Creates an open gate.</summary>
    /// <param name="options">How it treats those who wait and what fails; the defaults if not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of waiters is negative, or the mode is none of the enumeration's.</exception>
    /// <exception cref="ArgumentNullException">The options' time provider is <see langword="null"/>.</exception>
    public SendGate(SendGateOptions? options = null)
    {
        if (options is null)
        {
            _maxWaiters = 1024;
            _time = TimeProvider.System;
            _logger = NullLogger.Instance;
            _name = nameof(SendGate);
            return;
        }

        if (options.MaxWaiters < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.MaxWaiters, "MaxWaiters is 0 or more.");
        }

        if (options.WhenFull is not (SendGateFullMode.RefuseNewest or SendGateFullMode.RefuseOldest))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.WhenFull, "WhenFull is none of the modes.");
        }

        _maxWaiters = options.MaxWaiters;
        _whenFull = options.WhenFull;
        _keepsOpen = options.KeepsOpen;
        _onFault = options.OnFault;
        _time = options.TimeProvider ?? throw new ArgumentNullException(nameof(options.TimeProvider));
        _logger = options.Logger is null ? NullLogger.Instance : new QuietLogger(options.Logger);
        _name = options.Name ?? nameof(SendGate);
    }

    /// <summary>Gets how many wait for their turn now; out of date as soon as it is read.</summary>
    public int Waiting
    {
        get
        {
            lock (_sync)
            {
                return _waiting;
            }
        }
    }

    /// <summary>Gets whether the gate is open: neither disposed nor closed by a failure. Out of date as soon as it is read.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_sync)
            {
                return !_disposed && _fault is null;
            }
        }
    }

    /// <summary>Waits for the turn to send.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The turn. Dispose it when the message, or the exchange, is through; abandon the returned task never.</returns>
    /// <exception cref="ObjectDisposedException">The gate is disposed, or was while waiting.</exception>
    /// <exception cref="NotSentException">Too many wait, or a failure has closed the gate.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<Turn> EnterAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new ValueTask<Turn>(Task.FromCanceled<Turn>(cancellationToken));
        }

        var refusal = Arrive(out var ticket, out var waiter);
        if (refusal != Refusal.None)
        {
            return new ValueTask<Turn>(Task.FromException<Turn>(Because(refusal)));
        }

        return waiter is null ? new ValueTask<Turn>(new Turn(this, ticket)) : waiter.Wait(cancellationToken).Turn;
    }

    /// <summary>Waits for the turn to send, and blocks the thread meanwhile.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The turn. Dispose it when the message, or the exchange, is through.</returns>
    /// <exception cref="ObjectDisposedException">The gate is disposed, or was while waiting.</exception>
    /// <exception cref="NotSentException">Too many wait, or a failure has closed the gate.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Turn Enter(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var refusal = Arrive(out var ticket, out var waiter, blocks: true);
        if (waiter is not null)
        {
            ticket = waiter.Wait(cancellationToken).Block();
            refusal = waiter.Refusal;
        }

        return refusal == Refusal.None ? new Turn(this, ticket) : throw Because(refusal);
    }

    /// <summary>Takes the turn to send if nobody has it; does not wait.</summary>
    /// <param name="turn">The turn. Dispose it when the message, or the exchange, is through.</param>
    /// <returns>Whether it got the turn; <see langword="false"/> also if the gate is closed.</returns>
    /// <remarks>For a timer that had better skip a beat than queue up behind a slow peer.</remarks>
    public bool TryEnter(out Turn turn)
    {
        if (!TryTakeFree(out var ticket))
        {
            lock (_sync)
            {
                Freeze();
                if (!_disposed && _fault is null && !IsTaken)
                {
                    ticket = Take();
                }

                Thaw();
            }
        }

        turn = ticket == 0 ? default : new Turn(this, ticket);
        return ticket != 0;
    }

    /// <summary>Waits for the turn, and sends.</summary>
    /// <param name="send">Sends one whole message; gets the token.</param>
    /// <param name="cancellationToken">Cancels waiting and sending. In the middle of the send it closes the gate.</param>
    /// <returns>
    /// What is known about the send: not open if the gate is closed or too many wait, or if the send threw <see cref="NotSentException"/>;
    /// unknown if it failed otherwise.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="send"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    /// <remarks>Mistakes of the caller stay exceptions; see <see cref="Guarded"/>.</remarks>
    public ValueTask<SendResult> TrySendAsync(Func<CancellationToken, ValueTask> send, CancellationToken cancellationToken = default)
    {
        Check.NotNull(send);
        return TrySendCoreAsync(send, static (send, token) => Invoke(send, static (send, token) => send(token), token), cancellationToken);
    }

    /// <summary>
    /// Waits for the turn, and sends with a state, so that the send need not capture anything; otherwise like
    /// <see cref="TrySendAsync(Func{CancellationToken, ValueTask}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="TState">The type of what is passed to <paramref name="send"/>.</typeparam>
    /// <param name="state">Passed to <paramref name="send"/>; usually the connection and the message.</param>
    /// <param name="send">Sends one whole message; gets the token.</param>
    /// <param name="cancellationToken">Cancels waiting and sending. In the middle of the send it closes the gate.</param>
    /// <returns>What is known about the send.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="send"/> is <see langword="null"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the send was called.</exception>
    public ValueTask<SendResult> TrySendAsync<TState>(
        TState state, Func<TState, CancellationToken, ValueTask> send, CancellationToken cancellationToken = default)
    {
        Check.NotNull(send);
        return TrySendCoreAsync((state, send), static (s, token) => Invoke(s.state, s.send, token), cancellationToken);
    }

    /// <summary>Waits for the turn, and makes one exchange: a request and its answer, with nobody in between.</summary>
    /// <typeparam name="TResult">The type of the answer.</typeparam>
    /// <param name="exchange">Writes the request and reads the whole answer; gets the token.</param>
    /// <param name="cancellationToken">Cancels waiting and exchange. In the middle of the exchange it closes the gate.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exchange"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The gate is disposed, or was while waiting.</exception>
    /// <exception cref="NotSentException">Too many wait, or a failure has closed the gate.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>
    /// Whatever the exchange throws comes out, and closes the gate unless it is a <see cref="NotSentException"/> or
    /// <see cref="SendGateOptions.KeepsOpen"/> says otherwise: nobody may read the rest of this answer as the beginning of the next.
    /// </remarks>
    public ValueTask<TResult> ExchangeAsync<TResult>(
        Func<CancellationToken, ValueTask<TResult>> exchange, CancellationToken cancellationToken = default)
    {
        Check.NotNull(exchange);
        return ExchangeCoreAsync(exchange, static (exchange, token) => exchange(token), cancellationToken);
    }

    /// <summary>
    /// Waits for the turn, and makes one exchange with a state, so that it need not capture anything; otherwise like
    /// <see cref="ExchangeAsync{TResult}(Func{CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="TState">The type of what is passed to <paramref name="exchange"/>.</typeparam>
    /// <typeparam name="TResult">The type of the answer.</typeparam>
    /// <param name="state">Passed to <paramref name="exchange"/>; usually the connection and the request.</param>
    /// <param name="exchange">Writes the request and reads the whole answer; gets the token.</param>
    /// <param name="cancellationToken">Cancels waiting and exchange. In the middle of the exchange it closes the gate.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exchange"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The gate is disposed, or was while waiting.</exception>
    /// <exception cref="NotSentException">Too many wait, or a failure has closed the gate.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<TResult> ExchangeAsync<TState, TResult>(
        TState state, Func<TState, CancellationToken, ValueTask<TResult>> exchange, CancellationToken cancellationToken = default)
    {
        Check.NotNull(exchange);
        return ExchangeCoreAsync(state, exchange, cancellationToken);
    }

    /// <summary>Opens a gate that a failure has closed; call it after a fresh connection is in place.</summary>
    /// <returns>Whether a failure had closed it.</returns>
    /// <exception cref="ObjectDisposedException">The gate is disposed.</exception>
    public bool Reopen()
    {
        lock (_sync)
        {
            if (_disposed)
            {
                throw new ObjectDisposedException(_name);
            }

            Freeze();
            var was = _fault is not null;
            _fault = null;
            Thaw();
            return was;
        }
    }

    /// <summary>Closes the gate for good and ends the waits; whoever is sending keeps its turn until it is through. May be called more than once.</summary>
    public void Dispose()
    {
        List<Waiter>? ended;
        lock (_sync)
        {
            Freeze();
            _disposed = true;
            ended = DequeueAll();
        }

        Refuse(ended, Refusal.Disposed);
    }

    /// <summary>Disposes the gate and waits until whoever is sending is through; then the connection is the caller's alone.</summary>
    /// <returns>The last turn, which need not be given back; false if somebody else has closed the gate already, or the token was cancelled.</returns>
    internal async ValueTask<bool> EnterLastAsync(CancellationToken cancellationToken)
    {
        List<Waiter>? ended;
        Waiter? waiter = null;
        lock (_sync)
        {
            if (_disposed)
            {
                return false;
            }

            Freeze();
            _disposed = true;
            ended = DequeueAll();
            if (IsTaken)
            {
                Enqueue(waiter = new Waiter(this));
            }
            else
            {
                Take();
            }
        }

        Refuse(ended, Refusal.Disposed);
        if (waiter is null)
        {
            return true;
        }

        try
        {
            return await waiter.Wait(cancellationToken).Ticket.ConfigureAwait(false) != 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    internal ValueTask<SendResult> TrySendCoreAsync<TState>(
        TState state, Func<TState, CancellationToken, ValueTask<SendResult>> send, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return SendFailure.Cancelled(cancellationToken);
        }

        var refusal = Arrive(out var ticket, out var waiter);
        if (refusal != Refusal.None)
        {
            return new ValueTask<SendResult>(NotOpen(refusal));
        }

        if (waiter is not null)
        {
            return TrySendAsync(waiter, state, send, cancellationToken);
        }

        ValueTask<SendResult> pending;
        try
        {
            pending = send(state, cancellationToken);
        }
        catch
        {
            Leave(ticket);
            throw;
        }

        if (!pending.IsCompletedSuccessfully)
        {
            return FinishAsync(ticket, pending);
        }

        var result = pending.Result;
        Leave(ticket, result);
        return new ValueTask<SendResult>(result);
    }

    /// <summary>Gives back the turn; a number that is not the holder's is an old turn disposed again.</summary>
    private void Leave(long ticket)
    {
        if (TryLeaveFree(ticket))
        {
            return;
        }

        Waiter? next = null;
        lock (_sync)
        {
            Freeze();
            if (IsHolder(ticket))
            {
                next = Dequeue();
                if (next is null)
                {
                    Free();
                }
                else
                {
                    ticket = Take();
                }
            }

            Thaw();
        }

        // Its continuation runs elsewhere: whoever leaves must not do the next one's sending.
        next?.Grant(ticket);
    }

    private void Leave(long ticket, SendResult result)
    {
        if (result is { Outcome: SendOutcome.Unknown, Exception: OperationCanceledException or TimeoutException })
        {
            Fault(result.Exception);
        }

        Leave(ticket);
    }

    /// <summary>A free gate, a place in the queue, or a refusal.</summary>
    private Refusal Arrive(out long ticket, out Waiter? waiter, bool blocks = false)
    {
        waiter = null;
        if (TryTakeFree(out ticket))
        {
            return Refusal.None;
        }

        Waiter? refused = null;
        var refusal = Refusal.None;
        lock (_sync)
        {
            Freeze();
            if (_disposed || _fault is not null)
            {
                refusal = _disposed ? Refusal.Disposed : Refusal.Faulted;
            }
            else if (!IsTaken)
            {
                // Nobody waits at a free gate: the turn is handed over while the gate stays taken.
                ticket = Take();
                Thaw();
                return Refusal.None;
            }
            else if (_waiting < _maxWaiters)
            {
                Enqueue(waiter = new Waiter(this, blocks));
                return Refusal.None;
            }
            else if (_whenFull == SendGateFullMode.RefuseOldest && (refused = Dequeue()) is not null)
            {
                Enqueue(waiter = new Waiter(this, blocks));
            }
            else
            {
                refusal = Refusal.Full;
                Thaw();
            }
        }

        LifecycleMetrics.GateRefused(_name, ReasonOf(refused is null ? refusal : Refusal.Full));
        refused?.Refuse(Refusal.Full);
        return refusal;
    }

    /// <summary>Nothing where nobody measures: asking for the time costs more than the rest of a short wait.</summary>
    private long StartOfWait() => LifecycleMetrics.MeasuresGateWaits ? _time.GetTimestamp() : 0;

    private void EndOfWait(long start)
    {
        if (LifecycleMetrics.MeasuresGateWaits && start != 0)
        {
            LifecycleMetrics.GateWaited(_name, _time.Since(start));
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<SendResult> TrySendAsync<TState>(
        Waiter waiter, TState state, Func<TState, CancellationToken, ValueTask<SendResult>> send, CancellationToken cancellationToken)
    {
        var ticket = await waiter.Wait(cancellationToken).Ticket.ConfigureAwait(false);
        if (waiter.Refusal != Refusal.None)
        {
            return NotOpen(waiter.Refusal);
        }

        SendResult result;
        try
        {
            // The turn may have come at the very moment of the cancellation; still nothing has been tried.
            cancellationToken.ThrowIfCancellationRequested();
            result = await send(state, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Leave(ticket);
            throw;
        }

        Leave(ticket, result);
        return result;
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<SendResult> FinishAsync(long ticket, ValueTask<SendResult> pending)
    {
        SendResult result;
        try
        {
            result = await pending.ConfigureAwait(false);
        }
        catch
        {
            Leave(ticket);
            throw;
        }

        Leave(ticket, result);
        return result;
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResult> ExchangeCoreAsync<TState, TResult>(
        TState state, Func<TState, CancellationToken, ValueTask<TResult>> exchange, CancellationToken cancellationToken)
    {
        using var turn = await EnterAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await exchange(state, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Closes(e))
        {
            // Before the turn goes on, so that nobody can get it in between.
            Fault(e);
            throw;
        }
    }

    private static ValueTask<SendResult> Invoke<TState>(TState state, Func<TState, CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        ValueTask pending;
        try
        {
            pending = send(state, cancellationToken);
        }
        catch (Exception e) when (SendFailure.IsAnswer(e))
        {
            return new ValueTask<SendResult>(SendFailure.Failed(null, e));
        }

        return SendFailure.Complete(pending, null);
    }

    private bool Closes(Exception exception)
    {
        if (exception is OperationCanceledException or TimeoutException)
        {
            return true;
        }

        try
        {
            return exception is not NotSentException && _keepsOpen?.Invoke(exception) != true;
        }
        catch (Exception e)
        {
            Log.GatePredicateFailed(_logger, _name, e);
            return true;
        }
    }

    /// <summary>Called by the holder of the turn, before it leaves.</summary>
    private void Fault(Exception cause)
    {
        List<Waiter>? ended;
        lock (_sync)
        {
            if (_disposed || _fault is not null)
            {
                return;
            }

            Freeze();
            _fault = cause;
            ended = DequeueAll();
        }

        Log.GateFaulted(_logger, _name, ended?.Count ?? 0, cause);
        Refuse(ended, Refusal.Faulted);
        try
        {
            _onFault?.Invoke(cause);
        }
        catch (Exception e)
        {
            Log.GateCallbackFailed(_logger, _name, e);
        }
    }

    private void Refuse(List<Waiter>? ended, Refusal refusal)
    {
        if (ended is not null)
        {
            foreach (var waiter in ended)
            {
                LifecycleMetrics.GateRefused(_name, ReasonOf(refusal));
                waiter.Refuse(refusal);
            }
        }
    }

    private SendResult NotOpen(Refusal refusal) => SendFailure.NotOpen(null, refusal == Refusal.Disposed ? null : Because(refusal));

    /// <summary>An exception of its own for each that is refused; they are thrown on different threads.</summary>
    private Exception Because(Refusal refusal) => refusal switch
    {
        Refusal.Disposed => new ObjectDisposedException(_name),
        Refusal.Full => new NotSentException($"{_name}: {_maxWaiters} senders are waiting already."),
        _ => new NotSentException($"{_name}: an earlier exchange failed in its middle; the connection is not to be used any more.", Volatile.Read(ref _fault)),
    };

    private static string ReasonOf(Refusal refusal) => refusal switch
    {
        Refusal.Disposed => "disposed",
        Refusal.Full => "full",
        _ => "faulted",
    };
}
