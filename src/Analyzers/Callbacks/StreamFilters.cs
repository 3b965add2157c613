using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>What an observable lets through to its subscriber: <c>samples.Where(_ => link.IsOpen).Subscribe(s => link.Send(s))</c>.</summary>
internal static class StreamFilters
{
    /// <summary>The questions between an observable's source and this subscriber; what is called when it fails or ends has passed none.</summary>
    public static ImmutableArray<IMethodSymbol> Before(SyntaxNode subscription, ExpressionSyntax subscriber, SemanticModel model, CancellationToken cancellation)
    {
        if (model.GetOperation(subscription, cancellation) is not IInvocationOperation call || call.Arguments.FirstOrDefault(IsFunction)?.Syntax is not ArgumentSyntax first || first.Expression != subscriber) return [];
        var filters = ImmutableArray.CreateBuilder<IMethodSymbol>();
        for (var stream = Source(call, model, cancellation); stream is not null; stream = Source(stream, model, cancellation))
        {
            if (stream is IInvocationOperation { TargetMethod.Name: "Where" or "TakeWhile", Arguments: [.., var last] } && Function(last.Value) is { } filter) filters.Add(filter);
        }

        return filters.ToImmutable();
    }

    private static bool IsFunction(IArgumentOperation argument) => argument.Parameter?.Type.TypeKind == TypeKind.Delegate;

    /// <summary>Does some filter let through only while this connection is open?</summary>
    public static bool Ask(Callback callback, Place connection, Body body, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var filter in callback.Filters)
        {
            foreach (var summary in analysis.Summaries.Of(filter, Analysis.Depth, cancellation))
            {
                var site = new SummaryApplication(FlowState.Start, summary, Value.Of(Place.This), [Passed(filter, callback)], callback.Syntax);
                var passed = Told(FlowState.Start.Know(Conditions.AsCondition(site.Map(summary.Result)).WhenTrue), callback.Function);
                if (analysis.Guards.IsChecked(passed, connection, body, throwing: false, Gaps.None)) return true;
            }
        }

        return false;
    }

    /// <summary><c>.Subscribe(link.Send)</c>: what was asked of <c>link</c> was asked of the method's own object.</summary>
    private static FlowState Told(FlowState passed, ISymbol subscriber)
    {
        foreach (var fact in passed.Facts)
        {
            if (fact.Key is { Parent.Type: { } owner, Symbol: { } member } && SymbolEqualityComparer.Default.Equals(owner, subscriber.ContainingType) && Place.This.Step(member) is { } own)
                passed = passed.Know(SmallMap<Place, Constraint>.Empty.Set(own, fact.Value));
        }

        return passed;
    }

    /// <summary>What the filter looks at is what the subscriber is given, if nothing in between made something else of it.</summary>
    private static Value Passed(IMethodSymbol filter, Callback callback) =>
        filter.Parameters is [var asked, ..] && callback.Function is IMethodSymbol { Parameters: [var given] } && SymbolEqualityComparer.Default.Equals(asked.Type, given.Type)
            ? Value.Of(Place.Parameter(given)) : Value.Unknown;

    /// <summary>The observable that this call works on; an extension has it as its first argument.</summary>
    private static IOperation? Source(IOperation? call, SemanticModel model, CancellationToken cancellation)
    {
        if (call is not IInvocationOperation invocation) return null;
        var source = (invocation.Instance ?? invocation.Arguments.FirstOrDefault()?.Value)?.WithoutConversions();
        // `var usable = samples.Where(…); usable.Subscribe(…)`
        if (source is ILocalReferenceOperation { Local: var local } && local.DeclaringSyntaxReferences is [var declared] && declared.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: var value } && value.SyntaxTree == model.SyntaxTree)
            source = model.GetOperation(value, cancellation)?.WithoutConversions();
        return IsObservable(source?.Type) ? source : null;
    }

    private static bool IsObservable(ITypeSymbol? type) => type is not null && (Is(type) || type.AllInterfaces.Any(Is));

    /// <summary>The observable of the base library.</summary>
    public static bool Is(ITypeSymbol type) =>
        type.OriginalDefinition is { Name: "IObservable", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };

    private static IMethodSymbol? Function(IOperation handler) => handler.WithoutDelegate() switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol,
        IMethodReferenceOperation { Instance: null or IInstanceReferenceOperation } method => method.Method,
        _ => null,
    };
}
