// Listening on Postgres, mail over kept clients, FTP uploads: sessions that come from holders.
using System.Collections.Concurrent;
using System.Data;
using FluentFTP;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using MimeKit;
using Npgsql;

namespace HeldOut.Reuse.DatabaseListeners;

public sealed class NotificationListener(string connectionString, ILogger<NotificationListener> log) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    public async Task NotifyAsync(string payload, CancellationToken ct)
    {
        if (_connection is null)
        {
            _connection = new NpgsqlConnection(connectionString);
            await _connection.OpenAsync(ct);
        }

        await using var command = new NpgsqlCommand("select pg_notify('jobs', @p)", _connection);
        command.Parameters.AddWithValue("p", payload);
        await command.ExecuteNonQueryAsync(ct); //! LCA3001
    }

    // ok LCA3001: broken ones are opened again
    public async Task NotifyOpenAsync(string payload, CancellationToken ct)
    {
        if (_connection is not { FullState: ConnectionState.Open })
        {
            if (_connection is not null) await _connection.DisposeAsync();
            _connection = new NpgsqlConnection(connectionString);
            await _connection.OpenAsync(ct);
        }

        await using var command = _connection.CreateCommand();
        command.CommandText = "select pg_notify('jobs', @p)";
        command.Parameters.AddWithValue("p", payload);
        await command.ExecuteNonQueryAsync(ct);
    }

    // ok LCA3001: the data source keeps and checks its own
    public async Task NotifyPooledAsync(string payload, CancellationToken ct)
    {
        await using var command = _source.CreateCommand("select pg_notify('jobs', @p)");
        command.Parameters.AddWithValue("p", payload);
        var n = await command.ExecuteNonQueryAsync(ct);
        log.LogTrace("{Count}", n);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        await _source.DisposeAsync();
    }
}

public sealed class MailPool(string host) : IDisposable
{
    private readonly ConcurrentBag<SmtpClient> _clients = [];
    private readonly BlockingCollection<SmtpClient> _free = new(4);

    public async Task SendAsync(MimeMessage message, CancellationToken ct)
    {
        if (!_clients.TryTake(out var client)) client = await DialAsync(ct); //! LCA3004
        try
        {
            await client.SendAsync(message, ct);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        _clients.Add(client);
    }

    // ok LCA3004: a NOOP is a probe
    public async Task SendProbedAsync(MimeMessage message, CancellationToken ct)
    {
        SmtpClient? client = null;
        while (_clients.TryTake(out var candidate))
        {
            try
            {
                await candidate.NoOpAsync(ct);
                client = candidate;
                break;
            }
            catch (Exception)
            {
                candidate.Dispose();
            }
        }

        client ??= await DialAsync(ct);
        try
        {
            await client.SendAsync(message, ct);
            _clients.Add(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void SendBlocking(MimeMessage message)
    {
        var client = _free.Take(); //! LCA3004
        client.Send(message);
        _free.Add(client);
    }

    // ok LCA3004: connected anew where it is not
    public async Task SendReconnectedAsync(MimeMessage message, CancellationToken ct)
    {
        var client = _free.Take(ct);
        try
        {
            if (!client.IsConnected) await client.ConnectAsync(host, 587, SecureSocketOptions.StartTls, ct);
            await client.SendAsync(message, ct);
        }
        finally
        {
            _free.Add(client, CancellationToken.None);
        }
    }

    private async Task<SmtpClient> DialAsync(CancellationToken ct)
    {
        var client = new SmtpClient();
        client.Disconnected += (_, e) => Console.Error.WriteLine(e.Host);
        try
        {
            await client.ConnectAsync(host, 587, SecureSocketOptions.StartTls, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        while (_clients.TryTake(out var client)) client.Dispose();
        _free.Dispose();
    }
}

public sealed class FtpUploader(Func<AsyncFtpClient> create) : IAsyncDisposable
{
    private readonly Dictionary<string, AsyncFtpClient> _clients = [];
    private readonly Queue<AsyncFtpClient> _spare = new();

    public async Task UploadAsync(string site, string path, byte[] data, CancellationToken ct)
    {
        if (!_clients.TryGetValue(site, out var ftp))
        {
            ftp = create();
            await ftp.Connect(ct);
            _clients[site] = ftp;
        }

        await ftp.UploadBytes(data, path, token: ct); //! LCA3001
    }

    // ok LCA3001: asked by a round trip
    public async Task UploadProbedAsync(string site, string path, byte[] data, CancellationToken ct)
    {
        if (!_clients.TryGetValue(site, out var ftp) || !await ftp.IsStillConnected(token: ct))
        {
            if (ftp is not null) await ftp.DisposeAsync();
            _clients[site] = ftp = create();
            await ftp.Connect(ct);
        }

        await ftp.UploadBytes(data, path, token: ct);
    }

    public async Task SpareAsync(string path, byte[] data, CancellationToken ct)
    {
        var ftp = _spare.Count > 0 ? _spare.Dequeue() : create(); //! LCA3004
        await ftp.UploadBytes(data, path, token: ct);
        _spare.Enqueue(ftp);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var ftp in _clients.Values) await ftp.DisposeAsync();
        while (_spare.TryDequeue(out var spare)) await spare.DisposeAsync();
    }
}
