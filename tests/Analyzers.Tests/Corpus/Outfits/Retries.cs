// Requests that are sent again.
using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Outfits.Retries;

public sealed record Order(Guid Id, decimal Amount);

// 1 bug
public sealed class Payments(HttpClient http)
{
    public async Task PayAsync(Order order, CancellationToken ct)
    {
        try
        {
            await http.PostAsJsonAsync("pay", order, ct);
        }
        catch (HttpRequestException)
        {
            await http.PostAsJsonAsync("pay", order, ct); //! LCA3005
        }
    }
}

// 2 correct: 429 and 503 only
public sealed class PoliteRetry(HttpClient http)
{
    public async Task<HttpResponseMessage> PayAsync(Order order, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var response = await http.PostAsJsonAsync("pay", order, ct);
            if (attempt == 3 || response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return response;
            response.Dispose();
            await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
        }
    }
}

// 3 correct: idempotency key
public sealed class KeyedPayments(HttpClient http)
{
    public async Task PayAsync(Order order, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "pay") { Content = JsonContent.Create(order), Headers = { { "Idempotency-Key", order.Id.ToString() } } };
            try
            {
                using var response = await http.SendAsync(request, ct);
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(200 * attempt, ct);
            }
        }
    }
}

// 4 bug: loop with when
public sealed class LoopedPayments(HttpClient http)
{
    public async Task PayAsync(Order order, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("pay", order, ct); //! LCA3005
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (Exception e) when (attempt < 3 && e is HttpRequestException or IOException)
            {
                await Task.Delay(200 * attempt, ct);
            }
        }
    }
}

// 5 correct: a GET may be repeated
public sealed class Lookup(HttpClient http)
{
    public async Task<Order?> FindAsync(Guid id, CancellationToken ct)
    {
        try
        {
            return await http.GetFromJsonAsync<Order>($"orders/{id}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.GetFromJsonAsync<Order>($"orders/{id}", ct);
        }
    }
}

// 6 bug: Polly pipeline built here
public sealed class PollyPayments(HttpClient http)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(), MaxRetryAttempts = 3 })
        .Build();

    public async Task PayAsync(Order order, CancellationToken ct) =>
        await _pipeline.ExecuteAsync(async token => await http.PostAsJsonAsync("pay", order, token), ct); //! LCA3005
}

// 7 correct: Polly handles only what the server refused
public sealed class PollyPolite(HttpClient http)
{
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result?.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable),
            MaxRetryAttempts = 3,
        })
        .Build();

    public ValueTask<HttpResponseMessage> PayAsync(Order order, CancellationToken ct) =>
        _pipeline.ExecuteAsync(async token => await http.PostAsJsonAsync("pay", order, token), ct);
}

// 8 correct: connection refused proves that nothing was written
public sealed class RefusedOnly(HttpClient http)
{
    public async Task PayAsync(Order order, CancellationToken ct)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                await http.PostAsJsonAsync("pay", order, ct);
                return;
            }
            catch (HttpRequestException e) when (left > 0 && e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound })
            {
                await Task.Delay(500, ct);
            }
        }
    }
}

// 9 bug: own generic helper
public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, int attempts, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await work(ct);
            }
            catch (HttpRequestException) when (i < attempts)
            {
                await Task.Delay(100 << i, ct);
            }
        }
    }
}

public sealed class HelpedPayments(HttpClient http)
{
    public Task<HttpResponseMessage> PayAsync(Order order, CancellationToken ct) =>
        Retry.RunAsync(t => http.PostAsJsonAsync("pay", order, t), 3, ct); //! LCA3005

    public Task<string> ReadAsync(CancellationToken ct) => Retry.RunAsync(t => http.GetStringAsync("state", t), 3, ct);
}

// 10 correct: serialization failure
public sealed class SerializableTransfer(NpgsqlDataSource source)
{
    public async Task MoveAsync(int from, int to, decimal amount, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand("call move($1, $2, $3)", connection) { Parameters = { new() { Value = from }, new() { Value = to }, new() { Value = amount } } };
            try
            {
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected && attempt < 5)
            {
                await Task.Delay(10 << attempt, ct);
            }
        }
    }
}

// 11 bug: DbException
public sealed class BlindTransfer(NpgsqlDataSource source)
{
    public async Task InsertAsync(string name, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand("insert into names values ($1)");
                command.Parameters.AddWithValue(name);
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
                return;
            }
            catch (DbException) when (attempt < 5)
            {
                await Task.Delay(10 << attempt, ct);
            }
        }
    }
}

// 12 bug: publish again after the operation was interrupted
public sealed class Publisher(IChannel channel, Func<Task<IChannel>> reopen)
{
    public async Task PublishAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await channel.BasicPublishAsync("x", "y", body);
        }
        catch (OperationInterruptedException)
        {
            channel = await reopen();
            await channel.BasicPublishAsync("x", "y", body); //! LCA3005
        }
    }
}

// 13 bug: delegating handler repeats whatever comes
public sealed class RetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await base.SendAsync(request, ct); //? LCA3005
            }
            catch (HttpRequestException) when (attempt < 2)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

// 14 correct: delegating handler asks the method
public sealed class SafeRetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await base.SendAsync(request, ct);
            }
            catch (HttpRequestException) when (attempt < 2 && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head))
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

// 15 correct: every pass sends another message
public sealed class Drain(HttpClient http, Queue<Order> waiting, Action<Order, Exception> failed)
{
    public async Task RunAsync(CancellationToken ct)
    {
        while (waiting.TryDequeue(out var order))
        {
            try
            {
                await http.PostAsJsonAsync("pay", order, ct);
            }
            catch (HttpRequestException e)
            {
                failed(order, e);
            }
        }
    }
}
