// Charging stations: which try around a send answers for a closing socket, and which does not.
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.CatchShapes;

public sealed class Meter
{
    public event EventHandler<int>? Pulse;
    public event EventHandler<int>? Overload;
    public event EventHandler<int>? Reset;
    public event EventHandler<int>? Sampled;

    public void Simulate(int value)
    {
        Pulse?.Invoke(this, value);
        Overload?.Invoke(this, value);
        Reset?.Invoke(this, value);
        Sampled?.Invoke(this, value);
    }
}

public sealed class ChargePoint
{
    private readonly WebSocket _csms;
    private readonly ILogger _log;

    public ChargePoint(WebSocket csms, Meter meter, ILogger log)
    {
        (_csms, _log) = (csms, log);
        meter.Pulse += OnPulse;
        meter.Overload += OnOverload;
        meter.Reset += OnReset;
        meter.Sampled += OnSampled;
    }

    // only logged, then out of the async void
    private async void OnPulse(object? sender, int value)
    {
        try
        {
            await CallAsync("MeterValues", value); //! LCA2001
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "meter values not sent");
            throw;
        }
    }

    // the filter lets the closing socket's exceptions pass
    private async void OnOverload(object? sender, int value)
    {
        try
        {
            await CallAsync("StatusNotification", value); //! LCA2001
        }
        catch (Exception ex) when (ex is OperationCanceledException or TimeoutException)
        {
            _log.LogWarning(ex, "slow backend");
        }
    }

    // a finally is no catch
    private async void OnReset(object? sender, int value)
    {
        _log.LogInformation("resetting");
        try
        {
            await CallAsync("BootNotification", value); //! LCA2001
        }
        finally
        {
            _log.LogInformation("reset");
        }
    }

    // the second send stands outside
    private async void OnSampled(object? sender, int value)
    {
        try
        {
            await CallAsync("MeterValues", value);
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
        {
            _log.LogDebug(ex, "closing");
        }
        await CallAsync("Heartbeat", 0); //! LCA2001
    }

    private Task CallAsync(string action, int value) =>
        _csms.SendAsync(Encoding.UTF8.GetBytes($"[2,\"{Guid.NewGuid()}\",\"{action}\",{value}]"), WebSocketMessageType.Text, true, default);
}

public sealed class ResilientChargePoint
{
    private readonly WebSocket _csms;
    private readonly ILogger _log;
    private readonly Queue<int> _offline = new();

    public ResilientChargePoint(WebSocket csms, Meter meter, ILogger log)
    {
        (_csms, _log) = (csms, log);
        meter.Pulse += OnPulse;
        meter.Overload += async (_, value) => await OnOverloadAsync(value);
        meter.Reset += OnReset;
        meter.Sampled += OnSampled;
    }

    // ok LCA2001: two clauses, for the transport and for the closing
    private async void OnPulse(object? sender, int value)
    {
        try
        {
            await CallAsync("MeterValues", value);
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "lost the backend");
            _offline.Enqueue(value);
        }
        catch (InvalidOperationException)
        {
            _offline.Enqueue(value);
        }
    }

    // ok LCA2001: the filter takes all but a cancellation
    private async Task OnOverloadAsync(int value)
    {
        try
        {
            await CallAsync("StatusNotification", value);
        }
        catch (Exception ex) when (ex is not OperationCanceledException)
        {
            _log.LogWarning(ex, "not notified");
        }
    }

    // ok LCA2001: the outer try catches
    private async void OnReset(object? sender, int value)
    {
        try
        {
            try
            {
                await CallAsync("BootNotification", value);
            }
            finally
            {
                _log.LogInformation("reset");
            }
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "not announced");
        }
    }

    // ok LCA2001: the helper catches, with a filter method of its own
    private async void OnSampled(object? sender, int value) => await GuardedCallAsync("MeterValues", value);

    private async Task GuardedCallAsync(string action, int value)
    {
        try
        {
            await CallAsync(action, value);
        }
        catch (Exception ex) when (Answer(ex))
        {
            _offline.Enqueue(value);
        }
    }

    private static bool Answer(Exception ex) => ex is WebSocketException or InvalidOperationException or IOException;

    private Task CallAsync(string action, int value) =>
        _csms.SendAsync(Encoding.UTF8.GetBytes($"[2,\"{action}\",{value}]"), WebSocketMessageType.Text, true, default);
}
