// Handlers, helpers and pipelines that try again.
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Field.Repeated;

public sealed record Order(Guid Id, decimal Amount);

/// <summary>Tries whatever passes through it again, a POST too.</summary>
public sealed class RetryHandler(ILogger<RetryHandler> logger) : DelegatingHandler
{
    private const int Attempts = 3;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken); //! LCA3005
            }
            catch (HttpRequestException e) when (attempt < Attempts)
            {
                logger.LogWarning(e, "attempt {Attempt} failed", attempt);
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), cancellationToken);
            }
        }
    }
}

/// <summary>Only what may be repeated is repeated.</summary>
public sealed class SafeRetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var safe = request.Method == HttpMethod.Get || request.Method == HttpMethod.Head;
        var attempts = 0;
        while (true)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken); // ok LCA3005: only GET and HEAD come here twice
            }
            catch (HttpRequestException) when (safe && ++attempts < 3)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }
}

/// <summary>Tries again when the server said that it is too busy: it took nothing.</summary>
public sealed class BusyHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        for (var i = 0; i < 3 && response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable; i++)
        {
            response.Dispose();
            await Task.Delay(TimeSpan.FromSeconds(1 << i), cancellationToken);
            response = await base.SendAsync(request, cancellationToken); // ok LCA3005: the server rejected it
        }

        return response;
    }
}

public class OrderClient
{
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<TaskCanceledException>(),
            MaxRetryAttempts = 4,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .AddTimeout(TimeSpan.FromSeconds(10))
        .Build();

    public OrderClient(HttpClient http) => _http = http;

    public async Task PlaceAsync(Order order, CancellationToken ct)
    {
        await _pipeline.ExecuteAsync(async token =>
        {
            using var response = await _http.PostAsJsonAsync("orders", order, token); //! LCA3005
            response.EnsureSuccessStatusCode();
        }, ct);
    }

    public async Task<string> ReadAsync(Guid id, CancellationToken ct) =>
        await _pipeline.ExecuteAsync(async token => await _http.GetStringAsync($"orders/{id}", token), ct); // ok LCA3005: a GET

    public async Task PlaceOnceAsync(Order order, CancellationToken ct)
    {
        await _pipeline.ExecuteAsync(async token =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = JsonContent.Create(order) };
            request.Headers.Add("Idempotency-Key", order.Id.ToString());
            using var response = await _http.SendAsync(request, token); // ok LCA3005: the key lets the server see the repetition
            response.EnsureSuccessStatusCode();
        }, ct);
    }

    /// <summary>A second try in the catch.</summary>
    public async Task<HttpResponseMessage> PatchAsync(Guid id, string patch)
    {
        var uri = new Uri($"orders/{id}", UriKind.Relative);
        try
        {
            return await _http.PatchAsync(uri, new StringContent(patch, Encoding.UTF8, "application/json-patch+json"));
        }
        catch (HttpRequestException)
        {
            return await _http.PatchAsync(uri, new StringContent(patch, Encoding.UTF8, "application/json-patch+json")); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> PutAsync(Guid id, Order order)
    {
        try
        {
            return await _http.PutAsJsonAsync($"orders/{id}", order);
        }
        catch (HttpRequestException)
        {
            return await _http.PutAsJsonAsync($"orders/{id}", order); // ok LCA3005: a PUT is idempotent
        }
    }

    /// <summary>The connection was refused: nothing was written.</summary>
    public async Task<HttpResponseMessage> CancelAsync(Guid id)
    {
        try
        {
            return await _http.PostAsync($"orders/{id}/cancel", null);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return await _http.PostAsync($"orders/{id}/cancel", null); // ok LCA3005: refused before anything was written
        }
    }
}

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> action, int times, Func<Exception, bool>? transient = null)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (i < times && (transient?.Invoke(e) ?? true))
            {
                await Task.Delay(50 << i);
            }
        }
    }
}

public sealed class PaymentGateway(HttpClient http)
{
    public Task<HttpResponseMessage> ChargeAsync(Order order) =>
        Retry.RunAsync(() => http.PostAsJsonAsync("charges", order), 3); //! LCA3005

    public Task<decimal> BalanceAsync(string account) =>
        Retry.RunAsync(() => http.GetFromJsonAsync<decimal>($"accounts/{account}"), 3); // ok LCA3005: reads

    /// <summary>Another server each time, and the first may have taken it.</summary>
    public async Task<bool> RefundAsync(Order order, IReadOnlyList<Uri> servers)
    {
        foreach (var server in servers)
        {
            try
            {
                using var response = await http.PostAsJsonAsync(new Uri(server, "refunds"), order); //! LCA3005
                return response.IsSuccessStatusCode;
            }
            catch (TaskCanceledException)
            {
                // the next one
            }
        }

        return false;
    }

    public async Task<bool> ConnectFailuresOnlyAsync(Order order, IReadOnlyList<Uri> servers)
    {
        foreach (var server in servers)
        {
            try
            {
                using var response = await http.PostAsJsonAsync(new Uri(server, "refunds"), order); // ok LCA3005: only when no connection came about
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
            {
                continue;
            }
        }

        return false;
    }

    /// <summary>Each order once; a failed one is counted and not sent again.</summary>
    public async Task<int> ChargeAllAsync(IEnumerable<Order> orders)
    {
        var failed = 0;
        foreach (var order in orders)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("charges", order); // ok LCA3005: another order each time
                response.EnsureSuccessStatusCode();
            }
            catch (HttpRequestException)
            {
                failed++;
            }
        }

        return failed;
    }
}
