// Shop clients over HTTP: who closes whose connection.
using System.Net.Http;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

namespace Ways.Shop;

public sealed class StockClient(HttpClient http)
{
    public async Task<string> GetAsync(Uri uri, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, uri) { Headers = { ConnectionClose = true } }; //! LCA3003
        using var response = await http.SendAsync(request, cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    public async Task<string> GetKeptAsync(Uri uri, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, uri) { Headers = { ConnectionClose = false, ExpectContinue = true } };
        using var response = await http.SendAsync(request, cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    public Task<HttpResponseMessage> HeadAsync(Uri uri)
    {
        var request = new HttpRequestMessage { Method = HttpMethod.Head, RequestUri = uri };
        request.Headers.Add("Connection", "close"); //! LCA3003
        return http.SendAsync(request);
    }

    public Task<HttpResponseMessage> HeadKeptAsync(Uri uri)
    {
        var request = new HttpRequestMessage { Method = HttpMethod.Head, RequestUri = uri };
        request.Headers.Add("Connection", "keep-alive");
        request.Headers.Add("X-Stock", "close");
        return http.SendAsync(request);
    }
}

public static class ShopServices
{
    public static IServiceCollection AddShop(this IServiceCollection services)
    {
        services.AddHttpClient("prices", static client =>
        {
            client.BaseAddress = new Uri("https://prices.example/");
            client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        });
        services.AddHttpClient<StockClient>(c => c.Timeout = TimeSpan.FromSeconds(10));
        return services;
    }
}

public sealed class OneOff
{
    private static readonly SocketsHttpHandler SharedHandler = new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    public static async Task<int> ProbeAsync(Uri uri)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ConnectionClose = true;
        using var answer = await client.GetAsync(uri);
        return (int)answer.StatusCode;
    }

    public static async Task<int> ProbeSharedAsync(Uri uri)
    {
        using var client = new HttpClient(SharedHandler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        using var answer = await client.GetAsync(uri);
        return (int)answer.StatusCode;
    }

    public static async Task<int> ProbeFromFactoryAsync(IHttpClientFactory factory, Uri uri)
    {
        using var client = factory.CreateClient(nameof(OneOff));
        client.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        using var answer = await client.GetAsync(uri);
        return (int)answer.StatusCode;
    }
}

public class PriceClient
{
    private static readonly HttpClient Http = Create(new("https://prices.example/"));

    private static HttpClient Create(Uri root) => new()
    {
        BaseAddress = root,
        DefaultRequestHeaders = { ConnectionClose = true, CacheControl = new CacheControlHeaderValue { NoCache = true } }, //! LCA3003
    };

    public async ValueTask<decimal> PriceAsync(string article, CancellationToken cancel = default)
    {
        await using var body = await Http.GetStreamAsync(article, cancel).ConfigureAwait(false);
        using StreamReader reader = new(body);
        return decimal.Parse(await reader.ReadToEndAsync(cancel));
    }
}

public static class Probe
{
    public static Task<HttpResponseMessage> Once(Uri uri)
    {
        return Task.Run(async () =>
        {
            using HttpClient client = new();
            Mark(client.DefaultRequestHeaders);
            return await client.GetAsync(uri);
        });

        static void Mark(HttpRequestHeaders headers) => headers.Add("X-Probe", "once");
    }
}
