using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>
/// A field that is up while a write is under way: whoever wants to send asks it, leaves its message to the queue or waits where it is
/// up, and raises it where it is not; what the write completes with sends the next one or takes it down again.
/// </summary>
internal sealed class BusyFlags
{
    private static readonly HashSet<string> Completing = new(StringComparer.OrdinalIgnoreCase) { "Done", "Complete", "Completed", "Completion", "Finish", "Finished", "Sent", "Written", "End", "Ended", "Flushed", "Callback", "Next", "Ack" };

    private static readonly ConditionalWeakTable<Analysis, BusyFlags> Kept = new();

    private readonly Analysis _analysis;
    private readonly ConcurrentDictionary<INamedTypeSymbol, ImmutableArray<string>> _known = new(SymbolEqualityComparer.Default);

    private BusyFlags(Analysis analysis) => _analysis = analysis;

    public static BusyFlags Of(Analysis analysis) => Kept.GetValue(analysis, a => new BusyFlags(a));

    /// <summary>The flags that the code around a send asks or raises before it sends, or takes down because a write has completed.</summary>
    public IEnumerable<string> Around(SyntaxNode send, INamedTypeSymbol? type)
    {
        if (type is null || send.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) return [];
        return _known.GetOrAdd(type, Find).Where(flag => member.Mentions(flag) && (KeepsOut(member, flag, send) || Writes(member, flag).Any(w => IsLowered(w) || w.SpanStart < send.SpanStart)));
    }

    private ImmutableArray<string> Find(INamedTypeSymbol type) => [.. type.GetMembers().OfType<IFieldSymbol>().Where(f => MayBeFlag(f) && IsFlag(type, f.Name)).Select(f => f.Name)];

    /// <summary>A flag, the task of the write, or the message that is being written.</summary>
    private bool MayBeFlag(IFieldSymbol field) =>
        !field.IsReadOnly && !field.IsConst && ClosingFlags.ByName(field.Name) is null
        && (field.Type.SpecialType == SpecialType.System_Boolean || field.Type.IsReferenceType && field.Type.Name != "Timer" && !_analysis.Connections.LeadsToPeer(field.Type));

    /// <summary>One member asks and raises it, and another one, which a write completes with, takes it down.</summary>
    private static bool IsFlag(INamedTypeSymbol type, string flag)
    {
        var members = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<TypeDeclarationSyntax>().SelectMany(t => t.Members).OfType<MethodDeclarationSyntax>().Where(m => m.Mentions(flag)).ToList();
        return members.Any(m => IsCompletion(m) && Writes(m, flag).Any(IsLowered)) && members.Any(m => Writes(m, flag).Any(w => !IsLowered(w) && KeepsOut(m, flag, w)));
    }

    private static bool IsCompletion(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.Any(p => p.Type?.ToString() is "IAsyncResult" or "SocketAsyncEventArgs" or "Task") || ClosingFlags.Words(method.Identifier.ValueText).Any(Completing.Contains);

    private static IEnumerable<AssignmentExpressionSyntax> Writes(SyntaxNode member, string flag) =>
        member.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left.LastWord() == flag);

    private static bool IsLowered(AssignmentExpressionSyntax write) =>
        write.Right.Kind() is SyntaxKind.FalseLiteralExpression or SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression;

    /// <summary>Some <c>if</c> before the place lets nobody through to it while the flag is up, or has him wait for that first.</summary>
    private static bool KeepsOut(SyntaxNode member, string flag, SyntaxNode place)
    {
        var names = new HashSet<string>(member.DescendantNodes().OfType<VariableDeclaratorSyntax>().Where(v => v.Initializer?.Value.LastWord() == flag).Select(v => v.Identifier.ValueText), StringComparer.Ordinal) { flag };
        foreach (var asked in member.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (asked.SpanStart >= place.SpanStart || !names.Any(asked.Condition.Mentions)) continue;
            var isUp = SaysUp(asked.Condition, names);
            var isInside = asked.Statement.Span.Contains(place.Span);
            if (isUp ? isInside && IsBehindIt(place, asked, names) || !isInside && (asked.Statement.Leaves() || asked.Else?.Span.Contains(place.Span) == true) : isInside) return true;
        }

        return false;
    }

    /// <summary><c>if (busy != null) busy.Task.ContinueWith(_ => Send())</c></summary>
    private static bool IsBehindIt(SyntaxNode place, IfStatementSyntax asked, HashSet<string> names) =>
        place.Ancestors().TakeWhile(a => a != asked).OfType<InvocationExpressionSyntax>().Any(c => c.Expression.LastWord() == "ContinueWith" && names.Any(c.Expression.Mentions));

    /// <summary><c>_writing</c>, <c>_current != null</c>; not <c>!_writing</c>, <c>_current == null</c>.</summary>
    private static bool SaysUp(ExpressionSyntax condition, HashSet<string> names) => condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().First(n => names.Contains(n.Identifier.ValueText)).Parent switch
    {
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } => false,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right.RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.FalseLiteralExpression } => false,
        IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax } => false,
        _ => true,
    };
}
