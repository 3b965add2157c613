// Stores of connecting tasks in the variety that people invent.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.TaskStores;

public sealed class Connector(IWireSessionFactory factory, ILogger<Connector> log)
{
    private readonly object _sync = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<IWireSession>> _pending = new();
    private readonly ConcurrentDictionary<string, Lazy<IWireSession>> _lazies = new();
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _tasks = new();
    private Task<IWireSession>? _one;
    private Task<IWireSession>? _two;
    private Lazy<Task<IWireSession>> _resettable;

    public Connector(IWireSessionFactory factory, ILogger<Connector> log, string main)
        : this(factory, log)
    {
        _resettable = Fresh();
        Main = main;
    }

    public string Main { get; } = "main";

    public Task<IWireSession> OneAsync(CancellationToken ct)
    {
        lock (_sync)
        {
            if (_one == null) _one = factory.OpenAsync(Main, ct); //! LCA3002
            return _one;
        }
    }

    // ok LCA3002: completed without success means anew
    public Task<IWireSession> TwoAsync(CancellationToken ct)
    {
        lock (_sync)
        {
            if (_two is not { Status: not (TaskStatus.Faulted or TaskStatus.Canceled) }) _two = factory.OpenAsync(Main, ct);
            return _two;
        }
    }

    public IWireSession OfLazy(string name) => _lazies.GetOrAdd(name, n => new Lazy<IWireSession>(() => factory.Open(n))).Value; //! LCA3002

    // ok LCA3002: the catch takes the lazy out
    public IWireSession OfLazyEvicted(string name)
    {
        var lazy = _lazies.GetOrAdd(name, n => new Lazy<IWireSession>(() => factory.Open(n)));
        try
        {
            return lazy.Value;
        }
        catch
        {
            ((ICollection<KeyValuePair<string, Lazy<IWireSession>>>)_lazies).Remove(new(name, lazy));
            throw;
        }
    }

    private Lazy<Task<IWireSession>> Fresh() => new(() => factory.OpenAsync(Main, new CancellationTokenSource(5000).Token)); // ok LCA3002: replaced when it failed

    public async Task<IWireSession> ResettableAsync()
    {
        var current = _resettable;
        try
        {
            return await current.Value;
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "reset");
            Interlocked.CompareExchange(ref _resettable, Fresh(), current);
            throw;
        }
    }

    // A failure is told to the waiting ones, and stays in the map for the later ones.
    public async Task<IWireSession> PendingAsync(string name, CancellationToken ct)
    {
        var mine = new TaskCompletionSource<IWireSession>(TaskCreationOptions.RunContinuationsAsynchronously);
        var kept = _pending.GetOrAdd(name, mine); //? LCA3002
        if (kept != mine) return await kept.Task;
        try
        {
            mine.SetResult(await factory.OpenAsync(name, ct));
        }
        catch (Exception ex)
        {
            mine.SetException(ex);
        }

        return await mine.Task;
    }

    public Task<IWireSession> UpdatedAsync(string name, CancellationToken ct) =>
        _tasks.AddOrUpdate(name, n => factory.OpenAsync(n, ct), (n, old) => old.IsCompletedSuccessfully || !old.IsCompleted ? old : factory.OpenAsync(n, ct)); // ok LCA3002: the update replaces what failed

    public async Task<IWireSession> TimedAsync(string name, CancellationToken ct)
    {
        if (_tasks.TryGetValue(name, out var kept)) return await kept;
        var task = factory.OpenAsync(name, ct);
        _tasks.TryAdd(name, task); //! LCA3002
        return await task;
    }
}

public sealed class FeedStore(Uri uri)
{
    private static readonly Task<ClientWebSocket> s_feed = StartAsync(new Uri("wss://feed.example/"), CancellationToken.None); //! LCA3002
    private readonly Dictionary<int, ClientWebSocket> _open = [];

    public static Task<ClientWebSocket> Feed => s_feed;

    private static async Task<ClientWebSocket> StartAsync(Uri uri, CancellationToken ct)
    {
        var ws = new ClientWebSocket();
        try
        {
            await ws.ConnectAsync(uri, ct); //? LCA1008
            return ws;
        }
        catch
        {
            ws.Dispose();
            throw;
        }
    }

    // ok LCA3002: what is stored is an open socket
    public async Task<ClientWebSocket> OfAsync(int shard, CancellationToken ct)
    {
        if (_open.TryGetValue(shard, out var ws) && ws.State == WebSocketState.Open) return ws;
        return _open[shard] = await StartAsync(uri, ct);
    }

    // The catch around the use logs and leaves the socket where it is.
    public async Task TellAsync(int shard, byte[] frame, ILogger log, CancellationToken ct)
    {
        if (!_open.TryGetValue(shard, out var ws)) _open[shard] = ws = await StartAsync(uri, ct); //! LCA3002
        try
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct); //? LCA3001
        }
        catch (WebSocketException ex)
        {
            log.LogWarning(ex, "shard {Shard}", shard);
        }
    }

    // ok LCA3002: thrown out by the catch
    public async Task TellEvictingAsync(int shard, byte[] frame, ILogger log, CancellationToken ct)
    {
        if (!_open.TryGetValue(shard, out var ws)) _open[shard] = ws = await StartAsync(uri, ct);
        try
        {
            await ws.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        }
        catch (WebSocketException ex)
        {
            log.LogWarning(ex, "shard {Shard}", shard);
            if (_open.Remove(shard, out var broken)) broken.Dispose();
        }
    }
}

public sealed class Settings
{
    private readonly ConcurrentDictionary<string, Task<string>> _texts = new();
    private Task<byte[]>? _logo;

    // ok LCA3002: texts from files, no connections
    public Task<string> TextAsync(string name) => _texts.GetOrAdd(name, static n => File.ReadAllTextAsync(n));

    public Task<byte[]> LogoAsync() => _logo ??= File.ReadAllBytesAsync("logo.png");
}
