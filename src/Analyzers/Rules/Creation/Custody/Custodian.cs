using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>What a function does to a connection that it is given or sees.</summary>
internal sealed class Effect(bool ends, bool returns, bool opens, bool hides, ImmutableArray<INamedTypeSymbol> throws)
{
    /// <summary>It completes though opening has failed: its result tells.</summary>
    public bool Hides { get; } = hides;

    /// <summary>It closes or keeps it, at least on some path on which it completes.</summary>
    public bool Ends { get; } = ends;

    /// <summary>It answers it.</summary>
    public bool Returns { get; } = returns;

    public bool Opens { get; } = opens;

    /// <summary>What leaves it while the connection is still open.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws { get; } = throws;
}

/// <summary>The questions that the rules on custody share, for one file.</summary>
internal sealed class Custodian
{
    public const int Depth = 3;

    private readonly Dictionary<IMethodSymbol, Effect?> _openings = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IMethodSymbol, bool> _fresh = new(SymbolEqualityComparer.Default);

    public Custodian(Analysis analysis, CancellationToken cancellation)
    {
        Analysis = analysis;
        Cancellation = cancellation;
        Endings = new(analysis);
        Wrappers = new(analysis, Endings, cancellation);
        Openings = new(analysis, Wrappers);
    }

    public Analysis Analysis { get; }

    public CancellationToken Cancellation { get; }

    public Openings Openings { get; }

    public Endings Endings { get; }

    public Wrappers Wrappers { get; }

    public INamedTypeSymbol AnyException => Analysis.Catalogue.Types.Find("System.Exception")!;

    public Effect? EffectOf(Body inner, CustodyRule rule, IEnumerable<ISymbol> symbols, Kept token)
    {
        if (PathEngine<Kept>.Exits(Analysis, inner, rule, new Kept(token.Hold == Hold.Failed ? Hold.Opened : token.Hold), symbols, Cancellation) is not { } exits) return null;
        var throws = exits.Where(e => e is { Thrown: not null, Token.Hold: Hold.Failed }).Select(e => e.Thrown!).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToImmutableArray();
        var ends = exits.Where(e => e.Thrown is null).ToList();
        return new Effect(ends.Any(e => e.Token.Hold == Hold.Gone), ends.Any(e => e.Token.Hold == Hold.Returned), ends.Any(e => e.Token.Hold is Hold.Opened or Hold.Failed), ends.Any(e => e.Token.Hold == Hold.Failed), throws);
    }

    /// <summary>How an own method fails that opens connections of its own; null where it opens none or cannot be followed.</summary>
    public Effect? OpeningOf(IMethodSymbol method, int depth)
    {
        method = method.OriginalDefinition;
        if (_openings.TryGetValue(method, out var known)) return known;
        _openings[method] = null;
        if (depth <= 0 || Analysis.Bodies.Of(method, Cancellation) is not { } inner) return null;
        return _openings[method] = EffectOf(inner, new VictimRule(this, inner, null, depth - 1), [], new Kept(Hold.Held));
    }

    /// <summary>The connection that an operation gives to this code as its own: made here, or made and handed over by an own method.</summary>
    public ITypeSymbol? Given(IOperation operation)
    {
        if (Openings.Created(operation) is { } created) return created;
        return operation is IInvocationOperation call && Openings.IsFollowed(call.TargetMethod)
            && Openings.Result(call.TargetMethod) is { } made && Analysis.Connections.TypeOf(made) is not null && HandsOver(call.TargetMethod) ? made : null;
    }

    /// <summary>The method makes a connection and returns it.</summary>
    public bool HandsOver(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        if (_fresh.TryGetValue(method, out var known)) return known;
        _fresh[method] = false;
        if (Analysis.Bodies.Of(method, Cancellation) is not { } inner) return false;
        foreach (var source in Sources(inner))
        {
            var exits = PathEngine<Kept>.Exits(Analysis, inner, new LeakRule(this, inner, source, 2), default, null, Cancellation);
            if (exits?.Any(e => e is { Thrown: null, Token.Hold: Hold.Returned }) == true) return _fresh[method] = true;
        }

        return false;
    }

    public IEnumerable<IOperation> Sources(Body inner)
    {
        foreach (var block in inner.Graph.Blocks)
        {
            foreach (var root in block.BranchValue is { } value ? block.Operations.Add(value) : block.Operations)
            {
                foreach (var operation in root.DescendantsAndSelf())
                {
                    if (Given(operation) is not null) yield return operation;
                }
            }
        }
    }
}
