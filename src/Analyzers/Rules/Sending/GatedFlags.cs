using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>
/// A closing flag of one's own that is only ever set inside the gate which the send holds: whoever has asked it there knows it for
/// as long as the gate is held, awaits included.
/// </summary>
internal static class GatedFlags
{
    public static bool Hold(ISymbol flag, SyntaxNode send, Body body, RuleContext file)
    {
        if (flag is not IFieldSymbol { IsStatic: false, ContainingType: { } owner }) return false;
        return SendingGates.Around(send, body.Syntax, file.Model).Any(gate => IsAskedIn(flag, gate.Taken, send) && IsSetOnlyIn(flag, gate.Key, owner, file));
    }

    private static bool IsAskedIn(ISymbol flag, SyntaxNode taken, SyntaxNode send) =>
        send.Ancestors().OfType<IfStatementSyntax>().Any(i => i.SpanStart > taken.SpanStart && i.Condition.Mentions(flag.Name));

    private static bool IsSetOnlyIn(ISymbol flag, string key, INamedTypeSymbol owner, RuleContext file)
    {
        foreach (var write in owner.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(file.Cancellation).DescendantNodes().OfType<AssignmentExpressionSyntax>()))
        {
            if (write.Left.LastWord() != flag.Name || write.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is not null) continue;
            if (Bodies.EnclosingDeclaration(write) is not { } around || !SendingGates.Around(write, around, file.Analysis.Bodies.ModelOf(write.SyntaxTree)).Any(g => g.Key == key)) return false;
        }

        return true;
    }
}
