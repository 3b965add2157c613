using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>What becomes of a connection between its taking out of a pool and its first use, in the order of the source.</summary>
internal sealed class Taken(Analysis analysis, Pool pool, Liveness liveness, CancellationToken cancellation)
{
    private enum Act
    {
        Nothing,
        Check,
        Use,
        HandOut,
    }

    /// <summary>The helpers that are being looked into.</summary>
    private readonly HashSet<ISymbol> _entered = new(SymbolEqualityComparer.Default);

    /// <summary>Used or handed out, and nobody asks before whether it still lives.</summary>
    public bool IsUsedUnchecked(IOperation taking, int depth = 3)
    {
        var aliases = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        if (Start(taking, aliases) is { } atOnce) return atOnce == Act.HandOut ? !CallersCheck(taking, null, depth) : atOnce == Act.Use;
        if (aliases.Count == 0) return false;
        var root = Values.Root(taking);
        var loop = Isolation.Order.LoopAround(taking.Syntax);
        Spread(aliases, root);
        var acts = new List<(int Position, Act Act, IOperation Operation, ISymbol? OutParameter)>();
        foreach (var alias in aliases)
        {
            foreach (var reference in Values.References(alias, root))
            {
                if (taking.Syntax.Span.Contains(reference.Syntax.Span)) continue;
                // `while (c.IsClosed) { c.Dispose(); c = pool.Get(); }`: what stands before it in its loop comes after it, too.
                var isBefore = reference.Syntax.SpanStart < taking.Syntax.Span.End;
                if (isBefore && loop?.Span.Contains(reference.Syntax.Span) != true) continue;
                // What has been put in its place is another one.
                if (IsReplacedBefore(reference, alias, taking, aliases)) continue;
                var act = Classify(reference);
                if (act != Act.Nothing) acts.Add((isBefore ? loop!.Span.End : reference.Syntax.SpanStart, act, reference, null));
            }

            if (alias is IParameterSymbol { RefKind: RefKind.Out or RefKind.Ref }) acts.Add((int.MaxValue, Act.HandOut, taking, alias));
        }

        acts.Sort((a, b) => a.Position.CompareTo(b.Position));
        foreach (var (_, act, operation, parameter) in acts)
        {
            if (act == Act.Check) return false;
            if (act == Act.HandOut) return !CallersCheck(parameter is null ? operation : taking, parameter, depth);
            if (!TakesAnother(operation, taking)) return true;
        }

        return false;
    }

    /// <summary>The variables that hold it from here on; an act where it goes into none.</summary>
    private Act? Start(IOperation taking, HashSet<ISymbol> aliases)
    {
        if (taking is IInvocationOperation call && call.Arguments.FirstOrDefault(a => a.Parameter?.RefKind == RefKind.Out) is { } argument)
        {
            var target = argument.Value is IDeclarationExpressionOperation declaration ? declaration.Expression : argument.Value;
            if (Variable(target) is { } variable) aliases.Add(variable);
            return null;
        }

        var outer = Values.Outermost(taking);
        // `if (Take() is { IsOpen: true } c)`: asked in the very pattern that names it.
        if (outer.Parent is IIsPatternOperation && Classify(taking) == Act.Check) return Act.Nothing;
        Follow(outer, aliases);
        if (aliases.Count > 0) return null;
        var act = Classify(taking);
        return act is Act.Use or Act.HandOut ? act : Act.Nothing;
    }

    /// <summary>On the way to this use, in a block around it, the variable is given a connection of another origin.</summary>
    private static bool IsReplacedBefore(IOperation reference, ISymbol alias, IOperation taking, HashSet<ISymbol> aliases)
    {
        for (IOperation child = reference; child.Parent is { } parent; child = parent)
        {
            if (parent is not IBlockOperation block) continue;
            foreach (var statement in block.Operations)
            {
                if (statement == child) break;
                if (statement.Syntax.SpanStart < taking.Syntax.Span.End) continue;
                if (statement is IExpressionStatementOperation { Operation: ISimpleAssignmentOperation assignment } && Variable(assignment.Target) is { } variable && Values.Is(variable, alias)
                    && !assignment.Value.DescendantsAndSelf().Any(o => o == taking || Variable(o) is { } from && aliases.Contains(from))) return true;
            }
        }

        return false;
    }

    private static ISymbol? Variable(IOperation? target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private void Spread(HashSet<ISymbol> aliases, IOperation root)
    {
        for (var round = 0; round < 4; round++)
        {
            var before = aliases.Count;
            foreach (var alias in aliases.ToList())
            {
                foreach (var reference in Values.References(alias, root)) Follow(Values.Outermost(Part(reference)), aliases);
            }

            if (aliases.Count == before) return;
        }
    }

    /// <summary>The variables that the value goes into.</summary>
    private static void Follow(IOperation outer, HashSet<ISymbol> aliases)
    {
        switch (outer.Parent)
        {
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator }:
                aliases.Add(declarator.Symbol);
                break;
            case ISimpleAssignmentOperation assignment when assignment.Value == outer && Variable(assignment.Target) is { } variable:
                aliases.Add(variable);
                // `while ((c = queue.Dequeue()) != null)`
                Follow(Values.Outermost(assignment), aliases);
                break;
            case ICoalesceAssignmentOperation coalesce when coalesce.Value == outer && Variable(coalesce.Target) is { } variable:
                aliases.Add(variable);
                break;
            case IDeconstructionAssignmentOperation { Target: IDeclarationExpressionOperation { Expression: ITupleOperation tuple } } deconstruction when deconstruction.Value == outer:
                foreach (var element in tuple.Elements)
                {
                    if (Variable(element) is { Kind: not SymbolKind.Discard } variable) aliases.Add(variable);
                }

                break;
            case IIsPatternOperation isPattern when isPattern.Value == outer:
                Declared(isPattern.Pattern, aliases);
                break;
        }
    }

    private static void Declared(IPatternOperation pattern, HashSet<ISymbol> aliases)
    {
        switch (pattern)
        {
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }: aliases.Add(declared); break;
            case IRecursivePatternOperation { DeclaredSymbol: { } declared }: aliases.Add(declared); break;
            case INegatedPatternOperation negated: Declared(negated.Pattern, aliases); break;
            case IBinaryPatternOperation binary:
                Declared(binary.LeftPattern, aliases);
                Declared(binary.RightPattern, aliases);
                break;
        }
    }

    /// <summary>The connection in what was taken, or what carries its bytes: <c>entry.Client</c>, <c>client.GetStream()</c>.</summary>
    private IOperation Part(IOperation value)
    {
        while (true)
        {
            var outer = value.Parent is IConversionOperation or IParenthesizedOperation ? value.Parent : value;
            switch (outer.Parent)
            {
                case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member when member.Instance == outer && !liveness.Asks(member.Member) && (pool.HoldsConnection(member.Type, 1) || (analysis.Connections.RolesOf(member.Member, null) & Role.Accessor) != 0):
                    value = member;
                    break;
                case IInvocationOperation call when call.Instance == outer && (analysis.Connections.RolesOf(call.TargetMethod, null) & Role.Accessor) != 0:
                    value = call;
                    break;
                default:
                    return value;
            }
        }
    }

    private Act Classify(IOperation reference)
    {
        var part = Part(reference);
        if (part.Parent is IConditionalAccessOperation access && access.Operation == part)
        {
            // `client?.Dispose()`
            foreach (var inner in access.WhenNotNull.DescendantsAndSelf())
            {
                if (inner is IConditionalAccessInstanceOperation instance && Classify(instance) is not Act.Nothing and { } act) return act;
            }

            return Act.Nothing;
        }

        var outer = Values.Outermost(part);
        switch (outer.Parent)
        {
            case IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member when member.Instance == outer:
                return (liveness.Asks(member.Member) || AsksForItsEnd(member)) && !IsLogged(member) ? Act.Check : Act.Nothing;
            case IInvocationOperation call when call.Instance == outer:
                return OfCall(call, call.TargetMethod, analysis.Connections.RolesOf(call.TargetMethod, outer.Type));
            // `return Task.FromResult(c);`
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "FromResult", ContainingType.Name: "Task" or "ValueTask" } } ended }:
                return Values.Outermost(ended).Parent is IReturnOperation ? Act.HandOut : Act.Nothing;
            case IArgumentOperation { Parent: IInvocationOperation call } argument:
                return OfArgument(argument, call, outer.Type);
            case IArgumentOperation { Parent: IObjectCreationOperation }:
                return Values.Outermost(outer.Parent.Parent!).Parent is IReturnOperation ? Act.HandOut : Act.Use;
            case IIsPatternOperation isPattern when isPattern.Value == outer:
                return isPattern.Pattern.DescendantsAndSelf().Any(o => o is IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var asked } } && liveness.Asks(asked)) ? Act.Check : Act.Nothing;
            case ISwitchOperation or ISwitchExpressionOperation:
                return outer.Parent.Descendants().Any(o => o is IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var asked } } && liveness.Asks(asked)) ? Act.Check : Act.Nothing;
            case IReturnOperation:
                return Act.HandOut;
            case ISimpleAssignmentOperation assignment when assignment.Value == outer && assignment.Target is IMemberReferenceOperation or IArrayElementReferenceOperation:
                return Act.Use;
            case ITupleOperation tuple:
                return Values.Outermost(tuple).Parent is IReturnOperation ? Act.HandOut : Act.Nothing;
            default:
                return Act.Nothing;
        }
    }

    /// <summary><c>connection.ConnectionClosed.IsCancellationRequested</c></summary>
    private static bool AsksForItsEnd(IMemberReferenceOperation member) =>
        member is { Type.Name: "CancellationToken", Parent: IPropertyReferenceOperation { Property.Name: "IsCancellationRequested" } } && ClosingFlags.ByName(member.Member.Name) == false;

    private Act OfCall(IInvocationOperation call, IMethodSymbol method, Role roles)
    {
        if ((roles & Role.Close) != 0 || IsEnding(method.Name) || method.Name is "Equals" or "GetHashCode" or "ToString" or "GetType" || OnlyNotes(method)) return Act.Nothing;
        return (roles & Role.Open) != 0 || IsRevival(method.Name) || liveness.Asks(method) ? Act.Check : Act.Use;
    }

    /// <summary>It sets what its object remembers, and calls nobody: <c>MarkUsed()</c>, <c>ResetFlags()</c>. It neither uses the connection nor asks it.</summary>
    private bool OnlyNotes(IMethodSymbol method) =>
        method is { MethodKind: MethodKind.Ordinary, ReturnsVoid: true, Parameters.IsEmpty: true, IsVirtual: false, IsAbstract: false, IsOverride: false } && analysis.Summaries.IsOwn(method) && Values.CodeOf(method, analysis, cancellation) is { } code
        && code.Descendants().All(o => o is not (IThrowOperation or IAwaitOperation) && (o is not IInvocationOperation call || call.TargetMethod.ContainingType?.Name is "Interlocked" or "Volatile"))
        && code.Descendants().Any(o => o is IAssignmentOperation or IIncrementOrDecrementOperation or IInvocationOperation);

    private Act OfArgument(IArgumentOperation argument, IInvocationOperation call, ITypeSymbol? type)
    {
        var method = call.TargetMethod;
        if (Pool.IsGiving(call) || IsEnding(method.Name) || IsLog(method) || Containers.Collects(method) || Containers.Puts(method)) return Act.Nothing;
        if (method.Name is "ReferenceEquals" or "Equals" or "ThrowIfNull" or "Assert" or "SuppressFinalize" or "KeepAlive" or "Remove" or "TryRemove" or "Contains") return Act.Nothing;
        if (argument.Parameter is { } parameter && OfHelper(method, parameter) is { } inside) return inside;
        var roles = method.IsExtensionMethod ? analysis.Connections.RolesOf(method, type) : Role.None;
        return OfCall(call, method, roles);
    }

    /// <summary>What a helper of one's own does with what it is given: <c>Cleanup(c)</c> may do no more than close it. Null where it uses it, or may do so unseen.</summary>
    private Act? OfHelper(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (!analysis.Summaries.IsOwn(method) || method.IsVirtual || method.IsAbstract || method.IsOverride || Values.CodeOf(method, analysis, cancellation) is not { } code || !_entered.Add(method)) return null;
        var uses = Values.References(parameter, code).ToList();
        var acts = uses.Select(Classify).Distinct().ToList();
        _entered.Remove(method);
        var elsewhere = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var use in uses) Follow(Values.Outermost(Part(use)), elsewhere);
        if (elsewhere.Count > 0 || acts.Count == 0 || acts.Any(act => act is Act.Use or Act.HandOut)) return null;
        return acts.Contains(Act.Check) ? Act.Check : Act.Nothing;
    }

    /// <summary>Made to live again, whatever it was before.</summary>
    private static bool IsRevival(string name) =>
        ClosingFlags.Words(name).FirstOrDefault() is "Init" or "Initialize" or "Start" or "Attach" or "Reset" or "Open" or "Reopen" or "Connect" or "Reconnect" or "Bind" or "Assign" or "Setup" or "Renew" or "Revive" or "Ensure";

    private static bool IsEnding(string name) =>
        ClosingFlags.IsEnding(name) || ClosingFlags.Words(name).FirstOrDefault() is "Discard" or "Destroy" or "Drop" or "Evict" or "Retire" or "Quit" or "Safe" or "Return" or "Release" or "Free";

    private static bool IsLogged(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IInvocationOperation call && IsLog(call.TargetMethod)) return true;
            if (parent is IExpressionStatementOperation) return false;
        }

        return false;
    }

    private static bool IsLog(IMethodSymbol method) => method.Name.IsLogging() || method.ContainingType?.Name is "Console" or "Debug" or "Trace" or "LoggerExtensions";

    /// <summary>The use stands in a <c>try</c> whose failure leads back to the pool.</summary>
    private static bool TakesAnother(IOperation use, IOperation taking)
    {
        for (var node = use.Syntax; node.Parent is not null and not MemberDeclarationSyntax; node = node.Parent)
        {
            if (node.Parent is not TryStatementSyntax attempt || attempt.Block != node) continue;
            var goesOn = attempt.Catches.Any(c => !TryBlocks.Rethrows(c) && c.Block.Statements.LastOrDefault() is not (ReturnStatementSyntax or BreakStatementSyntax));
            if (goesOn && attempt.Ancestors().Any(a => a is WhileStatementSyntax or ForStatementSyntax or DoStatementSyntax or ForEachStatementSyntax && a.Span.Contains(taking.Syntax.Span))) return true;
            if (attempt.Catches.Any(c => !TryBlocks.Rethrows(c) && !AnswersOtherwise(c) && c.Block.DescendantNodes().Any(n => n is AssignmentExpressionSyntax or ReturnStatementSyntax { Expression: InvocationExpressionSyntax or AwaitExpressionSyntax }))) return true;
        }

        return false;
    }

    /// <summary>It ends with an answer that nothing in it was put into: the caller is told of the failure, and nobody goes back to the pool.</summary>
    private static bool AnswersOtherwise(CatchClauseSyntax handler) =>
        handler.Block.Statements.LastOrDefault() is ReturnStatementSyntax { Expression: IdentifierNameSyntax or LiteralExpressionSyntax or null } last && !handler.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left.LastWord() == (last.Expression as IdentifierNameSyntax)?.Identifier.ValueText)
        && !handler.Block.DescendantNodes().OfType<ReturnStatementSyntax>().Any(r => r.Expression is InvocationExpressionSyntax or AwaitExpressionSyntax);

    /// <summary>A private method that takes out is as good as its callers: each of them has to ask.</summary>
    private bool CallersCheck(IOperation handedOut, ISymbol? outParameter, int depth)
    {
        if (depth == 0 || Values.MethodAround(handedOut, analysis.Bodies.ModelOf(handedOut.Syntax.SyntaxTree)) is not { } method || !IsPrivate(method)) return false;
        var callers = analysis.Callers.Of(method, cancellation);
        if (callers.IsEmpty) return false;
        foreach (var caller in callers)
        {
            if (caller is not IInvocationOperation call || (outParameter is null && call.Arguments.Any(a => a.Parameter?.RefKind == RefKind.Out)) || IsUsedUnchecked(call, depth - 1)) return false;
        }

        return true;
    }

    private static bool IsPrivate(IMethodSymbol method)
    {
        if (method.MethodKind == MethodKind.LocalFunction) return true;
        for (ISymbol? symbol = method; symbol is not null and not INamespaceSymbol; symbol = symbol.ContainingType)
        {
            if (symbol.DeclaredAccessibility == Accessibility.Private) return method.MethodKind == MethodKind.Ordinary;
        }

        return false;
    }
}
