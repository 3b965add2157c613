// Message streams with a send queue. An encrypted stream hands its messages to a transport; a full transport
// tells by `Drain` when it can take more. The encrypted stream then goes on with what waits in its queue,
// and does not ask whether it began to close in the meantime.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Incidents.Drain;

public enum WriteStatus { Writable, Closing, Closed }

public sealed class StreamStateException(string message) : InvalidOperationException(message);

public interface IMessageStream
{
    event EventHandler? Drain;
    WriteStatus WriteStatus { get; }
    bool WritableNeedsDrain { get; }
    bool Send(ReadOnlyMemory<byte> data);
    void Close();
}

public abstract class AbstractMessageStream : IMessageStream
{
    private readonly Queue<ReadOnlyMemory<byte>> _writeBuffer = new();
    private bool _sendingData;

    protected AbstractMessageStream(IMessageStream transport)
    {
        Transport = transport;
        Transport.Drain += ContinueSendingOnDrain;
    }

    public event EventHandler? Drain;

    public WriteStatus WriteStatus { get; private set; }

    public bool WritableNeedsDrain => Transport.WritableNeedsDrain;

    /// <summary>How many messages the transport took over.</summary>
    public int Sent { get; private set; }

    /// <summary>How many messages still wait here; after closing, how many were never sent.</summary>
    public int Unsent => _writeBuffer.Count;

    protected IMessageStream Transport { get; }

    private void ContinueSendingOnDrain(object? sender, EventArgs e)
    {
        if (WritableNeedsDrain)
        {
            Log.Trace("drain event received but the stream needs drain");
            return;
        }

        Log.Trace("drain event received, continue sending data");
        ProcessSendQueue(); //! LCA2001
        if (Unsent == 0) Drain?.Invoke(this, EventArgs.Empty);
    }

    public bool Send(ReadOnlyMemory<byte> data)
    {
        if (WriteStatus is WriteStatus.Closing or WriteStatus.Closed)
            throw new StreamStateException($"Cannot write to a stream that is {WriteStatus}");
        _writeBuffer.Enqueue(data);
        return ProcessSendQueue();
    }

    /// <summary>Begins to close: what the transport has taken over is still delivered, nothing else is taken.</summary>
    public void Close()
    {
        WriteStatus = WriteStatus.Closing;
        Transport.Close();
    }

    protected bool ProcessSendQueue()
    {
        // bail if the underlying transport is full
        if (WritableNeedsDrain) return false;
        // bail if there is no data to send
        if (_writeBuffer.Count == 0) return true;
        // bail if we are already sending data
        if (_sendingData) return false;

        _sendingData = true;
        try
        {
            var canSendMore = true;
            while (canSendMore && _writeBuffer.TryDequeue(out var chunk))
            {
                canSendMore = SendData(chunk);
                Sent++;
            }

            return canSendMore;
        }
        finally
        {
            _sendingData = false;
        }
    }

    protected abstract bool SendData(ReadOnlyMemory<byte> data);
}

/// <summary>Seals every message with the next nonce before the transport gets it.</summary>
public sealed class EncryptedMessageStream(IMessageStream transport) : AbstractMessageStream(transport)
{
    private int _nonce;

    protected override bool SendData(ReadOnlyMemory<byte> data) => Transport.Send(Cipher.Apply(_nonce++, data.Span));
}

public static class Cipher
{
    /// <summary>Seals or opens one message: the key stream follows from the nonce, so order and number must agree on both sides.</summary>
    public static byte[] Apply(int nonce, ReadOnlySpan<byte> message)
    {
        var result = message.ToArray();
        var key = (uint)nonce * 2654435761u + 97u;
        for (var i = 0; i < result.Length; i++)
        {
            key = key * 1664525u + 1013904223u;
            result[i] ^= (byte)(key >> 24);
        }

        return result;
    }
}

/// <summary>The transport: buffers up to a high-water mark and writes to the socket from a thread of its own.</summary>
public sealed class TcpMessageStream : IMessageStream, IDisposable
{
    private const int HighWater = 512 * 1024;

    private readonly BlockingCollection<ReadOnlyMemory<byte>> _outbox = new();
    private readonly Socket _socket;
    private readonly Thread _writer;
    private int _pendingBytes;

    public TcpMessageStream(Socket socket)
    {
        _socket = socket;
        _writer = new Thread(WriteOutbox) { IsBackground = true };
        _writer.Start();
    }

    public event EventHandler? Drain;

    public WriteStatus WriteStatus { get; private set; }

    public bool WritableNeedsDrain { get; private set; }

    public bool Send(ReadOnlyMemory<byte> data)
    {
        if (WriteStatus != WriteStatus.Writable)
            throw new StreamStateException($"Cannot write to a stream that is {WriteStatus}");
        if (Interlocked.Add(ref _pendingBytes, data.Length) >= HighWater) WritableNeedsDrain = true;
        _outbox.Add(data);
        return !WritableNeedsDrain;
    }

    public void Close()
    {
        WriteStatus = WriteStatus.Closing;
        _outbox.CompleteAdding();
    }

    /// <summary>Waits until everything taken over is written; false when that takes longer than the limit.</summary>
    public bool WaitUntilWritten(TimeSpan limit) => _writer.Join(limit);

    public void Dispose()
    {
        WriteStatus = WriteStatus.Closed;
        _socket.Dispose();
    }

    private void WriteOutbox()
    {
        foreach (var data in _outbox.GetConsumingEnumerable())
        {
            try
            {
                for (var rest = data; rest.Length > 0;) rest = rest[_socket.Send(rest.Span)..];
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                WriteStatus = WriteStatus.Closed;
                Log.Trace($"the transport failed: {failure.Message}");
                return;
            }

            if (Interlocked.Add(ref _pendingBytes, -data.Length) > 0 || !WritableNeedsDrain) continue;
            WritableNeedsDrain = false;
            Drain?.Invoke(this, EventArgs.Empty);
        }
    }
}

public static class Log
{
    public static void Trace(string message) => Console.Error.WriteLine($"trace: {message}");
}
