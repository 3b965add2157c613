using System.Net;
using System.Net.Sockets;

namespace Incidents.ProxyAtFullSize;

/// <summary>Something that the proxy connects to, well or badly.</summary>
public interface ITarget : IDisposable
{
    IPEndPoint Address { get; }
}

/// <summary>Echoes what it gets; or resets each connection with its first bytes.</summary>
public sealed class EchoTarget : ITarget
{
    private readonly TcpListener _listener = new(IPAddress.Any, 0);
    private readonly bool _resets;
    private int _next;

    public EchoTarget(bool resets, CancellationToken stop)
    {
        _resets = resets;
        _listener.Start(512);
        AcceptAsync(stop);
    }

    /// <summary>One after another of several addresses of the loopback: closed connections keep their pair of ports for a while.</summary>
    public IPEndPoint Address => Loopback.Of(Interlocked.Increment(ref _next), ((IPEndPoint)_listener.LocalEndpoint).Port);

    public void Dispose() => _listener.Stop();

    private async void AcceptAsync(CancellationToken stop)
    {
        try
        {
            while (true) EchoAsync(await _listener.AcceptSocketAsync(stop), stop);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace("the target stops");
        }
    }

    private async void EchoAsync(Socket peer, CancellationToken stop)
    {
        using (peer)
        {
            try
            {
                var data = new byte[256];
                for (var count = await peer.ReceiveAsync(data, stop); count > 0; count = await peer.ReceiveAsync(data, stop))
                {
                    if (_resets)
                    {
                        peer.LingerState = new LingerOption(true, 0);
                        return;
                    }

                    await peer.SendAsync(data.AsMemory(0, count), stop);
                }
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                Log.Trace($"the target's connection ends: {end.Message}");
            }
        }
    }
}

/// <summary>An address that nobody listens at: refused at once where the port is bound, unreachable where there is no way.</summary>
public sealed class DeadTarget : ITarget
{
    private readonly Socket? _bound;

    private DeadTarget(IPEndPoint address, Socket? bound) => (Address, _bound) = (address, bound);

    public IPEndPoint Address { get; }

    public static DeadTarget Refusing()
    {
        var bound = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return new DeadTarget((IPEndPoint)bound.LocalEndPoint!, bound);
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    /// <summary>There is no stream to many: the system says so without sending anything.</summary>
    public static DeadTarget Unreachable() => new(new IPEndPoint(IPAddress.Parse("224.0.0.1"), 9), null);

    public void Dispose() => _bound?.Dispose();
}

/// <summary>Listens, but never accepts, and its queue is full: who connects now waits.</summary>
public sealed class FullTarget : ITarget
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _queue = [];

    public FullTarget()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(1);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
        for (var place = 0; place < 8; place++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queue.Add(waiting);
            try
            {
                waiting.Connect(Address);
            }
            catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // it takes its place, or waits for one
            }
        }
    }

    public IPEndPoint Address { get; }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var waiting in _queue) waiting.Dispose();
    }
}

public static class Loopback
{
    public static IPEndPoint Of(int number, int port) =>
        new(OperatingSystem.IsLinux() ? new IPAddress([127, 0, 0, (byte)(1 + number % 16)]) : IPAddress.Loopback, port);
}
