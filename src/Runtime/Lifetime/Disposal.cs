namespace LifecycleAnalyzers.Runtime;

/// <summary>How a connection is ended if nobody said otherwise.</summary>
internal static class Disposal
{
    /// <summary>Asynchronously where it can be; nothing where it cannot be disposed at all.</summary>
    public static ValueTask DisposeAsync(object connection)
    {
        if (connection is IAsyncDisposable asynchronous)
        {
            return asynchronous.DisposeAsync();
        }

        (connection as IDisposable)?.Dispose();
        return default;
    }
}
