// Dials to field devices: what bounds the time that a connect may take.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using RabbitMQ.Client;

namespace Shapes.Creation.ValveDials;

/// <summary>A vendor's link; both overloads are there, so that the caller may bound it.</summary>
public sealed class ValveLink : IDisposable
{
    public bool IsConnected { get; private set; }

    public Task ConnectAsync(string host) => ConnectAsync(host, default);

    public async Task ConnectAsync(string host, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        IsConnected = host.Length > 0;
    }

    public Task SendAsync(byte[] frame, CancellationToken cancellationToken) =>
        IsConnected ? Task.CompletedTask : throw new InvalidOperationException("not connected");

    public void Dispose() => IsConnected = false;
}

public sealed class ValveRoom(string host)
{
    public async Task<bool> TouchAsync()
    {
        using var link = new ValveLink();
        await link.ConnectAsync(host); //! LCA1008
        return link.IsConnected;
    }

    // ok LCA1008: the token is passed
    public async Task<bool> TouchAsync(CancellationToken stop)
    {
        using var link = new ValveLink();
        await link.ConnectAsync(host, stop);
        return link.IsConnected;
    }

    public async Task<int> CountAsync(int port)
    {
        using var wire = new TcpClient();
        await wire.ConnectAsync(host, port); //! LCA1008
        return wire.Available;
    }

    // ok LCA1008: a source with a delay
    public async Task<int> CountWithinAsync(int port, TimeSpan patience)
    {
        using var give = new CancellationTokenSource(patience);
        using var wire = new TcpClient();
        await wire.ConnectAsync(host, port, give.Token);
        return wire.Available;
    }

    // ok LCA1008: a synchronous one takes nothing
    public int CountNow(int port)
    {
        using var wire = new TcpClient();
        wire.Connect(host, port);
        return wire.Available;
    }

    public async Task<int> CountNoneAsync(int port)
    {
        using var wire = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await wire.ConnectAsync(new DnsEndPoint(host, port), CancellationToken.None); //! LCA1008
        return wire.Available;
    }

    // ok LCA1008: Polled beside a delay that closes it
    public async Task<int> CountBesideAsync(int port)
    {
        using var wire = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var dial = wire.ConnectAsync(host, port);
        if (await Task.WhenAny(dial, Task.Delay(3000)) != dial)
        {
            wire.Dispose();
            _ = dial.ContinueWith(static t => t.Exception, TaskScheduler.Default);
            return -1;
        }
        await dial;
        return wire.Available;
    }

    public async Task WatchAsync(Uri where)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(where, default); //! LCA1008
        var buffer = new byte[256];
        while ((await socket.ReceiveAsync(buffer, default)).MessageType is not WebSocketMessageType.Close) { }
    }

    // ok LCA1008: the pipe's own timeout
    public async Task<int> PipeAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "valves", PipeDirection.In);
        await pipe.ConnectAsync(2000);
        return pipe.ReadByte();
    }

    public async Task<int> PipeForeverAsync()
    {
        await using var pipe = new NamedPipeClientStream(".", "valves", PipeDirection.In);
        await pipe.ConnectAsync(); //! LCA1008
        return pipe.ReadByte();
    }

    // ok LCA1008: RabbitMQ bounds it itself
    public async Task<bool> BrokerAsync()
    {
        var factory = new ConnectionFactory { HostName = host };
        await using var connection = await factory.CreateConnectionAsync();
        return connection.IsOpen;
    }

    // ok LCA1008: all of it is bounded together
    public async Task<bool> AllAsync(IReadOnlyList<string> hosts)
    {
        using var give = new CancellationTokenSource();
        give.CancelAfter(TimeSpan.FromSeconds(10));
        var links = hosts.Select(_ => new ValveLink()).ToArray();
        try
        {
            await Task.WhenAll(links.Zip(hosts, (link, h) => link.ConnectAsync(h, give.Token)));
            return links.All(l => l.IsConnected);
        }
        finally
        {
            foreach (var link in links) link.Dispose();
        }
    }

    public async Task<bool> EachAsync(IReadOnlyList<string> hosts)
    {
        var reached = 0;
        foreach (var h in hosts)
        {
            using var link = new ValveLink();
            await link.ConnectAsync(h).ConfigureAwait(false); //! LCA1008
            reached += link.IsConnected ? 1 : 0;
        }
        return reached == hosts.Count;
    }
}
