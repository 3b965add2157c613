using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>An exception that can get out of a function: of network I/O that it does, or one that it throws itself.</summary>
internal sealed class Escape(IOperation at, IoCall? io, ITypeSymbol? thrown)
{
    /// <summary>The operation of the function: the I/O itself, the call that leads to it, the <c>throw</c>.</summary>
    public IOperation At { get; } = at;

    /// <summary>The I/O in the end; null for a <c>throw</c>.</summary>
    public IoCall? Io { get; } = io;

    /// <summary>What is thrown; null for I/O.</summary>
    public ITypeSymbol? Thrown { get; } = thrown;

    /// <summary>Nobody catches what it throws when the network fails.</summary>
    public bool Fails { get; init; }

    /// <summary>Nobody catches what it throws when the connection is being closed.</summary>
    public bool Ends { get; init; }

    /// <summary>It is network I/O only if the callers give this parameter a stream that leads to a peer.</summary>
    public IParameterSymbol? Carrier { get; init; }

    /// <summary>What <c>this</c> has to be at least, for the calls on it to lead there; null where any will do.</summary>
    public INamedTypeSymbol? Self { get; init; }

    /// <summary>The calls from here to the I/O, outermost first.</summary>
    public ImmutableArray<RouteStep> Route { get; init; } = [];
}
