using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>The followed connection fails to open.</summary>
/// <param name="isHandshake">A method was called for that which secures or introduces the connection: this one, or one that calls it.</param>
internal sealed class LeakRule(Custodian custodian, Body body, IOperation? source, int depth, bool isHandshake = false) : CustodyRule(custodian, body, source, depth)
{
    private readonly bool _isHandshake = isHandshake;
    private readonly int _depth = depth;
    private readonly bool _isBuilt = source is IInvocationOperation { TargetMethod: var builder } && Openings.IsFactory(builder);
    private readonly bool _takesAnyPort = source is IObjectCreationOperation { Arguments: var arguments } && arguments.Any(a => IsFreePort(a.Value));

    protected override Step<Kept> Opening(IInvocationOperation call, bool isFollowed, ImmutableArray<INamedTypeSymbol> throws, Kept token, PathView<Kept> view) =>
        isFollowed && !IsSureToStart(call) ? new(new Kept(Hold.Opened, call)) { Throws = LeavingOpen(throws), OnThrow = ClosesItself(call) ? new Kept(Hold.Gone) : new Kept(Hold.Failed, call) } : new(token);

    /// <summary>A web socket that could not connect has disposed itself.</summary>
    private bool ClosesItself(IInvocationOperation call) => Custodian.Analysis.Catalogue.Of(call.TargetMethod).SelfClosing;

    /// <summary>A listener for whatever port is free: nobody else can have taken it.</summary>
    private bool IsSureToStart(IInvocationOperation call) =>
        _takesAnyPort && call.TargetMethod is { Name: "Start", ContainingType: { Name: "TcpListener", ContainingNamespace.Name: "Sockets" } };

    private static bool IsFreePort(IOperation argument) =>
        argument is { Type.SpecialType: SpecialType.System_Int32, ConstantValue: { HasValue: true, Value: 0 } }
        || argument is IObjectCreationOperation { Type.Name: "IPEndPoint", Arguments: [_, { Value: var port }] } && IsFreePort(port);

    /// <summary>
    /// A constructor that fails leaves an object that nobody has. What a builder made for a field is as long-lived as its owner,
    /// and can be opened again.
    /// </summary>
    protected override bool EndsInField(ISymbol member) => _isBuilt || !(Body.IsConstructor && _depth < Custodian.Depth) && base.EndsInField(member);

    protected override CustodyRule Within(Body inner, int innerDepth) =>
        new LeakRule(Custodian, inner, null, innerDepth, _isHandshake || inner.Method is { } method && Openings.IsHandshake(method));

    protected override ImmutableArray<INamedTypeSymbol> Handshake(IInvocationOperation call) =>
        _isHandshake && Custodian.Analysis.Io.Of(call) is { Kind: IoKind.Send or IoKind.Receive } said ? said.Failures : [];

    /// <summary>What could not connect is not connected: <c>finally { if (!socket.Connected) socket.Dispose(); }</c></summary>
    public override bool Assume(IOperation condition, bool isTrue, ref Kept token, PathView<Kept> view)
    {
        if (token is not { Hold: Hold.Failed, By: IInvocationOperation { TargetMethod: var opening } }) return true;
        var bare = PathView<Kept>.Unwrapped(condition);
        while (bare is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not) (bare, isTrue) = (PathView<Kept>.Unwrapped(not.Operand), !isTrue);
        return !(isTrue && bare is IPropertyReferenceOperation { Property: { Name: "Connected" or "IsConnected" } state, Instance: { } asked }
            && view.Holds(asked) && SymbolEqualityComparer.Default.Equals(state.ContainingType, opening.ContainingType));
    }

    public override Kept Return(IOperation? value, Kept token, PathView<Kept> view)
    {
        var after = base.Return(value, token, view);
        // `return null` of a method that answers connections: it has given up.
        return after.Hold == Hold.Opened && value is { ConstantValue: { HasValue: true, Value: null } } && Body.Method is { } method && Openings.Result(method) is { IsReferenceType: true }
            ? new Kept(Hold.Failed, after.By)
            : after;
    }
}
