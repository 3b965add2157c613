using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.Rules.Creation.Counting;

/// <summary>A field that goes up with each connection and down with its end: a number, a semaphore, a collection.</summary>
internal sealed class Count(ISymbol field)
{
    public ISymbol Field { get; } = field;

    /// <summary>The operations that take it up, and those that take it down, wherever they stand in the type.</summary>
    public List<SyntaxNode> Ups { get; } = [];

    public List<SyntaxNode> Downs { get; } = [];
}

/// <summary>The counts that a type keeps, found by how it moves its fields.</summary>
internal sealed class Counts(Analysis analysis, CancellationToken cancellation)
{
    private static readonly HashSet<string> OfConnections = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Connections", "Conns", "Conn", "Client", "Clients", "Session", "Sessions", "Socket", "Sockets", "Peer", "Peers", "Channel", "Channels", "Link", "Links", "Tunnel", "Tunnels",
        "Active", "Open", "Opened", "Live", "Alive", "Current", "Count", "Slots", "Slot", "Used", "Running", "Connected", "Users", "Subscribers", "Viewers", "Online", "Handlers", "Streams", "Relays", "Forwarders",
        "Permits", "Permit", "Limit", "Limiter", "Throttle", "Capacity", "Concurrency", "Semaphore", "Leases", "Outstanding", "Established", "Hubs", "Players", "Members", "Busy", "Pipes", "Workers", "Flows", "Pairs",
    };

    private static readonly HashSet<string> OfOthers = new(StringComparer.OrdinalIgnoreCase)
    {
        "Request", "Requests", "Response", "Responses", "Reply", "Replies", "Message", "Messages", "Pending", "Sent", "Received", "Bytes", "Byte", "Error", "Errors", "Retry", "Retries", "Attempt", "Attempts", "Total", "Id", "Ids", "Sequence", "Index", "Version",
        "Generation", "Lock", "Mutex", "Sync", "Send", "Write", "Read", "Sender", "Writer", "Jobs", "Queue", "Queued", "Depth", "Position", "Offset", "Failures", "Frames", "Packets", "Commands", "Refs", "References", "Job", "Queries", "Nesting", "Level", "Reentrancy", "Ticks", "Tick", "Timeouts", "Seed", "Next", "Last", "Hits", "Misses", "Step", "Round", "Cursor", "Size", "Length",
    };

    /// <summary>A collection of such by name, whatever its elements are.</summary>
    private static readonly HashSet<string> Plainly = new(StringComparer.OrdinalIgnoreCase) { "Connections", "Clients", "Sessions", "Sockets", "Peers", "Channels", "Links", "Tunnels" };

    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<Count>> _known = new(SymbolEqualityComparer.Default);

    /// <summary>The fields that the type takes both up and down.</summary>
    public ImmutableArray<Count> Of(INamedTypeSymbol type) => _known.GetOrAdd(type.OriginalDefinition, Find);

    private ImmutableArray<Count> Find(INamedTypeSymbol type)
    {
        var found = new Dictionary<ISymbol, Count>(SymbolEqualityComparer.Default);
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            var syntax = reference.GetSyntax(cancellation);
            foreach (var node in syntax.DescendantNodes(n => n == syntax || n is not TypeDeclarationSyntax))
            {
                var (target, up) = Moved(node);
                if (target is null) continue;
                if (Kept(target, node) is not { } symbol) continue;
                if (!found.TryGetValue(symbol, out var count)) found[symbol] = count = new Count(symbol);
                (up ? count.Ups : count.Downs).Add(node);
            }
        }

        return found.Values.Where(c => c.Ups.Count > 0 && c.Downs.Count > 0).OrderBy(c => c.Ups[0].SpanStart).ToImmutableArray();
    }

    /// <summary>The member that counts: named itself, under the name of a variable, or looked up in: <c>var slots = _slots.GetOrAdd(host, …);</c></summary>
    private ISymbol? Kept(ExpressionSyntax target, SyntaxNode move)
    {
        var model = analysis.Bodies.ModelOf(target.SyntaxTree);
        switch (model.GetSymbolInfo(target, cancellation).Symbol)
        {
            case IFieldSymbol { IsConst: false } field:
                return IsCount(field, field.Type, move) ? field : null;
            case IPropertySymbol { IsIndexer: false } property:
                return IsCount(property, property.Type, move) ? property : null;
            // A number's second name counts for itself.
            case ILocalSymbol { Type: { IsReferenceType: true } type } when IsCounting(type, move) && model.GetOperation(target, cancellation) is { } value && Pool.Container(value) is (IFieldSymbol or IPropertySymbol) and { Name: not "this[]" } kept:
                return IsCount(kept, type, move) ? kept : null;
            default:
                return null;
        }
    }

    /// <summary>What the operation moves, and whether upwards; by its form alone.</summary>
    public static (ExpressionSyntax? Target, bool Up) Moved(SyntaxNode node)
    {
        switch (node)
        {
            case PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.PostIncrementExpression) || postfix.IsKind(SyntaxKind.PostDecrementExpression):
                return (postfix.Operand, postfix.IsKind(SyntaxKind.PostIncrementExpression));
            case PrefixUnaryExpressionSyntax prefix when prefix.IsKind(SyntaxKind.PreIncrementExpression) || prefix.IsKind(SyntaxKind.PreDecrementExpression):
                return (prefix.Operand, prefix.IsKind(SyntaxKind.PreIncrementExpression));
            case AssignmentExpressionSyntax { Right: LiteralExpressionSyntax { Token.Value: 1 } } compound when compound.IsKind(SyntaxKind.AddAssignmentExpression) || compound.IsKind(SyntaxKind.SubtractAssignmentExpression):
                return (compound.Left, compound.IsKind(SyntaxKind.AddAssignmentExpression));
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var on, Name.Identifier.ValueText: var name }, ArgumentList.Arguments: var arguments }:
                return name switch
                {
                    "Increment" or "Decrement" when arguments.Count == 1 && arguments[0].RefKindKeyword.IsKind(SyntaxKind.RefKeyword) => (arguments[0].Expression, name == "Increment"),
                    "Add" when arguments.Count == 2 && arguments[0].RefKindKeyword.IsKind(SyntaxKind.RefKeyword) => (arguments[0].Expression, arguments[1].Expression is LiteralExpressionSyntax),
                    "Wait" or "WaitAsync" or "Add" or "TryAdd" => (on, true),
                    "Release" or "Remove" or "TryRemove" => (on, false),
                    _ => default,
                };
            default:
                return default;
        }
    }

    /// <param name="symbol">The member.</param>
    /// <param name="type">Its type, or that of one of the many it holds.</param>
    /// <param name="node">What moves it.</param>
    private bool IsCount(ISymbol symbol, ITypeSymbol type, SyntaxNode node)
    {
        switch (type)
        {
            case { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 }:
                return node is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" or "WaitAsync" or "Release" } } && MayBeOfConnections(symbol.Name);
            case { Name: "SemaphoreSlim" }:
                return IsCounting(type, node) && MayBeOfConnections(symbol.Name) && !IsLockOrSignal(symbol);
            default:
                return IsCounting(type, node) && !IsOfWaiters(type)
                    && (ClosingFlags.Words(symbol.Name).LastOrDefault() is { } word && Plainly.Contains(word) && !(word is "Channels" && IsOfNames(type)) || HasConnections(type));
        }
    }

    /// <summary>A semaphore or collection, and a call that counts with it.</summary>
    private static bool IsCounting(ITypeSymbol type, SyntaxNode node) => type switch
    {
        { Name: "SemaphoreSlim", ContainingNamespace.Name: "Threading" } => IsInvocationOf(node, "Wait", "WaitAsync", "Release"),
        _ => IsInvocationOf(node, "Add", "TryAdd", "Remove", "TryRemove") && type.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true,
    };

    private bool HasConnections(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(a => IsConnection(a) || IsPeer(a));

    /// <summary>Those who wait for a session have none yet.</summary>
    private static bool IsOfWaiters(ITypeSymbol type) => type is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(a => a.Name == "TaskCompletionSource");

    /// <summary>Channels by their names are those that people talk in.</summary>
    private static bool IsOfNames(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String || type is INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } && arguments.All(IsOfNames);

    private static bool IsInvocationOf(SyntaxNode node, params string[] names) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } } && Array.IndexOf(names, name) >= 0;

    private static bool MayBeOfConnections(string name)
    {
        var words = ClosingFlags.Words(name).ToList();
        return !words.Any(OfOthers.Contains);
    }

    /// <summary>The name says that connections are counted.</summary>
    public static bool NamesConnections(ISymbol field) => ClosingFlags.Words(field.Name).Any(OfConnections.Contains);

    /// <summary>The type keeps, takes or hands out some connection; what else one that does not counts may go by any name.</summary>
    public bool KnowsConnections(INamedTypeSymbol type) => type.GetMembers().Any(m => m switch
    {
        IFieldSymbol field => Holds(field.Type),
        IPropertySymbol property => Holds(property.Type),
        IMethodSymbol method => Holds(method.ReturnType) || method.Parameters.Any(p => Holds(p.Type)),
        _ => false,
    });

    private bool Holds(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Holds(array.ElementType),
        INamedTypeSymbol named => analysis.Connections.TypeOf(named) is not null || IsPeer(named) || named.TypeArguments.Any(Holds),
        _ => false,
    };

    /// <summary>The name says so, and could not mean anything else that goes on at the same time.</summary>
    public static bool SaysConnections(ISymbol field) => ClosingFlags.Words(field.Name).Any(Plainly.Contains);

    /// <summary>A semaphore that lets one in is a lock; one that lets nobody in before it is released tells of something that happened.</summary>
    private bool IsLockOrSignal(ISymbol symbol)
    {
        if (Symbols.TypeOf(symbol)?.Name == "SemaphoreSlim") return Assignments.To(symbol, analysis).Any(a => LetsOneIn(a.Value));
        // One for each key: they are made where one is missing, in the same type.
        var made = symbol.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(cancellation).DescendantNodes()).OfType<BaseObjectCreationExpressionSyntax>()
            .Where(c => c is ImplicitObjectCreationExpressionSyntax || c is ObjectCreationExpressionSyntax { Type: var type } && type.LastWord() == "SemaphoreSlim").ToList();
        return made.Count == 0 || made.Any(LetsOneIn);
    }

    private static bool LetsOneIn(ExpressionSyntax made) =>
        made is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax { Token.Value: 0 or 1 } }, ..] };

    /// <summary>The address by which a connected peer is told from the others.</summary>
    private static bool IsPeer(ITypeSymbol type) => type is { Name: "EndPoint" or "IPEndPoint", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } };

    private bool IsConnection(ITypeSymbol type) =>
        analysis.Connections.TypeOf(type) is { } known && (known.Traits & (Traits.Operation | Traits.Reconnects)) == 0;
}
