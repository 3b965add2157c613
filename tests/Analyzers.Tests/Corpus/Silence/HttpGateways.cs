// Outgoing HTTP of a payment gateway: typed clients, retries, idempotency keys, results instead of exceptions.
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;

namespace Silence.HttpGateways;

public sealed record Payment(Guid Id, decimal Amount, string Currency);

public sealed record Receipt(string Number);

public readonly record struct Outcome<T>(T? Value, string? Error)
{
    public static Outcome<T> Ok(T value) => new(value, null);

    public static Outcome<T> Failed(string error) => new(default, error);
}

public static class Backoff
{
    public static Task WaitAsync(int attempt, CancellationToken ct) => Task.Delay(TimeSpan.FromMilliseconds(200 << attempt), ct);
}

public sealed class PaymentClient(HttpClient http, ILogger<PaymentClient> log)
{
    // ok LCA3005: the key makes the second one the first one's repetition
    public async Task<Outcome<Receipt>> PayAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(payment) };
                request.Headers.Add("Idempotency-Key", payment.Id.ToString("N"));
                using var response = await http.SendAsync(request, ct);
                response.EnsureSuccessStatusCode();
                return Outcome<Receipt>.Ok((await response.Content.ReadFromJsonAsync<Receipt>(ct))!);
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "attempt {Attempt} failed", attempt);
                await Backoff.WaitAsync(attempt, ct);
            }
        }

        return Outcome<Receipt>.Failed("gateway not reachable");
    }

    // The refund was written in the image of the payment, without its key.
    public async Task<Outcome<Receipt>> RefundAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 4; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "refunds") { Content = JsonContent.Create(payment) };
                using var response = await http.SendAsync(request, ct); //! LCA3005
                response.EnsureSuccessStatusCode();
                return Outcome<Receipt>.Ok((await response.Content.ReadFromJsonAsync<Receipt>(ct))!);
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "attempt {Attempt} failed", attempt);
                await Backoff.WaitAsync(attempt, ct);
            }
        }

        return Outcome<Receipt>.Failed("gateway not reachable");
    }

    // ok LCA3005: reading may be repeated
    public async Task<Outcome<Receipt>> FindAsync(Guid id, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return Outcome<Receipt>.Ok((await http.GetFromJsonAsync<Receipt>($"payments/{id:N}", ct))!);
            }
            catch (HttpRequestException e) when (attempt < 3)
            {
                log.LogDebug(e, "again");
                await Backoff.WaitAsync(attempt, ct);
            }
        }
    }

    // ok LCA3005: only what the server itself turned away is sent again
    public async Task<HttpStatusCode> NotifyAsync(Payment payment, CancellationToken ct)
    {
        HttpStatusCode status;
        var attempt = 0;
        do
        {
            using var response = await http.PostAsJsonAsync("notifications", payment, ct);
            status = response.StatusCode;
            if (status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) break;
            await Backoff.WaitAsync(attempt, ct);
        }
        while (++attempt < 5);

        return status;
    }
}

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, Func<Exception, bool> again, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await work(ct);
            }
            catch (Exception e) when (attempt < 3 && again(e))
            {
                await Backoff.WaitAsync(attempt, ct);
            }
        }
    }
}

public sealed class LedgerClient(HttpClient http)
{
    // ok LCA3005: PUT of the whole entry is idempotent
    public Task<HttpStatusCode> PutAsync(Payment payment, CancellationToken ct) =>
        Retry.RunAsync(
            async token =>
            {
                using var response = await http.PutAsJsonAsync($"entries/{payment.Id:N}", payment, token);
                return response.StatusCode;
            },
            static e => e is HttpRequestException,
            ct);

    public Task<HttpStatusCode> AppendAsync(Payment payment, CancellationToken ct) =>
        Retry.RunAsync(
            async token =>
            {
                using var response = await http.PostAsJsonAsync("entries", payment, token); //! LCA3005
                return response.StatusCode;
            },
            static e => e is HttpRequestException or IOException,
            ct);
}

public sealed class LedgerStore(DbDataSource source, ILogger<LedgerStore> log)
{
    // ok LCA3005: a serialization failure is the server's own rejection
    public async Task<int> BookAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "insert into ledger(id, amount) values(@id, @amount)";
            Add(command, "id", payment.Id);
            Add(command, "amount", payment.Amount);
            try
            {
                return await command.ExecuteNonQueryAsync(ct);
            }
            catch (DbException e) when (e.SqlState == "40001" && attempt < 5)
            {
                log.LogDebug(e, "serialization failure");
                await Backoff.WaitAsync(attempt, ct);
            }
        }
    }

    public async Task<int> BookStubbornlyAsync(Payment payment, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into ledger_log(id, amount) values(@id, @amount)";
        Add(command, "id", payment.Id);
        Add(command, "amount", payment.Amount);
        try
        {
            return await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException e)
        {
            log.LogWarning(e, "once more");
            return await command.ExecuteNonQueryAsync(ct); //! LCA3005
        }
    }

    // ok LCA3005: a select
    public async Task<object?> BalanceAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var command = connection.CreateCommand();
            command.CommandText = "select sum(amount) from ledger";
            try
            {
                return await command.ExecuteScalarAsync(ct);
            }
            catch (DbException e) when (e.IsTransient && attempt < 3)
            {
                await Backoff.WaitAsync(attempt, ct);
            }
        }
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}

public static class HttpSetup
{
    private static readonly HttpClient Shared = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    // ok LCA3003: created, asked once and disposed here
    public static async Task<string> ProbeAsync(Uri uri, CancellationToken ct)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(uri, ct);
    }

    public static async Task<string> ProbeSharedAsync(Uri uri, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await Shared.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    // ok LCA3003: other headers
    public static void Identify(HttpClient client, string product, string version)
    {
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue(product, version));
        client.DefaultRequestHeaders.ConnectionClose = false;
    }

    private static void CloseAfterUse(HttpClient client) => client.DefaultRequestHeaders.Connection.Add("close"); // ok LCA3003: its one caller passes its own client

    public static async Task<int> LengthAsync(Uri uri, CancellationToken ct)
    {
        using var client = new HttpClient();
        CloseAfterUse(client);
        return (await client.GetByteArrayAsync(uri, ct)).Length;
    }
}

public sealed class FactoryCaller(IHttpClientFactory factory)
{
    // ok LCA3003: nothing closes here
    public async Task<string> GetAsync(Uri uri, CancellationToken ct)
    {
        using var client = factory.CreateClient("catalogue");
        return await client.GetStringAsync(uri, ct);
    }

    public async Task<string> GetAndCloseAsync(Uri uri, CancellationToken ct)
    {
        using var client = factory.CreateClient("catalogue");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(uri, ct);
    }
}
