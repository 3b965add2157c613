// Connections behind Lazy, AsyncLazy and cached tasks.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using StackExchange.Redis;

namespace Field.LazyLines;

/// <summary>The usual helper of ten lines.</summary>
public sealed class AsyncLazy<T> : Lazy<Task<T>>
{
    public AsyncLazy(Func<Task<T>> factory) : base(() => Task.Run(factory))
    {
    }

    public TaskAwaiter<T> GetAwaiter() => Value.GetAwaiter();
}

public interface ITickerChannel : IAsyncDisposable
{
    bool IsOpen { get; }
    Task PublishAsync(string symbol, decimal price, CancellationToken cancellationToken = default);
}

public delegate Task<ITickerChannel> TickerDialer(string venue, CancellationToken cancellationToken);

public static class Multiplexers
{
    private static readonly Lazy<ConnectionMultiplexer> Kept = new(() => ConnectionMultiplexer.Connect("cache:6379,abortConnect=true")); //! LCA3002

    private static readonly Lazy<ConnectionMultiplexer> TriedAgain =
        new(() => ConnectionMultiplexer.Connect("cache:6379"), LazyThreadSafetyMode.PublicationOnly); // ok LCA3002: an exception is not kept

    private static readonly Lazy<Task<ConnectionMultiplexer>> KeptTask =
        new(() => ConnectionMultiplexer.ConnectAsync("cache:6379"), LazyThreadSafetyMode.PublicationOnly); //! LCA3002

    public static async Task<string?> NameAsync() =>
        await Kept.Value.GetDatabase().StringGetAsync("name"); // ok LCA3001: the multiplexer connects again by itself

    public static IDatabase Second() => TriedAgain.Value.GetDatabase();

    public static async Task<IDatabase> ThirdAsync() => (await KeptTask.Value).GetDatabase();
}

public sealed class Ticker
{
    private readonly AsyncLazy<ITickerChannel> _channel;
    private readonly TickerDialer _dial;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ILogger<Ticker> _logger;
    private Task<ITickerChannel>? _task;
    private Task<ITickerChannel>? _renewed;
    private ITickerChannel? _open;

    public Ticker(TickerDialer dial, ILogger<Ticker> logger)
    {
        _dial = dial;
        _logger = logger;
        _channel = new AsyncLazy<ITickerChannel>(() => dial("main", CancellationToken.None)); //! LCA3002
    }

    public async Task TellAsync(string symbol, decimal price)
    {
        var channel = await _channel;
        if (channel.IsOpen) await channel.PublishAsync(symbol, price);
    }

    public async Task TellByTaskAsync(string symbol, decimal price, CancellationToken ct)
    {
        var channel = await (_task ??= _dial("main", CancellationToken.None)); //! LCA3002
        if (!channel.IsOpen) throw new InvalidOperationException("the ticker is closed");
        await channel.PublishAsync(symbol, price, ct);
    }

    public async Task TellByRenewedTaskAsync(string symbol, decimal price, CancellationToken ct)
    {
        if (_renewed is null || _renewed.IsFaulted || _renewed.IsCanceled)
            _renewed = _dial("main", CancellationToken.None); // ok LCA3002: a failed one is replaced
        var channel = await _renewed;
        if (channel.IsOpen) await channel.PublishAsync(symbol, price, ct);
    }

    /// <summary>Only the connection is kept, and no attempt.</summary>
    public async Task TellByValueAsync(string symbol, decimal price, CancellationToken ct)
    {
        await _opening.WaitAsync(ct);
        try
        {
            if (_open is not { IsOpen: true }) _open = await _dial("main", ct); // ok LCA3002: what failed was never stored
            await _open.PublishAsync(symbol, price, ct);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>What fails is written down and stays where it is.</summary>
    public async Task TellAndLogAsync(string symbol, decimal price, CancellationToken ct)
    {
        try
        {
            _open ??= await _dial("main", ct); //! LCA3002
            await _open.PublishAsync(symbol, price, ct); //? LCA3001
        }
        catch (IOException e)
        {
            _logger.LogError(e, "tick {Symbol} lost", symbol);
            throw;
        }
    }
}

public sealed class VenueDirectory(TickerDialer dial, IMemoryCache cache)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ITickerChannel>>> _venues = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<ITickerChannel>>> _checked = new();
    private readonly Dictionary<string, Task<ITickerChannel>> _plain = new();

    public async Task<bool> IsUpAsync(string venue)
    {
        var channel = await _venues.GetOrAdd(venue, v => new Lazy<Task<ITickerChannel>>(() => dial(v, default))).Value; //! LCA3002
        return channel.IsOpen;
    }

    public async Task<bool> IsUpOrForgottenAsync(string venue)
    {
        var lazy = _checked.GetOrAdd(venue, v => new Lazy<Task<ITickerChannel>>(() => dial(v, default))); // ok LCA3002: removed when it failed
        try
        {
            return (await lazy.Value).IsOpen;
        }
        catch (Exception)
        {
            _checked.TryRemove(new KeyValuePair<string, Lazy<Task<ITickerChannel>>>(venue, lazy));
            throw;
        }
    }

    public Task<ITickerChannel> Of(string venue)
    {
        lock (_plain)
        {
            if (!_plain.TryGetValue(venue, out var task))
                _plain[venue] = task = dial(venue, CancellationToken.None); //! LCA3002
            return task;
        }
    }

    public Task<ITickerChannel> OfCache(string venue)
    {
        if (cache.TryGetValue(venue, out Task<ITickerChannel>? kept)) return kept!;
        var task = dial(venue, CancellationToken.None);
        cache.Set(venue, task, TimeSpan.FromMinutes(30)); //! LCA3002
        return task;
    }

    public async Task<ITickerChannel?> OfCacheAwaited(string venue) =>
        await cache.GetOrCreateAsync(venue + "!", entry => dial(venue, default)); // ok LCA3002: only a result is stored
}

public static class Hosting
{
    public static void AddLines(this IServiceCollection services, string connectionString)
    {
        services.AddSingleton(_ => new AsyncLazy<HubConnection>(async () => //! LCA3002
        {
            var hub = new HubConnectionBuilder().WithUrl("https://hub.example/feed").WithAutomaticReconnect().Build();
            await hub.StartAsync();
            return hub;
        }));
        services.AddSingleton(_ => NpgsqlDataSource.Create(connectionString)); // ok LCA3002: a source, which opens when it is asked
    }
}

/// <summary>A socket behind a Lazy: the first failure is the last word, and a broken one is used on.</summary>
public sealed class GraphiteSender(string host)
{
    private readonly Lazy<Socket> _socket = new(() => //! LCA3002
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(host, 2003);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    public void Send(byte[] metric) => _socket.Value.Send(metric); //! LCA3001
}

/// <summary>A client that only sends datagrams: nothing is opened that could fail to open.</summary>
public sealed class StatsdSender
{
    private static readonly Lazy<Dictionary<string, byte[]>> Templates = new(() => new Dictionary<string, byte[]>()); // ok LCA3002: no connection

    private readonly UdpClient _udp = new("127.0.0.1", 8125);

    public void Count(string name) => _udp.Send(Templates.Value[name]); // ok LCA3001: opened with the sender and used as long as it lives
}
