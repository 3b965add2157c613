namespace LifecycleAnalyzers.Runtime.Tests.Models;

public sealed class SendGateModelTests
{
    private const int MaxWaiters = 3;

    [Theory]
    [InlineData(SendGateFullMode.RefuseNewest)]
    [InlineData(SendGateFullMode.RefuseOldest)]
    public void A_gate_behaves_like_a_queue(SendGateFullMode mode) => Scripts.Check(7, script => new Run(mode).All(script));

    private enum Fate
    {
        Waits,
        Entered,
        Refused,
        Cancelled,
        Disposed,
    }

    /// <summary>The gate beside a list.</summary>
    private sealed class Run(SendGateFullMode mode)
    {
        private readonly SendGate _gate = new(new SendGateOptions { MaxWaiters = MaxWaiters, WhenFull = mode });
        private readonly List<Entrant> _queue = [];
        private readonly List<Entrant> _all = [];
        private Entrant? _holder;
        private bool _faulted;
        private bool _disposed;

        public void All((int Operation, int Choice)[] script)
        {
            foreach (var (operation, choice) in script)
            {
                Step(operation, choice);
                Compare();
            }

            _gate.Dispose();
            _all.ForEach(static e => e.Cancel.Dispose());
        }

        private void Step(int operation, int choice)
        {
            switch (operation)
            {
                case 0 or 1:
                    Enter();
                    break;
                case 2:
                    Leave();
                    break;
                case 3 when _all.Count > 0:
                    // Any entrant cancels: one that waits, or one that has long left.
                    var entrant = _all[choice % _all.Count];
                    entrant.Cancel.Cancel();
                    if (_queue.Remove(entrant))
                    {
                        entrant.Fate = Fate.Cancelled;
                    }

                    break;
                case 4 when _all.Count > 0:
                    // An old turn is given back again.
                    var old = _all[choice % _all.Count];
                    if (old.Fate == Fate.Entered && old != _holder)
                    {
                        old.Turn.Dispose();
                    }

                    break;
                case 5 when _holder is null && !_disposed && !_faulted:
                    Assert.Throws<FormatException>(() => { _ = _gate.ExchangeAsync<int>(static _ => throw new FormatException(), Stop).AsTask().GetAwaiter().GetResult(); });
                    _faulted = true;
                    if (choice < 70)
                    {
                        Assert.True(_gate.Reopen());
                        _faulted = false;
                    }

                    break;
                case 6 when choice < 10:
                    _gate.Dispose();
                    _disposed = true;
                    _queue.ForEach(static e => e.Fate = Fate.Disposed);
                    _queue.Clear();
                    break;
            }
        }

        private void Enter()
        {
            var entrant = new Entrant();
            entrant.Task = _gate.EnterAsync(entrant.Cancel.Token).AsTask();
            _all.Add(entrant);
            if (_disposed || _faulted)
            {
                entrant.Fate = _disposed ? Fate.Disposed : Fate.Refused;
            }
            else if (_holder is null)
            {
                _holder = entrant;
                entrant.Fate = Fate.Entered;
            }
            else if (_queue.Count < MaxWaiters)
            {
                _queue.Add(entrant);
            }
            else if (mode == SendGateFullMode.RefuseOldest)
            {
                _queue[0].Fate = Fate.Refused;
                _queue.RemoveAt(0);
                _queue.Add(entrant);
            }
            else
            {
                entrant.Fate = Fate.Refused;
            }
        }

        private void Leave()
        {
            if (_holder is null)
            {
                return;
            }

            _holder.Turn.Dispose();
            _holder = _queue.FirstOrDefault();
            if (_holder is not null)
            {
                _queue.RemoveAt(0);
                _holder.Fate = Fate.Entered;
            }
        }

        private void Compare()
        {
            Assert.Equal(_queue.Count, _gate.Waiting);
            Assert.Equal(!_disposed && !_faulted, _gate.IsOpen);
            foreach (var entrant in _all)
            {
                entrant.Settle();
            }

            var free = _gate.TryEnter(out var turn);
            Assert.Equal(_holder is null && !_disposed && !_faulted, free);
            turn.Dispose();
        }
    }

    private sealed class Entrant
    {
        public CancellationTokenSource Cancel { get; } = new();

        public Task<SendGate.Turn> Task { get; set; } = null!;

        public Fate Fate { get; set; }

        public SendGate.Turn Turn { get; private set; }

        /// <summary>Whether the task has ended as the model says.</summary>
        public void Settle()
        {
            if (Fate == Fate.Waits)
            {
                Assert.False(Task.IsCompleted);
                return;
            }

            Assert.True(((IAsyncResult)Task).AsyncWaitHandle.WaitOne(TimeSpan.FromSeconds(5)), Fate.ToString());
            switch (Fate)
            {
                case Fate.Entered:
                    Assert.Equal(TaskStatus.RanToCompletion, Task.Status);
                    Turn = Task.GetAwaiter().GetResult();
                    break;
                case Fate.Cancelled:
                    Assert.Equal(TaskStatus.Canceled, Task.Status);
                    break;
                case Fate.Disposed:
                    Assert.IsType<ObjectDisposedException>(Task.Exception!.InnerException);
                    break;
                default:
                    Assert.IsType<NotSentException>(Task.Exception!.InnerException);
                    break;
            }
        }
    }
}
