namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// Tells ages and idle times, of which nobody asks the last milliseconds. The system's time is its tick count, which is right to some
/// sixteen of them and costs a sixth of a timestamp; the time of any other provider is that provider's.
/// </summary>
internal readonly struct CoarseClock(TimeProvider time)
{
#if NET
    private readonly TimeProvider? _time = ReferenceEquals(time, TimeProvider.System) ? null : time;

    public long Now => _time is null ? Environment.TickCount64 : _time.GetTimestamp();

    public TimeSpan Between(long start, long end) =>
        _time is { } time ? time.Between(start, end) : new TimeSpan(Math.Max(0, end - start) * TimeSpan.TicksPerMillisecond);
#else
    // Its tick count has 32 bits and begins again after seven weeks.
    private readonly TimeProvider _time = time;

    public long Now => _time.GetTimestamp();

    public TimeSpan Between(long start, long end) => _time.Between(start, end);
#endif

    public TimeSpan Since(long start) => Between(start, Now);
}
