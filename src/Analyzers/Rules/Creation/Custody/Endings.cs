using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>What gives a connection's resources back.</summary>
internal sealed class Endings(Analysis analysis)
{
    private readonly ConcurrentDictionary<ISymbol, bool> _fields = new(SymbolEqualityComparer.Default);

    private static readonly string[] Verbs = ["Close", "Dispose", "Abort", "Stop", "Disconnect", "Shutdown", "Destroy", "Kill", "Cleanup", "CleanUp", "Release", "Drop", "Terminate"];

    public static bool IsClosingName(string name) =>
        name.BeginsWithAny(Verbs) || name is "Quit" or "Logout" || name.StartsWith("SafeClose", StringComparison.Ordinal) || name.StartsWith("SafeDispose", StringComparison.Ordinal) || name.StartsWith("TryClose", StringComparison.Ordinal);

    /// <summary><c>SafeClose</c>, <c>AbortAsync</c>; not <c>StopReading</c>, which ends a part of it.</summary>
    private static bool IsClosingVerb(string name)
    {
        if (name.EndsWith("Async", StringComparison.Ordinal)) name = name.Substring(0, name.Length - "Async".Length);
        if (name.StartsWith("Safe", StringComparison.Ordinal)) name = name.Substring("Safe".Length);
        return Array.IndexOf(Verbs, name) >= 0;
    }

    /// <summary>The call gives the receiver's handle back. <c>Shutdown</c> and <c>Disconnect</c> of a socket do not.</summary>
    public bool Closes(IMethodSymbol method, ITypeSymbol? receiver)
    {
        if (method.Name is "Dispose" or "DisposeAsync" or "Close" or "CloseAsync") return true;
        if (method.ContainingType is { Name: "Socket", ContainingNamespace.Name: "Sockets" }) return false;
        if (analysis.Summaries.IsOwn(method) && IsClosingVerb(method.Name)) return true;
        return (analysis.Connections.RolesOf(method, receiver) & Role.Close) != 0;
    }

    /// <summary>
    /// Closing a stream closes what it was made over, unless it was told to leave that open; a <c>NetworkStream</c> only when it was
    /// given the socket as its own.
    /// </summary>
    public static bool ClosesInner(IObjectCreationOperation stream) =>
        !LeavesOpen(stream.Arguments)
        && (stream.Type?.Name != "NetworkStream" || stream.Arguments.Any(a => a.Parameter?.Name == "ownsSocket" && a.Value.ConstantValue is not { HasValue: true, Value: false }));

    public static bool LeavesOpen(ImmutableArray<IArgumentOperation> arguments) =>
        arguments.Any(a => a is { Parameter.Name: "leaveOpen" or "leaveInnerStreamOpen", Value.ConstantValue: { HasValue: true, Value: true } });

    /// <summary>
    /// Somebody in the type that has the field closes what it holds, hands it on, or may: a field that others can reach counts
    /// as closed.
    /// </summary>
    public bool IsClosedByItsType(ISymbol member) => _fields.GetOrAdd(member.OriginalDefinition, FindClosed);

    private bool FindClosed(ISymbol member)
    {
        if (member.DeclaredAccessibility is not (Accessibility.Private or Accessibility.NotApplicable) || member.ContainingType is not { } type || !analysis.Summaries.IsOwn(type)) return true;
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var name in reference.GetSyntax().DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText == member.Name && MayEnd(name)) return true;
            }
        }

        return false;
    }

    /// <summary>Anything but being set, asked, opened or sent on.</summary>
    private static bool MayEnd(IdentifierNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax qualified && qualified.Name == name ? qualified : name;
        while (whole.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }) whole = (ExpressionSyntax)whole.Parent;
        switch (whole.Parent)
        {
            case MemberAccessExpressionSyntax access when access.Expression == whole:
                return IsClosingName(access.Name.Identifier.ValueText) || access.Parent is MemberAccessExpressionSyntax outer && IsClosingName(outer.Name.Identifier.ValueText)
                    || access.Parent is InvocationExpressionSyntax { Parent: MemberAccessExpressionSyntax called } && IsClosingName(called.Name.Identifier.ValueText);
            case ConditionalAccessExpressionSyntax access when access.Expression == whole:
                return access.WhenNotNull.DescendantNodesAndSelf().OfType<MemberBindingExpressionSyntax>().Any(b => IsClosingName(b.Name.Identifier.ValueText));
            case AssignmentExpressionSyntax assignment when assignment.Left == whole:
                return false;
            case BinaryExpressionSyntax:
            case IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax }:
                return false;
            default:
                return true;
        }
    }
}
