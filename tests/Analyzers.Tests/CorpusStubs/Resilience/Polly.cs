// Declarations of Polly.Core, as far as the cases use them.
namespace Polly
{
    public enum DelayBackoffType { Constant, Linear, Exponential }
    public readonly struct Outcome<TResult> { public TResult? Result => throw null!; public Exception? Exception => throw null!; }

    public class PredicateBuilder
    {
        public PredicateBuilder Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder Handle<TException>(Func<TException, bool> predicate) where TException : Exception => throw null!;
        public static implicit operator Func<Retry.RetryPredicateArguments<object>, ValueTask<bool>>(PredicateBuilder builder) => throw null!;
    }

    public class PredicateBuilder<TResult>
    {
        public PredicateBuilder<TResult> Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder<TResult> HandleResult(Func<TResult, bool> predicate) => throw null!;
        public static implicit operator Func<Retry.RetryPredicateArguments<TResult>, ValueTask<bool>>(PredicateBuilder<TResult> builder) => throw null!;
    }

    public sealed class ResiliencePipeline
    {
        public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask<TResult> ExecuteAsync<TResult, TState>(Func<TState, CancellationToken, ValueTask<TResult>> callback, TState state, CancellationToken cancellationToken = default) => throw null!;
    }

    public sealed class ResiliencePipeline<T>
    {
        public ValueTask<T> ExecuteAsync(Func<CancellationToken, ValueTask<T>> callback, CancellationToken cancellationToken = default) => throw null!;
    }

    public abstract class ResiliencePipelineBuilderBase { }
    public sealed class ResiliencePipelineBuilder : ResiliencePipelineBuilderBase { public ResiliencePipeline Build() => throw null!; }
    public sealed class ResiliencePipelineBuilder<TResult> : ResiliencePipelineBuilderBase { public ResiliencePipeline<TResult> Build() => throw null!; }

    public static class RetryResiliencePipelineBuilderExtensions
    {
        public static ResiliencePipelineBuilder AddRetry(this ResiliencePipelineBuilder builder, Retry.RetryStrategyOptions options) => throw null!;
        public static ResiliencePipelineBuilder<TResult> AddRetry<TResult>(this ResiliencePipelineBuilder<TResult> builder, Retry.RetryStrategyOptions<TResult> options) => throw null!;
    }

    public static class TimeoutResiliencePipelineBuilderExtensions
    {
        public static TBuilder AddTimeout<TBuilder>(this TBuilder builder, TimeSpan timeout) where TBuilder : ResiliencePipelineBuilderBase => throw null!;
    }
}

namespace Polly.Retry
{
    public readonly struct RetryPredicateArguments<TResult> { public Polly.Outcome<TResult> Outcome => throw null!; }

    public class RetryStrategyOptions<TResult>
    {
        public int MaxRetryAttempts { get; set; } = 3;
        public TimeSpan Delay { get; set; }
        public Polly.DelayBackoffType BackoffType { get; set; }
        public Func<RetryPredicateArguments<TResult>, ValueTask<bool>> ShouldHandle { get; set; } = null!;
    }

    public class RetryStrategyOptions : RetryStrategyOptions<object> { }
}
