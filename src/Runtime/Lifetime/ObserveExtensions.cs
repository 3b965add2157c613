using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Drops a task without losing its failure.</summary>
/// <remarks>
/// <para>For work that nobody awaits: a receive loop, a send from a callback. The failure is handled where the task was started; nothing
/// process-wide is used. The handler gets the exception itself, or the <see cref="AggregateException"/> if the task has several.</para>
/// <para>A cancelled task is no failure and reports nothing, except where the cancellation tells of a timeout: an
/// <see cref="OperationCanceledException"/> with an inner <see cref="TimeoutException"/>, as an HTTP client gives it.</para>
/// <para>The handler runs on the thread that completes the task, or at once on the caller's if the task has failed already; keep it
/// short. It is called at most once. It should not throw: out of a task already failed its exception reaches the caller, otherwise it
/// is left as an unobserved task exception (it does not end the process).</para>
/// <para>Thread-safe. A task that has already succeeded costs nothing. A <see cref="ValueTask"/> is used up by the call, like by an
/// <c>await</c>.</para>
/// </remarks>
public static class ObserveExtensions
{
    /// <summary>Drops the task; its failure goes to the handler.</summary>
    /// <param name="task">The task.</param>
    /// <param name="onError">Gets the failure.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static void Observe(this Task task, Action<Exception> onError)
    {
        Check.NotNull(task);
        Check.NotNull(onError);
        if (Succeeded(task))
        {
            return;
        }

        if (task.IsCompleted)
        {
            Report(task, onError);
            return;
        }

        task.ContinueWith(
            static (ended, handler) => Report(ended, (Action<Exception>)handler!),
            onError,
            CancellationToken.None,
            TaskContinuationOptions.NotOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Drops the task; its failure is logged as an error.</summary>
    /// <param name="task">The task.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="operation">What the log calls the task; the name of the calling member if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="task"/> or <paramref name="logger"/> is <see langword="null"/>.</exception>
    public static void Observe(this Task task, ILogger logger, [CallerMemberName] string operation = "")
    {
        Check.NotNull(task);
        Check.NotNull(logger);
        if (!Succeeded(task))
        {
            ObserveLogged(task, logger, operation);
        }
    }

    /// <summary>Drops the task; its failure goes to the handler.</summary>
    /// <param name="task">The task; not to be used afterwards.</param>
    /// <param name="onError">Gets the failure.</param>
    /// <exception cref="ArgumentNullException"><paramref name="onError"/> is <see langword="null"/>.</exception>
    public static void Observe(this ValueTask task, Action<Exception> onError)
    {
        Check.NotNull(onError);
        if (task.IsCompletedSuccessfully)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        task.AsTask().Observe(onError);
    }

    /// <summary>Drops the task; its failure is logged as an error.</summary>
    /// <param name="task">The task; not to be used afterwards.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="operation">What the log calls the task; the name of the calling member if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="logger"/> is <see langword="null"/>.</exception>
    public static void Observe(this ValueTask task, ILogger logger, [CallerMemberName] string operation = "")
    {
        Check.NotNull(logger);
        if (task.IsCompletedSuccessfully)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        task.AsTask().Observe(logger, operation);
    }

    /// <summary>Drops the task and its result; its failure goes to the handler.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="task">The task; not to be used afterwards.</param>
    /// <param name="onError">Gets the failure.</param>
    /// <exception cref="ArgumentNullException"><paramref name="onError"/> is <see langword="null"/>.</exception>
    public static void Observe<TResult>(this ValueTask<TResult> task, Action<Exception> onError)
    {
        Check.NotNull(onError);
        if (task.IsCompletedSuccessfully)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        task.AsTask().Observe(onError);
    }

    /// <summary>Drops the task and its result; its failure is logged as an error.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="task">The task; not to be used afterwards.</param>
    /// <param name="logger">The logger.</param>
    /// <param name="operation">What the log calls the task; the name of the calling member if not given.</param>
    /// <exception cref="ArgumentNullException"><paramref name="logger"/> is <see langword="null"/>.</exception>
    public static void Observe<TResult>(this ValueTask<TResult> task, ILogger logger, [CallerMemberName] string operation = "")
    {
        Check.NotNull(logger);
        if (task.IsCompletedSuccessfully)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        task.AsTask().Observe(logger, operation);
    }

    /// <summary>Apart, so that only a task that has not succeeded pays for the closure.</summary>
    private static void ObserveLogged(Task task, ILogger logger, string operation) =>
        task.Observe(e => Log.TaskFailed(logger, operation, e));

    private static bool Succeeded(Task task) => task.Status == TaskStatus.RanToCompletion;

    private static void Report(Task task, Action<Exception> onError)
    {
        Exception failure;
        if (task.Exception is { } aggregate)
        {
            failure = aggregate.InnerExceptions.Count == 1 ? aggregate.InnerExceptions[0] : aggregate;
        }
        else if (CancellationOf(task) is { InnerException: TimeoutException } timeout)
        {
            failure = timeout;
        }
        else
        {
            return;
        }

        LifecycleMetrics.TaskFailed(failure);
        onError(failure);
    }

    /// <summary>The exception of a cancelled task, which only an await gives away.</summary>
    private static OperationCanceledException? CancellationOf(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
            return null;
        }
        catch (OperationCanceledException e)
        {
            return e;
        }
    }
}
