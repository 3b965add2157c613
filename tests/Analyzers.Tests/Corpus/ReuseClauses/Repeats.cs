using System.Data.Common;
using System.Net.Http.Json;
using System.Net.Http;
using System.Net.Sockets;
using System.Net;
using Confluent.Kafka;
using MQTTnet.Client;
using MQTTnet;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;

namespace Clauses.Repeats;

public sealed record Order(Guid Id, decimal Total);

public sealed class OrderClient(HttpClient http, ILogger<OrderClient> log)
{
    public async Task<HttpResponseMessage> PlaceAsync(Order order, CancellationToken stop)
    {
        try
        {
            return await http.PostAsJsonAsync("/orders", order, stop);
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "once more");
            return await http.PostAsJsonAsync("/orders", order, stop); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> PlaceRetriedAsync(Order order, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.PostAsJsonAsync("/orders", order, stop); //! LCA3005
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 200, stop);
            }
        }
    }

    public async Task<string> ReadRetriedAsync(Guid id, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync("/orders/" + id, stop);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 200, stop);
            }
        }
    }

    public async Task<HttpResponseMessage> PlaceKeyedAsync(Order order, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = JsonContent.Create(order) };
            request.Headers.Add("Idempotency-Key", order.Id.ToString());
            try
            {
                return await http.SendAsync(request, stop);
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(attempt * 200, stop);
            }
        }
    }

    public async Task<HttpResponseMessage> PlaceWhenBusyAsync(Order order, CancellationToken stop)
    {
        while (true)
        {
            var response = await http.PostAsJsonAsync("/orders", order, stop);
            if (response.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests)) return response;
            response.Dispose();
            await Task.Delay(1000, stop);
        }
    }

    public async Task<HttpResponseMessage> AmendAsync(Order order, CancellationToken stop)
    {
        var tries = 0;
        while (tries < 5)
        {
            try
            {
                return await http.PatchAsync("/orders/" + order.Id, JsonContent.Create(order), stop); //! LCA3005
            }
            catch (TaskCanceledException) when (!stop.IsCancellationRequested)
            {
                tries++;
            }
        }

        throw new TimeoutException();
    }

    public async Task<HttpResponseMessage> PlaceRefusedAsync(Order order, CancellationToken stop)
    {
        try
        {
            return await http.PostAsJsonAsync("/orders", order, stop);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return await http.PostAsJsonAsync("/orders", order, stop);
        }
    }

    public async Task<HttpResponseMessage?> PlaceOnceAsync(Order order, CancellationToken stop)
    {
        try
        {
            return await http.PostAsJsonAsync("/orders", order, stop);
        }
        catch (HttpRequestException e)
        {
            log.LogError(e, "order {Id} may or may not have been placed", order.Id);
            return null;
        }
    }
}

public sealed class Ledger(NpgsqlDataSource database)
{
    public async Task BookAsync(string sql, CancellationToken stop)
    {
        for (var left = 3; left > 0; left--)
        {
            try
            {
                await using var command = database.CreateCommand(sql);
                await command.ExecuteNonQueryAsync(stop); //! LCA3005
                return;
            }
            catch (NpgsqlException)
            {
                if (left == 1) throw;
            }
        }
    }

    public async Task BookSerialisedAsync(string sql, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await using var command = database.CreateCommand(sql);
                await command.ExecuteNonQueryAsync(stop);
                return;
            }
            catch (PostgresException e) when (e.SqlState == "40001")
            {
            }
        }
    }

    public async Task<object?> CountAsync(CancellationToken stop)
    {
        try
        {
            await using var command = database.CreateCommand("select count(*) from bookings");
            return await command.ExecuteScalarAsync(stop);
        }
        catch (DbException)
        {
            await using var command = database.CreateCommand("select count(*) from bookings");
            return await command.ExecuteScalarAsync(stop);
        }
    }

    public int InsertOld(DbCommand insert)
    {
        try
        {
            return insert.ExecuteNonQuery();
        }
        catch (DbException)
        {
            Thread.Sleep(100);
            return insert.ExecuteNonQuery(); //! LCA3005
        }
    }
}

public sealed class EventPublisher(IChannel channel, IProducer<string, string> kafka, IMqttClient mqtt)
{
    public async Task PublishAsync(ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        try
        {
            await channel.BasicPublishAsync("events", "created", body, stop);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            await channel.BasicPublishAsync("events", "created", body, stop); //! LCA3005
        }
    }

    public async Task ProduceAsync(string key, string value, CancellationToken stop)
    {
        var message = new Message<string, string> { Key = key, Value = value };
        for (var i = 0; i < 5; i++)
        {
            try
            {
                await kafka.ProduceAsync("events", message, stop); //? LCA3005
                return;
            }
            catch (ProduceException<string, string>)
            {
                await Task.Delay(50, stop);
            }
        }
    }

    public async Task MqttAsync(MqttApplicationMessage message, MqttClientOptions options, CancellationToken stop)
    {
        try
        {
            await mqtt.PublishAsync(message, stop);
        }
        catch (TimeoutException)
        {
            await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "errors" }, stop);
        }
    }
}

public static class Retry
{
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> action, int attempts, CancellationToken stop)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                return await action(stop);
            }
            catch (Exception) when (i < attempts)
            {
                await Task.Delay(100 * i, stop);
            }
        }
    }
}

public sealed class Payments(HttpClient http)
{
    public Task<HttpResponseMessage> PayAsync(HttpContent body, CancellationToken stop) =>
        Retry.RunAsync(c => http.PostAsync("/payments", body, c), 3, stop); //! LCA3005

    public Task<HttpResponseMessage> StateAsync(Guid id, CancellationToken stop) =>
        Retry.RunAsync(c => http.GetAsync("/payments/" + id, c), 3, stop);

    public Task<HttpResponseMessage> CancelAsync(Guid id, CancellationToken stop) =>
        Retry.RunAsync(c => http.DeleteAsync("/payments/" + id, c), 3, stop);

    public async Task<bool> PayGotoAsync(HttpContent body)
    {
        var again = true;
    send:
        try
        {
            using var response = await http.PostAsync("/payments", body); //! LCA3005
            return response.IsSuccessStatusCode;
        }
        catch (IOException)
        {
            if (!again) return false;
            again = false;
        }

        goto send;
    }

    public async Task<bool> PayElsewhereAsync(HttpClient spare, HttpContent body)
    {
        try
        {
            using var response = await http.PostAsync("/payments", body);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            using var response = await spare.PostAsync("/payments", body); //! LCA3005
            return response.IsSuccessStatusCode;
        }
    }
}
