using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Facts;

/// <summary>Code that control does not come out of at the end: what stands behind it is not reached by it.</summary>
internal static class Leaving
{
    public static bool Leaves(this StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax or YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement } => true,
        BlockSyntax { Statements: [.., var last] } => last.Leaves(),
        IfStatementSyntax { Else: { } otherwise } both => both.Statement.Leaves() && otherwise.Statement.Leaves(),
        _ => false,
    };

    public static bool Leaves(this IOperation operation) => operation switch
    {
        IReturnOperation or IThrowOperation or IBranchOperation or IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IConversionOperation conversion => conversion.Operand.Leaves(),
        IBlockOperation { Operations: [.., var last] } => last.Leaves(),
        _ => false,
    };

    /// <summary>Whichever of its branches is taken, the statement ends in throwing.</summary>
    public static bool Throws(this StatementSyntax statement) => statement switch
    {
        ThrowStatementSyntax => true,
        ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Throw" } } } => true,
        BlockSyntax { Statements: [.., var last] } => last.Throws(),
        LockStatementSyntax locked => locked.Statement.Throws(),
        UsingStatementSyntax used => used.Statement.Throws(),
        IfStatementSyntax { Else: { } otherwise } choice => choice.Statement.Throws() && otherwise.Statement.Throws(),
        SwitchStatementSyntax choice => choice.Sections.All(s => s.Statements is [.., var end] && end.Throws()) && choice.Sections.Any(s => s.Labels.Any(l => l is DefaultSwitchLabelSyntax)),
        _ => false,
    };
}
