using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// <c>var text = Render(order); session.Send(text);</c> for <c>session.Send(Render(order));</c>: between a question in front of the send
/// and the send itself nothing is left that takes time or is other people's code.
/// </summary>
internal static class ArgumentsFirst
{
    private static readonly SyntaxAnnotation Sending = new();

    /// <summary>The document with the arguments in variables, and the send in it; null where there is nothing to take out, or taking it out changed the order.</summary>
    public static async Task<(Document Document, SyntaxNode Send)?> InAsync(Document document, SyntaxNode node, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || Functions.Enclosing(call) is not { } function) return null;
        var arguments = call.ArgumentList.Arguments.Where(a => Calls(a.Expression)).ToList();
        if (arguments.Count == 0 || arguments.Any(a => a.RefKindKeyword.RawKind != 0) || call.ArgumentList.Arguments.Any(a => Conditions.Assigns(a.Expression)) || Calls(call.Expression)) return null;
        var endOfLine = Lines.EndOfLine(root);
        var (variables, taken) = (new List<StatementSyntax>(), new Dictionary<SyntaxNode, SyntaxNode>());
        foreach (var argument in arguments)
        {
            if (Name(argument.Expression, call, variables.Count, model) is not { } name) return null;
            variables.Add(SyntaxFactory.ParseStatement($"var {name} = {argument.Expression.WithoutTrivia()};").WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation));
            taken[argument.Expression] = SyntaxFactory.IdentifierName(name).WithTriviaFrom(argument.Expression);
        }

        var bare = call.ReplaceNodes(taken.Keys, (old, _) => taken[old]).WithAdditionalAnnotations(Sending);
        return Changed(call, bare, variables, function, root, model) is { } changed && document.WithSyntaxRoot(changed) is var with
            && await with.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is { } now ? (with, now.GetAnnotatedNodes(Sending).Single()) : null;
    }

    private static SyntaxNode? Changed(InvocationExpressionSyntax call, InvocationExpressionSyntax bare, List<StatementSyntax> variables, SyntaxNode function, SyntaxNode root, SemanticModel model)
    {
        if (call.FirstAncestorOrSelf<StatementSyntax>() is { } statement && function.Span.Contains(statement.Span) && statement != function)
        {
            if (statement is not ExpressionStatementSyntax and not ReturnStatementSyntax || !IsAlone(call, statement)) return null;
            variables[0] = variables[0].WithLeadingTrivia(statement.GetLeadingTrivia());
            var indentation = Lines.Indentation(statement);
            var sending = statement.ReplaceNode(call, bare).WithLeadingTrivia(indentation);
            for (var i = 1; i < variables.Count; i++) variables[i] = variables[i].WithLeadingTrivia(indentation);
            if (statement.Parent is BlockSyntax or SwitchSectionSyntax) return root.ReplaceNode(statement, variables.Append(sending));
            return statement.Parent is GlobalStatementSyntax ? null : root.ReplaceNode(statement, Block([.. variables, sending], Lines.EndOfLine(root)).WithTrailingTrivia(statement.GetTrailingTrivia()));
        }

        // One variable and the send become the body.
        if (variables.Count > 1 || Functions.WithBlock(function, variables[0], model) is not { } made) return null;
        var end = made.DescendantNodes().OfType<InvocationExpressionSyntax>().LastOrDefault(c => SyntaxFactory.AreEquivalent(c, call));
        return end is null || !IsAlone(end, end.FirstAncestorOrSelf<StatementSyntax>()!) ? null : root.ReplaceNode(function, OnLines(made.ReplaceNode(end, bare), Lines.EndOfLine(root)));
    }

    /// <summary>A lambda's new body, a statement a line.</summary>
    private static SyntaxNode OnLines(SyntaxNode function, SyntaxTrivia endOfLine)
    {
        if (function is not LambdaExpressionSyntax { Block: { } body } lambda) return function;
        lambda = lambda.WithBody(Block(body.Statements, endOfLine).WithTrailingTrivia(body.GetTrailingTrivia()));
        return lambda.WithArrowToken(lambda.ArrowToken.WithTrailingTrivia(endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static BlockSyntax Block(IEnumerable<StatementSyntax> statements, SyntaxTrivia endOfLine)
    {
        var block = SyntaxFactory.Block(statements.Select(s => s.WithTrailingTrivia(endOfLine)));
        return block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(endOfLine)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>Nothing in front of the send in its statement does anything.</summary>
    private static bool IsAlone(InvocationExpressionSyntax call, StatementSyntax statement) =>
        !statement.DescendantNodes().OfType<ExpressionSyntax>().Any(e => !e.Span.Contains(call.Span) && !call.Span.Contains(e.Span) && e.Span.End <= call.SpanStart && (Calls(e) || Conditions.Assigns(e)))
        && !call.Ancestors().TakeWhile(a => a != statement).Any(a => a is ConditionalExpressionSyntax or BinaryExpressionSyntax or ConditionalAccessExpressionSyntax or SwitchExpressionSyntax);

    /// <summary>Calls something, or waits for it, when it is evaluated.</summary>
    private static bool Calls(ExpressionSyntax expression) =>
        expression.DescendantNodesAndSelf(n => n is not AnonymousFunctionExpressionSyntax).Any(n => n is InvocationExpressionSyntax { Expression: not IdentifierNameSyntax { Identifier.ValueText: "nameof" } } or AwaitExpressionSyntax);

    /// <summary>A name after what the value is.</summary>
    private static string? Name(ExpressionSyntax value, InvocationExpressionSyntax call, int number, SemanticModel model)
    {
        var type = model.GetTypeInfo(value).Type;
        if (type is null or { TypeKind: TypeKind.Error or TypeKind.TypeParameter }) return null;
        var word = type switch
        {
            { SpecialType: SpecialType.System_String } => "text",
            IArrayTypeSymbol or { Name: "Memory" or "ReadOnlyMemory" or "Span" or "ReadOnlySpan" or "ArraySegment" } => "data",
            { SpecialType: not SpecialType.None } => "value",
            _ => "message",
        };
        var name = Reporting.Unused(model, call.SpanStart, word, "message", "toSend", "sent");
        return number == 0 ? name : name + (number + 1);
    }
}
