// A session is replaced; the old one's events still arrive.
using System.Collections.Concurrent;
using Acme.Wire;
using Opc.Ua;
using Opc.Ua.Client;
using WebSocketSharp;

namespace Second.Reuse.Successors;

/// <summary>Reconnects in the Closed handler and disposes whatever is current.</summary>
public sealed class Terminal(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task ConnectAsync(CancellationToken ct)
    {
        var session = await factory.OpenAsync("terminal", ct);
        session.Closed += OnClosed;
        _session = session; //? LCA3006
    }

    private async void OnClosed(object? sender, EventArgs e)
    {
        try
        {
            if (_session is not null) await _session.DisposeAsync();
            _session = null;
            await ConnectAsync(CancellationToken.None);
        }
        catch (IOException error)
        {
            Console.Error.WriteLine(error.Message);
        }
    }
}

public sealed class CarefulTerminal(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task ConnectAsync(CancellationToken ct)
    {
        var session = await factory.OpenAsync("terminal", ct);
        session.Closed += OnClosed;
        _session = session;
    }

    private async void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _session)) return; // ok LCA3006
        try
        {
            if (_session is not null) await _session.DisposeAsync();
            _session = null;
            await ConnectAsync(CancellationToken.None);
        }
        catch (IOException error)
        {
            Console.Error.WriteLine(error.Message);
        }
    }
}

public sealed class UnsubscribingTerminal(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task ConnectAsync(CancellationToken ct)
    {
        if (_session != null) _session.Closed -= OnClosed;
        _session = await factory.OpenAsync("terminal", ct);
        _session.Closed += OnClosed;
    }

    private void OnClosed(object? sender, EventArgs e) => _session = null;
}

public sealed class DisposingTerminal(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task ConnectAsync(CancellationToken ct)
    {
        if (_session is { } old) await old.DisposeAsync();
        _session = await factory.OpenAsync("terminal", ct);
        _session.Closed += (_, _) => _session = null;
    }
}

/// <summary>Only tells, acts on nothing.</summary>
public sealed class TalkativeTerminal(IWireSessionFactory factory)
{
    private IWireSession? _session;

    public async Task ConnectAsync(CancellationToken ct)
    {
        _session = await factory.OpenAsync("terminal", ct);
        _session.Closed += (_, _) => Console.WriteLine("closed, now " + _session?.Status);
    }
}

/// <summary>A lambda over the field; over a captured local; over a generation number.</summary>
public sealed class Stations(Func<WireConnection> open)
{
    private WireConnection? _byField;
    private WireConnection? _byLocal;
    private WireConnection? _byGeneration;
    private int _generation;

    public void ReopenField()
    {
        var next = open();
        next.Closed += (_, _) =>
        {
            _byField?.Dispose();
            _byField = null;
        };
        _byField = next; //! LCA3006
    }

    public void ReopenLocal()
    {
        var next = open();
        next.Closed += (_, _) =>
        {
            if (_byLocal == next) _byLocal = null; // ok LCA3006: asks whether it is still this one
        };
        _byLocal = next;
    }

    public void ReopenGeneration()
    {
        var mine = ++_generation;
        var next = open();
        next.Closed += (_, _) =>
        {
            if (mine != _generation) return;
            _byGeneration?.Dispose();
            _byGeneration = null;
        };
        _byGeneration = next;
    }

    public void ReopenExchange()
    {
        var next = open();
        next.Closed += (sender, _) => Interlocked.CompareExchange(ref _byLocal, null, next);
        Interlocked.Exchange(ref _byLocal, next);
    }
}

/// <summary>Replaced by Interlocked.Exchange, the old one is let go as it is.</summary>
public sealed class Swapper(Func<WireConnection> open)
{
    private WireConnection? _current;

    public void Swap()
    {
        var fresh = open();
        fresh.Closed += HandleClosed;
        Interlocked.Exchange(ref _current, fresh); //! LCA3006
    }

    private void HandleClosed(object? sender, EventArgs args)
    {
        Interlocked.Exchange(ref _current, null)?.Dispose();
    }
}

public sealed class CleanSwapper(Func<WireConnection> open)
{
    private WireConnection? _current;

    public void Swap()
    {
        var fresh = open();
        fresh.Closed += HandleClosed;
        var old = Interlocked.Exchange(ref _current, fresh);
        if (old is null) return;
        old.Closed -= HandleClosed;
        old.Dispose();
    }

    private void HandleClosed(object? sender, EventArgs args)
    {
        Interlocked.Exchange(ref _current, null)?.Dispose();
    }
}

/// <summary>A standby is promoted.</summary>
public sealed class PrimaryAndStandby
{
    private WireConnection _primary;
    private WireConnection? _standby;

    public PrimaryAndStandby(WireConnection primary, WireConnection standby)
    {
        _primary = primary;
        _standby = standby;
        _primary.Closed += OnLost;
        _standby.Closed += OnLost;
    }

    public void Promote()
    {
        if (_standby is null) return;
        _primary = _standby; //? LCA3006
        _standby = null;
    }

    private void OnLost(object? sender, EventArgs e)
    {
        _primary.Dispose();
        Promote();
    }
}

/// <summary>Through a property, with an OPC UA keep-alive.</summary>
public sealed class Historian(Func<ISession> create)
{
    private ISession? Session { get; set; }

    public void Connect()
    {
        var session = create();
        session.KeepAlive += OnKeepAlive;
        Session = session; //! LCA3006
    }

    private void OnKeepAlive(ISession session, KeepAliveEventArgs e)
    {
        if (!ServiceResult.IsBad(e.Status)) return;
        Session?.Reconnect();
    }
}

public sealed class CarefulHistorian(Func<ISession> create)
{
    private ISession? _session;

    public void Connect()
    {
        var session = create();
        session.KeepAlive += OnKeepAlive;
        _session = session;
    }

    private void OnKeepAlive(ISession session, KeepAliveEventArgs e)
    {
        if (!Equals(session, _session)) return;
        if (ServiceResult.IsBad(e.Status)) _session.Reconnect();
    }
}

/// <summary>Asks whether the current session is still usable before it acts.</summary>
public sealed class AskingHistorian(Func<ISession> create)
{
    private ISession? _session;

    public void Connect()
    {
        _session = create();
        _session.KeepAlive += (_, e) =>
        {
            if (ServiceResult.IsBad(e.Status) && _session is { Connected: false }) _session.Reconnect();
        };
    }
}

/// <summary>A browser-like socket with several handlers and a reconnect.</summary>
public sealed class PriceSocket : IDisposable
{
    private readonly string _url;
    private WebSocket _socket;

    public PriceSocket(string url)
    {
        _url = url;
        _socket = Create();
    }

    private WebSocket Create()
    {
        var socket = new WebSocket(_url);
        socket.OnError += (_, e) => Console.Error.WriteLine(e.Message);
        socket.OnClose += OnSocketClose;
        socket.Connect();
        return socket;
    }

    public void Reconnect()
    {
        _socket = Create(); //? LCA3006
    }

    private void OnSocketClose(object? sender, CloseEventArgs e)
    {
        _socket.Close();
        Reconnect();
    }

    public void Dispose() => _socket.Close();
}

/// <summary>Set once: nothing is replaced.</summary>
public sealed class OneLife
{
    private WireConnection? _line;

    public OneLife(WireConnection line)
    {
        _line = line;
        _line.Closed += (_, _) =>
        {
            _line?.Dispose();
            _line = null;
        };
    }
}
