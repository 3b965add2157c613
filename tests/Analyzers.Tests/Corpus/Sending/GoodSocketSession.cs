// A SocketAsyncEventArgs session as high-throughput servers write it: a send queue, flags and answered failures.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodSocketSession;

public sealed class SocketSession : IDisposable
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _send = new();
    private readonly Queue<ReadOnlyMemory<byte>> _queue = new();
    private readonly Action<ReadOnlyMemory<byte>> _onMessage;
    private readonly ILogger _log;
    private readonly object _sync = new();
    private bool _sending;
    private int _closed;

    public SocketSession(Socket socket, Action<ReadOnlyMemory<byte>> onMessage, ILogger log)
    {
        (_socket, _onMessage, _log) = (socket, onMessage, log);
        _receive.SetBuffer(new byte[8192]);
        _receive.Completed += (_, e) => OnReceived(e);
        _send.Completed += (_, e) => OnSent(e);
    }

    public event EventHandler? Closed;

    public bool IsConnected => Volatile.Read(ref _closed) == 0;

    public void Start() => Receive();

    public bool TrySend(ReadOnlyMemory<byte> data)
    {
        if (!IsConnected) return false;
        lock (_sync)
        {
            _queue.Enqueue(data);
            if (_sending) return true;
            _sending = true;
        }
        SendNext();
        return true;
    }

    private void Receive()
    {
        if (!IsConnected) return;
        try
        {
            if (!_socket.ReceiveAsync(_receive)) OnReceived(_receive);
        }
        catch (ObjectDisposedException)
        {
            Close();
        }
    }

    private void OnReceived(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            Close();
            return;
        }
        _onMessage(e.MemoryBuffer[..e.BytesTransferred]);
        Receive();
    }

    private void SendNext()
    {
        ReadOnlyMemory<byte> next;
        lock (_sync)
        {
            if (!IsConnected || !_queue.TryDequeue(out next))
            {
                _sending = false;
                return;
            }
        }
        try
        {
            _send.SetBuffer(System.Runtime.InteropServices.MemoryMarshal.AsMemory(next));
            if (!_socket.SendAsync(_send)) OnSent(_send);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "send failed");
            Close();
        }
    }

    private void OnSent(SocketAsyncEventArgs e)
    {
        if (e.SocketError == SocketError.Success) SendNext();
        else Close();
    }

    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _socket.Dispose();
        Closed?.Invoke(this, EventArgs.Empty);
    }

    public void Dispose()
    {
        Close();
        _receive.Dispose();
        _send.Dispose();
    }
}
