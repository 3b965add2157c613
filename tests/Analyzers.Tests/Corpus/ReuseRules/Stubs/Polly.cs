// Declarations of Polly 7 and 8, as far as the cases use them.
namespace Polly
{
    public abstract class PolicyBuilder<TResult> { public PolicyBuilder<TResult> OrResult(Func<TResult, bool> predicate) => throw null!; }
    public class PolicyBuilder
    {
        public PolicyBuilder Or<TException>() where TException : Exception => throw null!;
        public Retry.AsyncRetryPolicy RetryAsync(int retryCount) => throw null!;
        public Retry.AsyncRetryPolicy WaitAndRetryAsync(int retryCount, Func<int, TimeSpan> sleepDurationProvider) => throw null!;
    }
    public abstract class Policy { public static PolicyBuilder Handle<TException>() where TException : Exception => throw null!; }

    public class PredicateBuilder : PredicateBuilder<object> { }
    public class PredicateBuilder<TResult>
    {
        public PredicateBuilder<TResult> Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder<TResult> Handle<TException>(Func<TException, bool> predicate) where TException : Exception => throw null!;
        public PredicateBuilder<TResult> HandleResult(Func<TResult, bool> predicate) => throw null!;
        public Func<object, ValueTask<bool>> Build() => throw null!;
        public static implicit operator Func<Retry.RetryPredicateArguments<TResult>, ValueTask<bool>>(PredicateBuilder<TResult> builder) => throw null!;
    }

    public sealed class ResiliencePipeline
    {
        public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) => throw null!;
    }
    public sealed class ResiliencePipelineBuilder { public ResiliencePipeline Build() => throw null!; }
    public static class RetryResiliencePipelineBuilderExtensions
    {
        public static ResiliencePipelineBuilder AddRetry(this ResiliencePipelineBuilder builder, Retry.RetryStrategyOptions options) => throw null!;
        public static ResiliencePipelineBuilder AddTimeout(this ResiliencePipelineBuilder builder, TimeSpan timeout) => throw null!;
    }
}

namespace Polly.Retry
{
    public struct RetryPredicateArguments<TResult> { }
    public class RetryStrategyOptions : RetryStrategyOptions<object> { }
    public class RetryStrategyOptions<TResult>
    {
        public int MaxRetryAttempts { get; set; }
        public TimeSpan Delay { get; set; }
        public Func<RetryPredicateArguments<TResult>, ValueTask<bool>> ShouldHandle { get; set; } = null!;
    }
    public class AsyncRetryPolicy
    {
        public Task ExecuteAsync(Func<Task> action) => throw null!;
        public Task<TResult> ExecuteAsync<TResult>(Func<Task<TResult>> action) => throw null!;
    }
}
