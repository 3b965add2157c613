namespace LifecycleAnalyzers.Testing.Tests;

internal static class Failure
{
    /// <summary>Runs a verification that must fail, and gives its message.</summary>
    public static async Task<string> OfAsync(Func<Task> verification) =>
        (await Assert.ThrowsAsync<VerifierException>(verification)).Message;
}
