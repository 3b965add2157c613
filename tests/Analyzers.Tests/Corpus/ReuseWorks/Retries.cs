// Sending again: orders, payments and device commands that may have arrived the first time.
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Works.Reuse.Retries;

public sealed record Payment(Guid Id, string Iban, decimal Amount);

public sealed record Receipt(string Number);

public sealed class PaymentApi(HttpClient http, ILogger<PaymentApi> log)
{
    /// <summary>"The first call after a pause fails sometimes."</summary>
    public async Task<Receipt?> PayAsync(Payment payment, CancellationToken ct)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsJsonAsync("/payments", payment, ct);
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "first attempt failed");
            response = await http.PostAsJsonAsync("/payments", payment, ct); //! LCA3005
        }

        using (response)
        {
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<Receipt>(ct);
        }
    }

    public async Task<Receipt?> PayInLoopAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("/payments", payment, ct); //! LCA3005
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadFromJsonAsync<Receipt>(ct);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
                await Task.Delay(500 * (attempt + 1), ct);
            }
        }

        throw new TimeoutException("the payment service does not answer");
    }

    public async Task<Receipt?> PayWithKeyAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = JsonContent.Create(payment) };
                request.Headers.Add("Idempotency-Key", payment.Id.ToString("N"));
                using var response = await http.SendAsync(request, ct); // ok LCA3005: the server knows the key
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadFromJsonAsync<Receipt>(ct);
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
                await Task.Delay(500 * (attempt + 1), ct);
            }
        }

        throw new TimeoutException("the payment service does not answer");
    }

    public async Task<Receipt?> PayWhenRejectedAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var response = await http.PostAsJsonAsync("/payments", payment, ct); // ok LCA3005: repeated after 429 and 503 alone
            if (attempt < 4 && response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), ct);
                continue;
            }

            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<Receipt>(ct);
        }
    }

    public async Task<Receipt?> FindAsync(Guid id, CancellationToken ct)
    {
        try
        {
            return await http.GetFromJsonAsync<Receipt>($"/payments/{id:N}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.GetFromJsonAsync<Receipt>($"/payments/{id:N}", ct); // ok LCA3005: GET
        }
    }

    public async Task ReplaceAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                using var response = await http.PutAsJsonAsync($"/payments/{payment.Id:N}", payment, ct); // ok LCA3005: PUT is idempotent
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "attempt {Attempt}", attempt);
                await Task.Delay(500, ct);
            }
        }
    }

    public async Task AmendAsync(Payment payment, CancellationToken ct)
    {
        var tries = 3;
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Patch, $"/payments/{payment.Id:N}") { Content = JsonContent.Create(payment) };
                using var response = await http.SendAsync(request, ct); //! LCA3005
                response.EnsureSuccessStatusCode();
                break;
            }
            catch (IOException) when (--tries > 0)
            {
                await Task.Delay(200, ct);
            }
        }
    }
}

/// <summary>The generic helper of the code base.</summary>
internal static class Retry
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, int attempts, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action(ct); //? LCA2005
            }
            catch (Exception) when (attempt < attempts && !ct.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), ct);
            }
        }
    }
}

public sealed class NotificationApi(HttpClient http)
{
    public async Task<bool> NotifyAsync(string user, string text, CancellationToken ct)
    {
        using var response = await Retry.RunAsync(c => http.PostAsJsonAsync($"/users/{user}/messages", new { text }, c), 3, ct); //! LCA3005
        return response.IsSuccessStatusCode;
    }

    public Task<string> InboxAsync(string user, CancellationToken ct) =>
        Retry.RunAsync(c => http.GetStringAsync($"/users/{user}/messages", c), 3, ct); // ok LCA3005: GET

    public async Task<bool> NotifyOnceAsync(string user, string text, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync($"/users/{user}/messages", new { text }, ct); // ok LCA3005: not repeated
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>Pipelines built here.</summary>
public sealed class OrderApi(HttpClient http)
{
    private readonly ResiliencePipeline _any = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<IOException>(), MaxRetryAttempts = 4, Delay = TimeSpan.FromSeconds(1) })
        .Build();

    public async Task<Receipt?> OrderAsync(string article, int count, CancellationToken ct)
    {
        using var response = await _any.ExecuteAsync(async token => await http.PostAsJsonAsync("/orders", new { article, count }, token), ct); //! LCA3005
        return await response.Content.ReadFromJsonAsync<Receipt>(ct);
    }

    public async Task<string> StockAsync(string article, CancellationToken ct) =>
        await _any.ExecuteAsync(async token => await http.GetStringAsync($"/stock/{article}", token), ct); // ok LCA3005: GET
}

/// <summary>Publishing again after the broker's own exceptions.</summary>
public sealed class AlarmPublisher(IConnection connection)
{
    public async Task RaiseAsync(byte[] alarm, CancellationToken ct)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            await channel.BasicPublishAsync("alarms", "raised", alarm, ct);
        }
        catch (OperationInterruptedException)
        {
            await using var second = await connection.CreateChannelAsync(cancellationToken: ct);
            await second.BasicPublishAsync("alarms", "raised", alarm, ct); //! LCA3005
        }
    }

    public async Task RaiseAllAsync(IReadOnlyList<byte[]> alarms, CancellationToken ct)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        foreach (var alarm in alarms)
        {
            await channel.BasicPublishAsync("alarms", "raised", alarm, ct); // ok LCA3005: each alarm once
        }
    }
}

/// <summary>The connect may be tried as often as one likes; nothing has been written then.</summary>
public sealed class LabelSender(string host)
{
    public async Task PrintAsync(byte[] label, CancellationToken ct)
    {
        using var client = await DialAsync(ct);
        await client.GetStream().WriteAsync(label, ct);
    }

    private async Task<TcpClient> DialAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 9100, ct); // ok LCA3005: a connect is no request
                return client;
            }
            catch (SocketException) when (attempt < 5)
            {
                client.Dispose();
                await Task.Delay(1000, ct);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }
    }
}
