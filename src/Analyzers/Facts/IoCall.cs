using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Facts;

/// <summary>What a call asks of the network.</summary>
internal enum IoKind
{
    /// <summary>Opens a connection to somebody else.</summary>
    Connect,

    /// <summary>Secures a connection that is open already.</summary>
    Handshake,

    /// <summary>Waits for somebody else's connection or request.</summary>
    Accept,

    /// <summary>Begins to listen: it fails at once or not at all.</summary>
    Listen,

    Receive,

    Send,

    Close,

    /// <summary><c>End…</c> of an operation that was begun: gives its result or its failure.</summary>
    Complete,

    /// <summary><c>Begin…</c>, or a call that takes an operation object: the failure comes later.</summary>
    Start,
}

/// <summary>A call that does network I/O.</summary>
internal sealed class IoCall(IoKind kind, IOperation operation, IMethodSymbol method, IOperation? connection, ITypeSymbol? type)
{
    public IoKind Kind { get; } = kind;

    public IOperation Operation { get; } = operation;

    public IMethodSymbol Method { get; } = method;

    /// <summary>The connection that it is called on, as the code names it.</summary>
    public IOperation? Connection { get; } = connection;

    public ITypeSymbol? Type { get; } = type;

    /// <summary>The stream it works on is this parameter: whether it leads to a peer is for the callers to say.</summary>
    public IParameterSymbol? Carrier { get; init; }

    /// <summary>What it throws when the network fails; any of these may stand for all.</summary>
    public ImmutableArray<INamedTypeSymbol> Failures { get; init; } = [];

    /// <summary>Nobody has said what it throws: a library's own exception may be it too.</summary>
    public bool IsVague { get; init; }

    /// <summary>What it throws when the connection is being closed; any of these may stand for all.</summary>
    public ImmutableArray<INamedTypeSymbol> Endings { get; init; } = [];

    /// <summary>Its own name, for a constructor that of the type.</summary>
    public string Name => Method.MethodKind == MethodKind.Constructor ? Method.ContainingType.Name : Method.Name.Substring(Method.Name.LastIndexOf('.') + 1);
}
