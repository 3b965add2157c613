using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Clearing.Partners;

public sealed record Transfer(Guid Id, decimal Amount, string Iban);

/// <summary>A typed client, as the factory makes it.</summary>
public class TransferClient
{
    private readonly HttpClient _http;

    public TransferClient(HttpClient http)
    {
        _http = http;
        _http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public async Task<bool> SubmitAsync(Transfer transfer, CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync("transfers", transfer, ct);
        return answer.IsSuccessStatusCode;
    }
}

public sealed class RateFeed(IHttpClientFactory clients)
{
    public async Task<string> TodayAsync(CancellationToken ct)
    {
        using var client = clients.CreateClient("rates");
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await client.GetStringAsync("today", ct);
    }

    public async Task<string> YesterdayAsync(CancellationToken ct)
    {
        var client = clients.CreateClient("rates");
        client.DefaultRequestHeaders.Connection.Add("keep-alive"); // ok LCA3003: asks for the opposite
        return await client.GetStringAsync("yesterday", ct);
    }
}

internal static class Wire
{
    private static readonly HttpClient Shared = new() { Timeout = TimeSpan.FromSeconds(20) };

    public static async Task<HttpStatusCode> PingAsync(Uri partner, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, partner) { Headers = { ConnectionClose = true } }; //! LCA3003
        using var response = await Shared.SendAsync(request, ct);
        return response.StatusCode;
    }

    public static async Task<string> ReadAsync(Uri partner, bool last, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, partner);
        if (last) request.Headers.TryAddWithoutValidation("Connection", "close"); //! LCA3003
        using var response = await Shared.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    /// <summary>A client for one question and its own handler: nothing is shared.</summary>
    public static async Task<string> OnceAsync(Uri partner, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = partner };
        http.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: created and disposed right here
        return await http.GetStringAsync("status", ct);
    }

    public static void Prepare(HttpClient client, string agent)
    {
        client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
        client.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
    }
}

public sealed class AuditUploader
{
    private static readonly SocketsHttpHandler Handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
    private readonly HttpClient _client = new(Handler, disposeHandler: false);

    public AuditUploader() => Wire.Prepare(_client, "audit/2");

    public async Task UploadAsync(Stream log, CancellationToken ct)
    {
        using var client = new HttpClient(Handler, false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        using var response = await client.PutAsync("https://audit.example/log", new StreamContent(log), ct);
        response.EnsureSuccessStatusCode();
        using var mark = await _client.GetAsync("https://audit.example/mark", ct);
    }
}

/// <summary>Repeats a transfer in three ways, one of which may pay twice... two of which are right.</summary>
public sealed class TransferDesk(HttpClient http)
{
    public async Task<HttpResponseMessage> SubmitAsync(Transfer transfer, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("transfers", transfer, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return await http.PostAsJsonAsync("transfers", transfer, ct); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> SubmitKeyedAsync(Transfer transfer, CancellationToken ct)
    {
        for (var left = 3; ; left--)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "transfers") { Content = JsonContent.Create(transfer) };
            request.Headers.Add("Idempotency-Key", transfer.Id.ToString("N"));
            try
            {
                return await http.SendAsync(request, ct); // ok LCA3005: the server knows a repeated one by its key
            }
            catch (HttpRequestException) when (left > 0)
            {
                await Task.Delay(500, ct);
            }
        }
    }

    public async Task<HttpResponseMessage> SubmitWhenAskedToAsync(Transfer transfer, CancellationToken ct)
    {
        while (true)
        {
            var answer = await http.PostAsJsonAsync("transfers", transfer, ct); // ok LCA3005: the server itself refused the first
            if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return answer;
            var wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            answer.Dispose();
            await Task.Delay(wait, ct);
        }
    }

    public async Task<HttpResponseMessage> SubmitUnlessWrittenAsync(Transfer transfer, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("transfers", transfer, ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            return await http.PostAsJsonAsync("transfers", transfer, ct); // ok LCA3005: it never reached anybody
        }
    }

    public Task<string> LimitsAsync(CancellationToken ct) => AgainAsync(() => http.GetStringAsync("limits", ct), 3); // ok LCA3005: a GET

    public Task<HttpResponseMessage> CancelAsync(Guid id, CancellationToken ct) =>
        AgainAsync(() => http.PatchAsync($"transfers/{id}", JsonContent.Create(new { state = "cancelled" }), ct), 3); //! LCA3005

    private static async Task<T> AgainAsync<T>(Func<Task<T>> attempt, int times)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (HttpRequestException) when (--times > 0)
            {
            }
        }
    }
}
