// The question whether a session can be used, asked in a helper: a method, a property, an extension, a static, a base class; and helpers that ask something else.
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.ValidatedByHelper;

public enum PeerStatus { Connecting, Connected, Lost }

public interface IBoardPeer : IDisposable
{
    PeerStatus Status { get; }
    string Name { get; }
    DateTime LastSeen { get; }
    Task SendAsync(string line, CancellationToken stop);
    Task<string> RequestAsync(string line, CancellationToken stop);
}

public static class PeerExtensions
{
    public static bool IsUsable(this IBoardPeer? peer) => peer is { Status: PeerStatus.Connected };

    public static bool HasName(this IBoardPeer? peer) => !string.IsNullOrEmpty(peer?.Name);
}

public abstract class PeerHolder(Func<IBoardPeer> open)
{
    private IBoardPeer? _peer;

    protected IBoardPeer? Current => _peer;

    protected IBoardPeer Reopen()
    {
        _peer?.Dispose();
        return _peer = open();
    }

    protected bool CanTalk() => _peer != null && _peer.Status == PeerStatus.Connected;

    protected bool HasPeer() => _peer != null;
}

public sealed class Board(Func<IBoardPeer> open, ILogger log) : PeerHolder(open)
{
    // ok LCA3001: the base class's helper asks
    public Task SayAsync(string line, CancellationToken stop)
    {
        var peer = CanTalk() ? Current! : Reopen();
        return peer.SendAsync(line, stop);
    }

    /// <summary>The other helper asks for null, and only its name sounds like more.</summary>
    public Task SayBlindlyAsync(string line, CancellationToken stop)
    {
        if (!HasPeer()) Reopen();
        log.LogTrace("saying {Line}", line);
        return Current!.SendAsync(line, stop); //! LCA3001
    }
}

public sealed class Panel(Func<IBoardPeer> open)
{
    private IBoardPeer? _peer;

    private bool Usable => _peer?.Status == PeerStatus.Connected;

    private static bool IsConnected(IBoardPeer peer) => peer.Status is PeerStatus.Connected;

    private IBoardPeer Peer => _peer ??= open();

    // ok LCA3001: a property of this class asks
    public Task ShowAsync(string line, CancellationToken stop)
    {
        if (!Usable) _peer = open();
        return _peer!.SendAsync(line, stop);
    }

    // ok LCA3001: a static method asks
    public async Task<string> AskAsync(string line, CancellationToken stop)
    {
        var peer = Peer;
        if (!IsConnected(peer)) throw new IOException("panel lost");
        return await peer.RequestAsync(line, stop);
    }

    // ok LCA3001: an extension asks, null included
    public async Task<string?> AskIfUsableAsync(string line, CancellationToken stop)
    {
        if (!_peer.IsUsable()) return null;
        return await _peer!.RequestAsync(line, stop);
    }

    /// <summary>The extension next to it asks for a name.</summary>
    public async Task<string?> AskIfNamedAsync(string line, CancellationToken stop)
    {
        _peer ??= open();
        if (!_peer.HasName()) return null;
        return await _peer.RequestAsync(line, stop); //! LCA3001
    }

    /// <summary>The state is read for the log, and decides nothing.</summary>
    public async Task ShowLoggedAsync(string line, ILogger log, CancellationToken stop)
    {
        var peer = Peer;
        log.LogDebug("{Name} is {Status}", peer.Name, peer.Status);
        await peer.SendAsync(line, stop); //! LCA3001
    }

    /// <summary>The state decides about a log line only.</summary>
    public async Task ShowWarnedAsync(string line, ILogger log, CancellationToken stop)
    {
        var peer = Peer;
        if (peer.Status == PeerStatus.Lost) log.LogWarning("{Name} seems to be lost", peer.Name);
        await peer.SendAsync(line, stop); //! LCA3001
    }

    // ok LCA3001: the guard throws
    public Task ShowGuardedAsync(string line, CancellationToken stop)
    {
        var peer = Peer;
        ThrowIfLost(peer);
        return peer.SendAsync(line, stop);
    }

    private static void ThrowIfLost(IBoardPeer peer)
    {
        if (peer.Status != PeerStatus.Connected) throw new InvalidOperationException($"{peer.Name} is {peer.Status}");
    }

    // ok LCA3001: a conditional expression chooses a usable one
    public Task ShowChosenAsync(string line, CancellationToken stop)
    {
        var peer = _peer is { Status: PeerStatus.Connected } connected ? connected : _peer = open();
        return peer.SendAsync(line, stop);
    }

    // ok LCA3001: a switch expression over the state
    public Task ShowSwitchedAsync(string line, CancellationToken stop) => _peer switch
    {
        { Status: PeerStatus.Connected } peer => peer.SendAsync(line, stop),
        _ => (_peer = open()).SendAsync(line, stop),
    };

    /// <summary>Another peer's state says nothing about this one.</summary>
    public Task CopyAsync(IBoardPeer other, string line, CancellationToken stop)
    {
        var peer = Peer;
        if (other.Status != PeerStatus.Connected) return Task.CompletedTask;
        return peer.SendAsync(line, stop); //! LCA3001
    }
}
