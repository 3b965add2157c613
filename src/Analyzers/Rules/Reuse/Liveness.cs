using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>What asks a connection whether it still lives, or makes it live again.</summary>
internal sealed class Liveness(Analysis analysis, CancellationToken cancellation)
{
    /// <summary>A state, an answer of the peer, a flag of the user's own; not the age.</summary>
    public bool Asks(ISymbol member, int depth = 3)
    {
        if ((analysis.Connections.RolesOf(member, null) & (Role.State | Role.Alive | Role.Ensures)) != 0) return true;
        switch (member)
        {
            case IPropertySymbol { Name: "Available" or "DataAvailable" }:
                return true;
            case IPropertySymbol or IFieldSymbol:
                if (member is IPropertySymbol own && analysis.Summaries.HasCode(own)) return depth > 0 && CodeAsks(own, depth);
                return (member as IPropertySymbol)?.Type is { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Boolean } && ClosingFlags.ByName(member.Name) is not null
                    || member is IFieldSymbol { Type: { TypeKind: TypeKind.Enum } or { SpecialType: SpecialType.System_Boolean } } && ClosingFlags.ByName(member.Name) is not null;
            case IMethodSymbol { MethodKind: MethodKind.DelegateInvoke } invoke:
                return AnswersYesOrNo(invoke);
            case IMethodSymbol { Name: "Poll" }:
                return true;
            case IMethodSymbol method:
                if (CodeAsks(method, depth)) return true;
                var hasCode = analysis.Implementations.Of(method, exactly: false, cancellation).Any(m => analysis.Summaries.IsOwn(m) && !m.IsAbstract && !m.DeclaringSyntaxReferences.IsEmpty);
                var first = ClosingFlags.Words(method.Name).FirstOrDefault();
                if (first is "Ping" or "Probe" or "Ensure" or "Reconnect") return true;
                return !hasCode && AnswersYesOrNo(method) && first is "Is" or "Can" or "Check" or "Test" or "Validate" or "Verify" or "Looks" or "Accept" or "Still" or "Try";
            default:
                return false;
        }
    }

    private static bool AnswersYesOrNo(IMethodSymbol method) =>
        method.ReturnType is { SpecialType: SpecialType.System_Boolean } or INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: [{ SpecialType: SpecialType.System_Boolean }] };

    /// <summary>Its code asks; what answers yes or no may also find out by trying.</summary>
    private bool CodeAsks(ISymbol member, int depth)
    {
        if (depth <= 0 || !analysis.Summaries.IsOwn(member)) return false;
        IEnumerable<ISymbol> targets = member is IMethodSymbol method ? analysis.Implementations.Of(method, exactly: false, cancellation) : [member];
        foreach (var target in targets)
        {
            if (!analysis.Summaries.IsOwn(target) || Values.CodeOf(target, analysis, cancellation) is not { } code) continue;
            foreach (var operation in code.Descendants())
            {
                switch (operation)
                {
                    case IMemberReferenceOperation { Member: IPropertySymbol or IFieldSymbol } reference when IsConnections(reference.Instance) && Asks(reference.Member, depth - 1):
                    case IPropertySubpatternOperation { Member: IMemberReferenceOperation { Member: var asked } } when Asks(asked, depth - 1):
                    case IInvocationOperation call when !Values.Is(call.TargetMethod, target) && (IsConnections(call.Instance) || call.Arguments.Any(a => IsConnections(a.Value))) && !IsEnd(call.TargetMethod) && Asks(call.TargetMethod, depth - 1):
                        return true;
                    case IInvocationOperation { Instance: { } instance } tried when target is IMethodSymbol decider && AnswersYesOrNo(decider) && ClosingFlags.ByName(decider.Name) is not null && IsConnections(instance) && !IsEnd(tried.TargetMethod):
                        return true;
                }
            }
        }

        return false;
    }

    private bool IsEnd(IMethodSymbol method) => (analysis.Connections.RolesOf(method, null) & Role.Close) != 0;

    private bool IsConnections(IOperation? value)
    {
        if (value is null) return false;
        value = Values.Unwrapped(value);
        var type = value.Type is ITypeParameterSymbol { ConstraintTypes: [var constraint, ..] } ? constraint : value.Type;
        return analysis.Connections.TypeOf(type) is not null || value is IInstanceReferenceOperation { Type: { } own } && analysis.Summaries.IsOwn(own);
    }
}
