// Repetitions of other shapes: flags, goto, handlers, recursion, keys.
using System.Net;
using System.Net.Http.Json;
using System.Text;
using MQTTnet;
using MQTTnet.Client;

namespace Second.Reuse.OddRetries;

public sealed class Shop(HttpClient http)
{
    public async Task<string> BuyWithFlagAsync(string body, CancellationToken ct)
    {
        var retry = false;
        HttpResponseMessage? response = null;
        try
        {
            response = await http.PostAsync("/buy", new StringContent(body), ct);
        }
        catch (HttpRequestException)
        {
            retry = true;
        }

        if (retry) response = await http.PostAsync("/buy", new StringContent(body), ct); //! LCA3005
        return await response!.Content.ReadAsStringAsync(ct);
    }

    public async Task<HttpStatusCode> BuyByMessageAsync(string body, CancellationToken ct)
    {
        const int Max = 3;
        for (var i = 1; i <= Max; i++)
        {
            var request = new HttpRequestMessage(new HttpMethod("PATCH"), "/buy") { Content = new StringContent(body, Encoding.UTF8) };
            try
            {
                using var response = await http.SendAsync(request, ct); //! LCA3005
                return response.StatusCode;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested && i < Max)
            {
                Console.Error.WriteLine("timed out, once more");
            }
        }

        return HttpStatusCode.GatewayTimeout;
    }

    public async Task<HttpStatusCode> FindAsync(string body, CancellationToken ct)
    {
        for (var i = 1; ; i++)
        {
            using var request = new HttpRequestMessage { Method = HttpMethod.Get, RequestUri = new Uri("/find", UriKind.Relative), Content = new StringContent(body) };
            try
            {
                using var response = await http.SendAsync(request, ct); // ok LCA3005: a GET
                return response.StatusCode;
            }
            catch (HttpRequestException) when (i < 3)
            {
            }
        }
    }

    public async Task<HttpStatusCode> BuyKeyedAsync(string body, Guid order, CancellationToken ct)
    {
        for (var i = 1; ; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/buy") { Content = new StringContent(body) };
            request.Headers.TryAddWithoutValidation("X-Idempotency-Key", order.ToString());
            try
            {
                using var response = await http.SendAsync(request, ct); // ok LCA3005
                return response.StatusCode;
            }
            catch (HttpRequestException) when (i < 3)
            {
            }
        }
    }

    public async Task<HttpStatusCode> BuyIfBusyAsync(string body, CancellationToken ct)
    {
        for (var i = 1; ; i++)
        {
            try
            {
                using var response = await http.PostAsync("/buy", new StringContent(body), ct);
                response.EnsureSuccessStatusCode();
                return response.StatusCode;
            }
            catch (HttpRequestException e) when (i < 3 && e.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) // ok LCA3005: rejected
            {
                await Task.Delay(1000 * i, ct);
            }
        }
    }

    public async Task<HttpStatusCode> BuyByGotoAsync(string body)
    {
        var left = 2;
    again:
        try
        {
            using var response = await http.PostAsync("/buy", new StringContent(body)); //! LCA3005
            return response.StatusCode;
        }
        catch (IOException) when (left-- > 0)
        {
            goto again;
        }
    }

    public async Task<HttpStatusCode> BuyThroughHelperAsync(string body)
    {
        try
        {
            return await PostOnceAsync(body);
        }
        catch (HttpRequestException e)
        {
            Console.Error.WriteLine(e.Message);
            return await PostOnceAsync(body); //! LCA3005
        }
    }

    private async Task<HttpStatusCode> PostOnceAsync(string body)
    {
        using var response = await http.PostAsync("/buy", new StringContent(body)); //? LCA3005
        return response.StatusCode;
    }

    public async Task<string> TokenThenBuyAsync(string body)
    {
        var response = await http.PostAsync("/buy", new StringContent(body));
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            await http.PostAsync("/token", null);
            response = await http.PostAsync("/buy", new StringContent(body)); // ok LCA3005: the server rejected it
        }

        return await response.Content.ReadAsStringAsync();
    }

    public async Task<string?> BuyElsewhereAsync(string body)
    {
        foreach (var host in new[] { "https://a", "https://b" })
        {
            try
            {
                using var response = await http.PostAsync(host + "/buy", new StringContent(body)); //? LCA3005
                return await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }

        return null;
    }
}

/// <summary>A client's own handler that repeats whatever comes.</summary>
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
            catch (HttpRequestException) when (i < 3)
            {
            }
        }
    }
}

public sealed class SafeRepeatingHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException) when (i < 3 && request.Method == HttpMethod.Get) // ok LCA3005
            {
            }
        }
    }
}

public sealed class Sensor(IMqttClient mqtt)
{
    public async Task PublishAsync(byte[] value, CancellationToken ct)
    {
        var message = new MqttApplicationMessage { Topic = "v", Payload = value };
        try
        {
            await mqtt.PublishAsync(message, ct);
        }
        catch (TimeoutException)
        {
            await mqtt.PublishAsync(message, ct); //! LCA3005
        }
    }

    public async Task PublishLoopAsync(IAsyncEnumerable<byte[]> values, CancellationToken ct)
    {
        await foreach (var value in values.WithCancellation(ct))
        {
            try
            {
                await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "v", Payload = value }, ct); // ok LCA3005: each value once
            }
            catch (IOException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}

/// <summary>A polling loop: each turn sends what is new, a failure ends only the turn.</summary>
public sealed class Reporter(HttpClient http, Func<object> snapshot)
{
    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                using var response = await http.PostAsJsonAsync("/report", snapshot(), ct); // ok LCA3005: another report each time
            }
            catch (HttpRequestException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }

    /// <summary>A worker loop over a queue.</summary>
    public async Task DrainAsync(System.Threading.Channels.ChannelReader<object> reader, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var item = await reader.ReadAsync(ct);
            try
            {
                using var response = await http.PostAsJsonAsync("/item", item, ct); // ok LCA3005
            }
            catch (HttpRequestException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }
}
