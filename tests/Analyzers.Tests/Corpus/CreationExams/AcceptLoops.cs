// Accept loops of a licence server: quotas, continuations and threads.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.AcceptLoops;

internal static class TaskExtensions
{
    public static void Forget(this Task task)
    {
    }

    public static async void Watch(this Task task, ILogger log)
    {
        try
        {
            await task;
        }
        catch (Exception ex)
        {
            log.LogError(ex, "background work failed");
        }
    }
}

public sealed class LicenceServer(TcpListener listener, ILogger<LicenceServer> log)
{
    private readonly SemaphoreSlim _seats = new(50, 50);
    private readonly ConcurrentDictionary<Guid, TcpClient> _clients = new();
    private readonly List<Task> _running = [];
    private int _refused;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _seats.WaitAsync(stop); //? LCA1007
            var client = await listener.AcceptTcpClientAsync(stop);
            _ = ServeAsync(client, stop);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        try
        {
            using (client) await client.GetStream().CopyToAsync(Stream.Null, stop);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "client left");
        }
        finally
        {
            _seats.Release();
        }
    }

    // ok LCA1007: a failed accept gives the seat back
    public async Task RunCarefullyAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await _seats.WaitAsync(stop);
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop);
            }
            catch
            {
                _seats.Release();
                throw;
            }

            _ = ServeAsync(client, stop);
        }
    }

    // Removed when it leaves politely, kept when it is torn off.
    public async Task RegisterAsync(TcpClient client, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _clients[id] = client; //? LCA1007
        var buffer = new byte[64];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, stop) > 0) { }
            _clients.TryRemove(id, out _);
        }
        catch (IOException)
        {
            _refused++;
        }
        finally
        {
            client.Dispose();
        }
    }

    // ok LCA1007: removed in finally
    public async Task RegisterSafelyAsync(TcpClient client, CancellationToken stop)
    {
        var id = Guid.NewGuid();
        _clients[id] = client;
        try
        {
            await client.GetStream().CopyToAsync(Stream.Null, stop);
        }
        finally
        {
            _clients.Remove(id, out _);
            client.Dispose();
        }
    }

    public void Start(CancellationToken stop)
    {
        BroadcastAsync("start", stop).Forget(); //! LCA1004
        BroadcastAsync("start", stop).Watch(log); // ok LCA1004: the extension looks at the fault
        _running.Add(BroadcastAsync("start", stop)); // ok LCA1004: kept in a list that Stop awaits
        BroadcastAsync("start", stop).ConfigureAwait(false); //! LCA1004
    }

    private async Task BroadcastAsync(string text, CancellationToken stop)
    {
        foreach (var client in _clients.Values)
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(text), stop);
    }

    public Task StopAsync() => Task.WhenAll(_running);

    public int Refused => _refused;
}

public sealed class ThreadedServer(Socket listener, ILogger log)
{
    private volatile bool _running = true;

    public void Start()
    {
        new Thread(() =>
        {
            while (_running)
            {
                Socket client;
                try
                {
                    client = listener.Accept();
                }
                catch (SocketException ex)
                {
                    log.LogWarning(ex, "accept");
                    continue;
                }
                catch (ObjectDisposedException)
                {
                    return;
                }

                new Thread(Talk).Start(client);
            }
        }) { IsBackground = true }.Start();
    }

    private void Talk(object? state)
    {
        var client = (Socket)state!;
        var buffer = new byte[512];
        try
        {
            while (client.Receive(buffer) > 0) { } //! LCA1005
        }
        catch (SocketException ex)
        {
            log.LogInformation(ex, "gone");
        }
        finally
        {
            client.Close();
        }
    }

    // ok LCA1005: both kinds in two clauses, for the one that rethrows nothing
    public void StartTalk(Socket client) => new Thread(() =>
    {
        try
        {
            TalkLoop(client);
        }
        catch (Exception ex) when (ex is not OutOfMemoryException)
        {
            log.LogInformation(ex, "gone");
        }
    }).Start();

    private static void TalkLoop(Socket client)
    {
        var buffer = new byte[512];
        while (client.Receive(buffer) > 0) { }
    }

    // Caught, and thrown again into nobody's arms.
    public async void Greet(Socket client)
    {
        try
        {
            var hello = new byte[16];
            await client.ReceiveAsync(hello); //! LCA1005
        }
        catch (Exception ex)
        {
            log.LogError(ex, "greeting");
            throw;
        }
    }

    public void BeginTalk(Socket client)
    {
        var buffer = new byte[256];
        client.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, Received, null);

        void Received(IAsyncResult ar)
        {
            var n = client.EndReceive(ar, out var error); //! LCA1005
            if (error != SocketError.Success || n == 0)
            {
                client.Close();
                return;
            }

            client.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, Received, null);
        }
    }

    public void Stop()
    {
        _running = false;
        listener.Close();
    }
}
