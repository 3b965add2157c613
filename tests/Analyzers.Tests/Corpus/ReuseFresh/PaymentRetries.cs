// Sending payments on: what may be repeated and what may not.
using System.Data.Common;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Fresh.Reuse.PaymentRetries;

public sealed record Payment(Guid Id, string Iban, decimal Amount);

public sealed class BankGateway(HttpClient http, ILogger<BankGateway> log)
{
    public async Task<HttpStatusCode> PayAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await http.PostAsJsonAsync("/payments", payment, ct); //! LCA3005
                return answer.StatusCode;
            }
            catch (HttpRequestException e) when (attempt < 3)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
                await Task.Delay(attempt * 200, ct);
            }
        }
    }

    // ok LCA3005: the bank knows the key
    public async Task<HttpStatusCode> PayOnceAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = JsonContent.Create(payment) };
                request.Headers.Add("Idempotency-Key", payment.Id.ToString());
                using var answer = await http.SendAsync(request, ct);
                return answer.StatusCode;
            }
            catch (HttpRequestException e) when (attempt < 3)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
                await Task.Delay(attempt * 200, ct);
            }
        }
    }

    // ok LCA3005: the server itself turned it away
    public async Task<HttpStatusCode> PayPolitelyAsync(Payment payment, CancellationToken ct)
    {
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("/payments", payment, ct);
            if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return answer.StatusCode;
            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), ct);
        }
    }

    public async Task<HttpStatusCode> RefundAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            using var first = await http.PostAsJsonAsync("/refunds", payment, ct);
            return first.StatusCode;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            using var second = await http.PostAsJsonAsync("/refunds", payment, ct); //! LCA3005
            return second.StatusCode;
        }
    }

    // ok LCA3005: reading again changes nothing
    public async Task<decimal> BalanceAsync(string iban, CancellationToken ct)
    {
        try
        {
            return await http.GetFromJsonAsync<decimal>($"/balance/{iban}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.GetFromJsonAsync<decimal>($"/balance/{iban}", ct);
        }
    }

    // ok LCA3005: nothing was written when the connection was refused
    public async Task<HttpStatusCode> NotifyAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            using var first = await http.PostAsJsonAsync("/notify", payment, ct);
            return first.StatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            using var second = await http.PostAsJsonAsync("/notify", payment, ct);
            return second.StatusCode;
        }
    }
}

internal static class Retry
{
    public static async Task<T> TwiceAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (IOException)
        {
            return await work();
        }
    }

    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, int attempts, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work(ct);
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException && --attempts > 0)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

public sealed class LedgerWriter(DbConnection database, HttpClient http)
{
    public async Task<int> BookAsync(Payment payment, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        command.CommandText = "insert into bookings values (@id, @amount)";
        try
        {
            return await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException)
        {
            return await command.ExecuteNonQueryAsync(ct); //! LCA3005
        }
    }

    // ok LCA3005: the database has rolled it back
    public async Task<int> BookSerialAsync(Payment payment, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        command.CommandText = "insert into bookings values (@id, @amount)";
        while (true)
        {
            try
            {
                return await command.ExecuteNonQueryAsync(ct);
            }
            catch (DbException e) when (e.SqlState == "40001")
            {
                await Task.Delay(20, ct);
            }
        }
    }

    public Task<HttpResponseMessage> TellAsync(Payment payment, CancellationToken ct) =>
        Retry.RunAsync(token => http.PostAsJsonAsync("/bookings", payment, token), 3, ct); //! LCA3005

    // ok LCA3005: a lookup
    public Task<HttpResponseMessage> AskAsync(Guid id, CancellationToken ct) =>
        Retry.RunAsync(token => http.GetAsync($"/bookings/{id}", token), 3, ct);
}

public sealed class ResilientGateway(HttpClient http)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 2, ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })
        .AddTimeout(TimeSpan.FromSeconds(5))
        .Build();

    public async Task<HttpStatusCode> PatchAsync(Payment payment, CancellationToken ct)
    {
        using var answer = await _pipeline.ExecuteAsync(async token => await http.PatchAsJsonAsync($"/payments/{payment.Id}", payment, token), ct); //! LCA3005
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> PutAsync(Payment payment, CancellationToken ct)
    {
        using var answer = await _pipeline.ExecuteAsync(async token => await http.PutAsJsonAsync($"/payments/{payment.Id}", payment, token), ct);
        return answer.StatusCode;
    }
}
