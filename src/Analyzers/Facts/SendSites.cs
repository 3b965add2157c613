using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>An operation in a body, on the way to a send.</summary>
internal sealed class SendStep(Body body, BodyEvent happened)
{
    public Body Body { get; } = body;

    public BodyEvent Event { get; } = happened;

    public SyntaxNode Syntax => Event.Operation.Syntax;
}

/// <summary>A send that a body leads to, guarded or not, with the steps that lead there.</summary>
internal sealed class SendSite(Place connection, IMethodSymbol method, ITypeSymbol type, ImmutableArray<SendStep> steps)
{
    /// <summary>The connection as the outermost body names it.</summary>
    public Place Connection { get; } = connection;

    /// <summary>The member that sends.</summary>
    public IMethodSymbol Method { get; } = method;

    public ITypeSymbol Type { get; } = type;

    /// <summary>From the body that was asked about to the one that sends.</summary>
    public ImmutableArray<SendStep> Steps { get; } = steps;

    /// <summary>It answers whether it was sent, and does not throw on a connection that has ended; two of them overlap like any others.</summary>
    public bool Answers => SendSites.IsGuard(Method);

    public SendStep First => Steps[0];

    public SendStep Last => Steps[Steps.Length - 1];
}

/// <summary>All sends that a body leads to: unlike <see cref="Guards"/>, which keeps those that nothing makes safe.</summary>
internal sealed class SendSites(Analysis analysis)
{
    private const int Depth = 4;
    private const int MaxSites = 40;

    private readonly ConcurrentDictionary<(Body, int), ImmutableArray<SendSite>> _kept = new();

    public ImmutableArray<SendSite> Of(Body body, CancellationToken cancellation) => Of(body, Depth, cancellation);

    private ImmutableArray<SendSite> Of(Body body, int depth, CancellationToken cancellation)
    {
        if (_kept.TryGetValue((body, depth), out var known)) return known;
        var found = analysis.Summaries.Of(body, Analysis.Depth, cancellation) is { } summary ? Find(body, summary, depth, cancellation) : [];
        return _kept.GetOrAdd((body, depth), found);
    }

    private ImmutableArray<SendSite> Find(Body body, Summary summary, int depth, CancellationToken cancellation)
    {
        var sites = ImmutableArray.CreateBuilder<SendSite>();
        foreach (var happened in summary.Events)
        {
            if (happened.Kind != EventKind.Call || sites.Count >= MaxSites) continue;
            var step = new SendStep(body, happened);
            foreach (var (connection, method, type, isSend) in analysis.Guards.DirectSends(body, happened))
            {
                if (isSend) sites.Add(new SendSite(connection, method, type, [step]));
            }

            if (happened is { Symbol: IMethodSymbol guard, Operation: IInvocationOperation { Arguments: [var first, ..] } } && IsGuard(guard) && happened.Arguments.FirstOrDefault()?.Places is { } guarded)
            {
                foreach (var connection in guarded) sites.Add(new SendSite(connection, guard, (first.Value is IConversionOperation converted ? converted.Operand.Type : first.Value.Type) ?? guard.Parameters[0].Type, [step]));
            }

            if (depth == 0) continue;
            foreach (var callee in happened.Callees)
            {
                var application = SummaryApplication.At(happened, callee);
                foreach (var inner in Of(callee.Body, depth - 1, cancellation))
                {
                    foreach (var place in application.Map(inner.Connection).Places)
                    {
                        if (sites.Count < MaxSites) sites.Add(new SendSite(place, inner.Method, inner.Type, inner.Steps.Insert(0, step)));
                    }
                }
            }
        }

        return sites.ToImmutable();
    }

    /// <summary>A sending extension of the runtime package on the connection itself.</summary>
    public static bool IsGuard(IMethodSymbol method) =>
        method is { IsExtensionMethod: true, ContainingType.ContainingNamespace: { Name: "Runtime", ContainingNamespace: { Name: "LifecycleAnalyzers", ContainingNamespace.IsGlobalNamespace: true } } }
        && (method.Name.StartsWith("TrySend", StringComparison.Ordinal) || method.Name.StartsWith("TryWrite", StringComparison.Ordinal));
}
