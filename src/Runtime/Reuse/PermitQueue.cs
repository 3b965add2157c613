namespace LifecycleAnalyzers.Runtime;

/// <summary>A bounded number of permits, given to those who wait in the order in which they came.</summary>
/// <remarks>
/// Nobody waits while a permit is free: it goes from hand to hand. What says so belongs to the lock, which is its owner's, who takes and gives
/// back a permit with other things at once; all else takes the lock by itself.
/// </remarks>
internal sealed class PermitQueue
{
    private readonly ShortLock _sync;
    private readonly int _permits;
    private readonly int _maxWaiters;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly ITimer _overdue;
    private readonly LinkedList<Waiter> _waiters = new();
    private int _free;
    private bool _isTimed;
    private bool _closed;

    public PermitQueue(ShortLock sync, int permits, int maxWaiters, TimeSpan limit, TimeProvider time)
    {
        _sync = sync;
        _permits = _free = permits;
        _maxWaiters = maxWaiters;
        _limit = limit;
        _time = time;
        _overdue = time.CreateTimer(static queue => ((PermitQueue)queue!).EndOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public enum Entry
    {
        Entered,
        Waits,
        Full,
        Closed,
    }

    public enum Answer
    {
        Permit,
        Closed,
        Canceled,
        Overdue,
    }

    public int Used => _permits - Volatile.Read(ref _free);

    public int Waiting
    {
        get
        {
            using (_sync.Take())
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Under the lock: takes a permit that is free.</summary>
    public bool TryEnter()
    {
        if (_free == 0 || _closed)
        {
            return false;
        }

        _free--;
        return true;
    }

    /// <summary>Takes a permit, or begins to wait for one.</summary>
    public Entry Enter(out Waiter? waiter)
    {
        waiter = null;
        var start = _time.GetTimestamp();
        bool begins;
        using (_sync.Take())
        {
            if (_closed)
            {
                return Entry.Closed;
            }

            if (TryEnter())
            {
                return Entry.Entered;
            }

            if (_waiters.Count >= _maxWaiters)
            {
                return Entry.Full;
            }

            waiter = new Waiter(this, start);
            _waiters.AddLast(waiter.Node);
            begins = !_isTimed && _limit != Timeout.InfiniteTimeSpan;
            _isTimed |= begins;
        }

        if (begins)
        {
            // One timer for all, because the first has waited longest: it sets itself again as long as somebody waits. A limit for each would
            // cost more than all the rest of a wait.
            _overdue.Set(_limit);
        }

        return Entry.Waits;
    }

    /// <summary>Under the lock: gives back a permit.</summary>
    /// <returns>Who has it now; to be told after the lock.</returns>
    public Waiter? Leave()
    {
        var next = _waiters.First?.Value;
        if (next is null)
        {
            _free++;
        }
        else
        {
            _waiters.Remove(next.Node);
        }

        return next;
    }

    /// <summary>Under the lock: nobody enters any more. Permits that are out come back all the same.</summary>
    /// <returns>Those who have waited; to be told after the lock.</returns>
    public Waiter[] Close()
    {
        _closed = true;
        Waiter[] ended = [.. _waiters];
        _waiters.Clear();
        return ended;
    }

    /// <summary>After it was closed.</summary>
    public ValueTask DisposeAsync() => _overdue.DisposeAsync();

    /// <summary>The timer's: ends the waits that have taken too long, and comes again for the rest.</summary>
    private void EndOverdue()
    {
        List<Waiter> overdue = [];
        TimeSpan? left = null;
        var now = _time.GetTimestamp();
        using (_sync.Take())
        {
            while (left is null && _waiters.First?.Value is { } first)
            {
                left = _limit - first.Waited(now);
                if (left <= TimeSpan.Zero)
                {
                    left = null;
                    overdue.Add(first);
                    _waiters.RemoveFirst();
                }
            }

            _isTimed = left is not null;
        }

        if (left is { } time)
        {
            _overdue.Set(time);
        }

        foreach (var waiter in overdue)
        {
            waiter.TrySetResult(Answer.Overdue);
        }
    }

    /// <summary>Who takes it out of the queue, under the lock, is the one that completes it.</summary>
    public sealed class Waiter : TaskCompletionSource<Answer>
    {
        private readonly PermitQueue _queue;
        private long _start;

        public Waiter(PermitQueue queue, long start)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            _queue = queue;
            _start = start;
            Node = new LinkedListNode<Waiter>(this);
        }

        public LinkedListNode<Waiter> Node { get; }

        /// <summary>How long it has waited; where the clock has gone back behind its beginning, it begins anew.</summary>
        public TimeSpan Waited(long now)
        {
            _start = Math.Min(_start, now);
            return _queue._time.Between(_start, now);
        }

        /// <summary>Gives up the wait; too late where it has ended already.</summary>
        public void Cancel()
        {
            using (_queue._sync.Take())
            {
                if (Node.List is null)
                {
                    return;
                }

                _queue._waiters.Remove(Node);
            }

            TrySetResult(Answer.Canceled);
        }
    }
}
