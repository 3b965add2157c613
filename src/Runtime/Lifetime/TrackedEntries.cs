namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// The entries of a tracker in the order in which they came, and those that wait to be used again. Belongs to the lock of the tracker.
/// </summary>
internal sealed class TrackedEntries
{
    // What comes and goes at once is served without allocating; what is more is left to the garbage collector.
    private const int MostSpares = 128;
    private readonly LinkedList<TrackedEntry> _entries = new();
    private readonly Stack<TrackedEntry> _spares = new();

    public int Count => _entries.Count;

    /// <summary>One that is nobody's.</summary>
    public TrackedEntry New() => _spares.Count > 0 ? _spares.Pop() : new TrackedEntry();

    /// <summary>For one that was removed and that nobody will ask any more what it was.</summary>
    public void KeepSpare(TrackedEntry entry)
    {
        entry.Free();
        if (_spares.Count < MostSpares)
        {
            _spares.Push(entry);
        }
    }

    public void Append(TrackedEntry entry) => _entries.AddLast(entry.Node);

    public void Remove(TrackedEntry entry) => _entries.Remove(entry.Node);

    public LinkedList<TrackedEntry>.Enumerator GetEnumerator() => _entries.GetEnumerator();
}
