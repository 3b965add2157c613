// A cached connection fails in use: does the catch put it out of the cache?
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Corpus.Reuse.FailingUses;

public sealed class LoggingSender(IWireSessionFactory factory, ILogger<LoggingSender> log)
{
    private IWireSession? _session;

    public async Task PublishAsync(string topic, byte[] body, CancellationToken ct)
    {
        try
        {
            _session ??= await factory.OpenAsync("broker", ct); //! LCA3002
            await _session.PublishAsync(topic, body, ct); //? LCA3001
        }
        catch (WireException e)
        {
            log.LogError(e, "publish to {Topic} failed", topic);
            throw;
        }
    }
}

public sealed class EvictingSender(IWireSessionFactory factory, ILogger<EvictingSender> log)
{
    private IWireSession? _session;

    // ok LCA3002: what failed is disposed of and forgotten
    public async Task PublishAsync(string topic, byte[] body, CancellationToken ct)
    {
        try
        {
            _session ??= await factory.OpenAsync("broker", ct);
            await _session.PublishAsync(topic, body, ct);
        }
        catch (Exception e)
        {
            log.LogError(e, "publish to {Topic} failed", topic);
            if (_session is { } failed)
            {
                _session = null;
                await failed.DisposeAsync();
            }

            throw;
        }
    }
}

public sealed class DeviceRegistry(Func<string, WireConnection> open, ILogger log)
{
    private readonly ConcurrentDictionary<string, WireConnection> _devices = new();

    public bool Push(string device, byte[] frame)
    {
        var connection = _devices.GetOrAdd(device, open); //! LCA3002
        try
        {
            connection.Send(frame); //? LCA3001
            return true;
        }
        catch (IOException e)
        {
            log.LogWarning(e, "device {Device} did not take the frame", device);
            return false;
        }
    }

    // ok LCA3002: a helper takes the failed one out
    public bool PushEvicting(string device, byte[] frame)
    {
        var connection = _devices.GetOrAdd(device, open);
        try
        {
            connection.Send(frame);
            return true;
        }
        catch (Exception e)
        {
            log.LogWarning(e, "device {Device} did not take the frame", device);
            Evict(device, connection);
            return false;
        }
    }

    // ok LCA3002: the failed one is replaced
    public void PushReplacing(string device, byte[] frame)
    {
        var connection = _devices.GetOrAdd(device, open);
        try
        {
            connection.Send(frame);
        }
        catch (Exception)
        {
            connection.Dispose();
            _devices[device] = open(device);
            throw;
        }
    }

    private void Evict(string device, WireConnection connection)
    {
        if (_devices.TryRemove(new KeyValuePair<string, WireConnection>(device, connection))) connection.Dispose();
    }
}

/// <summary>A multiplexer restores its connections by itself: keeping it is right.</summary>
public sealed class RedisCounter(Func<ConnectionMultiplexer> connect, ILogger log)
{
    private ConnectionMultiplexer? _redis;

    // ok LCA3002: the type reconnects by itself
    public long Increment(string key)
    {
        _redis ??= connect();
        try
        {
            return _redis.GetDatabase().StringIncrement(key);
        }
        catch (RedisConnectionException e)
        {
            log.LogWarning(e, "redis is away");
            throw;
        }
    }
}

/// <summary>Opened once in Start and used as long as the owner lives: no cache.</summary>
public sealed class StartedSender(ILogger log)
{
    private WireConnection? _connection;

    public async Task StartAsync(CancellationToken ct) => _connection = await WireConnection.ConnectAsync("broker", 7007, ct);

    // ok LCA3002: the owner opened it in Start
    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        try
        {
            await _connection!.SendAsync(frame, ct);
        }
        catch (WireException e)
        {
            log.LogError(e, "not sent");
            throw;
        }
    }
}

public sealed class TradeReporter(IWireSessionFactory factory, ILogger log)
{
    private readonly Dictionary<string, IWireSession> _venues = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task ReportAsync(string venue, byte[] trade, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_venues.TryGetValue(venue, out var session))
            {
                session = await factory.OpenAsync(venue, ct);
                _venues.Add(venue, session); //! LCA3002 //? LCA1007
            }

            await session.PublishAsync("trades", trade, ct); //? LCA3001
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "{Venue} refused a trade", venue);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3002: the venue is forgotten with its failure
    public async Task ReportForgettingAsync(string venue, byte[] trade, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_venues.TryGetValue(venue, out var session))
            {
                session = await factory.OpenAsync(venue, ct);
                _venues.Add(venue, session); //? LCA1007
            }

            await session.PublishAsync("trades", trade, ct);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Venue} refused a trade", venue);
            if (_venues.Remove(venue, out var failed)) await failed.DisposeAsync();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}
