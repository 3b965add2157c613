using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>A message that cannot be acknowledged comes again, and the dispatcher catches what its handler throws: a suggestion.</summary>
public class Softened
{
    private static string Worker(string handler) => $$"""
        using RabbitMQ.Client;

        class Worker(IModel channel)
        {
            private readonly IModel _channel = channel;

            public void Start(Consumer consumer) => consumer.Received += {{handler}}
        }

        class Consumer { public event Action<ulong>? Received; public void Raise() => Received?.Invoke(1); }

        namespace RabbitMQ.Client
        {
            public interface IModel { bool IsOpen { get; } void BasicAck(ulong tag, bool multiple); void BasicPublish(string to, byte[] body); void Close(); }
        }
        """;

    [Theory]
    [InlineData("tag => {|#0:_channel.BasicAck(tag, false)|};", DiagnosticSeverity.Info)]
    [InlineData("tag => {|#0:_channel.BasicPublish(\"log\", [])|};", DiagnosticSeverity.Warning)]
    [InlineData("async tag => { await Task.Yield(); {|#0:_channel.BasicAck(tag, false)|}; };", DiagnosticSeverity.Warning)]
    public Task An_acknowledgement(string handler, DiagnosticSeverity severity) =>
        Case.HoldsAsync(Worker(handler), Case.Diagnostic("LCA2001").WithLocation(0).WithSeverity(severity).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));
}
