// Repeating, one floor down: message handlers, decorators, outboxes, and events that come from an old session.
using System.Net;
using System.Net.Http;
using System.Net.Http.Json;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Fresh.Reuse.HandlerRetries;

/// <summary>Repeats whatever comes by, also what must not be repeated.</summary>
public sealed class BlindRetryHandler(ILogger<BlindRetryHandler> log) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            log.LogWarning(e, "again");
            return await base.SendAsync(request, cancellationToken); //? LCA3005
        }
    }
}

public sealed class SafeRetryHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException) when (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head)
        {
            return await base.SendAsync(request, cancellationToken);
        }
    }
}

public sealed record Reading(string Sensor, double Value);

public interface IReadings
{
    Task PostAsync(Reading reading, CancellationToken ct);
}

public sealed class HttpReadings(HttpClient http) : IReadings
{
    public async Task PostAsync(Reading reading, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync("/readings", reading, ct);
        answer.EnsureSuccessStatusCode();
    }
}

/// <summary>A decorator that does not look at what it repeats.</summary>
public sealed class RetryingReadings(HttpReadings inner) : IReadings
{
    public async Task PostAsync(Reading reading, CancellationToken ct)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                await inner.PostAsync(reading, ct); //! LCA3005
                return;
            }
            catch (HttpRequestException) when (left > 0)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

public sealed class PoliteReadings(HttpReadings inner) : IReadings
{
    // ok LCA3005: only what the server turned away
    public async Task PostAsync(Reading reading, CancellationToken ct)
    {
        for (var left = 3; ; left--)
        {
            try
            {
                await inner.PostAsync(reading, ct);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable && left > 0)
            {
                await Task.Delay(100, ct);
            }
        }
    }
}

public sealed class Outbox(IChannel channel, ILogger<Outbox> log)
{
    public async Task<bool> PublishAsync(string key, byte[] body, CancellationToken ct)
    {
        var tries = 0;
        while (tries++ < 5)
        {
            try
            {
                await channel.BasicPublishAsync("outbox", key, body, ct); //! LCA3005
                return true;
            }
            catch (IOException e)
            {
                log.LogWarning(e, "try {Try}", tries);
            }
        }

        return false;
    }

    // ok LCA3005: whoever reads it sees the same message id
    public async Task<bool> PublishWithIdAsync(Guid id, byte[] body, CancellationToken ct)
    {
        var properties = new BasicProperties { MessageId = id.ToString() };
        for (var tries = 0; tries < 5; tries++)
        {
            try
            {
                await channel.BasicPublishAsync("outbox", "k", true, properties, body, ct);
                return true;
            }
            catch (IOException e) //? LCA3005
            {
                log.LogWarning(e, "try {Try}", tries);
            }
        }

        return false;
    }
}

/// <summary>Handlers that are methods of the session's keeper, and a keeper that is told which session it was.</summary>
public sealed class SessionKeeper(Func<string, WireConnection> dial, ILogger log)
{
    private WireConnection _wire = null!;
    private WireConnection? _backup;

    public WireConnection Current
    {
        get => _wire;
        private set
        {
            _wire = value; //? LCA3006
            _wire.Closed += (_, _) => Drop();
        }
    }

    public void Open(string host) => Current = dial(host); //? LCA3006

    private void Drop()
    {
        log.LogInformation("dropped");
        _wire.Dispose();
    }

    public void OpenBackup(string host)
    {
        var backup = dial(host);
        backup.Closed += (_, _) => DropBackup(backup);
        _backup = backup;
    }

    // ok LCA3006: it knows which one
    private void DropBackup(WireConnection which)
    {
        if (which != _backup) return;
        _backup.Dispose();
        _backup = null;
    }
}
