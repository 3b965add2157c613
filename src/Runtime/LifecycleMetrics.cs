using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net.Sockets;
using System.Text;

namespace LifecycleAnalyzers.Runtime;

/// <summary>The name under which the guards publish their metrics.</summary>
/// <remarks>
/// <para>The instruments of the meter <see cref="MeterName"/>, with the attribute names of the OpenTelemetry semantic conventions:</para>
/// <list type="table">
/// <listheader><term>instrument</term><description>what it counts</description></listheader>
/// <item><term><c>lifecycle.connect.duration</c></term><description>histogram, seconds: one connect through <see cref="SafeSocket"/>,
/// all addresses together; <c>server.address</c>, <c>server.port</c>, <c>network.transport</c>, and <c>error.type</c> when it failed.</description></item>
/// <item><term><c>lifecycle.send.failures</c></term><description>counter: guarded sends that were not sent;
/// <c>network.transport</c>, <c>lifecycle.send.outcome</c> (<c>not_open</c> or <c>unknown</c>), <c>error.type</c>.</description></item>
/// <item><term><c>lifecycle.task.failures</c></term><description>counter: observed tasks that failed; <c>error.type</c>.</description></item>
/// <item><term><c>lifecycle.session.create.duration</c></term><description>histogram, seconds: one call of a session factory;
/// <c>lifecycle.cache.name</c>, and <c>error.type</c> when it failed.</description></item>
/// <item><term><c>lifecycle.session.ended</c></term><description>counter: sessions that left a cache; <c>lifecycle.cache.name</c>,
/// <c>lifecycle.session.end_reason</c> (<c>unusable</c>, <c>failed</c>, <c>invalidated</c>, <c>disposed</c>, <c>late</c>).</description></item>
/// <item><term><c>lifecycle.session.replays</c></term><description>counter: work repeated on a fresh session;
/// <c>lifecycle.cache.name</c>, <c>error.type</c>.</description></item>
/// <item><term><c>lifecycle.session.dispose.failures</c></term><description>counter: sessions whose disposal failed;
/// <c>lifecycle.cache.name</c>, <c>error.type</c>.</description></item>
/// <item><term><c>lifecycle.gate.wait.duration</c></term><description>histogram, seconds: one wait for a turn of a <see cref="SendGate"/>
/// that was not free; <c>lifecycle.gate.name</c>.</description></item>
/// <item><term><c>lifecycle.gate.refusals</c></term><description>counter: senders that got no turn; <c>lifecycle.gate.name</c>,
/// <c>lifecycle.gate.reason</c> (<c>full</c>, <c>faulted</c>, <c>disposed</c>).</description></item>
/// <item><term><c>lifecycle.connections.current</c></term><description>observable up-down counter: connections that a
/// <see cref="ConnectionTracker"/> counts now; <c>lifecycle.tracker.name</c>, <c>lifecycle.connection.state</c> (<c>connecting</c>,
/// <c>open</c>, <c>half_closed</c>, <c>closing</c>).</description></item>
/// <item><term><c>lifecycle.connection.duration</c></term><description>histogram, seconds: how long a tracked connection was open;
/// <c>lifecycle.tracker.name</c>, <c>lifecycle.connection.state</c> (<c>closed</c> or <c>faulted</c>), and <c>error.type</c> when it is
/// known.</description></item>
/// <item><term><c>lifecycle.connection.connect_failures</c></term><description>counter: tracked connects that failed;
/// <c>lifecycle.tracker.name</c>, and <c>error.type</c> when it is known.</description></item>
/// <item><term><c>lifecycle.connection.leaks</c></term><description>counter: watched connections that were lost;
/// <c>lifecycle.tracker.name</c>.</description></item>
/// <item><term><c>lifecycle.relay.duration</c></term><description>histogram, seconds: one relay of a <see cref="ConnectionPair"/>;
/// <c>lifecycle.relay.name</c>, <c>lifecycle.relay.end_reason</c> (<c>completed</c>, <c>failed</c>, <c>idle</c>, <c>canceled</c>,
/// <c>disposed</c>), <c>lifecycle.relay.ended_by</c> (<c>first</c>, <c>second</c>, <c>neither</c>), and <c>error.type</c> when it
/// failed.</description></item>
/// <item><term><c>lifecycle.relay.io</c></term><description>counter, bytes: what relays have delivered, told at their end;
/// <c>lifecycle.relay.name</c>, <c>lifecycle.relay.from</c> (<c>first</c> or <c>second</c>).</description></item>
/// <item><term><c>lifecycle.pool.connections</c></term><description>observable up-down counter: connections of a
/// <see cref="ConnectionPool{T}"/>; <c>lifecycle.pool.name</c>, <c>lifecycle.pool.state</c> (<c>idle</c> or <c>used</c>).</description></item>
/// <item><term><c>lifecycle.pool.wait.duration</c></term><description>histogram, seconds: one wait for a connection of a pool that had none to
/// give; <c>lifecycle.pool.name</c>, and <c>error.type</c> when there came none.</description></item>
/// <item><term><c>lifecycle.pool.create.duration</c></term><description>histogram, seconds: one call of a pool's factory;
/// <c>lifecycle.pool.name</c>, and <c>error.type</c> when it failed.</description></item>
/// <item><term><c>lifecycle.pool.closed</c></term><description>counter: connections that a pool has closed; <c>lifecycle.pool.name</c>,
/// <c>lifecycle.pool.close_reason</c> (<c>incomplete</c>, <c>unusable</c>, <c>idle</c>, <c>lifetime</c>, <c>cleared</c>, <c>disposed</c>,
/// <c>late</c>).</description></item>
/// <item><term><c>lifecycle.buffer.drops</c></term><description>counter: arrays that a <see cref="BufferLease"/> has not returned to its
/// pool, because an operation on them did not succeed.</description></item>
/// </list>
/// <para>A success of a send records nothing: it costs what the bare call costs. Thread-safe.</para>
/// </remarks>
public static class LifecycleMetrics
{
    /// <summary>The name of the meter: <c>LifecycleAnalyzers.Runtime</c>.</summary>
    public const string MeterName = "LifecycleAnalyzers.Runtime";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Histogram<double> s_connects =
        s_meter.CreateHistogram<double>("lifecycle.connect.duration", "s", "The time of a connect, all addresses together.");

    private static readonly Counter<long> s_sendFailures =
        s_meter.CreateCounter<long>("lifecycle.send.failures", "{send}", "Guarded sends that were not sent.");

    private static readonly Counter<long> s_taskFailures =
        s_meter.CreateCounter<long>("lifecycle.task.failures", "{task}", "Observed tasks that failed.");

    private static readonly Histogram<double> s_creations =
        s_meter.CreateHistogram<double>("lifecycle.session.create.duration", "s", "The time of one call of a session factory.");

    private static readonly Counter<long> s_ended =
        s_meter.CreateCounter<long>("lifecycle.session.ended", "{session}", "Sessions that left a cache.");

    private static readonly Counter<long> s_replays =
        s_meter.CreateCounter<long>("lifecycle.session.replays", "{replay}", "Work repeated on a fresh session.");

    private static readonly Counter<long> s_disposeFailures =
        s_meter.CreateCounter<long>("lifecycle.session.dispose.failures", "{session}", "Sessions whose disposal failed.");

    private static readonly Histogram<double> s_gateWaits =
        s_meter.CreateHistogram<double>("lifecycle.gate.wait.duration", "s", "The time of a wait for the turn to send.");

    private static readonly Counter<long> s_gateRefusals =
        s_meter.CreateCounter<long>("lifecycle.gate.refusals", "{send}", "Senders that got no turn.");

    private static readonly Histogram<double> s_connectionDurations =
        s_meter.CreateHistogram<double>("lifecycle.connection.duration", "s", "How long a tracked connection was open.");

    private static readonly Counter<long> s_trackedConnectFailures =
        s_meter.CreateCounter<long>("lifecycle.connection.connect_failures", "{connection}", "Tracked connects that failed.");

    private static readonly Counter<long> s_leaks =
        s_meter.CreateCounter<long>("lifecycle.connection.leaks", "{connection}", "Watched connections that were lost without having been disposed.");

    private static readonly ObservableUpDownCounter<int> s_connections =
        s_meter.CreateObservableUpDownCounter("lifecycle.connections.current", Gauges.Connections, "{connection}", "Connections that are tracked now.");

    private static readonly Histogram<double> s_relays =
        s_meter.CreateHistogram<double>("lifecycle.relay.duration", "s", "The time of a relay between two connections.");

    private static readonly Counter<long> s_relayedBytes =
        s_meter.CreateCounter<long>("lifecycle.relay.io", "By", "What relays have delivered.");

    private static readonly ObservableUpDownCounter<int> s_pooled =
        s_meter.CreateObservableUpDownCounter("lifecycle.pool.connections", Gauges.PooledConnections, "{connection}", "Connections of a pool.");

    private static readonly Histogram<double> s_poolWaits =
        s_meter.CreateHistogram<double>("lifecycle.pool.wait.duration", "s", "The time of a wait for a connection of a pool.");

    private static readonly Histogram<double> s_poolCreations =
        s_meter.CreateHistogram<double>("lifecycle.pool.create.duration", "s", "The time of one call of a pool's factory.");

    private static readonly Counter<long> s_poolClosed =
        s_meter.CreateCounter<long>("lifecycle.pool.closed", "{connection}", "Connections that a pool has closed.");

    private static readonly Counter<long> s_bufferDrops =
        s_meter.CreateCounter<long>("lifecycle.buffer.drops", "{buffer}", "Arrays that did not go back to their pool.");

    internal static bool MeasuresConnects => s_connects.Enabled;

    internal static void Connected(TimeSpan duration, string address, int port, string transport, Exception? failure)
    {
        var tags = new TagList { { "server.address", address }, { "network.transport", transport } };
        if (port > 0)
        {
            tags.Add("server.port", port);
        }

        AddError(ref tags, failure);
        s_connects.Record(duration.TotalSeconds, tags);
    }

    internal static void SendFailed(SendOutcome outcome, string? transport, Exception? failure)
    {
        if (!s_sendFailures.Enabled)
        {
            return;
        }

        var notOpen = outcome == SendOutcome.NotOpen;
        var tags = new TagList { { "lifecycle.send.outcome", notOpen ? "not_open" : "unknown" } };
        if (transport is not null)
        {
            tags.Add("network.transport", transport);
        }

        tags.Add("error.type", failure is null ? "not_open" : ErrorType(failure));
        s_sendFailures.Add(1, tags);
    }

    internal static void TaskFailed(Exception failure)
    {
        if (s_taskFailures.Enabled)
        {
            s_taskFailures.Add(1, new KeyValuePair<string, object?>("error.type", ErrorType(failure)));
        }
    }

    internal static void SessionCreated(TimeSpan duration, string cache, Exception? failure)
    {
        if (s_creations.Enabled)
        {
            var tags = new TagList { { "lifecycle.cache.name", cache } };
            AddError(ref tags, failure);
            s_creations.Record(duration.TotalSeconds, tags);
        }
    }

    internal static void SessionEnded(string cache, string reason)
    {
        if (s_ended.Enabled)
        {
            s_ended.Add(1, new TagList { { "lifecycle.cache.name", cache }, { "lifecycle.session.end_reason", reason } });
        }
    }

    internal static void Replayed(string cache, Exception? failure)
    {
        if (s_replays.Enabled)
        {
            s_replays.Add(1, new TagList
            {
                { "lifecycle.cache.name", cache },
                { "error.type", failure is null ? "not_open" : ErrorType(failure) },
            });
        }
    }

    internal static void DisposeFailed(string cache, Exception failure)
    {
        if (s_disposeFailures.Enabled)
        {
            s_disposeFailures.Add(1, new TagList { { "lifecycle.cache.name", cache }, { "error.type", ErrorType(failure) } });
        }
    }

    internal static bool MeasuresGateWaits => s_gateWaits.Enabled;

    internal static void GateWaited(string gate, TimeSpan duration) =>
        s_gateWaits.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("lifecycle.gate.name", gate));

    internal static void GateRefused(string gate, string reason)
    {
        if (s_gateRefusals.Enabled)
        {
            s_gateRefusals.Add(1, new TagList { { "lifecycle.gate.name", gate }, { "lifecycle.gate.reason", reason } });
        }
    }

    internal static void Tracking(ConnectionTracker tracker)
    {
        // The gauge answers for trackers that nothing has happened on yet, so it must be there with the first of them.
        GC.KeepAlive(s_connections);
        Gauges.Trackers.Add(tracker);
    }

    internal static bool MeasuresConnections => s_connectionDurations.Enabled;

    internal static void ConnectionEnded(string tracker, TimeSpan duration, TrackedState end, Exception? failure)
    {
        var tags = new TagList { { "lifecycle.tracker.name", tracker }, { "lifecycle.connection.state", end == TrackedState.Closed ? "closed" : "faulted" } };
        AddError(ref tags, failure);
        s_connectionDurations.Record(duration.TotalSeconds, tags);
    }

    internal static void TrackedConnectFailed(string tracker, Exception? failure)
    {
        if (s_trackedConnectFailures.Enabled)
        {
            var tags = new TagList { { "lifecycle.tracker.name", tracker } };
            AddError(ref tags, failure);
            s_trackedConnectFailures.Add(1, tags);
        }
    }

    internal static void ConnectionLeaked(string tracker)
    {
        if (s_leaks.Enabled)
        {
            s_leaks.Add(1, new KeyValuePair<string, object?>("lifecycle.tracker.name", tracker));
        }
    }

    internal static void Relayed(string relay, RelayResult result)
    {
        if (s_relays.Enabled)
        {
            var tags = new TagList
            {
                { "lifecycle.relay.name", relay },
                { "lifecycle.relay.end_reason", SnakeCase(result.Reason.ToString()) },
                { "lifecycle.relay.ended_by", SnakeCase(result.EndedBy.ToString()) },
            };
            AddError(ref tags, result.Exception);
            s_relays.Record(result.Duration.TotalSeconds, tags);
        }

        if (s_relayedBytes.Enabled)
        {
            s_relayedBytes.Add(result.BytesFromFirst, new TagList { { "lifecycle.relay.name", relay }, { "lifecycle.relay.from", "first" } });
            s_relayedBytes.Add(result.BytesFromSecond, new TagList { { "lifecycle.relay.name", relay }, { "lifecycle.relay.from", "second" } });
        }
    }

    internal static void Pooling(ICountedPool pool)
    {
        // As for trackers.
        GC.KeepAlive(s_pooled);
        Gauges.Pools.Add(pool);
    }

    internal static void PoolWaited(string pool, TimeSpan duration, Exception? failure)
    {
        if (s_poolWaits.Enabled)
        {
            var tags = new TagList { { "lifecycle.pool.name", pool } };
            AddError(ref tags, failure);
            s_poolWaits.Record(duration.TotalSeconds, tags);
        }
    }

    internal static void PoolCreated(string pool, TimeSpan duration, Exception? failure)
    {
        if (s_poolCreations.Enabled)
        {
            var tags = new TagList { { "lifecycle.pool.name", pool } };
            AddError(ref tags, failure);
            s_poolCreations.Record(duration.TotalSeconds, tags);
        }
    }

    internal static void PoolClosed(string pool, string reason)
    {
        if (s_poolClosed.Enabled)
        {
            s_poolClosed.Add(1, new TagList { { "lifecycle.pool.name", pool }, { "lifecycle.pool.close_reason", reason } });
        }
    }

    internal static void BufferDropped() => s_bufferDrops.Add(1);

    /// <summary>A short name with few values: the socket's error code (<c>connection_refused</c>), else the exception's type.</summary>
    internal static string ErrorType(Exception failure)
    {
        var cause = failure is IOException { InnerException: SocketException inner } ? inner : failure;
        return cause is SocketException socket ? SnakeCase(socket.SocketErrorCode.ToString()) : cause.GetType().FullName ?? "_OTHER";
    }

    private static void AddError(ref TagList tags, Exception? failure)
    {
        if (failure is not null)
        {
            tags.Add("error.type", ErrorType(failure));
        }
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
