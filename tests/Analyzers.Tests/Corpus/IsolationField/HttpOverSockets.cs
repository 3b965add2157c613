// HTTP/1.1 by hand over pooled connections, SMTP and FTP sessions, and tools that ask over a pipe.
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipes;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;
using Npgsql;

namespace Field.HttpOverSockets;

public sealed record Response(int Status, Dictionary<string, string> Headers, byte[] Body);

public sealed class HttpConnection(TcpClient client, Stream stream) : IAsyncDisposable
{
    public bool Reusable { get; private set; } = true;

    public bool IsOpen => !client.Client.Poll(0, SelectMode.SelectRead);

    public async Task SendAsync(string head, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), ct);
        if (!body.IsEmpty) await stream.WriteAsync(body, ct);
    }

    public async Task<(int Status, Dictionary<string, string> Headers)> ReadHeadAsync(CancellationToken ct)
    {
        var status = int.Parse((await LineAsync(ct)).AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (string line; (line = await LineAsync(ct)).Length > 0;)
        {
            var colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        if (headers.TryGetValue("Connection", out var kept) && kept == "close") Reusable = false;
        return (status, headers);
    }

    public async Task<byte[]> ReadBodyAsync(int length, CancellationToken ct)
    {
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, ct);
        return body;
    }

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        do
        {
            await stream.ReadExactlyAsync(one, ct);
            text.Append((char)one[0]);
        }
        while (one[0] != '\n');
        return text.ToString().TrimEnd();
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        client.Dispose();
    }
}

public sealed class LinePool(Func<string, CancellationToken, Task<HttpConnection>> dial)
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<HttpConnection>> _idle = new();

    public async ValueTask<HttpConnection> TakeAsync(string host, CancellationToken ct) =>
        _idle.TryGetValue(host, out var bag) && bag.TryTake(out var line) ? line : await dial(host, ct);

    public void Give(string host, HttpConnection line) => _idle.GetOrAdd(host, _ => new ConcurrentBag<HttpConnection>()).Add(line);
}

public sealed class HandMadeHttp(LinePool pool)
{
    /// <summary>Not found: the head is read, the body stays in the line.</summary>
    public async Task<byte[]?> GetAsync(string host, string path, CancellationToken ct)
    {
        var line = await pool.TakeAsync(host, ct);
        try
        {
            await line.SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n", default, ct);
            var (status, headers) = await line.ReadHeadAsync(ct);
            if (status == 404) return null;
            return await line.ReadBodyAsync(int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture), ct);
        }
        finally
        {
            pool.Give(host, line); //! LCA4001
        }
    }

    public async Task<Response> GetWholeAsync(string host, string path, CancellationToken ct)
    {
        var line = await pool.TakeAsync(host, ct);
        Response? response = null;
        try
        {
            await line.SendAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n", default, ct);
            var (status, headers) = await line.ReadHeadAsync(ct);
            var body = await line.ReadBodyAsync(int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture), ct);
            return response = new Response(status, headers, body);
        }
        finally
        {
            if (response != null && line.Reusable) pool.Give(host, line); // ok LCA4001: only when the response was read
            else await line.DisposeAsync();
        }
    }

    /// <summary>Any failure gives the line back, a cancelled read as well.</summary>
    public async Task<int> HeadAsync(string host, string path, CancellationToken ct)
    {
        var line = await pool.TakeAsync(host, ct);
        int status;
        try
        {
            await line.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n", default, ct);
            (status, _) = await line.ReadHeadAsync(ct);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            pool.Give(host, line); //! LCA4001
            throw;
        }

        pool.Give(host, line); // ok LCA4001: an answer to HEAD has no body
        return status;
    }

    public async Task<int> HeadOrCloseAsync(string host, string path, CancellationToken ct)
    {
        var line = await pool.TakeAsync(host, ct);
        int status;
        try
        {
            await line.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n", default, ct);
            (status, _) = await line.ReadHeadAsync(ct);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }

        pool.Give(host, line); // ok LCA4001: the exchange is done
        return status;
    }

    /// <summary>A local function that asks, and a finally outside it.</summary>
    public async Task<byte[]> PostAsync(string host, string path, byte[] body, CancellationToken ct)
    {
        var line = await pool.TakeAsync(host, ct);
        try
        {
            return await ExchangeAsync();
        }
        finally
        {
            pool.Give(host, line); //! LCA4001
        }

        async Task<byte[]> ExchangeAsync()
        {
            await line.SendAsync($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {body.Length}\r\n\r\n", body, ct);
            var (_, headers) = await line.ReadHeadAsync(ct);
            return await line.ReadBodyAsync(int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture), ct);
        }
    }
}

/// <summary>Mail sessions in the framework's object pool.</summary>
public sealed class SmtpSession : IDisposable
{
    private readonly TcpClient _client = new("mail.example", 25);

    public bool IsConnected => !_client.Client.Poll(0, SelectMode.SelectRead);

    public async Task SendAsync(string line, CancellationToken ct) => await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), ct);

    public async Task<string> ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[512];
        var n = await _client.GetStream().ReadAsync(buffer, ct);
        return n > 0 ? Encoding.ASCII.GetString(buffer, 0, n) : throw new EndOfStreamException();
    }

    public void Dispose() => _client.Dispose();
}

public sealed class MailQueue(ObjectPool<SmtpSession> sessions)
{
    public async Task<bool> VerifyAsync(string address, CancellationToken ct)
    {
        var session = sessions.Get();
        try
        {
            await session.SendAsync("VRFY " + address, ct);
            return (await session.ReceiveAsync(ct)).StartsWith("25", StringComparison.Ordinal);
        }
        finally
        {
            sessions.Return(session); //! LCA4001
        }
    }

    public async Task<bool> VerifyOrCloseAsync(string address, CancellationToken ct)
    {
        var session = sessions.Get();
        try
        {
            await session.SendAsync("VRFY " + address, ct);
            var known = (await session.ReceiveAsync(ct)).StartsWith("25", StringComparison.Ordinal);
            sessions.Return(session); // ok LCA4001: answered
            return known;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}

/// <summary>A helper process behind a named pipe; the pipe is a field and the method is public.</summary>
public sealed class HelperProcess(NamedPipeClientStream pipe) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<JsonDocument> CallAsync(string method, CancellationToken ct)
    {
        await JsonSerializer.SerializeAsync(pipe, new { method }, cancellationToken: ct);
        await pipe.WriteAsync("\n"u8.ToArray(), ct); //! LCA4006
        var buffer = new byte[65536];
        var n = await pipe.ReadAsync(buffer, ct);
        return JsonDocument.Parse(buffer.AsMemory(0, n));
    }

    public async Task<JsonDocument?> CallWithinAsync(string method, TimeSpan limit)
    {
        await _gate.WaitAsync();
        try
        {
            using var cancellation = new CancellationTokenSource(limit);
            await pipe.WriteAsync(Encoding.UTF8.GetBytes(method), cancellation.Token);
            var buffer = new byte[65536];
            var n = await pipe.ReadAsync(buffer, cancellation.Token);
            return JsonDocument.Parse(buffer.AsMemory(0, n));
        }
        catch (OperationCanceledException)
        {
            pipe.Dispose();
            return null;
        }
        finally
        {
            _gate.Release(); // ok LCA4001: the pipe was closed when the answer was late
        }
    }

    public void Dispose() => pipe.Dispose();
}

/// <summary>A TLS control line with a reader and a writer of its own.</summary>
public sealed class ControlLine
{
    private readonly SslStream _tls;

    public ControlLine(SslStream tls) => _tls = tls;

    public async Task<string> CommandAsync(string command, CancellationToken ct)
    {
        await WriteAsync(command, ct); //! LCA4006
        return await ReadAsync(ct);
    }

    private async Task WriteAsync(string command, CancellationToken ct) => await _tls.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), ct);

    private async Task<string> ReadAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        return Encoding.ASCII.GetString(buffer, 0, await _tls.ReadAsync(buffer, ct));
    }
}

/// <summary>What libraries keep apart by themselves.</summary>
public sealed class LibraryCalls(HttpClient http, NpgsqlDataSource source, ClientWebSocket socket)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<int> CountAsync(CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct); // ok LCA4001: the driver breaks it when it is cancelled
        await using var command = new NpgsqlCommand("select count(*) from t", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    public async Task<string?> FetchAsync(Uri uri, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            using var response = await http.PostAsJsonAsync(uri, 1, ct);
            return await response.Content.ReadAsStringAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _turn.Release(); // ok LCA4001: HttpClient keeps its answers apart
        }
    }

    public async Task<string?> AskAsync(string question, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(question), WebSocketMessageType.Text, true, ct); // ok LCA4006: in turn
            var buffer = new byte[4096];
            var got = await socket.ReceiveAsync(buffer, ct);
            return Encoding.UTF8.GetString(buffer, 0, got.Count);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _turn.Release(); // ok LCA4001: a cancelled receive aborts the web socket
        }
    }
}
