// HTTP requests that are sent again after a failure: which of them may already have been written?
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Corpus.Reuse.HttpRetries;

public sealed record Payment(string Account, decimal Amount);

public sealed class PaymentClient(HttpClient http, ILogger<PaymentClient> log)
{
    public async Task<HttpResponseMessage> PayAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("payments", payment, ct);
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "once more");
            return await http.PostAsJsonAsync("payments", payment, ct); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> PayInLoopAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.PostAsJsonAsync("payments", payment, ct); //! LCA3005
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    public async Task<bool> AmendAsync(string id, Payment payment)
    {
        var attempts = 0;
        while (attempts++ < 5)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"payments/{id}") { Content = JsonContent.Create(payment) };
            try
            {
                using var response = await http.SendAsync(request); //! LCA3005
                return response.IsSuccessStatusCode;
            }
            catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
            {
                log.LogWarning("payment {Id} timed out, attempt {Attempt}", id, attempts);
            }
        }

        return false;
    }

    // ok LCA3005: the server knows the key and pays once
    public async Task<HttpResponseMessage> PayOnceAsync(Payment payment, CancellationToken ct)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "payments") { Content = JsonContent.Create(payment) };
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                return await http.SendAsync(request, ct);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    // ok LCA3005: only what proves that nothing was written
    public async Task<HttpResponseMessage> PayUnlessWrittenAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.PostAsJsonAsync("payments", payment, ct);
            }
            catch (HttpRequestException e) when (attempt < 3 && e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
            }
        }
    }

    // ok LCA3005: the server itself refused
    public async Task<HttpResponseMessage> PayWhenAdmittedAsync(Payment payment, CancellationToken ct)
    {
        var response = await http.PostAsJsonAsync("payments", payment, ct);
        while (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            response.Dispose();
            await Task.Delay(1000, ct);
            response = await http.PostAsJsonAsync("payments", payment, ct);
        }

        return response;
    }

    // ok LCA3005: a read may be repeated
    public async Task<Payment?> LookUpAsync(string id, CancellationToken ct)
    {
        try
        {
            return await http.GetFromJsonAsync<Payment>($"payments/{id}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.GetFromJsonAsync<Payment>($"payments/{id}", ct);
        }
    }

    // ok LCA3005: PUT and DELETE may be repeated
    public async Task ReplaceAsync(string id, Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                using var put = await http.PutAsJsonAsync($"payments/{id}", payment, ct);
                using var delete = await http.DeleteAsync($"drafts/{id}", ct);
                return;
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
            }
        }
    }

    // ok LCA3005: another request, which reports the failure
    public async Task PayOrReportAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("payments", payment, ct);
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException e)
        {
            using var report = await http.PostAsJsonAsync("incidents", new { e.Message, payment.Account }, ct);
            throw;
        }
    }

    // ok LCA3005: each turn sends another payment
    public async Task PayAllAsync(IEnumerable<Payment> payments, CancellationToken ct)
    {
        foreach (var payment in payments)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("payments", payment, ct);
            }
            catch (HttpRequestException e)
            {
                log.LogError(e, "{Account} not paid", payment.Account);
            }
        }
    }

    // ok LCA3005: each turn sends a fresh sample, none is sent twice
    public async Task ReportLoopAsync(Func<double> sample, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                using var response = await http.PostAsJsonAsync("samples", sample(), ct);
            }
            catch (HttpRequestException e)
            {
                log.LogDebug(e, "sample lost");
            }
        }
    }
}

/// <summary>A helper that repeats whatever it is given.</summary>
public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> action, int attempts = 3)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (Exception) when (attempt < attempts)
            {
                await Task.Delay(200 * attempt);
            }
        }
    }

    public static async Task<T> OnRefusedAsync<T>(Func<Task<T>> action, int attempts = 3)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (HttpRequestException e) when (attempt < attempts && e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                await Task.Delay(200 * attempt);
            }
        }
    }
}

public sealed class TicketClient(HttpClient http)
{
    public Task<HttpResponseMessage> OpenAsync(string title) =>
        Retry.RunAsync(() => http.PostAsync("tickets", new StringContent(title))); //! LCA3005

    public async Task<string> CommentAsync(int ticket, string text)
    {
        var response = await Retry.RunAsync(async () =>
        {
            using var content = new FormUrlEncodedContent([new("text", text)]);
            return await http.PostAsync($"tickets/{ticket}/comments", content); //! LCA3005
        }, attempts: 5);
        return await response.Content.ReadAsStringAsync();
    }

    // ok LCA3005: the same helper with a read
    public Task<string> TitleAsync(int ticket) => Retry.RunAsync(() => http.GetStringAsync($"tickets/{ticket}/title"));

    // ok LCA3005: this helper repeats only what was refused
    public Task<HttpResponseMessage> OpenRefusedAsync(string title) =>
        Retry.OnRefusedAsync(() => http.PostAsync("tickets", new StringContent(title)));

    // ok LCA3005: sent once, and the caller decides
    public async Task<HttpResponseMessage> OpenOnceAsync(string title)
    {
        try
        {
            return await http.PostAsync("tickets", new StringContent(title));
        }
        catch (IOException e)
        {
            throw new InvalidOperationException("ticket may or may not be open", e);
        }
    }

    public async Task<HttpResponseMessage> AttachAsync(int ticket, byte[] file, int attempt = 0)
    {
        try
        {
            return await http.PostAsync($"tickets/{ticket}/files", new ByteArrayContent(file));
        }
        catch (IOException) when (attempt < 2)
        {
            return await AttachAsync(ticket, file, attempt + 1); //! LCA3005
        }
    }

    public bool TryCloseTicket(int ticket)
    {
        bool sent;
        var left = 3;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"tickets/{ticket}/close");
            try
            {
                using var response = http.Send(request); //! LCA3005
                sent = true;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                sent = false;
            }
        }
        while (!sent && --left > 0);
        return sent;
    }
}

/// <summary>Resilience pipelines that are built here.</summary>
public sealed class ResilientOrders(HttpClient http)
{
    private readonly ResiliencePipeline _everything = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 4, BackoffType = DelayBackoffType.Exponential })
        .AddTimeout(TimeSpan.FromSeconds(10))
        .Build();

    private readonly ResiliencePipeline _network = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })
        .Build();

    private readonly ResiliencePipeline<HttpResponseMessage> _busy = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>().HandleResult(r => r.StatusCode == HttpStatusCode.ServiceUnavailable),
        })
        .Build();

    private readonly ResiliencePipeline _patience = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(30)).Build();

    public async Task<HttpResponseMessage> OrderAsync(object order, CancellationToken stop) =>
        await _everything.ExecuteAsync(async ct => await http.PostAsJsonAsync("orders", order, ct), stop); //! LCA3005

    public async Task CancelAsync(int id, CancellationToken stop)
    {
        await _network.ExecuteAsync(async ct =>
        {
            using var response = await http.PostAsync($"orders/{id}/cancel", null, ct); //! LCA3005
            response.EnsureSuccessStatusCode();
        }, stop);
    }

    // ok LCA3005: repeats only what the server refused with 503
    public async Task<HttpResponseMessage> OrderWhenFreeAsync(object order, CancellationToken stop) =>
        await _busy.ExecuteAsync(async ct => await http.PostAsJsonAsync("orders", order, ct), stop);

    // ok LCA3005: the pipeline bounds the time, and repeats nothing
    public async Task<HttpResponseMessage> OrderPatientlyAsync(object order, CancellationToken stop) =>
        await _patience.ExecuteAsync(async ct => await http.PostAsJsonAsync("orders", order, ct), stop);

    // ok LCA3005: a read through the pipeline
    public async Task<string> ListAsync(CancellationToken stop) =>
        await _everything.ExecuteAsync(async ct => await http.GetStringAsync("orders", ct), stop);
}
