using System.Diagnostics.Metrics;

namespace LifecycleAnalyzers.Runtime;

/// <summary>The counts that instruments ask for. Those of instances with the same name are added, because nobody could tell them apart.</summary>
internal static class Gauges
{
    public static Live<ConnectionTracker> Trackers { get; } = new();

    public static Live<ICountedPool> Pools { get; } = new();

    public static IEnumerable<Measurement<int>> Connections() =>
        Sum(
            "lifecycle.tracker.name",
            "lifecycle.connection.state",
            ["connecting", "open", "half_closed", "closing"],
            Trackers.All().Select(static t => (t.Name, (Func<int, int>)(i => t.Count((TrackedState)i)))));

    public static IEnumerable<Measurement<int>> PooledConnections() =>
        Sum(
            "lifecycle.pool.name",
            "lifecycle.pool.state",
            ["idle", "used"],
            Pools.All().Select(static p => (p.Name, (Func<int, int>)(i => i == 0 ? p.Idle : p.Used))));

    private static IEnumerable<Measurement<int>> Sum(
        string nameTag, string stateTag, string[] states, IEnumerable<(string Name, Func<int, int> Count)> instances)
    {
        foreach (var same in instances.GroupBy(static i => i.Name, StringComparer.Ordinal))
        {
            for (var state = 0; state < states.Length; state++)
            {
                yield return new Measurement<int>(
                    same.Sum(i => i.Count(state)),
                    new KeyValuePair<string, object?>(nameTag, same.Key),
                    new KeyValuePair<string, object?>(stateTag, states[state]));
            }
        }
    }
}
