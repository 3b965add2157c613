namespace LifecycleAnalyzers.Runtime;

/// <summary>The entries of a tracker, in one array: first those that are in use, in no order, then those that wait to be used again.</summary>
/// <remarks>Belongs to the lock of the tracker. Who comes when a spare waits, and goes as the last, writes no reference.</remarks>
internal sealed class TrackedEntries
{
    // What comes and goes at once is served without allocating; what is more is left to the garbage collector.
    private const int MostSpares = 128;
    private TrackedEntry?[] _entries = new TrackedEntry?[16];
    private int _spares;

    /// <summary>Gets how many are in use.</summary>
    public int Count { get; private set; }

    public TrackedEntry this[int place] => _entries[place]!;

    /// <summary>One that was nobody's, in use from now on.</summary>
    public TrackedEntry Take()
    {
        if (_spares == 0)
        {
            Put(Count, new TrackedEntry());
        }
        else
        {
            _spares--;
        }

        return _entries[Count++]!;
    }

    /// <summary>Of one in use: it waits to be used again.</summary>
    public void GiveBack(TrackedEntry entry)
    {
        entry.Free();
        MoveBehind(entry);
        if (++_spares > MostSpares)
        {
            _entries[Count + --_spares] = null;
        }
    }

    /// <summary>Of one in use: it may still be asked what it was, and is used by nobody else before <see cref="Keep"/>.</summary>
    public void Remove(TrackedEntry entry)
    {
        MoveBehind(entry);
        Put(Count, _entries[Count + _spares]!);
        _entries[Count + _spares] = null;
    }

    /// <summary>Of one that was removed: it waits to be used again.</summary>
    public void Keep(TrackedEntry entry)
    {
        entry.Free();
        if (_spares < MostSpares)
        {
            Put(Count + _spares++, entry);
        }
    }

    /// <summary>Ends the use of an entry: it stands behind those in use, and before the spares.</summary>
    private void MoveBehind(TrackedEntry entry)
    {
        Count--;
        if (entry.Place != Count)
        {
            Put(entry.Place, _entries[Count]!);
            Put(Count, entry);
        }
    }

    private void Put(int place, TrackedEntry entry)
    {
        if (place == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * place);
        }

        entry.Place = place;
        _entries[place] = entry;
    }
}
