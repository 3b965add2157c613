using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime.Tests.Lifetime;

public sealed class ObserveTests
{
    [Fact]
    public async Task A_failure_reaches_the_handler_once_and_unwrapped()
    {
        var told = new List<Exception>();
        var failure = new IOException("broken");
        var pending = new TaskCompletionSource();

        pending.Task.Observe(told.Add);
        Assert.Empty(told);
        pending.SetException(failure);
        await Until(() => told.Count > 0, "the handler was called");

        Task.FromException(failure).Observe(told.Add);
        new ValueTask(Task.FromException(failure)).Observe(told.Add);
        new ValueTask<int>(Task.FromException<int>(failure)).Observe(told.Add);
        Fails().Observe(told.Add);

        Assert.Equal([failure, failure, failure, failure, failure], told);

        async Task Fails() => throw (await Task.FromResult(failure));
    }

    [Fact]
    public void Several_failures_come_together()
    {
        var told = new List<Exception>();
        Task.WhenAll(Task.FromException(new IOException("a")), Task.FromException(new IOException("b"))).Observe(told.Add);
        Assert.Equal(2, Assert.IsType<AggregateException>(Assert.Single(told)).InnerExceptions.Count);
    }

    [Fact]
    public async Task Success_and_cancellation_report_nothing()
    {
        var told = 0;
        var late = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        late.Task.Observe(_ => told++);
        cancelled.Task.Observe(_ => told++);
        Task.CompletedTask.Observe(_ => told++);
        default(ValueTask).Observe(_ => told++);
        new ValueTask<int>(3).Observe(_ => told++);
        Task.FromCanceled(new CancellationToken(true)).Observe(_ => told++);
        late.SetResult();
        cancelled.SetCanceled(Stop);
        await Task.Delay(20, Stop);
        Assert.Equal(0, told);
    }

    [Fact]
    public async Task A_timeout_that_comes_as_a_cancellation_is_a_failure()
    {
        var told = new List<Exception>();
        TimesOut().Observe(told.Add);
        await Until(() => told.Count == 1, "the handler was called");
        Assert.IsType<TimeoutException>(told[0].InnerException);

        static async Task TimesOut()
        {
            await Task.Yield();
            throw new TaskCanceledException("slow", new TimeoutException());
        }
    }

    [Fact]
    public void The_log_gets_the_failure_and_the_name_of_the_caller()
    {
        var logger = new ListLogger();
        var failure = new IOException("broken");

        Task.FromException(failure).Observe(logger);
        new ValueTask(Task.FromException(failure)).Observe(logger, "Receive");
        new ValueTask<int>(Task.FromException<int>(failure)).Observe(logger, "Receive");
        Task.CompletedTask.Observe(logger);
        default(ValueTask).Observe(logger);
        new ValueTask<int>(1).Observe(logger);

        var texts = logger.Entries.Select(e => e.Text);
        Assert.Equal([nameof(The_log_gets_the_failure_and_the_name_of_the_caller) + " failed", "Receive failed", "Receive failed"], texts);
        Assert.All(logger.Entries, e => Assert.Same(failure, e.Exception));
        Assert.All(logger.Entries, e => Assert.Equal(LogLevel.Error, e.Level));
        Assert.All(logger.Entries, e => Assert.Equal("TaskFailed", e.Event));
    }

    [Fact]
    public async Task An_observed_failure_does_not_come_up_again_as_unobserved()
    {
        var unobserved = 0;
        void Count(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerException is IOException { Message: "seen here" })
            {
                Interlocked.Increment(ref unobserved);
            }
        }

        TaskScheduler.UnobservedTaskException += Count;
        try
        {
            var told = 0;
            for (var i = 0; i < 20; i++)
            {
                Drop(() => Interlocked.Increment(ref told));
            }

            await Until(() => told == 20, "all were told");
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Count;
        }

        static void Drop(Action told) => Task.Run(() => throw new IOException("seen here")).Observe(_ => told());
    }

    [Fact]
    public void What_the_handler_throws_reaches_the_caller_if_the_task_has_failed_already()
    {
        Assert.Throws<FormatException>(() => Task.FromException(new IOException()).Observe(_ => throw new FormatException()));
    }

    [Fact]
    public void Failures_are_counted_by_type()
    {
        using var measured = new Measurements();
        Task.FromException(new IOException()).Observe(static _ => { });
        var (name, _, tags) = Assert.Single(measured.All);
        Assert.Equal("lifecycle.task.failures", name);
        Assert.Equal("System.IO.IOException", tags["error.type"]);
    }

    [Fact]
    public void Null_is_a_mistake()
    {
        Assert.Throws<ArgumentNullException>(() => ((Task)null!).Observe(_ => { }));
        Assert.Throws<ArgumentNullException>(() => Task.CompletedTask.Observe((Action<Exception>)null!));
        Assert.Throws<ArgumentNullException>(() => Task.CompletedTask.Observe((ILogger)null!));
        Assert.Throws<ArgumentNullException>(() => default(ValueTask).Observe((ILogger)null!));
    }
}
