namespace LifecycleAnalyzers.Runtime;

public sealed partial class SendGate
{
    private enum Refusal
    {
        None,
        Disposed,
        Faulted,
        Full,
    }

    /// <summary>Somebody in the queue. Its result is the number of its turn, or 0 if it was refused.</summary>
    /// <remarks>All fields belong to the lock of the gate. Who takes it out of the queue, under that lock, is the one that completes it.</remarks>
    private sealed class Waiter(SendGate gate) : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Waiter? Previous { get; set; }

        public Waiter? Next { get; set; }

        public bool IsQueued { get; set; }

        public Refusal Refusal { get; private set; }

        public void Refuse(Refusal refusal)
        {
            Refusal = refusal;
            SetResult(0);
        }

        /// <summary>Too late where it has been given the turn already: then it is its holder that looks at the token.</summary>
        public void Cancel(CancellationToken cancellationToken)
        {
            lock (gate._sync)
            {
                if (!IsQueued)
                {
                    return;
                }

                gate.Remove(this);
            }

            SetCanceled(cancellationToken);
        }

#if !NET
        private void SetCanceled(CancellationToken cancellationToken) => TrySetCanceled(cancellationToken);
#endif
    }

    private void Enqueue(Waiter waiter)
    {
        waiter.IsQueued = true;
        waiter.Previous = _last;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        _waiting++;
    }

    private void Remove(Waiter waiter)
    {
        if (waiter.Previous is null)
        {
            _first = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Previous = waiter.Next = null;
        waiter.IsQueued = false;
        _waiting--;
    }

    private Waiter? Dequeue()
    {
        var first = _first;
        if (first is not null)
        {
            Remove(first);
        }

        return first;
    }

    private List<Waiter>? DequeueAll()
    {
        List<Waiter>? all = null;
        while (Dequeue() is { } waiter)
        {
            (all ??= []).Add(waiter);
        }

        return all;
    }
}
