// "Connection: close" set in helpers, aliases and base classes.
using System.Net.Http.Headers;

namespace Corpus.Reuse.CloseHelpers;

public abstract class ApiBase(HttpClient client)
{
    protected HttpClient Client => client;

    protected HttpRequestMessage Request(HttpMethod method, string path) => new(method, path) { Version = new Version(1, 1) };
}

public sealed class LegacyApi(HttpClient client) : ApiBase(client)
{
    public async Task<string> ReadAsync(string path)
    {
        using var request = Request(HttpMethod.Get, path);
        request.Headers.Add("Connection", "close"); //! LCA3003
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    public Task<string> ReadOnceAsync(string path)
    {
        HttpRequestHeaders headers = Client.DefaultRequestHeaders;
        headers.ConnectionClose = true; //! LCA3003
        return Client.GetStringAsync(path);
    }

    // ok LCA3003: a version and an accept header
    public async Task<string> ReadJsonAsync(string path)
    {
        using var request = Request(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    // ok LCA3003: sent by a client of its own
    public static async Task<string> ReadAloneAsync(string url)
    {
        using var alone = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.ConnectionClose = true;
        using var response = await alone.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
