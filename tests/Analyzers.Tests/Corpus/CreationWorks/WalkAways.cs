// Timeouts that leave the operation behind: test harnesses, PLC tools, a bot's voice gateway.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace CreationWorks.WalkAways;

public sealed class PlcTool(TcpClient client, ILogger log)
{
    public async Task<bool> TryOpenAsync(string host, TimeSpan limit)
    {
        await Task.WhenAny(client.ConnectAsync(host, 102), Task.Delay(limit)); //! LCA1004
        if (client.Client.LocalEndPoint is not null) return true;
        log.LogWarning("{Host} not there within {Limit}", host, limit);
        return false;
    }

    // ok LCA1004 LCA1008: the loser of the race is closed
    public async Task OpenOrCloseAsync(string host, TimeSpan limit)
    {
        var connecting = client.ConnectAsync(host, 102);
        if (await Task.WhenAny(connecting, Task.Delay(limit)) != connecting)
        {
            client.Close();
            throw new TimeoutException($"{host} did not answer within {limit}");
        }

        await connecting;
    }

    public void OpenBlocking(string host, TimeSpan limit)
    {
        if (!client.ConnectAsync(host, 102).Wait(limit)) //! LCA1004
            throw new TimeoutException($"{host} did not answer within {limit}");
    }

    // ok LCA1004: the timeout closes the client, which ends the connect
    public void OpenBlockingClean(string host, TimeSpan limit)
    {
        if (client.ConnectAsync(host, 102).Wait(limit)) return;
        client.Dispose();
        throw new TimeoutException($"{host} did not answer within {limit}");
    }

    // ok LCA1004: the token cancels the connect itself
    public async Task OpenAsync(string host, TimeSpan limit)
    {
        using var cts = new CancellationTokenSource(limit);
        await client.ConnectAsync(host, 102, cts.Token);
    }
}

public sealed class VoiceGateway(UdpClient udp, ILogger log)
{
    // The datagram that comes late is taken by the receive nobody waits for any more.
    public async Task<IPEndPoint?> DiscoverAsync(TimeSpan limit)
    {
        var receiving = udp.ReceiveAsync(); //? LCA1004
        var first = await Task.WhenAny(receiving, Task.Delay(limit)); //? LCA1004
        return first == receiving ? (await receiving).RemoteEndPoint : null;
    }

    // ok LCA1004: what is left behind is cancelled
    public async Task<IPEndPoint?> DiscoverCancellingAsync(TimeSpan limit)
    {
        using var cts = new CancellationTokenSource();
        var receiving = udp.ReceiveAsync(cts.Token).AsTask();
        if (await Task.WhenAny(receiving, Task.Delay(limit)) == receiving) return (await receiving).RemoteEndPoint;
        cts.Cancel();
        log.LogWarning("voice server silent");
        return null;
    }
}

public sealed class RemoteConsole(SshClient ssh) : IDisposable
{
    public async Task OpenAsync(TimeSpan limit)
    {
        var winner = await Task.WhenAny(ssh.ConnectAsync(CancellationToken.None), Task.Delay(limit)); //! LCA1004
        if (!ssh.IsConnected) throw new TimeoutException(winner.Status.ToString());
    }

    public void Dispose() => ssh.Dispose();
}

public sealed class HarnessSocket : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();

    public async Task<bool> ConnectAsync(Uri uri, TimeSpan limit)
    {
        try
        {
            await _socket.ConnectAsync(uri, CancellationToken.None).WaitAsync(limit); //! LCA1004
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // ok LCA1004: the timeout aborts the socket
    public async Task<bool> ConnectOrAbortAsync(Uri uri, TimeSpan limit)
    {
        try
        {
            await _socket.ConnectAsync(uri, CancellationToken.None).WaitAsync(limit);
            return true;
        }
        catch (TimeoutException)
        {
            _socket.Abort();
            return false;
        }
    }

    // ok LCA1004: on the other outcome a continuation looks at the fault
    public async Task<bool> ConnectObservedAsync(Uri uri, TimeSpan limit, ILogger log)
    {
        var connecting = _socket.ConnectAsync(uri, CancellationToken.None);
        if (await Task.WhenAny(connecting, Task.Delay(limit)) == connecting)
        {
            await connecting;
            return true;
        }

        _ = connecting.ContinueWith(t => log.LogWarning(t.Exception, "late failure of {Uri}", uri), TaskContinuationOptions.OnlyOnFaulted);
        return false;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}

public sealed class ShadowPair
{
    // ok LCA1004 LCA1006: whichever direction ends first, both sockets are closed then
    public static async Task RelayAsync(TcpClient left, TcpClient right, CancellationToken ct)
    {
        using (left)
        using (right)
        {
            var up = left.GetStream().CopyToAsync(right.GetStream(), ct);
            var down = right.GetStream().CopyToAsync(left.GetStream(), ct);
            await Task.WhenAny(up, down);
        }
    }
}
