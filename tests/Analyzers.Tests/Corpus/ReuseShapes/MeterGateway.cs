using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using MQTTnet.Client;

namespace Metering.Gateway;

/// <summary>A client for each tenant, kept as the task that connects it.</summary>
public sealed class TenantClients(MqttFactory factory, Func<string, MqttClientOptions> optionsOf)
{
    private readonly ConcurrentDictionary<string, Task<IMqttClient>> _clients = new();

    public Task<IMqttClient> OfAsync(string tenant) => _clients.GetOrAdd(tenant, ConnectAsync); //! LCA3002

    private async Task<IMqttClient> ConnectAsync(string tenant)
    {
        var client = factory.CreateMqttClient();
        client.DisconnectedAsync += static _ => Task.CompletedTask;
        try
        {
            await client.ConnectAsync(optionsOf(tenant));
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return client;
    }

    public async Task ReportAsync(string tenant, byte[] reading, CancellationToken stop)
    {
        var client = await OfAsync(tenant);
        if (!client.IsConnected) return;
        await client.PublishAsync(new MqttApplicationMessage { Topic = tenant, PayloadSegment = reading }, stop); // ok LCA3001: asked
    }
}

/// <summary>A failed one leaves the dictionary before anybody else can see it.</summary>
public sealed class EvictingTenantClients(Func<string, Task<IMqttClient>> connect)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IMqttClient>>> _clients = new();

    public async Task<IMqttClient> OfAsync(string tenant)
    {
        var slot = _clients.GetOrAdd(tenant, key => new Lazy<Task<IMqttClient>>(() => connect(key))); // ok LCA3002: removed below
        try
        {
            return await slot.Value;
        }
        catch
        {
            _clients.TryRemove(KeyValuePair.Create(tenant, slot));
            throw;
        }
    }
}

/// <summary>The continuation throws the failed one out.</summary>
public sealed class ContinuingTenantClients(Func<string, Task<IMqttClient>> connect)
{
    private readonly ConcurrentDictionary<string, Task<IMqttClient>> _clients = new();

    public Task<IMqttClient> OfAsync(string tenant) => _clients.GetOrAdd(tenant, key => // ok LCA3002: evicted when it fails
    {
        var opening = connect(key);
        opening.ContinueWith(done => _clients.TryRemove(key, out _), CancellationToken.None, TaskContinuationOptions.NotOnRanToCompletion, TaskScheduler.Default);
        return opening;
    });
}

/// <summary>The memory cache keeps what it is given, and here it is given a task.</summary>
public sealed class CachedTenantClients(IMemoryCache cache, Func<string, Task<IMqttClient>> connect)
{
    public Task<IMqttClient>? Of(string tenant) => cache.GetOrCreate(tenant, entry => //! LCA3002
    {
        entry.SlidingExpiration = TimeSpan.FromMinutes(10);
        return connect(tenant);
    });

    public Task<IMqttClient> Renew(string tenant) => cache.Set(tenant, connect(tenant), TimeSpan.FromMinutes(10)); //! LCA3002

    public Task<IMqttClient?> AwaitedAsync(string tenant) => cache.GetOrCreateAsync(tenant, _ => connect(tenant))!; // ok LCA3002: only a result is stored
}

/// <summary>Opens as the host starts and lives as long as it.</summary>
public sealed class UplinkService(IMqttClient client, MqttClientOptions options) : IHostedService
{
    private readonly PeriodicTimer _beat = new(TimeSpan.FromSeconds(30));
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        client.DisconnectedAsync += OnLostAsync;
        await client.ConnectAsync(options, cancellationToken);
        _running = BeatAsync();
    }

    private async Task BeatAsync()
    {
        try
        {
            while (await _beat.WaitForNextTickAsync())
            {
                await client.PublishAsync(new MqttApplicationMessage { Topic = "beat" }); // ok LCA3001: no cache
            }
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
        }
    }

    private Task OnLostAsync(MqttClientDisconnectedEventArgs args) => Console.Error.WriteLineAsync(args.Exception?.Message);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _beat.Dispose();
        await _running;
        client.DisconnectedAsync -= OnLostAsync;
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken);
    }
}

/// <summary>One connecting task in a field, whatever becomes of it.</summary>
public sealed class SharedUplink(Func<Task<IMqttClient>> connect)
{
    private Task<IMqttClient>? _connected;

    public Task<IMqttClient> GetAsync() => _connected ??= connect(); //! LCA3002

    public async Task ReportAsync(string topic, byte[] reading, CancellationToken stop)
    {
        var client = await GetAsync();
        await client.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = reading }, stop); //! LCA3001
    }
}
