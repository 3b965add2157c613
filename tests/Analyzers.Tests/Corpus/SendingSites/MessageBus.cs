// The broker and the database behind an order system: relays, outboxes, timers.
using System.Data;
using System.Data.Common;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Sites.Sending.MessageBus;

public sealed class Relay(IChannel outbound, ILogger<Relay> log)
{
    public void Attach(AsyncEventingBasicConsumer consumer) => consumer.ReceivedAsync += OnDeliveredAsync;

    private async Task OnDeliveredAsync(object sender, BasicDeliverEventArgs delivery)
    {
        log.LogTrace("relaying {Key}", delivery.RoutingKey);
        await PublishAsync(delivery.RoutingKey, delivery.Body.ToArray()); //! LCA2001
    }

    private async Task PublishAsync(string key, byte[] body) =>
        await outbound.BasicPublishAsync("relay", key, body);

    // ok LCA2001: the order service awaits it
    public Task PublishOrderAsync(byte[] order) => PublishAsync("order", order);
}

public sealed class CheckedRelay(IChannel outbound, ILogger<CheckedRelay> log)
{
    public void Attach(AsyncEventingBasicConsumer consumer) => consumer.ReceivedAsync += OnDeliveredAsync;

    // ok LCA2001: IsOpen at the choke point
    private async Task OnDeliveredAsync(object sender, BasicDeliverEventArgs delivery) =>
        await PublishAsync(delivery.RoutingKey, delivery.Body.ToArray());

    private async Task PublishAsync(string key, byte[] body)
    {
        if (outbound.IsClosed)
        {
            log.LogWarning("{Key} not relayed", key);
            return;
        }

        await outbound.BasicPublishAsync("relay", key, body);
    }
}

public interface IOutbox
{
    Task<IReadOnlyList<byte[]>> LoadAsync(CancellationToken ct);
    Task DoneAsync(int count, CancellationToken ct);
}

public sealed class OutboxPublisher(IChannel channel, IOutbox outbox)
{
    public async Task<int> FlushAsync(CancellationToken ct)
    {
        if (!channel.IsOpen) return 0;
        var pending = await outbox.LoadAsync(ct);
        foreach (var body in pending)
            await channel.BasicPublishAsync("orders", "new", body, ct); //! LCA2002
        await outbox.DoneAsync(pending.Count, ct);
        return pending.Count;
    }

    // ok LCA2002: loaded first; each publish that completed proves the channel for the next
    public async Task<int> FlushLoadedAsync(CancellationToken ct)
    {
        var pending = await outbox.LoadAsync(ct);
        if (!channel.IsOpen) return 0;
        foreach (var body in pending)
            await channel.BasicPublishAsync("orders", "new", body, ct);
        await outbox.DoneAsync(pending.Count, ct);
        return pending.Count;
    }
}

/// <summary>A version 6 channel allows one publisher at a time; a period timer does not wait for its last run.</summary>
public sealed class StatusTicker : IDisposable
{
    private readonly IModel _model;
    private readonly ILogger _log;
    private readonly Timer _timer;

    public StatusTicker(IModel model, ILogger log)
    {
        (_model, _log) = (model, log);
        _timer = new Timer(OnTick, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
    }

    private void OnTick(object? state)
    {
        if (!_model.IsOpen) return;
        try
        {
            _model.BasicPublish("status", "tick", null, Encoding.UTF8.GetBytes(DateTime.UtcNow.ToString("O"))); //! LCA2004
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException)
        {
            _log.LogDebug(e, "no status");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _model.Dispose();
    }
}

public sealed class LockedStatusTicker : IDisposable
{
    private readonly IModel _model;
    private readonly Timer _timer;

    public LockedStatusTicker(IModel model)
    {
        _model = model;
        _timer = new Timer(OnTick, null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
    }

    // ok LCA2001 LCA2004: checked and published under the model's lock
    private void OnTick(object? state)
    {
        lock (_model)
        {
            if (_model.IsOpen) _model.BasicPublish("status", "tick", null, "tick"u8.ToArray());
        }
    }

    public void Dispose()
    {
        lock (_model)
        {
            _timer.Dispose();
            _model.Dispose();
        }
    }
}

/// <summary>A lease row kept fresh by a timer, over a connection of its own.</summary>
public sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly Timer _timer;

    public LeaseKeeper(NpgsqlConnection connection, ILogger log)
    {
        _connection = connection;
        _connection.StateChange += (_, e) => log.LogInformation("lease connection {State}", e.CurrentState);
        _timer = new Timer(Renew, null, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
    }

    private void Renew(object? state)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "update lease set until = now() + interval '1 minute'";
        command.ExecuteNonQuery(); //! LCA2001
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

public sealed class CheckedLeaseKeeper : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly Timer _timer;

    public CheckedLeaseKeeper(DbConnection connection, ILogger log)
    {
        _connection = connection;
        _connection.StateChange += (_, e) => log.LogInformation("lease connection {State}", e.CurrentState);
        _timer = new Timer(Renew, null, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
    }

    // ok LCA2001: the connection's state decides
    private void Renew(object? state)
    {
        if (_connection.State != ConnectionState.Open) return;
        using var command = _connection.CreateCommand();
        command.CommandText = "update lease set until = now() + interval '1 minute'";
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

/// <summary>An audit bus of the shop's own: a handler that only passes the event on, and the one that sends.</summary>
public interface IAuditClient : IAsyncDisposable
{
    bool IsReady { get; }
    Task PublishAsync(string subject, byte[] body);
    void Publish(string subject, byte[] body);
}

public sealed class StockWatcher
{
    public StockWatcher(FileSystemWatcher drop, ILogger log)
    {
        drop.Error += (_, e) => log.LogWarning(e.GetException(), "drop folder");
        drop.Created += OnCreated;
    }

    public event EventHandler<string>? Arrived;

    // ok LCA2001: only raises another event
    private void OnCreated(object sender, FileSystemEventArgs e) => Arrived?.Invoke(this, e.FullPath);
}

public sealed class StockAuditor
{
    private readonly IAuditClient _audit;

    public StockAuditor(StockWatcher watcher, IAuditClient audit)
    {
        _audit = audit;
        watcher.Arrived += OnArrived;
    }

    private void OnArrived(object? sender, string path)
    {
        var name = Path.GetFileName(path);
        _audit.Publish("stock.arrived", Encoding.UTF8.GetBytes(name)); //! LCA2001
    }
}

public static class AuditExtensions
{
    /// <summary>The shop's guard: says whether it was sent.</summary>
    public static bool TryPublish(this IAuditClient audit, string subject, byte[] body)
    {
        if (!audit.IsReady) return false;
        audit.Publish(subject, body);
        return true;
    }
}

public sealed class GuardedStockAuditor
{
    private readonly IAuditClient _audit;
    private int _missed;

    public GuardedStockAuditor(StockWatcher watcher, IAuditClient audit)
    {
        _audit = audit;
        watcher.Arrived += OnArrived;
    }

    // ok LCA2001: the guard answers whether it was sent
    private void OnArrived(object? sender, string path)
    {
        if (!_audit.TryPublish("stock.arrived", Encoding.UTF8.GetBytes(path))) _missed++;
    }

    public int Missed => _missed;
}

/// <summary>Looks the part, but none of it is a connection.</summary>
public sealed class PostSession
{
    private readonly List<string> _letters = [];

    public bool IsOpen { get; private set; } = true;

    public void Close() => IsOpen = false;

    public int Count => _letters.Count;
}

public sealed class Mailroom
{
    private readonly List<PostSession> _sessions = [];

    // ok LCA2001: a session that sends nothing is no connection
    public Mailroom(StockWatcher watcher) => watcher.Arrived += (_, _) => _sessions.Add(new PostSession());
}
