// Old asynchronous code (Begin/End) of a print spooler and a telnet console, with its guard helpers.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Silence.ApmLegacy;

public sealed class ClientState(Socket socket)
{
    public Socket Socket { get; } = socket;

    public byte[] Buffer { get; } = new byte[1024];

    public StringBuilder Line { get; } = new();

    public int Closed;
}

public interface ILineHandler
{
    string? Answer(string line);
}

public abstract class ApmServer : IDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly HashSet<ClientState> _clients = [];
    private bool _stopped;

    protected ApmServer(ILogger log) => Log = log;

    protected ILogger Log { get; }

    // ok LCA1003: Dispose closes the field
    public void Start(IPEndPoint local)
    {
        _listener.Bind(local);
        _listener.Listen(64);
        Guarded(null, () => _listener.BeginAccept(OnAccept, null));
    }

    // ok LCA1005: everything goes through the helper with the catch
    private void OnAccept(IAsyncResult ar) => Guarded(null, () =>
    {
        if (_stopped) return;
        var client = new ClientState(_listener.EndAccept(ar));
        lock (_clients) _clients.Add(client); //? LCA1007
        Guarded(client, () => Receive(client));
        _listener.BeginAccept(OnAccept, null);
    });

    private void Receive(ClientState client) =>
        client.Socket.BeginReceive(client.Buffer, 0, client.Buffer.Length, SocketFlags.None, OnReceive, client);

    // ok LCA1005: the same helper
    private void OnReceive(IAsyncResult ar)
    {
        var client = (ClientState)ar.AsyncState!;
        Guarded(client, () =>
        {
            var n = client.Socket.EndReceive(ar);
            if (n == 0)
            {
                Drop(client);
                return;
            }

            OnBytes(client, client.Buffer.AsSpan(0, n));
            Receive(client);
        });
    }

    protected abstract void OnBytes(ClientState client, ReadOnlySpan<byte> bytes);

    // ok LCA2001: called from the receive callback, and inside of its try
    protected void Reply(ClientState client, string text) => client.Socket.Send(Encoding.ASCII.GetBytes(text + "\r\n"));

    private void Guarded(ClientState? client, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Log.LogDebug(e, "connection ended");
            if (client is not null) Drop(client);
        }
    }

    private void Drop(ClientState client)
    {
        if (Interlocked.Exchange(ref client.Closed, 1) != 0) return;
        lock (_clients) _clients.Remove(client);
        client.Socket.Dispose();
    }

    public void Dispose()
    {
        _stopped = true;
        _listener.Dispose();
        ClientState[] open;
        lock (_clients) open = [.. _clients];
        foreach (var client in open) Drop(client);
    }
}

public sealed class ConsoleServer(ILineHandler handler, ILogger<ConsoleServer> log) : ApmServer(log)
{
    protected override void OnBytes(ClientState client, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b != '\n')
            {
                client.Line.Append((char)b);
                continue;
            }

            if (handler.Answer(client.Line.ToString()) is { } answer) Reply(client, answer);
            client.Line.Clear();
        }
    }
}

/// <summary>The spooler connects in the background and prints when it is there.</summary>
public sealed class Spooler(ILogger<Spooler> log)
{
    // ok LCA1005: the End call is caught, the socket travels as state; LCA1003: closed when it fails
    public void Print(IPEndPoint printer, byte[] job)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.BeginConnect(printer, OnConnected, (socket, job)); //? LCA1008
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void OnConnected(IAsyncResult ar)
    {
        var (socket, job) = ((Socket, byte[]))ar.AsyncState!;
        try
        {
            socket.EndConnect(ar);
            socket.BeginSend(job, 0, job.Length, SocketFlags.None, OnSent, socket);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            log.LogWarning(e, "printer does not answer");
            socket.Dispose();
        }
    }

    private void OnSent(IAsyncResult ar)
    {
        using var socket = (Socket)ar.AsyncState!;
        if (TryEnd(socket, ar, out var sent)) log.LogInformation("{Bytes} bytes printed", sent);
    }

    // ok LCA1005: the Try form
    private bool TryEnd(Socket socket, IAsyncResult ar, out int sent)
    {
        try
        {
            sent = socket.EndSend(ar);
            return true;
        }
        catch (SocketException e)
        {
            log.LogWarning(e, "not printed");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("closed meanwhile");
        }

        sent = 0;
        return false;
    }
}

public sealed class StatusPoller(Socket printer, ILogger<StatusPoller> log)
{
    private readonly byte[] _buffer = new byte[64];

    public void Begin() => printer.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnStatus, null);

    // It catches what the network throws, not what closing the printer throws.
    private void OnStatus(IAsyncResult ar)
    {
        try
        {
            var n = printer.EndReceive(ar); //! LCA1005
            if (n == 0) return;
            log.LogInformation("status {Status}", _buffer[0]);
            Begin();
        }
        catch (SocketException e)
        {
            log.LogWarning(e, "status lost");
        }
    }
}

public sealed class PollingConsole(TcpClient client, ILogger<PollingConsole> log)
{
    // ok LCA2003: logged, and decides about closing only
    public void Stop()
    {
        log.LogInformation("connected: {Connected}", client.Connected);
        if (client.Connected) client.Close();
    }

    // ok LCA2003: a property that hands it on
    public bool Connected => client.Connected;

    public void WriteBanner(string banner)
    {
        if (client.Connected) client.GetStream().Write(Encoding.ASCII.GetBytes(banner)); //! LCA2003
    }

    // ok LCA2003: asked of the socket, and the write is caught
    public bool TryWriteBanner(string banner)
    {
        try
        {
            if (client.Client.Poll(0, SelectMode.SelectRead) && client.Client.Available == 0) return false;
            client.GetStream().Write(Encoding.ASCII.GetBytes(banner));
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
        {
            log.LogDebug(e, "banner not written");
            return false;
        }
    }

    public void Pump(Action<byte> each)
    {
        var stream = client.GetStream();
        while (client.Connected) //! LCA2003
        {
            var b = stream.ReadByte();
            if (b >= 0) each((byte)b);
        }
    }
}

public sealed class ThreadedReader(Socket socket, ILogger<ThreadedReader> log)
{
    // ok LCA1005: a thread whose body is caught
    public void Start(Action<int> received)
    {
        var thread = new Thread(() =>
        {
            var buffer = new byte[512];
            try
            {
                int n;
                while ((n = socket.Receive(buffer)) > 0) received(n);
            }
            catch (Exception e)
            {
                log.LogDebug(e, "reader ends");
            }
        }) { IsBackground = true };
        thread.Start();
    }

    public void StartBare(Action<int> received)
    {
        var thread = new Thread(() => Loop(received)) { IsBackground = true }; //! LCA1005
        thread.Start();
    }

    private void Loop(Action<int> received)
    {
        var buffer = new byte[512];
        int n;
        while ((n = socket.Receive(buffer)) > 0) received(n);
    }
}
