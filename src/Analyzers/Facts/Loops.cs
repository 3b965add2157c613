using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Facts;

/// <summary>Code that runs round after round.</summary>
internal static class Loops
{
    public static bool IsLoop(this SyntaxNode node) => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax;
}
