// Accept loops and their bookkeeping: semaphores, counters, sets of what is open.
using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Field.Creation.ListenerHost;

public sealed class LimitedServer(int limit, ILogger<LimitedServer> log)
{
    private readonly SemaphoreSlim _slots = new(limit, limit);

    public async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await _slots.WaitAsync(stop); //! LCA1007
        var buffer = new byte[1024];
        var n = await socket.ReceiveAsync(buffer, SocketFlags.None, stop);
        if (n == 0)
        {
            socket.Dispose();
            return;
        }
        await socket.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
        socket.Dispose();
        _slots.Release();
    }

    // ok LCA1007: released in finally
    public async Task ServeSafelyAsync(Socket socket, CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        try
        {
            var buffer = new byte[1024];
            var n = await socket.ReceiveAsync(buffer, SocketFlags.None, stop);
            if (n > 0) await socket.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "peer went away");
        }
        finally
        {
            socket.Dispose();
            _slots.Release();
        }
    }
}

public sealed class CountingServer
{
    private int _connections;

    public int Connections => _connections;

    public void Serve(TcpClient client)
    {
        Enter(client);
        using var stream = client.GetStream();
        var one = stream.ReadByte();
        if (one < 0) return;
        stream.WriteByte((byte)one);
        Leave();
    }

    private void Enter(TcpClient client)
    {
        client.NoDelay = true;
        Interlocked.Increment(ref _connections); //! LCA1007
    }

    private void Leave() => Interlocked.Decrement(ref _connections);
}

public sealed class CountingServerSafe
{
    private long _connections;

    // ok LCA1007: the finally calls the helper
    public void Serve(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        try
        {
            using var stream = client.GetStream();
            var one = stream.ReadByte();
            if (one < 0) return;
            stream.WriteByte((byte)one);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave() => Interlocked.Decrement(ref _connections);
}

public sealed class TlsHost(X509Certificate2 certificate, ILogger<TlsHost> log)
{
    private readonly List<SslStream> _open = [];
    private readonly object _sync = new();

    public async Task AcceptAsync(TcpClient client, CancellationToken stop)
    {
        var tls = new SslStream(client.GetStream(), false);
        lock (_sync) _open.Add(tls); //! LCA1007
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        await EchoAsync(tls, stop);
        lock (_sync) _open.Remove(tls);
        tls.Dispose();
    }

    // ok LCA1003 LCA1007: everything in using and finally
    public async Task AcceptSafeAsync(TcpClient client, CancellationToken stop)
    {
        await using var tls = new SslStream(client.GetStream(), false);
        lock (_sync) _open.Add(tls);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
            await EchoAsync(tls, stop);
        }
        catch (IOException ex)
        {
            log.LogDebug(ex, "handshake failed");
        }
        finally
        {
            lock (_sync) _open.Remove(tls);
        }
    }

    private static async Task EchoAsync(Stream stream, CancellationToken stop)
    {
        var buffer = new byte[512];
        int n;
        while ((n = await stream.ReadAsync(buffer, stop)) != 0) await stream.WriteAsync(buffer.AsMemory(0, n), stop);
    }
}

public sealed class PipeHost(string name, ILogger<PipeHost> log)
{
    private int _clients;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 8, PipeTransmissionMode.Byte, PipeOptions.Asynchronous); //! LCA1003
            await pipe.WaitForConnectionAsync(stop);
            Handle(pipe, stop);
        }
    }

    // ok LCA1003: disposed when waiting fails
    public async Task RunSafeAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 8, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
            try
            {
                await pipe.WaitForConnectionAsync(stop);
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
            Handle(pipe, stop);
        }
    }

    private async void Handle(NamedPipeServerStream pipe, CancellationToken stop)
    {
        _clients++; //! LCA1007
        var line = new byte[64];
        var n = await pipe.ReadAsync(line, stop); //! LCA1005
        log.LogTrace("{Count} bytes", n);
        pipe.Dispose();
        _clients--;
    }
}

public sealed class Registry<TKey> where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TcpClient> _clients = new();

    // ok LCA1007: the entry is meant to outlive the call; End takes it out
    public void Begin(TKey key, TcpClient client)
    {
        _clients.TryAdd(key, client);
    }

    public void End(TKey key)
    {
        if (_clients.TryRemove(key, out var client)) client.Dispose();
    }
}

public static class Dual
{
    public static async Task<TcpListener[]> OpenBothAsync(int port, Func<Task> announce)
    {
        var v4 = new TcpListener(IPAddress.Any, port); //! LCA1003
        var v6 = new TcpListener(IPAddress.IPv6Any, port); //! LCA1003
        v4.Start();
        v6.Start();
        await announce();
        return [v4, v6];
    }
}
