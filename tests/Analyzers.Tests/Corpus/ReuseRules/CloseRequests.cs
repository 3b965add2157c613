// "Connection: close" on clients that are shared, and on clients that are not.
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Second.Reuse.CloseRequests;

public static class Geocoder
{
    private static readonly HttpClient s_http = new();

    static Geocoder()
    {
        s_http.BaseAddress = new Uri("https://geo");
        s_http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public static Task<string> LookAsync(string place) => s_http.GetStringAsync("/q?" + place);
}

public sealed class WeatherApi(HttpClient http)
{
    public async Task<string> TodayAsync(string town, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/today/" + town);
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> TomorrowAsync(string town, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/tomorrow/" + town);
        request.Headers.Connection.Add("close"); //! LCA3003
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> WeekAsync(string town, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/week/" + town)
        {
            Headers = { { "Connection", "close" } }, //! LCA3003
        };
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> HistoryAsync(string town, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/history/" + town);
        request.Headers.ConnectionClose = false;
        request.Headers.TryAddWithoutValidation("Connection", "keep-alive");
        request.Headers.TryAddWithoutValidation("X-Close", "close");
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
}

public sealed class RateController(IHttpClientFactory clients) : ControllerBase
{
    [HttpGet("rates")]
    public async Task<IActionResult> RatesAsync(CancellationToken ct)
    {
        using var client = clients.CreateClient("rates");
        client.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
        return Ok(await client.GetStringAsync("/rates", ct));
    }

    [HttpGet("close")]
    public IActionResult CloseAfter()
    {
        Response.Headers.Connection = "close"; // ok LCA3003: the answer of a server, not a client's request
        return Ok();
    }
}

public sealed class OneShot
{
    public async Task<string> FetchAsync(Uri uri)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: its only request
        return await client.GetStringAsync(uri);
    }

    public async Task<string> FetchByMessageAsync(Uri uri)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true;
        using var response = await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}

public sealed class SharedHandler : IDisposable
{
    private readonly SocketsHttpHandler _handler = new();

    public async Task<string> FetchAsync(Uri uri)
    {
        using var client = new HttpClient(_handler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(uri);
    }

    public async Task<string> FetchOnOwnHandlerAsync(Uri uri)
    {
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(uri);
    }

    public void Dispose() => _handler.Dispose();
}

public sealed class Reports
{
    private readonly HttpClient _client = new() { DefaultRequestHeaders = { ConnectionClose = true } }; //! LCA3003

    public Task<byte[]> GetAsync(int id) => _client.GetByteArrayAsync("https://reports/" + id);
}

/// <summary>A helper that takes the client: its callers decide.</summary>
internal static class HttpSetup
{
    public static void NoKeepAlive(HttpClient client)
    {
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public static void Close(this HttpRequestHeaders headers) => headers.ConnectionClose = true; //? LCA3003

    public static HttpClient WithoutReuse(HttpClient client)
    {
        client.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: its one caller's client lives for one request
        return client;
    }
}

public sealed class Archive
{
    private static readonly HttpClient Http = new();

    static Archive() => HttpSetup.NoKeepAlive(Http);

    public Task<string> GetAsync(string key) => Http.GetStringAsync(key);

    public async Task<string> GetOnceAsync(string key)
    {
        using var client = HttpSetup.WithoutReuse(new HttpClient());
        return await client.GetStringAsync(key);
    }
}

public static class Registration
{
    public static void AddCatalog(this IServiceCollection services)
    {
        services.AddHttpClient("catalog", client =>
        {
            client.BaseAddress = new Uri("https://catalog");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient("search", client => client.Timeout = TimeSpan.FromSeconds(3));
    }
}
