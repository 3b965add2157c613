using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Keeps one session (a connection, a channel, a client) per key, and hands out only sessions that are usable now.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>A session is created once, however many ask for it at the same time; all of them get that one or its failure.</item>
/// <item>A creation that failed, was cancelled or took too long is not kept: the next one to ask has the factory called again.</item>
/// <item>Who cancels its wait leaves the others waiting. The factory's token is cancelled when nobody waits any more.</item>
/// <item>A session is checked at every use (<see cref="SessionCacheOptions{TSession}.IsUsable"/>). One that is not usable leaves the
/// cache, and only then is ended, so that no callback of it can find it there again. Each session is ended once, by the cache.</item>
/// <item><c>RunAsync</c> repeats work on a fresh session only where provably nothing was written, and a bounded number of times.</item>
/// </list>
/// <para>The factory runs on the thread pool, without the caller's execution context: the session belongs to no single request. It must not
/// ask the same cache for the same key. A session that somebody else is using is ended all the same when it is invalidated: whoever waits
/// on a dead connection is released by that. The end of a session begins on the thread that removes it.</para>
/// <para>All members are thread-safe. Getting a session that is there allocates nothing.</para>
/// </remarks>
/// <typeparam name="TKey">The type of the keys; usually an endpoint or a name. It appears in the log.</typeparam>
/// <typeparam name="TSession">The type of the sessions.</typeparam>
public sealed class SessionCache<TKey, TSession> : IDisposable, IAsyncDisposable
    where TKey : notnull
    where TSession : class
{
    // A session that was usable when it was created, and no longer when its creation was awaited, is asked for again this often.
    private const int MostRounds = 3;

    private readonly object _gate = new();
    private readonly ConcurrentDictionary<TKey, SessionEntry<TKey, TSession>> _entries;
    private readonly HashSet<Task> _ending = [];
    private readonly Func<TKey, CancellationToken, ValueTask<TSession>> _create;
    private readonly SessionPolicy<TSession> _policy;
    private TaskCompletionSource<bool>? _disposal;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="create">
    /// The factory: opens a session for a key. The token is cancelled when nobody waits for the session any more, when it takes too long, or
    /// when the cache is disposed; a session that it returns after that is ended at once.
    /// </param>
    /// <param name="options">How sessions are treated; the defaults if not given.</param>
    /// <param name="comparer">Compares keys; the key type's own comparison if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="create"/> or the options' time provider is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options have a negative number of repetitions or a time limit that is none.</exception>
    public SessionCache(
        Func<TKey, CancellationToken, ValueTask<TSession>> create,
        SessionCacheOptions<TSession>? options = null,
        IEqualityComparer<TKey>? comparer = null)
    {
        Check.NotNull(create);
        _create = create;
        _policy = new SessionPolicy<TSession>(options);
        _entries = new ConcurrentDictionary<TKey, SessionEntry<TKey, TSession>>(comparer ?? EqualityComparer<TKey>.Default);
    }

    /// <summary>Gets the session of a key; creates it if there is none that is usable.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends this wait; others that wait for the same session are not affected.</param>
    /// <returns>A session that was usable a moment ago. It stays the cache's: do not dispose it, invalidate it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="TimeoutException">The creation took too long.</exception>
    /// <exception cref="NotSentException">The created session was not usable.</exception>
    /// <remarks>An exception of the factory reaches all that wait for that creation.</remarks>
    public ValueTask<TSession> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return new ValueTask<TSession>(Task.FromCanceled<TSession>(cancellationToken));
        }

        return TryGet(key, out var session) ? new ValueTask<TSession>(session) : GetSlowAsync(key, cancellationToken);
    }

    /// <summary>Gets the session of a key if there is one and it is usable; creates nothing and does not wait.</summary>
    /// <param name="key">The key.</param>
    /// <param name="session">The session. It stays the cache's: do not dispose it, invalidate it.</param>
    /// <returns>Whether there is a usable session; <see langword="false"/> also if the cache is disposed.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is <see langword="null"/>.</exception>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TSession? session)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Session is { } ready)
        {
            if (_policy.IsUsable(key, ready))
            {
                session = ready;
                return true;
            }

            Remove(entry, "unusable", null);
        }

        session = null;
        return false;
    }

    /// <summary>Removes a session that failed from the cache, then ends it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="session">The session that failed. If the key's session is already another one, nothing happens.</param>
    /// <returns>Whether this call removed it. If not, somebody else did, and the session has been or is being ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="session"/> is <see langword="null"/>.</exception>
    /// <remarks>May be called from the session's own callbacks, and as often as one likes. A failure of its end is logged, not thrown.</remarks>
    public bool Invalidate(TKey key, TSession session)
    {
        Check.NotNull(session);
        return Remove(key, session, "invalidated", null);
    }

    /// <summary>Does work on the session of a key, and repeats it on a fresh one where provably nothing was written.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="work">
    /// The work: one exchange. Its <see cref="SendResult"/>, if that is what it returns, counts like an exception: not open is repeated,
    /// unknown is not.
    /// </param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    /// <remarks>
    /// Work is repeated if <see cref="SessionCacheOptions{TSession}.IsSafeToReplay"/> says that its failure proves that nothing was
    /// written, at most <see cref="SessionCacheOptions{TSession}.MaxReplays"/> times; the last failure comes out. A session whose work
    /// failed is ended unless <see cref="SessionCacheOptions{TSession}.KeepsSession"/> says otherwise; after a cancellation or timeout
    /// always. A factory that fails is not asked again within one call.
    /// </remarks>
    public ValueTask<TResult> RunAsync<TResult>(
        TKey key, Func<TSession, CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken = default)
    {
        Check.NotNull(work);
        return RunAsync(key, work, static (session, work, token) => work(session, token), cancellationToken);
    }

    /// <summary>Does work without a result; otherwise like <see cref="RunAsync{TResult}(TKey, Func{TSession, CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="work">The work: one exchange.</param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>A task that completes with the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    public async ValueTask RunAsync(TKey key, Func<TSession, CancellationToken, ValueTask> work, CancellationToken cancellationToken = default)
    {
        Check.NotNull(work);
        await RunAsync(
            key,
            work,
            static async (session, work, token) =>
            {
                await work(session, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Does work that gets a state, so that it need not capture anything; otherwise like
    /// <see cref="RunAsync{TResult}(TKey, Func{TSession, CancellationToken, ValueTask{TResult}}, CancellationToken)"/>.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="state">Passed to the work.</param>
    /// <param name="work">The work: one exchange.</param>
    /// <param name="cancellationToken">Cancels waiting and work.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> or <paramref name="work"/> is <see langword="null"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. If the work had begun, the session is ended.</exception>
    public ValueTask<TResult> RunAsync<TState, TResult>(
        TKey key, TState state, Func<TSession, TState, CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken = default)
    {
        Check.NotNull(work);
        return RunCoreAsync(key, state, work, cancellationToken);
    }

    /// <summary>Does as <see cref="DisposeAsync()"/> does, but does not wait for it: for owners that cannot, such as a container that is disposed synchronously.</summary>
    public void Dispose() => DisposeAsync().Observe(static _ => { });

    /// <summary>Removes and ends all sessions; creations under way are cancelled, and who waits for them gets an <see cref="ObjectDisposedException"/>.</summary>
    /// <returns>A task that completes when all sessions have ended. Failures of their ends are logged, not thrown.</returns>
    /// <remarks>
    /// May be called more than once; each call waits for the same end, so not from the end of a session. A factory that ignores its token is not waited for; the session
    /// that it may still return is ended then.
    /// </remarks>
    public ValueTask DisposeAsync()
    {
        SessionEntry<TKey, TSession>[] entries;
        lock (_gate)
        {
            if (_disposal is not null)
            {
                return new ValueTask(_disposal.Task);
            }

            _disposal = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            entries = _entries.Values.ToArray();
            _entries.Clear();
            foreach (var entry in entries)
            {
                entry.IsSettled = true;
            }
        }

        return new ValueTask(DisposeAsync(entries, _disposal));
    }

    private async Task DisposeAsync(SessionEntry<TKey, TSession>[] entries, TaskCompletionSource<bool> done)
    {
        foreach (var entry in entries)
        {
            if (entry.Session is { } session)
            {
                End(entry.Key, session, "disposed", null);
            }
            else
            {
                Refuse(entry, Disposed());
                CancelCreation(entry);
            }
        }

        Task[] ending;
        lock (_gate)
        {
            ending = [.. _ending];
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
        done.SetResult(true);
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<TResult> RunCoreAsync<TState, TResult>(
        TKey key, TState state, Func<TSession, TState, CancellationToken, ValueTask<TResult>> work, CancellationToken cancellationToken)
    {
        for (var replays = 0; ; replays++)
        {
            var session = await GetAsync(key, cancellationToken).ConfigureAwait(false);
            var mayReplay = replays < _policy.MaxReplays;
            Exception? cause;
            try
            {
                var result = await work(session, state, cancellationToken).ConfigureAwait(false);
                if (!IsUnsent(result, out var answer))
                {
                    return result;
                }

                cause = answer.Exception;
                Remove(key, session, "failed", cause);
                if (!mayReplay || !answer.ProvablyNotSent || cancellationToken.IsCancellationRequested)
                {
                    return result;
                }
            }
            catch (Exception e)
            {
                mayReplay = mayReplay && !cancellationToken.IsCancellationRequested && _policy.MayReplay(key, e);
                if (mayReplay || !_policy.KeepsSession(key, e))
                {
                    Remove(key, session, "failed", e);
                }

                if (!mayReplay)
                {
                    throw;
                }

                cause = e;
            }

            LifecycleMetrics.Replayed(_policy.Name, cause);
            Log.Replaying(_policy.Logger, _policy.Name, key, replays + 1, _policy.MaxReplays, cause);
        }
    }

    /// <summary>Asks the type before the value, so that a result of any other type is not boxed.</summary>
    private static bool IsUnsent<TResult>(TResult result, out SendResult answer)
    {
        answer = typeof(TResult) == typeof(SendResult) ? (SendResult)(object)result! : SendResult.Sent;
        return !answer.IsSent;
    }

    private async ValueTask<TSession> GetSlowAsync(TKey key, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var entry = Join(key);
            var session = entry.Session ?? await WaitAsync(entry, cancellationToken).ConfigureAwait(false);
            if (_policy.IsUsable(key, session))
            {
                return session;
            }

            Remove(entry, "unusable", null);
            if (round == MostRounds)
            {
                throw new NotSentException("Every session that was created ended before it could be used.");
            }
        }
    }

    /// <summary>The entry of a key, which the caller then waits for; starts the creation if there is none.</summary>
    private SessionEntry<TKey, TSession> Join(TKey key)
    {
        if (JoinOrAdd(key, null) is { } present)
        {
            return present;
        }

        // Made outside of the lock, because it calls a time provider that may be anybody's.
        var made = new SessionEntry<TKey, TSession>(key, _policy.Time.NewTimer(_policy.CreationTimeout));
        SessionEntry<TKey, TSession>? joined = null;
        try
        {
            joined = JoinOrAdd(key, made);
            return joined!;
        }
        finally
        {
            if (ReferenceEquals(joined, made))
            {
                Start(made);
            }
            else
            {
                made.Timer.Dispose();
            }
        }
    }

    private SessionEntry<TKey, TSession>? JoinOrAdd(TKey key, SessionEntry<TKey, TSession>? made)
    {
        lock (_gate)
        {
            if (_disposal is not null)
            {
                throw Disposed();
            }

            if (!_entries.TryGetValue(key, out var entry) && made is not null)
            {
                entry = _entries[key] = made;
            }

            if (entry is not null)
            {
                entry.Waiters++;
            }

            return entry;
        }
    }

    private void Start(SessionEntry<TKey, TSession> entry)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            Task.Run(() => CreateAsync(entry));
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            Task.Run(() => CreateAsync(entry));
        }
    }

    /// <summary>Calls the factory and decides what comes of it. Never throws.</summary>
    private async Task CreateAsync(SessionEntry<TKey, TSession> entry)
    {
        var start = _policy.Time.GetTimestamp();
        TSession? session = null;
        Exception? failure = null;
        var expiry = entry.Timer.Token.Register(
            static s =>
            {
                var (cache, late) = ((SessionCache<TKey, TSession>, SessionEntry<TKey, TSession>))s!;
                cache.Fail(late, cache.TooLate(null));
            },
            (this, entry));
        try
        {
            session = await _create(entry.Key, entry.Timer.Token).ConfigureAwait(false);
            failure = session is null ? new InvalidOperationException("The session factory returned null.")
                : !_policy.IsUsable(entry.Key, session) ? new NotSentException("The session factory returned a session that is not usable.")
                : null;
        }
        catch (OperationCanceledException e) when (entry.Timer.IsCancellationRequested)
        {
            failure = TooLate(e);
        }
        catch (Exception e)
        {
            failure = e;
        }

        var duration = _policy.Time.Since(start);
        var kept = failure is null ? Keep(entry, session!) : Fail(entry, failure);
        if (session is not null && (failure is not null || !kept))
        {
            End(entry.Key, session, failure is null ? "late" : "unusable", failure);
        }

        expiry.Dispose();
        entry.Timer.Dispose();
        LifecycleMetrics.SessionCreated(duration, _policy.Name, failure);
    }

    private bool Keep(SessionEntry<TKey, TSession> entry, TSession session)
    {
        lock (_gate)
        {
            if (entry.IsSettled)
            {
                return false;
            }

            entry.IsSettled = true;
            entry.Session = session;
        }

        Log.SessionCreated(_policy.Logger, _policy.Name, entry.Key);
        entry.Creation.TrySetResult(session);
        return true;
    }

    private bool Fail(SessionEntry<TKey, TSession> entry, Exception failure)
    {
        lock (_gate)
        {
            if (entry.IsSettled)
            {
                return false;
            }

            entry.IsSettled = true;
            Forget(entry);
        }

        Log.SessionCreationFailed(_policy.Logger, _policy.Name, entry.Key, failure);
        Refuse(entry, failure);
        return true;
    }

    private static void Refuse(SessionEntry<TKey, TSession> entry, Exception failure)
    {
        entry.Creation.TrySetException(failure);

        // Seen here, in case that everybody has stopped waiting.
        _ = entry.Creation.Task.Exception;
    }

    private async ValueTask<TSession> WaitAsync(SessionEntry<TKey, TSession> entry, CancellationToken cancellationToken)
    {
        try
        {
            return await entry.Creation.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Leave(entry);
            throw;
        }
    }

    private void Leave(SessionEntry<TKey, TSession> entry)
    {
        lock (_gate)
        {
            entry.Waiters--;
            if (entry.Waiters > 0 || entry.IsSettled)
            {
                return;
            }

            entry.IsSettled = true;
            Forget(entry);
        }

        entry.Creation.TrySetCanceled();
        CancelCreation(entry);
    }

    /// <summary>On another thread, because the factory's callbacks run there, and may throw.</summary>
    private void CancelCreation(SessionEntry<TKey, TSession> entry) =>
        Task.Run(entry.Cancel).Observe(e => Log.SessionCreationFailed(_policy.Logger, _policy.Name, entry.Key, e));

    private bool Remove(TKey key, TSession session, string reason, Exception? cause) =>
        _entries.TryGetValue(key, out var entry) && ReferenceEquals(entry.Session, session) && Remove(entry, reason, cause);

    /// <summary>First out of the cache, then ended; who takes it out is the one that ends it.</summary>
    private bool Remove(SessionEntry<TKey, TSession> entry, string reason, Exception? cause)
    {
        lock (_gate)
        {
            if (!Forget(entry))
            {
                return false;
            }
        }

        End(entry.Key, entry.Session!, reason, cause);
        return true;
    }

    private bool Forget(SessionEntry<TKey, TSession> entry) =>
        _entries.TryGetValue(entry.Key, out var current) && ReferenceEquals(current, entry) && _entries.TryRemove(entry.Key, out _);

    private void End(TKey key, TSession session, string reason, Exception? cause)
    {
        var ending = _policy.EndAsync(key, session, reason, cause);
        if (ending.IsCompleted)
        {
            return;
        }

        lock (_gate)
        {
            _ending.Add(ending);
        }

        ending.ContinueWith(
            static (ended, s) =>
            {
                var cache = (SessionCache<TKey, TSession>)s!;
                lock (cache._gate)
                {
                    cache._ending.Remove(ended);
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private TimeoutException TooLate(Exception? cause) =>
        new($"{_policy.Name}: the session was not created within {_policy.CreationTimeout.TotalSeconds:0.###} s.", cause);

    private ObjectDisposedException Disposed() => new(_policy.Name);
}
