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
internal sealed class BusyFlags(Analysis analysis, CancellationToken cancellation)
{
    private static readonly HashSet<string> Completing = new(StringComparer.OrdinalIgnoreCase) { "Done", "Complete", "Completed", "Completion", "Finish", "Finished", "Sent", "Written", "End", "Ended", "Flushed", "Callback", "Next", "Ack" };

    private readonly Dictionary<INamedTypeSymbol, List<string>> _known = new(SymbolEqualityComparer.Default);

    /// <summary>The flags that the code around a send asks or raises before it sends, or takes down because a write has completed.</summary>
    public IEnumerable<string> Around(SyntaxNode send, INamedTypeSymbol? type)
    {
        if (type is null || send.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) return [];
        return Of(type).Where(flag => Asks(member, flag, send.SpanStart) || Writes(member, flag).Any(w => IsLowered(w) || w.SpanStart < send.SpanStart));
    }

    private List<string> Of(INamedTypeSymbol type)
    {
        if (!_known.TryGetValue(type, out var flags)) _known[type] = flags = type.GetMembers().OfType<IFieldSymbol>().Where(f => MayBeFlag(f) && IsFlag(type, f.Name)).Select(f => f.Name).ToList();
        return flags;
    }

    /// <summary>A flag, the task of the write, or the message that is being written.</summary>
    private bool MayBeFlag(IFieldSymbol field) =>
        !field.IsReadOnly && !field.IsConst && ClosingFlags.ByName(field.Name) is null
        && (field.Type.SpecialType == SpecialType.System_Boolean || field.Type.IsReferenceType && analysis.Connections.TypeOf(field.Type) is null && !analysis.Connections.IsCarrier(field.Type));

    /// <summary>One member asks and raises it, and another one, which a write completes with, takes it down.</summary>
    private bool IsFlag(INamedTypeSymbol type, string flag)
    {
        var members = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>().SelectMany(t => t.Members).Where(m => m is MethodDeclarationSyntax && m.Mentions(flag)).ToList();
        return members.Any(m => Writes(m, flag).Any(w => !IsLowered(w) && Asks(m, flag, w.SpanStart))) && members.Any(m => IsCompletion((MethodDeclarationSyntax)m) && Writes(m, flag).Any(IsLowered));
    }

    private static bool IsCompletion(MethodDeclarationSyntax method) =>
        method.ParameterList.Parameters.Any(p => p.Type?.ToString() is "IAsyncResult" or "SocketAsyncEventArgs" or "Task") || ClosingFlags.Words(method.Identifier.ValueText).Any(Completing.Contains);

    private static IEnumerable<AssignmentExpressionSyntax> Writes(SyntaxNode member, string flag) =>
        member.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left.LastWord() == flag);

    private static bool IsLowered(AssignmentExpressionSyntax write) =>
        write.Right.Kind() is SyntaxKind.FalseLiteralExpression or SyntaxKind.NullLiteralExpression or SyntaxKind.DefaultLiteralExpression;

    /// <summary>Some <c>if</c> before the place asks the flag, or the variable that it was read into.</summary>
    private static bool Asks(SyntaxNode member, string flag, int until) =>
        member.DescendantNodes().OfType<IfStatementSyntax>().Any(i => i.SpanStart < until && (i.Condition.Mentions(flag) || member.DescendantNodes().OfType<VariableDeclaratorSyntax>().Any(v => v.Initializer?.Value.LastWord() == flag && i.Condition.Mentions(v.Identifier.ValueText))));
}
