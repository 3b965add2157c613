// More places where the header is set: a delegating handler, a factory method, a message built elsewhere.
using System.Net.Http.Headers;

namespace Second.Reuse.CloseHandlers;

public sealed class TracingHandler : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.ConnectionClose = true; //? LCA3003
        return base.SendAsync(request, cancellationToken);
    }
}

public sealed class StockClient
{
    private readonly HttpClient _http;

    public StockClient(IHttpClientFactory factory)
    {
        _http = factory.CreateClient(nameof(StockClient));
    }

    public async Task<bool> ReserveAsync(string sku, CancellationToken ct)
    {
        using var message = Build(sku);
        using var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, ct);
        return answer.IsSuccessStatusCode;
    }

    private static HttpRequestMessage Build(string sku)
    {
        var message = new HttpRequestMessage(HttpMethod.Put, "/reserve/" + sku);
        message.Headers.ConnectionClose = true; //! LCA3003
        return message;
    }

    public Task<string> PeekAsync(string sku)
    {
        var headers = _http.DefaultRequestHeaders;
        headers.Connection.Clear();
        headers.ConnectionClose = true; //! LCA3003
        return _http.GetStringAsync("/" + sku);
    }

    public void Authorize(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
}

/// <summary>A test double's response says close; that is a response header.</summary>
public sealed class CannedHandler : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage();
        response.Headers.ConnectionClose = true; // ok LCA3003
        return Task.FromResult(response);
    }
}

public sealed record Endpoint(Uri Address, HttpClient Client)
{
    public async Task<string> ReadAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address) { Version = new Version(1, 1) };
        request.Headers.TryAddWithoutValidation("Connection", "Close"); //! LCA3003
        using var response = await Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
