// The same request once more.
using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Wide.Reuse.Repeats;

public sealed record Payment(Guid Id, decimal Amount);

public sealed class PaymentGateway(HttpClient http)
{
    public async Task<HttpResponseMessage> ChargeAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("charges", payment, ct);
        }
        catch (HttpRequestException)
        {
            await Task.Delay(200, ct);
            return await http.PostAsJsonAsync("charges", payment, ct); //! LCA3005
        }
    }

    /// <summary>The key lets the server tell a repeat.</summary>
    public async Task<HttpResponseMessage> ChargeOnceAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "charges") { Content = JsonContent.Create(payment) };
            request.Headers.Add("Idempotency-Key", payment.Id.ToString("N"));
            try
            {
                return await http.SendAsync(request, ct);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 100, ct);
            }
        }
    }

    /// <summary>A loop that builds the request each time.</summary>
    public async Task<HttpResponseMessage> RefundAsync(Payment payment, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "refunds") { Content = JsonContent.Create(payment) };
            try
            {
                return await http.SendAsync(request, ct); //! LCA3005
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 100, ct);
            }
        }
    }

    /// <summary>The name did not resolve, or nobody listened: nothing was written.</summary>
    public async Task<HttpResponseMessage> ChargeIfUnreachableAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            return await http.PostAsJsonAsync("charges", payment, ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            return await http.PostAsJsonAsync("charges", payment, ct);
        }
    }

    /// <summary>The server said that it did nothing.</summary>
    public async Task<HttpResponseMessage> ChargeWhenFreeAsync(Payment payment, CancellationToken ct)
    {
        while (true)
        {
            var response = await http.PostAsJsonAsync("charges", payment, ct);
            if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return response;
            response.Dispose();
            await Task.Delay(1000, ct);
        }
    }

    /// <summary>After the failure it asks what became of it.</summary>
    public async Task<bool> ChargeAndAskAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("charges", payment, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            using var known = await http.GetAsync($"charges/{payment.Id}", ct);
            return known.IsSuccessStatusCode;
        }
    }

    /// <summary>A list of different requests: one that fails is left out.</summary>
    public async Task<int> ChargeAllAsync(IEnumerable<Payment> payments, CancellationToken ct)
    {
        var done = 0;
        foreach (var payment in payments)
        {
            try
            {
                await http.PostAsJsonAsync("charges", payment, ct);
                done++;
            }
            catch (HttpRequestException)
            {
                continue;
            }
        }

        return done;
    }
}

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> action, int attempts = 3)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                return await action();
            }
            catch (Exception) when (i < attempts)
            {
                await Task.Delay(100 * i);
            }
        }
    }
}

public sealed class CrmClient(HttpClient http)
{
    public Task<HttpResponseMessage> CreateAsync(object contact) => Retry.RunAsync(() => http.PostAsJsonAsync("contacts", contact)); //! LCA3005

    public Task<HttpResponseMessage> FindAsync(string name) => Retry.RunAsync(() => http.GetAsync($"contacts?name={name}"));

    public Task<HttpResponseMessage> ReplaceAsync(int id, object contact) => Retry.RunAsync(() => http.PutAsJsonAsync($"contacts/{id}", contact));

    public async Task<HttpResponseMessage> RenameAsync(int id, object patch, CancellationToken ct)
    {
        var attempts = 0;
        do
        {
            try
            {
                return await http.PatchAsJsonAsync($"contacts/{id}", patch, ct); //! LCA3005
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                attempts++;
            }
        }
        while (attempts < 5);

        throw new TimeoutException();
    }

    public async Task<HttpResponseMessage> DeleteAsync(int id, CancellationToken ct)
    {
        try
        {
            return await http.DeleteAsync($"contacts/{id}", ct);
        }
        catch (HttpRequestException)
        {
            return await http.DeleteAsync($"contacts/{id}", ct);
        }
    }
}

public sealed class ShippingClient(HttpClient http)
{
    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })
        .AddTimeout(TimeSpan.FromSeconds(10))
        .Build();

    private readonly ResiliencePipeline<HttpResponseMessage> _onBusy = new ResiliencePipelineBuilder<HttpResponseMessage>()
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage> { ShouldHandle = new PredicateBuilder<HttpResponseMessage>().HandleResult(r => r.StatusCode == HttpStatusCode.TooManyRequests) })
        .Build();

    private readonly ResiliencePipeline _timeoutOnly = new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(5)).Build();

    public async Task<HttpResponseMessage> ShipAsync(object parcel, CancellationToken ct) =>
        await _pipeline.ExecuteAsync(async token => await http.PostAsJsonAsync("parcels", parcel, token), ct); //! LCA3005

    public async Task<HttpResponseMessage> TrackAsync(string number, CancellationToken ct) =>
        await _pipeline.ExecuteAsync(async token => await http.GetAsync($"parcels/{number}", token), ct);

    public async Task<HttpResponseMessage> ShipWhenFreeAsync(object parcel, CancellationToken ct) =>
        await _onBusy.ExecuteAsync(async token => await http.PostAsJsonAsync("parcels", parcel, token), ct);

    public async Task<HttpResponseMessage> ShipOnceAsync(object parcel, CancellationToken ct) =>
        await _timeoutOnly.ExecuteAsync(async token => await http.PostAsJsonAsync("parcels", parcel, token), ct);
}

public sealed class StockTable(NpgsqlDataSource data)
{
    public async Task BookAsync(int item, int count, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var command = data.CreateCommand("insert into movements(item, count) values ($1, $2)");
            command.Parameters.AddWithValue(item);
            command.Parameters.AddWithValue(count);
            try
            {
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
                return;
            }
            catch (DbException) when (attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    public async Task BookSerializableAsync(int item, int count, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var command = data.CreateCommand("insert into movements(item, count) values ($1, $2)");
            try
            {
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState == "40001" && attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    public async Task<long> CountAsync(CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var command = data.CreateCommand("select count(*) from movements");
            try
            {
                return (long)(await command.ExecuteScalarAsync(ct))!;
            }
            catch (DbException) when (attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }
    }

    /// <summary>Only the opening is tried again.</summary>
    public async Task BookOnOpenAsync(string sql, CancellationToken ct)
    {
        NpgsqlConnection? connection = null;
        for (var attempt = 0; connection is null; attempt++)
        {
            try
            {
                connection = await data.OpenConnectionAsync(ct);
            }
            catch (DbException) when (attempt < 3)
            {
                await Task.Delay(50, ct);
            }
        }

        await using (connection)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}

public sealed class EventPublisher(IChannel channel)
{
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        try
        {
            await channel.BasicPublishAsync("events", key, body, ct);
        }
        catch (OperationInterruptedException)
        {
            await Task.Delay(500, ct);
            await channel.BasicPublishAsync("events", key, body, ct); //! LCA3005
        }
    }
}

/// <summary>With tracked confirms the channel's end fails every message that is written and not yet confirmed.</summary>
public sealed class ConfirmedPublisher(IConnection broker)
{
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await broker.CreateChannelAsync(options, ct);
        try
        {
            await channel.BasicPublishAsync("events", key, body, ct);
        }
        catch (AlreadyClosedException)
        {
            await using var second = await broker.CreateChannelAsync(options, ct);
            await second.BasicPublishAsync("events", key, body, ct); //! LCA3005
        }
    }
}

/// <summary>Without them the exception comes from the check before the write.</summary>
public sealed class UnconfirmedPublisher(IConnection broker)
{
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await using var channel = await broker.CreateChannelAsync(cancellationToken: ct);
        try
        {
            await channel.BasicPublishAsync("events", key, body, ct);
        }
        catch (AlreadyClosedException)
        {
            await using var second = await broker.CreateChannelAsync(cancellationToken: ct);
            await second.BasicPublishAsync("events", key, body, ct);
        }
    }
}

public class LegacyOrderClient
{
    private readonly HttpClient _http = new HttpClient();

    public HttpResponseMessage Submit(string json, int attempt = 0)
    {
        try
        {
            return _http.Send(new HttpRequestMessage(HttpMethod.Post, "https://orders/submit") { Content = new StringContent(json, Encoding.UTF8, "application/json") });
        }
        catch (HttpRequestException)
        {
            if (attempt >= 2) throw;
            Thread.Sleep(1000);
            return Submit(json, attempt + 1); //! LCA3005
        }
    }

    public HttpResponseMessage Fetch(string id, int attempt = 0)
    {
        try
        {
            return _http.Send(new HttpRequestMessage(HttpMethod.Get, "https://orders/" + id));
        }
        catch (HttpRequestException)
        {
            if (attempt >= 2) throw;
            return Fetch(id, attempt + 1);
        }
    }

    /// <summary>A second server for the same request: the first may have taken it.</summary>
    public HttpResponseMessage SubmitToEither(string json)
    {
        foreach (var host in new[] { "https://a", "https://b" })
        {
            try
            {
                return _http.PostAsync(host + "/submit", new StringContent(json)).GetAwaiter().GetResult(); //? LCA3005
            }
            catch (IOException)
            {
            }
            catch (HttpRequestException)
            {
            }
        }

        throw new IOException("no host");
    }
}

/// <summary>Refused means never written.</summary>
public sealed class RefusedRetry(HttpClient http)
{
    public async Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken ct)
    {
        try
        {
            return await http.PostAsync(path, new StringContent(body), ct);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            await Task.Delay(1000, ct);
            return await http.PostAsync(path, new StringContent(body), ct);
        }
    }
}
