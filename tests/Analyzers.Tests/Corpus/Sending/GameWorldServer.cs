// Authoritative game world: a tick timer broadcasts state over UDP and reliable events over TCP.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GameWorldServer;

public sealed class World
{
    public event EventHandler<int>? PlayerDied;

    public byte[] Snapshot() => new byte[64];

    public void Kill(int player) => PlayerDied?.Invoke(this, player);
}

public sealed class WorldServer : IDisposable
{
    private readonly UdpClient _udp = new(27015);
    private readonly List<IPEndPoint> _players = [];
    private readonly World _world;
    private Timer? _tick;

    public WorldServer(World world)
    {
        _world = world;
        world.PlayerDied += OnPlayerDied;
    }

    public void Start()
    {
        _tick = new Timer(static state => ((WorldServer)state!).Tick(), this, 0, 50); //! LCA2001
    }

    private void Tick()
    {
        var snapshot = _world.Snapshot();
        lock (_players)
        {
            foreach (var player in _players) _udp.Send(snapshot, snapshot.Length, player);
        }
    }

    private void OnPlayerDied(object? sender, int player)
    {
        byte[] death = [0x7F, (byte)player];
        lock (_players)
        {
            foreach (var endPoint in _players)
                _udp.Send(death, death.Length, endPoint); //! LCA2001
        }
    }

    public void Dispose()
    {
        _tick?.Dispose();
        _udp.Dispose();
    }
}

public sealed class SteadyWorldServer : IDisposable
{
    private readonly UdpClient _udp = new(27015);
    private readonly List<IPEndPoint> _players = [];
    private readonly World _world;
    private readonly ILogger _log;
    private Timer? _tick;
    private int _stopped;

    public SteadyWorldServer(World world, ILogger log)
    {
        (_world, _log) = (world, log);
        world.PlayerDied += OnPlayerDied;
    }

    private bool Stopped => Interlocked.CompareExchange(ref _stopped, 0, 0) != 0;

    public void Start() => _tick = new Timer(static state => ((SteadyWorldServer)state!).Tick(), this, 0, 50);

    // ok LCA2001: the server's own flag, read through a property
    private void Tick()
    {
        if (Stopped) return;
        var snapshot = _world.Snapshot();
        lock (_players)
        {
            foreach (var player in _players) _udp.Send(snapshot, snapshot.Length, player);
        }
    }

    // ok LCA2001: flag read directly
    private void OnPlayerDied(object? sender, int player)
    {
        if (Volatile.Read(ref _stopped) == 1)
        {
            _log.LogDebug("player {Player} died after the end", player);
            return;
        }
        byte[] death = [0x7F, (byte)player];
        lock (_players)
        {
            foreach (var endPoint in _players) _udp.Send(death, death.Length, endPoint);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        _tick?.Dispose();
        _udp.Dispose();
    }
}

/// <summary>Ticks in a loop of its own.</summary>
public sealed class LoopingWorldServer(World world, UdpClient udp, IPEndPoint broadcast)
{
    // ok LCA2001: a PeriodicTimer is awaited; nobody calls back
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(stop))
        {
            var snapshot = world.Snapshot();
            await udp.SendAsync(snapshot, broadcast, stop);
        }
    }
}
