// HTTP clients that are shared are not told to close; and requests that may have been written are not sent twice.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sites.Reuse.HttpShared;

public sealed record Invoice(string Number, decimal Amount);

public sealed class LegacyErpClient
{
    private readonly HttpClient _http;

    public LegacyErpClient(HttpClient http)
    {
        _http = http;
        _http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public async Task<string> StockAsync(string article, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/stock/{article}");
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await _http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> PriceAsync(string article, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/price/{article}");
        request.Headers.TryAddWithoutValidation("Connection", "close"); //! LCA3003
        using var response = await _http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    // ok LCA3003: keeps the connection
    public async Task<string> NameAsync(string article, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/name/{article}");
        request.Headers.ConnectionClose = false;
        request.Headers.TryAddWithoutValidation("X-Connection", "close");
        using var response = await _http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
}

public static class Webhooks
{
    private static readonly HttpClient Shared = CreateShared();

    private static HttpClient CreateShared()
    {
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("hooks", "1.0"));
        return client;
    }

    public static void Configure(string token)
    {
        Shared.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Shared.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
    }

    // ok LCA3003: created and disposed right here
    public static async Task<HttpStatusCode> ProbeAsync(Uri target, CancellationToken ct)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        using var response = await client.GetAsync(target, ct);
        return response.StatusCode;
    }
}

public sealed class ReportFetcher(IHttpClientFactory factory, SocketsHttpHandler handler)
{
    public async Task<byte[]> FetchAsync(Uri report, CancellationToken ct)
    {
        using var client = factory.CreateClient("reports");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetByteArrayAsync(report, ct);
    }

    public async Task<byte[]> FetchOverSharedHandlerAsync(Uri report, CancellationToken ct)
    {
        using var client = new HttpClient(handler, disposeHandler: false);
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await client.GetByteArrayAsync(report, ct);
    }

    // ok LCA3003: the framework's response, not a request of a client
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.Connection = "close";
        return context.Response.WriteAsync("later");
    }
}

/// <summary>Helpers that take the client: their callers decide what it is.</summary>
public sealed class MapTiles(HttpClient http)
{
    public Task<byte[]> TileAsync(int x, int y, CancellationToken ct) => FetchAndCloseAsync(http, $"/tiles/{x}/{y}", ct);

    // ok LCA3003: its own client, gone after the probe
    public static async Task<byte[]> LegendAsync(Uri server, CancellationToken ct)
    {
        using var own = new HttpClient { BaseAddress = server };
        return await FetchOnceAsync(own, "/legend", ct);
    }

    private static Task<byte[]> FetchAndCloseAsync(HttpClient client, string path, CancellationToken ct)
    {
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return client.GetByteArrayAsync(path, ct);
    }

    // ok LCA3003: its one caller passes a client of its own
    private static Task<byte[]> FetchOnceAsync(HttpClient client, string path, CancellationToken ct)
    {
        client.DefaultRequestHeaders.ConnectionClose = true;
        return client.GetByteArrayAsync(path, ct);
    }
}

public sealed class InvoiceClient(HttpClient http, ILogger<InvoiceClient> log)
{
    public async Task<HttpResponseMessage> BookAsync(Invoice invoice, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("/invoices", invoice, ct);
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "once more");
            return await http.PostAsJsonAsync("/invoices", invoice, ct); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> BookInLoopAsync(Invoice invoice, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.PostAsync("/invoices", JsonContent.Create(invoice), ct); //! LCA3005
            }
            catch (HttpRequestException e) when (attempt < 3)
            {
                log.LogWarning(e, "attempt {Attempt} failed", attempt);
                await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    // ok LCA3005: reading again does no harm
    public async Task<Invoice?> FindAsync(string number, CancellationToken ct)
    {
        try
        {
            return await http.GetFromJsonAsync<Invoice>($"/invoices/{number}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.GetFromJsonAsync<Invoice>($"/invoices/{number}", ct);
        }
    }

    // ok LCA3005: an idempotency key lets the server see the repetition
    public async Task<HttpResponseMessage> BookWithKeyAsync(Invoice invoice, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/invoices") { Content = JsonContent.Create(invoice) };
            request.Headers.Add("Idempotency-Key", invoice.Number);
            try
            {
                return await http.SendAsync(request, ct);
            }
            catch (HttpRequestException e) when (attempt < 3)
            {
                log.LogWarning(e, "attempt {Attempt} failed", attempt);
            }
        }
    }

    // ok LCA3005: the server itself rejected it
    public async Task<HttpResponseMessage> BookWhenReadyAsync(Invoice invoice, CancellationToken ct)
    {
        while (true)
        {
            var response = await http.PostAsJsonAsync("/invoices", invoice, ct);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return response;
            response.Dispose();
            await Task.Delay(TimeSpan.FromSeconds(2), ct);
        }
    }

    // ok LCA3005: a name that could not be resolved, a connect that was refused: nothing was written
    public async Task<HttpResponseMessage> BookPastRefusalAsync(Invoice invoice, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("/invoices", invoice, ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            log.LogWarning(e, "not reached");
            return await http.PostAsJsonAsync("/invoices", invoice, ct);
        }
    }

    public async Task<bool> AmendAsync(string number, decimal amount, CancellationToken ct)
    {
        var failures = 0;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"/invoices/{number}") { Content = JsonContent.Create(new { add = amount }) };
            try
            {
                using var response = await http.SendAsync(request, ct); //! LCA3005
                return response.IsSuccessStatusCode;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                log.LogInformation(e, "amendment failed");
                failures++;
            }
        }
        while (failures < 5);
        return false;
    }

    // ok LCA3005: the failure is told, not repeated
    public async Task<bool> BookOrReportAsync(Invoice invoice, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("/invoices", invoice, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException e)
        {
            log.LogError(e, "{Number} not booked", invoice.Number);
            return false;
        }
    }
}
