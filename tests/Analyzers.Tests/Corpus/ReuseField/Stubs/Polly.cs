// Declarations of Polly 8, as far as the cases use them.
namespace Polly
{
    public readonly struct Outcome<T> { public Exception? Exception => null; public T? Result => default; }

    public class PredicateBuilder : PredicateBuilder<object> { }

    public class PredicateBuilder<TResult>
    {
        public PredicateBuilder<TResult> Handle<TException>() where TException : Exception => this;
        public PredicateBuilder<TResult> Handle<TException>(Func<TException, bool> predicate) where TException : Exception => this;
        public PredicateBuilder<TResult> HandleResult(Func<TResult, bool> predicate) => this;
        public static implicit operator Func<Polly.Retry.RetryPredicateArguments<TResult>, ValueTask<bool>>(PredicateBuilder<TResult> builder) => throw null!;
    }

    public sealed class ResiliencePipeline
    {
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken = default) => throw null!;
        public TResult Execute<TResult>(Func<TResult> callback) => throw null!;
        public void Execute(Action callback) => throw null!;
    }

    public sealed class ResiliencePipeline<T>
    {
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) where TResult : T => throw null!;
    }

    public sealed class ResiliencePipelineBuilder
    {
        public ResiliencePipeline Build() => throw null!;
    }

    public sealed class ResiliencePipelineBuilder<TResult>
    {
        public ResiliencePipeline<TResult> Build() => throw null!;
    }

    public enum DelayBackoffType { Constant, Linear, Exponential }

    public static class RetryResiliencePipelineBuilderExtensions
    {
        public static ResiliencePipelineBuilder AddRetry(this ResiliencePipelineBuilder builder, Polly.Retry.RetryStrategyOptions options) => builder;
        public static ResiliencePipelineBuilder<TResult> AddRetry<TResult>(this ResiliencePipelineBuilder<TResult> builder, Polly.Retry.RetryStrategyOptions<TResult> options) => builder;
        public static ResiliencePipelineBuilder AddTimeout(this ResiliencePipelineBuilder builder, TimeSpan timeout) => builder;
    }
}

namespace Polly.Retry
{
    public readonly struct RetryPredicateArguments<TResult> { public Outcome<TResult> Outcome => default; public int AttemptNumber => 0; }

    public class RetryStrategyOptions<TResult>
    {
        public Func<RetryPredicateArguments<TResult>, ValueTask<bool>> ShouldHandle { get; set; } = null!;
        public int MaxRetryAttempts { get; set; }
        public DelayBackoffType BackoffType { get; set; }
        public bool UseJitter { get; set; }
        public TimeSpan Delay { get; set; }
    }

    public class RetryStrategyOptions : RetryStrategyOptions<object> { }
}
