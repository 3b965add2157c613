namespace LifecycleAnalyzers.Runtime.Tests.Models;

public sealed class ConnectionPoolModelTests
{
    private const int MaxSize = 3;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_pool_lends_like_a_stack_with_a_queue_before_it() => Scripts.Check(8, static script => new Run().All(script), 200);

    /// <summary>The pool beside a list of the idle and a list of those who wait.</summary>
    private sealed class Run
    {
        private readonly ManualTime _time = new();
        private readonly List<Session> _made = [];
        private readonly ConnectionPool<Session> _pool;
        private readonly List<(Session Session, TimeSpan Since)> _idle = [];
        private readonly List<Renter> _lent = [];
        private readonly List<Renter> _waiting = [];
        private readonly HashSet<int> _ended = [];
        private TimeSpan _now;

        public Run() => _pool = new ConnectionPool<Session>(
            _ =>
            {
                _made.Add(new Session(_made.Count));
                return new ValueTask<Session>(_made[^1]);
            },
            new ConnectionPoolOptions<Session>
            {
                MaxSize = MaxSize,
                IsUsable = static s => s.IsOpen,
                IdleTimeout = s_idle,
                WaitTimeout = Timeout.InfiniteTimeSpan,
                TimeProvider = _time,
            });

        public void All((int Operation, int Choice)[] script)
        {
            foreach (var (operation, choice) in script)
            {
                Step(operation, choice);
                Compare();
            }

            _waiting.ForEach(static w => w.Cancel.Cancel());
            _lent.ForEach(static l => l.Lease.Dispose());
            _pool.DisposeAsync().AsTask().GetAwaiter().GetResult();

            // Each was ended once, and none is left.
            Assert.All(_made, static s => Assert.Equal(1, s.Ends));
        }

        private void Step(int operation, int choice)
        {
            switch (operation)
            {
                case 0 or 1:
                    var renter = new Renter();
                    renter.Task = _pool.RentAsync(renter.Cancel.Token).AsTask();
                    if (_lent.Count < MaxSize)
                    {
                        Serve(renter);
                    }
                    else
                    {
                        _waiting.Add(renter);
                    }

                    break;
                case 2 or 3 when _lent.Count > 0:
                    var done = _lent[choice % _lent.Count];
                    _lent.Remove(done);
                    if (operation == 2)
                    {
                        done.Lease.Complete();
                    }

                    if (operation == 2 && !done.IsCleared)
                    {
                        _idle.Add((done.Lease.Connection, _now));
                    }
                    else
                    {
                        _ended.Add(done.Lease.Connection.Number);
                    }

                    done.Lease.Dispose();
                    done.Lease.Dispose();
                    if (_waiting.Count > 0)
                    {
                        var next = _waiting[0];
                        _waiting.RemoveAt(0);
                        Serve(next);
                    }

                    break;
                case 4 when _waiting.Count > 0:
                    var impatient = _waiting[choice % _waiting.Count];
                    _waiting.Remove(impatient);
                    impatient.Cancel.Cancel();
                    Assert.True(((IAsyncResult)impatient.Task).AsyncWaitHandle.WaitOne(Patience));
                    Assert.Equal(TaskStatus.Canceled, impatient.Task.Status);
                    break;
                case 5 when _idle.Count > 0:
                    _idle[choice % _idle.Count].Session.IsOpen = false;
                    break;
                case 6:
                    _now += TimeSpan.FromSeconds(choice / 20);
                    _time.Advance(TimeSpan.FromSeconds(choice / 20));
                    foreach (var old in _idle.Where(i => _now - i.Since >= s_idle).ToList())
                    {
                        _idle.Remove(old);
                        _ended.Add(old.Session.Number);
                    }

                    break;
                case 7 when choice < 20:
                    _pool.ClearAsync().AsTask().GetAwaiter().GetResult();
                    _idle.ForEach(i => _ended.Add(i.Session.Number));
                    _idle.Clear();

                    // Time goes on, so that what is opened from now on is newer; what is lent is closed when it comes back.
                    _time.Advance(TimeSpan.FromTicks(1));
                    _now += TimeSpan.FromTicks(1);
                    foreach (var lent in _lent)
                    {
                        lent.IsCleared = true;
                    }

                    break;
            }
        }

        /// <summary>The idle one used last that is usable, else a fresh one.</summary>
        private void Serve(Renter renter)
        {
            Session? expected = null;
            while (expected is null && _idle.Count > 0)
            {
                var last = _idle[^1].Session;
                _idle.RemoveAt(_idle.Count - 1);
                if (last.IsOpen)
                {
                    expected = last;
                }
                else
                {
                    _ended.Add(last.Number);
                }
            }

            Assert.True(((IAsyncResult)renter.Task).AsyncWaitHandle.WaitOne(Patience));
            renter.Lease = renter.Task.GetAwaiter().GetResult();
            Assert.Same(expected ?? _made[^1], renter.Lease.Connection);
            Assert.DoesNotContain(renter.Lease.Connection.Number, _ended);
            Assert.DoesNotContain(_lent, l => ReferenceEquals(l.Lease.Connection, renter.Lease.Connection));
            _lent.Add(renter);
        }

        private void Compare()
        {
            Assert.Equal((_lent.Count, _waiting.Count, _idle.Count), (_pool.Used, _pool.Waiting, _pool.Idle));
            Assert.All(_waiting, static w => Assert.False(w.Task.IsCompleted));
            Assert.All(_made, s => Assert.Equal(_ended.Contains(s.Number) ? 1 : 0, s.Ends));
        }
    }

    private sealed class Renter
    {
        public CancellationTokenSource Cancel { get; } = new();

        public Task<ConnectionLease<Session>> Task { get; set; } = null!;

        public ConnectionLease<Session> Lease { get; set; }

        public bool IsCleared { get; set; }
    }
}
