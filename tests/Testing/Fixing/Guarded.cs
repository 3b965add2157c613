namespace LifecycleAnalyzers.Testing;

/// <summary>Runs code under test; what it throws ends the test with the name of the culprit.</summary>
internal static class Guarded
{
    public static Task RunAsync(object culprit, Func<Task> run) =>
        RunAsync(culprit, async () =>
        {
            await run().ConfigureAwait(false);
            return true;
        });

    public static async Task<T> RunAsync<T>(object culprit, Func<Task<T>> run)
    {
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not VerifierException and not OperationCanceledException)
        {
            throw new VerifierException($"The fix {culprit.GetType().Name} threw:\n{e}", e);
        }
    }
}
