using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Argument checks that read the same on both targets.</summary>
internal static class Check
{
    public static void NotNull([NotNull] object? value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        if (value is null)
        {
            throw new ArgumentNullException(name);
        }
    }

    /// <summary>A time limit is positive or <see cref="Timeout.InfiniteTimeSpan"/>, and short enough for a timer.</summary>
    public static void TimeLimit(TimeSpan value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        // The longest time that a timer of the base library takes: 0xFFFFFFFE milliseconds, about 49.7 days.
        if (value != Timeout.InfiniteTimeSpan && (value <= TimeSpan.Zero || value.TotalMilliseconds > 0xFFFFFFFEL))
        {
            throw new ArgumentOutOfRangeException(name, value, "A time limit is positive, or Timeout.InfiniteTimeSpan for none.");
        }
    }
}
