// More successors: base classes, partial types, helper methods that retire the old one, callback properties, several steps.
using System.Net.WebSockets;
using Acme.Wire;

namespace Second.Reuse.Switchovers;

public interface IFeedClient : IDisposable
{
    event Action? Disconnected;
    event Action<string>? Received;
    bool IsConnected { get; }
    void Send(string text);
    void Connect();
    void Close();
}

/// <summary>The event has no sender; the handler closes what is current.</summary>
public sealed class FeedHost(Func<IFeedClient> create)
{
    private IFeedClient? _client;

    public void Restart()
    {
        _client = create(); //! LCA3006
        _client.Disconnected += OnDisconnected;
        _client.Connect();
    }

    private void OnDisconnected()
    {
        _client?.Close();
        _client = null;
    }
}

/// <summary>The old one is retired by a helper.</summary>
public sealed class RetiringFeedHost(Func<IFeedClient> create)
{
    private IFeedClient? _client;

    public void Restart()
    {
        Retire();
        _client = create();
        _client.Disconnected += OnDisconnected;
        _client.Connect();
    }

    private void Retire()
    {
        var old = _client;
        if (old is null) return;
        old.Disconnected -= OnDisconnected;
        old.Dispose();
    }

    private void OnDisconnected()
    {
        _client?.Close();
        _client = null;
    }
}

/// <summary>The handler restarts only while the current client is down.</summary>
public sealed class PatientFeedHost(Func<IFeedClient> create)
{
    private IFeedClient? _client;

    public void Restart()
    {
        _client = create();
        _client.Disconnected += OnDisconnected;
        _client.Connect();
    }

    private void OnDisconnected()
    {
        if (_client is { IsConnected: true }) return; // ok LCA3006: the current one is usable
        _client?.Dispose();
        Restart();
    }
}

/// <summary>The handler acts through a helper two steps away.</summary>
public sealed class IndirectFeedHost(Func<IFeedClient> create)
{
    private readonly object _sync = new();
    private IFeedClient? _client;

    public void Start()
    {
        lock (_sync)
        {
            var client = create();
            client.Disconnected += () => Schedule("lost");
            client.Connect();
            _client = client; //? LCA3006
        }
    }

    private void Schedule(string reason)
    {
        Console.WriteLine(reason);
        Shutdown();
        Start();
    }

    private void Shutdown()
    {
        lock (_sync)
        {
            _client?.Close();
            _client = null;
        }
    }
}

/// <summary>Handler in the base class, replacement in the subclass.</summary>
public abstract class LinkHolder
{
    protected WireConnection? Current;

    protected void Watch(WireConnection connection) => connection.Closed += OnCurrentClosed;

    private void OnCurrentClosed(object? sender, EventArgs e)
    {
        Current?.Dispose();
        Current = null;
    }
}

public sealed class ReplacingHolder : LinkHolder
{
    public async Task RenewAsync(string host, CancellationToken ct)
    {
        var fresh = await WireConnection.ConnectAsync(host, 1, ct);
        Watch(fresh);
        Current = fresh; //! LCA3006
    }
}

public abstract class CarefulHolder
{
    protected WireConnection? Current;

    protected void Watch(WireConnection connection) => connection.Closed += OnCurrentClosed;

    private void OnCurrentClosed(object? sender, EventArgs e)
    {
        if (sender != Current) return;
        Current?.Dispose();
        Current = null;
    }
}

public sealed class CarefulReplacingHolder : CarefulHolder
{
    public async Task RenewAsync(string host, CancellationToken ct)
    {
        var fresh = await WireConnection.ConnectAsync(host, 1, ct);
        Watch(fresh);
        Current = fresh;
    }
}

/// <summary>The handler acts on the one that it was attached to, not on the field.</summary>
public sealed class OwnActHost(Func<IFeedClient> create)
{
    private IFeedClient? _client;

    public void Restart()
    {
        var client = create();
        client.Disconnected += () => client.Dispose(); // ok LCA3006: its own
        client.Received += text => Console.WriteLine(text + " " + _client?.IsConnected);
        client.Connect();
        _client = client;
    }
}

/// <summary>Closes the old one first, in the same method.</summary>
public sealed partial class PartialHost
{
    private WireConnection? _line;

    public async Task RedialAsync(string host, CancellationToken ct)
    {
        _line?.Dispose();
        _line = await WireConnection.ConnectAsync(host, 1, ct);
        _line.Closed += OnLineClosed;
    }
}

public sealed partial class PartialHost
{
    private void OnLineClosed(object? sender, EventArgs e) => _line = null;
}

public sealed partial class LeakyPartialHost
{
    private WireConnection? _line;

    public async Task RedialAsync(string host, CancellationToken ct)
    {
        var line = await WireConnection.ConnectAsync(host, 1, ct);
        line.Closed += OnLineClosed;
        _line = line; //! LCA3006
    }
}

public sealed partial class LeakyPartialHost
{
    private void OnLineClosed(object? sender, EventArgs e) => _line = null;

    public bool IsUp => _line is { IsOpen: true };
}
