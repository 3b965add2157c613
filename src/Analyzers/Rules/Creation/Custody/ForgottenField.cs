using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>
/// A field that its type closes keeps what failed to open, but not where the <c>catch</c> around the opening sets it to
/// <c>null</c> first: then nobody can close it any more.
/// </summary>
internal sealed class ForgottenField(Custodian custodian, SemanticModel model, CancellationToken cancellation)
{
    /// <summary>The opening whose failure makes the owner forget what was created here.</summary>
    public IInvocationOperation? OpeningOf(IOperation source)
    {
        if (source.Syntax.Parent is not AssignmentExpressionSyntax { Left: var target } assignment || assignment.Right != source.Syntax) return null;
        if (model.GetSymbolInfo(target, cancellation).Symbol is not ISymbol { Kind: SymbolKind.Field or SymbolKind.Property } field || TryAround(source.Syntax) is not { Finally: null } around) return null;
        if (!around.Catches.Any(clause => clause.Filter is null && SeesFailure(clause) && Forgets(clause.Block, field))) return null;
        foreach (var syntax in around.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<InvocationExpressionSyntax>())
        {
            if (syntax.SpanStart < source.Syntax.Span.End || model.GetOperation(syntax, cancellation) is not IInvocationOperation call || !custodian.Openings.Opens(call)) continue;
            if (Openings.Receiver(call) is not { } receiver || IoCalls.Unwrapped(receiver) is not IMemberReferenceOperation { Member: var member } || !SymbolEqualityComparer.Default.Equals(member, field)) continue;
            return TryAround(syntax) == around ? call : null;
        }

        return null;
    }

    private static TryStatementSyntax? TryAround(SyntaxNode node)
    {
        for (var inner = node; inner.Parent is { } outer && outer is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax); inner = outer)
        {
            if (outer is TryStatementSyntax statement && statement.Block == inner) return statement;
        }

        return null;
    }

    private bool SeesFailure(CatchClauseSyntax clause) =>
        clause.Declaration is null || model.GetTypeInfo(clause.Declaration.Type, cancellation).Type is { Name: "Exception" or "SystemException" or "SocketException" or "IOException" };

    /// <summary>The field is set to null, and nothing else is done with it.</summary>
    private bool Forgets(BlockSyntax block, ISymbol field)
    {
        var forgets = false;
        foreach (var name in block.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (ClosingFlags.IsEnding(name.Identifier.ValueText)) return false;
            if (name.Identifier.ValueText != field.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, field)) continue;
            ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access : name;
            if (whole.Parent is not AssignmentExpressionSyntax { Right: var value } set || set.Left != whole || !IsNull(value)) return false;
            forgets = true;
        }

        return forgets;
    }

    private static bool IsNull(ExpressionSyntax value) =>
        value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.DefaultLiteralExpression) || value is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression, Operand: var inner } && IsNull(inner);
}
