using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace LifecycleAnalyzers.Runtime.Benchmarks;

/// <summary>A proxy between two TCP connections over loopback: sixteen megabytes there and the same number back, at the same time.</summary>
public class Relays
{
    private const int Megabytes = 16;
    private readonly byte[] _block = new byte[1 << 16];

    [Benchmark(Baseline = true)]
    public Task CopyToAsync() => RelayAsync(static async (first, second) =>
    {
        await using var one = new NetworkStream(first, ownsSocket: true);
        await using var other = new NetworkStream(second, ownsSocket: true);
        await Task.WhenAll(CopyAsync(one, other), CopyAsync(other, one));
    });

    [Benchmark]
    public Task ConnectionPair() => RelayAsync(static async (first, second) =>
    {
        await using var pair = new ConnectionPair(first, second);
        await pair.RelayAsync();
    });

    private static async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        await from.CopyToAsync(to);
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    private async Task RelayAsync(Func<Socket, Socket, Task> relay)
    {
        var (client, first) = Connect();
        var (server, second) = Connect();
        using (client)
        using (server)
        {
            var relaying = relay(first, second);
            await Task.WhenAll(SendAsync(client), ReceiveAsync(client), SendAsync(server), ReceiveAsync(server));
            await relaying;
        }
    }

    private static (Socket Outside, Socket Inside) Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var outside = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        outside.Connect(listener.LocalEndPoint!);
        return (outside, listener.Accept());
    }

    private async Task SendAsync(Socket socket)
    {
        for (var sent = 0; sent < Megabytes << 20; sent += _block.Length)
        {
            await socket.SendAsync(_block);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task ReceiveAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        var received = 0;
        for (int count; (count = await socket.ReceiveAsync(buffer)) > 0;)
        {
            received += count;
        }

        if (received != Megabytes << 20)
        {
            throw new InvalidOperationException($"Of {Megabytes << 20} bytes {received} have arrived.");
        }
    }
}
