// A debugger's adapter: processes, pipes and sockets between the editor and the debuggee.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.DebugAdapters;

public interface IDebugTransport : IAsyncDisposable
{
    Stream Stream { get; }
}

public interface ISocketTransport : IDebugTransport
{
    NetworkStream Wire { get; }
}

file sealed class SocketTransport(Socket socket) : IDebugTransport
{
    public Stream Stream { get; } = new NetworkStream(socket, ownsSocket: true);

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}

file sealed class PipeTransport(NamedPipeClientStream pipe) : IDebugTransport
{
    public Stream Stream => pipe;

    public ValueTask DisposeAsync() => pipe.DisposeAsync();
}

public sealed class TransportFactory(ILogger<TransportFactory> log)
{
    // Each branch creates and opens; only the socket's branch cleans up.
    public async Task<IDebugTransport> OpenAsync(string address, CancellationToken ct)
    {
        switch (address.Split(':'))
        {
            case ["pipe", var name]:
                var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
                await pipe.ConnectAsync(2000, ct);
                return new PipeTransport(pipe);

            case [var host, var port]:
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(host, int.Parse(port), ct);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
                return new SocketTransport(socket);

            default:
                throw new ArgumentException("neither pipe nor socket", nameof(address));
        }
    }

    // ok LCA1003: a helper takes the pipe, opens it and closes it when that fails
    public async Task<IDebugTransport> OpenPipeAsync(string name, CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await OpenOrDisposeAsync(pipe, ct);
        return new PipeTransport(pipe);
    }

    private static async Task OpenOrDisposeAsync(NamedPipeClientStream pipe, CancellationToken ct)
    {
        try
        {
            await pipe.ConnectAsync(ct);
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    // The helper creates and hands over; its caller opens and lets go.
    public async Task<IDebugTransport> OpenPreparedAsync(IPEndPoint endpoint, CancellationToken ct)
    {
        var socket = Prepared();
        await socket.ConnectAsync(endpoint, ct); //? LCA1003
        return new SocketTransport(socket);
    }

    private static Socket Prepared()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //? LCA1003
        socket.NoDelay = true;
        return socket;
    }

    // ok LCA1003: what waits for the debuggee is closed by its own catch, the listener by its using
    public async Task<IDebugTransport> WaitForDebuggeeAsync(int port, CancellationToken ct)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(1);
        var socket = await listener.AcceptSocketAsync(ct);
        return new SocketTransport(socket);
    }

    public async Task<IDebugTransport> WaitOnceAsync(int port, CancellationToken ct)
    {
        var listener = new TcpListener(IPAddress.Loopback, port); //! LCA1003
        listener.Start(1);
        var socket = await listener.AcceptSocketAsync(ct);
        listener.Stop();
        return new SocketTransport(socket);
    }

    // ok LCA1003: nothing here opens anything
    public StreamReader ReadScript(string path)
    {
        var file = new FileStream(path, FileMode.Open);
        log.LogInformation("{Length} bytes of script", file.Length);
        return new StreamReader(file);
    }
}

public sealed class AdapterHost(ILogger log)
{
    private readonly List<ISocketTransport> _sessions = [];
    private Task? _pump;
    private Task? _ping;

    public void Attach(ISocketTransport transport, CancellationToken ct)
    {
        _sessions.Add(transport);
        _pump = PumpAsync(transport.Wire, ct); // ok LCA1004: kept, awaited in DetachAsync
        var ping = PingAsync(transport.Wire, ct); //! LCA1004
    }

    public void AttachSpawned(ISocketTransport transport, CancellationToken ct)
    {
        _sessions.Add(transport);
        Task.Factory.StartNew(async () => await PumpAsync(transport.Wire, ct), TaskCreationOptions.LongRunning); //! LCA1004
    }

    // ok LCA1004: a switch over how it ended looks at the fault
    public void AttachObserved(ISocketTransport transport, CancellationToken ct)
    {
        _sessions.Add(transport);
        PumpAsync(transport.Wire, ct).ContinueWith(ended =>
        {
            switch (ended)
            {
                case { IsFaulted: true }:
                    log.LogError(ended.Exception, "adapter failed");
                    break;
                case { IsCanceled: true }:
                    log.LogInformation("adapter stopped");
                    break;
            }
        }, TaskScheduler.Default);
    }

    private static async Task PumpAsync(NetworkStream stream, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, ct).ConfigureAwait(false) > 0) { }
    }

    private static async Task PingAsync(NetworkStream stream, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await timer.WaitForNextTickAsync(ct)) await stream.WriteAsync("ping\n"u8.ToArray(), ct);
    }

    public async Task DetachAsync()
    {
        foreach (var session in _sessions) await session.DisposeAsync();
        _sessions.Clear();
        if (_pump is { } pump) await pump;
        if (_ping is { } ping) await ping;
    }

    // The stop waits a second for the pump and forgets it.
    public void Stop(ISocketTransport transport, CancellationToken ct)
    {
        var last = PumpAsync(transport.Wire, ct);
        if (!last.Wait(1000)) //! LCA1004
            log.LogWarning("adapter does not stop");
    }

    // ok LCA1004: on the other outcome the transport is closed, which ends the pump
    public async Task StopAsync(ISocketTransport transport, CancellationToken ct)
    {
        var last = PumpAsync(transport.Wire, ct);
        if (await Task.WhenAny(last, Task.Delay(1000, ct)) != last)
        {
            await transport.DisposeAsync();
        }

        await last;
    }
}
