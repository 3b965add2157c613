namespace LifecycleAnalyzers.Runtime;

/// <summary>A bounded number of permits, given to those who wait in the order in which they came.</summary>
internal sealed class PermitQueue(int permits, int maxWaiters)
{
    private readonly int _permits = permits;
    private readonly object _sync = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private int _free = permits;
    private bool _closed;

    public enum Entry
    {
        Entered,
        Waits,
        Full,
        Closed,
    }

    public int Used
    {
        get
        {
            lock (_sync)
            {
                return _permits - _free;
            }
        }
    }

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
        lock (_sync)
        {
            if (_closed)
            {
                return Entry.Closed;
            }

            // Nobody waits while a permit is free: it goes from hand to hand.
            if (_free > 0)
            {
                _free--;
                return Entry.Entered;
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
        Waiter? next;
        lock (_sync)
        {
            next = _waiters.First?.Value;
            if (next is null)
            {
                _free++;
                return;
            }

            _waiters.RemoveFirst();
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
            _waiters.Clear();
        }

        foreach (var waiter in ended)
        {
            waiter.TrySetResult(false);
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

                _queue._waiters.Remove(Node);
            }

            TrySetCanceled();
        }
    }
}
