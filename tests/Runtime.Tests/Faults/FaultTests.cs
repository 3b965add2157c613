using System.Collections.Concurrent;

namespace LifecycleAnalyzers.Runtime.Tests.Faults;

/// <summary>After each scenario: whatever failed behind a guard's back has been seen by somebody.</summary>
public abstract class FaultTests : IDisposable
{
    private readonly ConcurrentQueue<string> _unobserved = [];

    protected FaultTests()
    {
        // What earlier tests have left behind is theirs.
        Collect();
        TaskScheduler.UnobservedTaskException += Note;
    }

    public void Dispose()
    {
        Collect();
        TaskScheduler.UnobservedTaskException -= Note;
        GC.SuppressFinalize(this);
        Assert.Empty(_unobserved);
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e) => _unobserved.Enqueue(e.Exception.ToString());
}
