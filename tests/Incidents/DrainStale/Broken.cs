// A stream that seals its messages. Every message gets a key of its own from a key service, so that between the
// moment at which the transport tells by `Drained` that it has room again and the moment at which the sealed
// message goes out lies a wait. The handler asks whether the transport is open, once, before it waits.
using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Incidents.DrainStale;

public enum StreamState { Open, Closing, Closed }

public sealed class StreamClosedException(string message) : InvalidOperationException(message);

/// <summary>Gives every message its key, which takes as long as it takes.</summary>
public interface IKeyService
{
    Task<uint> KeyForAsync(int message);
}

public sealed class SealedMessageStream
{
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private readonly SocketMessageStream _transport;
    private readonly IKeyService _keys;

    public SealedMessageStream(SocketMessageStream transport, IKeyService keys)
    {
        _transport = transport;
        _keys = keys;
        _transport.Drained += OnDrained;
    }

    /// <summary>How many messages the transport took over.</summary>
    public int Sent { get; private set; }

    /// <summary>How many messages still wait here; after closing, how many were never sent.</summary>
    public int Unsent => _waiting.Count;

    /// <summary>What the last drain began: ends when the transport is full again or nothing waits.</summary>
    public Task Sending { get; private set; } = Task.CompletedTask;

    public void Enqueue(ReadOnlyMemory<byte> message) => _waiting.Enqueue(message);

    /// <summary>Sends what the transport takes now; the rest goes when it has drained.</summary>
    public Task StartAsync() => Sending = SendWaitingAsync();

    /// <summary>Begins to close: what the transport has taken over is still delivered, nothing else is taken.</summary>
    public void Close() => _transport.Close();

    private void OnDrained(object? sender, EventArgs e) => Sending = SendWaitingAsync();

    private async Task SendWaitingAsync()
    {
        if (_transport.State != StreamState.Open) return;
        while (!_transport.IsFull && _waiting.TryPeek(out var message))
        {
            var key = await _keys.KeyForAsync(Sent);
            _transport.Send(Seal.Apply(key, message.Span)); //! LCA2002
            _waiting.Dequeue();
            Sent++;
        }
    }
}

public static class Seal
{
    /// <summary>Seals or opens one message.</summary>
    public static byte[] Apply(uint key, ReadOnlySpan<byte> message)
    {
        var result = message.ToArray();
        for (var i = 0; i < result.Length; i++)
        {
            key = key * 1664525u + 1013904223u;
            result[i] ^= (byte)(key >> 24);
        }

        return result;
    }
}

/// <summary>The transport: takes messages up to a mark and writes them to the socket from a thread of its own.</summary>
public sealed class SocketMessageStream : IDisposable
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
                Console.Error.WriteLine($"trace: the transport failed: {failure.Message}");
                return;
            }

            if (Interlocked.Add(ref _pending, -message.Length) > 0 || !IsFull) continue;
            IsFull = false;
            Drained?.Invoke(this, EventArgs.Empty);
        }
    }
}
