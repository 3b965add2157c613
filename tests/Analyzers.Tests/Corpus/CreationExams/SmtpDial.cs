// An SMTP relay's outgoing side: how long a dial may take, and who hears of the tasks that nobody awaits.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.SmtpDial;

public sealed class RelayOptions
{
    public required string Host { get; init; }

    public int Port { get; init; } = 25;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);
}

public sealed class MxDialer(RelayOptions options, ILogger<MxDialer> log)
{
    public async Task<TcpClient> DialAsync()
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(options.Host, options.Port); //! LCA1008
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // ok LCA1008: the token source is linked and told when to give up
    public async Task<TcpClient> DialWithinAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(options.Timeout);
        try
        {
            await client.ConnectAsync(options.Host, options.Port, limit.Token);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // The token exists, is checked, and is not passed.
    public async Task<Socket> DialCheckedAsync(IPEndPoint endpoint, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint); //! LCA1008
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // ok LCA1008 LCA1004: the wait is bounded, and the catch closes what the connect was working on
    public async Task<Socket> DialBoundedAsync(IPEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint).WaitAsync(options.Timeout);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<Stream?> DialRacedAsync(CancellationToken stop)
    {
        var client = new TcpClient(); //? LCA1003
        var connect = client.ConnectAsync(options.Host, options.Port, stop).AsTask();
        if (await Task.WhenAny(connect, Task.Delay(options.Timeout, stop)) != connect) //! LCA1004
        {
            log.LogWarning("{Host} does not answer", options.Host);
            return null;
        }

        await connect;
        return client.GetStream();
    }

    // ok LCA1004: the loser of the race is closed, which ends its connect, and its fault is looked at
    public async Task<Stream?> DialRacedClosedAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        var connect = client.ConnectAsync(options.Host, options.Port, stop).AsTask();
        var winner = await Task.WhenAny(connect, Task.Delay(options.Timeout, stop));
        if (winner != connect)
        {
            _ = connect.ContinueWith(t => log.LogDebug(t.Exception, "late"), TaskContinuationOptions.OnlyOnFaulted);
            client.Dispose();
            return null;
        }

        try
        {
            await connect;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return client.GetStream();
    }

    // ok LCA1008: a synchronous connect takes no token
    public TcpClient DialNow()
    {
        var client = new TcpClient { SendTimeout = 5000, ReceiveTimeout = 5000 };
        try
        {
            client.Connect(options.Host, options.Port);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public sealed class StatusFeed : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _log;
    private Task _loop = Task.CompletedTask;

    public StatusFeed(ILogger log) => _log = log;

    public async Task StartAsync(Uri uri)
    {
        await _socket.ConnectAsync(uri, CancellationToken.None); //! LCA1008
        _ = ReadAsync(); //! LCA1004
    }

    // ok LCA1004: the loop is kept and awaited when the feed ends
    public async Task StartKeptAsync(Uri uri, CancellationToken ct)
    {
        await _socket.ConnectAsync(uri, ct);
        _loop = ReadAsync();
    }

    // ok LCA1004: nothing escapes the loop
    public async Task StartQuietAsync(Uri uri, CancellationToken ct)
    {
        await _socket.ConnectAsync(uri, ct);
        _ = ReadQuietlyAsync();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[4096];
        while (_socket.State == WebSocketState.Open)
        {
            var result = await _socket.ReceiveAsync(buffer, _stop.Token);
            if (result.MessageType == WebSocketMessageType.Close) break;
        }
    }

    private async Task ReadQuietlyAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "feed ended");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _stop.Dispose();
    }
}

public sealed class SubmissionServer(TcpListener listener, ILogger log)
{
    private readonly ConcurrentDictionary<int, Task> _sessions = new();
    private int _next;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            Task.Run(() => ServeAsync(client, stop), stop); //! LCA1004
        }
    }

    // ok LCA1004: each session is kept until it has ended and its fault was seen
    public async Task RunTrackedAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            var id = _next++;
            _sessions[id] = ServeAsync(client, stop);
            _ = _sessions[id].ContinueWith(t =>
            {
                _sessions.TryRemove(id, out _);
                if (t.Exception is { } failure) log.LogError(failure, "session {Id}", id);
            }, CancellationToken.None);
        }
    }

    private static async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using (client)
        {
            var stream = client.GetStream();
            await stream.WriteAsync("220 relay ESMTP\r\n"u8.ToArray(), ct);
            await stream.CopyToAsync(Stream.Null, ct);
        }
    }

    // ok LCA1004: a greeting card is written to memory, not to a peer
    public void Prime(MemoryStream memory)
    {
        _ = memory.WriteAsync("220 relay ESMTP\r\n"u8.ToArray());
    }
}
