using System.Diagnostics.CodeAnalysis;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Keeps one session (a connection, a channel, a client), and hands it out only while it is usable: a <see cref="SessionCache{TKey, TSession}"/> without keys.</summary>
/// <remarks>
/// For the field that is filled at the first use. Everything that <see cref="SessionCache{TKey, TSession}"/> promises holds here: one
/// creation at a time, no failure kept, a check at every use, out of the slot before it is ended, repetition only of what was provably not
/// written. All members are thread-safe. Getting a session that is there allocates nothing.
/// </remarks>
/// <typeparam name="TSession">The type of the session.</typeparam>
public sealed class SessionSlot<TSession> : IDisposable, IAsyncDisposable
    where TSession : class
{
    private readonly SessionCache<SlotKey, TSession> _cache;

    /// <summary>Creates an empty slot.</summary>
    /// <param name="create">
    /// The factory: opens a session. The token is cancelled when nobody waits for the session any more, when it takes too long, or when the
    /// slot is disposed; a session that it returns after that is ended at once.
    /// </param>
    /// <param name="options">How the session is treated; the defaults if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options have a negative number of repetitions or a time limit that is none.</exception>
    public SessionSlot(Func<CancellationToken, ValueTask<TSession>> create, SessionCacheOptions<TSession>? options = null)
    {
        Check.NotNull(create);
        _cache = new SessionCache<SlotKey, TSession>((_, cancellationToken) => create(cancellationToken), options);
    }

    /// <summary>Gets the session; creates it if there is none that is usable.</summary>
    /// <param name="cancellationToken">Ends this wait; others that wait for the session are not affected.</param>
    /// <returns>A session that was usable a moment ago. It stays the slot's: do not dispose it, invalidate it.</returns>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TimeoutException">The creation took too long.</exception>
    /// <exception cref="NotSentException">The created session was not usable.</exception>
    /// <remarks>An exception of the factory reaches all that wait for that creation.</remarks>
    public ValueTask<TSession> GetAsync(CancellationToken cancellationToken = default) => _cache.GetAsync(default, cancellationToken);

    /// <summary>Gets the session if there is one and it is usable; creates nothing and does not wait.</summary>
    /// <param name="session">The session. It stays the slot's: do not dispose it, invalidate it.</param>
    /// <returns>Whether there is a usable session; <see langword="false"/> also if the slot is disposed.</returns>
    public bool TryGet([NotNullWhen(true)] out TSession? session) => _cache.TryGet(default, out session);

    /// <summary>Removes a session that failed from the slot, then ends it.</summary>
    /// <param name="session">The session that failed. If the slot's session is already another one, nothing happens.</param>
    /// <returns>Whether this call removed it. If not, somebody else did, and the session has been or is being ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="session"/> is <see langword="null"/>.</exception>
    /// <remarks>May be called from the session's own callbacks, and as often as one likes. A failure of its end is logged, not thrown.</remarks>
    public bool Invalidate(TSession session) => _cache.Invalidate(default, session);

    /// <summary>Does work on the session, and repeats it on a fresh one where provably nothing was written.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="work">
    /// The work: one exchange. Its <see cref="SendResult"/>, if that is what it returns, counts like an exception: not open is repeated,
    /// unknown is not.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    /// <remarks>See <see cref="SessionCache{TKey, TSession}.RunAsync{TResult}(TKey, Func{TSession, CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.</remarks>
    public ValueTask<TResult> RunAsync<TResult>(Func<TSession, CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken = default) =>
        _cache.RunAsync(default, work, cancellationToken);

    /// <summary>Does work without a result; otherwise like <see cref="RunAsync{TResult}(Func{TSession, CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.</summary>
    /// <param name="work">The work: one exchange.</param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>A task that completes with the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    public ValueTask RunAsync(Func<TSession, CancellationToken, ValueTask> work, CancellationToken cancellationToken = default) =>
        _cache.RunAsync(default, work, cancellationToken);

    /// <summary>
    /// Does work that gets a state, so that it need not capture anything; otherwise like
    /// <see cref="RunAsync{TResult}(Func{TSession, CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="state">Passed to the work.</param>
    /// <param name="work">The work: one exchange.</param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The slot is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    public ValueTask<TResult> RunAsync<TState, TResult>(
        TState state, Func<TSession, TState, CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken = default) =>
        _cache.RunAsync(default, state, work, cancellationToken);

    /// <summary>Does as <see cref="DisposeAsync()"/> does, but does not wait for it: for owners that cannot, such as a container that is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().Observe(static _ => { });

    /// <summary>Removes and ends the session; a creation under way is cancelled, and who waits for it gets an <see cref="ObjectDisposedException"/>.</summary>
    /// <returns>A task that completes when the session has ended. A failure of its end is logged, not thrown.</returns>
    /// <remarks>
    /// May be called more than once; each call waits for the same end. A factory that ignores its token is not waited for; the session
    /// that it may still return is ended then.
    /// </remarks>
    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    /// <summary>The only key; its text is what the log shows.</summary>
    internal readonly struct SlotKey : IEquatable<SlotKey>
    {
        public bool Equals(SlotKey other) => true;

        public override bool Equals(object? obj) => obj is SlotKey;

        public override int GetHashCode() => 0;

        public override string ToString() => "the slot";
    }
}
