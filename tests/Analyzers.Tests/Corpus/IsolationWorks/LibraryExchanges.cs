// Gates, pools and timeouts that look like the stale-answer bug and are none: the library keeps the answers apart, or breaks its connection itself.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using StackExchange.Redis;

namespace Works.Isolation.LibraryExchanges;

public sealed class LedgerQueries(NpgsqlDataSource data, ILogger<LedgerQueries> log)
{
    // ok LCA4001: the driver breaks its connection when the command is cancelled
    public async Task<decimal?> BalanceAsync(Guid account, CancellationToken ct)
    {
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select balance from accounts where id = $1", connection);
        command.Parameters.AddWithValue(account);
        command.CommandTimeout = 3;
        try
        {
            return (decimal?)await command.ExecuteScalarAsync(ct);
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("balance of {Account} no longer asked for", account);
            return null;
        }
    }

    // ok LCA4001: a reader left early is drained or broken by the driver
    public async Task<List<string>> FirstNamesAsync(int count, CancellationToken ct)
    {
        var names = new List<string>();
        await using var connection = await data.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand("select name from accounts order by name", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (names.Count < count && await reader.ReadAsync(ct)) names.Add(reader.GetString(0));
        return names;
    }
}

public sealed class RateFetcher(HttpClient http, IDatabase cache)
{
    private readonly SemaphoreSlim _slots = new(4);

    // ok LCA4001: HttpClient and Redis make their exchanges themselves
    public async Task<decimal?> RateAsync(string pair, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        try
        {
            var known = await cache.StringGetAsync("rate:" + pair);
            if (known.HasValue) return (decimal)(double)known;
            using var request = new HttpRequestMessage(HttpMethod.Get, "/rates/" + pair);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode) return null;
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            return await JsonSerializer.DeserializeAsync<decimal>(body, cancellationToken: ct);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _slots.Release();
        }
    }
}

/// <summary>Answers over a reply queue, matched by correlation id: a late one finds nobody and is dropped.</summary>
public sealed class PricingRpc(IChannel channel, string replyQueue)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<byte[]>> _waiting = new();

    public Task ListenAsync(CancellationToken ct)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (delivery.BasicProperties.CorrelationId is { } id && _waiting.TryRemove(id, out var waiting)) waiting.TrySetResult(delivery.Body.ToArray());
            return Task.CompletedTask;
        };
        return channel.BasicConsumeAsync(replyQueue, autoAck: true, consumer, ct);
    }

    // ok LCA4001 LCA4006: the correlation id says whose answer it is
    public async Task<byte[]?> PriceAsync(byte[] question, TimeSpan limit, CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString("N");
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            var properties = new BasicProperties { CorrelationId = id, ReplyTo = replyQueue };
            await channel.BasicPublishAsync("", "pricing", false, properties, question, ct);
            return await answer.Task.WaitAsync(limit, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }
}

/// <summary>The vendor's link carries a sequence number in each frame; one loop reads, whoever asks waits for his number.</summary>
public sealed class NumberedScanner(WireConnection scanner)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1);
    private int _next;

    public async Task ReadAnswersAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var frame = await scanner.ReceiveAsync(ct);
            if (_pending.TryRemove(BitConverter.ToInt32(frame, 0), out var pending)) pending.TrySetResult(frame[4..]);
        }
    }

    // ok LCA4001 LCA4006: the gate is for the frame on the wire, the number keeps the answers apart
    public async Task<byte[]?> AskAsync(byte[] question, TimeSpan limit, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _next);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[number] = answer;
        await _writing.WaitAsync(ct);
        try
        {
            await scanner.SendAsync((byte[])[.. BitConverter.GetBytes(number), .. question], CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }

        try
        {
            return await answer.Task.WaitAsync(limit, ct);
        }
        catch (TimeoutException)
        {
            _pending.TryRemove(number, out _);
            return null;
        }
    }
}

/// <summary>A cancelled receive aborts a ClientWebSocket: nobody gets to read the late answer.</summary>
public sealed class ExchangeSocket(ClientWebSocket socket)
{
    private readonly SemaphoreSlim _gate = new(1);

    // ok LCA4001: see above; ok LCA4006: the gate is around the pair
    public async Task<string> CallAsync(string request, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, true, ct);
            var buffer = new byte[8192];
            var result = await socket.ReceiveAsync(buffer, ct);
            return Encoding.UTF8.GetString(buffer, 0, result.Count);
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>Metrics go out as datagrams; there is no answer that could be late.</summary>
public sealed class StatsEmitter(string host)
{
    private readonly ConcurrentBag<UdpClient> _clients = new();

    // ok LCA4001: one-way
    public async Task CountAsync(string name, int by, CancellationToken ct)
    {
        if (!_clients.TryTake(out var client)) client = new UdpClient(host, 8125); //? LCA3004
        try
        {
            await client.SendAsync(Encoding.ASCII.GetBytes($"{name}:{by}|c"), ct);
        }
        finally
        {
            _clients.Add(client);
        }
    }
}
