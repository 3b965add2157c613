// A back office's hub pages: what the base class does for its pages, and what it does not.
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.BackOffice;

/// <summary>Owns the connection and watches it on behalf of every page.</summary>
public abstract class WatchedPage : IAsyncDisposable
{
    protected WatchedPage(string url, ILogger log)
    {
        Log = log;
        Hub = new HubConnectionBuilder().WithUrl(url).WithAutomaticReconnect().Build();
        Hub.Closed += OnClosed;
    }

    protected ILogger Log { get; }

    protected HubConnection Hub { get; }

    private Task OnClosed(Exception? error)
    {
        Log.LogError(error, "{Page} lost its connection", GetType().Name);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}

public sealed class InvoicePage(string url, ILogger log) : WatchedPage(url, log)
{
    // ok LCA1001: the base class attached the handler
    public async Task ShowAsync(int invoice, CancellationToken stop)
    {
        await Hub.StartAsync(stop);
        await Hub.SendAsync("OpenInvoice", invoice, stop);
    }
}

/// <summary>Holds the connection for its pages and does no more.</summary>
public abstract class PlainPage : IAsyncDisposable
{
    protected readonly HubConnection Connection;

    protected PlainPage(string url) => Connection = new HubConnectionBuilder().WithUrl(url).Build();

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}

public sealed class StockPage(string url) : PlainPage(url)
{
    private int _stock;

    public async Task ShowAsync(CancellationToken stop)
    {
        Connection.On<int>("stock", value => _stock = value);
        await Connection.StartAsync(stop); //! LCA1001
    }

    public int Stock => _stock;
}

public sealed class ReturnsPage : PlainPage
{
    private readonly ILogger _log;

    public ReturnsPage(string url, ILogger log) : base(url)
    {
        _log = log;
        Connection.Closed += OnClosed;
    }

    // ok LCA1001: the base class does not, this class does
    public Task ShowAsync(CancellationToken stop) => Connection.StartAsync(stop);

    private Task OnClosed(Exception? error)
    {
        _log.LogWarning(error, "returns page offline");
        return Task.CompletedTask;
    }
}

/// <summary>A template: the page says how its connection is built, the base class watches and starts it.</summary>
public abstract class TemplatePage(ILogger log)
{
    protected abstract HubConnection Build();

    // ok LCA1001: whatever Build answers is watched before it starts
    public async Task RunAsync(CancellationToken stop)
    {
        await using var hub = Build();
        hub.Closed += error =>
        {
            log.LogError(error, "page closed");
            return Task.CompletedTask;
        };
        Register(hub);
        await hub.StartAsync(stop);
        await Task.Delay(Timeout.Infinite, stop);
    }

    protected virtual void Register(HubConnection hub)
    {
    }
}

public sealed class PricePage(string url, ILogger log) : TemplatePage(log)
{
    private readonly Dictionary<string, decimal> _prices = [];

    // ok LCA1001: it leaves unopened
    protected override HubConnection Build() => new HubConnectionBuilder().WithUrl(url).Build();

    protected override void Register(HubConnection hub) =>
        hub.On<KeyValuePair<string, decimal>>("price", p => _prices[p.Key] = p.Value);
}

/// <summary>Two levels down; the handler sits in the middle.</summary>
public abstract class AuditedPage : PlainPage
{
    protected AuditedPage(string url, Action<Exception?> audit) : base(url) => Connection.Closed += error =>
    {
        audit(error);
        return Task.CompletedTask;
    };
}

public sealed class PayrollPage(string url, Action<Exception?> audit) : AuditedPage(url, audit)
{
    // ok LCA1001: the class between attached it
    public Task ShowAsync(CancellationToken stop) => Connection.StartAsync(stop);
}
