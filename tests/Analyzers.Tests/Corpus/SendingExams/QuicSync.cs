// File sync over QUIC: blocks go out while the peer may already be leaving.
using System.Net.Quic;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.QuicSync;

public enum PeerStatus { Offline, Ready, Leaving }

public interface ISyncPeer : IAsyncDisposable
{
    PeerStatus Status { get; }
    event EventHandler<string>? Requested;
    event EventHandler? Leaving;
    ValueTask SendBlockAsync(string path, ReadOnlyMemory<byte> block, CancellationToken ct = default);
}

[SupportedOSPlatform("linux")]
public sealed class QuicPeer(QuicConnection connection, QuicStream stream) : ISyncPeer
{
    private PeerStatus _status = PeerStatus.Ready;

    public PeerStatus Status => _status;

    public event EventHandler<string>? Requested;

    public event EventHandler? Leaving;

    public async ValueTask SendBlockAsync(string path, ReadOnlyMemory<byte> block, CancellationToken ct = default)
    {
        if (Status != PeerStatus.Ready) throw new InvalidOperationException("peer is leaving");
        await stream.WriteAsync(block, ct); //? LCA2004
    }

    public void Ask(string path) => Requested?.Invoke(this, path);

    public async ValueTask DisposeAsync()
    {
        _status = PeerStatus.Leaving;
        Leaving?.Invoke(this, EventArgs.Empty);
        await stream.DisposeAsync();
        await connection.DisposeAsync();
    }
}

public sealed class BlockServer
{
    private readonly ISyncPeer _peer;
    private readonly ILogger<BlockServer> _log;
    private readonly Dictionary<string, byte[]> _cache = [];

    public BlockServer(ISyncPeer peer, ILogger<BlockServer> log)
    {
        (_peer, _log) = (peer, log);
        peer.Requested += OnRequested;
        peer.Requested += OnRequestedSafely;
        peer.Leaving += OnLeaving;
    }

    private async void OnRequested(object? sender, string path)
    {
        if (_peer.Status != PeerStatus.Ready) return;
        var block = await File.ReadAllBytesAsync(path);
        await _peer.SendBlockAsync(path, block); //! LCA2002
    }

    // ok LCA2002: a while over the state, the await in front of it
    private async void OnRequestedSafely(object? sender, string path)
    {
        byte[] block;
        try
        {
            block = await File.ReadAllBytesAsync(path);
        }
        catch (IOException ex)
        {
            _log.LogWarning(ex, "{Path}", path);
            return;
        }

        if (_peer.Status == PeerStatus.Ready) await _peer.SendBlockAsync(path, block);
    }

    private void OnLeaving(object? sender, EventArgs e) => _ = _peer.SendBlockAsync("", default); //! LCA2001

    public async Task SyncAllAsync(IAsyncEnumerable<string> paths, CancellationToken ct)
    {
        await foreach (var path in paths.WithCancellation(ct).ConfigureAwait(false))
        {
            if (_peer.Status is not PeerStatus.Ready) break;
            if (!_cache.TryGetValue(path, out var block)) _cache[path] = block = await File.ReadAllBytesAsync(path, ct);
            await _peer.SendBlockAsync(path, block, ct); //! LCA2002
        }
    }

    // ok LCA2002: nothing awaited between the two
    public async Task SyncCachedAsync(IAsyncEnumerable<string> paths, CancellationToken ct)
    {
        await foreach (var path in paths.WithCancellation(ct).ConfigureAwait(false))
        {
            if (_peer.Status is not PeerStatus.Ready) break;
            if (_cache.TryGetValue(path, out var block)) await _peer.SendBlockAsync(path, block, ct);
        }
    }

    // ok LCA2002: what the guard's own helper awaits lies before the check's result
    public async Task SendReadyAsync(string path, byte[] block, CancellationToken ct)
    {
        if (!await WaitReadyAsync(ct)) return;
        await _peer.SendBlockAsync(path, block, ct);
    }

    private async Task<bool> WaitReadyAsync(CancellationToken ct)
    {
        for (var i = 0; i < 50 && _peer.Status == PeerStatus.Offline; i++) await Task.Delay(100, ct);
        return _peer.Status == PeerStatus.Ready;
    }

    public async Task SendDelayedAsync(string path, byte[] block, CancellationToken ct)
    {
        if (_peer is { Status: PeerStatus.Ready })
        {
            await Task.Yield();
            _log.LogDebug("{Length} bytes of {Path}", block.Length, path);
            await _peer.SendBlockAsync(path, block, ct); //! LCA2002
        }
    }
}

[SupportedOSPlatform("linux")]
public sealed class StreamFan(QuicStream control)
{
    // Two writers of one stream, started together.
    public async Task AnnounceAsync(byte[] index, byte[] diff, CancellationToken ct)
    {
        var a = control.WriteAsync(index, ct).AsTask();
        var b = control.WriteAsync(diff, ct).AsTask(); //? LCA2004
        await Task.WhenAll(a, b);
    }

    public async Task<bool> FinishAsync(byte[] trailer)
    {
        try
        {
            await control.WriteAsync(trailer, completeWrites: true);
        }
        catch //? LCA2005
        {
        }

        return true;
    }

    // ok LCA2005: the catch closes
    public async Task FinishOrAbortAsync(byte[] trailer)
    {
        try
        {
            await control.WriteAsync(trailer, completeWrites: true);
        }
        catch (Exception)
        {
            control.Abort(QuicAbortDirection.Both, 1);
        }
    }
}
