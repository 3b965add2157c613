// A web shop's back end: what is sent twice, and who asks the pool to close.
using System.Net.Http;
using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.OrderRetries;

public sealed record Payment(string Reference, decimal Amount);

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> work, int attempts = 3)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (HttpRequestException) when (attempt < attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt));
            }
        }
    }
}

public sealed class PaymentClient(HttpClient http, ILogger<PaymentClient> log)
{
    public async Task<HttpResponseMessage> PayAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("/payments", payment, ct);
        }
        catch (HttpRequestException ex)
        {
            log.LogWarning(ex, "once more");
            return await http.PostAsJsonAsync("/payments", payment, ct); //! LCA3005
        }
    }

    // ok LCA3005: the key makes it idempotent
    public async Task<HttpResponseMessage> PayKeyedAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = JsonContent.Create(payment) };
            request.Headers.Add("Idempotency-Key", payment.Reference);
            try
            {
                return await http.SendAsync(request, ct);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    public Task<HttpResponseMessage> PayThroughHelperAsync(Payment payment) =>
        Retry.RunAsync(() => http.PostAsJsonAsync("/payments", payment)); //! LCA3005

    // ok LCA3005: a GET may be repeated
    public Task<Payment?> LookAsync(string reference) =>
        Retry.RunAsync(() => http.GetFromJsonAsync<Payment>($"/payments/{reference}"));

    // ok LCA3005: the server itself said no
    public async Task<HttpResponseMessage> PayUntilAcceptedAsync(Payment payment, CancellationToken ct)
    {
        while (true)
        {
            var response = await http.PostAsJsonAsync("/payments", payment, ct);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return response;
            response.Dispose();
            await Task.Delay(500, ct);
        }
    }

    // ok LCA3005: nothing was written when the connect was refused
    public async Task<HttpResponseMessage> PayRefusedAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("/payments", payment, ct);
        }
        catch (HttpRequestException ex) when (ex.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return await http.PostAsJsonAsync("/payments", payment, ct);
        }
    }

    public async Task<bool> PatchAsync(string reference, HttpContent content)
    {
        var tries = 0;
        while (tries++ < 3)
        {
            try
            {
                using var response = await http.PatchAsync($"/payments/{reference}", content); //! LCA3005
                return response.IsSuccessStatusCode;
            }
            catch (IOException ex)
            {
                log.LogWarning(ex, "try {Try}", tries);
            }
            catch (TaskCanceledException)
            {
                log.LogWarning("timed out");
            }
        }

        return false;
    }
}

public sealed class Ledger(DbDataSource data, ILogger<Ledger> log)
{
    public async Task BookAsync(Payment payment, CancellationToken ct)
    {
        var left = 2;
        await using var command = data.CreateCommand("insert into ledger (reference, amount) values (@r, @a)");
    again:
        try
        {
            await command.ExecuteNonQueryAsync(ct); //! LCA3005
        }
        catch (DbException ex) when (left-- > 0)
        {
            log.LogWarning(ex, "{Reference}", payment.Reference);
            goto again;
        }
    }

    // ok LCA3005: a serialisation failure was rolled back
    public async Task BookSerializableAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var command = data.CreateCommand("update ledger set closed = true");
            try
            {
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (DbException ex) when (ex.SqlState == "40001" && attempt < 5)
            {
                log.LogDebug(ex, "serialisation");
            }
        }
    }

    // ok LCA3005: a question, not a change
    public async Task<object?> CountAsync(CancellationToken ct)
    {
        await using var command = data.CreateCommand("select count(*) from ledger");
        try
        {
            return await command.ExecuteScalarAsync(ct);
        }
        catch (DbException)
        {
            return await command.ExecuteScalarAsync(ct);
        }
    }
}

public sealed class ShopClient
{
    private static readonly HttpClient s_shared = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private readonly IHttpClientFactory _factory;

    public ShopClient(IHttpClientFactory factory)
    {
        _factory = factory;
        s_shared.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public async Task<string> StockAsync(string sku, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/stock/{sku}");
        request.Headers.Connection.Add("close"); //! LCA3003
        using var response = await s_shared.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> PriceAsync(string sku, CancellationToken ct)
    {
        using var client = _factory.CreateClient("prices");
        client.DefaultRequestHeaders.Connection.ParseAdd("close"); //! LCA3003
        return await client.GetStringAsync($"/price/{sku}", ct);
    }

    // ok LCA3003: created and disposed here
    public static async Task<string> OnceAsync(Uri uri, CancellationToken ct)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(uri, ct);
    }

    public Task<string> ThroughHelperAsync(CancellationToken ct) => FetchAsync(s_shared, "/news", ct);

    private static async Task<string> FetchAsync(HttpClient client, string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { ConnectionClose = true } }; //! LCA3003
        using var response = await client.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    // ok LCA3003: false asks for the opposite; and another header
    public static HttpRequestMessage Keep(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.ConnectionClose = false;
        request.Headers.Add("X-Door", "close");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        return request;
    }
}
