// Begin/End pairs, completion events and pool work.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Completions;

public sealed class PrinterLink(ILogger log)
{
    private readonly byte[] _buffer = new byte[1024];
    private Socket? _socket;

    public void Open(EndPoint remote)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _socket.BeginConnect(remote, OnConnected, _socket); //? LCA1008
    }

    private void OnConnected(IAsyncResult ar)
    {
        var socket = (Socket)ar.AsyncState!;
        socket.EndConnect(ar); //! LCA1005
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, socket);
    }

    private void OnReceived(IAsyncResult ar)
    {
        var socket = (Socket)ar.AsyncState!;
        try
        {
            var n = socket.EndReceive(ar); //! LCA1005
            if (n == 0) { socket.Close(); return; }
            log.LogDebug("{N} bytes", n);
            socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, socket);
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "printer lost");
        }
    }

    // ok LCA1005: both are caught
    private void OnStatus(IAsyncResult ar)
    {
        var socket = (Socket)ar.AsyncState!;
        try
        {
            socket.EndReceive(ar);
            socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnStatus, socket);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogWarning(ex, "printer lost");
        }
    }

    public void Watch() => _socket!.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnStatus, _socket);
    public void Close() => _socket?.Close();
}

public sealed class PrintServer
{
    private readonly TcpListener _listener = new(IPAddress.Any, 9100);

    public void Start()
    {
        _listener.Start();
        _listener.BeginAcceptTcpClient(ar =>
        {
            var client = _listener.EndAcceptTcpClient(ar); //! LCA1005
            Serve(client);
        }, null);
    }

    // ok LCA1005: everything in try
    public void StartSafe()
    {
        _listener.Start();
        AsyncCallback accepted = null!;
        accepted = ar =>
        {
            try
            {
                Serve(_listener.EndAcceptTcpClient(ar));
                _listener.BeginAcceptTcpClient(accepted, null);
            }
            catch (Exception)
            {
                _listener.Stop();
            }
        };
        _listener.BeginAcceptTcpClient(accepted, null);
    }

    private static void Serve(TcpClient client) => client.Close();
}

public sealed class SpoolReader(NetworkStream stream)
{
    private readonly byte[] _buffer = new byte[256];

    public void Begin() => stream.BeginRead(_buffer, 0, _buffer.Length, OnRead, null);

    private void OnRead(IAsyncResult ar) => Consume(ar); //! LCA1005

    private void Consume(IAsyncResult ar)
    {
        var n = stream.EndRead(ar);
        if (n > 0) Begin();
    }
}

public sealed class SpoolReaderSafe(NetworkStream stream)
{
    private readonly byte[] _buffer = new byte[256];

    public void Begin() => stream.BeginRead(_buffer, 0, _buffer.Length, OnRead, null);

    // ok LCA1005: the callee catches
    private void OnRead(IAsyncResult ar)
    {
        if (!TryFinish(ar, out var n) || n == 0) return;
        Console.WriteLine(n);
    }

    private bool TryFinish(IAsyncResult ar, out int n)
    {
        try
        {
            n = stream.EndRead(ar);
            return true;
        }
        catch (IOException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        n = 0;
        return false;
    }
}

public sealed class CompletedHandlers
{
    public void Receive(Socket socket, byte[] buffer)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success)
                throw new SocketException((int)e.SocketError); //! LCA1005
        };
        if (!socket.ReceiveAsync(args)) Console.WriteLine(args.BytesTransferred);
    }

    private Exception? _failure;
    private readonly ManualResetEventSlim _done = new();

    // ok LCA1005: recorded, thrown by whoever waits
    public void ReceiveRecorded(Socket socket, byte[] buffer)
    {
        var args = new SocketAsyncEventArgs();
        args.SetBuffer(buffer);
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success) _failure = new SocketException((int)e.SocketError);
            _done.Set();
        };
        if (!socket.ReceiveAsync(args)) _done.Set();
        _done.Wait();
        if (_failure is { } failure) throw failure;
    }

    private Socket? _socket;

    public void Accept(Socket listener)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += OnAccepted;
        if (!listener.AcceptAsync(args)) OnAccepted(listener, args);
    }

    private void OnAccepted(object? sender, SocketAsyncEventArgs e)
    {
        _socket = e.AcceptSocket;
        var header = new byte[4];
        _socket!.Receive(header); //! LCA1005
    }
}

public sealed class Workers(Socket socket)
{
    public void Queue()
    {
        ThreadPool.QueueUserWorkItem(_ =>
        {
            var buffer = new byte[64];
            socket.Receive(buffer); //! LCA1005
        });
    }

    // ok LCA1005: caught
    public void QueueSafe() => ThreadPool.QueueUserWorkItem(QueueItem);

    private void QueueItem(object? state)
    {
        try
        {
            socket.Receive(new byte[64]);
        }
        catch (SocketException) { }
        catch (ObjectDisposedException) { }
    }

    public void Spin()
    {
        var thread = new Thread(ReadForever) { IsBackground = true };
        thread.Start();
    }

    private void ReadForever()
    {
        var buffer = new byte[64];
        while (true)
            if (socket.Receive(buffer) == 0) return; //! LCA1005
    }

    // ok LCA1005: the loop catches outside
    public void SpinSafe() => new Thread(() =>
    {
        try
        {
            ReadForeverSafe();
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or IOException)
        {
            socket.Dispose();
        }
    }).Start();

    private void ReadForeverSafe()
    {
        var buffer = new byte[64];
        while (socket.Receive(buffer) > 0) { }
    }

    // ok LCA1005: a task keeps its exception; that is another rule's
    public Task RunAsync() => Task.Run(() => socket.Receive(new byte[64]));
}

public sealed class Doorbell(TcpClient client, ILogger log)
{
    public event EventHandler<int>? Rang;

    public async void Listen()
    {
        var buffer = new byte[1];
        while (await client.GetStream().ReadAsync(buffer) > 0) //! LCA1005
            Rang?.Invoke(this, buffer[0]);
    }

    // ok LCA1005: async void with everything caught
    public async void ListenSafe()
    {
        try
        {
            var buffer = new byte[1];
            while (await client.GetStream().ReadAsync(buffer) > 0)
                Rang?.Invoke(this, buffer[0]);
        }
        catch (Exception ex)
        {
            log.LogInformation(ex, "doorbell off");
        }
    }

    // ok LCA1005: awaited by its caller
    public async Task ListenAsync()
    {
        var buffer = new byte[1];
        while (await client.GetStream().ReadAsync(buffer) > 0)
            Rang?.Invoke(this, buffer[0]);
    }
}
