// Clients of a back office: SignalR hubs, SSH and FTP jobs, a Redis cache, Npgsql units of work.
using System.Data;
using FluentFTP;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Npgsql;
using Renci.SshNet;
using StackExchange.Redis;

namespace Silence.HubClients;

public sealed record Order(int Id, decimal Total);

public interface IOrderEvents
{
    event EventHandler<Order>? Placed;
}

public interface IHubFactory
{
    HubConnection Create();
}

public sealed class OfficeHubFactory(string url, ILogger<OfficeHubFactory> log) : IHubFactory
{
    // ok LCA1001: the factory attaches, and hands it out unopened
    public HubConnection Create()
    {
        var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.Closed += error =>
        {
            log.LogWarning(error, "hub closed");
            return Task.CompletedTask;
        };
        return hub;
    }
}

public sealed class HubSupervisor(IHubFactory hubs, ILogger<HubSupervisor> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private HubConnection? _hub;

    // ok LCA1001: whoever made it attached the handler
    // ok LCA3001: connected, or opened anew
    private async Task<HubConnection> ConnectedAsync(CancellationToken ct)
    {
        if (_hub is { State: HubConnectionState.Connected } hub) return hub;
        await _lock.WaitAsync(ct);
        try
        {
            if (_hub is { State: HubConnectionState.Connected } other) return other;
            if (_hub is not null) await _hub.DisposeAsync();
            _hub = null;
            var fresh = hubs.Create();
            try
            {
                await fresh.StartAsync(ct);
            }
            catch
            {
                await fresh.DisposeAsync();
                throw;
            }

            return _hub = fresh;
        }
        finally
        {
            _lock.Release();
        }
    }

    public async Task TellAsync(Order order, CancellationToken ct)
    {
        var hub = await ConnectedAsync(ct);
        await hub.SendAsync("order", order, ct);
        log.LogTrace("{Id} told", order.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _hub, null) is { } hub) await hub.DisposeAsync();
        _lock.Dispose();
    }
}

public sealed class OrderTeller : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly IOrderEvents _orders;
    private readonly ILogger _log;

    public OrderTeller(IHubFactory hubs, IOrderEvents orders, ILogger log)
    {
        (_hub, _orders, _log) = (hubs.Create(), orders, log);
        _orders.Placed += OnPlaced;
    }

    public Task StartAsync(CancellationToken ct) => _hub.StartAsync(ct);

    // ok LCA2001 LCA2002: the state is asked after the delay, within the try
    private async void OnPlaced(object? sender, Order order)
    {
        try
        {
            await Task.Delay(50);
            if (_hub.State != HubConnectionState.Connected) return;
            await _hub.SendAsync("order", order);
        }
        catch (Exception e)
        {
            _log.LogDebug(e, "{Id} not told", order.Id);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _orders.Placed -= OnPlaced;
        await _hub.DisposeAsync();
    }
}

public sealed class EagerOrderTeller : IAsyncDisposable
{
    private readonly HubConnection _hub;

    public EagerOrderTeller(IHubFactory hubs, IOrderEvents orders)
    {
        _hub = hubs.Create();
        orders.Placed += async (_, order) => await _hub.SendAsync("order", order); //! LCA2001
    }

    public Task StartAsync(CancellationToken ct) => _hub.StartAsync(ct);

    public async Task CountAsync(Func<Task<int>> count, CancellationToken ct)
    {
        if (_hub.State == HubConnectionState.Connected)
        {
            var n = await count();
            await _hub.SendAsync("count", n, ct); //! LCA2002
        }
    }

    // ok LCA2002: counted first
    public async Task CountFirstAsync(Func<Task<int>> count, CancellationToken ct)
    {
        var n = await count();
        if (_hub.State == HubConnectionState.Connected) await _hub.SendAsync("count", n, ct);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();
}

public sealed class AlertListener(string url, ILogger<AlertListener> log)
{
    public async Task RunAsync(CancellationToken ct)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.On<string>("alert", text => log.LogWarning("{Alert}", text));
        await hub.StartAsync(ct); //! LCA1001
        hub.Closed += error =>
        {
            log.LogError(error, "alerts are gone");
            return Task.CompletedTask;
        };
        await Task.Delay(Timeout.Infinite, ct);
    }

    // ok LCA1001: attached by the local function before the start
    public async Task RunWatchedAsync(CancellationToken ct)
    {
        await using var hub = new HubConnectionBuilder().WithUrl(url).Build();
        hub.On<string>("alert", text => log.LogWarning("{Alert}", text));
        Watch(hub);
        await hub.StartAsync(ct);
        await Task.Delay(Timeout.Infinite, ct);

        void Watch(HubConnection connection) => connection.Closed += error =>
        {
            log.LogError(error, "alerts are gone");
            return Task.CompletedTask;
        };
    }
}

public sealed class NightlyShell(string host, string user, string password, ILogger<NightlyShell> log)
{
    // ok LCA1001: attached before it connects; ok LCA1003: in a using
    public async Task<string> RunAsync(string command, CancellationToken ct)
    {
        using var ssh = new SshClient(host, 22, user, password);
        ssh.ErrorOccurred += (_, e) => log.LogWarning(e.Exception, "ssh");
        await ssh.ConnectAsync(ct);
        using var result = ssh.RunCommand(command);
        return result.Result;
    }

    public async Task<SshClient> OpenAsync(CancellationToken ct)
    {
        var ssh = new SshClient(host, 22, user, password); //! LCA1003
        ssh.ErrorOccurred += (_, e) => log.LogWarning(e.Exception, "ssh");
        await ssh.ConnectAsync(ct);
        return ssh;
    }

    // ok LCA1003: closed when it does not connect
    public async Task<SshClient> OpenSafelyAsync(CancellationToken ct)
    {
        var ssh = new SshClient(host, 22, user, password);
        ssh.ErrorOccurred += (_, e) => log.LogWarning(e.Exception, "ssh");
        try
        {
            await ssh.ConnectAsync(ct);
            return ssh;
        }
        catch
        {
            ssh.Dispose();
            throw;
        }
    }
}

public sealed class Uploader(Func<AsyncFtpClient> create) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private AsyncFtpClient? _ftp;

    // ok LCA3001: a NOOP decides
    public async Task UploadAsync(byte[] file, string path, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_ftp is null || !await _ftp.IsStillConnected(token: ct))
            {
                await DropAsync();
                var fresh = create();
                try
                {
                    await fresh.Connect(ct);
                }
                catch
                {
                    await fresh.DisposeAsync();
                    throw;
                }

                _ftp = fresh;
            }

            await _ftp.UploadBytes(file, path, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask DropAsync()
    {
        var old = _ftp;
        _ftp = null;
        if (old is not null) await old.DisposeAsync();
    }

    public ValueTask DisposeAsync() => DropAsync();
}

public sealed class PriceCache
{
    // ok LCA3002: an exception is not kept
    private static readonly Lazy<ConnectionMultiplexer> Redis =
        new(() => Watched(ConnectionMultiplexer.Connect("cache:6379,abortConnect=false")), LazyThreadSafetyMode.PublicationOnly);

    private static ConnectionMultiplexer Watched(ConnectionMultiplexer redis)
    {
        redis.ConnectionFailed += (_, e) => Console.Error.WriteLine(e.Exception);
        return redis;
    }

    // ok LCA3001: the multiplexer reconnects by itself
    public async Task<string?> FindAsync(string key) => await Redis.Value.GetDatabase().StringGetAsync(key);

    // ok LCA3001: so it does here
    public Task StoreAsync(string key, string value) => Redis.Value.GetDatabase().StringSetAsync(key, value);
}

public sealed class OrderStore(NpgsqlDataSource source, ILogger<OrderStore> log)
{
    // ok LCA4001: the driver breaks its connection itself when a command is cancelled
    public async Task<decimal> TotalAsync(int id, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "select total from orders where id = $1";
        command.Parameters.AddWithValue(id);
        return (decimal)(await command.ExecuteScalarAsync(ct) ?? 0m);
    }

    // ok LCA1003: closed by await using
    public async Task<bool> ProbeAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(ct);
            return connection.State == ConnectionState.Open;
        }
        catch (NpgsqlException e)
        {
            log.LogWarning(e, "database not reachable");
            return false;
        }
    }

    public async Task<NpgsqlConnection> OpenForBulkAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString); //? LCA1003
        await connection.OpenAsync(ct); //? LCA1001
        await using var command = connection.CreateCommand();
        command.CommandText = "set synchronous_commit = off";
        await command.ExecuteNonQueryAsync(ct);
        return connection;
    }
}
