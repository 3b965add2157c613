// Payments: what is sent twice after a failure that proves nothing.
using System.Data.Common;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Ways.Payments;

public sealed record Payment(Guid Id, decimal Amount);

public sealed class PaymentClient(HttpClient http)
{
    public async Task<HttpStatusCode> PayAsync(Payment payment, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await http.PostAsJsonAsync("payments", payment, cancel); //! LCA3005
                return response.StatusCode;
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancel);
            }
        }
    }

    public async Task<HttpStatusCode> PayIdempotentAsync(Payment payment, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Post, "payments") { Content = JsonContent.Create(payment), Headers = { { "Idempotency-Key", payment.Id.ToString("N") } } };
                using var response = await http.SendAsync(request, cancel);
                return response.StatusCode;
            }
            catch (HttpRequestException) when (attempt < 3)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancel);
            }
        }
    }

    public async Task<string> BalanceAsync(CancellationToken cancel)
    {
    retry:
        try
        {
            return await http.GetStringAsync("balance", cancel);
        }
        catch (HttpRequestException)
        {
            await Task.Delay(500, cancel);
            goto retry;
        }
    }

    public async Task<string> RefundAsync(Payment payment, CancellationToken cancel)
    {
        var left = 2;
    retry:
        try
        {
            using var answer = await http.PostAsync($"refunds/{payment.Id}", content: null, cancel); //! LCA3005
            return await answer.Content.ReadAsStringAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && left-- > 0)
        {
            goto retry;
        }
    }

    public Task<HttpResponseMessage> CancelAsync(Payment payment) =>
        Attempts.RunAsync(() => http.PatchAsync($"payments/{payment.Id}", new StringContent("cancelled"))); //! LCA3005

    public Task<HttpResponseMessage> ShowAsync(Payment payment) =>
        Attempts.RunAsync(() => http.GetAsync($"payments/{payment.Id}"));

    public async Task<bool> PayRefusedAsync(Payment payment, CancellationToken cancel)
    {
        while (true)
        {
            using var response = await http.PostAsJsonAsync("payments", payment, cancel);
            if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)) return response.IsSuccessStatusCode;
            await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancel);
        }
    }

    public async Task<bool> PayOnceAsync(Payment payment, Action<Exception> failed, CancellationToken cancel)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("payments", payment, cancel);
            return response is { IsSuccessStatusCode: true };
        }
        catch (HttpRequestException e)
        {
            failed(e);
            return false;
        }
    }
}

internal static class Attempts
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> work, int attempts = 3)
    {
        while (true)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (HttpRequestException) when (--attempts > 0)
            {
                await Task.Delay(200);
            }
        }
    }
}

public sealed class Ledger(DbDataSource database)
{
    public async Task<int> BookAsync(Payment payment, CancellationToken cancel)
    {
        try
        {
            return await InsertAsync();
        }
        catch (DbException)
        {
            return await InsertAsync(); //! LCA3005
        }

        async Task<int> InsertAsync()
        {
            await using var command = database.CreateCommand("insert into bookings values (default)");
            return await command.ExecuteNonQueryAsync(cancel);
        }
    }

    public async Task<int> BookSerializedAsync(Payment payment, CancellationToken cancel)
    {
        for (var left = 3; ; left--)
        {
            await using var command = database.CreateCommand("insert into bookings values (default)");
            try
            {
                return await command.ExecuteNonQueryAsync(cancel);
            }
            catch (DbException e) when (e.SqlState == "40001" && left > 0)
            {
                await Task.Delay(50, cancel);
            }
        }
    }

    public async Task<object?> SumAsync(CancellationToken cancel)
    {
        for (var left = 3; ; left--)
        {
            await using var command = database.CreateCommand("select sum(amount) from bookings");
            try
            {
                return await command.ExecuteScalarAsync(cancel);
            }
            catch (DbException) when (left > 0)
            {
                await Task.Delay(50, cancel);
            }
        }
    }
}

public sealed class LegacyGateway
{
    private readonly string m_strUrl;

    public LegacyGateway(string strUrl) { m_strUrl = strUrl; }

#pragma warning disable SYSLIB0014
    public string Submit(string strBody)
    {
        using (var wc = new WebClient())
        {
            try
            {
                return wc.UploadString(m_strUrl, "POST", strBody);
            }
            catch (WebException ex) when (ex.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return wc.UploadString(m_strUrl, "POST", strBody);
            }
        }
    }
#pragma warning restore SYSLIB0014
}
