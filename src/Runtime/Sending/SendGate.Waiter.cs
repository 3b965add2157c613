using System.Threading.Tasks.Sources;

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

    /// <summary>Somebody in the queue: an operation whose result is the turn, or its number, which is 0 if it was refused.</summary>
    /// <remarks>
    /// <para>All fields belong to the lock of the gate. Who takes it out of the queue, under that lock, is the one that completes it; it is
    /// awaited once, and nobody else has it after that.</para>
    /// <para>A source of its own and no task with an asynchronous method around it: one object for each wait instead of two, and one step
    /// less from the one that leaves to the one that goes on. It is not used again: what is awaited twice by mistake must not be another
    /// one's turn.</para>
    /// </remarks>
    private sealed class Waiter(SendGate gate, bool blocks = false) : IValueTaskSource<Turn>, IValueTaskSource<long>
    {
        private ManualResetValueTaskSourceCore<long> _source = new() { RunContinuationsAsynchronously = !blocks };
        private CancellationTokenRegistration _registration;
        private long _start;

        public Waiter? Previous { get; set; }

        public Waiter? Next { get; set; }

        public bool IsQueued { get; set; }

        public Refusal Refusal { get; private set; }

        public ValueTask<Turn> Turn => new(this, _source.Version);

        public ValueTask<long> Ticket => new(this, _source.Version);

        /// <summary>Begins the wait; whoever awaits ends it.</summary>
        public Waiter Wait(CancellationToken cancellationToken)
        {
            _start = gate.StartOfWait();
            if (cancellationToken.CanBeCanceled)
            {
                _registration = Register(this, cancellationToken);
            }

            return this;
        }

        /// <summary>Waits on this thread, which whoever leaves the gate wakes without help of the thread pool.</summary>
        public long Block()
        {
            // Not disposed: whoever sets it may still be at it when the wait is over.
            var done = new ManualResetEventSlim();
            _source.OnCompleted(static done => ((ManualResetEventSlim)done!).Set(), done, _source.Version, ValueTaskSourceOnCompletedFlags.None);
            done.Wait(CancellationToken.None);
            return ((IValueTaskSource<long>)this).GetResult(_source.Version);
        }

        public void Grant(long ticket) => _source.SetResult(ticket);

        public void Refuse(Refusal refusal)
        {
            Refusal = refusal;
            _source.SetResult(0);
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
                gate.Thaw();
            }

            _source.SetException(new OperationCanceledException(cancellationToken));
        }

        long IValueTaskSource<long>.GetResult(short token)
        {
            _registration.Dispose();
            var ticket = _source.GetResult(token);
            gate.EndOfWait(_start);
            return ticket;
        }

        Turn IValueTaskSource<Turn>.GetResult(short token)
        {
            var ticket = ((IValueTaskSource<long>)this).GetResult(token);
            return Refusal == Refusal.None ? new Turn(gate, ticket) : throw gate.Because(Refusal);
        }

        ValueTaskSourceStatus IValueTaskSource<Turn>.GetStatus(short token) => _source.GetStatus(token);

        ValueTaskSourceStatus IValueTaskSource<long>.GetStatus(short token) => _source.GetStatus(token);

        void IValueTaskSource<Turn>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        void IValueTaskSource<long>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

#if NET
        private static CancellationTokenRegistration Register(Waiter waiter, CancellationToken cancellationToken) =>
            cancellationToken.UnsafeRegister(static (waiter, token) => ((Waiter)waiter!).Cancel(token), waiter);
#else
        private static CancellationTokenRegistration Register(Waiter waiter, CancellationToken cancellationToken) =>
            cancellationToken.Register(() => waiter.Cancel(cancellationToken));
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
