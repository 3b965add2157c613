// Vending machines: cached sessions in callbacks are another rule's; the ones handed over are this rule's.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.CachedInCallbacks;

public interface IMachineSession
{
    event EventHandler? Ended;
    bool IsConnected { get; }
    void Send(string command);
    void Disconnect();
}

public sealed class Stock
{
    public event EventHandler<string>? SoldOut;
    public event EventHandler<string>? Repriced;

    public void Sell(string machine) => SoldOut?.Invoke(this, machine);

    public void Reprice(string machine) => Repriced?.Invoke(this, machine);
}

/// <summary>Looks its sessions up: what is wrong here is LCA3001's alone.</summary>
public sealed class MachinePark
{
    private readonly ConcurrentDictionary<string, IMachineSession> _sessions = new();
    private readonly Func<string, IMachineSession> _connect;

    public MachinePark(Func<string, IMachineSession> connect, Stock stock)
    {
        _connect = connect;
        stock.SoldOut += OnSoldOut;
        stock.Repriced += OnRepriced;
    }

    // ok LCA2001: a cached session unvalidated is LCA3001's
    private void OnSoldOut(object? sender, string machine)
    {
        var session = _sessions.GetOrAdd(machine, _connect);
        session.Send("sold-out"); //! LCA3001
    }

    // ok LCA2001: the same
    private void OnRepriced(object? sender, string machine)
    {
        if (_sessions.TryGetValue(machine, out var session)) session.Send("reprice"); //! LCA3001
    }
}

/// <summary>One session, given to it for good.</summary>
public sealed class Machine
{
    private readonly IMachineSession _session;
    private readonly string _name;

    public Machine(string name, IMachineSession session, Stock stock)
    {
        (_name, _session) = (name, session);
        stock.SoldOut += OnSoldOut;
        stock.Repriced += OnRepriced;
        session.Ended += (sender, _) => ((IMachineSession)sender!).Send("ended"); //! LCA2001
    }

    private void OnSoldOut(object? sender, string machine)
    {
        if (machine != _name) return;
        _session.Send("sold-out"); //! LCA2001
    }

    private void OnRepriced(object? sender, string machine)
    {
        if (!string.Equals(machine, _name, StringComparison.OrdinalIgnoreCase)) return;
        SendPrice(machine); //! LCA2001
    }

    private void SendPrice(string machine) => _session.Send("price of " + machine);
}

public sealed class CheckedMachinePark
{
    private readonly ConcurrentDictionary<string, IMachineSession> _sessions = new();
    private readonly ILogger _log;

    public CheckedMachinePark(Stock stock, ILogger log)
    {
        _log = log;
        stock.SoldOut += OnSoldOut;
        stock.Repriced += (_, _) => RefreshAll();
    }

    // ok LCA2001: looked up and asked
    private void OnSoldOut(object? sender, string machine)
    {
        if (_sessions.TryGetValue(machine, out var session) && session.IsConnected) session.Send("sold-out");
        else _log.LogInformation("{Machine} is offline", machine);
    }

    // ok LCA2001: asks each
    private void RefreshAll()
    {
        foreach (var (name, session) in _sessions)
        {
            if (session.IsConnected) session.Send("refresh");
            else _sessions.TryRemove(name, out _);
        }
    }
}
