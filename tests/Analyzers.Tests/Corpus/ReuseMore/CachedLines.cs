// Lines that were opened some time ago, reached by look-up or lazily: is one asked before it is used?
using System.Collections.Concurrent;
using Acme.Alarm;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Corpus.Reuse.CachedLines;

public sealed class LazyLine(ICentreDialer dialer)
{
    private readonly Lazy<ICentreConnection> _lazy = new(() => dialer.Dial("north"), LazyThreadSafetyMode.PublicationOnly);
    private ICentreConnection? _south;
    private ICentreConnection? _west;

    public void AlarmNorth(string text) => _lazy.Value.Send(text); //! LCA3001

    // ok LCA3001: the state decides
    public void AlarmNorthChecked(string text)
    {
        var line = _lazy.Value;
        if (line.State == LineState.Established) line.Send(text);
        else throw new InvalidOperationException("north is lost");
    }

    public void AlarmSouth(string text)
    {
        (_south ??= dialer.Dial("south")).Send(text); //! LCA3001
    }

    // ok LCA3001: a lost line is dialled again
    public void AlarmWest(string text)
    {
        if (_west is not { State: LineState.Established })
        {
            _west?.Dispose();
            _west = dialer.Dial("west");
        }

        _west.Send(text);
    }
}

public sealed class HalfAskedLine(ICentreDialer dialer)
{
    private ICentreConnection? _line;

    public async Task<string> CommandAsync(string command, Func<Task> audit, CancellationToken ct)
    {
        if (_line is not { State: LineState.Established })
        {
            _line = await dialer.DialAsync("east", ct);
        }

        await audit();
        return await _line.ExecuteAsync(command, ct); //! LCA3001
    }
}

public sealed class AskedLine(ICentreDialer dialer)
{
    private ICentreConnection? _line;

    // ok LCA3001: asked after the await
    public async Task<string> CommandAsync(string command, Func<Task> audit, CancellationToken ct)
    {
        await audit();
        if (_line is not { State: LineState.Established })
        {
            _line = await dialer.DialAsync("east", ct);
        }

        return await _line.ExecuteAsync(command, ct);
    }
}

/// <summary>Closed, but not forgotten.</summary>
public sealed class ForgetfulLine(ICentreDialer dialer)
{
    private ICentreConnection? _line;

    private ICentreConnection Line
    {
        get
        {
            if (_line == null) _line = dialer.Dial("centre");
            return _line;
        }
    }

    public void Alarm(string text) => Line.Send(text); //! LCA3001

    public void HangUp() => _line?.Close();
}

/// <summary>The getter looks at the line, so nobody else has to.</summary>
public sealed class ValidatingLine(ICentreDialer dialer)
{
    private readonly Lock _sync = new();
    private ICentreConnection? _line;

    private ICentreConnection Line
    {
        get
        {
            lock (_sync)
            {
                if (_line == null || _line.State != LineState.Established) _line = dialer.Dial("centre");
                return _line;
            }
        }
    }

    // ok LCA3001: the getter validates
    public void Alarm(string text) => Line.Send(text);

    // ok LCA3001: so it does for the asynchronous one
    public Task AlarmAsync(string text, CancellationToken ct) => Line.SendAsync(text, ct);
}

public sealed class LinePerCentre(ICentreDialer dialer)
{
    private readonly ConcurrentDictionary<string, ICentreConnection> _lines = new();

    public void Alarm(string centre, string text)
    {
        var line = _lines.GetOrAdd(centre, dialer.Dial);
        line.Send(text); //! LCA3001
    }

    public bool TryAlarm(string centre, string text)
    {
        if (!_lines.TryGetValue(centre, out var line)) return false;
        line.Send(text); //! LCA3001
        return true;
    }

    public Task AlarmAsync(string centre, string text, CancellationToken ct) =>
        GetLine(centre).SendAsync(text, ct); //! LCA3001

    private ICentreConnection GetLine(string centre)
    {
        if (_lines.TryGetValue(centre, out var known)) return known;
        var line = dialer.Dial(centre);
        line.Closed += (_, _) => _lines.TryRemove(centre, out var gone);
        return _lines[centre] = line;
    }

    // ok LCA3001: a pattern in the condition decides
    public bool TryAlarmChecked(string centre, string text)
    {
        if (!_lines.TryGetValue(centre, out var line) || line is not { State: LineState.Established }) return false;
        line.Send(text);
        return true;
    }

    // ok LCA3001: the catch takes the failed one out
    public void AlarmEvicting(string centre, string text)
    {
        var line = _lines.GetOrAdd(centre, dialer.Dial);
        try
        {
            line.Send(text);
        }
        catch (Exception)
        {
            if (_lines.TryRemove(KeyValuePair.Create(centre, line))) line.Dispose();
            throw;
        }
    }

    // ok LCA3001: looked up only to be closed
    public void HangUp(string centre)
    {
        if (_lines.TryRemove(centre, out var line)) line.Close();
    }
}

public sealed class MemoryCachedLine(ICentreDialer dialer, IMemoryCache cache)
{
    public async Task<string> CommandAsync(string centre, string command, CancellationToken ct)
    {
        var line = await cache.GetOrCreateAsync(centre, _ => dialer.DialAsync(centre, ct));
        return await line!.ExecuteAsync(command, ct); //! LCA3001
    }

    public void Alarm(string centre, string text)
    {
        if (!cache.TryGetValue(centre, out ICentreConnection? line))
        {
            line = cache.Set(centre, dialer.Dial(centre), TimeSpan.FromMinutes(10));
        }

        line!.Send(text); //! LCA3001
    }

    // ok LCA3001: a lost one is dialled anew
    public void AlarmChecked(string centre, string text)
    {
        if (!cache.TryGetValue(centre, out ICentreConnection? line) || line!.State is not LineState.Established)
        {
            line?.Dispose();
            line = cache.Set(centre, dialer.Dial(centre), TimeSpan.FromMinutes(10));
        }

        line.Send(text);
    }
}

/// <summary>A static holder.</summary>
public static class GlobalLine
{
    private static ICentreConnection? s_line;

    public static void Use(ICentreDialer dialer)
    {
        if (s_line is null)
        {
            Interlocked.CompareExchange(ref s_line, dialer.Dial("global"), null);
        }

        s_line.Send("up"); //! LCA3001
    }

    // ok LCA3001: a switch over the state
    public static bool Report(string text)
    {
        switch (s_line?.State)
        {
            case LineState.Established:
                s_line!.Send(text);
                return true;
            default:
                return false;
        }
    }
}

/// <summary>A cached line in a timer: this rule's, not LCA2001's.</summary>
public sealed class TestCaller : IDisposable
{
    private readonly Dictionary<string, ICentreConnection> _lines = [];
    private readonly Timer _timer;
    private readonly Timer _checked;

    public TestCaller(ICentreDialer dialer)
    {
        _timer = new Timer(_ =>
        {
            lock (_lines)
            {
                if (!_lines.TryGetValue("night", out var line)) _lines["night"] = line = dialer.Dial("night");
                line.Send("test"); //! LCA3001
            }
        }, null, 0, 60_000);
        _checked = new Timer(TestChecked, dialer, 0, 60_000);
    }

    // ok LCA3001: asked, and ok LCA2001
    private void TestChecked(object? state)
    {
        var dialer = (ICentreDialer)state!;
        lock (_lines)
        {
            if (!_lines.TryGetValue("day", out var line) || line.State != LineState.Established)
                _lines["day"] = line = dialer.Dial("day");
            line.Send("test");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _checked.Dispose();
    }
}

/// <summary>A broker's channel does not come back after the broker closed it; its connection does.</summary>
public sealed class BrokerOutlet(Func<CancellationToken, Task<IConnection>> connect)
{
    private IConnection? _connection;
    private IChannel? _channel;
    private IChannel? _other;

    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        _connection ??= await connect(ct);
        _channel ??= await _connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001 LCA3001
        await _channel.BasicPublishAsync("outlet", key, body, ct); //! LCA3001
    }

    // ok LCA3001: the channel is asked, the connection recovers by itself
    public async Task PublishCheckedAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        _connection ??= await connect(ct);
        if (_other is not { IsOpen: true }) _other = await _connection.CreateChannelAsync(cancellationToken: ct); //? LCA1001
        await _other.BasicPublishAsync("outlet", key, body, ct);
    }

    // ok LCA3001: a connection with its default recovery, a channel for this message
    public async Task PublishOnceAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        _connection ??= await connect(ct);
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: ct);
        await channel.BasicPublishAsync("outlet", key, body, ct);
    }
}

/// <summary>Types that reconnect by themselves.</summary>
public sealed class SelfHealing(Func<string, HttpClient> http, Func<ConnectionMultiplexer> redis, string connectionString, string url)
{
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();
    private ConnectionMultiplexer? _redis;
    private NpgsqlDataSource? _source;
    private HubConnection? _hub;

    // ok LCA3001: HttpClient
    public Task<string> GetAsync(string host) => _clients.GetOrAdd(host, http).GetStringAsync("/");

    // ok LCA3001: a multiplexer
    public long Count(string key) => (_redis ??= redis()).GetDatabase().StringIncrement(key);

    // ok LCA3001: a data source
    public async Task<object?> NowAsync(CancellationToken ct)
    {
        _source ??= NpgsqlDataSource.Create(connectionString);
        await using var command = _source.CreateCommand("select now()");
        return await command.ExecuteScalarAsync(ct);
    }

    // ok LCA3001: built with automatic reconnect
    public async Task NotifyAsync(string text, CancellationToken ct)
    {
        if (_hub is null)
        {
            _hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
            await _hub.StartAsync(ct); //? LCA1001
        }

        await _hub.SendAsync("notify", text, ct);
    }
}

/// <summary>A hub connection without automatic reconnect stays where it fell.</summary>
public sealed class PlainHubNotifier(string url)
{
    private HubConnection? _hub;

    public async Task NotifyAsync(string text, CancellationToken ct)
    {
        if (_hub is null)
        {
            _hub = new HubConnectionBuilder().WithUrl(url).Build();
            await _hub.StartAsync(ct); //? LCA1001
        }

        await _hub.SendAsync("notify", text, ct); //! LCA3001
    }
}

/// <summary>Opened in the constructor, used as long as the owner lives.</summary>
public sealed class OwnedLine : IDisposable
{
    private readonly ICentreConnection _line;

    public OwnedLine(ICentreDialer dialer) => _line = dialer.Dial("owned");

    // ok LCA3001: neither look-up nor lazy
    public void Alarm(string text) => _line.Send(text);

    public void Dispose() => _line.Dispose();
}

/// <summary>Lines in a database session per tenant.</summary>
public sealed class TenantDatabases(Func<string, NpgsqlConnection> open)
{
    private readonly Dictionary<string, NpgsqlConnection> _connections = new();

    public int Purge(string tenant)
    {
        lock (_connections)
        {
            if (!_connections.ContainsKey(tenant)) _connections[tenant] = open(tenant);
            using var command = new NpgsqlCommand("delete from outbox where sent", _connections[tenant]);
            return command.ExecuteNonQuery(); //! LCA3001
        }
    }

    // ok LCA3001: the state decides
    public int PurgeOpen(string tenant)
    {
        lock (_connections)
        {
            if (!_connections.TryGetValue(tenant, out var connection) || connection.State != System.Data.ConnectionState.Open)
            {
                connection?.Dispose();
                _connections[tenant] = connection = open(tenant);
            }

            using var command = new NpgsqlCommand("delete from outbox where sent", connection);
            return command.ExecuteNonQuery();
        }
    }
}

public abstract class LineUser
{
    private ICentreConnection? _shared;

    protected abstract ICentreConnection Open();

    protected ICentreConnection Shared => _shared ??= Open();

    protected ICentreConnection Healthy => _shared is { State: LineState.Established } line ? line : _shared = Open();
}

public sealed class FireWatch(ICentreDialer dialer) : LineUser
{
    protected override ICentreConnection Open() => dialer.Dial("fire");

    public void Fire(string room) => Shared.Send($"fire in {room}"); //! LCA3001

    // ok LCA3001: the base class's getter validates
    public void Smoke(string room) => Healthy.Send($"smoke in {room}");

    public async Task DrillAsync(CancellationToken ct)
    {
        var line = Shared;
        foreach (var step in new[] { "begin", "end" })
        {
            await line.SendAsync("drill " + step, ct); //! LCA3001
        }
    }
}
