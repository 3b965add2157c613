// Lazy<T>, Lazy<Task<T>>, LazyInitializer, an AsyncLazy of one's own: each opens once and keeps for good.
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.LazyHolders;

/// <summary>A session to a quote server.</summary>
public interface IQuoteSession : IDisposable
{
    bool IsOpen { get; }
    Task SendAsync(string line, CancellationToken stop);
    Task<string> RequestAsync(string line, CancellationToken stop);
}

public interface IQuoteDialer
{
    IQuoteSession Open();
    Task<IQuoteSession> OpenAsync(CancellationToken stop);
}

public sealed class AsyncLazy<T>(Func<Task<T>> factory) : Lazy<Task<T>>(() => Task.Run(factory))
{
    public TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public sealed class EagerQuotes
{
    private readonly Lazy<IQuoteSession> _session;

    public EagerQuotes(IQuoteDialer dialer) => _session = new Lazy<IQuoteSession>(dialer.Open, LazyThreadSafetyMode.PublicationOnly);

    public Task<string> AskAsync(string symbol, CancellationToken stop) => _session.Value.RequestAsync("Q " + symbol, stop); //! LCA3001

    // ok LCA3001: the state decides
    public async Task<string?> AskIfOpenAsync(string symbol, CancellationToken stop)
    {
        var session = _session.Value;
        return session.IsOpen ? await session.RequestAsync("Q " + symbol, stop) : null;
    }
}

public sealed class TaskQuotes
{
    private readonly IQuoteDialer _dialer;
    private Lazy<Task<IQuoteSession>> _session;

    public TaskQuotes(IQuoteDialer dialer)
    {
        _dialer = dialer;
        _session = Fresh();
    }

    private Lazy<Task<IQuoteSession>> Fresh() => new(() => _dialer.OpenAsync(CancellationToken.None));

    public async Task<string> AskAsync(string symbol, CancellationToken stop)
    {
        var session = await _session.Value.WaitAsync(stop);
        return await session.RequestAsync("Q " + symbol, stop); //! LCA3001
    }

    // ok LCA3001: a closed session makes way for a fresh lazy
    public async Task<string> AskFreshAsync(string symbol, CancellationToken stop)
    {
        var session = await _session.Value.WaitAsync(stop);
        if (!session.IsOpen)
        {
            session.Dispose();
            _session = Fresh();
            session = await _session.Value.WaitAsync(stop);
        }

        return await session.RequestAsync("Q " + symbol, stop);
    }

    // ok LCA3001: the catch puts a fresh lazy in its place
    public async Task<string> AskOrReplaceAsync(string symbol, CancellationToken stop)
    {
        try
        {
            var session = await _session.Value.WaitAsync(stop);
            return await session.RequestAsync("Q " + symbol, stop);
        }
        catch (IOException)
        {
            _session = Fresh();
            throw;
        }
    }
}

public sealed class AwaitedQuotes(IQuoteDialer dialer, ILogger log)
{
    private readonly AsyncLazy<IQuoteSession> _session = new(() => dialer.OpenAsync(CancellationToken.None));

    public async Task TellAsync(string line, CancellationToken stop)
    {
        var session = await _session;
        log.LogDebug("telling {Line}", line);
        await session.SendAsync(line, stop); //! LCA3001
    }

    // ok LCA3001: closed means silent here
    public async Task TellIfOpenAsync(string line, CancellationToken stop)
    {
        var session = await _session;
        if (!session.IsOpen)
        {
            log.LogWarning("quotes closed, {Line} not told", line);
            return;
        }

        await session.SendAsync(line, stop);
    }
}

public sealed class InitialisedQuotes(IQuoteDialer dialer)
{
    private IQuoteSession? _session;
    private object? _sync;
    private bool _initialised;

    public Task TellAsync(string line, CancellationToken stop)
    {
        var session = LazyInitializer.EnsureInitialized(ref _session, dialer.Open);
        return session.SendAsync(line, stop); //! LCA3001
    }

    public Task TellLockedAsync(string line, CancellationToken stop) =>
        LazyInitializer.EnsureInitialized(ref _session, ref _initialised, ref _sync, dialer.Open).SendAsync(line, stop); //! LCA3001

    // ok LCA3001: initialised again when it is no longer open
    public Task TellValidatedAsync(string line, CancellationToken stop)
    {
        var session = LazyInitializer.EnsureInitialized(ref _session, dialer.Open);
        if (!session.IsOpen)
        {
            session.Dispose();
            _session = session = dialer.Open();
        }

        return session.SendAsync(line, stop);
    }
}

public sealed class LazyWire : IDisposable
{
    private readonly Lazy<TcpClient> _client = new(static () => new TcpClient("quotes.example.test", 7001), LazyThreadSafetyMode.PublicationOnly);

    public void Tell(ReadOnlySpan<byte> line)
    {
        var stream = _client.Value.GetStream();
        stream.Write(line); //! LCA3001
    }

    // ok LCA3001: only closes what was made
    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.Dispose();
    }
}

public sealed class LazyHttp
{
    private readonly Lazy<HttpClient> _http = new(static () => new HttpClient { Timeout = TimeSpan.FromSeconds(5) });

    // ok LCA3001: an HttpClient heals itself
    public Task<string> GetAsync(Uri uri, CancellationToken stop) => _http.Value.GetStringAsync(uri, stop);
}
