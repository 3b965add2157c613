// Dropped and abandoned tasks in less usual dress.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.HardTasks;

public sealed class Courier(Socket socket, ILogger log)
{
    private Task? _loop;
    private Task _kept = Task.CompletedTask;

    // a field that nobody reads
    public void Start(CancellationToken stop)
    {
        _loop = Task.Run(() => LoopAsync(stop), stop); //! LCA1004
    }

    // ok LCA1004: read below
    public void StartKept(CancellationToken stop) => _kept = LoopAsync(stop);

    public bool Failed => _kept.IsFaulted;

    private async Task LoopAsync(CancellationToken stop)
    {
        var buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop) > 0) log.LogTrace("got");
    }

    public void StartGroup()
    {
        Task.Run(Blocking); //! LCA1004
    }

    private void Blocking()
    {
        var buffer = new byte[100];
        while (socket.Receive(buffer) > 0) log.LogTrace("got");
    }

    public void StartDiscardConfigured(CancellationToken stop)
    {
        LoopAsync(stop).ConfigureAwait(false); //! LCA1004
    }

    public void StartRan(CancellationToken stop)
    {
        LoopAsync(stop).ContinueWith(_ => log.LogInformation("done"), TaskContinuationOptions.OnlyOnRanToCompletion); //! LCA1004
    }

    // ok LCA1004: asks for IsFaulted
    public void StartAsked(CancellationToken stop) => LoopAsync(stop).ContinueWith(t =>
    {
        if (t.IsFaulted) log.LogError(t.Exception, "loop");
        else log.LogInformation("done");
    });

    // ok LCA1004: a named continuation looks
    public void StartNamed(CancellationToken stop) => LoopAsync(stop).ContinueWith(Ended);

    private void Ended(Task loop) => log.LogError(loop.Exception?.GetBaseException(), "loop ended");

    public void SendLoose(byte[] data)
    {
        _ = socket.SendAsync(data.AsMemory(), SocketFlags.None); //! LCA1004
    }

    // ok LCA1004: a local function that catches
    public void SendCaught(byte[] data)
    {
        _ = Core();

        async Task Core()
        {
            try
            {
                await socket.SendAsync(data.AsMemory(), SocketFlags.None);
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                log.LogDebug(ex, "send");
            }
        }
    }

    // ok LCA1004: the filter catches all there is, and the rest is a finally that cannot throw
    public void SendFinally(byte[] data) => _ = SendFinallyAsync(data);

    private async Task SendFinallyAsync(byte[] data)
    {
        try
        {
            await socket.SendAsync(data.AsMemory(), SocketFlags.None);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "send");
        }
        finally
        {
            log.LogTrace("sent");
        }
    }

    public async Task AcceptAsync(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptAsync(stop);
            _ = Task.Run(async () => //! LCA1004
            {
                using (client)
                {
                    var buffer = new byte[10];
                    await client.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop);
                }
            }, stop);
        }
    }

    public void OnHub(HubConnection hub)
    {
        hub.InvokeAsync<int>("count", 1); //! LCA1004
    }

    // ok LCA1004: the result is returned
    public Task<int> CountAsync(HubConnection hub) => hub.InvokeAsync<int>("count", 1);

    public void Unused(HubConnection hub)
    {
        Task stopping = hub.StopAsync(); //! LCA1004
    }

    // ok LCA1004: waited for
    public void Stop(HubConnection hub)
    {
        var stopping = hub.StopAsync();
        stopping.GetAwaiter().GetResult();
    }
}

public sealed class Haste(ILogger log)
{
    public bool Probe(IPEndPoint remote)
    {
        var client = new TcpClient();
        var connecting = client.ConnectAsync(remote.Address, remote.Port); //? LCA1008
        return connecting.Wait(500) && client.Connected; //! LCA1004
        //? LCA1003
    }

    // ok LCA1004: closed by the using
    public bool ProbeUsing(IPEndPoint remote)
    {
        using var client = new TcpClient();
        var connecting = client.ConnectAsync(remote.Address, remote.Port); //? LCA1008
        return connecting.Wait(500);
    }

    public async Task<byte[]?> PeekAsync(Socket socket)
    {
        var buffer = new byte[1];
        var reading = socket.ReceiveAsync(buffer, SocketFlags.Peek);
        var index = Task.WaitAny([reading], 200); //! LCA1004
        await Task.Yield();
        return index == 0 ? buffer : null;
    }

    public async Task<string?> FirstAsync(ClientWebSocket ws, TimeSpan patience)
    {
        var buffer = new byte[64];
        Task<WebSocketReceiveResult> task = ws.ReceiveAsync(buffer, default);
        var done = await Task.WhenAny(task, Task.Delay(patience)).ConfigureAwait(false); //! LCA1004
        if (!ReferenceEquals(done, task))
        {
            log.LogWarning("nothing came");
            return null;
        }
        return (await task).MessageType.ToString();
    }

    // ok LCA1004: aborted on the way out
    public async Task<string?> FirstAbortingAsync(ClientWebSocket ws, TimeSpan patience)
    {
        var buffer = new byte[64];
        var task = ws.ReceiveAsync(buffer, default);
        if (task != await Task.WhenAny(task, Task.Delay(patience)).ConfigureAwait(false))
        {
            ws.Abort();
            return null;
        }
        return (await task).MessageType.ToString();
    }

    // ok LCA1004: two reads; whichever loses is closed with its owner
    public async Task EitherAsync(Socket a, Socket b)
    {
        using (a)
        using (b)
        {
            var first = a.ReceiveAsync(new byte[1], SocketFlags.None);
            var second = b.ReceiveAsync(new byte[1], SocketFlags.None);
            await Task.WhenAny(first, second);
        }
    }

    public async Task<TcpClient> OpenAsync(string host, int port)
    {
        var client = new TcpClient(); //? LCA1003
        await client.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(3)); //! LCA1004
        return client;
    }

    // ok LCA1004: closes what it stops waiting for
    public async Task<TcpClient> OpenClosingAsync(string host, int port)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port).WaitAsync(TimeSpan.FromSeconds(3));
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
