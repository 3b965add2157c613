// The broker bridge's session, half of it: state and sending. The other half holds the callbacks.
using System.Net.Sockets;

namespace Ways.Bridge;

internal sealed partial class BridgeSession(Socket socket) : IDisposable
{
    private readonly Queue<byte[]> _pending = new();
    private bool _closing;

    public bool IsOpen => !_closing;

    public void Send(byte[] frame) => socket.Send(frame);

    public Task SendAsync(byte[] frame, CancellationToken cancel) => socket.SendAsync(frame, cancel).AsTask();

    private void Drain()
    {
        for (byte[]? next; _pending.TryDequeue(out next);) Send(next);
    }

    private bool TryDrain()
    {
        if (_closing) return false;
        Drain();
        return true;
    }

    private partial void OnTick(object? state);

    public void Dispose()
    {
        _closing = true;
        socket.Dispose();
    }
}
