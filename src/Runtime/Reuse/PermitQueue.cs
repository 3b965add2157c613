namespace LifecycleAnalyzers.Runtime;

/// <summary>A bounded number of permits, given to those who wait in the order in which they came.</summary>
internal sealed class PermitQueue(int permits, int maxWaiters)
{
    private const int Queued = -1;
    private readonly int _permits = permits;
    private readonly object _sync = new();
    private readonly LinkedList<Waiter> _waiters = new();

    // Counted without the lock; but Queued, and then the lock's, as long as somebody waits.
    private int _free = permits;
    private volatile bool _closed;

    public enum Entry
    {
        Entered,
        Waits,
        Full,
        Closed,
    }

    public int Used => _permits - Math.Max(Volatile.Read(ref _free), 0);

    public int Waiting
    {
        get
        {
            lock (_sync)
            {
                return _waiters.Count;
            }
        }
    }

    public Entry Enter(out Waiter? waiter)
    {
        waiter = null;
        if (!_closed && TryTakeFree())
        {
            return Entry.Entered;
        }

        lock (_sync)
        {
            if (_closed)
            {
                return Entry.Closed;
            }

            // Nobody waits while a permit is free: it goes from hand to hand. One may come back just now.
            while (_waiters.Count == 0)
            {
                if (TryTakeFree())
                {
                    return Entry.Entered;
                }

                if (maxWaiters == 0 || Interlocked.CompareExchange(ref _free, Queued, 0) == 0)
                {
                    break;
                }
            }

            if (_waiters.Count >= maxWaiters)
            {
                return Entry.Full;
            }

            waiter = new Waiter(this);
            _waiters.AddLast(waiter.Node);
            return Entry.Waits;
        }
    }

    public void Leave()
    {
        if (TryAddFree())
        {
            return;
        }

        Waiter? next;
        lock (_sync)
        {
            // Who waited may have been cancelled just now; then nobody else can begin to wait before this is through.
            next = _waiters.First?.Value;
            if (next is null)
            {
                TryAddFree();
                return;
            }

            Remove(next);
        }

        next.TrySetResult(true);
    }

    /// <summary>Ends all waits with <see langword="false"/>. Permits that are out come back all the same.</summary>
    public void Close()
    {
        Waiter[] ended;
        lock (_sync)
        {
            _closed = true;
            ended = [.. _waiters];
            foreach (var waiter in ended)
            {
                Remove(waiter);
            }
        }

        foreach (var waiter in ended)
        {
            waiter.TrySetResult(false);
        }
    }

    private bool TryTakeFree()
    {
        int free;
        while ((free = Volatile.Read(ref _free)) > 0)
        {
            if (Interlocked.CompareExchange(ref _free, free - 1, free) == free)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryAddFree()
    {
        int free;
        while ((free = Volatile.Read(ref _free)) != Queued)
        {
            if (Interlocked.CompareExchange(ref _free, free + 1, free) == free)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Under the lock.</summary>
    private void Remove(Waiter waiter)
    {
        _waiters.Remove(waiter.Node);
        if (_waiters.Count == 0)
        {
            Volatile.Write(ref _free, 0);
        }
    }

    /// <summary>Who takes it out of the queue, under the lock, is the one that completes it. Its result is whether it got a permit.</summary>
    public sealed class Waiter : TaskCompletionSource<bool>
    {
        private readonly PermitQueue _queue;

        public Waiter(PermitQueue queue)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            _queue = queue;
            Node = new LinkedListNode<Waiter>(this);
        }

        public LinkedListNode<Waiter> Node { get; }

        /// <summary>Gives up the wait; too late where it has ended already.</summary>
        public void Cancel()
        {
            lock (_queue._sync)
            {
                if (Node.List is null)
                {
                    return;
                }

                _queue.Remove(this);
            }

            TrySetCanceled();
        }
    }
}
