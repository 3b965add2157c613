// Connection: close, for whom it is asked.
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

namespace Outfits.ClosingHeaders;

// 1 bug
public sealed class Typed
{
    private readonly HttpClient _http;
    public Typed(HttpClient http)
    {
        _http = http;
        _http.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
    }
    public Task<string> GetAsync(string path) => _http.GetStringAsync(path);
}

// 2 correct: a client for one call
public static class OneShot
{
    public static async Task<string> GetAsync(Uri uri)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.ConnectionClose = true;
        return await http.GetStringAsync(uri);
    }
}

// 3 bug: from the factory, disposed
public sealed class FromFactory(IHttpClientFactory factory)
{
    public async Task<string> GetAsync(Uri uri)
    {
        using var http = factory.CreateClient("x");
        http.DefaultRequestHeaders.Connection.Add("close"); //! LCA3003
        return await http.GetStringAsync(uri);
    }
}

// 4 bug: object initializer on a request for a shared client
public sealed class Requests(HttpClient http)
{
    public async Task DeleteAsync(Uri uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, uri) { Headers = { ConnectionClose = true } }; //! LCA3003
        (await http.SendAsync(request)).Dispose();
    }
}

// 5 correct: told not to close
public sealed class Kept(HttpClient http)
{
    public async Task<string> GetAsync(Uri uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = false;
        request.Headers.Connection.Add("keep-alive");
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}

// 6 bug: registration
public static class Registration
{
    public static void Add(IServiceCollection services) =>
        services.AddHttpClient("x", client => client.DefaultRequestHeaders.ConnectionClose = true); //! LCA3003
}

// 7 bug/correct: helper, callers decide
public static class Configure
{
    public static void Short(HttpClient client) => client.DefaultRequestHeaders.TryAddWithoutValidation("Connection", "close");
    public static async Task<string> OnceAsync(Uri uri)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        Short(client);
        return await client.GetStringAsync(uri);
    }
}

// 8 bug: over a shared handler
public sealed class SharedHandler
{
    private static readonly SocketsHttpHandler Handler = new();
    public static async Task<string> GetAsync(Uri uri)
    {
        using var client = new HttpClient(Handler, disposeHandler: false);
        client.DefaultRequestHeaders.ConnectionClose = true; //! LCA3003
        return await client.GetStringAsync(uri);
    }
}
