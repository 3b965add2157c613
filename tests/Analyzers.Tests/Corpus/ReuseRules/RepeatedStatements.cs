// Statements, publishes and resilience pipelines.
using System.Data.Common;
using System.Net.Http.Json;
using System.Net.Sockets;
using Npgsql;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Second.Reuse.RepeatedStatements;

public sealed class Ledger(NpgsqlDataSource source)
{
    public async Task<int> BookAsync(string sql, CancellationToken ct)
    {
        await using var command = source.CreateCommand(sql);
        try
        {
            return await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException)
        {
            return await command.ExecuteNonQueryAsync(ct); //! LCA3005
        }
    }

    public async Task<int> BookInLoopAsync(string sql, CancellationToken ct)
    {
        var tries = 0;
        while (true)
        {
            try
            {
                await using var command = source.CreateCommand(sql);
                return await command.ExecuteNonQueryAsync(ct); //! LCA3005
            }
            catch (NpgsqlException) when (++tries < 3)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    public async Task<int> BookOnConflictAsync(string sql, CancellationToken ct)
    {
        var tries = 0;
        while (true)
        {
            try
            {
                await using var command = source.CreateCommand(sql);
                return await command.ExecuteNonQueryAsync(ct); // ok LCA3005: the server rolled it back
            }
            catch (PostgresException e) when (e.SqlState == "40001" && ++tries < 3)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    public async Task<int> BookOnDeadlockAsync(string sql, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await using var command = source.CreateCommand(sql);
                return await command.ExecuteNonQueryAsync(ct);
            }
            catch (PostgresException e) when (i < 3 && e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
            {
            }
        }
    }

    public async Task<long> CountAsync(CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                await using var command = source.CreateCommand("select count(*) from bookings");
                return (long)(await command.ExecuteScalarAsync(ct))!; // ok LCA3005: a query
            }
            catch (NpgsqlException) when (i < 3)
            {
            }
        }
    }
}

public sealed class Events(IChannel channel, ResiliencePipeline given)
{
    private readonly ResiliencePipeline _all = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 4, ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<TimeoutException>() })
        .Build();

    private readonly ResiliencePipeline _timeoutOnly = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(2)).Build();

    public async Task EmitAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await channel.BasicPublishAsync("events", "", body);
        }
        catch (OperationInterruptedException)
        {
            await channel.BasicPublishAsync("events", "", body); //! LCA3005
        }
    }

    public async Task EmitInLoopAsync(ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        do
        {
            try
            {
                await channel.BasicPublishAsync("events", "", body, ct); //! LCA3005
                return;
            }
            catch (Exception e) when (e is SocketException or IOException or OperationInterruptedException)
            {
                await Task.Delay(500, ct);
            }
        }
        while (!ct.IsCancellationRequested);
    }

    public async Task OrderAsync(HttpClient http, object order, CancellationToken ct) =>
        await _all.ExecuteAsync(async token =>
        {
            using var response = await http.PostAsJsonAsync("/orders", order, token); //! LCA3005
            response.EnsureSuccessStatusCode();
        }, ct);

    public async Task<string> OrdersAsync(HttpClient http, CancellationToken ct) =>
        await _all.ExecuteAsync(async token => await http.GetStringAsync("/orders", token), ct);

    public async Task OrderWithTimeoutAsync(HttpClient http, object order, CancellationToken ct) =>
        await _timeoutOnly.ExecuteAsync(async token =>
        {
            using var response = await http.PostAsJsonAsync("/orders", order, token); // ok LCA3005: no retry in it
        }, ct);

    public async Task OrderByGivenAsync(HttpClient http, object order, CancellationToken ct) =>
        await given.ExecuteAsync(async token =>
        {
            using var response = await http.PostAsJsonAsync("/orders", order, token); // ok LCA3005: not built here
        }, ct);

    public async Task OrderByPolicyAsync(HttpClient http, object order)
    {
        var policy = Policy.Handle<HttpRequestException>().WaitAndRetryAsync(3, n => TimeSpan.FromSeconds(n));
        await policy.ExecuteAsync(() => http.PostAsJsonAsync("/orders", order)); //! LCA3005
    }
}
