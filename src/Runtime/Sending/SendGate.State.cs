namespace LifecycleAnalyzers.Runtime;

public sealed partial class SendGate
{
    // One word holds who has the turn, so that a free gate is entered and left by one exchange of it, without the lock: the number of the
    // last turn, whether it is still out, and whether anything but these two matters (somebody waits, or the gate is closed). While the
    // last is set only the holder of the lock writes the word.
    private const long IsOut = 1;
    private const long NeedsLock = 2;
    private const int NumberShift = 2;
    private const long NextTurn = (1 << NumberShift) | IsOut;

    private long _state;

    /// <summary>Frozen: whether somebody has the turn.</summary>
    private bool IsTaken => (_state & IsOut) != 0;

    /// <summary>Takes the turn of a gate that is free and open; fails also where it is free and the lock has to say so.</summary>
    private bool TryTakeFree(out long ticket)
    {
        var state = Volatile.Read(ref _state);
        if ((state & (IsOut | NeedsLock)) == 0 && Interlocked.CompareExchange(ref _state, state + NextTurn, state) == state)
        {
            ticket = (state + NextTurn) >> NumberShift;
            return true;
        }

        ticket = 0;
        return false;
    }

    /// <summary>Gives back a turn that nobody waits for.</summary>
    private bool TryLeaveFree(long ticket)
    {
        var free = ticket << NumberShift;
        return Interlocked.CompareExchange(ref _state, free, free | IsOut) == (free | IsOut);
    }

    /// <summary>Under the lock: from here to <see cref="Thaw"/> nobody takes or gives back a turn without it.</summary>
    private void Freeze()
    {
        long state;
        do
        {
            state = Volatile.Read(ref _state);
        }
        while ((state & NeedsLock) == 0 && Interlocked.CompareExchange(ref _state, state | NeedsLock, state) != state);
    }

    /// <summary>Under the lock, after <see cref="Freeze"/>: where nobody waits and the gate is open, it goes without the lock again.</summary>
    private void Thaw()
    {
        if (_first is null && !_disposed && _fault is null)
        {
            Volatile.Write(ref _state, _state & ~NeedsLock);
        }
    }

    /// <summary>Frozen: whether this is the turn that is out.</summary>
    private bool IsHolder(long ticket) => _state == ((ticket << NumberShift) | IsOut | NeedsLock);

    /// <summary>Frozen: begins the next turn, whether the last one is still out or not.</summary>
    private long Take()
    {
        var state = ((_state | IsOut) + (1 << NumberShift)) | NeedsLock;
        Volatile.Write(ref _state, state);
        return state >> NumberShift;
    }

    /// <summary>Frozen: ends the turn that is out.</summary>
    private void Free() => Volatile.Write(ref _state, _state & ~IsOut);
}
