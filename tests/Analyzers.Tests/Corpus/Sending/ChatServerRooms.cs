// Text chat over plain TCP: sessions by room, idle notices, parting lines.
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.ChatServerRooms;

public sealed class ClientSession(TcpClient tcp, string nick) : IDisposable
{
    private readonly NetworkStream _stream = tcp.GetStream();
    private int _closed;

    public event EventHandler? Closed;

    public string Nick { get; } = nick;

    public DateTime LastSeen { get; set; } = DateTime.UtcNow;

    public bool IsConnected => Volatile.Read(ref _closed) == 0 && tcp.Connected;

    public void Send(string line) => _stream.Write(Encoding.UTF8.GetBytes(line + "\r\n"));

    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        tcp.Close();
        Closed?.Invoke(this, EventArgs.Empty);
    }

    public void Dispose() => Close();
}

public sealed class Room : IDisposable
{
    private readonly List<ClientSession> _members = [];
    private readonly Timer _idle;
    private readonly string _name;

    public Room(string name)
    {
        _name = name;
        _idle = new Timer(WarnIdle, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    public void Join(ClientSession session)
    {
        session.Closed += OnMemberClosed;
        lock (_members) _members.Add(session);
        Say("server", $"{session.Nick} joined {_name}");
    }

    // ok LCA2001: no callback; the session that spoke hears of the failure
    public void Say(string from, string text)
    {
        foreach (var member in Snapshot()) member.Send($"<{from}> {text}");
    }

    private void WarnIdle(object? state)
    {
        var limit = DateTime.UtcNow.AddMinutes(-5);
        foreach (var member in Snapshot())
        {
            if (member.LastSeen > limit) continue;
            member.Send("*** you are idle"); //! LCA2001
        }
    }

    private void OnMemberClosed(object? sender, EventArgs e)
    {
        if (sender is not ClientSession gone) return;
        lock (_members) _members.Remove(gone);
        Say("server", $"{gone.Nick} left {_name}"); //! LCA2001
    }

    private ClientSession[] Snapshot()
    {
        lock (_members) return _members.ToArray();
    }

    public void Dispose() => _idle.Dispose();
}

public sealed class CarefulRoom : IDisposable
{
    private readonly List<ClientSession> _members = [];
    private readonly Timer _idle;
    private readonly ILogger _log;

    public CarefulRoom(ILogger log)
    {
        _log = log;
        _idle = new Timer(WarnIdle, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
    }

    public void Join(ClientSession session)
    {
        session.Closed += OnMemberClosed;
        lock (_members) _members.Add(session);
    }

    // ok LCA2001: each member is asked before it is written to
    private void WarnIdle(object? state)
    {
        var limit = DateTime.UtcNow.AddMinutes(-5);
        foreach (var member in Snapshot())
        {
            if (member.LastSeen > limit || !member.IsConnected) continue;
            member.Send("*** you are idle");
        }
    }

    // ok LCA2001: the filter decides who is written to
    private void OnMemberClosed(object? sender, EventArgs e)
    {
        if (sender is not ClientSession gone) return;
        lock (_members) _members.Remove(gone);
        foreach (var member in Snapshot().Where(m => m.IsConnected)) member.Send($"{gone.Nick} left");
        _log.LogInformation("{Nick} left", gone.Nick);
    }

    private ClientSession[] Snapshot()
    {
        lock (_members) return _members.ToArray();
    }

    public void Dispose() => _idle.Dispose();
}
