namespace Incidents.DrainInBase;

/// <summary>Seals every message with the next number before the transport gets it.</summary>
public sealed class SealedMessageStream : QueuedMessageStream
{
    private int _number;

    public SealedMessageStream(IMessageStream transport)
        : base(transport)
    {
        transport.Drained += OnTransportDrained;
    }

    protected override void HandOver(ReadOnlyMemory<byte> message) => Transport.Send(Seal.Apply(_number++, message.Span));

    private void OnTransportDrained(object? sender, EventArgs e)
    {
        Log.Trace("the transport has room again");
        if (Flush()) RaiseDrained(); //! LCA2001
    }
}

public static class Seal
{
    /// <summary>Seals or opens one message: the key stream follows from the number, so order and number must agree on both sides.</summary>
    public static byte[] Apply(int number, ReadOnlySpan<byte> message)
    {
        var result = message.ToArray();
        var key = (uint)number * 2246822519u + 374761393u;
        for (var i = 0; i < result.Length; i++)
        {
            key = key * 1664525u + 1013904223u;
            result[i] ^= (byte)(key >> 24);
        }

        return result;
    }
}
