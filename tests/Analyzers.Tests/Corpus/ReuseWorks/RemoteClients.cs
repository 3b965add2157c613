// Clients of packages, kept by the services that use them: SFTP drops, mail relays, MQTT bridges, hubs, gRPC.
using System.Collections.Concurrent;
using FluentFTP;
using Grpc.Core;
using Grpc.Net.Client;
using MailKit.Net.Smtp;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MimeKit;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Works.Reuse.RemoteClients;

/// <summary>One SFTP connection for all uploads of the day.</summary>
public sealed class SftpDrop(string host, string user, string password, ILogger<SftpDrop> log) : IDisposable
{
    private readonly object _sync = new();
    private SftpClient? _client;

    public void Upload(Stream content, string path)
    {
        lock (_sync)
        {
            if (_client == null)
            {
                var client = new SftpClient(host, user, password) { KeepAliveInterval = TimeSpan.FromSeconds(30) };
                client.ErrorOccurred += OnError;
                try
                {
                    client.Connect();
                }
                catch
                {
                    client.Dispose();
                    throw;
                }

                _client = client;
            }

            _client.UploadFile(content, path); //! LCA3001
        }
    }

    private void OnError(object? sender, ExceptionEventArgs e) => log.LogError(e.Exception, "sftp");

    public void Dispose() => _client?.Dispose();
}

/// <summary>A failed upload costs the connection, not the day.</summary>
public sealed class DroppingSftpDrop(string host, string user, string password, ILogger<DroppingSftpDrop> log) : IDisposable
{
    private readonly object _sync = new();
    private SftpClient? _client;

    public void Upload(Stream content, string path)
    {
        lock (_sync)
        {
            _client ??= Dial();
            try
            {
                _client.UploadFile(content, path); // ok LCA3001 LCA3002: dropped with its failure
            }
            catch (Exception)
            {
                _client.Dispose();
                _client = null;
                throw;
            }
        }
    }

    private SftpClient Dial()
    {
        var client = new SftpClient(host, user, password);
        client.ErrorOccurred += OnError;
        try
        {
            client.Connect();
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private void OnError(object? sender, ExceptionEventArgs e) => log.LogError(e.Exception, "sftp");

    public void Dispose() => _client?.Dispose();
}

/// <summary>FTP by partner; asked by a round trip, or not at all.</summary>
public sealed class PartnerFtp(Func<string, CancellationToken, Task<AsyncFtpClient>> dial)
{
    private readonly ConcurrentDictionary<string, AsyncFtpClient> _clients = new();
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<FtpStatus> PutAsync(string partner, string path, byte[] file, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_clients.TryGetValue(partner, out var client)) _clients[partner] = client = await dial(partner, ct);
            return await client.UploadBytes(file, path, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<FtpStatus> PutCheckedAsync(string partner, string path, byte[] file, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_clients.TryGetValue(partner, out var client) || !await client.IsStillConnected(token: ct))
            {
                client?.Dispose();
                _clients[partner] = client = await dial(partner, ct);
            }

            return await client.UploadBytes(file, path, ct); // ok LCA3001: the server answered a moment ago
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A mail relay; the server hangs up after five idle minutes.</summary>
public sealed class MailRelay(Func<CancellationToken, Task<SmtpClient>> dial, ILogger<MailRelay> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SmtpClient? _smtp;

    public async Task RelayAsync(MimeMessage message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_smtp is null)
            {
                _smtp = await dial(ct);
                _smtp.Disconnected += (_, _) => log.LogInformation("smtp disconnected");
            }

            await _smtp.SendAsync(message, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>What the mail server has cut off is replaced.</summary>
public sealed class DroppingMailRelay(Func<CancellationToken, Task<SmtpClient>> dial, ILogger<DroppingMailRelay> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SmtpClient? _smtp;

    public async Task RelayAsync(MimeMessage message, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_smtp is null)
            {
                _smtp = await dial(ct);
                _smtp.Disconnected += (_, _) => log.LogInformation("smtp disconnected");
            }

            await _smtp.SendAsync(message, ct); // ok LCA3001 LCA3002: evicted below
        }
        catch
        {
            _smtp?.Dispose();
            _smtp = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>MQTT: the client is kept, the broker's restart is not noticed.</summary>
public sealed class BridgeOutput(MqttFactory factory, MqttClientOptions options, ILogger<BridgeOutput> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IMqttClient? _client;

    public async Task PublishAsync(string topic, byte[] payload, CancellationToken ct)
    {
        var client = await ClientAsync(ct);
        await client.PublishAsync(new MqttApplicationMessage { Topic = topic, Payload = payload }, ct); //! LCA3001
    }

    public async Task PublishCheckedAsync(string topic, byte[] payload, CancellationToken ct)
    {
        var client = await ClientAsync(ct);
        if (!client.IsConnected) await client.ConnectAsync(options, ct);
        await client.PublishAsync(new MqttApplicationMessage { Topic = topic, Payload = payload }, ct); // ok LCA3001: connected again if need be
    }

    private async Task<IMqttClient> ClientAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_client is not null) return _client;
            var client = factory.CreateMqttClient();
            client.DisconnectedAsync += OnDisconnectedAsync;
            try
            {
                await client.ConnectAsync(options, ct);
            }
            catch
            {
                client.Dispose();
                throw;
            }

            return _client = client;
        }
        finally
        {
            _gate.Release();
        }
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        log.LogWarning(e.Exception, "broker lost");
        return Task.CompletedTask;
    }
}

/// <summary>Hubs by tenant, with and without the client's own reconnecting.</summary>
public sealed class TenantHubs(ILogger<TenantHubs> log)
{
    private readonly ConcurrentDictionary<string, HubConnection> _plain = new();
    private HubConnection? _reconnecting;

    public async Task TellAsync(string tenant, string text, CancellationToken ct)
    {
        if (!_plain.TryGetValue(tenant, out var hub))
        {
            hub = await StartAsync(new HubConnectionBuilder().WithUrl($"https://{tenant}.example.com/hub").Build(), ct);
            _plain[tenant] = hub;
        }

        await hub.SendAsync("tell", text, ct); //! LCA3001
    }

    public async Task TellCheckedAsync(string tenant, string text, CancellationToken ct)
    {
        if (!_plain.TryGetValue(tenant, out var hub) || hub.State != HubConnectionState.Connected)
        {
            hub = await StartAsync(new HubConnectionBuilder().WithUrl($"https://{tenant}.example.com/hub").Build(), ct);
            _plain[tenant] = hub;
        }

        await hub.SendAsync("tell", text, ct); // ok LCA3001: connected
    }

    public async Task AnnounceAsync(string text, CancellationToken ct)
    {
        _reconnecting ??= await StartAsync(new HubConnectionBuilder().WithUrl("https://all.example.com/hub").WithAutomaticReconnect().Build(), ct);
        await _reconnecting.SendAsync("announce", text, ct); // ok LCA3001: built to reconnect
    }

    private async Task<HubConnection> StartAsync(HubConnection hub, CancellationToken ct)
    {
        hub.Closed += error =>
        {
            log.LogWarning(error, "hub closed");
            return Task.CompletedTask;
        };
        try
        {
            await hub.StartAsync(ct);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }
}

public sealed class InventoryRpc(CallInvoker invoker)
{
    private readonly CallInvoker _invoker = invoker;

    public Task<int> CountAsync(string article, CancellationToken ct) => Task.FromResult(article.Length + _invoker.GetHashCode() + (ct.CanBeCanceled ? 1 : 0));
}

/// <summary>gRPC channels reconnect by themselves.</summary>
public sealed class Inventories
{
    private readonly ConcurrentDictionary<string, GrpcChannel> _channels = new();

    public Task<int> CountAsync(string site, string article, CancellationToken ct)
    {
        var channel = _channels.GetOrAdd(site, s => GrpcChannel.ForAddress("https://" + s)); // ok LCA3002: opens on demand, and again
        return new InventoryRpc(channel.CreateCallInvoker()).CountAsync(article, ct); // ok LCA3001: reconnects by itself
    }
}
