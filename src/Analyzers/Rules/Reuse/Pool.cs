using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A collection into which connections go back after use, so that what is taken out of it is old.</summary>
internal sealed class Pool(Analysis analysis, CancellationToken cancellation)
{
    private static readonly HashSet<string> Taking = new(StringComparer.Ordinal) { "TryTake", "TryPop", "TryDequeue", "Pop", "Dequeue", "Take", "TryRead", "ReadAsync", "Get" };
    private static readonly HashSet<string> Giving = new(StringComparer.Ordinal) { "Add", "TryAdd", "Push", "Enqueue", "TryWrite", "WriteAsync", "Return", "TryEnqueue", "AddLast", "AddFirst", "Insert" };

    public static bool MayTake(CodeMember member) => member.Invoked.Meets(Taking) || member.Invoked.Meets(ListElements.Removing);

    /// <summary>The collection out of which the operation takes a connection, or something that was made around one.</summary>
    public IOperation? Source(IOperation operation) =>
        operation is IInvocationOperation call && Taking.Contains(call.TargetMethod.Name) && Containers.Kind(call.TargetMethod) == BornKind.Pooled && !analysis.Summaries.IsOwn(call.TargetMethod)
            ? call.TargetMethod.ContainingType.TypeArguments is [var element, ..] && HoldsConnection(element, 2) ? call.Instance : null
            : ListElements.TakenFrom(operation) is { } list && HoldsConnection(operation.Type, 2) ? list : null;

    public static bool IsGiving(IInvocationOperation call) =>
        Giving.Contains(call.TargetMethod.Name) && call.TargetMethod.ContainingType?.Name is "ConcurrentBag" or "ConcurrentQueue" or "ConcurrentStack" or "Queue" or "Stack" or "BlockingCollection" or "ChannelWriter" or "IProducerConsumerCollection" or "PriorityQueue" or "ObjectPool" or "DefaultObjectPool"
        || Containers.Collects(call.TargetMethod);

    /// <summary>A connection that does not come back by itself, or a value whose connection is set once and for all.</summary>
    public bool HoldsConnection(ITypeSymbol? type, int depth)
    {
        switch (type)
        {
            case null:
            case not null when Connections.IsWithoutPeer(type):
                return false;
            case ITypeParameterSymbol parameter:
                return parameter.ConstraintTypes.Any(c => HoldsConnection(c, depth));
        }

        if (analysis.Connections.TypeOf(type) is { } known) return (known.Traits & (Traits.Reconnects | Traits.Response | Traits.Operation)) == 0;
        if (depth == 0 || type is not INamedTypeSymbol named || !named.IsTupleType && !analysis.Summaries.IsOwn(named)) return false;
        return named.IsTupleType ? named.TupleElements.Any(e => HoldsConnection(e.Type, 0))
            : named.TypeKind is TypeKind.Class or TypeKind.Struct && named.GetMembers().Any(m => m switch
            {
                IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => field.IsReadOnly && HoldsConnection(field.Type, 0),
                IPropertySymbol { IsStatic: false, IsIndexer: false } property => property.SetMethod is null or { IsInitOnly: true } && IsSetOnce(property) && HoldsConnection(property.Type, 0),
                _ => false,
            });
    }

    /// <summary>It has a value of its own, and does not answer with what a variable field holds at the moment.</summary>
    private static bool IsSetOnce(IPropertySymbol property) =>
        property.ContainingType.IsRecord || property.ContainingType.GetMembers().Any(m => m is IFieldSymbol { AssociatedSymbol: var of } && SymbolEqualityComparer.Default.Equals(of, property))
        || !property.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => property.ContainingType.GetMembers(n.Identifier.ValueText).Any(m => m is IFieldSymbol { IsReadOnly: false })));

    /// <summary>The field, property or variable that holds the collection; for one of several, that which holds them all.</summary>
    public static ISymbol? Container(IOperation? collection, int depth = 4)
    {
        if (collection is null || depth == 0) return null;
        collection = Values.Unwrapped(collection);
        switch (collection)
        {
            case IPropertyReferenceOperation { Property: { Name: "Reader" or "Writer", ContainingType.Name: "Channel" } or { Name: "Value", ContainingType.Name: "Lazy" } or { IsIndexer: true }, Instance: { } of }:
                return Container(of, depth - 1);
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } reference:
                return reference.Member.OriginalDefinition;
            case IParameterReferenceOperation parameter:
                return parameter.Parameter;
            case IArrayElementReferenceOperation element:
                return Container(element.ArrayReference, depth - 1);
            case IInvocationOperation { Instance: { } of } lookup when Containers.Kind(lookup.TargetMethod) is not null:
                return Container(of, depth - 1);
            // What an own method answers, each time it is asked: `QueueOf(host).Enqueue(link)`.
            case IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences.IsEmpty: false } answering }:
                return answering.OriginalDefinition;
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, collection).Select(v => Container(v, depth - 1)).FirstOrDefault(c => c is not null) ?? LookedUpIn(local, collection, depth) ?? local;
            default:
                return null;
        }
    }

    private static ISymbol? LookedUpIn(ILocalSymbol local, IOperation reference, int depth)
    {
        foreach (var operation in Values.Root(reference).Descendants())
        {
            if (operation is IInvocationOperation { Instance: { } of } call && call.Arguments.Any(a => a.Parameter?.RefKind == RefKind.Out && Values.References(local, a).Any())) return Container(of, depth - 1);
        }

        return null;
    }

    /// <summary>Is something given back to what this call takes from?</summary>
    public bool IsPool(IOperation taking, IOperation source)
    {
        if (taking is IInvocationOperation { TargetMethod.ContainingType.Name: "ObjectPool" or "DefaultObjectPool" }) return true;
        if (Container(source) is not { } container) return false;
        var types = TypesAround(container, taking);
        var givings = Calls(types, Giving).Where(c => IsGiving(c) && Values.Is(Container(c.Instance), container)).ToList();
        if (givings.Any(g => IsAccepted(Given(g)))) return false;
        givings.RemoveAll(g => IsFresh(Given(g), 3) || IsEnded(g));
        if (givings.Count == 0) return false;
        var takers = new HashSet<SyntaxNode>(Calls(types, Taking).Where(c => Values.Is(Container(c.Instance), container)).Select(Member)) { Member(taking) };
        var throughTakers = new HashSet<SyntaxNode>(takers);
        Spread(throughTakers, 2);
        var givers = new HashSet<SyntaxNode>(givings.Select(Member));
        var throughGivers = new HashSet<SyntaxNode>(givers);
        Spread(throughGivers, 2);
        if (throughTakers.Overlaps(throughGivers)) return true;
        return givings.Any(g => MethodOf(Member(g)) is { } giver && !IsHandover(giver) && (IsReturning(giver) || takers.Any(Opens)));
    }

    /// <summary><c>var count = queue.Count; while (count-- > 0) …</c>: each that waits has its turn, and nobody is lent one.</summary>
    public static bool IsRound(IOperation taking, IOperation source)
    {
        var condition = Isolation.Order.LoopAround(taking.Syntax) switch
        {
            WhileStatementSyntax w => w.Condition,
            ForStatementSyntax f => f.Condition,
            _ => null,
        };
        var count = source.Syntax + ".Count";
        return condition?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => taking.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Any(v => v.Identifier.ValueText == n.Identifier.ValueText && v.Initializer?.Value.ToString() == count) == true) == true;
    }

    /// <summary>What is taken out of the slot goes back into it; one that is only ever filled with fresh ones is replaced, not lent.</summary>
    public bool IsPool(IFieldSymbol slot) =>
        Slots.IsSlot(slot, analysis, cancellation)
        && Slots.CallsWith(slot, analysis, cancellation).Any(c => Slots.Filled(c) is { } filled && Values.Is(filled.Slot, slot) && !IsFresh(filled.Given, 3));

    /// <summary>Those who call one of these are such themselves.</summary>
    private void Spread(HashSet<SyntaxNode> members, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var member in members.ToList())
            {
                if (MethodOf(member) is not { } method) continue;
                foreach (var caller in analysis.Callers.Of(method, cancellation)) members.Add(Member(caller));
            }
        }
    }

    private IMethodSymbol? MethodOf(SyntaxNode member) =>
        analysis.Bodies.ModelOf(member.SyntaxTree).GetDeclaredSymbol(member, cancellation) as IMethodSymbol is { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } method ? method : null;

    /// <summary>Named for what comes in from outside: connections that are handed over to a worker once.</summary>
    private static bool IsHandover(IMethodSymbol method) =>
        ClosingFlags.Words(method.Name).FirstOrDefault() is "On" or "Accept" or "Accepted" or "Handle" or "Submit" or "Post" or "Offer" or "Hand" or "Dispatch" or "Schedule" or "Incoming" or "Queue" or "Deliver";

    private static bool IsReturning(IMethodSymbol method) =>
        ClosingFlags.Words(method.Name).Any(w => w is "Return" or "Release" or "Put" or "Give" or "Back" or "Recycle" or "Restore" or "Free" or "Park" or "Checkin" or "Store" or "Push" or "Repool" or "Idle" or "Pool" or "Complete" or "Reuse" or "Dispose" or "Surrender" or "Retire");

    /// <summary>Where nothing is left in the pool another one is opened.</summary>
    private bool Opens(SyntaxNode member)
    {
        var model = analysis.Bodies.ModelOf(member.SyntaxTree);
        foreach (var node in member.DescendantNodes())
        {
            if (node is BaseObjectCreationExpressionSyntax creation && HoldsConnection(model.GetTypeInfo(creation, cancellation).Type, 1)) return true;
            if (node is InvocationExpressionSyntax call && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReturnType: var result } called && Containers.Kind(called) is null
                && HoldsConnection(StateValues.Unwrapped(result), 1)) return true;
        }

        return false;
    }

    /// <summary>Closed right before: what lies there is an object to be opened anew, and everybody knows that it is dead.</summary>
    private bool IsEnded(IInvocationOperation giving)
    {
        if (Given(giving) is not { } given || Values.Unwrapped(given) is not (ILocalReferenceOperation or IParameterReferenceOperation) || giving.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement) return false;
        var model = analysis.Bodies.ModelOf(block.SyntaxTree);
        return block.Statements.TakeWhile(s => s != statement).OfType<ExpressionStatementSyntax>().Any(s => s.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax closed } } call
            && closed.Identifier.ValueText == given.Syntax.ToString() && model.GetSymbolInfo(call, cancellation).Symbol is { } called && (analysis.Connections.RolesOf(called, given.Type) & Role.Close) != 0);
    }

    private static IOperation? Given(IInvocationOperation giving) =>
        (giving.TargetMethod.Name == "Insert" ? giving.Arguments.LastOrDefault() : giving.Arguments.FirstOrDefault())?.Value;

    /// <summary>Straight from a listener.</summary>
    private static bool IsAccepted(IOperation? value) => Origins(value, 3).Any(o => o is IInvocationOperation { TargetMethod.Name: var name } && (name.StartsWith("Accept", StringComparison.Ordinal) || name.StartsWith("EndAccept", StringComparison.Ordinal)));

    /// <summary>Opened for the pool, not given back: filling it up is no use of it.</summary>
    private bool IsFresh(IOperation? value, int depth)
    {
        var any = false;
        foreach (var origin in Origins(value, depth))
        {
            any = true;
            if (origin is not IObjectCreationOperation && !(origin is IInvocationOperation call && !Taking.Contains(call.TargetMethod.Name) && ListElements.TakenFrom(call) is null && Slots.Emptied(call) is null && !LeadsToTaking(call.TargetMethod, 2))) return false;
            if (origin is IObjectCreationOperation wrapper && wrapper.Arguments.Any(a => HoldsConnection(a.Value.Type, 0) && !IsFresh(a.Value, depth - 1))) return false;
        }

        return any;
    }

    private bool LeadsToTaking(IMethodSymbol method, int depth) =>
        analysis.Summaries.IsOwn(method) && Values.CodeOf(method, analysis, cancellation) is { } code
        && code.Descendants().OfType<IInvocationOperation>().Any(c => Source(c) is not null || Slots.Emptied(c) is not null || depth > 0 && LeadsToTaking(c.TargetMethod, depth - 1));

    private static IEnumerable<IOperation> Origins(IOperation? value, int depth)
    {
        if (value is null || depth < 0) yield break;
        value = Values.Unwrapped(value);
        switch (value)
        {
            case ILocalReferenceOperation { Local: var local }:
                var any = false;
                foreach (var assigned in Values.AssignedTo(local, value))
                {
                    foreach (var origin in Origins(assigned, depth - 1))
                    {
                        any = true;
                        yield return origin;
                    }
                }

                // An out variable may be filled by taking out.
                if (!any || LookedUpIn(local, value, 4) is not null) yield return value;
                break;
            case ICoalesceOperation coalesce:
                foreach (var origin in Origins(coalesce.Value, depth - 1).Concat(Origins(coalesce.WhenNull, depth - 1))) yield return origin;
                break;
            case IConditionalOperation conditional:
                foreach (var origin in Origins(conditional.WhenTrue, depth - 1).Concat(Origins(conditional.WhenFalse, depth - 1))) yield return origin;
                break;
            case IAssignmentOperation assignment:
                foreach (var origin in Origins(assignment.Value, depth - 1)) yield return origin;
                break;
            default:
                yield return value;
                break;
        }
    }

    /// <summary>The type that keeps the collection, and the one that takes from it: <c>host.Idle.Pop()</c>. Nested types count as their outer one.</summary>
    private List<INamedTypeSymbol> TypesAround(ISymbol container, IOperation taking)
    {
        var types = new List<INamedTypeSymbol>();
        if (container is IFieldSymbol or IPropertySymbol or IMethodSymbol) Add(container.ContainingType);
        Add(analysis.Bodies.ModelOf(taking.Syntax.SyntaxTree).GetEnclosingSymbol(taking.Syntax.SpanStart, cancellation)?.ContainingType);
        return types;

        void Add(INamedTypeSymbol? type)
        {
            while (type?.ContainingType is { } outer) type = outer;
            if (type is not null && !types.Any(t => Values.Is(t, type))) types.Add(type);
        }
    }

    private IEnumerable<IInvocationOperation> Calls(List<INamedTypeSymbol> types, HashSet<string> names)
    {
        foreach (var reference in types.SelectMany(t => t.DeclaringSyntaxReferences))
        {
            var syntax = reference.GetSyntax(cancellation);
            var model = analysis.Bodies.ModelOf(syntax.SyntaxTree);
            foreach (var node in syntax.DescendantNodes())
            {
                if (node is not InvocationExpressionSyntax call) continue;
                if (call.Expression is not SimpleNameSyntax && names.Contains(call.Expression.LastWord()) && model.GetOperation(call, cancellation) is IInvocationOperation operation) yield return operation;
            }
        }
    }

    private static SyntaxNode Member(IOperation operation) =>
        operation.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax) ?? operation.Syntax.SyntaxTree.GetRoot();
}
