using System.Diagnostics;

// One after another: some tests count the file handles of the process, and the machine may be small.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>What nearly every test uses.</summary>
internal static class Test
{
    /// <summary>How long anything on loopback may take before the test calls it stuck.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i * 31 + i / 251);
        }

        return bytes;
    }

    /// <summary>Waits for something that another thread or the operating system brings about.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, "Waited in vain until " + what);
            await Task.Delay(2, Stop);
        }
    }

    public static async Task<T> Soon<T>(this Task<T> task) => await task.WaitAsync(Patience, Stop);

    public static async Task Soon(this Task task) => await task.WaitAsync(Patience, Stop);
}
