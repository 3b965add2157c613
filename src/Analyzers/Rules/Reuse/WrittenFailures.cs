using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Which failures can come after a request was written, and which prove that the server has not done it.</summary>
internal sealed class WrittenFailures(Analysis analysis, CancellationToken cancellation)
{
    private static readonly HashSet<string> HttpErrors = new(StringComparer.Ordinal) { "NameResolutionError", "ConnectionError", "SecureConnectionError", "ProxyTunnelError", "VersionNegotiationError", "UserAuthenticationError", "ConfigurationLimitExceeded" };
    private static readonly HashSet<string> SocketErrors = new(StringComparer.Ordinal) { "ConnectionRefused", "HostNotFound", "TryAgain", "NoRecovery", "NoData", "NotConnected", "HostDown", "HostUnreachable", "NetworkUnreachable", "NetworkDown" };
    private static readonly HashSet<string> Rejections = new(StringComparer.Ordinal) { "TooManyRequests", "ServiceUnavailable", "Unauthorized", "Forbidden", "ProxyAuthenticationRequired", "Conflict", "PreconditionFailed", "Locked", "MisdirectedRequest", "PreconditionRequired" };
    private static readonly HashSet<string> SqlStates = new(StringComparer.Ordinal) { "40001", "40P01", "55P03", "57P03", "53300" };
    private static readonly HashSet<int> Numbers = [429, 503, 401, 409, 1205, 1213, 3960, 11001, 10061];

    private readonly TrackedConfirms _confirms = new(analysis, cancellation);

    /// <summary>The exception with which the clause may be entered though the request was written; null where there is none.</summary>
    public ITypeSymbol? Of(ICatchClauseOperation clause, IInvocationOperation request)
    {
        if (clause.Filter is { } filter && Proves(filter, 2)) return null;
        if (LeavesUnlessProven(clause)) return null;
        var caught = clause.ExceptionType is { SpecialType: not SpecialType.System_Object } type ? type : null;
        if (caught is null) return IsAny(clause) ? analysis.Catalogue.Types.Find("System.Exception") : null;
        if (caught is { Name: "Exception" } && clause.Filter is { } types && Named(types).ToList() is { Count: > 0 } named) return named.FirstOrDefault(t => IsLate(t, request));
        return IsLate(caught, request) ? caught : null;
    }

    private static bool IsAny(ICatchClauseOperation clause) => clause.ExceptionDeclarationOrExpression is null;

    /// <summary>The types that a filter asks for.</summary>
    private static IEnumerable<ITypeSymbol> Named(IOperation filter)
    {
        foreach (var operation in filter.DescendantsAndSelf())
        {
            var type = operation switch
            {
                ITypePatternOperation pattern => pattern.MatchedType,
                IDeclarationPatternOperation { MatchedType: { } declared } => declared,
                IRecursivePatternOperation recursive => recursive.MatchedType,
                IIsTypeOperation isType => isType.TypeOperand,
                _ => null,
            };
            if (type is not null && Bases.IncludeNamed(type, "Exception", "System") && !IsNegated(operation, filter)) yield return type;
        }
    }

    private static bool IsNegated(IOperation operation, IOperation filter)
    {
        for (var parent = operation; parent is not null && parent != filter.Parent; parent = parent.Parent)
        {
            if (parent is INegatedPatternOperation or IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } || parent is IIsTypeOperation { IsNegated: true }) return true;
        }

        return false;
    }

    /// <summary>Can this be thrown once the request is on its way?</summary>
    public bool IsLate(ITypeSymbol type, IInvocationOperation? request)
    {
        if (type.Name is "NotSentException" or "ConnectFailedException" or "BrokerUnreachableException" || FileFailures.Include(type)) return false;
        // Thrown before the write; with tracked confirms, also to whoever waits for the confirm of a message that is written.
        if (type.Name == "AlreadyClosedException") return request is not null && _confirms.AreTracked(request);
        for (ITypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.Name is "HttpRequestException" or "IOException" or "SocketException" or "DbException" or "TimeoutException" or "OperationCanceledException" or "WebException" or "WebSocketException" && IsSystems(candidate)) return true;
        }

        if (type.Name is "Exception" or "SystemException" or "AggregateException" && IsSystems(type)) return true;
        if (analysis.Summaries.IsOwn(type) || IsSystems(type) || request is null) return false;
        // The broker's own: of its library, unless the name says that it failed before.
        return Root(type.ContainingNamespace) == Root(request.TargetMethod.ContainingType?.ContainingNamespace)
            && !Facts.ClosingFlags.Words(type.Name).Any(w => w is "Unreachable" or "Connect" or "Authentication" or "Throttled" or "Validation" or "Configuration" or "Auth" or "Authorization" or "Refused" or "Argument" or "Serialization");
    }

    private static bool IsSystems(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == true;

    private static string? Root(INamespaceSymbol? space)
    {
        while (space is { ContainingNamespace.IsGlobalNamespace: false }) space = space.ContainingNamespace;
        return space?.Name;
    }

    /// <summary><c>if (e.StatusCode != 429) throw;</c>: what goes on is what the condition lets through.</summary>
    private bool LeavesUnlessProven(ICatchClauseOperation clause)
    {
        foreach (var operation in Values.OwnDescendants(clause.Handler))
        {
            if (operation is not IConditionalOperation conditional || !Proves(conditional.Condition, 2)) continue;
            if (conditional.WhenTrue.DescendantsAndSelf().Any(Leaves) || conditional.WhenFalse?.DescendantsAndSelf().Any(Leaves) == true || Facts.Caught.Rethrows(clause)) return true;
        }

        return false;
    }

    private static bool TellsOfTransport(string words) =>
        new[] { "timeout", "timed out", "transport", "network", "connection", "broken", "reset" }.Any(w => words.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);

    private static bool Leaves(IOperation operation) => operation is IThrowOperation or IReturnOperation || operation is IBranchOperation { BranchKind: BranchKind.Break };

    /// <summary>The condition holds only for failures that prove the request was not done; by the names and numbers in it.</summary>
    public bool Proves(IOperation condition, int depth)
    {
        var proves = false;
        foreach (var operation in condition.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IFieldReferenceOperation { Field: { ContainingType: { TypeKind: TypeKind.Enum, Name: var of } } field }:
                    var known = of switch
                    {
                        "HttpRequestError" => HttpErrors,
                        "SocketError" => SocketErrors,
                        "HttpStatusCode" => Rejections,
                        _ => null,
                    };
                    if (known is null) break;
                    if (!known.Contains(field.Name)) return false;
                    proves = true;
                    break;
                // What the server says has been refused by it, but where it tells of its own end or that it does not know.
                case IFieldReferenceOperation { Field: { ContainingType.Name: "PostgresErrorCodes" } code }:
                    if (code.Name.IndexOf("Unknown", StringComparison.Ordinal) >= 0 || code.Name.StartsWith("Connection", StringComparison.Ordinal) || code.Name.EndsWith("Shutdown", StringComparison.Ordinal) || code.Name is "QueryCanceled" or "IoError" or "InternalError") return false;
                    proves = true;
                    break;
                case { ConstantValue: { HasValue: true, Value: string state } } when operation is ILiteralOperation && state.Length == 5:
                    if (!SqlStates.Contains(state)) return false;
                    proves = true;
                    break;
                case { ConstantValue: { HasValue: true, Value: int number } } when operation is ILiteralOperation && number > 100:
                    if (!Numbers.Contains(number)) return false;
                    proves = true;
                    break;
                case IInvocationOperation { TargetMethod: { ContainingType.Name: "Replay", Name: "IsSafe" } }:
                    return true;
                // What the database server said in its answer: it has not done what it refused.
                case IInvocationOperation { TargetMethod: { Name: "Contains" or "StartsWith" or "EndsWith", ContainingType.SpecialType: SpecialType.System_String }, Instance: IPropertyReferenceOperation { Property.Name: "Message", Instance.Type: { } answered } } said when Bases.IncludeNamed(answered, "DbException", "System.Data.Common"):
                    if (said.Arguments.Any(a => a.Value.ConstantValue is { HasValue: true, Value: string words } && TellsOfTransport(words))) return false;
                    proves = true;
                    break;
                case IInvocationOperation call when depth > 0 && analysis.Summaries.IsOwn(call.TargetMethod) && Values.CodeOf(call.TargetMethod, analysis, cancellation) is { } code:
                    proves |= Proves(code, depth - 1);
                    break;
                // The connect that failed; what fails later lies one level deeper, in an IOException.
                case IIsTypeOperation { TypeOperand.Name: "SocketException", ValueOperand: IPropertyReferenceOperation { Property.Name: "InnerException", Instance.Type.Name: "HttpRequestException" } }:
                case IIsPatternOperation { Value: IPropertyReferenceOperation { Property.Name: "InnerException", Instance.Type.Name: "HttpRequestException" } } asked when asked.Pattern is ITypePatternOperation { MatchedType.Name: "SocketException" } or IDeclarationPatternOperation { MatchedType.Name: "SocketException" }:
                    proves = true;
                    break;
                case IDeclarationPatternOperation { MatchedType.Name: "NotSentException" or "BrokerUnreachableException" } or ITypePatternOperation { MatchedType.Name: "NotSentException" or "BrokerUnreachableException" }:
                    proves = true;
                    break;
            }
        }

        return proves;
    }
}
