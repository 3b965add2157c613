namespace Incidents.DrainInBase;

/// <summary>Keeps what the transport cannot take yet, in order.</summary>
public abstract class QueuedMessageStream(IMessageStream transport) : MessageStream(transport)
{
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private bool _flushing;

    /// <summary>How many messages the transport took over.</summary>
    public int Sent { get; private set; }

    /// <summary>How many messages still wait here; after closing, how many were never sent.</summary>
    public int Unsent => _waiting.Count;

    protected sealed override void Take(ReadOnlyMemory<byte> message)
    {
        _waiting.Enqueue(message);
        Flush();
    }

    /// <summary>Hands over what waits until the transport is full; whether nothing waits any more.</summary>
    protected bool Flush()
    {
        // the transport has no room
        if (Transport.IsFull) return false;
        // somebody is at it already
        if (_flushing) return false;

        _flushing = true;
        try
        {
            while (!Transport.IsFull && _waiting.TryDequeue(out var message))
            {
                HandOver(message);
                Sent++;
            }

            return _waiting.Count == 0;
        }
        finally
        {
            _flushing = false;
        }
    }

    /// <summary>Gives one message to the transport, in the form that this stream has.</summary>
    protected abstract void HandOver(ReadOnlyMemory<byte> message);
}
