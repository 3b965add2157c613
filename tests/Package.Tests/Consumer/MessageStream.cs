namespace Consumer;

public enum WriteStatus { Writable, Closing, Closed }

/// <summary>A send queue that goes on when its transport has drained, although the stream may be closing by then.</summary>
public sealed class MessageStream
{
    private readonly Queue<byte[]> _waiting = new();
    private readonly Stream _transport;
    private bool _full;

    public MessageStream(Stream transport)
    {
        _transport = transport;
        Drain += OnDrain;
    }

    public event EventHandler? Drain;

    public WriteStatus WriteStatus { get; private set; }

    public void Post(byte[] message)
    {
        _waiting.Enqueue(message);
        ProcessQueue();
    }

    public void Drained() => Drain?.Invoke(this, EventArgs.Empty);

    public void Close() => WriteStatus = WriteStatus.Closing;

    private void OnDrain(object? sender, EventArgs e)
    {
        _full = false;
        ProcessQueue(); //! LCA2001
    }

    private void ProcessQueue()
    {
        // the transport takes no more for now
        if (_full) return;
        while (!_full && _waiting.TryDequeue(out var message)) Send(message);
    }

    private void Send(byte[] message)
    {
        if (WriteStatus != WriteStatus.Writable) throw new InvalidOperationException("the stream is closing");
        _transport.Write(message);
        _full = message.Length > 4096;
    }
}
