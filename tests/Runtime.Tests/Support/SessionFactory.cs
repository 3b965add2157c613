using System.Collections.Concurrent;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>Makes numbered sessions, as soon as the test lets it.</summary>
internal sealed class SessionFactory
{
    private int _calls;

    /// <summary>Gets or sets what happens before a session is made; gets the number of the call, from 1.</summary>
    public Func<int, CancellationToken, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    public int Calls => Volatile.Read(ref _calls);

    public ConcurrentQueue<Session> Made { get; } = [];

    public async ValueTask<Session> CreateAsync(string key, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        await Before(call, cancellationToken);
        var session = new Session(call);
        Made.Enqueue(session);
        return session;
    }

    public SessionCache<string, Session> Cache(Action<SessionCacheOptions<Session>>? configure = null)
    {
        var options = new SessionCacheOptions<Session> { IsUsable = static s => s.IsOpen };
        configure?.Invoke(options);
        return new SessionCache<string, Session>(CreateAsync, options);
    }
}
