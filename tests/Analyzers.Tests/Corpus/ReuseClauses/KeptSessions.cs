using System.Collections.Concurrent;
using System.Net.Http;
using System.Net.Sockets;
using Acme.Wire;
using FluentFTP;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Renci.SshNet;
using StackExchange.Redis;

namespace Clauses.KeptSessions;

public sealed class FtpArchive(string host)
{
    private AsyncFtpClient? _ftp;

    public async Task StoreAsync(byte[] file, string path, CancellationToken stop)
    {
        if (_ftp == null)
        {
            _ftp = new AsyncFtpClient(host, "archive", "secret");
            await _ftp.Connect(stop);
        }

        await _ftp.UploadBytes(file, path, stop); //! LCA3001
    }

    public void Dispose() => _ftp?.Dispose();
}

public sealed class CheckedFtpArchive(string host)
{
    private AsyncFtpClient? _ftp;

    public async Task StoreAsync(byte[] file, string path, CancellationToken stop)
    {
        if (_ftp is not { IsConnected: true })
        {
            _ftp?.Dispose();
            _ftp = new AsyncFtpClient(host, "archive", "secret");
            await _ftp.Connect(stop);
        }

        await _ftp.UploadBytes(file, path, stop);
    }

    public void Dispose() => _ftp?.Dispose();
}

public sealed class SessionDirectory(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<string, IWireSession> _sessions = new();

    public Task<string> AskAsync(string authority, string question, CancellationToken stop)
    {
        var session = _sessions.GetOrAdd(authority, factory.Open);
        return session.RequestAsync<string>("/ask", question, stop); //! LCA3001
    }

    public async Task<string> AskCheckedAsync(string authority, string question, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(authority, out var session) || session.IsClosed)
        {
            session = await factory.OpenAsync(authority, stop);
            _sessions[authority] = session;
        }

        return await session.RequestAsync<string>("/ask", question, stop);
    }

    public async Task<string> AskEvictingAsync(string authority, string question, CancellationToken stop)
    {
        var session = _sessions.GetOrAdd(authority, factory.Open);
        try
        {
            return await session.RequestAsync<string>("/ask", question, stop);
        }
        catch (IOException)
        {
            _sessions.TryRemove(authority, out _);
            throw;
        }
    }
}

public sealed class ShellCache(IMemoryCache cache)
{
    public string Uptime(string host)
    {
        var shell = cache.GetOrCreate(host, entry =>
        {
            var made = new SshClient((string)entry.Key, "ops", "secret"); //! LCA1003
            made.ErrorOccurred += (_, e) => Console.Error.WriteLine(e.Exception);
            made.Connect();
            return made;
        })!;
        return shell.RunCommand("uptime").Result; //! LCA3001
    }

    public string UptimeChecked(string host)
    {
        if (!cache.TryGetValue<SshClient>(host, out var shell) || shell is not { IsConnected: true })
        {
            shell = new SshClient(host, "ops", "secret"); //! LCA1003
            shell.ErrorOccurred += (_, e) => Console.Error.WriteLine(e.Exception);
            shell.Connect();
            cache.Set(host, shell);
        }

        return shell.RunCommand("uptime").Result;
    }
}

public sealed class Owner : IDisposable
{
    private readonly SshClient _shell;

    public Owner(string host)
    {
        _shell = new SshClient(host, "ops", "secret");
        _shell.ErrorOccurred += (_, e) => Console.Error.WriteLine(e.Exception);
        _shell.Connect();
    }

    public string Uptime() => _shell.RunCommand("uptime").Result;

    public void Dispose() => _shell.Dispose();
}

public static class Redis
{
    private static readonly Lazy<ConnectionMultiplexer> s_redis = new(() => ConnectionMultiplexer.Connect("localhost")); //! LCA3002

    private static readonly Lazy<ConnectionMultiplexer> s_again = new(() => ConnectionMultiplexer.Connect("localhost"), LazyThreadSafetyMode.PublicationOnly);

    public static IDatabase Database => s_redis.Value.GetDatabase();

    public static IDatabase Again => s_again.Value.GetDatabase();
}

public sealed class TaskCache
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();
    private Task<WireConnection>? _main;

    public async Task<byte[]> AskAsync(string host, byte[] frame, CancellationToken stop)
    {
        var connection = await _connections.GetOrAdd(host, h => WireConnection.ConnectAsync(h, 9, stop)); //! LCA3002
        if (!connection.IsOpen) throw new IOException("gone");
        return await connection.RequestAsync(frame, stop);
    }

    public async Task<byte[]> MainAsync(byte[] frame)
    {
        var connection = await (_main ??= WireConnection.ConnectAsync("main", 9, CancellationToken.None)); //! LCA3002 LCA1008
        if (!connection.IsOpen) throw new IOException("gone");
        return await connection.RequestAsync(frame);
    }
}

public sealed class EvictingTaskCache
{
    private readonly ConcurrentDictionary<string, Task<WireConnection>> _connections = new();

    public async Task<WireConnection> GetAsync(string host, CancellationToken stop)
    {
        var task = _connections.GetOrAdd(host, h => WireConnection.ConnectAsync(h, 9, stop));
        try
        {
            return await task;
        }
        catch
        {
            _connections.TryRemove(new KeyValuePair<string, Task<WireConnection>>(host, task));
            throw;
        }
    }
}

public sealed class LoggingUser
{
    private WireConnection? _connection;

    public async Task<byte[]?> AskAsync(byte[] frame, CancellationToken stop)
    {
        try
        {
            if (_connection is not { IsOpen: true }) _connection = await WireConnection.ConnectAsync("main", 9, stop);
            return await _connection.RequestAsync(frame, stop);
        }
        catch (IOException)
        {
            _connection?.Dispose();
            _connection = null;
            return null;
        }
    }
}

public sealed class ConnectionPool
{
    private readonly ConcurrentBag<WireConnection> _idle = new();

    public async Task<WireConnection> RentAsync(CancellationToken stop)
    {
        if (_idle.TryTake(out var idle)) return idle; //! LCA3004
        return await WireConnection.ConnectAsync("main", 9, stop);
    }

    public async Task<WireConnection> RentCheckedAsync(CancellationToken stop)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsOpen) return idle;
            idle.Dispose();
        }

        return await WireConnection.ConnectAsync("main", 9, stop);
    }

    public void Return(WireConnection connection) => _idle.Add(connection);
}

public sealed class Downloads(IHttpClientFactory factory)
{
    private static readonly HttpClient s_http = new();

    static Downloads() => s_http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003

    public async Task<string> OneAsync(string url)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(url);
    }

    public async Task<HttpResponseMessage> FactoryAsync(string url)
    {
        using var client = factory.CreateClient("downloads");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Connection.Add("close"); //! LCA3003
        return await client.SendAsync(request);
    }

    public Task<string> SharedAsync(string url) => s_http.GetStringAsync(url);

    public static void Prepare(HttpClient client) => client.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003

    public static void PrepareShared() => Prepare(s_http);
}

public sealed class Reports(NpgsqlDataSource source)
{
    private NpgsqlConnection? _kept;

    public async Task<object?> RunAsync(string sql, CancellationToken stop)
    {
        _kept ??= await source.OpenConnectionAsync(stop);
        await using var command = new NpgsqlCommand(sql, _kept);
        return await command.ExecuteScalarAsync(stop); //! LCA3001
    }

    public async Task<object?> RunFreshAsync(string sql, CancellationToken stop)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(stop);
    }
}
