// A port forwarder on SocketAsyncEventArgs.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.SaeaRelay;

public sealed class Forwarder
{
    private readonly Socket _near, _far;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _reverse = new();

    public Forwarder(Socket near, Socket far)
    {
        (_near, _far) = (near, far);
        _receive.SetBuffer(new byte[4096]);
        _receive.Completed += OnReceived;
        _reverse.SetBuffer(new byte[4096]);
        _reverse.Completed += (_, e) => Pass(e, _near); //! LCA2001
    }

    public void Start()
    {
        if (!_near.ReceiveAsync(_receive)) OnReceived(_near, _receive);
        if (!_far.ReceiveAsync(_reverse)) Pass(_reverse, _near);
    }

    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
        {
            _near.Close();
            return;
        }
        _far.Send(e.MemoryBuffer.Span[..e.BytesTransferred]); //! LCA2001
        if (!_near.ReceiveAsync(e)) OnReceived(sender, e);
    }

    private static void Pass(SocketAsyncEventArgs e, Socket target) => target.Send(e.MemoryBuffer.Span[..e.BytesTransferred]);
}

public sealed class GuardedForwarder : IDisposable
{
    private readonly Socket _near, _far;
    private readonly SocketAsyncEventArgs _receive = new();
    private readonly SocketAsyncEventArgs _reverse = new();
    private readonly ILogger _log;
    private bool _closing;

    public GuardedForwarder(Socket near, Socket far, ILogger log)
    {
        (_near, _far, _log) = (near, far, log);
        _receive.SetBuffer(new byte[4096]);
        _receive.Completed += OnReceived;
        _reverse.SetBuffer(new byte[4096]);
        _reverse.Completed += OnReversed;
    }

    // ok LCA2001: the flag is set before either socket closes
    private void OnReceived(object? sender, SocketAsyncEventArgs e)
    {
        if (Volatile.Read(ref _closing) || e.BytesTransferred == 0) return;
        _far.Send(e.MemoryBuffer.Span[..e.BytesTransferred]);
    }

    // ok LCA2001: the target is asked in the helper; that Connected is a poor check is another rule's business
    private void OnReversed(object? sender, SocketAsyncEventArgs e) => Pass(e, _near);

    private void Pass(SocketAsyncEventArgs e, Socket target)
    {
        if (!target.Connected)
        {
            _log.LogDebug("dropped {Count} bytes", e.BytesTransferred);
            return;
        }
        target.Send(e.MemoryBuffer.Span[..e.BytesTransferred]);
    }

    public void Dispose()
    {
        Volatile.Write(ref _closing, true);
        _near.Dispose();
        _far.Dispose();
        _receive.Dispose();
        _reverse.Dispose();
    }
}
