using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Tests.Rewording;

/// <summary>Says the statements of a block in other words. None may come to stand on another line: the marks do not move.</summary>
internal abstract class StatementRewriter : CSharpSyntaxRewriter
{
    private int _names;

    public override SyntaxNode? VisitBlock(BlockSyntax node)
    {
        var block = (BlockSyntax)base.VisitBlock(node)!;
        return block.WithStatements([.. Reword(block.Statements)]);
    }

    protected virtual IEnumerable<StatementSyntax> Reword(SyntaxList<StatementSyntax> statements) => statements.SelectMany(Reword);

    protected virtual IEnumerable<StatementSyntax> Reword(StatementSyntax statement) => [statement];

    protected string NewName() => $"named{++_names}";

    protected static StatementSyntax Parse(string statement) => SyntaxFactory.ParseStatement(statement);

    /// <summary>A block that adds no line of its own.</summary>
    protected static BlockSyntax Braces(IEnumerable<StatementSyntax> statements) => SyntaxFactory.Block(
        SyntaxFactory.Token(SyntaxKind.OpenBraceToken), [.. statements], SyntaxFactory.Token(SyntaxKind.CloseBraceToken));
}
