// HttpClient as the guidelines have it: factory, typed clients, shared handlers. Nothing to report.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace Corpus.Reuse.GoodHttpClients;

public sealed record Rate(string Currency, decimal Value);

public sealed class RateClient(HttpClient http)
{
    public async Task<IReadOnlyList<Rate>> AllAsync(CancellationToken stop) =>
        await http.GetFromJsonAsync<List<Rate>>("rates", stop) ?? [];

    public async Task<Rate?> OneAsync(string currency, CancellationToken stop)
    {
        using var response = await http.GetAsync($"rates/{currency}", stop);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<Rate>(stop);
    }
}

public sealed class CachedRates(RateClient client, IMemoryCache cache)
{
    public Task<Rate?> OneAsync(string currency, CancellationToken stop) =>
        cache.GetOrCreateAsync(("rate", currency), entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(30);
            return client.OneAsync(currency, stop);
        });
}

public sealed class PartnerClients(IHttpClientFactory factory)
{
    public async Task NotifyAsync(string partner, object message, CancellationToken stop)
    {
        using var client = factory.CreateClient(partner);
        using var response = await client.PostAsJsonAsync("notify", message, stop);
        response.EnsureSuccessStatusCode();
    }
}

public static class SharedHandlers
{
    private static readonly ConcurrentDictionary<string, SocketsHttpHandler> s_handlers = new();

    public static HttpClient For(string host) => new(
        s_handlers.GetOrAdd(host, static _ => new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxConnectionsPerServer = 20,
        }),
        disposeHandler: false)
    {
        BaseAddress = new Uri($"https://{host}/"),
        Timeout = TimeSpan.FromSeconds(10),
    };

    public static IServiceCollection AddRates(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddHttpClient<RateClient>(static client => client.BaseAddress = new Uri("https://rates.example.test/"));
        services.AddSingleton<CachedRates>();
        return services;
    }
}

public sealed class Downloader(HttpClient http)
{
    private readonly SemaphoreSlim _slots = new(4);

    public async Task DownloadAsync(Uri from, string to, CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        try
        {
            using var response = await http.GetAsync(from, HttpCompletionOption.ResponseHeadersRead, stop);
            response.EnsureSuccessStatusCode();
            await using var file = File.Create(to);
            await response.Content.CopyToAsync(file, stop);
        }
        finally
        {
            _slots.Release();
        }
    }
}
