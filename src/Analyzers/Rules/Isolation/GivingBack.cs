using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>How a connection goes back to where it was taken from.</summary>
internal static class GivingBack
{
    private static readonly string[] Verbs = ["Return", "Release", "GiveBack", "Recycle", "CheckIn", "PutBack", "Surrender"];

    private static readonly HashSet<string> IntoContainer = new(StringComparer.Ordinal) { "Push", "Add", "Enqueue", "TryAdd", "TryWrite", "WriteAsync", "PushRange", "AddLast", "AddFirst", "Put", "Post", "SendAsync" };

    /// <summary>Words of which one stands where a connection is given back by a call.</summary>
    public static bool MayStandIn(HashSet<string> invoked) => invoked.Meets(IntoContainer) || invoked.Any(IsVerb);

    /// <summary>The argument that a call gives back; null where it gives back none.</summary>
    public static IArgumentOperation? Argument(IInvocationOperation call, Analysis analysis, CancellationToken cancellation) => Argument(call, analysis, 2, cancellation);

    private static IArgumentOperation? Argument(IInvocationOperation call, Analysis analysis, int depth, CancellationToken cancellation)
    {
        var name = call.TargetMethod.Name;
        if (call.Arguments.IsEmpty) return null;
        if (Reuse.Slots.Filled(call) is { } filled) return Reuse.Slots.IsSlot(filled.Slot, analysis, cancellation) ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 1) : null;
        var given = Given(call, analysis);
        if (given is null || TellsWhatFailed(call, given)) return null;
        if (IsVerb(name)) return AsksMore(call.TargetMethod, analysis, cancellation) || EndsIt(call.TargetMethod, given, analysis, cancellation) ? null : given;
        if (IntoContainer.Contains(name) && PooledCollections.IsOne(call, analysis)) return given;
        if (depth == 0 || given.Parameter is not { } parameter || !analysis.Summaries.IsOwn(call.TargetMethod) || Code.Of(call.TargetMethod, analysis, cancellation) is not { } code) return null;
        // A helper that puts it back.
        return code.Descendants().OfType<IInvocationOperation>().Any(i => Argument(i, analysis, depth - 1, cancellation) is { } inner && Code.Unwrapped(inner.Value) is IParameterReferenceOperation back && back.Parameter.Ordinal == parameter.Ordinal)
            && !AsksMore(call.TargetMethod, analysis, cancellation) ? given : null;
    }

    /// <summary>The first argument that can be a connection; behind the key of the pool's one of many, the connection itself: <c>pool.Return(endPoint, link)</c>.</summary>
    private static IArgumentOperation? Given(IInvocationOperation call, Analysis analysis)
    {
        var candidates = call.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter?.Type is { SpecialType: SpecialType.None } or { SpecialType: SpecialType.System_Object } && !IsBuffer(a.Parameter!.Type)
            && Code.Unwrapped(a.Value) is not (IDefaultValueOperation or IAnonymousFunctionOperation or IMethodReferenceOperation) && a.Value.Type?.Name is not "CancellationToken" && !(call.TargetMethod.IsExtensionMethod && a.Parameter?.Ordinal == 0)).ToList();
        return candidates.FirstOrDefault(IsConnection) ?? candidates.FirstOrDefault();

        bool IsConnection(IArgumentOperation argument) => analysis.Connections.TypeOf(Code.Unwrapped(argument.Value).Type) is not null;
    }

    /// <summary><c>pool.Return(link, failure)</c>: whoever takes it back decides by what has failed.</summary>
    private static bool TellsWhatFailed(IInvocationOperation call, IArgumentOperation given) =>
        call.Arguments.Any(a => a != given && Bases.IncludeNamed(a.Value.Type, "Exception", "System") && Code.Unwrapped(a.Value) is ILocalReferenceOperation or IParameterReferenceOperation);

    /// <summary>What goes back is memory: <c>ArrayPool&lt;byte&gt;.Shared.Return(_buffer)</c>.</summary>
    private static bool IsBuffer(ITypeSymbol type) => type is IArrayTypeSymbol { ElementType.IsValueType: true };

    /// <summary>A release that closes what it is given in any case: the end of an association, no way back to a pool.</summary>
    private static bool EndsIt(IMethodSymbol method, IArgumentOperation given, Analysis analysis, CancellationToken cancellation) =>
        analysis.Summaries.IsOwn(method) && given.Parameter is { } parameter && Code.Of(method, analysis, cancellation) is { } code
        && code.Descendants().OfType<IInvocationOperation>().Any(i => i is { TargetMethod.Name: "Dispose" or "DisposeAsync" or "Close" or "CloseAsync", Instance: { } ended }
            && Code.Unwrapped(ended) is IParameterReferenceOperation { Parameter: var own } && own.Ordinal == parameter.Ordinal
            && !i.Syntax.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax)).Any(a => a is IfStatementSyntax or ConditionalExpressionSyntax or SwitchSectionSyntax or SwitchExpressionSyntax or CatchClauseSyntax));

    /// <summary>A type whose disposal gives a connection back, whatever has become of it.</summary>
    public static bool IsLease(ITypeSymbol? type, Analysis analysis, CancellationToken cancellation)
    {
        if (type is not INamedTypeSymbol named || !analysis.Summaries.IsOwn(named) || IsWithinProcess(named)) return false;
        if (named.TypeKind == TypeKind.Interface)
        {
            var implementing = analysis.Implementations.Types.Where(t => t.TypeKind is TypeKind.Class or TypeKind.Struct && t.AllInterfaces.Any(i => SymbolEqualityComparer.Default.Equals(i.OriginalDefinition, named.OriginalDefinition))).Take(4).ToList();
            return implementing.Count > 0 && implementing.All(t => IsLease(t, analysis, cancellation));
        }

        var found = false;
        foreach (var method in Disposals(named))
        {
            if (Code.Of(method, analysis, cancellation) is not { } code) continue;
            if (AsksMore(code.Syntax, lease: named)) return false;
            found |= code.Descendants().OfType<IInvocationOperation>().Any(i => (Argument(i, analysis, cancellation) is { } given && IsOwnPart(given.Value) && !TellsHowItEnded(i, named) || IsGiveBackDelegate(i)) && !Vouching.IsNeededFor(i, named, analysis, cancellation));
        }

        return found;
    }

    /// <summary><c>owner.Settle(link, keep: _complete)</c>: whoever takes it back is told whether the exchange has finished.</summary>
    private static bool TellsHowItEnded(IInvocationOperation call, INamedTypeSymbol lease) =>
        call.Arguments.Any(a => a.Value.Type?.SpecialType == SpecialType.System_Boolean && Wire.KeyOf(Code.Unwrapped(a.Value)) is (IFieldSymbol or IPropertySymbol) and { Name: var name } && TellsOfExchange(name) && !IsSetByUsers(name, lease));

    /// <summary>
    /// A lease whose own code takes note that its I/O failed, and whoever a delegate of it gives it back to can ask:
    /// <c>catch { _isAlive = false; throw; }</c>. Of a wait that its user gives up it knows nothing.
    /// </summary>
    public static bool NotesItsFailures(ITypeSymbol? type, Analysis analysis, CancellationToken cancellation) =>
        type is INamedTypeSymbol lease && analysis.Summaries.IsOwn(lease) && MarksItself(lease)
        && Disposals(lease).Any(m => Code.Of(m, analysis, cancellation)?.Descendants().OfType<IInvocationOperation>().Any(IsGiveBackDelegate) == true);

    private static bool MarksItself(INamedTypeSymbol lease) =>
        lease.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantNodes().OfType<CatchClauseSyntax>()).SelectMany(c => c.Block.DescendantNodes().OfType<AssignmentExpressionSyntax>())
            .Any(a => a.Left.OwnName() is { } name && a.Right.Kind() is SyntaxKind.TrueLiteralExpression or SyntaxKind.FalseLiteralExpression && lease.GetMembers(name).Length > 0);

    private static IEnumerable<IMethodSymbol> Disposals(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(m => m.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "DisposeCore" || m.Name.EndsWith(".Dispose", StringComparison.Ordinal) || m.Name.EndsWith(".DisposeAsync", StringComparison.Ordinal));

    /// <summary>What an event tells and a stream in memory are lent and given back, too, but nobody answers on them.</summary>
    private static bool IsWithinProcess(INamedTypeSymbol type) => Bases.IncludeNamed(type, "EventArgs", "System") || Bases.IncludeNamed(type, "MemoryStream", "System.IO");

    private static bool IsOwnPart(IOperation value) => Code.Unwrapped(value) is IInstanceReferenceOperation || OutlivingWork.Root(Code.Unwrapped(value)) is IInstanceReferenceOperation or IParameterReferenceOperation or ILocalReferenceOperation;

    /// <summary><c>_onDispose(this)</c>.</summary>
    private static bool IsGiveBackDelegate(IInvocationOperation call)
    {
        if (call.TargetMethod.MethodKind != MethodKind.DelegateInvoke || !call.Arguments.Any(a => IsOwnPart(a.Value))) return false;
        var name = (call.Instance is null ? null : Wire.KeyOf(IoCalls.Unwrapped(Code.Unwrapped(call.Instance))))?.Name ?? call.Syntax.ToString();
        return new[] { "return", "release", "giveback", "recycle", "cleanup", "ondispose" }.Any(w => name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);
    }

    private static bool IsVerb(string name) =>
        name.BeginsWithAny(Verbs) || name is "PutConnection" or "PutClient" or "PutSession" or "PutChannel" or "PutSocket";

    /// <summary>What takes it back looks at more than whether it is open: it may know of the unfinished exchange.</summary>
    private static bool AsksMore(IMethodSymbol method, Analysis analysis, CancellationToken cancellation) =>
        analysis.Summaries.IsOwn(method) && Code.Of(method, analysis, cancellation) is { } code && AsksMore(code.Syntax, method);

    /// <param name="method">The code.</param>
    /// <param name="symbol">Its method, whose own flags its callers decide.</param>
    /// <param name="lease">The lease whose disposal it is, whose flag of a broken connection its users have to set.</param>
    private static bool AsksMore(SyntaxNode method, IMethodSymbol? symbol = null, INamedTypeSymbol? lease = null)
    {
        foreach (var node in method.DescendantNodes())
        {
            var condition = node switch
            {
                IfStatementSyntax statement => statement.Condition,
                ConditionalExpressionSyntax conditional => conditional.Condition,
                _ => null,
            };
            if (condition?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(n => TellsOfExchange(n.Identifier.ValueText) && symbol?.Parameters.Any(p => p.Name == n.Identifier.ValueText) != true && !(lease is not null && IsSetByUsers(n.Identifier.ValueText, lease))) == true) return true;
        }

        return false;
    }

    /// <summary>A method of a lease that says that the connection must not go back.</summary>
    public static bool Spoils(IMethodSymbol method, Analysis analysis, CancellationToken cancellation) =>
        analysis.Summaries.IsOwn(method) && Code.Of(method, analysis, cancellation) is { } code
        && code.Syntax.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Right.IsKind(SyntaxKind.TrueLiteralExpression) && a.Left.OwnName() is { } name && TellsOfDamage(name) && method.ContainingType.GetMembers(name).Length > 0);

    /// <summary>
    /// A flag of a lease that is off until somebody says that the connection is damaged: who says nothing gives it back. Not where
    /// the lease finds out for itself.
    /// </summary>
    private static bool IsSetByUsers(string name, INamedTypeSymbol lease)
    {
        if (!TellsOfDamage(name) || lease.GetMembers(name).FirstOrDefault() is not (IFieldSymbol { Type.SpecialType: SpecialType.System_Boolean } or IPropertySymbol { Type.SpecialType: SpecialType.System_Boolean, SetMethod: not null })) return false;
        foreach (var node in lease.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax().DescendantNodes()))
        {
            switch (node)
            {
                case VariableDeclaratorSyntax { Initializer: { } initial } field when field.Identifier.ValueText == name && !initial.Value.IsKind(SyntaxKind.FalseLiteralExpression):
                case PropertyDeclarationSyntax { Initializer: { } given } property when property.Identifier.ValueText == name && !given.Value.IsKind(SyntaxKind.FalseLiteralExpression):
                case AssignmentExpressionSyntax assignment when assignment.Left.OwnName() == name && (!assignment.Right.IsKind(SyntaxKind.TrueLiteralExpression) && !assignment.Right.IsKind(SyntaxKind.FalseLiteralExpression) || assignment.Ancestors().Any(a => a is CatchClauseSyntax or FinallyClauseSyntax or IfStatementSyntax)):
                    return false;
            }
        }

        return true;
    }

    private static bool TellsOfDamage(string name) =>
        new[] { "broken", "fault", "dirty", "poison", "discard", "failed", "invalid", "corrupt", "destroyed", "damaged", "doomed" }.Any(w => name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0);

    private static bool TellsOfExchange(string name) =>
        new[] { "complete", "broken", "fault", "healthy", "dirty", "pending", "busy", "clean", "reusable", "keep", "valid", "poison", "outstanding", "inflight", "discard", "success", "finished", "failed", "usable", "canbereused", "canreuse", "ok" }
            .Any(w => w == "ok" ? string.Equals(name.TrimStart('_'), w, StringComparison.OrdinalIgnoreCase) : name.IndexOf(w, StringComparison.OrdinalIgnoreCase) >= 0) && !name.StartsWith("TryComplete", StringComparison.Ordinal) && name is not "CompletedTask";
}
