namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionTracker
{
    internal TrackedState StateOf(TrackedEntry entry, long id)
    {
        using (_sync.Take())
        {
            // Nobody else's before its handle has closed it.
            return entry.Id == id ? entry.State : TrackedState.Closed;
        }
    }

    internal bool TryMove(TrackedEntry entry, long id, TrackedState next, Exception? exception)
    {
        var now = Look(next);
        TrackedState previous;
        Step step = default;
        bool allowed;
        using (_sync.Take())
        {
            previous = entry.Id == id ? entry.State : TrackedState.Closed;
            allowed = MayFollow(previous, next);
            if (allowed)
            {
                step = Move(entry, next, now);
                if (next >= TrackedState.Closed)
                {
                    _entries.Remove(entry);
                    CheckEmpty();
                }
            }
        }

        if (!allowed)
        {
            Log.TrackedStepRefused(_logger, Name, id, previous, next);
            return false;
        }

        Tell(step, exception);
        return true;
    }

    /// <summary>The end of the handle. Not a refused step where the connection has ended before: that is the usual way.</summary>
    internal void End(TrackedEntry entry, long id)
    {
        var now = Look(TrackedState.Closed);
        Step step;
        using (_sync.Take())
        {
            if (entry.Id != id || entry.State == TrackedState.Faulted)
            {
                // One that says Faulted is left to its handle, which may be asked.
                return;
            }

            if (entry.State == TrackedState.Closed)
            {
                _entries.Keep(entry);
                return;
            }

            step = Move(entry, TrackedState.Closed, now);
            _entries.GiveBack(entry);
            CheckEmpty();
        }

        Tell(step, null);
    }

    internal void Leaked(TrackedEntry entry)
    {
        var now = Look(TrackedState.Faulted);
        Step step;
        using (_sync.Take())
        {
            if (entry.State >= TrackedState.Closed)
            {
                return;
            }

            step = Move(entry, TrackedState.Faulted, now);
            _entries.Remove(entry);
            CheckEmpty();
            _leaks++;
        }

        Log.ConnectionLeaked(_logger, Name, entry.ConnectionType.Name, entry.Id, entry.Name, entry.OpenedBy);
        LifecycleMetrics.ConnectionLeaked(Name);
        Tell(step, null);
    }

    private static bool MayFollow(TrackedState state, TrackedState next) => state switch
    {
        TrackedState.Connecting => next is TrackedState.Open or TrackedState.Closed or TrackedState.Faulted,
        TrackedState.Open or TrackedState.HalfClosed or TrackedState.Closing => next > state && next <= TrackedState.Faulted,
        _ => false,
    };

    /// <summary>Before the lock, under which nobody is called: what the clocks say, where somebody wants to know.</summary>
    private Moment Look(TrackedState next)
    {
        var isHeard = StateChanged is not null;

        // Where nobody measures, the coarse beginning has to do: asking for the time costs more than all the rest of tracking.
        var measured = next == TrackedState.Open && LifecycleMetrics.MeasuresConnections;
        return new Moment(isHeard, isHeard ? _clock.Now : 0, measured ? _time.GetTimestamp() : 0);
    }

    /// <summary>Under the lock.</summary>
    private Step Move(TrackedEntry entry, TrackedState next, Moment now)
    {
        var previous = entry.State;
        entry.State = next;
        _counts[(int)previous]--;
        if (next < TrackedState.Closed)
        {
            Count(entry, now);
        }
        else if (previous == TrackedState.Connecting)
        {
            _failedConnects++;
        }

        return new Step(previous, next, entry, now.IsHeard ? Info(entry, now.Coarse) : null);
    }

    /// <summary>Under the lock: counts an entry in the state that it has come to.</summary>
    private void Count(TrackedEntry entry, Moment now)
    {
        _counts[(int)entry.State]++;
        if (entry.State == TrackedState.Open)
        {
            _opened++;
            entry.OpenSince = now.Exact;
        }
    }

    /// <summary>Under the lock.</summary>
    private void CheckEmpty()
    {
        if (_entries.Count == 0)
        {
            _empty?.TrySetResult(true);
        }
    }

    /// <summary>Metrics and event of a step that was made.</summary>
    private void Tell(Step step, Exception? exception)
    {
        if (step.Next >= TrackedState.Closed)
        {
            if (step.Previous == TrackedState.Connecting)
            {
                LifecycleMetrics.TrackedConnectFailed(Name, exception);
            }
            else if (LifecycleMetrics.MeasuresConnections)
            {
                LifecycleMetrics.ConnectionEnded(Name, step.OpenSince != 0 ? _time.Since(step.OpenSince) : _clock.Since(step.Start), step.Next, exception);
            }
        }

        if (step.Told is { } told)
        {
            Raise(told, step.Previous, exception);
        }
    }

    private void Raise(TrackedConnectionInfo told, TrackedState? previous, Exception? exception)
    {
        if (StateChanged is not { } handlers)
        {
            return;
        }

        var change = new TrackedStateChangedEventArgs(told, previous, exception);
        foreach (var handler in handlers.GetInvocationList())
        {
            try
            {
                ((EventHandler<TrackedStateChangedEventArgs>)handler)(this, change);
            }
            catch (Exception e)
            {
                Log.TrackerHandlerFailed(_logger, Name, told.Id, e);
            }
        }
    }

    private readonly struct Moment(bool isHeard, long coarse, long exact)
    {
        /// <summary>Gets whether somebody listens to the event.</summary>
        public bool IsHeard { get; } = isHeard;

        public long Coarse { get; } = coarse;

        /// <summary>Gets the time from which an open connection is measured; 0 where nobody measures.</summary>
        public long Exact { get; } = exact;
    }

    /// <summary>A step and what is told of it, taken under the lock: afterwards the entry may be somebody else's.</summary>
    private readonly struct Step(TrackedState previous, TrackedState next, TrackedEntry entry, TrackedConnectionInfo? told)
    {
        public TrackedState Previous { get; } = previous;

        public TrackedState Next { get; } = next;

        public long Start { get; } = entry.Start;

        public long OpenSince { get; } = entry.OpenSince;

        public TrackedConnectionInfo? Told { get; } = told;
    }
}
