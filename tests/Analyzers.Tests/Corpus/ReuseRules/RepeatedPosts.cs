// Requests that are sent again after a failure that may have come after the write.
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Second.Reuse.RepeatedPosts;

public sealed record Transfer(string From, string To, decimal Amount);

public sealed class Bank(HttpClient http)
{
    public async Task<HttpResponseMessage> PayAsync(Transfer transfer)
    {
        try
        {
            return await http.PostAsJsonAsync("/transfers", transfer);
        }
        catch (HttpRequestException)
        {
            return await http.PostAsJsonAsync("/transfers", transfer); //! LCA3005
        }
    }

    public async Task<HttpResponseMessage> PayInLoopAsync(Transfer transfer, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.PostAsJsonAsync("/transfers", transfer, ct); //! LCA3005
            }
            catch (Exception e) when (attempt < 3 && e is HttpRequestException or TaskCanceledException)
            {
                await Task.Delay(200 * attempt, ct);
            }
        }
    }

    public async Task<bool> PayWhileAsync(Transfer transfer)
    {
        var left = 5;
        var sent = false;
        while (!sent && left-- > 0)
        {
            try
            {
                using var response = await http.PostAsync("/transfers", JsonContent.Create(transfer)); //! LCA3005
                sent = response.IsSuccessStatusCode;
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }

        return sent;
    }

    public async Task<HttpResponseMessage> PayWithKeyAsync(Transfer transfer, CancellationToken ct)
    {
        var key = Guid.NewGuid().ToString("N");
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/transfers") { Content = JsonContent.Create(transfer) };
            request.Headers.Add("Idempotency-Key", key);
            try
            {
                return await http.SendAsync(request, ct); // ok LCA3005: the server knows the key
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(200 * attempt, ct);
            }
        }
    }

    public async Task<string> BalanceAsync(string account, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await http.GetStringAsync("/accounts/" + account, ct); // ok LCA3005: a GET
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(200, ct);
            }
        }
    }

    public async Task<HttpResponseMessage> SetLimitAsync(string account, decimal limit)
    {
        try
        {
            return await http.PutAsJsonAsync("/limits/" + account, limit);
        }
        catch (HttpRequestException)
        {
            return await http.PutAsJsonAsync("/limits/" + account, limit); // ok LCA3005: PUT is idempotent
        }
    }

    public async Task<HttpResponseMessage> PayUnlessRejectedAsync(Transfer transfer)
    {
        while (true)
        {
            var response = await http.PostAsJsonAsync("/transfers", transfer); // ok LCA3005: the server itself said no
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return response;
            response.Dispose();
            await Task.Delay(1000);
        }
    }

    public async Task<HttpResponseMessage> PayIfRefusedAsync(Transfer transfer)
    {
        try
        {
            return await http.PostAsJsonAsync("/transfers", transfer);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return await http.PostAsJsonAsync("/transfers", transfer); // ok LCA3005: no connection, nothing was written
        }
    }

    public async Task<HttpResponseMessage> PayByNameAsync(Transfer transfer)
    {
        try
        {
            return await http.PostAsJsonAsync("/transfers", transfer);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            return await http.PostAsJsonAsync("/transfers", transfer); // ok LCA3005
        }
    }

    public async Task<HttpResponseMessage> AmendAsync(string id, HttpContent change, CancellationToken ct)
    {
        HttpResponseMessage? response = null;
        for (var i = 0; i < 3 && response is null; i++)
        {
            try
            {
                response = await http.PatchAsync("/transfers/" + id, change, ct); //! LCA3005
            }
            catch (HttpRequestException e) when (e.StatusCode is null)
            {
                await Task.Delay(50, ct);
            }
        }

        return response ?? throw new TimeoutException();
    }

    /// <summary>One transfer after another is no repetition.</summary>
    public async Task<int> PayAllAsync(IEnumerable<Transfer> transfers, CancellationToken ct)
    {
        var failed = 0;
        foreach (var transfer in transfers)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("/transfers", transfer, ct); // ok LCA3005: another request each time
            }
            catch (HttpRequestException)
            {
                failed++;
            }
        }

        return failed;
    }

    public async Task<HttpResponseMessage?> PayOnceAsync(Transfer transfer)
    {
        try
        {
            return await http.PostAsJsonAsync("/transfers", transfer);
        }
        catch (HttpRequestException e)
        {
            await http.PostAsJsonAsync("/incidents", new { e.Message }); // ok LCA3005: another request
            return null;
        }
    }
}

/// <summary>A generic helper that runs anything again.</summary>
public static class Again
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> operation, int times = 3)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await operation();
            }
            catch (Exception) when (attempt < times)
            {
                await Task.Delay(100 * attempt);
            }
        }
    }

    public static async Task<T> OnceAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException("not reachable", e);
        }
    }
}

public sealed class Signup(HttpClient http)
{
    public Task<HttpResponseMessage> RegisterAsync(string mail) =>
        Again.RunAsync(() => http.PostAsJsonAsync("/accounts", new { mail })); //! LCA3005

    public Task<HttpResponseMessage> RegisterOnceAsync(string mail) =>
        Again.OnceAsync(() => http.PostAsJsonAsync("/accounts", new { mail }));

    public Task<string> TermsAsync() => Again.RunAsync(() => http.GetStringAsync("/terms"));

    public Task<HttpResponseMessage> ConfirmAsync(string token) => Again.RunAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/confirm/" + token);
        return await http.SendAsync(request); //! LCA3005
    });
}

/// <summary>A recursive repetition, and one on another host.</summary>
public sealed class Webhooks(HttpClient http)
{
    public async Task DeliverAsync(Uri target, HttpContent body, int attempt = 0)
    {
        try
        {
            using var response = await http.PostAsync(target, body); //? LCA3005
            response.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException) when (attempt < 5)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Pow(2, attempt)));
            await DeliverAsync(target, body, attempt + 1); //? LCA3005
        }
    }
}
