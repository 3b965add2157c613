// A plant's own fieldbus links: types of this code base that tell of failures by events.
using System.Net;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.FieldbusLinks;

public sealed class LinkFault(Exception cause) : EventArgs
{
    public Exception Cause { get; } = cause;
}

/// <summary>One bus coupler: connect it, write telegrams, close it. Faulted tells that the wire is gone.</summary>
public class BusLink(EndPoint coupler) : IDisposable
{
    public event EventHandler<LinkFault>? Faulted;
    public event EventHandler? Connected;

    public bool IsConnected { get; private set; }

    public EndPoint Coupler { get; } = coupler;

    public virtual async Task ConnectAsync(CancellationToken stop)
    {
        await Task.Delay(1, stop);
        IsConnected = true;
        Connected?.Invoke(this, EventArgs.Empty);
    }

    public Task WriteAsync(ReadOnlyMemory<byte> telegram, CancellationToken stop) => Task.Delay(telegram.Length, stop);

    public void Close() => IsConnected = false;

    protected void Fail(Exception cause)
    {
        IsConnected = false;
        Faulted?.Invoke(this, new LinkFault(cause));
    }

    public void Dispose() => Close();
}

public enum PeerState { Created, Connected, Closed }

/// <summary>An interface of the same kind, for what the test bench simulates.</summary>
public interface IBenchPeer : IDisposable
{
    event Action<Exception>? Error;
    event Action? Closed;
    PeerState State { get; }
    void Connect(string address);
    void Transmit(byte[] telegram);
    void Close();
}

public sealed class BenchPeer : IBenchPeer
{
    public event Action<Exception>? Error;
    public event Action? Closed;

    public PeerState State { get; private set; }

    public void Connect(string address) => State = address.Length > 0 ? PeerState.Connected : PeerState.Created;

    public void Transmit(byte[] telegram)
    {
        if (telegram.Length == 0) Error?.Invoke(new FormatException("empty telegram"));
    }

    public void Close()
    {
        State = PeerState.Closed;
        Closed?.Invoke();
    }

    public void Dispose() => Close();
}

public sealed class Press(EndPoint coupler) : IDisposable
{
    private readonly BusLink _link = new(coupler);

    public async Task StartAsync(CancellationToken stop)
    {
        await _link.ConnectAsync(stop); //! LCA1001
        await _link.WriteAsync(new byte[] { 1 }, stop);
    }

    public void Dispose() => _link.Dispose();
}

public sealed class WatchedPress : IDisposable
{
    private readonly BusLink _link;
    private readonly ILogger _log;

    public WatchedPress(EndPoint coupler, ILogger log)
    {
        _log = log;
        _link = new BusLink(coupler);
        _link.Faulted += OnFaulted;
    }

    private void OnFaulted(object? sender, LinkFault e) => _log.LogError(e.Cause, "press offline");

    // ok LCA1001: attached in the constructor
    public async Task StartAsync(CancellationToken stop)
    {
        await _link.ConnectAsync(stop);
        await _link.WriteAsync(new byte[] { 1 }, stop);
    }

    public void Dispose() => _link.Dispose();
}

/// <summary>Connected is no error event, however early it is attached.</summary>
public sealed class Lathe(EndPoint coupler, ILogger log)
{
    private BusLink? _link;

    public async Task StartAsync(CancellationToken stop)
    {
        var link = new BusLink(coupler);
        link.Connected += (_, _) => log.LogInformation("lathe online");
        await link.ConnectAsync(stop); //! LCA1001
        link.Faulted += (_, e) => log.LogError(e.Cause, "lathe offline");
        _link = link;
    }

    // ok LCA1001: both events, then the connect
    public async Task StartWatchedAsync(CancellationToken stop)
    {
        var link = new BusLink(coupler);
        link.Connected += (_, _) => log.LogInformation("lathe online");
        link.Faulted += (_, e) => log.LogError(e.Cause, "lathe offline");
        await link.ConnectAsync(stop);
        _link = link;
    }

    public bool Online => _link is { IsConnected: true };
}

/// <summary>Handles its own failures by overriding what a link does; its users still need the event.</summary>
public sealed class RetryingLink(EndPoint coupler) : BusLink(coupler)
{
    // ok LCA1001: the link itself, opening what it inherits
    public override async Task ConnectAsync(CancellationToken stop)
    {
        try
        {
            await base.ConnectAsync(stop);
        }
        catch (IOException ex)
        {
            Fail(ex);
            throw;
        }
    }
}

public sealed class TestBench(ILogger log) : IDisposable
{
    private readonly List<IBenchPeer> _peers = [];

    public void Add(string address)
    {
        IBenchPeer peer = new BenchPeer();
        peer.Connect(address); //! LCA1001
        peer.Transmit([0]);
        peer.Error += ex => log.LogError(ex, "{Address} failed", address);
        _peers.Add(peer);
    }

    // ok LCA1001: attached through the interface, before the connect
    public void AddWatched(string address)
    {
        IBenchPeer peer = new BenchPeer();
        peer.Error += ex => log.LogError(ex, "{Address} failed", address);
        peer.Connect(address);
        _peers.Add(peer);
    }

    public void Dispose()
    {
        foreach (var peer in _peers) peer.Dispose();
    }
}
