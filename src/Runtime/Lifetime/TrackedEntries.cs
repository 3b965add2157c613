namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// The entries of a tracker in the order in which they came, and those that wait to be used again. Belongs to the lock of the tracker.
/// </summary>
internal sealed class TrackedEntries
{
    // What comes and goes at once is served without allocating; what is more is left to the garbage collector.
    private const int MostSpares = 128;
    private TrackedEntry? _last;
    private TrackedEntry? _spare;
    private int _spares;

    public TrackedEntry? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>One that is nobody's.</summary>
    public TrackedEntry New()
    {
        if (_spare is not { } spare)
        {
            return new TrackedEntry();
        }

        _spare = spare.Next;
        _spares--;
        spare.Next = null;
        return spare;
    }

    /// <summary>For one that was removed and that nobody will ask any more what it was.</summary>
    public void KeepSpare(TrackedEntry entry)
    {
        entry.Free();
        if (_spares < MostSpares)
        {
            entry.Next = _spare;
            _spare = entry;
            _spares++;
        }
    }

    public void Append(TrackedEntry entry)
    {
        entry.Previous = _last;
        if (_last is null)
        {
            First = entry;
        }
        else
        {
            _last.Next = entry;
        }

        _last = entry;
        Count++;
    }

    public void Remove(TrackedEntry entry)
    {
        if (entry.Previous is null)
        {
            First = entry.Next;
        }
        else
        {
            entry.Previous.Next = entry.Next;
        }

        if (entry.Next is null)
        {
            _last = entry.Previous;
        }
        else
        {
            entry.Next.Previous = entry.Previous;
        }

        entry.Previous = entry.Next = null;
        Count--;
    }
}
