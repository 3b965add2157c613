// Retrying in the house style: helpers, policies, brokers, databases, raw lines.
using System.Data.Common;
using System.Net.Sockets;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Sites.Reuse.Retries;

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> work, int attempts = 3)
    {
        while (true)
        {
            try
            {
                return await work(); //? LCA3005
            }
            catch (HttpRequestException) when (--attempts > 0)
            {
                await Task.Delay(200);
            }
        }
    }
}

public sealed class Notifier(HttpClient http)
{
    private readonly AsyncRetryPolicy _policy = Policy.Handle<HttpRequestException>().RetryAsync(3);

    public Task<HttpResponseMessage> NotifyAsync(string text)
    {
        return Retry.RunAsync(() => http.PostAsync("/notify", new StringContent(text))); //! LCA3005
    }

    // ok LCA3005: a GET through the same helper
    public Task<string> StatusAsync() => Retry.RunAsync(() => http.GetStringAsync("/status"));

    public Task<HttpResponseMessage> NotifyByPolicyAsync(string text)
    {
        return _policy.ExecuteAsync(() => http.PostAsync("/notify", new StringContent(text))); //! LCA3005
    }

    // ok LCA3005: the policy repeats a GET
    public Task<string> StatusByPolicyAsync() => _policy.ExecuteAsync(() => http.GetStringAsync("/status"));
}

public sealed class AccountBook(NpgsqlDataSource database, ILogger<AccountBook> log)
{
    public async Task CreditAsync(int account, decimal amount, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                await using var command = database.CreateCommand("update accounts set balance = balance + $1 where id = $2");
                command.Parameters.AddWithValue(amount);
                command.Parameters.AddWithValue(account);
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
                return;
            }
            catch (DbException e)
            {
                log.LogWarning(e, "credit failed, attempt {Attempt}", attempt);
            }
        }
    }

    // ok LCA3005: the server rolled it back itself
    public async Task CreditSerializableAsync(int account, decimal amount, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await using var command = database.CreateCommand("update accounts set balance = balance + $1 where id = $2");
                command.Parameters.AddWithValue(amount);
                command.Parameters.AddWithValue(account);
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState == "40001")
            {
                log.LogDebug(e, "serialization failure");
            }
        }
    }

    // ok LCA3005: a query may be asked twice
    public async Task<object?> BalanceAsync(int account, CancellationToken ct)
    {
        try
        {
            return await QueryAsync(account, ct);
        }
        catch (NpgsqlException e)
        {
            log.LogDebug(e, "again");
            return await QueryAsync(account, ct);
        }
    }

    private async Task<object?> QueryAsync(int account, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select balance from accounts where id = " + account);
        return await command.ExecuteScalarAsync(ct);
    }
}

public sealed class PaymentEvents(IChannel channel, ILogger<PaymentEvents> log)
{
    public async Task PublishAsync(byte[] payment, CancellationToken ct)
    {
        try
        {
            await channel.BasicPublishAsync("payments", "done", payment, ct);
        }
        catch (OperationInterruptedException e)
        {
            log.LogWarning(e, "publishing again");
            await channel.BasicPublishAsync("payments", "done", payment, ct); //! LCA3005
        }
    }

    // ok LCA3005: the second one is another message
    public async Task PublishOrComplainAsync(byte[] payment, CancellationToken ct)
    {
        try
        {
            await channel.BasicPublishAsync("payments", "done", payment, ct);
        }
        catch (OperationInterruptedException e)
        {
            log.LogWarning(e, "telling the operator");
            await channel.BasicPublishAsync("operators", "complaint", "payment lost"u8.ToArray(), ct);
        }
    }
}

public sealed class TransferDesk(IWireSession session, HttpClient http)
{
    public async Task<string> TransferAsync(string body, CancellationToken ct)
    {
        var tries = 3;
        while (tries-- > 0)
        {
            try
            {
                using var content = new StringContent(body);
                using var response = await http.PostAsync("/transfer", content, ct); //! LCA3005
                return await response.Content.ReadAsStringAsync(ct);
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                // timed out, the next try may be luckier
            }
        }

        throw new TimeoutException("the transfer desk does not answer");
    }

    // ok LCA3005: each account gets its own request; a failure goes on to the next account
    public async Task<int> TransferAllAsync(IEnumerable<string> bodies, CancellationToken ct)
    {
        var done = 0;
        foreach (var body in bodies)
        {
            try
            {
                using var response = await http.PostAsync("/transfer", new StringContent(body), ct);
                done++;
            }
            catch (HttpRequestException)
            {
                continue;
            }
        }

        return done;
    }

    // ok LCA3005: sent once, whatever happens
    public async Task<bool> TellAsync(byte[] body, CancellationToken ct)
    {
        try
        {
            await session.PublishAsync("transfers", body, ct);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
