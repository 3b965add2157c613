namespace LifecycleAnalyzers.Runtime.Tests.Models;

public sealed class SessionCacheModelTests
{
    private const int Keys = 2;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);

    [Fact]
    public void A_cache_creates_once_and_hands_out_only_what_is_usable() => Scripts.Check(11, static script => new Run().All(script));

    /// <summary>The cache beside what each key has: nothing, a creation with those who wait for it, or a session.</summary>
    private sealed class Run
    {
        private readonly ManualTime _time = new();
        private readonly SessionCache<int, Session> _cache;
        private readonly Creation?[] _current = new Creation?[Keys];
        private readonly List<Creation> _called = [];
        private readonly List<Creation> _running = [];
        private readonly List<Waiter> _waiters = [];
        private readonly List<(int Key, Session Session)> _made = [];
        private readonly HashSet<int> _ended = [];
        private int _creations;
        private TimeSpan _now;
        private bool _disposed;

        public Run() => _cache = new SessionCache<int, Session>(
            (key, token) =>
            {
                var creation = new Creation(key, token);
                lock (_called)
                {
                    _called.Add(creation);
                }

                return new ValueTask<Session>(creation.Result.Task);
            },
            new SessionCacheOptions<Session> { IsUsable = static s => s.IsOpen, CreationTimeout = s_limit, TimeProvider = _time });

        private int Called
        {
            get
            {
                lock (_called)
                {
                    return _called.Count;
                }
            }
        }

        public void All((int Operation, int Choice)[] script)
        {
            foreach (var (operation, choice) in script)
            {
                Step(operation, choice);
                Compare();
            }

            // Factories that ignore their token come back after the end.
            Dispose();
            while (_running.Count > 0)
            {
                Return(_running[0], isOpen: true);
            }

            Compare();
            Assert.All(_made, static m => Assert.Equal(1, m.Session.Ends));
            Assert.True(SpinWait.SpinUntil(() => _time.Pending == 0, Patience), "A time limit is left.");
        }

        private void Step(int operation, int choice)
        {
            var key = choice % Keys;
            switch (operation)
            {
                case 0 or 1 or 2:
                    Get(key);
                    break;
                case 3 when _waiters.Count > 0:
                    // Any caller cancels: one that waits, or one that has long got what it asked for.
                    var impatient = _waiters[choice % _waiters.Count];
                    impatient.Cancel.Cancel();
                    if (_current.FirstOrDefault(c => c?.Waiters.Remove(impatient) == true) is { } left)
                    {
                        impatient.Fails = typeof(OperationCanceledException);
                        if (left.Waiters.Count == 0)
                        {
                            GiveUp(left, typeof(OperationCanceledException));
                        }
                    }

                    break;
                case 4 or 5 when _running.Count > 0:
                    Return(_running[choice % _running.Count], isOpen: choice < 90);
                    break;
                case 6 when _running.Count > 0:
                    var failing = _running[choice % _running.Count];
                    _running.Remove(failing);
                    var failure = choice < 30 ? new OperationCanceledException() : (Exception)new IOException();
                    failing.Result.SetException(failure);
                    GiveUp(failing, failure.GetType());
                    break;
                case 7 when _current[key]?.Session is { } dying:
                    dying.IsOpen = false;
                    break;
                case 8 when _made.Count > 0:
                    // Any session, also one that has long been replaced.
                    var (its, invalid) = _made[choice % _made.Count];
                    Assert.False(_cache.Invalidate(Keys - 1 - its, invalid));
                    Assert.Equal(_current[its]?.Session == invalid, _cache.Invalidate(its, invalid));
                    End(its, invalid);
                    break;
                case 9 when choice < 40:
                    Assert.Equal(Usable(key), _cache.TryGet(key, out var found) ? found : null);
                    break;
                case 9 when choice < 60 && _current[key]?.Session is { IsOpen: true } used:
                    Assert.Throws<IOException>(() => { _ = _cache.RunAsync(key, used, FailAsync).AsTask().GetAwaiter().GetResult(); });
                    End(key, used);
                    break;
                case 10 when choice < 10:
                    Dispose();
                    break;
                case 10:
                    _now += TimeSpan.FromSeconds(choice / 20);
                    _time.Advance(TimeSpan.FromSeconds(choice / 20));
                    _running.Where(r => _now - r.Since >= s_limit).ToList().ForEach(r => GiveUp(r, typeof(TimeoutException)));
                    break;
            }
        }

        /// <summary>Work on the session that it should get; nobody knows how far it got.</summary>
        private static ValueTask<int> FailAsync(Session session, Session expected, CancellationToken cancellationToken)
        {
            Assert.Same(expected, session);
            throw new IOException();
        }

        private void Get(int key)
        {
            var waiter = new Waiter();
            var usable = Usable(key);
            waiter.Task = _cache.GetAsync(key, waiter.Cancel.Token).AsTask();
            waiter.Gets = usable;
            _waiters.Add(waiter);
            if (_disposed)
            {
                waiter.Fails = typeof(ObjectDisposedException);
            }
            else if (usable is null)
            {
                (_current[key] ??= Started(key)).Waiters.Add(waiter);
            }
        }

        /// <summary>The creation that has just been started, once it has got as far as the factory.</summary>
        private Creation Started(int key)
        {
            _creations++;
            Assert.True(SpinWait.SpinUntil(() => Called >= _creations, Patience), "The factory is not called.");
            var creation = _called[^1];
            Assert.Equal(key, creation.Key);
            creation.Since = _now;
            _running.Add(creation);
            return creation;
        }

        /// <summary>The factory returns a session: those who wait get it, if anybody does.</summary>
        private void Return(Creation creation, bool isOpen)
        {
            var session = new Session(_made.Count) { IsOpen = isOpen };
            session.OnEnd = () =>
            {
                // From its own callback, as a session does: it is no longer there, or it would be ended a second time (and that is enough).
                if (session.Ends == 1)
                {
                    _cache.Invalidate(creation.Key, session);
                }

                return Task.CompletedTask;
            };
            _made.Add((creation.Key, session));
            _running.Remove(creation);
            creation.Result.SetResult(session);
            if (_current[creation.Key] == creation && isOpen)
            {
                creation.Session = session;
                creation.Waiters.ForEach(w => w.Gets = session);
                creation.Waiters.Clear();
            }
            else
            {
                _ended.Add(session.Number);
                GiveUp(creation, typeof(NotSentException));
            }
        }

        /// <summary>Nothing comes of a creation any more, whatever its factory does; the next to ask starts another.</summary>
        private void GiveUp(Creation creation, Type failure)
        {
            creation.Waiters.ForEach(w => w.Fails = failure);
            creation.Waiters.Clear();
            if (_current[creation.Key] == creation)
            {
                _current[creation.Key] = null;
            }
        }

        /// <summary>What a key has that may be handed out; what it has and may not, leaves.</summary>
        private Session? Usable(int key)
        {
            if (_current[key]?.Session is { IsOpen: false } dead)
            {
                End(key, dead);
            }

            return _current[key]?.Session;
        }

        private void End(int key, Session session)
        {
            if (_current[key]?.Session == session)
            {
                _ended.Add(session.Number);
                _current[key] = null;
            }
        }

        private void Dispose()
        {
            _cache.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _disposed = true;
            foreach (var creation in _current.OfType<Creation>())
            {
                if (creation.Session is { } kept)
                {
                    End(creation.Key, kept);
                }
                else
                {
                    GiveUp(creation, typeof(ObjectDisposedException));
                }
            }
        }

        private void Compare()
        {
            _waiters.ForEach(static w => w.Settle());
            Assert.Equal(_creations, Called);

            // A factory is told when nobody wants its session any more, and not before.
            Assert.All(_running, r =>
            {
                var unwanted = _current[r.Key] != r;
                Assert.Equal(unwanted, SpinWait.SpinUntil(() => r.Token.IsCancellationRequested, unwanted ? Patience : TimeSpan.Zero));
            });
            Assert.All(_made, m =>
            {
                var ends = _ended.Contains(m.Session.Number) ? 1 : 0;
                SpinWait.SpinUntil(() => m.Session.Ends >= ends, Patience);
                Assert.Equal(ends, m.Session.Ends);
            });
        }
    }

    /// <summary>A call of the factory, and what the cache makes of it.</summary>
    private sealed class Creation(int key, CancellationToken token)
    {
        public int Key { get; } = key;

        public CancellationToken Token { get; } = token;

        public TaskCompletionSource<Session> Result { get; } = new();

        public List<Waiter> Waiters { get; } = [];

        public TimeSpan Since { get; set; }

        public Session? Session { get; set; }
    }

    private sealed class Waiter
    {
        public CancellationTokenSource Cancel { get; } = new();

        public Task<Session> Task { get; set; } = null!;

        public Session? Gets { get; set; }

        public Type? Fails { get; set; }

        /// <summary>Whether the task has ended as the model says.</summary>
        public void Settle()
        {
            if (Gets is null && Fails is null)
            {
                Assert.False(Task.IsCompleted);
                return;
            }

            Assert.True(((IAsyncResult)Task).AsyncWaitHandle.WaitOne(Patience), Fails?.Name ?? "It waits for a session that is there.");
            if (Fails is null)
            {
                Assert.Same(Gets, Task.GetAwaiter().GetResult());
            }
            else
            {
                Assert.IsAssignableFrom(Fails, Record.Exception(() => { _ = Task.GetAwaiter().GetResult(); }));
            }
        }
    }
}
