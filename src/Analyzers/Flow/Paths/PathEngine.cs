using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>
/// Follows a token along every path of a body. States are kept apart, not joined: there are few (a small machine, a few flags),
/// and "closed only if not handed over" is told from "closed or handed over" by nothing else.
/// </summary>
internal sealed class PathEngine<TToken>
    where TToken : notnull
{
    private const int MaxStatesOfBlock = 64;
    private const int MaxVisits = 6_000;

    private readonly ControlFlowGraph _graph;
    private readonly IPathRule<TToken> _rule;
    private readonly PathTransfer<TToken> _transfer;
    private readonly INamedTypeSymbol _anyException;
    private readonly CancellationToken _cancellation;
    private readonly List<PathExit<TToken>> _exits = [];
    private readonly Dictionary<(ControlFlowRegion, PathState<TToken>), List<PathState<TToken>>> _finallys = [];
    private int _visits;

    private PathEngine(Analysis analysis, Body body, IPathRule<TToken> rule, INamedTypeSymbol anyException, CancellationToken cancellation)
    {
        _graph = body.Graph;
        _rule = rule;
        _transfer = new PathTransfer<TToken>(body, rule, analysis.NeverReturning, anyException);
        _anyException = anyException;
        _cancellation = cancellation;
    }

    private bool GaveUp { get; set; }

    /// <summary>
    /// Every way out of the body with its token, or null where a bound was passed or the body has no base of all exceptions to
    /// reason with: then nothing may be concluded. <paramref name="followed"/> are variables that hold the followed value from
    /// the start.
    /// </summary>
    public static IReadOnlyList<PathExit<TToken>>? Exits(Analysis analysis, Body body, IPathRule<TToken> rule, TToken start, IEnumerable<ISymbol>? followed, CancellationToken cancellation)
    {
        if (analysis.Catalogue.Types.Find("System.Exception") is not { } anyException) return null;
        var engine = new PathEngine<TToken>(analysis, body, rule, anyException, cancellation);
        var variables = SmallMap<object, Known>.Empty;
        foreach (var symbol in followed ?? []) variables = variables.Set(symbol, Known.Followed);
        try
        {
            new Run(engine, 0, body.Graph.Blocks.Length - 1).Solve(new PathState<TToken>(start, variables, null));
        }
        catch (InsufficientExecutionStackException)
        {
            return null;
        }

        return engine.GaveUp ? null : engine._exits;
    }

    /// <summary>The blocks of the whole body, or those of one <c>finally</c> for one way into it.</summary>
    private sealed class Run(PathEngine<TToken> engine, int first, int last)
    {
        private readonly HashSet<PathState<TToken>>?[] _seen = new HashSet<PathState<TToken>>?[last - first + 1];
        private readonly Queue<(int Block, PathState<TToken> State)> _work = new();
        private readonly List<PathState<TToken>> _ends = [];

        /// <summary>The states with which a <c>finally</c> ends.</summary>
        public List<PathState<TToken>> Solve(PathState<TToken> start)
        {
            Enter(first, start);
            while (_work.Count > 0 && !engine.GaveUp)
            {
                engine._cancellation.ThrowIfCancellationRequested();
                if (++engine._visits > MaxVisits)
                {
                    engine.GaveUp = true;
                    break;
                }

                var (block, state) = _work.Dequeue();
                Visit(engine._graph.Blocks[block], state);
            }

            return _ends;
        }

        private void Enter(int block, PathState<TToken> state)
        {
            if (block < first || block > last) return;
            var seen = _seen[block - first] ??= [];
            if (!seen.Add(state)) return;
            if (seen.Count > MaxStatesOfBlock) engine.GaveUp = true;
            _work.Enqueue((block, state));
        }

        private void Visit(BasicBlock block, PathState<TToken> entry)
        {
            var state = entry;
            foreach (var operation in block.Operations)
            {
                if (Perform(block, operation, state) is not { } after) return;
                state = after;
            }

            if (block.ConditionalSuccessor is { } conditional && block.BranchValue is { } condition)
            {
                if (Perform(block, condition, state) is not { } evaluated) return;
                var jumpsWhenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
                if (engine._transfer.Assume(condition, jumpsWhenTrue, evaluated) is { } jumps) Follow(block, conditional, jumps, null);
                if (engine._transfer.Assume(condition, !jumpsWhenTrue, evaluated) is { } falls) Follow(block, block.FallThroughSuccessor, falls, null);
                return;
            }

            if (block.BranchValue is { } value)
            {
                if (Perform(block, value, state) is not { } evaluated) return;
                state = evaluated;
            }

            Follow(block, block.FallThroughSuccessor, state, block.BranchValue);
        }

        private PathState<TToken>? Perform(BasicBlock block, IOperation operation, PathState<TToken> state) =>
            engine._transfer.Perform(operation, state, (by, type, thrown) => Raise(block.EnclosingRegion, thrown, type, by));

        private void Follow(BasicBlock from, ControlFlowBranch? branch, PathState<TToken> state, IOperation? value)
        {
            switch (branch?.Semantics)
            {
                case null or ControlFlowBranchSemantics.None or ControlFlowBranchSemantics.Error:
                    return;
                case ControlFlowBranchSemantics.Throw:
                    Raise(from.EnclosingRegion, state, (value is null ? null : PathView<TToken>.Unwrapped(value).Type as INamedTypeSymbol) ?? engine._anyException, value);
                    return;
                case ControlFlowBranchSemantics.Rethrow:
                    Raise(from.EnclosingRegion, state, state.Caught ?? engine._anyException, null);
                    return;
                case ControlFlowBranchSemantics.StructuredExceptionHandling:
                    _ends.Add(state);
                    return;
            }

            var leaves = branch.Semantics == ControlFlowBranchSemantics.Return || branch.Destination?.Kind == BasicBlockKind.Exit;
            if (leaves) state = state.With(engine._rule.Return(branch.Semantics == ControlFlowBranchSemantics.Return ? value : null, state.Token, engine._transfer.View(state)));
            Through(branch, 0, leaves, state);
        }

        /// <summary>The <c>finally</c> blocks between here and there, one after the other.</summary>
        private void Through(ControlFlowBranch branch, int done, bool leaves, PathState<TToken> state)
        {
            if (done < branch.FinallyRegions.Length)
            {
                foreach (var end in Finally(branch.FinallyRegions[done], state)) Through(branch, done + 1, leaves, end);
                return;
            }

            if (leaves)
            {
                engine._exits.Add(new(state.Token, null, null));
                return;
            }

            foreach (var region in branch.LeavingRegions)
            {
                state = state.Forget(v => v is CaptureId id && region.CaptureIds.Contains(id) || v is ILocalSymbol local && region.Locals.Contains(local, SymbolEqualityComparer.Default));
                if (region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler && state.Caught is not null) state = state.Catching(null);
            }

            if (branch.Destination is { } destination) Enter(destination.Ordinal, state);
        }

        private List<PathState<TToken>> Finally(ControlFlowRegion region, PathState<TToken> state)
        {
            if (engine._finallys.TryGetValue((region, state), out var known)) return known;
            var ends = new Run(engine, region.FirstBlockOrdinal, region.LastBlockOrdinal).Solve(state).Distinct().ToList();
            return engine._finallys[(region, state)] = ends;
        }

        /// <summary>An exception of this type is thrown in this region: to the handlers that may take it, and on where they may not.</summary>
        private void Raise(ControlFlowRegion? region, PathState<TToken> state, INamedTypeSymbol type, IOperation? by)
        {
            for (; region is not null && region != engine._graph.Root; region = region.EnclosingRegion)
            {
                if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } whole) continue;
                if (whole.Kind == ControlFlowRegionKind.TryAndFinally)
                {
                    foreach (var end in Finally(whole.NestedRegions[1], state)) Raise(whole.EnclosingRegion, end, type, by);
                    return;
                }

                foreach (var further in Offer(whole, state, type)) Raise(whole.EnclosingRegion, further, type, by);
                return;
            }

            engine._exits.Add(new(state.Token, type, by));
        }

        /// <summary>To the handlers of one <c>try</c>, one after the other; the states with which it goes on past them all.</summary>
        private List<PathState<TToken>> Offer(ControlFlowRegion whole, PathState<TToken> state, INamedTypeSymbol type)
        {
            List<PathState<TToken>> open = [state];
            for (var i = 1; i < whole.NestedRegions.Length && open.Count > 0; i++)
            {
                var handler = whole.NestedRegions[i];
                var caught = handler.ExceptionType as INamedTypeSymbol;
                var takesAll = caught is null or { SpecialType: SpecialType.System_Object } || Bases.Include(type, caught);
                if (!takesAll && !Bases.Include(caught!, type)) continue;
                var offered = open.Select(s => s.Catching(takesAll ? type : caught)).ToList();
                foreach (var taken in offered) Enter(handler.FirstBlockOrdinal, taken);
                // What a filter did before it refused is done: `when (Close(socket))`.
                var refused = offered.SelectMany(s => Refused(handler, s)).Select(s => s.Catching(state.Caught));
                open = (takesAll ? refused : open.Concat(refused)).Distinct().ToList();
            }

            return open;
        }

        /// <summary>The states in which some path through the handler's filter answers with false.</summary>
        private IEnumerable<PathState<TToken>> Refused(ControlFlowRegion handler, PathState<TToken> state)
        {
            if (handler.Kind != ControlFlowRegionKind.FilterAndHandler) return [];
            return handler.NestedRegions.FirstOrDefault(r => r.Kind == ControlFlowRegionKind.Filter) is { } filter
                ? new Run(engine, filter.FirstBlockOrdinal, filter.LastBlockOrdinal).Solve(state)
                : [state];
        }
    }
}
