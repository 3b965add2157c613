// Declarations of Polly 8, as far as the cases use them.
namespace Polly
{
    public class PredicateBuilder<TResult> { }
    public class PredicateBuilder
    {
        public PredicateBuilder Handle<TException>() where TException : Exception => throw null!;
        public PredicateBuilder Handle<TException>(Func<TException, bool> predicate) where TException : Exception => throw null!;
    }

    public sealed class ResiliencePipeline
    {
        public ValueTask<TResult> ExecuteAsync<TResult>(Func<CancellationToken, ValueTask<TResult>> callback, CancellationToken cancellationToken = default) => throw null!;
        public ValueTask ExecuteAsync(Func<CancellationToken, ValueTask> callback, CancellationToken cancellationToken = default) => throw null!;
    }

    public sealed class ResiliencePipelineBuilder
    {
        public ResiliencePipeline Build() => throw null!;
    }

    public static class RetryResiliencePipelineBuilderExtensions
    {
        public static ResiliencePipelineBuilder AddRetry(this ResiliencePipelineBuilder builder, Polly.Retry.RetryStrategyOptions options) => throw null!;
    }
}

namespace Polly.Retry
{
    public class RetryStrategyOptions
    {
        public Polly.PredicateBuilder? ShouldHandle { get; set; }
        public int MaxRetryAttempts { get; set; }
        public TimeSpan Delay { get; set; }
    }
}
