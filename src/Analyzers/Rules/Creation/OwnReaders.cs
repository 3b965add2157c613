using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>Who reads from a connection hears when it ends, whatever becomes of a send on it.</summary>
internal static class OwnReaders
{
    /// <summary>The own type that the call is made on, else the one that makes it, reads from its connections too.</summary>
    public static bool Hear(RuleContext file, IInvocationOperation call)
    {
        var type = IoCalls.Receiver(call)?.Type is INamedTypeSymbol receiver && file.Analysis.Summaries.IsOwn(receiver) ? receiver
            : file.Model.GetEnclosingSymbol(call.Syntax.SpanStart, file.Cancellation)?.ContainingType;
        foreach (var member in file.Analysis.Holders.CodeOf(type))
        {
            if (!member.Invoked.Any(MayRead)) continue;
            var model = file.Analysis.Bodies.ModelOf(member.Declaration.SyntaxTree);
            foreach (var read in member.Declaration.DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (MayRead(read.Expression.LastWord()) && model.GetOperation(read, file.Cancellation) is IInvocationOperation invoked && file.Analysis.Io.Of(invoked)?.Kind is IoKind.Receive or IoKind.Complete) return true;
            }
        }

        return false;
    }

    private static bool MayRead(string name) => name.Contains("Receive") || name.Contains("Read");
}
