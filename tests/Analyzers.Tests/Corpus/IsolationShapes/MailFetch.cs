using System.Collections.Concurrent;
using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Mail.Fetch;

/// <summary>A POP3 talk: commands and replies in strict turn.</summary>
public sealed class PopConnection : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly StreamReader _in;
    private readonly StreamWriter _out;

    public PopConnection(TcpClient tcp)
    {
        _tcp = tcp;
        _in = new StreamReader(tcp.GetStream(), Encoding.ASCII);
        _out = new StreamWriter(tcp.GetStream(), Encoding.ASCII) { NewLine = "\r\n", AutoFlush = true };
    }

    public bool IsOpen => _tcp.Client is { } socket && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    public async Task<string> ExecuteAsync(string command, CancellationToken stop)
    {
        await _out.WriteLineAsync(command.AsMemory(), stop); // ok LCA4006: handed out only by the pool below
        return await _in.ReadLineAsync(stop) ?? throw new EndOfStreamException();
    }

    public void Dispose() => _tcp.Dispose();
}

/// <summary>Who has one has it alone.</summary>
public sealed class PopPool(string host)
{
    private readonly ConcurrentQueue<PopConnection> _idle = new();

    public async Task<PopConnection> GetAsync(CancellationToken stop)
    {
        while (_idle.TryDequeue(out var connection))
        {
            if (connection.IsOpen) return connection;
            connection.Dispose();
        }

        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(host, 110, stop);
            return new PopConnection(tcp);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    public void Put(PopConnection connection) => _idle.Enqueue(connection);
}

public sealed class MailboxReader(PopPool pool)
{
    /// <summary>Whatever ended the talk, it goes back.</summary>
    public async Task<int> CountAsync(CancellationToken stop)
    {
        var connection = await pool.GetAsync(stop);
        try
        {
            var status = await connection.ExecuteAsync("STAT", stop);
            return int.Parse(status.Split(' ')[1]);
        }
        finally
        {
            pool.Put(connection); //! LCA4001
        }
    }

    /// <summary>A local function decides: whole back, half closed.</summary>
    public async Task<string> UidlAsync(CancellationToken stop)
    {
        var connection = await pool.GetAsync(stop);
        var settled = false;
        try
        {
            var answer = await connection.ExecuteAsync("UIDL", stop);
            settled = true;
            return answer;
        }
        finally
        {
            Settle();
        }

        void Settle()
        {
            if (settled) pool.Put(connection); // ok LCA4001: only when settled
            else connection.Dispose();
        }
    }

    /// <summary>Gives back after a cancellation.</summary>
    public async Task<string?> NoopAsync(CancellationToken stop)
    {
        PopConnection? connection = null;
        try
        {
            connection = await pool.GetAsync(stop);
            var answer = await connection.ExecuteAsync("NOOP", stop);
            pool.Put(connection);
            return answer;
        }
        catch (OperationCanceledException)
        {
            if (connection != null) pool.Put(connection); //! LCA4001
            return null;
        }
    }
}

/// <summary>The driver breaks what was cancelled; its Dispose may always be called.</summary>
public sealed class MailStore(NpgsqlDataSource source)
{
    public async Task<long> CountAsync(CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop); // ok LCA4001: the driver breaks it
        await using var command = new NpgsqlCommand("select count(*) from mail", connection);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }
}

/// <summary>A cancelled receive aborts the socket: nobody reads the late answer.</summary>
public sealed class PushChannel(ClientWebSocket socket)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<string> AskAsync(string text, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop);
            var buffer = new byte[1024];
            var result = await socket.ReceiveAsync(buffer, stop);
            return Encoding.UTF8.GetString(buffer, 0, result.Count);
        }
        finally
        {
            _turn.Release(); // ok LCA4001: aborted when cancelled
        }
    }
}

/// <summary>Accepts clients in the background; the stream of the latest is a field that the handler reads.</summary>
public sealed class FetchServer(TcpListener listener) : BackgroundService
{
    private Stream? _stream;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stoppingToken);
            _ = HandleAsync(client, stoppingToken);
        }
    }

    private async Task HandleAsync(TcpClient client, CancellationToken stop)
    {
        try
        {
            using var owned = client;
            _stream = client.GetStream(); //! LCA4002
            var line = new byte[512];
            var count = await _stream.ReadAsync(line, stop);
            await _stream.WriteAsync(line.AsMemory(0, count), stop);
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

/// <summary>The middleware by interface; whatever is registered for all requests must keep nothing of one.</summary>
public sealed class QuotaMiddleware(Func<string, Task<int>> quotaOf) : IMiddleware
{
    private HttpRequest? _request;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        _request = context.Request; //! LCA4002
        var quota = await quotaOf(context.Connection.Id);
        if (_request.ContentLength > quota)
        {
            context.Response.StatusCode = 413;
            return;
        }

        await next(context);
    }
}

/// <summary>The DNS question over UDP: datagrams, each answer carries its id.</summary>
public sealed class Resolver(UdpClient udp)
{
    public async Task NotifyAsync(byte[] zone, IPEndPoint secondary, CancellationToken stop)
    {
        await udp.SendAsync(zone, secondary, stop); // ok LCA4006: nothing is read
    }
}
