using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Uses of a kept connection with a <c>catch</c> around them: does it put the connection out of the cache?</summary>
internal sealed class FailingUses(RuleContext file)
{
    private readonly Analysis _analysis = file.Analysis;
    private readonly CacheFills _fills = new(file.Analysis);
    private readonly Liveness _liveness = new(file.Analysis, file.Cancellation);

    /// <summary>A clause sees the failure of the use, and neither it nor anything else ends or evicts what is kept.</summary>
    public bool StaysAfter(SendFact send, Body body, ISymbol cache)
    {
        var clauses = TryBlocks.Around(send.Operation, body.Syntax, send.Throws, _analysis.Bodies).ToList();
        if (clauses.Count == 0 || Evictions.Evicts(send.Operation, body, send.Connection, send.Throws, _analysis) || clauses.Any(Ends)) return false;
        // Who uses it next asks first.
        if (new Reopenings(_analysis, file.Cancellation).StandBefore(send.Operation, cache)) return false;
        return !IsEvictedElsewhere(cache);
    }

    /// <summary>The innermost clause that sees the failure of the use.</summary>
    public Location? ClauseAround(SendFact send, Body body) =>
        TryBlocks.Around(send.Operation, body.Syntax, send.Throws, _analysis.Bodies).FirstOrDefault()?.CatchKeyword.GetLocation();

    /// <summary>The clause closes, disposes of or restores a connection, or hands the failure to somebody who may.</summary>
    private bool Ends(CatchClauseSyntax clause)
    {
        var model = _analysis.Bodies.ModelOf(clause.SyntaxTree);
        foreach (var node in clause.DescendantNodes())
        {
            if (node is not InvocationExpressionSyntax call || model.GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol method) continue;
            if (ClosingFlags.IsEnding(method.Name) || (_analysis.Connections.RolesOf(method, null) & (Role.Close | Role.Open | Role.Ensures)) != 0) return true;
            if (ClosingFlags.Words(method.Name).Any(w => w is "Reconnect" or "Evict" or "Invalidate" or "Discard" or "Drop" or "Forget" or "Remove" or "Reset" or "Replace" or "Recover" or "Restore" or "Fault" or "Faulted" or "Broken" or "Failover")) return true;
            if (_analysis.Summaries.IsOwn(method) && Values.CodeOf(method, _analysis, file.Cancellation) is { } code && code.Descendants().Any(o => o is IInvocationOperation inner && (ClosingFlags.IsEnding(inner.TargetMethod.Name) || (_analysis.Connections.RolesOf(inner.TargetMethod, inner.Instance?.Type) & Role.Close) != 0))) return true;
        }

        return false;
    }

    /// <summary>A handler of an event takes it out when it ends, or a sweep that asks for its state.</summary>
    private bool IsEvictedElsewhere(ISymbol cache)
    {
        var evictions = new FailureEvictions(_analysis, _fills, file.Cancellation);
        foreach (var member in file.AllCode)
        {
            if (!member.Identifiers.Contains(cache.Name) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } code) continue;
            foreach (var clear in evictions.Clears(code, cache))
            {
                if (clear is ISimpleAssignmentOperation { Value: var value } && !Replacements.IsNothing(value) || IsEnding(member.Declaration)) continue;
                if (IsInHandler(clear) || code.Descendants().Any(AsksState)) return true;
            }
        }

        return false;
    }

    private static bool IsEnding(SyntaxNode declaration) => declaration is MethodDeclarationSyntax { Identifier.ValueText: var name } && ClosingFlags.IsEnding(name);

    private bool AsksState(IOperation operation) =>
        operation is IMemberReferenceOperation { Member: IPropertySymbol property, Instance.Type: { } type } && _analysis.Connections.TypeOf(type) is not null && _liveness.Asks(property);

    private bool IsInHandler(IOperation operation)
    {
        if (Values.FunctionAround(operation) is IAnonymousFunctionOperation { Parent: IDelegateCreationOperation { Parent: IEventAssignmentOperation or IAssignmentOperation } }) return true;
        return Values.MethodAround(operation, file.Model) is { } method && _analysis.Callers.Of(method, file.Cancellation).Any(c => c is IMethodReferenceOperation || Values.FunctionAround(c) is IAnonymousFunctionOperation { Parent: IDelegateCreationOperation { Parent: IEventAssignmentOperation } });
    }

    /// <summary>What filled the cache that the use looked into: in its own member, else in the one that its type has for it.</summary>
    public CacheFill? FillOf(ISymbol cache, IOperation use)
    {
        CacheFill? elsewhere = null;
        foreach (var member in file.AllCode)
        {
            if (!member.Identifiers.Contains(cache.Name) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } code) continue;
            var inMember = member.Declaration.Span.Contains(use.Syntax.Span);
            foreach (var fill in _fills.In(code))
            {
                if (!Values.Is(fill.Cache, cache) || fill.Operation.Parent is null && !IsLazy(fill) || AsksFirst(fill, code)) continue;
                if (inMember) return fill;
                elsewhere ??= fill;
            }
        }

        return elsewhere;
    }

    private static bool IsLazy(CacheFill fill) => fill.Value.Type?.Name.EndsWith("Lazy", StringComparison.Ordinal) == true;

    /// <summary>What died is replaced where it is filled.</summary>
    private bool AsksFirst(CacheFill fill, IOperation code) => code.Descendants().Any(AsksState) && fill.Operation.Parent is not null;
}
