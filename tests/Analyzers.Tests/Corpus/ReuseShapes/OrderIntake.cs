using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Confluent.Kafka;

namespace Orders.Intake;

public sealed record Order(string Id, int Quantity);

public enum Outcome { Taken, Refused, Unknown }

/// <summary>Again by recursion, by a flag, by what a helper answered.</summary>
public sealed class OrderSender(HttpClient http)
{
    public async Task<Outcome> SendAsync(Order order, int attempt = 0)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync("orders", order);
            return answer.IsSuccessStatusCode ? Outcome.Taken : Outcome.Refused;
        }
        catch (HttpRequestException) when (attempt < 3)
        {
            return await SendAsync(order, attempt + 1); //! LCA3005
        }
    }

    public async Task<Outcome> SendUntilTakenAsync(Order order)
    {
        var outcome = Outcome.Unknown;
        for (var i = 0; i < 5 && outcome == Outcome.Unknown; i++)
        {
            outcome = await AttemptAsync(order); //? LCA3005
        }

        return outcome;
    }

    private async Task<Outcome> AttemptAsync(Order order)
    {
        try
        {
            using var answer = await http.PostAsJsonAsync("orders", order); //? LCA3005
            return Outcome.Taken;
        }
        catch (HttpRequestException)
        {
            return Outcome.Unknown;
        }
    }

    public async Task SendWithFlagAsync(Order order, CancellationToken ct)
    {
        var sent = false;
        do
        {
            try
            {
                using var answer = await http.PostAsync("orders", JsonContent.Create(order), ct); //! LCA3005
                sent = answer.StatusCode == HttpStatusCode.Created;
            }
            catch (IOException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
        while (!sent);
    }

    /// <summary>The failure ends the loop; what is repeated is another order.</summary>
    public async Task<int> SendAllAsync(IAsyncEnumerable<Order> orders, CancellationToken ct)
    {
        var lost = 0;
        await foreach (var order in orders.WithCancellation(ct))
        {
            try
            {
                using var answer = await http.PostAsJsonAsync("orders", order, ct); // ok LCA3005: the next order
            }
            catch (HttpRequestException)
            {
                lost++;
            }
        }

        return lost;
    }

    /// <summary>Asks what has become of it before it sends again.</summary>
    public async Task<Outcome> SendOnceAsync(Order order, CancellationToken ct)
    {
        try
        {
            using var answer = await http.PutAsJsonAsync($"orders/{order.Id}", order, ct);
            return Outcome.Taken;
        }
        catch (HttpRequestException)
        {
            using var answer = await http.PutAsJsonAsync($"orders/{order.Id}", order, ct); // ok LCA3005: a PUT may be repeated
            return answer.IsSuccessStatusCode ? Outcome.Taken : Outcome.Refused;
        }
    }
}

/// <summary>A handler that repeats whatever passes through it, and one that repeats what may be repeated.</summary>
public sealed class RepeatingHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken); //? LCA3005
            }
            catch (HttpRequestException) when (i < 2)
            {
            }
        }
    }
}

public sealed class SafeRepeatingHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get) return await base.SendAsync(request, cancellationToken);
        for (var i = 0; ; i++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken); // ok LCA3005: only a GET comes here
            }
            catch (HttpRequestException) when (i < 2)
            {
            }
        }
    }
}

/// <summary>The warehouse listens to a topic.</summary>
public sealed class WarehouseTopic(IProducer<string, byte[]> producer)
{
    public async Task TellAsync(string key, byte[] body, CancellationToken ct)
    {
        var message = new Message<string, byte[]> { Key = key, Value = body };
        try
        {
            await producer.ProduceAsync("warehouse", message, ct);
        }
        catch (ProduceException<string, byte[]>)
        {
            await Task.Delay(1000, ct);
            await producer.ProduceAsync("warehouse", message, ct); //? LCA3005
        }
    }

    public async Task TellOrParkAsync(string key, byte[] body, CancellationToken ct)
    {
        var message = new Message<string, byte[]> { Key = key, Value = body };
        try
        {
            await producer.ProduceAsync("warehouse", message, ct);
        }
        catch (ProduceException<string, byte[]> e)
        {
            await producer.ProduceAsync("parked", new Message<string, byte[]> { Key = key, Value = [.. body, (byte)e.Message.Length] }, ct); // ok LCA3005: another message elsewhere
        }
    }
}

/// <summary>The connect is repeated, and only the connect.</summary>
public sealed class ScannerDock(string host)
{
    public async Task<TcpClient> DockAsync(CancellationToken ct)
    {
        while (true)
        {
            var client = new TcpClient();
            try
            {
                await client.ConnectAsync(host, 4000, ct); // ok LCA3005: nothing is written
                return client;
            }
            catch (SocketException)
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
