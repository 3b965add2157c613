// Who may ask the server to close, and who may not.
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Wide.Reuse.ConnectionCloseHeaders;

public static class Geo
{
    private static readonly HttpClient Client = new() { BaseAddress = new Uri("https://geo") };

    static Geo()
    {
        Client.DefaultRequestHeaders.UserAgent.ParseAdd("fleet/2.0");
        Client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public static Task<string> LocateAsync(string ip) => Client.GetStringAsync(ip);
}

public sealed class InvoiceClient(HttpClient http)
{
    public async Task<bool> ExistsAsync(string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"invoices/{number}");
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Asks for the opposite, and reads what the server wants.</summary>
    public async Task<bool> KeepAsync(string number, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"invoices/{number}");
        request.Headers.ConnectionClose = false;
        request.Headers.Connection.Add("keep-alive");
        request.Headers.Add("X-Connection", "close");
        using var response = await http.SendAsync(request, ct);
        return response.Headers.ConnectionClose != true;
    }
}

public sealed class WeatherService
{
    private readonly IHttpClientFactory _factory;

    public WeatherService(IHttpClientFactory factory) => _factory = factory;

    public async Task<string> TodayAsync(string city)
    {
        using (var client = _factory.CreateClient("weather"))
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "today/" + city);
            request.Headers.Connection.Add("close"); //! LCA3003
            var response = await client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    public async Task<string> OneShotAsync(string city)
    {
        using (var client = new HttpClient())
        {
            client.DefaultRequestHeaders.ConnectionClose = true;
            return await client.GetStringAsync("https://weather/today/" + city);
        }
    }
}

public class SoapBridge
{
    private readonly HttpClient _soap;

    public SoapBridge(Uri service)
    {
        _soap = new HttpClient { BaseAddress = service, Timeout = TimeSpan.FromSeconds(20) };
        _soap.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
        _soap.DefaultRequestHeaders.Add("SOAPAction", "urn:submit");
    }

    public Task<HttpResponseMessage> SubmitAsync(string envelope) => _soap.PostAsync("", new StringContent(envelope, Encoding.UTF8, "text/xml"));
}

public static class HttpSetup
{
    public static void Configure(IServiceCollection services)
    {
        services.AddHttpClient("billing", client =>
        {
            client.BaseAddress = new Uri("https://billing");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient("search", client => client.DefaultRequestHeaders.ConnectionClose = false);
    }
}

public static class RequestHelpers
{
    public static Task<HttpResponseMessage> GetAndCloseAsync(HttpClient client, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.ConnectionClose = true; //! LCA3003
        return client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> GetOnceAsync(HttpClient client, string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.ConnectionClose = true;
        return client.SendAsync(request);
    }
}

public sealed class Probe
{
    private static readonly HttpClient Shared = new();

    public Task<HttpResponseMessage> SharedAsync(string url) => RequestHelpers.GetAndCloseAsync(Shared, url);

    public async Task<HttpStatusCode> OnceAsync(string url)
    {
        using var client = new HttpClient();
        using var response = await RequestHelpers.GetOnceAsync(client, url);
        return response.StatusCode;
    }
}

/// <summary>The client is new each time; the connections under it are not.</summary>
public sealed class HandlerSharer : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(2) };

    public async Task<string> GetAsync(string url)
    {
        using var client = new HttpClient(_handler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(url);
    }

    public async Task<string> GetAloneAsync(string url)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(url);
    }

    public void Dispose() => _handler.Dispose();
}

public sealed class CatalogClient(IHttpClientFactory clients)
{
    private readonly HttpClient _client = clients.CreateClient(nameof(CatalogClient));

    public async Task<byte[]> PictureAsync(int id, CancellationToken ct)
    {
        using var response = await _client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"pictures/{id}")
            {
                Version = HttpVersion.Version11,
                Headers = { ConnectionClose = true }, //! LCA3003
            },
            ct);
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    public Task<HttpResponseMessage> TrackAsync(string id, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"track/{id}");
        if (id.Length > 8)
        {
            request.Headers.TryAddWithoutValidation("Connection", "close"); //! LCA3003
        }

        return _client.SendAsync(request, ct);
    }
}

/// <summary>A typed client sets up what it is given.</summary>
public sealed class LedgerClient
{
    private readonly HttpClient _http;

    public LedgerClient(HttpClient http)
    {
        http.BaseAddress = new Uri("https://ledger");
        http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        _http = http;
    }

    public Task<HttpResponseMessage> BookAsync(object entry) => _http.PostAsJsonAsync("book", entry);
}

/// <summary>Servers, and requests written by hand, speak for one connection alone.</summary>
public static class OtherSides
{
    public static void Map(WebApplication app) => app.MapGet("/bye", (HttpContext context) =>
    {
        context.Response.Headers.Connection = "close";
        return Results.Ok();
    });

    public static async Task<string> ByHandAsync(string host, CancellationToken ct)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(host, 80, ct);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }

#pragma warning disable SYSLIB0014
    public static HttpWebRequest Old(string url)
    {
        var request = WebRequest.CreateHttp(url);
        request.KeepAlive = false;
        return request;
    }
#pragma warning restore SYSLIB0014
}

/// <summary>Configures a client that its caller has just made and closes.</summary>
public sealed class CrawlRun
{
    public async Task<int> CountAsync(IEnumerable<Uri> pages, CancellationToken ct)
    {
        var total = 0;
        foreach (var page in pages)
        {
            using var client = NewClient();
            var text = await client.GetStringAsync(page, ct);
            total += text.Length;
        }

        return total;
    }

    private static HttpClient NewClient()
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        return client;
    }
}
