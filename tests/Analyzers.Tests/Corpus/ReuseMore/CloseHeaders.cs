// "Connection: close" on clients that are shared, and on clients that are not.
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Corpus.Reuse.CloseHeaders;

public sealed class WeatherApi
{
    private static readonly HttpClient Shared = new() { BaseAddress = new Uri("https://weather.example/") };
    private readonly HttpClient _http;

    static WeatherApi()
    {
        Shared.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }

    public WeatherApi(HttpClient http)
    {
        _http = http;
        _http.DefaultRequestHeaders.Add("Connection", "close"); //! LCA3003
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    public async Task<string> ForecastAsync(string city, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "forecast/" + city);
        request.Headers.ConnectionClose = true; //! LCA3003
        using var response = await _http.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    public Task<HttpResponseMessage> HistoryAsync(string city, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "history/" + city)
        {
            Headers = { ConnectionClose = true }, //! LCA3003
        };
        return Shared.SendAsync(request, ct);
    }

    // ok LCA3003: keeps the connection
    public Task<HttpResponseMessage> AlertsAsync(CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "alerts");
        request.Headers.ConnectionClose = false;
        request.Headers.Add("X-Connection", "close");
        return Shared.SendAsync(request, ct);
    }

    // ok LCA3003: created and disposed of right here
    public static async Task<string> OnceAsync(string url, CancellationToken ct)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        return await client.GetStringAsync(url, ct);
    }

    // ok LCA3003: the client and its handler live for one request
    public static async Task<int> ProbeAsync(string url, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) };
        using (var client = new HttpClient(handler))
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, url);
            request.Headers.Connection.Add("close");
            using var response = await client.SendAsync(request, ct);
            return (int)response.StatusCode;
        }
    }
}

public sealed class FactoryUser(IHttpClientFactory factory)
{
    public async Task<string> GetAsync(string url, CancellationToken ct)
    {
        var client = factory.CreateClient("upstream");
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(url, ct);
    }

    public async Task<string> GetDisposedAsync(string url, CancellationToken ct)
    {
        using var client = factory.CreateClient();
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await client.GetStringAsync(url, ct);
    }

    // ok LCA3003: says nothing about the connection
    public async Task<string> GetPlainAsync(string url, CancellationToken ct)
    {
        using var client = factory.CreateClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "probe/1.0");
        return await client.GetStringAsync(url, ct);
    }
}

public sealed class HandlerSharer : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    public async Task<byte[]> GetAsync(string url)
    {
        using var client = new HttpClient(_handler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetByteArrayAsync(url);
    }

    public void Dispose() => _handler.Dispose();
}

/// <summary>A typed client: the factory hands it a client over a shared handler.</summary>
public sealed class TypedClient(HttpClient http)
{
    public HttpClient Http { get; } = http;

    public Task<string> ListAsync()
    {
        var client = Http;
        client.DefaultRequestHeaders.TryAddWithoutValidation("Connection", "close"); //! LCA3003
        return client.GetStringAsync("items");
    }

    public async Task<string> ItemAsync(int id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"items/{id}");
        request.Headers.Connection.Add("close"); //! LCA3003
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    // ok LCA3003: reads what the server decided
    public async Task<bool> ServerClosesAsync()
    {
        using var response = await http.GetAsync("");
        return response.Headers.ConnectionClose == true;
    }
}

internal static class ClientSetup
{
    public static void Harden(HttpClient client)
    {
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        client.Timeout = TimeSpan.FromSeconds(10);
    }

    // ok LCA3003: all callers pass a client of their own
    public static void Isolate(HttpClient client)
    {
        client.DefaultRequestHeaders.ConnectionClose = true;
        client.Timeout = TimeSpan.FromSeconds(3);
    }
}

public sealed class HelperUser(HttpClient injected)
{
    public Task<string> SharedAsync(string url)
    {
        ClientSetup.Harden(injected);
        return injected.GetStringAsync(url);
    }

    public async Task<string> OwnAsync(string url)
    {
        using var own = new HttpClient();
        ClientSetup.Harden(own);
        return await own.GetStringAsync(url);
    }

    public async Task<string> IsolatedAsync(string url)
    {
        using var own = new HttpClient();
        ClientSetup.Isolate(own);
        return await own.GetStringAsync(url);
    }
}

public static class Registration
{
    public static void AddUpstreams(IServiceCollection services)
    {
        services.AddHttpClient("slow", client =>
        {
            client.BaseAddress = new Uri("https://slow.example/");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
    }

    // ok LCA3003: bounded by the pool's own settings
    public static void AddPooled(IServiceCollection services) => services
        .AddHttpClient("fast", client => client.BaseAddress = new Uri("https://fast.example/"))
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20) });
}

public sealed class LazyShared
{
    private static readonly Lazy<HttpClient> Client = new(() =>
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return client;
    });

    private HttpClient? _own;

    public Task<string> GetAsync(string url) => Client.Value.GetStringAsync(url);

    public Task<string> GetOwnAsync(string url)
    {
        _own ??= new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } }; //! LCA3003
        return _own.GetStringAsync(url);
    }
}

/// <summary>The other side: what a server says about its connections is another matter.</summary>
public static class Server
{
    // ok LCA3003: a server's answer
    public static void Map(WebApplication app)
    {
        app.MapGet("/drain", (HttpContext context) =>
        {
            context.Response.Headers.Connection = "close";
            return Results.Text("draining");
        });
    }

    // ok LCA3003: written by hand on a connection of its own
    public static async Task<string> RawAsync(TcpClient client, CancellationToken ct)
    {
        var stream = client.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(ct);
    }

    // ok LCA3003: asked to keep alive
    public static void Keep(HttpClient client) => client.DefaultRequestHeaders.Connection.Add("keep-alive");

    // ok LCA3003: the default is restored
    public static void Restore(HttpClient client) => client.DefaultRequestHeaders.ConnectionClose = null;

    // ok LCA3003: own client, disposed in finally
    public static async Task<string> FinallyAsync(string url)
    {
        var client = new HttpClient();
        try
        {
            client.DefaultRequestHeaders.ConnectionClose = true;
            return await client.GetStringAsync(url);
        }
        finally
        {
            client.Dispose();
        }
    }

    // ok LCA3003: own client for one upload
    public static async Task UploadAsync(string url, byte[] file)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } };
        using var response = await client.PutAsync(url, new ByteArrayContent(file));
        response.EnsureSuccessStatusCode();
    }
}
