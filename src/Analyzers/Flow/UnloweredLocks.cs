using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Flow;

/// <summary>
/// <c>lock</c> on a <c>System.Threading.Lock</c>: in nullable code the compiler's flow graph has neither its entry nor its release, because
/// it takes the annotated type for another one. What runs first behind it stands for the release.
/// </summary>
internal sealed class UnloweredLocks
{
    private HashSet<int>? _behind;

    /// <summary>Notes the lock, if the operation is what the graph has in place of one.</summary>
    public void Notice(IOperation operation)
    {
        if (operation is not IExpressionStatementOperation { Syntax: LockStatementSyntax held } || Next(held) is not { } next) return;
        var first = next.DescendantNodes().OfType<ExpressionSyntax>().FirstOrDefault();
        (_behind ??= []).Add((first ?? (SyntaxNode)next).SpanStart);
    }

    /// <summary>A lock has been given back right before this.</summary>
    public bool IsBehindOne(IOperation operation) => _behind?.Contains(operation.Syntax.SpanStart) == true;

    private static StatementSyntax? Next(StatementSyntax statement)
    {
        for (SyntaxNode? node = statement; node is not (null or MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); node = node.Parent)
        {
            if (node.Parent is BlockSyntax block && block.Statements.IndexOf((StatementSyntax)node) + 1 is var index && index < block.Statements.Count) return block.Statements[index];
        }

        return null;
    }
}
