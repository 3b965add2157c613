using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// Every piece of C# of docs/guards stands here, word for word, so that it compiles; GuideTests compares. Not to be run.
namespace LifecycleAnalyzers.Runtime.Tests.Guides;

internal sealed class GuideSnippets(SendGate _gate, WebSocket _webSocket, Stream _stream)
{
    public static async Task ConnectingAsync(CancellationToken ct)
    {
        using var socket = await SafeSocket.ConnectAsync("broker.example", 5672, cancellationToken: ct);
    }

    public static async Task SendingAsync(WebSocket webSocket, ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        var result = await webSocket.TrySendAsync(message, WebSocketMessageType.Text, endOfMessage: true, ct);
        if (result.ProvablyNotSent)
        {
            Requeue(message);
        }
        else if (!result.IsSent)
        {
            Report(result.Exception);
        }
    }

    public static void Publishing(Channel channel, byte[] message)
    {
        var published = channel.TrySend(message, static c => c.IsOpen, static (c, m) => c.Publish(m));
    }

    public async Task EnteringAsync(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        using (await _gate.EnterAsync(ct).ConfigureAwait(false))
        {
            await _webSocket.SendAsync(header, WebSocketMessageType.Binary, false, ct);
            await _webSocket.SendAsync(body, WebSocketMessageType.Binary, true, ct);
        }
    }

    public async Task ExchangingAsync(byte[] request, CancellationToken ct)
    {
        var answer = await _gate.ExchangeAsync(
            async token =>
            {
                await _stream.WriteAsync(request, token);
                return await ReadAnswerAsync(_stream, token);
            },
            ct);
    }

    public static async Task WebSocketSenderAsync(WebSocket webSocket, CancellationToken ct)
    {
        await using var sender = new WebSocketSender(webSocket);
        var receiving = ReceiveAllAsync(sender.WebSocket, ct);
        var sent = await sender.TrySendAsync("hello", ct);
        await receiving;
    }

    public static void Observing(ILogger logger, CancellationToken ct)
    {
        SendHeartbeatAsync(ct).Observe(logger);
    }

    public static async Task LivenessAsync(Socket kept, string host, int port, CancellationToken ct)
    {
        if (!kept.IsAlive())
        {
            kept.Dispose();
            kept = await SafeSocket.ConnectAsync(host, port, cancellationToken: ct);
        }
    }

    public static async Task SessionsAsync(CancellationToken ct)
    {
        var slot = new SessionSlot<Session>(
            async token => await Session.OpenAsync(token),
            new SessionCacheOptions<Session> { IsUsable = static s => s.IsOpen });
        var rows = await slot.RunAsync((session, token) => session.QueryAsync("select 1", token), ct);
    }

    public static async Task RentingAsync(ConnectionPool<Socket> pool, byte[] request, byte[] answer, CancellationToken ct)
    {
        await using var lease = await pool.RentAsync(ct);
        await lease.Connection.SendAsync(request, ct);
        var count = await lease.Connection.ReceiveAsync(answer, ct);
        lease.Complete(); // reached only if all went well
    }

    public static async Task PoolingAsync()
    {
        await using var pool = new ConnectionPool<Socket>(
            async token => await SafeSocket.ConnectAsync("server.example", 6379, token),
            new ConnectionPoolOptions<Socket> { MaxSize = 20, IdleTimeout = TimeSpan.FromSeconds(50) });
    }

    public static async Task RelayingAsync(Socket accepted, ILogger logger, CancellationToken ct)
    {
        await using var pair = await ConnectionPair.ConnectAsync(
            accepted, async token => await SafeSocket.ConnectAsync("upstream.example", 5432, token), cancellationToken: ct);
        var result = await pair.RelayAsync(ct);
        logger.LogInformation("{Result}", result); // Failed by Second after 1.5 s, 100 bytes there and 20 back: Connection reset by peer
    }

    public static async Task TrackingAsync(TcpListener listener, ConnectionTracker tracker, CancellationToken ct)
    {
        using var client = await listener.AcceptTcpClientAsync(ct);
        using var tracked = tracker.Track(client, name: client.Client.RemoteEndPoint?.ToString());
        await ServeAsync(client, ct);
    }

    public static async Task ConnectingTrackedAsync(ConnectionTracker tracker, string host, int port, CancellationToken ct)
    {
        using var upstream = await tracker.ConnectAsync(async token => await SafeSocket.ConnectAsync(host, port, token), host, ct);
    }

    public static async Task DrainingAsync(ConnectionTracker tracker, ILogger logger, CancellationToken hostIsOutOfPatience)
    {
        var left = await tracker.DrainAsync(TimeSpan.FromSeconds(20), hostIsOutOfPatience);
        foreach (var connection in left)
        {
            logger.LogWarning("Had to close {Connection}", connection);
        }
    }

    public static async Task BufferAsync(Stream stream, TimeSpan timeout, CancellationToken ct)
    {
        using var buffer = BufferLease.Rent(8192);
        var receive = buffer.Track(stream.ReadAsync(buffer.Memory, ct)).AsTask();
        var count = await receive.WaitAsync(timeout, ct);
    }

    public static void Registering(IServiceCollection services)
    {
        services.AddConnectionTracker(static o => o.Name = "clients", drain: TimeSpan.FromSeconds(20));
        services.AddConnectionPool(
            static async (_, token) => await SafeSocket.ConnectAsync("server.example", 6379, token),
            static o => o.MaxSize = 20);
        services.AddSessionSlot(static async (_, token) => await Session.OpenAsync(token));
    }

    private static void Requeue(ReadOnlyMemory<byte> message) => _ = message;

    private static void Report(Exception? exception) => _ = exception;

    private static ValueTask<byte[]> ReadAnswerAsync(Stream stream, CancellationToken token) => new(Task.FromCanceled<byte[]>(token));

    private static Task ReceiveAllAsync(WebSocket webSocket, CancellationToken ct) => Task.CompletedTask;

    public static void Listening(System.Diagnostics.Metrics.MeterListener listener)
    {
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == LifecycleMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
    }

    private static Task SendHeartbeatAsync(CancellationToken ct) => Task.CompletedTask;

    private static Task ServeAsync(TcpClient client, CancellationToken ct) => Task.CompletedTask;

    internal sealed class Channel
    {
        public bool IsOpen { get; init; }

        public void Publish(byte[] message) => _ = message;
    }

    internal sealed class Session
    {
        public bool IsOpen { get; init; }

        public static ValueTask<Session> OpenAsync(CancellationToken token) => new(new Session());

        public ValueTask<int> QueryAsync(string query, CancellationToken token) => new(query.Length);
    }
}
