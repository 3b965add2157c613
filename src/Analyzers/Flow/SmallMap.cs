using System.Collections;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// An immutable map for the handful of entries that a flow state holds. A plain array that is copied on write
/// beats a balanced tree at these sizes, and equality of two states is compared at every join.
/// </summary>
internal sealed class SmallMap<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>, IEquatable<SmallMap<TKey, TValue>>
    where TKey : class
{
    public static readonly SmallMap<TKey, TValue> Empty = new([]);

    private const int Large = 16;
    private const int SearchesBeforeIndex = 3;

    private readonly KeyValuePair<TKey, TValue>[] _entries;
    private int[]? _index;
    private int _searches;

    private SmallMap(KeyValuePair<TKey, TValue>[] entries) => _entries = entries;

    public int Count => _entries.Length;

    public bool TryGet(TKey key, out TValue value)
    {
        var index = IndexOf(key);
        value = index >= 0 ? _entries[index].Value : default!;
        return index >= 0;
    }

    /// <summary>
    /// Looks at one position first: two maps that are joined most often grew out of one and have the same order, and a search for
    /// every entry would make the join quadratic.
    /// </summary>
    public bool TryGetNear(int position, TKey key, out TValue value)
    {
        if (position < _entries.Length && IsSame(_entries[position].Key, key))
        {
            value = _entries[position].Value;
            return true;
        }

        return TryGet(key, out value);
    }

    public bool ContainsKey(TKey key) => IndexOf(key) >= 0;

    public SmallMap<TKey, TValue> Set(TKey key, TValue value)
    {
        var index = IndexOf(key);
        if (index >= 0)
        {
            if (IsSame(_entries[index].Value, value)) return this;
            var same = (KeyValuePair<TKey, TValue>[])_entries.Clone();
            same[index] = new(key, value);
            return new(same);
        }

        var grown = new KeyValuePair<TKey, TValue>[_entries.Length + 1];
        Array.Copy(_entries, grown, _entries.Length);
        grown[_entries.Length] = new(key, value);
        return new(grown);
    }

    public SmallMap<TKey, TValue> Remove(TKey key)
    {
        var index = IndexOf(key);
        if (index < 0) return this;
        if (_entries.Length == 1) return Empty;
        var shrunk = new KeyValuePair<TKey, TValue>[_entries.Length - 1];
        Array.Copy(_entries, 0, shrunk, 0, index);
        Array.Copy(_entries, index + 1, shrunk, index, shrunk.Length - index);
        return new(shrunk);
    }

    /// <summary>Keeps the entries for which <paramref name="change"/> answers, with the answer as their new value.</summary>
    public SmallMap<TKey, TValue> Select(Func<TKey, TValue, (bool Keep, TValue Value)> change)
    {
        List<KeyValuePair<TKey, TValue>>? result = null;
        for (var i = 0; i < _entries.Length; i++)
        {
            var (keep, value) = change(_entries[i].Key, _entries[i].Value);
            var same = keep && IsSame(value, _entries[i].Value);
            if (same && result is null) continue;
            if (result is null)
            {
                result = new(_entries.Length);
                for (var j = 0; j < i; j++) result.Add(_entries[j]);
            }

            if (keep) result.Add(new(_entries[i].Key, value));
        }

        if (result is null) return this;
        return result.Count == 0 ? Empty : new(result.ToArray());
    }

    /// <summary>Insertion order does not matter to equality.</summary>
    public bool Equals(SmallMap<TKey, TValue>? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || other.Count != Count) return false;
        for (var i = 0; i < _entries.Length; i++)
        {
            // Most often both came from one map and have the same order.
            var entry = _entries[i];
            var twin = other._entries[i];
            if (ReferenceEquals(entry.Key, twin.Key) && IsSame(entry.Value, twin.Value)) continue;
            if (!other.TryGet(entry.Key, out var value) || !IsSame(entry.Value, value)) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SmallMap<TKey, TValue>);

    public override int GetHashCode() => Count;

    public Enumerator GetEnumerator() => new(_entries);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => ((IEnumerable<KeyValuePair<TKey, TValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    // Code that is shared by all reference types has to look a default comparer up each time it is asked for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSame(TKey left, TKey right) => ReferenceEquals(left, right) || left.Equals(right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSame(TValue left, TValue right) =>
        typeof(TValue).IsValueType ? EqualityComparer<TValue>.Default.Equals(left, right) : ReferenceEquals(left, right) || left is not null && left.Equals(right);

    /// <summary>
    /// Most maps are asked once or twice before the next one takes their place. A large one that is searched again and again, as in a
    /// join, gets an index.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int IndexOf(TKey key)
    {
        if (_entries.Length > Large && (_index is not null || ++_searches > SearchesBeforeIndex)) return IndexOf(key, _index ??= MakeIndex());
        for (var i = 0; i < _entries.Length; i++)
        {
            if (IsSame(_entries[i].Key, key)) return i;
        }

        return -1;
    }

    private int IndexOf(TKey key, int[] index)
    {
        for (var slot = key.GetHashCode() & (index.Length - 1); index[slot] != 0; slot = (slot + 1) & (index.Length - 1))
        {
            var position = index[slot] - 1;
            if (IsSame(_entries[position].Key, key)) return position;
        }

        return -1;
    }

    /// <summary>Positions, one more than they are, by the hash of their key; a free slot is zero.</summary>
    private int[] MakeIndex()
    {
        var length = 4 * Large;
        while (length < 2 * _entries.Length) length *= 2;
        var index = new int[length];
        for (var i = 0; i < _entries.Length; i++)
        {
            var slot = _entries[i].Key.GetHashCode() & (length - 1);
            while (index[slot] != 0) slot = (slot + 1) & (length - 1);
            index[slot] = i + 1;
        }

        return index;
    }

    /// <summary>Maps are walked at every join and every call: the array's own enumerator is an object behind an interface.</summary>
    public struct Enumerator(KeyValuePair<TKey, TValue>[] entries)
    {
        private int _next = -1;

        public readonly KeyValuePair<TKey, TValue> Current => entries[_next];

        public bool MoveNext() => ++_next < entries.Length;
    }
}
