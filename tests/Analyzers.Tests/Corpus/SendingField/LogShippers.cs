// Syslog, GELF and forward-protocol shippers: TCP, UDP, TLS, retry and swallow.
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Field.Sending.LogShippers;

public sealed class SyslogTcp(string host) : IDisposable
{
    private TcpClient _client = new(); //? LCA3002

    public void Ship(string line)
    {
        if (!_client.Connected) //! LCA2003
        {
            _client.Dispose();
            _client = new TcpClient();
            _client.Connect(host, 601);
        }
        _client.GetStream().Write(Encoding.UTF8.GetBytes(line + "\n"));
    }

    public void ShipQuietly(string line)
    {
        try
        {
            _client.GetStream().Write(Encoding.UTF8.GetBytes(line)); //! LCA3001
        }
        catch { } //! LCA2005
    }

    // ok LCA2005: narrow
    public void ShipNarrow(string line)
    {
        try
        {
            _client.GetStream().Write(Encoding.UTF8.GetBytes(line)); //! LCA3001
        }
        catch (IOException)
        {
        }
    }

    // ok LCA2005: closes
    public void ShipOrClose(string line)
    {
        try
        {
            _client.GetStream().Write(Encoding.UTF8.GetBytes(line)); //! LCA3001
        }
        catch
        {
            _client.Close();
        }
    }

    // ok LCA2003: handed on by a property
    public bool IsConnected => _client.Connected;

    // ok LCA2003: decides only about closing
    public void Dispose()
    {
        if (_client.Connected) _client.Close();
    }
}

public sealed class GelfShipper(Socket socket, BlockingCollection<byte[]> queue)
{
    public void Run()
    {
        while (socket.Connected) //! LCA2003
        {
            var item = queue.Take();
            socket.Send(item);
        }
        Console.WriteLine("connection ended: {0}", socket.Connected);
    }

    public void RunUntilFailure()
    {
        try
        {
            // ok LCA2003: the failure of the send ends it
            foreach (var item in queue.GetConsumingEnumerable()) socket.Send(item);
        }
        catch (SocketException ex)
        {
            Console.Error.WriteLine($"{ex.SocketErrorCode}, connected {socket.Connected}");
        }
    }

    public bool TrySend(byte[] item)
    {
        var ready = socket is { Connected: true }; //! LCA2003
        if (ready) socket.Send(item);
        return ready;
    }

    public int Ask(NetworkStream stream, byte[] question)
    {
        if (!stream.Socket.Connected) return -1; //! LCA2003
        stream.Write(question);
        return stream.ReadByte();
    }

    // ok LCA2003: told apart from what the peer does
    public string Describe() => socket.Connected ? "up" : "down";
}

public sealed class TlsShipper(SslStream tls)
{
    private readonly object _sync = new();
    private readonly List<byte[]> _batch = [];

    public TlsShipper(SslStream tls, Timer? _) : this(tls) { }

    public void Start()
    {
        _timer = new Timer(async _ => await FlushAsync(), null, 1000, 1000); //! LCA2001
    }

    private Timer? _timer;

    private async Task FlushAsync()
    {
        byte[][] items;
        lock (_sync)
        {
            items = [.. _batch];
            _batch.Clear();
        }
        foreach (var item in items) await tls.WriteAsync(item); //! LCA2004
    }

    public void Add(byte[] line)
    {
        lock (_sync) _batch.Add(line);
    }
}

public sealed class TlsShipperSerial(SslStream tls) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1));
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = LoopAsync();

    // ok LCA2001 LCA2004: one loop, its task is awaited at the end
    private async Task LoopAsync()
    {
        while (await _timer.WaitForNextTickAsync())
            await WriteAsync("\n"u8.ToArray());
    }

    public async Task WriteAsync(byte[] line)
    {
        await _gate.WaitAsync();
        try
        {
            await tls.WriteAsync(line);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _loop;
        await tls.DisposeAsync();
    }
}

public sealed class UdpShipper(UdpClient udp)
{
    // ok LCA2005: the exception is used
    public Exception? Ship(byte[] datagram)
    {
        try
        {
            udp.Send(datagram, datagram.Length);
            return null;
        }
        catch (Exception ex)
        {
            return ex;
        }
    }

    public void ShipIgnoring(byte[] datagram)
    {
        try
        {
            udp.Send(datagram);
        }
        catch (Exception ex) //! LCA2005
        {
            _ = ex;
        }
    }
}

public static class Retry
{
    // ok LCA2003: an assertion
    public static void SendOnce(TcpClient client, byte[] data)
    {
        System.Diagnostics.Debug.Assert(client.Connected);
        client.GetStream().Write(data);
    }

    public static void SendWhile(TcpClient client, Func<byte[]?> next)
    {
        for (var data = next(); data is not null && client.Connected; data = next()) //! LCA2003
            client.Client.Send(data);
    }
}
