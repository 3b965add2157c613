using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// A logger whose failure stays its own: a log provider that throws must not leave waiters of a session waiting, or a session open.
/// What it was to log is in the result and the metrics, too.
/// </summary>
internal sealed class QuietLogger(ILogger inner) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return inner.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // See above.
        }
    }
}
