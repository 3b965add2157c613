// ASP.NET Core services that deliver: web hooks, SMS, chat; who keeps a failed session, who sends twice.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using Acme.Wire;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Works.Reuse.DeliveryServices;

public sealed record Sms(string Number, string Text);

/// <summary>Failure is written to the log, and the session stays.</summary>
public sealed class SmsService(IWireSessionFactory factory, ILogger<SmsService> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, IWireSession> _byCarrier = [];

    public async Task<bool> SendAsync(string carrier, byte[] sms, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_byCarrier.TryGetValue(carrier, out var session))
            {
                session = await factory.OpenAsync(carrier, ct);
                _byCarrier[carrier] = session; //! LCA3002
            }

            try
            {
                await session.PublishAsync("sms", sms, ct); //? LCA3001
                return true;
            }
            catch (WireException e)
            {
                log.LogError(e, "{Carrier} does not take it", carrier);
                return false;
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The same, but the failed session leaves.</summary>
public sealed class EvictingSmsService(IWireSessionFactory factory, ILogger<EvictingSmsService> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, IWireSession> _byCarrier = [];

    public async Task<bool> SendAsync(string carrier, byte[] sms, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_byCarrier.TryGetValue(carrier, out var session))
            {
                session = await factory.OpenAsync(carrier, ct);
                _byCarrier[carrier] = session; // ok LCA3002: removed and disposed when it fails
            }

            try
            {
                await session.PublishAsync("sms", sms, ct); // ok LCA3001: as above
                return true;
            }
            catch (Exception e) when (e is WireException or OperationCanceledException)
            {
                log.LogError(e, "{Carrier} does not take it", carrier);
                _byCarrier.Remove(carrier);
                await session.DisposeAsync();
                return false;
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>Opened in StartAsync and used as long as the service runs; a failure is logged and told.</summary>
public sealed class ChatRelay(IWireSessionFactory factory, ILogger<ChatRelay> log) : IHostedService
{
    private IWireSession _session = null!;

    public async Task StartAsync(CancellationToken cancellationToken) => _session = await factory.OpenAsync("chat", cancellationToken); // ok LCA3002: an owner that opens in Start

    public async Task<bool> SayAsync(string room, byte[] text, CancellationToken ct)
    {
        try
        {
            await _session.PublishAsync(room, text, ct); // ok LCA3001: no cache
            return true;
        }
        catch (WireException e)
        {
            log.LogError(e, "{Room}", room);
            return false;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await _session.DisposeAsync();
}

/// <summary>A controller over a static session.</summary>
[ApiController]
[Route("api/stock")]
public sealed class StockController(IWireSessionFactory factory) : ControllerBase
{
    private static readonly SemaphoreSlim s_gate = new(1, 1);
    private static IWireSession? s_warehouse;

    [HttpGet("{article}")]
    public async Task<ActionResult<int>> GetAsync(string article, CancellationToken ct)
    {
        s_warehouse ??= await factory.OpenAsync("warehouse", ct);
        return await s_warehouse.RequestAsync<int>("/stock/" + article, article, ct); //! LCA3001
    }

    [HttpGet("{article}/reserved")]
    public async Task<ActionResult<int>> GetReservedAsync(string article, CancellationToken ct)
    {
        var session = await WarehouseAsync(ct);
        return await session.RequestAsync<int>("/reserved/" + article, article, ct); // ok LCA3001: established, or new
    }

    private async Task<IWireSession> WarehouseAsync(CancellationToken ct)
    {
        await s_gate.WaitAsync(ct);
        try
        {
            if (s_warehouse is null || s_warehouse.Status is not SessionStatus.Established)
            {
                if (s_warehouse is not null) await s_warehouse.DisposeAsync();
                s_warehouse = await factory.OpenAsync("warehouse", ct);
            }

            return s_warehouse;
        }
        finally
        {
            s_gate.Release();
        }
    }
}

/// <summary>Web hooks, with the retry that customers asked for.</summary>
public sealed class WebhookSender(HttpClient http, ILogger<WebhookSender> log)
{
    public async Task DeliverAsync(Uri hook, object payload, CancellationToken ct)
    {
        var delay = TimeSpan.FromSeconds(1);
        var delivered = false;
        do
        {
            try
            {
                using var response = await http.PostAsJsonAsync(hook, payload, ct); //! LCA3005
                response.EnsureSuccessStatusCode();
                delivered = true;
            }
            catch (HttpRequestException e)
            {
                log.LogWarning(e, "{Hook}: again in {Delay}", hook, delay);
                await Task.Delay(delay, ct);
                delay *= 2;
            }
        }
        while (!delivered && delay < TimeSpan.FromMinutes(2));
    }

    public async Task DeliverUnsentAsync(Uri hook, object payload, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var response = await http.PostAsJsonAsync(hook, payload, ct); // ok LCA3005: repeated only when the connect was refused
                response.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException e) when (attempt < 5 && e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                log.LogWarning(e, "{Hook} is not there", hook);
                await Task.Delay(TimeSpan.FromSeconds(1 << attempt), ct);
            }
        }
    }

    public async Task DeliverBusyAsync(Uri hook, object payload, CancellationToken ct)
    {
        try
        {
            using var first = await http.PostAsJsonAsync(hook, payload, ct);
            first.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), ct);
            using var second = await http.PostAsJsonAsync(hook, payload, ct); // ok LCA3005: the server itself rejected the first
            second.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Two receivers, one after the other: the second is no repetition.</summary>
    public async Task DeliverBothAsync(Uri hook, Uri archive, object payload, CancellationToken ct)
    {
        using var first = await http.PostAsJsonAsync(hook, payload, ct);
        first.EnsureSuccessStatusCode();
        using var second = await http.PostAsJsonAsync(archive, payload, ct); // ok LCA3005: not after a failure
        second.EnsureSuccessStatusCode();
    }

    public async Task DeliverAfterTimeoutAsync(Uri hook, Sms sms, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsync(hook, JsonContent.Create(sms), ct);
            response.EnsureSuccessStatusCode();
        }
        catch (TaskCanceledException e) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(e, "timeout at {Hook}", hook);
            using var again = await http.PostAsync(hook, JsonContent.Create(sms), ct); //! LCA3005
            again.EnsureSuccessStatusCode();
        }
    }
}

/// <summary>Publishing over sessions that may be gone: the session is fresh, the message is the same.</summary>
public sealed class BidPublisher(IWireSessionFactory factory)
{
    public async Task PublishAsync(byte[] bid, CancellationToken ct)
    {
        await using var session = await factory.OpenAsync("auction", ct);
        try
        {
            await session.PublishAsync("bids", bid, ct);
        }
        catch (IOException)
        {
            await using var second = await factory.OpenAsync("auction", ct);
            await second.PublishAsync("bids", bid, ct); //! LCA3005
        }
    }

    public async Task PublishToEitherAsync(byte[] bid, CancellationToken ct)
    {
        IWireSession session;
        try
        {
            session = await factory.OpenAsync("auction-a", ct);
        }
        catch (IOException)
        {
            session = await factory.OpenAsync("auction-b", ct); // ok LCA3005: opening again writes no bid
        }

        await using (session)
        {
            await session.PublishAsync("bids", bid, ct); // ok LCA3005: once
        }
    }

    public async Task PublishOrReportAsync(byte[] bid, CancellationToken ct)
    {
        await using var session = await factory.OpenAsync("auction", ct);
        try
        {
            await session.PublishAsync("bids", bid, ct);
        }
        catch (IOException e)
        {
            await using var second = await factory.OpenAsync("errors", ct);
            await second.PublishAsync("errors", System.Text.Encoding.UTF8.GetBytes(e.Message), ct); // ok LCA3005: another message
        }
    }
}
