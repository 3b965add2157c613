namespace LifecycleAnalyzers.Runtime;

public sealed partial class ConnectionTracker
{
    internal TrackedState StateOf(TrackedEntry entry, long id)
    {
        lock (_sync)
        {
            // Nobody else's before its handle has closed it.
            return entry.Id == id ? entry.State : TrackedState.Closed;
        }
    }

    internal bool TryMove(TrackedEntry entry, long id, TrackedState next, Exception? exception)
    {
        TrackedState previous;
        Step step = default;
        bool allowed;
        lock (_sync)
        {
            previous = entry.Id == id ? entry.State : TrackedState.Closed;
            allowed = MayFollow(previous, next);
            if (allowed)
            {
                step = Move(entry, next, exception);
            }
        }

        if (!allowed)
        {
            Log.TrackedStepRefused(_logger, Name, id, previous, next);
            return false;
        }

        Tell(step);
        return true;
    }

    /// <summary>The end of the handle. Not a refused step where the connection has ended before: that is the usual way.</summary>
    internal void End(TrackedEntry entry, long id)
    {
        Step step;
        lock (_sync)
        {
            if (entry.Id != id || entry.State == TrackedState.Faulted)
            {
                // One that says Faulted is left to its handle, which may be asked.
                return;
            }

            step = entry.State == TrackedState.Closed ? default : Move(entry, TrackedState.Closed, null);
            _entries.KeepSpare(entry);
        }

        Tell(step);
    }

    internal void Leaked(TrackedEntry entry)
    {
        Step step;
        lock (_sync)
        {
            if (entry.State >= TrackedState.Closed)
            {
                return;
            }

            step = Move(entry, TrackedState.Faulted, null);
            _leaks++;
        }

        Log.ConnectionLeaked(_logger, Name, entry.ConnectionType.Name, entry.Id, entry.Name, entry.OpenedBy);
        LifecycleMetrics.ConnectionLeaked(Name);
        Tell(step);
    }

    private static bool MayFollow(TrackedState state, TrackedState next) => state switch
    {
        TrackedState.Connecting => next is TrackedState.Open or TrackedState.Closed or TrackedState.Faulted,
        TrackedState.Open or TrackedState.HalfClosed or TrackedState.Closing => next > state && next <= TrackedState.Faulted,
        _ => false,
    };

    /// <summary>Under the lock.</summary>
    private Step Move(TrackedEntry entry, TrackedState next, Exception? exception)
    {
        var previous = entry.State;
        entry.State = next;
        _counts[(int)previous]--;
        if (next == TrackedState.Open)
        {
            Opened(entry);
        }

        if (next < TrackedState.Closed)
        {
            _counts[(int)next]++;
        }
        else
        {
            _failedConnects += previous == TrackedState.Connecting ? 1 : 0;
            _entries.Remove(entry);
            if (_entries.Count == 0)
            {
                _empty?.TrySetResult(true);
            }
        }

        return new Step(previous, next, entry, exception, StateChanged is null ? null : Info(entry, _clock.Now));
    }

    /// <summary>Under the lock.</summary>
    private void Opened(TrackedEntry entry)
    {
        _opened++;

        // Where nobody measures, the coarse beginning has to do: asking for the time costs more than all the rest of tracking.
        entry.OpenSince = LifecycleMetrics.MeasuresConnections ? _time.GetTimestamp() : 0;
    }

    /// <summary>Metrics and event of a step that was made.</summary>
    private void Tell(Step step)
    {
        if (step.Next >= TrackedState.Closed)
        {
            if (step.Previous == TrackedState.Connecting)
            {
                LifecycleMetrics.TrackedConnectFailed(Name, step.Exception);
            }
            else if (LifecycleMetrics.MeasuresConnections)
            {
                LifecycleMetrics.ConnectionEnded(Name, step.OpenSince != 0 ? _time.Since(step.OpenSince) : _clock.Since(step.Start), step.Next, step.Exception);
            }
        }

        Raise(step.Told, step.Previous, step.Exception);
    }

    private void Raise(TrackedConnectionInfo? told, TrackedState? previous, Exception? exception)
    {
        if (told is null || StateChanged is not { } handlers)
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

    /// <summary>A step and what is told of it, taken under the lock: afterwards the entry may be somebody else's. The default is no step.</summary>
    private readonly struct Step(TrackedState previous, TrackedState next, TrackedEntry entry, Exception? exception, TrackedConnectionInfo? told)
    {
        public TrackedState Previous { get; } = previous;

        public TrackedState Next { get; } = next;

        public long Start { get; } = entry.Start;

        public long OpenSince { get; } = entry.OpenSince;

        public Exception? Exception { get; } = exception;

        public TrackedConnectionInfo? Told { get; } = told;
    }
}
