// Callbacks whose exceptions end the process, and those whose do not.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.HardCompletions;

public sealed class Chart(ILogger log)
{
    private readonly byte[] _buffer = new byte[64];

    public void Read(NetworkStream stream) => stream.BeginRead(_buffer, 0, 64, ar =>
    {
        try
        {
            var n = ((NetworkStream)ar.AsyncState!).EndRead(ar); //! LCA1005
            log.LogTrace("{N}", n);
        }
        catch (IOException ex)
        {
            log.LogWarning(ex, "chart");
        }
    }, stream);

    // ok LCA1005: a base of all of them
    public void ReadSystem(NetworkStream stream) => stream.BeginRead(_buffer, 0, 64, ar =>
    {
        try
        {
            ((NetworkStream)ar.AsyncState!).EndRead(ar);
        }
        catch (SystemException ex)
        {
            log.LogWarning(ex, "chart");
        }
    }, stream);

    public void ReadRethrown(NetworkStream stream) => stream.BeginRead(_buffer, 0, 64, ar =>
    {
        try
        {
            ((NetworkStream)ar.AsyncState!).EndRead(ar); //! LCA1005
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "chart");
            throw;
        }
    }, stream);

    public void ReadFinally(Socket socket) => socket.BeginReceive(_buffer, 0, 64, SocketFlags.None, Finish, socket);

    private void Finish(IAsyncResult ar)
    {
        try
        {
            ((Socket)ar.AsyncState!).EndReceive(ar); //! LCA1005
        }
        finally
        {
            log.LogTrace("done");
        }
    }

    // ok LCA1005: the task machinery ends it
    public Task<int> ReadTask(NetworkStream stream) =>
        Task<int>.Factory.FromAsync(stream.BeginRead, stream.EndRead, _buffer, 0, 64, null);

    // ok LCA1005: the caller ends it itself
    public int ReadBlocking(Socket socket)
    {
        var ar = socket.BeginReceive(_buffer, 0, 64, SocketFlags.None, null, null)!;
        ar.AsyncWaitHandle.WaitOne();
        return socket.EndReceive(ar);
    }

    public void Sent(Socket socket) => socket.BeginSend(_buffer, 0, 64, SocketFlags.None, OnSent, socket);

    private static void OnSent(IAsyncResult ar)
    {
        var socket = (Socket)ar.AsyncState!;
        var sent = socket.EndSend(ar); //! LCA1005
        Console.WriteLine(sent);
    }

    public void Datagrams(UdpClient udp) => udp.BeginReceive(OnDatagram, udp);

    private void OnDatagram(IAsyncResult ar)
    {
        var udp = (UdpClient)ar.AsyncState!;
        IPEndPoint? from = null;
        var data = udp.EndReceive(ar, ref from); //! LCA1005
        log.LogInformation("{N} from {From}", data.Length, from);
        udp.BeginReceive(OnDatagram, udp);
    }

    // ok LCA1005: the catch sends it to a handler of errors
    private void OnDatagramSafe(IAsyncResult ar)
    {
        var udp = (UdpClient)ar.AsyncState!;
        try
        {
            IPEndPoint? from = null;
            udp.EndReceive(ar, ref from);
            udp.BeginReceive(OnDatagramSafe, udp);
        }
        catch (ObjectDisposedException)
        {
        }
        catch (SocketException ex)
        {
            Fail(ex);
        }
    }

    public void DatagramsSafe(UdpClient udp) => udp.BeginReceive(OnDatagramSafe, udp);

    private void Fail(Exception ex) => log.LogWarning(ex, "failed");

    public void Dns2() => System.Net.Dns.BeginGetHostAddresses("host", ar => Console.WriteLine(System.Net.Dns.EndGetHostAddresses(ar).Length), null);
}

public sealed class Watchdog : IDisposable
{
    private readonly Timer _timer;
    private DateTime _last = DateTime.UtcNow;

    public Watchdog() => _timer = new Timer(Check, null, 1000, 1000);

    private void Check(object? state)
    {
        if (DateTime.UtcNow - _last > TimeSpan.FromMinutes(1))
            throw new TimeoutException("the peer is silent"); //? LCA1005
    }

    // ok LCA1005: no callback
    public void CheckNow()
    {
        if (DateTime.UtcNow - _last > TimeSpan.FromMinutes(1))
            throw new TimeoutException("the peer is silent");
    }

    public void Touch() => _last = DateTime.UtcNow;

    public void Dispose() => _timer.Dispose();
}

public sealed class WatchdogTold : IDisposable
{
    private readonly Timer _timer;
    private DateTime _last = DateTime.UtcNow;
    public event EventHandler<TimeoutException>? Silent;

    public WatchdogTold() => _timer = new Timer(Check, null, 1000, 1000);

    // ok LCA1005: thrown and caught in place
    private void Check(object? state)
    {
        try
        {
            if (DateTime.UtcNow - _last > TimeSpan.FromMinutes(1))
                throw new TimeoutException("the peer is silent");
        }
        catch (TimeoutException ex)
        {
            Silent?.Invoke(this, ex);
        }
    }

    public void Touch() => _last = DateTime.UtcNow;

    public void Dispose() => _timer.Dispose();
}

public sealed class Gate(TcpListener listener, ILogger log)
{
    public void Run()
    {
        var thread = new Thread(() =>
        {
            while (true)
            {
                var client = listener.AcceptTcpClient(); //! LCA1005
                log.LogInformation("{Client}", client.Client.RemoteEndPoint);
                client.Close();
            }
        });
        thread.IsBackground = true;
        thread.Start();
    }

    // ok LCA1005: Stop ends it with an exception that is expected
    public void RunExpected()
    {
        new Thread(AcceptExpected).Start();
    }

    private void AcceptExpected()
    {
        try
        {
            while (true) listener.AcceptTcpClient().Close();
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.Interrupted)
        {
        }
        catch (SocketException ex)
        {
            log.LogError(ex, "accept");
        }
        catch (ObjectDisposedException)
        {
        }
        catch (InvalidOperationException)
        {
        }
    }

    public async void OnButton(object? sender, EventArgs e)
    {
        var client = await listener.AcceptTcpClientAsync(); //! LCA1005
        client.Close();
    }

    // ok LCA1005: an async Task handler is awaited by its event
    public async Task OnButtonAsync(object? sender, EventArgs e)
    {
        var client = await listener.AcceptTcpClientAsync();
        client.Close();
    }

    // ok LCA1005: async void, but its only call catches
    public async void OnPressed(object? sender, EventArgs e) => await AcceptCaughtAsync();

    private async Task AcceptCaughtAsync()
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync();
        }
        catch (Exception ex)
        {
            log.LogError(ex, "accept");
        }
    }

    public void Later(ClientWebSocket ws)
    {
        ThreadPool.QueueUserWorkItem(async _ =>
        {
            var buffer = new byte[32];
            await ws.ReceiveAsync(buffer, default); //! LCA1005
        });
    }
}

public sealed class Switchboard(Socket socket)
{
    private readonly SocketAsyncEventArgs _args = new();

    public void Begin()
    {
        _args.SetBuffer(new byte[256], 0, 256);
        _args.Completed += IoCompleted;
        if (!socket.ReceiveAsync(_args)) IoCompleted(socket, _args);
    }

    private void IoCompleted(object? sender, SocketAsyncEventArgs e)
    {
        switch (e.LastOperation)
        {
            case SocketAsyncOperation.Receive:
                break;
            default:
                throw new ArgumentException("unexpected operation"); //? LCA1005
        }
    }
}
