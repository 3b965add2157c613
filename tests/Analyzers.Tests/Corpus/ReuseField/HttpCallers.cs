// HttpClients, shared and not shared, and who asks them to close.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Field.HttpCallers;

public sealed record Rate(string Currency, decimal Value);

/// <summary>A typed client: the factory's handler is shared by all of them.</summary>
public class RatesClient
{
    private readonly HttpClient _http;

    public RatesClient(HttpClient http)
    {
        _http = http;
        _http.BaseAddress = new Uri("https://rates.example/");
        _http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public Task<Rate?> GetAsync(string currency) => _http.GetFromJsonAsync<Rate>(currency);
}

/// <summary>A typed client that asks for nothing of the kind.</summary>
public class PlainRatesClient(HttpClient http)
{
    public async Task<Rate?> GetAsync(string currency, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, currency);
        request.Headers.ConnectionClose = false; // ok LCA3003: it says that it stays
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadFromJsonAsync<Rate>(ct);
    }
}

public static class Downloader
{
    private static readonly HttpClient Shared = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private static readonly SocketsHttpHandler SharedHandler = new();

    static Downloader() => Shared.DefaultRequestHeaders.Add("User-Agent", "field/1");

    public static async Task<byte[]> GetAsync(Uri uri)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri)
        {
            Version = HttpVersion.Version11,
            Headers = { ConnectionClose = true }, //! LCA3003
        };
        using var response = await Shared.SendAsync(request);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public static async Task<string> GetTextAsync(Uri uri)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, uri);
        message.Headers.Add("Connection", "close"); //! LCA3003
        using var response = await Shared.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        return await response.Content.ReadAsStringAsync();
    }

    public static async Task<string> GetKeptAsync(Uri uri)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, uri);
        message.Headers.Add("Connection", "keep-alive"); // ok LCA3003: kept
        using var response = await Shared.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        return await response.Content.ReadAsStringAsync();
    }

    public static async Task<string> OnceAsync(Uri uri)
    {
        using var once = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        once.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: made and disposed right here
        return await once.GetStringAsync(uri);
    }

    public static async Task<string> OverSharedHandlerAsync(Uri uri)
    {
        using var client = new HttpClient(SharedHandler, disposeHandler: false);
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await client.GetStringAsync(uri);
    }

    public static async Task<string> OverOwnHandlerAsync(Uri uri, IWebProxy proxy)
    {
        using var handler = new HttpClientHandler { Proxy = proxy };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Connection.Add("close"); // ok LCA3003: the handler is this method's own
        return await client.GetStringAsync(uri);
    }
}

public sealed class WebhookSender(IHttpClientFactory factory)
{
    public async Task<HttpStatusCode> NotifyAsync(Uri target, object payload, CancellationToken ct)
    {
        using var client = factory.CreateClient("hooks");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        using var response = await client.PostAsJsonAsync(target, payload, ct);
        return response.StatusCode;
    }

    public async Task<HttpStatusCode> NotifyKeptAsync(Uri target, object payload, CancellationToken ct)
    {
        using var client = factory.CreateClient("hooks");
        client.DefaultRequestHeaders.ExpectContinue = false; // ok LCA3003: another header
        using var response = await client.PostAsJsonAsync(target, payload, ct);
        return response.StatusCode;
    }
}

internal static class Requests
{
    /// <summary>Passed a shared client by one of its callers.</summary>
    public static async Task<string> PingAsync(HttpClient client, Uri uri)
    {
        var request = new HttpRequestMessage(HttpMethod.Head, uri);
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await client.SendAsync(request);
        return response.StatusCode.ToString();
    }

    /// <summary>Only ever passed a client of its caller's own.</summary>
    public static async Task<string> ProbeAsync(HttpClient client, Uri uri)
    {
        var request = new HttpRequestMessage(HttpMethod.Head, uri);
        request.Headers.ConnectionClose = true; // ok LCA3003: its caller makes and disposes the client
        using var response = await client.SendAsync(request);
        return response.StatusCode.ToString();
    }
}

[ApiController]
[Route("probe")]
public class ProbeController(HttpClient shared) : ControllerBase
{
    [HttpGet("shared")]
    public async Task<IActionResult> Shared(Uri uri) => Ok(await Requests.PingAsync(shared, uri));

    [HttpGet("own")]
    public async Task<IActionResult> Own(Uri uri)
    {
        using var own = new HttpClient();
        return Ok(await Requests.ProbeAsync(own, uri));
    }
}

public static class Registration
{
    public static void AddCallers(this IServiceCollection services)
    {
        services.AddHttpClient("hooks", client =>
        {
            client.Timeout = TimeSpan.FromSeconds(10);
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient<PlainRatesClient>(client => client.BaseAddress = new Uri("https://rates.example/"));
    }

    public static void MapProxy(WebApplication app) => app.MapGet("/proxy", async (HttpContext context, HttpClient http) =>
    {
        context.Response.Headers.Connection = "close"; // ok LCA3003: the server's own answer
        await using var upstream = await http.GetStreamAsync("https://upstream.example/");
        await upstream.CopyToAsync(context.Response.Body);
    });
}
