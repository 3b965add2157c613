using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>A type whose values have a lifecycle.</summary>
internal sealed class ConnectionType
{
    public ConnectionType(INamedTypeSymbol symbol, Traits traits, Source source, string? reason = null, string? unless = null)
    {
        Symbol = symbol;
        Traits = traits;
        Source = source;
        Reason = reason;
        Unless = unless;
    }

    /// <summary>The type that was recognised: the one asked for, or the base type or interface of it that makes it a connection.</summary>
    public INamedTypeSymbol Symbol { get; }

    public Traits Traits { get; }

    public Source Source { get; }

    /// <summary>Why the catalogue says so, for messages.</summary>
    public string? Reason { get; }

    /// <summary>The setting (of its factory, of its options) that has to stay on for it to reconnect by itself; null where nothing switches that off.</summary>
    public string? Unless { get; }
}
