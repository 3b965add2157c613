using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>All messages that the guards log; the code that formats them is generated.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "{Operation} failed", EventName = "TaskFailed")]
    public static partial void TaskFailed(ILogger logger, string operation, Exception exception);

    [LoggerMessage(10, LogLevel.Debug, "{Cache}: created a session for {Key}", EventName = "SessionCreated")]
    public static partial void SessionCreated(ILogger logger, string cache, object? key);

    [LoggerMessage(11, LogLevel.Warning, "{Cache}: creating a session for {Key} failed", EventName = "SessionCreationFailed")]
    public static partial void SessionCreationFailed(ILogger logger, string cache, object? key, Exception exception);

    [LoggerMessage(12, LogLevel.Information, "{Cache}: the session for {Key} ended ({Reason})", EventName = "SessionEnded")]
    public static partial void SessionEnded(ILogger logger, string cache, object? key, string reason, Exception? exception);

    [LoggerMessage(13, LogLevel.Warning, "{Cache}: disposing the session for {Key} failed", EventName = "SessionDisposeFailed")]
    public static partial void SessionDisposeFailed(ILogger logger, string cache, object? key, Exception exception);

    [LoggerMessage(14, LogLevel.Warning, "{Cache}: nothing was sent on the session for {Key}; repeating on a fresh one ({Repetition} of {Most})", EventName = "Replaying")]
    public static partial void Replaying(ILogger logger, string cache, object? key, int repetition, int most, Exception? exception);

    [LoggerMessage(15, LogLevel.Warning, "{Cache}: the check of the session for {Key} threw; it counts as unusable", EventName = "SessionCheckFailed")]
    public static partial void SessionCheckFailed(ILogger logger, string cache, object? key, Exception exception);

    [LoggerMessage(16, LogLevel.Warning, "{Cache}: a predicate about a failure on the session for {Key} threw; it counts as no", EventName = "PredicateFailed")]
    public static partial void PredicateFailed(ILogger logger, string cache, object? key, Exception exception);

    [LoggerMessage(20, LogLevel.Warning, "{Gate}: closed, because an exchange failed in its middle; {Refused} that waited were refused", EventName = "GateFaulted")]
    public static partial void GateFaulted(ILogger logger, string gate, int refused, Exception exception);

    [LoggerMessage(21, LogLevel.Warning, "{Gate}: a predicate about a failure threw; it counts as no", EventName = "GatePredicateFailed")]
    public static partial void GatePredicateFailed(ILogger logger, string gate, Exception exception);

    [LoggerMessage(22, LogLevel.Warning, "{Gate}: the callback about the failure that closed it threw", EventName = "GateCallbackFailed")]
    public static partial void GateCallbackFailed(ILogger logger, string gate, Exception exception);

    [LoggerMessage(30, LogLevel.Warning, "{Tracker}: {Connection} #{Id} {Name} was lost without having been disposed; opened by {OpenedBy}", EventName = "ConnectionLeaked")]
    public static partial void ConnectionLeaked(ILogger logger, string tracker, string connection, long id, string? name, CallSite openedBy);

    [LoggerMessage(31, LogLevel.Debug, "{Tracker}: #{Id} cannot go from {State} to {Next}", EventName = "TrackedStepRefused")]
    public static partial void TrackedStepRefused(ILogger logger, string tracker, long id, TrackedState state, TrackedState next);

    [LoggerMessage(32, LogLevel.Warning, "{Tracker}: closing #{Id} failed", EventName = "TrackedCloseFailed")]
    public static partial void TrackedCloseFailed(ILogger logger, string tracker, long id, Exception exception);

    [LoggerMessage(33, LogLevel.Warning, "{Tracker}: a handler of a step of #{Id} threw", EventName = "TrackerHandlerFailed")]
    public static partial void TrackerHandlerFailed(ILogger logger, string tracker, long id, Exception exception);

    [LoggerMessage(40, LogLevel.Debug, "{Relay}: {Reason} by {EndedBy}, {BytesFromFirst} bytes there and {BytesFromSecond} back", EventName = "Relayed")]
    public static partial void Relayed(
        ILogger logger, string relay, RelayEndReason reason, RelayEnd endedBy, long bytesFromFirst, long bytesFromSecond, Exception? exception);

    [LoggerMessage(41, LogLevel.Warning, "{Relay}: closing a connection failed", EventName = "RelayCloseFailed")]
    public static partial void RelayCloseFailed(ILogger logger, string relay, Exception exception);

    [LoggerMessage(50, LogLevel.Debug, "{Pool}: opened a connection", EventName = "PoolOpened")]
    public static partial void PoolOpened(ILogger logger, string pool);

    [LoggerMessage(51, LogLevel.Warning, "{Pool}: opening a connection failed", EventName = "PoolOpenFailed")]
    public static partial void PoolOpenFailed(ILogger logger, string pool, Exception exception);

    [LoggerMessage(52, LogLevel.Debug, "{Pool}: closes a connection ({Reason})", EventName = "PoolClosed")]
    public static partial void PoolClosed(ILogger logger, string pool, string reason);

    [LoggerMessage(53, LogLevel.Warning, "{Pool}: closing a connection failed", EventName = "PoolCloseFailed")]
    public static partial void PoolCloseFailed(ILogger logger, string pool, Exception exception);

    [LoggerMessage(54, LogLevel.Warning, "{Pool}: the check of a connection threw; it counts as unusable", EventName = "PoolCheckFailed")]
    public static partial void PoolCheckFailed(ILogger logger, string pool, Exception exception);
}
