using System.Diagnostics.Metrics;

namespace LifecycleAnalyzers.Runtime;

/// <summary>All trackers, for the gauge that is asked for their counts; it keeps none of them from being collected.</summary>
internal static class TrackerGauges
{
    private static readonly (TrackedState State, string Name)[] s_states =
    [
        (TrackedState.Connecting, "connecting"), (TrackedState.Open, "open"), (TrackedState.HalfClosed, "half_closed"), (TrackedState.Closing, "closing"),
    ];

    private static readonly List<WeakReference<ConnectionTracker>> s_trackers = [];

    public static void Add(ConnectionTracker tracker)
    {
        lock (s_trackers)
        {
            s_trackers.RemoveAll(static t => !t.TryGetTarget(out _));
            s_trackers.Add(new WeakReference<ConnectionTracker>(tracker));
        }
    }

    public static void Remove(ConnectionTracker tracker)
    {
        lock (s_trackers)
        {
            s_trackers.RemoveAll(t => !t.TryGetTarget(out var other) || ReferenceEquals(other, tracker));
        }
    }

    /// <summary>The counts of all trackers; those of trackers with the same name are added, because they could not be told apart.</summary>
    public static IEnumerable<Measurement<int>> Observe()
    {
        var sums = new SortedDictionary<(string Tracker, int State), int>();
        foreach (var tracker in All())
        {
            for (var i = 0; i < s_states.Length; i++)
            {
                sums.TryGetValue((tracker.Name, i), out var sum);
                sums[(tracker.Name, i)] = sum + tracker.Count(s_states[i].State);
            }
        }

        foreach (var sum in sums)
        {
            yield return new Measurement<int>(
                sum.Value,
                new KeyValuePair<string, object?>("lifecycle.tracker.name", sum.Key.Tracker),
                new KeyValuePair<string, object?>("lifecycle.connection.state", s_states[sum.Key.State].Name));
        }
    }

    private static List<ConnectionTracker> All()
    {
        var all = new List<ConnectionTracker>();
        lock (s_trackers)
        {
            foreach (var reference in s_trackers)
            {
                if (reference.TryGetTarget(out var tracker))
                {
                    all.Add(tracker);
                }
            }
        }

        return all;
    }
}
