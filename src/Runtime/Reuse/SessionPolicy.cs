using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LifecycleAnalyzers.Runtime;

/// <summary>The options of a cache as they were when it was constructed, with the defaults filled in.</summary>
internal sealed class SessionPolicy<TSession>
    where TSession : class
{
    private readonly Func<TSession, bool> _isUsable;
    private readonly Func<TSession, ValueTask> _end;
    private readonly Func<Exception, bool>? _keepsSession;
    private readonly Func<Exception, bool> _isSafeToReplay;

    public SessionPolicy(SessionCacheOptions<TSession>? options)
    {
        options ??= new SessionCacheOptions<TSession>();
        Check.TimeLimit(options.CreationTimeout, nameof(options.CreationTimeout));
        if (options.MaxReplays < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options.MaxReplays), options.MaxReplays, "Work is repeated 0 times or more.");
        }

        _isUsable = options.IsUsable ?? Usability.LooksUsable;
        _end = options.End ?? Disposal.DisposeAsync;
        _keepsSession = options.KeepsSession;
        _isSafeToReplay = options.IsSafeToReplay ?? Replay.IsSafe;
        MaxReplays = options.MaxReplays;
        CreationTimeout = options.CreationTimeout;
        Time = options.TimeProvider ?? throw new ArgumentNullException(nameof(options.TimeProvider));
        Logger = options.Logger is null ? NullLogger.Instance : new QuietLogger(options.Logger);
        Name = options.Name ?? typeof(TSession).Name;
    }

    public int MaxReplays { get; }

    public TimeSpan CreationTimeout { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public string Name { get; }

    /// <summary>Generic in the key, which is boxed only where there is something to log.</summary>
    public bool IsUsable<TKey>(TKey key, TSession session)
    {
        try
        {
            return _isUsable(session);
        }
        catch (Exception e)
        {
            Log.SessionCheckFailed(Logger, Name, key, e);
            return false;
        }
    }

    /// <summary>Whether a session may stay after its work failed; a cancellation or timeout in the middle never leaves it.</summary>
    public bool KeepsSession<TKey>(TKey key, Exception exception) =>
        exception is not (OperationCanceledException or TimeoutException) && Says(_keepsSession, key, exception);

    /// <summary>Whether the failure proves that nothing was written; a cancellation never does.</summary>
    public bool MayReplay<TKey>(TKey key, Exception exception) =>
        exception is not OperationCanceledException && Says(_isSafeToReplay, key, exception);

    /// <summary>Ends a session that has left the cache. Never throws: a failure is logged and counted.</summary>
    public async Task EndAsync(object? key, TSession session, string reason, Exception? cause)
    {
        try
        {
            Log.SessionEnded(Logger, Name, key, reason, cause);
            LifecycleMetrics.SessionEnded(Name, reason);
            await _end(session).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LifecycleMetrics.DisposeFailed(Name, e);
            Log.SessionDisposeFailed(Logger, Name, key, e);
        }
    }

    /// <summary>A predicate that throws says no: it must not take the place of the failure that it was asked about.</summary>
    private bool Says<TKey>(Func<Exception, bool>? predicate, TKey key, Exception exception)
    {
        try
        {
            return predicate is not null && predicate(exception);
        }
        catch (Exception e)
        {
            Log.PredicateFailed(Logger, Name, key, e);
            return false;
        }
    }
}
