using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Incidents.DrainInBase;

/// <summary>The transport: takes messages up to a mark and writes them to the socket from a thread of its own.</summary>
public sealed class SocketMessageStream : IMessageStream, IDisposable
{
    private const int Mark = 512 * 1024;

    private readonly BlockingCollection<ReadOnlyMemory<byte>> _outbox = new();
    private readonly Socket _socket;
    private readonly Thread _writer;
    private int _pending;

    public SocketMessageStream(Socket socket)
    {
        _socket = socket;
        _writer = new Thread(WriteOutbox) { IsBackground = true };
        _writer.Start();
    }

    public event EventHandler? Drained;

    public StreamState State { get; private set; }

    public bool IsFull { get; private set; }

    public void Send(ReadOnlyMemory<byte> message)
    {
        if (State != StreamState.Open) throw new StreamClosedException($"Cannot send on a transport that is {State}");
        if (Interlocked.Add(ref _pending, message.Length) >= Mark) IsFull = true;
        _outbox.Add(message);
    }

    public void Close()
    {
        State = StreamState.Closing;
        _outbox.CompleteAdding();
    }

    /// <summary>Waits until everything taken over is written; false when that takes longer than the limit.</summary>
    public bool WaitUntilWritten(TimeSpan limit) => _writer.Join(limit);

    public void Dispose()
    {
        State = StreamState.Closed;
        _socket.Dispose();
    }

    private void WriteOutbox()
    {
        foreach (var message in _outbox.GetConsumingEnumerable())
        {
            try
            {
                for (var rest = message; rest.Length > 0;) rest = rest[_socket.Send(rest.Span)..];
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                State = StreamState.Closed;
                Log.Trace($"the transport failed: {failure.Message}");
                return;
            }

            if (Interlocked.Add(ref _pending, -message.Length) > 0 || !IsFull) continue;
            IsFull = false;
            Drained?.Invoke(this, EventArgs.Empty);
        }
    }
}
