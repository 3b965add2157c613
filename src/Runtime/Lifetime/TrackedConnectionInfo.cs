namespace LifecycleAnalyzers.Runtime;

/// <summary>What a <see cref="ConnectionTracker"/> knew about a connection at one moment.</summary>
/// <remarks>Immutable and therefore thread-safe.</remarks>
public sealed class TrackedConnectionInfo
{
    private readonly CallSite _openedBy;

    internal TrackedConnectionInfo(TrackedEntry entry, DateTimeOffset since, TimeSpan age)
    {
        Id = entry.Id;
        ConnectionType = entry.ConnectionType;
        Name = entry.Name;
        _openedBy = entry.OpenedBy;
        TrackedSince = since;
        State = entry.State;
        Age = age;
    }

    /// <summary>Gets the number of the connection, from 1, unique within its tracker.</summary>
    public long Id { get; }

    /// <summary>Gets the type of the connection.</summary>
    public Type ConnectionType { get; }

    /// <summary>Gets the name that the connection was given, usually its endpoint; <see langword="null"/> if none was.</summary>
    public string? Name { get; }

    /// <summary>Gets where the tracking began: member, file and line, for example <c>AcceptAsync (Server.cs:42)</c>.</summary>
    public string OpenedBy => _openedBy.ToString();

    /// <summary>Gets when the tracking began, by the wall clock as it went when the tracker was created: later corrections move no connection.</summary>
    public DateTimeOffset TrackedSince { get; }

    /// <summary>Gets the state at that moment.</summary>
    public TrackedState State { get; }

    /// <summary>Gets how long the connection had been tracked at that moment.</summary>
    public TimeSpan Age { get; }

    /// <summary>Says all that in one line.</summary>
    /// <returns>For example <c>#7 Socket 10.0.0.1:5672 Open for 12.5 s, opened by AcceptAsync (Server.cs:42)</c>.</returns>
    public override string ToString() => FormattableString.Invariant(
        $"#{Id} {ConnectionType.Name}{(Name is null ? "" : " " + Name)} {State} for {Age.TotalSeconds:0.###} s, opened by {OpenedBy}");
}
