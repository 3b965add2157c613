using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>While the followed connection is here, another one fails to open.</summary>
internal sealed class VictimRule(Custodian custodian, Body body, IOperation? source, int depth) : CustodyRule(custodian, body, source, depth)
{
    private readonly int _depth = depth;

    // Calls that may have failed without an exception, and the variables that hold what they answered.
    private readonly HashSet<IOperation> _hiding = [];
    private readonly Dictionary<object, IOperation> _answers = [];

    protected override Step<Kept> Opening(IInvocationOperation call, bool isFollowed, ImmutableArray<INamedTypeSymbol> throws, Kept token, PathView<Kept> view) =>
        isFollowed || IsListening(call.TargetMethod) || IsAccept(call.TargetMethod) ? new(token) : Fails(call, throws, token);

    private static Step<Kept> Fails(IOperation by, ImmutableArray<INamedTypeSymbol> throws, Kept token) => new(token) { Throws = throws, OnThrow = new Kept(Hold.Failed, by) };

    public static bool IsListening(IMethodSymbol method) => method.Name is "Listen" or "Bind" || method.ContainingType?.Name.EndsWith("Listener", StringComparison.Ordinal) == true;

    protected override Step<Kept> Other(IInvocationOperation call, Kept token, PathView<Kept> view)
    {
        var method = call.TargetMethod;
        if (Custodian.Openings.IsFollowed(method) || method.MethodKind == MethodKind.LocalFunction)
        {
            if (Custodian.OpeningOf(method, _depth) is not { } effect) return new(token);
            if (effect.Hides && Openings.Result(method) is { } result && (result.IsReferenceType || result.SpecialType == SpecialType.System_Boolean))
            {
                _hiding.Add(call);
                return new(new Kept(Hold.Opened, call)) { Throws = IsHeard(call) ? effect.Throws : [], OnThrow = new Kept(Hold.Failed, call) };
            }

            return IsHeard(call) ? Fails(call, effect.Throws, token) : new(token);
        }

        return ((Custodian.Analysis.Connections.RolesOf(method, call.Instance?.Type) & Role.Create) != 0 || IsDialer(method)) && !IsAccept(method) && IsHeard(call) ? Fails(call, Custodian.Openings.Throws(call), token) : new(token);
    }

    /// <summary>The contract of an own dialer: <c>Task&lt;Stream&gt; DialAsync(…)</c>.</summary>
    private bool IsDialer(IMethodSymbol method) =>
        method.IsAbstract && method.DeclaringSyntaxReferences.Length > 0 && ClosingFlags.Words(method.Name).FirstOrDefault() is "Connect" or "Dial" or "Open"
        && Openings.Result(method) is { } made && (Custodian.Analysis.Connections.TypeOf(made) is not null || made.Name is "Stream" or "IDuplexPipe");

    protected override Step<Kept> Other(IObjectCreationOperation creation, Kept token, PathView<Kept> view) =>
        creation.Constructor is { } constructor && (Custodian.Analysis.Catalogue.Of(constructor).Roles & Role.Create) != 0 ? Fails(creation, [Custodian.AnyException], token) : new(token);

    /// <summary>What a web server upgrades within a request it ends with the request, however that ends.</summary>
    public static bool IsAccept(IMethodSymbol method) =>
        method.Name.IndexOf("Accept", StringComparison.Ordinal) >= 0 && method.ContainingType is not { Name: "WebSocketManager", ContainingNamespace: { Name: "Http", ContainingNamespace.Name: "AspNetCore" } };

    protected override Kept StoredOther(object? key, IOperation value, Kept token)
    {
        if (_hiding.Contains(PathView<Kept>.Unwrapped(value)) && key is not null) _answers[key] = PathView<Kept>.Unwrapped(value);
        return token;
    }

    public override bool Assume(IOperation condition, bool isTrue, ref Kept token, PathView<Kept> view)
    {
        if (token is not { Hold: Hold.Opened, By: { } maybe }) return true;
        var bare = PathView<Kept>.Unwrapped(condition);
        while (bare is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not) (bare, isTrue) = (PathView<Kept>.Unwrapped(not.Operand), !isTrue);
        var said = ReferenceEquals(bare, maybe) ? isTrue : (bool?)null;
        foreach (var answer in _answers)
        {
            if (!ReferenceEquals(answer.Value, maybe) || !view.State.Variables.TryGet(answer.Key, out var known)) continue;
            said = known switch { Known.Null or Known.False => false, Known.NotNull or Known.True => true, _ => said };
        }

        token = said switch { true => new Kept(Hold.Held), false => new Kept(Hold.Failed, maybe), _ => token };
        return true;
    }

    protected override CustodyRule Within(Body inner, int innerDepth) => new VictimRule(Custodian, inner, null, innerDepth);
}
