using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation.Counting;

/// <summary>What the rule on counts asks of a compilation, for one file.</summary>
internal sealed class Counter(Analysis analysis, CancellationToken cancellation)
{
    public const int Depth = 3;

    private readonly Dictionary<(ISymbol, ISymbol), Move?> _moves = [];

    public Analysis Analysis { get; } = analysis;

    public Custodian Custodian { get; } = new(analysis, cancellation);

    public Openings Openings => Custodian.Openings;

    /// <summary>An own method that opens, and tells by its result where it could not.</summary>
    public bool HidesFailure(IMethodSymbol method) =>
        Openings.IsFollowed(method) && Custody.Openings.Result(method) is { IsReferenceType: true } && Custodian.OpeningOf(method, Depth) is { Hides: true };

    /// <summary>A socket whose peer has gone already.</summary>
    public ImmutableArray<INamedTypeSymbol> SocketFailure => Analysis.Catalogue.Types.Find("System.Net.Sockets.SocketException") is { } failure ? [failure] : [];

    public INamedTypeSymbol AnyException => Analysis.Catalogue.Types.Find("System.Exception")!;

    /// <summary>The handler of an event is, or calls, what takes the count down.</summary>
    public bool TakesDown(Count count, IOperation handler) => handler switch
    {
        IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: var method } } => MovesDown(count, method),
        IDelegateCreationOperation { Target: { } lambda } => MovesDown(count, lambda.Syntax),
        _ => false,
    };

    /// <summary>The code, or a function of the same type that it names, takes the count down.</summary>
    public bool MovesDown(Count count, SyntaxNode code) => MovesDown(count, code, 2);

    public bool MovesDown(Count count, IMethodSymbol method) => method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax && MovesDown(count, syntax);

    /// <summary>
    /// An object that takes the count down when it is disposed: it was given the semaphore or collection itself, or the object that
    /// counts, and speaks of the count.
    /// </summary>
    public bool IsLease(Count count, IObjectCreationOperation made)
    {
        if (made.Type is not { } type || !type.AllInterfaces.Any(i => i.Name is "IDisposable" or "IAsyncDisposable")) return false;
        return made.Arguments.Any(a => PathView<Tally>.Unwrapped(a.Value) switch
        {
            IMemberReferenceOperation { Member: var given } => SymbolEqualityComparer.Default.Equals(given.OriginalDefinition, count.Field.OriginalDefinition),
            IInstanceReferenceOperation => type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Any(d => MovesDown(count, d) || d.Mentions(count.Field.Name)),
            _ => false,
        });
    }

    private bool MovesDown(Count count, SyntaxNode code, int steps)
    {
        if (count.Downs.Any(d => d.SyntaxTree == code.SyntaxTree && code.Span.Contains(d.Span))) return true;
        if (steps == 0) return false;
        var names = new HashSet<string>(code.DescendantNodes().OfType<IdentifierNameSyntax>().Select(n => n.Identifier.ValueText), StringComparer.Ordinal);
        foreach (var down in count.Downs)
        {
            foreach (var outer in down.Ancestors())
            {
                var name = outer switch { LocalFunctionStatementSyntax local => local.Identifier.ValueText, MethodDeclarationSyntax method => method.Identifier.ValueText, _ => null };
                if (name is not null && names.Contains(name) && !outer.Span.Contains(code.Span)) return true;
            }
        }

        return false;
    }

    public Move? MoveOf(Count count, IMethodSymbol method, Body caller, int depth)
    {
        method = method.OriginalDefinition;
        if (_moves.TryGetValue((count.Field, method), out var known)) return known;
        _moves[(count.Field, method)] = null;
        if (Analysis.Bodies.Of(method, cancellation) is not { } inner || inner.Syntax == caller.Syntax) return null;
        var touches = MovesDown(count, inner.Syntax) || count.Ups.Any(u => u.SyntaxTree == inner.Syntax.SyntaxTree && inner.Syntax.Span.Contains(u.Span));
        if (Exits(inner, new Tally(Level.Up), count, depth) is not { } fromUp) return null;
        var raises = touches && Exits(inner, default, count, depth) is { } fromDown && fromDown.Any(e => e.Thrown is null) && fromDown.Where(e => e.Thrown is null).All(e => e.Token.Level == Level.Up);
        var settles = fromUp.Any(e => e.Thrown is null && e.Token.Level is Level.Settled or Level.Left);
        return _moves[(count.Field, method)] = new Move(raises, settles, Thrown(fromUp.Where(e => e.Token.IsUp)), Thrown(fromUp.Where(e => !e.Token.IsUp)));
    }

    /// <summary>What can fail in a function that is to take the count down, before it has.</summary>
    public IOperation? FailureOf(Count count, SyntaxNode function, int depth)
    {
        if (depth < 0 || Analysis.Bodies.At(function, cancellation) is not { } inner || Exits(inner, new Tally(Level.Up), count, depth) is not { } exits) return null;
        return exits.Any(e => e is { Thrown: null, Token.Level: Level.Settled }) ? exits.FirstOrDefault(e => e is { Thrown: not null, Token: { Level: Level.Failed, Failed: not null } })?.Token.Failed : null;
    }

    private IReadOnlyList<PathExit<Tally>>? Exits(Body inner, Tally start, Count count, int depth) =>
        PathEngine<Tally>.Exits(Analysis, inner, new CountRule(this, count, inner, depth), start, null, cancellation);

    private static ImmutableArray<INamedTypeSymbol> Thrown(IEnumerable<PathExit<Tally>> exits) =>
        exits.Where(e => e.Thrown is not null).Select(e => e.Thrown!).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray();

    /// <summary>What a library's member that works on a connection throws; empty for everything else.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var receiver = Custody.Openings.Receiver(call)?.Type;
        var roles = Analysis.Connections.RolesOf(method, receiver);
        var isIO = (roles & Role.Quiet) == 0 && (roles & (Role.Open | Role.Create | Role.Send | Role.Receive | Role.Use | Role.Ensures)) != 0
            || (roles & Role.Close) != 0 && IsFailingClose(method)
            || receiver is not null && Analysis.Connections.IsCarrier(receiver) && IsTransfer(method.Name);
        if (!isIO || method.Name.StartsWith("Try", StringComparison.Ordinal) || method.Name.StartsWith("Begin", StringComparison.Ordinal)) return [];
        if ((roles & Role.Open) != 0) return Openings.Throws(call);
        var names = method.ContainingNamespace?.ToDisplayString() switch
        {
            "System.Net.Sockets" when method.ContainingType.Name != "NetworkStream" => new List<string> { "System.Net.Sockets.SocketException" },
            "System.Net.Sockets" or "System.Net.Security" or "System.IO" or "System.IO.Pipes" => ["System.IO.IOException"],
            "System.Net.WebSockets" => ["System.Net.WebSockets.WebSocketException"],
            _ => ["System.Exception"],
        };
        if (call.Arguments.Any(a => a is { ArgumentKind: ArgumentKind.Explicit, Parameter.Type.Name: "CancellationToken" } && PathView<Tally>.Unwrapped(a.Value) is not IDefaultValueOperation)) names.Add("System.OperationCanceledException");
        return names.Select(Analysis.Catalogue.Types.Find).Where(t => t is not null).Select(t => t!).ToImmutableArray();
    }

    /// <summary>A socket's own <c>Close</c> and every <c>Dispose</c> do not throw; <c>Shutdown</c> and what says goodbye to the peer does.</summary>
    private static bool IsFailingClose(IMethodSymbol method) =>
        method.Name is not ("Dispose" or "DisposeAsync" or "Abort")
        && !(method.Name is "Close" or "Stop" && method.ContainingNamespace?.ToDisplayString() is "System.Net.Sockets" or "System.Net.Security" or "System.IO" or "System.IO.Pipes" or "System.Net");

    private static bool IsTransfer(string name) =>
        name.StartsWith("Read", StringComparison.Ordinal) || name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("CopyTo", StringComparison.Ordinal) || name.StartsWith("Flush", StringComparison.Ordinal);

    public static bool IsHeard(IInvocationOperation call)
    {
        if (call.Type?.Name is not ("Task" or "ValueTask")) return true;
        for (var node = call.Syntax.Parent; node is ExpressionSyntax and not AssignmentExpressionSyntax or ArgumentSyntax or ArgumentListSyntax; node = node.Parent)
        {
            if (node is AwaitExpressionSyntax || node is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" or "Result" or "GetAwaiter" }) return true;
            if (node is AnonymousFunctionExpressionSyntax) return false;
        }

        // `var draining = DrainAsync(socket); await draining;`
        return call.Syntax.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var name } declared }
            && Bodies.EnclosingDeclaration(declared)?.DescendantNodes().OfType<AwaitExpressionSyntax>().Any(a => a.SpanStart > declared.Span.End && a.Expression is IdentifierNameSyntax { Identifier.ValueText: var awaited } && awaited == name) == true;
    }
}
