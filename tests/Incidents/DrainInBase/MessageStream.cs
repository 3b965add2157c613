namespace Incidents.DrainInBase;

/// <summary>What every stream over another one has: a state, and the question for it when somebody sends.</summary>
public abstract class MessageStream(IMessageStream transport) : IMessageStream
{
    public event EventHandler? Drained;

    public StreamState State { get; private set; }

    public bool IsFull => Transport.IsFull;

    protected IMessageStream Transport { get; } = transport;

    public void Send(ReadOnlyMemory<byte> message)
    {
        if (State != StreamState.Open) throw new StreamClosedException($"Cannot send on a stream that is {State}");
        Take(message);
    }

    /// <summary>Begins to close: what the transport has taken over is still delivered, nothing else is taken.</summary>
    public void Close()
    {
        State = StreamState.Closing;
        Transport.Close();
    }

    protected abstract void Take(ReadOnlyMemory<byte> message);

    protected void RaiseDrained() => Drained?.Invoke(this, EventArgs.Empty);
}
