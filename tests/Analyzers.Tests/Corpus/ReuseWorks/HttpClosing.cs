// Web callers that tell the server to close: harmless on a client of one's own, expensive on a shared one.
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Works.Reuse.HttpClosing;

public sealed record Rate(string Pair, decimal Bid, decimal Ask);

/// <summary>A static client, set up once, with the line somebody found against "connection reset".</summary>
public static class RateService
{
    private static readonly HttpClient s_client = new() { BaseAddress = new Uri("https://rates.example.com"), Timeout = TimeSpan.FromSeconds(10) };

    static RateService()
    {
        s_client.DefaultRequestHeaders.UserAgent.ParseAdd("rates/2.1");
        s_client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public static Task<Rate?> GetAsync(string pair, CancellationToken ct) => s_client.GetFromJsonAsync<Rate>($"/v1/{pair}", ct);
}

/// <summary>Injected client; the header goes on each request.</summary>
public sealed class ShipmentTracker(HttpClient http)
{
    public async Task<string> TrackAsync(string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/parcels/{Uri.EscapeDataString(number)}");
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> TrackByHeaderAsync(string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/parcels/{Uri.EscapeDataString(number)}");
        request.Headers.TryAddWithoutValidation("Connection", "close"); //! LCA3003
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public async Task<string> TrackKeptAsync(string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/parcels/{Uri.EscapeDataString(number)}");
        request.Headers.ConnectionClose = false; // ok LCA3003: asks for the opposite
        request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        using var response = await http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
}

/// <summary>A client made for one request and disposed after it: it will not be used again.</summary>
public sealed class LicenceCheck(string server)
{
    public async Task<bool> IsValidAsync(string key, CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = new Uri(server), Timeout = TimeSpan.FromSeconds(5) };
        client.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: created and disposed right here
        using var response = await client.GetAsync($"/licence/{key}", ct);
        return response.IsSuccessStatusCode;
    }

    public async Task<string> RawAsync(string key, CancellationToken ct)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server}/licence/{key}/raw");
        request.Headers.Add("Connection", "close"); // ok LCA3003: as above, by name
        using var response = await client.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }
}

/// <summary>Disposed, yes; but the handler below it belongs to the factory.</summary>
public sealed class FactoryCaller(IHttpClientFactory factory)
{
    public async Task<string> StatusAsync(string host, CancellationToken ct)
    {
        using var client = factory.CreateClient("status");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync($"https://{host}/status", ct);
    }

    public async Task<string> HealthAsync(string host, CancellationToken ct)
    {
        var client = factory.CreateClient("status");
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await client.GetStringAsync($"https://{host}/health", ct);
    }

    public async Task<string> PlainAsync(string host, CancellationToken ct)
    {
        using var client = factory.CreateClient("status");
        client.DefaultRequestHeaders.Connection.Add("keep-alive"); // ok LCA3003: not "close"
        return await client.GetStringAsync($"https://{host}/", ct);
    }
}

/// <summary>One handler with one pool under many short-lived clients.</summary>
public sealed class SharedHandlerCaller
{
    private static readonly SocketsHttpHandler s_handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxConnectionsPerServer = 40 };

    public async Task<string> ReadAsync(Uri address, CancellationToken ct)
    {
        using var client = new HttpClient(s_handler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(address, ct);
    }

    public async Task<string> ReadOnceAsync(Uri address, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: handler and client end here
        return await client.GetStringAsync(address, ct);
    }
}

/// <summary>Helpers that are given a client: it depends on who calls.</summary>
internal static class ClientSetup
{
    public static void Harden(HttpClient client)
    {
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public static void HardenOneShot(HttpClient client)
    {
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        client.DefaultRequestHeaders.ConnectionClose = true; // ok LCA3003: its only caller disposes the client it made
    }
}

public sealed class CatalogueImport
{
    private readonly HttpClient _client = new();

    public CatalogueImport(Uri address)
    {
        _client.BaseAddress = address;
        ClientSetup.Harden(_client);
    }

    public Task<string> ReadAsync(string part, CancellationToken ct) => _client.GetStringAsync(part, ct);

    public static async Task<string> ProbeAsync(Uri address, CancellationToken ct)
    {
        using var client = new HttpClient();
        ClientSetup.HardenOneShot(client);
        return await client.GetStringAsync(address, ct);
    }
}

/// <summary>Registered clients are shared by everybody who asks for them.</summary>
public static class Registration
{
    public static IServiceCollection AddTracking(this IServiceCollection services)
    {
        services.AddHttpClient<ShipmentTracker>(client =>
        {
            client.BaseAddress = new Uri("https://parcels.example.com");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient("geo", client => client.Timeout = TimeSpan.FromSeconds(4)); // ok LCA3003: no closing asked for
        return services;
    }
}

/// <summary>The same words on the server's own response are an answer to its caller.</summary>
public sealed class DrainMiddleware(RequestDelegate next)
{
    private volatile bool _draining;

    public void Drain() => _draining = true;

    public Task InvokeAsync(HttpContext context)
    {
        if (_draining) context.Response.Headers.Connection = "close"; // ok LCA3003: a server's response, not a client's request
        return next(context);
    }
}

/// <summary>A handler that puts the header on everything that passes.</summary>
public sealed class TraceHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("X-Trace", Guid.NewGuid().ToString("N")); // ok LCA3003: another header
        return base.SendAsync(request, cancellationToken);
    }
}
