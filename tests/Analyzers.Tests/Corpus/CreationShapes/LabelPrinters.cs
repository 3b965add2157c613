// Drivers of label printers: sockets, pipes, TLS; who closes what when the dial fails.
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Shapes.Creation.LabelPrinters;

public sealed class PrinterException(string message, Exception inner) : Exception(message, inner);

public enum Wiring { Plain, Tls, LocalPipe, Broadcast }

public sealed class Printer : IAsyncDisposable
{
    private readonly IDisposable _owner;

    public Printer(Stream wire, IDisposable owner) => (Wire, _owner) = (wire, owner);

    public Stream Wire { get; }

    public ValueTask DisposeAsync()
    {
        _owner.Dispose();
        return ValueTask.CompletedTask;
    }
}

public static class PrinterDial
{
    public static async Task<Printer> OpenAsync(Wiring wiring, string host, int port, CancellationToken stop) => wiring switch
    {
        Wiring.Plain => await PlainAsync(host, port, stop),
        Wiring.Tls => await TlsAsync(host, port, stop),
        Wiring.LocalPipe => await PipeAsync(host, stop),
        _ => throw new NotSupportedException(),
    };

    private static async Task<Printer> PlainAsync(string host, int port, CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true }; //! LCA1003
        await client.ConnectAsync(host, port, stop);
        return new Printer(client.GetStream(), client);
    }

    // ok LCA1003: a wrapped failure closes too
    private static async Task<Printer> PlainWrappedAsync(string host, int port, CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, stop);
        }
        catch (Exception e)
        {
            client.Dispose();
            throw new PrinterException("not reached", e);
        }
        return new Printer(client.GetStream(), client);
    }

    // the handshake can fail after the connect went well
    private static async Task<Printer> TlsAsync(string host, int port, CancellationToken stop)
    {
        var client = new TcpClient(); //! LCA1003
        try
        {
            await client.ConnectAsync(host, port, stop);
        }
        catch
        {
            client.Dispose();
            throw;
        }
        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return new Printer(tls, client);
    }

    // ok LCA1003: two blocks, one for each step
    public static async Task<Printer> TlsTidilyAsync(string host, int port, CancellationToken stop)
    {
        var client = new TcpClient();
        SslStream? tls = null;
        try
        {
            await client.ConnectAsync(host, port, stop);
            tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(host);
            var printer = new Printer(tls, client);
            (tls, client) = (null, null!);
            return printer;
        }
        finally
        {
            tls?.Dispose();
            client?.Dispose();
        }
    }

    private static async Task<Printer> PipeAsync(string name, CancellationToken stop)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
        try
        {
            await pipe.ConnectAsync(stop);
        }
        catch (TimeoutException)
        {
            pipe.Dispose();
            throw;
        }
        return new Printer(pipe, pipe);
    }

    // ok LCA1003: a helper disposes on any failure
    public static Task<Printer> PipeTidilyAsync(string name, CancellationToken stop)
    {
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        return OrDisposeAsync(pipe, p => p.ConnectAsync(stop), p => new Printer(p, p));
    }

    private static async Task<Printer> OrDisposeAsync<T>(T wire, Func<T, Task> open, Func<T, Printer> make) where T : Stream
    {
        try
        {
            await open(wire);
            return make(wire);
        }
        catch
        {
            await wire.DisposeAsync();
            throw;
        }
    }

    // one socket an address, only the last one's failure is thrown
    public static Socket Any(IPAddress[] addresses, int port)
    {
        Exception? last = null;
        for (var i = 0; i < addresses.Length; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                socket.Connect(addresses[i], port);
                return socket;
            }
            catch (SocketException e)
            {
                last = e;
                continue;
            }
        }
        throw last ?? new ArgumentException("no address", nameof(addresses));
    }

    // ok LCA1003
    public static Socket AnyTidily(IEnumerable<IPAddress> addresses, int port)
    {
        var failures = new List<Exception>();
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var done = false;
            try
            {
                socket.Connect(address, port);
                done = true;
                return socket;
            }
            catch (SocketException e)
            {
                failures.Add(e);
            }
            finally
            {
                if (!done) socket.Close();
            }
        }
        throw new AggregateException(failures);
    }
}

/// <summary>Listens for printers that announce themselves.</summary>
public sealed class Announcements : IDisposable
{
    private UdpClient? _udp;
    private TcpListener? _door;

    // ok LCA1003: Dispose closes the field
    public void Listen(int port)
    {
        _udp = new UdpClient(AddressFamily.InterNetwork);
        _udp.Client.Bind(new IPEndPoint(IPAddress.Any, port));
    }

    // ok LCA1003: Dispose stops the field
    public void Open(int port)
    {
        _door = new TcpListener(IPAddress.Any, port);
        _door.Start();
    }

    public static TcpListener OpenLoose(int port)
    {
        var door = new TcpListener(IPAddress.Any, port); //! LCA1003
        door.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        door.Start();
        return door;
    }

    public static Socket BindLoose(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    // ok LCA1003: using it is all
    public static int Ask(IPEndPoint printer)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(printer);
        return socket.Send([0x05]);
    }

    public void Dispose()
    {
        _udp?.Dispose();
        _door?.Stop();
    }
}
