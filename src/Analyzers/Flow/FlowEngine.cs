using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace LifecycleAnalyzers.Flow;

/// <summary>What happens to a state at an operation; what a condition adds to it.</summary>
internal interface ITransfer
{
    /// <summary>The state after the operation; null where control does not come out of it.</summary>
    FlowState? Apply(IOperation operation, FlowState state);

    /// <summary>The states when the condition is true and when it is false; null where it cannot be.</summary>
    (FlowState? WhenTrue, FlowState? WhenFalse) Branch(IOperation condition, FlowState state, bool otherwiseThrowsTrue, bool otherwiseThrowsFalse);

    /// <summary>Control leaves the body normally.</summary>
    FlowState Return(IOperation? value, FlowState state);

    void Throw(IOperation? exception, FlowState state);

    /// <summary>Where to write down what happens; nowhere when null.</summary>
    List<BodyEvent>? Log { get; set; }

    /// <summary>What applying called methods has cost so far, in entries of states.</summary>
    int Spent { get; }

    /// <summary>Control leaves the scope of these variables.</summary>
    FlowState Leave(ControlFlowRegion scope, FlowState state);
}

/// <summary>
/// A forward worklist over Roslyn's control-flow graph. The graph has no edge from the middle of a <c>try</c> to its handlers:
/// the state after every operation inside a protected region is joined into its handlers. A <c>finally</c> is run once for each
/// way into it, so that what holds on the exceptional way never leaks into the normal one.
/// </summary>
internal sealed class FlowEngine(ControlFlowGraph graph, ITransfer transfer, Func<IOperation, bool> isCaughtHere, CancellationToken cancellation)
{
    private const int MaxVisitsOfBlock = 24;
    private const int MaxVisits = 20_000;

    /// <summary>Entries of states that are joined: what a body of many variables and many ways costs, whatever the machine.</summary>
    private const int MaxWork = 500_000;

    private readonly bool[] _onlyThrows = OnlyThrows(graph, isCaughtHere);
    private readonly Dictionary<ControlFlowRegion, FlowState> _exceptionalEntry = [];
    private readonly Dictionary<ControlFlowRegion, FlowState> _lastThrown = [];
    private int _visits;
    private int _work;

    private CancellationToken Cancellation => cancellation;

    private ITransfer Transfer => transfer;

    private ImmutableArray<BasicBlock> Blocks => graph.Blocks;

    /// <summary>Around a lambda's own root the regions are those of the method that holds it.</summary>
    private ControlFlowRegion Root => graph.Root;

    /// <summary>The joined state of all normal exits; null when there is none.</summary>
    public FlowState? Exit { get; private set; }

    /// <summary>What happens in the body, block by block.</summary>
    public List<BodyEvent> Events { get; } = [];

    /// <summary>A bound was passed: nothing may be concluded.</summary>
    public bool GaveUp { get; private set; }

    /// <summary>Runs to the fixed point. What is recorded of a block is what its last visit saw, for that had its final state.</summary>
    public void Run(FlowState start)
    {
        var run = new RegionRun(this, graph.Blocks[0].Ordinal, graph.Blocks[graph.Blocks.Length - 1].Ordinal);
        run.Solve(start);
        if (GaveUp) return;
        foreach (var visit in run.Visits)
        {
            Events.AddRange(visit.Events);
            foreach (var exit in visit.Exits) Exit = Exit is null ? exit : FlowState.Join(Exit, exit);
        }
    }

    private FlowState Join(FlowState left, FlowState right)
    {
        _work += left.Size + right.Size;
        if (_work + transfer.Spent > MaxWork) GaveUp = true;
        return FlowState.Join(left, right);
    }

    /// <summary>Blocks from which every way leads to a throw.</summary>
    private static bool[] OnlyThrows(ControlFlowGraph graph, Func<IOperation, bool> isCaughtHere)
    {
        var throws = new bool[graph.Blocks.Length];
        for (var i = graph.Blocks.Length - 1; i >= 0; i--)
        {
            var block = graph.Blocks[i];
            throws[i] = Leads(block.FallThroughSuccessor, i) && (block.ConditionalSuccessor is null || Leads(block.ConditionalSuccessor, i));
        }

        return throws;

        bool Leads(ControlFlowBranch? branch, int from)
        {
            if (branch is null) return false;
            if (branch.Semantics is ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow)
                return graph.Blocks[from].BranchValue is not { } thrown || !isCaughtHere(thrown);
            return branch.Semantics == ControlFlowBranchSemantics.Regular && branch.Destination is { } to && to.Ordinal > from && throws[to.Ordinal];
        }
    }

    /// <summary>What one visit of a block has seen.</summary>
    private sealed class Visit
    {
        public List<BodyEvent> Events { get; } = [];

        /// <summary>The states in which control leaves the body from here.</summary>
        public List<FlowState> Exits { get; } = [];
    }

    /// <summary>The blocks of the whole graph, or those of one <c>finally</c> for one way into it.</summary>
    private sealed class RegionRun(FlowEngine engine, int first, int last)
    {
        private readonly FlowState?[] _in = new FlowState?[last - first + 1];
        private readonly int[] _count = new int[last - first + 1];
        private readonly Visit?[] _visits = new Visit?[last - first + 1];
        private readonly SortedSet<int> _work = [];
        private FlowState? _end;

        /// <summary>The last visit of each block that is reached.</summary>
        public IEnumerable<Visit> Visits => _visits.Where(v => v is not null)!;

        public FlowState? Solve(FlowState start)
        {
            Enter(first, start);
            while (_work.Count > 0 && !engine.GaveUp)
            {
                engine.Cancellation.ThrowIfCancellationRequested();
                var next = _work.Min;
                _work.Remove(next);
                if (++_count[next - first] > MaxVisitsOfBlock || ++engine._visits > MaxVisits)
                {
                    engine.GaveUp = true;
                    return null;
                }

                var visit = _visits[next - first] = new Visit();
                var outer = engine.Transfer.Log;
                engine.Transfer.Log = visit.Events;
                Perform(engine.Blocks[next], _in[next - first]!, visit);
                engine.Transfer.Log = outer;
            }

            return _end;
        }

        private void Enter(int ordinal, FlowState state)
        {
            if (ordinal < first || ordinal > last) return;
            var old = _in[ordinal - first];
            var joined = old is null ? state : engine.Join(old, state);
            if (old is not null && joined.Equals(old)) return;
            _in[ordinal - first] = joined;
            _work.Add(ordinal);
        }

        private void Perform(BasicBlock block, FlowState state, Visit visit)
        {
            var isProtected = IsProtected(block);
            FlowState? current = state;
            if (isProtected) Throws(block, state);
            foreach (var operation in block.Operations)
            {
                var before = current;
                if (engine.GaveUp) return;
                current = engine.Transfer.Apply(operation, current);
                if (current is null) return;
                engine._work += current.Size;
                if (isProtected && !ReferenceEquals(before, current)) Throws(block, current);
            }

            Leave(block, current, visit);
        }

        private void Leave(BasicBlock block, FlowState state, Visit visit)
        {
            if (block.ConditionalSuccessor is { } conditional && block.BranchValue is { } condition)
            {
                var jumpsWhenTrue = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
                var conditionalThrows = Throws(conditional);
                var fallThroughThrows = Throws(block.FallThroughSuccessor);
                var (whenTrue, whenFalse) = engine.Transfer.Branch(condition, state,
                    jumpsWhenTrue ? fallThroughThrows : conditionalThrows,
                    jumpsWhenTrue ? conditionalThrows : fallThroughThrows);
                if ((jumpsWhenTrue ? whenTrue : whenFalse) is { } jumped) Follow(conditional, null, jumped, visit);
                if ((jumpsWhenTrue ? whenFalse : whenTrue) is { } fell) Follow(block.FallThroughSuccessor, null, fell, visit);
                return;
            }

            Follow(block.FallThroughSuccessor, block.BranchValue, state, visit);
        }

        private bool Throws(ControlFlowBranch? branch) =>
            branch is not null && branch.Destination is { } to && engine._onlyThrows[to.Ordinal];

        private void Follow(ControlFlowBranch? branch, IOperation? value, FlowState state, Visit visit)
        {
            if (branch is null) return;
            switch (branch.Semantics)
            {
                case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                    engine.Transfer.Throw(value, state);
                    return;
                case ControlFlowBranchSemantics.StructuredExceptionHandling:
                    _end = _end is null ? state : engine.Join(_end, state);
                    return;
            }

            if (branch.Semantics == ControlFlowBranchSemantics.Return || branch.Destination?.Kind == BasicBlockKind.Exit)
                state = engine.Transfer.Return(branch.Semantics == ControlFlowBranchSemantics.Return ? value : null, state);
            foreach (var region in branch.FinallyRegions)
            {
                if (Finally(region, state, visit) is not { } after) return;
                state = after;
            }

            foreach (var region in branch.LeavingRegions) state = engine.Transfer.Leave(region, state);

            if (branch.Semantics == ControlFlowBranchSemantics.Return || branch.Destination?.Kind == BasicBlockKind.Exit)
            {
                visit.Exits.Add(state);
                return;
            }

            if (branch.Destination is { } destination) Enter(destination.Ordinal, state);
        }

        /// <summary>Runs a <c>finally</c> for one way into it; what happens there belongs to the visit that leads to it, and to none on the way of an exception.</summary>
        private FlowState? Finally(ControlFlowRegion region, FlowState entry, Visit? visit)
        {
            var run = new RegionRun(engine, region.FirstBlockOrdinal, region.LastBlockOrdinal);
            var end = run.Solve(entry);
            foreach (var inner in run.Visits) visit?.Events.AddRange(inner.Events);
            return end;
        }

        private bool IsProtected(BasicBlock block)
        {
            for (var region = block.EnclosingRegion; region is not null && region != engine.Root; region = region.EnclosingRegion)
            {
                if (region.Kind == ControlFlowRegionKind.Try) return true;
            }

            return false;
        }

        /// <summary>
        /// An exception may leave the block with this state: hand it to the handlers around. They see no variable of the code that it
        /// leaves, and most operations change nothing else: then there is nothing to join.
        /// </summary>
        private void Throws(BasicBlock block, FlowState state)
        {
            for (var region = block.EnclosingRegion; region is not null && region != engine.Root; region = region.EnclosingRegion)
            {
                state = engine.Transfer.Leave(region, state);
                if (region.Kind != ControlFlowRegionKind.Try || region.EnclosingRegion is not { } whole) continue;
                if (engine._lastThrown.TryGetValue(region, out var last) && last.Equals(state)) return;
                engine._lastThrown[region] = state;
                if (whole.Kind == ControlFlowRegionKind.TryAndFinally)
                {
                    var handler = whole.NestedRegions[1];
                    var known = engine._exceptionalEntry.TryGetValue(handler, out var old);
                    var joined = known ? engine.Join(old!, state) : state;
                    if (known && joined.Equals(old)) return;
                    engine._exceptionalEntry[handler] = joined;
                    if (Finally(handler, joined, null) is not { } after) return;
                    state = after;
                    continue;
                }

                for (var i = 1; i < whole.NestedRegions.Length; i++) Enter(whole.NestedRegions[i].FirstBlockOrdinal, state);
                if (CatchesAll(whole)) return;
            }
        }

        private static bool CatchesAll(ControlFlowRegion tryAndCatch)
        {
            foreach (var handler in tryAndCatch.NestedRegions)
            {
                if (handler.Kind == ControlFlowRegionKind.Catch
                    && (handler.ExceptionType is { SpecialType: SpecialType.System_Object } || Bases.IsException(handler.ExceptionType))) return true;
            }

            return false;
        }
    }
}
