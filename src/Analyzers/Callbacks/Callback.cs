using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>Code that somebody else decides to run, at a time when a connection may already be ending.</summary>
internal sealed class Callback(ISymbol function, SyntaxNode syntax, Location subscription)
{
    public ISymbol Function { get; } = function;

    /// <summary>The declaration or lambda that holds its code.</summary>
    public SyntaxNode Syntax { get; } = syntax;

    /// <summary>Where it is handed out; for an override, its own name.</summary>
    public Location Subscription { get; } = subscription;

    /// <summary>The field, property or variable whose event proves that it is open, for a handler of Connected or Opened.</summary>
    public ISymbol? ProvenOpen { get; init; }

    /// <summary>The event proves the state of some connection, and it cannot be told which.</summary>
    public bool ProvesSome { get; init; }

    /// <summary>The name of a method, without the interface that it implements explicitly.</summary>
    public string Name => Function is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } or { Name: "" } ? "the handler" : Function.Name.Substring(Function.Name.LastIndexOf('.') + 1);
}
