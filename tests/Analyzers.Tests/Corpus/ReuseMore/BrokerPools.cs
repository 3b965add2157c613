// Pools of broker channels, database connections, web sockets and a vendor's connections.
using System.Collections.Concurrent;
using System.Data;
using System.Net.WebSockets;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.ObjectPool;
using Npgsql;
using RabbitMQ.Client;

namespace Corpus.Reuse.BrokerPools;

/// <summary>RabbitMQ channels in a queue; a channel that the broker closed comes out like any other.</summary>
public sealed class ChannelPool(Func<CancellationToken, Task<IChannel>> open)
{
    private readonly ConcurrentQueue<IChannel> _channels = new();

    public async Task PublishAsync(string exchange, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!_channels.TryDequeue(out var channel)) channel = await open(ct); //! LCA3004
        await channel.BasicPublishAsync(exchange, key, false, new BasicProperties(), body, ct);
        _channels.Enqueue(channel);
    }

    // ok LCA3004: a pattern on IsOpen decides
    public async Task PublishOpenAsync(string exchange, string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        if (!_channels.TryDequeue(out var channel) || channel is not { IsOpen: true })
        {
            channel?.Dispose();
            channel = await open(ct);
        }

        await channel.BasicPublishAsync(exchange, key, false, new BasicProperties(), body, ct);
        _channels.Enqueue(channel);
    }
}

/// <summary>A bounded channel is the pool.</summary>
public sealed class BoundedChannelPool
{
    private readonly Channel<IChannel> _free;

    public BoundedChannelPool(IReadOnlyCollection<IChannel> opened)
    {
        _free = Channel.CreateBounded<IChannel>(opened.Count);
        foreach (var channel in opened) _free.Writer.TryWrite(channel);
    }

    public async Task SendAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var channel = await _free.Reader.ReadAsync(ct); //! LCA3004
        await channel.BasicPublishAsync("", queue, body, ct);
        await _free.Writer.WriteAsync(channel, ct);
    }

    // ok LCA3004: closed ones are left out
    public async Task SendOpenAsync(string queue, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        IChannel channel;
        do
        {
            channel = await _free.Reader.ReadAsync(ct);
        }
        while (channel.IsClosed);
        await channel.BasicPublishAsync("", queue, body, ct);
        await _free.Writer.WriteAsync(channel, ct);
    }
}

/// <summary>Database connections on a stack under a lock.</summary>
public sealed class HandMadeDbPool(Func<NpgsqlConnection> open)
{
    private readonly Stack<NpgsqlConnection> _stack = new();

    public int Touch(int id)
    {
        NpgsqlConnection connection;
        lock (_stack)
        {
            connection = _stack.Count == 0 ? open() : _stack.Pop(); //! LCA3004
        }

        using (var command = new NpgsqlCommand("update device set seen = now() where id = @id", connection))
        {
            command.Parameters.AddWithValue("id", id);
            var rows = command.ExecuteNonQuery();
            lock (_stack) _stack.Push(connection);
            return rows;
        }
    }

    // ok LCA3004: the state is asked before the command
    public int TouchOpen(int id)
    {
        NpgsqlConnection? connection = null;
        lock (_stack)
        {
            if (_stack.TryPop(out var candidate) && candidate.State == ConnectionState.Open) connection = candidate;
        }

        connection ??= open();
        using var command = new NpgsqlCommand("update device set seen = now() where id = @id", connection);
        command.Parameters.AddWithValue("id", id);
        var rows = command.ExecuteNonQuery(); //? LCA2002
        lock (_stack) _stack.Push(connection);
        return rows;
    }
}

/// <summary>Web sockets to a feed handler, kept for the next burst.</summary>
public sealed class SocketRack(Func<CancellationToken, Task<ClientWebSocket>> connect)
{
    private readonly ConcurrentStack<ClientWebSocket> _rack = new();

    public async Task BurstAsync(IEnumerable<byte[]> frames, CancellationToken ct)
    {
        ClientWebSocket? socket;
        if (_rack.TryPop(out socket) == false) //! LCA3004
        {
            socket = await connect(ct);
        }

        foreach (var frame in frames)
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        _rack.Push(socket);
    }

    // ok LCA3004: a switch over the state
    public async Task BurstOpenAsync(IEnumerable<byte[]> frames, CancellationToken ct)
    {
        ClientWebSocket socket;
        if (_rack.TryPop(out var kept))
        {
            switch (kept.State)
            {
                case WebSocketState.Open:
                    socket = kept;
                    break;
                default:
                    kept.Dispose();
                    socket = await connect(ct);
                    break;
            }
        }
        else
        {
            socket = await connect(ct);
        }

        foreach (var frame in frames)
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        _rack.Push(socket);
    }
}

/// <summary>An object pool knows nothing about connections.</summary>
public sealed class WireGateway(ObjectPool<WireConnection> pool, Func<WireConnection> open)
{
    public async Task SubmitAsync(byte[] frame, CancellationToken ct)
    {
        var connection = pool.Get(); //! LCA3004
        await connection.SendAsync(frame, ct);
        pool.Return(connection);
    }

    // ok LCA3004: asked; a closed one is not given back
    public async Task SubmitOpenAsync(byte[] frame, CancellationToken ct)
    {
        var connection = pool.Get();
        if (!connection.IsOpen)
        {
            connection.Dispose();
            connection = open();
        }

        await connection.SendAsync(frame, ct);
        pool.Return(connection);
    }

    // ok LCA3004: a ping is a probe
    public async Task SubmitPingedAsync(byte[] frame, CancellationToken ct)
    {
        var connection = pool.Get();
        if (!await connection.PingAsync(ct))
        {
            await connection.DisposeAsync();
            connection = open();
        }

        await connection.SendAsync(frame, ct);
        pool.Return(connection);
    }
}

/// <summary>The wrong one is asked.</summary>
public sealed class PairedPool(WireConnection control, Func<CancellationToken, Task<WireConnection>> connect)
{
    private readonly ConcurrentBag<WireConnection> _data = [];

    public async Task SendAsync(byte[] frame, CancellationToken ct)
    {
        if (!control.IsOpen) throw new WireException();
        if (!_data.TryTake(out var connection)) //! LCA3004
            connection = await connect(ct);
        await connection.SendAsync(frame, ct);
        _data.Add(connection);
    }

    public async Task<byte[]> FetchAsync(byte[] request, CancellationToken ct)
    {
        _data.TryTake(out var connection); //! LCA3004
        if (connection != null)
        {
            var kept = await connection.RequestAsync(request, ct);
            _data.Add(connection);
            return kept;
        }

        var fresh = await connect(ct);
        var reply = await fresh.RequestAsync(request, ct);
        _data.Add(fresh);
        return reply;
    }
}

/// <summary>HTTP clients in a bag are odd, but each reconnects by itself.</summary>
public sealed class HttpClientBag(Func<HttpClient> create)
{
    private readonly ConcurrentBag<HttpClient> _bag = [];

    // ok LCA3004: HttpClient needs no check
    public async Task<string> GetAsync(string url, CancellationToken ct)
    {
        if (!_bag.TryTake(out var client)) client = create();
        var text = await client.GetStringAsync(url, ct);
        _bag.Add(client);
        return text;
    }
}
