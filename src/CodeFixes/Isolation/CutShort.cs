using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// Where the return cannot simply move to the end of the <c>try</c>: the connection is closed in the place where only the unfinished
/// comes, or by a flag that nobody but the finished exchange sets.
/// </summary>
internal static class CutShort
{
    public static (SyntaxNode Old, SyntaxNode New)? Rewrite(InvocationExpressionSyntax release, SemanticModel model)
    {
        if (Unfinished.Statement(release) is not { } statement || Closing(release, statement, model) is not { } closing) return null;
        if (OnlyUnfinished(release, statement)) return (statement, Lines.Parse(statement, closing).WithTriviaFrom(statement));
        return Before(release, statement) is { Parent: BlockSyntax } attempt ? Flagged(attempt, statement, closing, model) : null;
    }

    /// <summary>How the connection that is given back is closed instead.</summary>
    private static string? Closing(InvocationExpressionSyntax release, StatementSyntax statement, SemanticModel model)
    {
        foreach (var argument in release.ArgumentList.Arguments)
        {
            if (argument.Expression is not IdentifierNameSyntax name || model.GetSymbolInfo(name).Symbol is not (ILocalSymbol or IParameterSymbol) || model.GetTypeInfo(name) is not { Type: { IsReferenceType: true } type, Nullability.FlowState: var flow }) continue;
            var value = name.Identifier.ValueText;
            if ((flow == NullableFlowState.MaybeNull ? Lines.EndingIfAny(value, type, model, statement) : Lines.Ending(value, type, model, statement)) is { } ending) return ending;
        }

        return null;
    }

    /// <summary>A <c>catch</c>, or a branch that leaves while the finished are given back elsewhere.</summary>
    private static bool OnlyUnfinished(InvocationExpressionSyntax release, StatementSyntax statement)
    {
        if (Functions.Enclosing(release) is not { } function) return false;
        var others = function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i != release && i.Expression.IsEquivalentTo(release.Expression) && i.ArgumentList.IsEquivalentTo(release.ArgumentList));
        foreach (var ancestor in statement.Ancestors().TakeWhile(a => a != function))
        {
            if (ancestor is CatchClauseSyntax) return true;
            if (ancestor is FinallyClauseSyntax) return false;
            if (ancestor is BlockSyntax { Parent: IfStatementSyntax or ElseClauseSyntax, Statements: [.., ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax] }) return others;
        }

        return false;
    }

    /// <summary>The exchange: the <c>try</c> whose <c>finally</c> gives back, or the one before, some of whose clauses swallow.</summary>
    private static TryStatementSyntax? Before(InvocationExpressionSyntax release, StatementSyntax statement)
    {
        var function = Functions.Enclosing(release);
        if (release.FirstAncestorOrSelf<FinallyClauseSyntax>() is { Parent: TryStatementSyntax around } && Functions.Enclosing(around) == function) return around;
        var outermost = statement.AncestorsAndSelf().TakeWhile(a => a != function).OfType<StatementSyntax>().FirstOrDefault(s => s.Parent is BlockSyntax);
        return (outermost?.Parent as BlockSyntax)?.Statements.TakeWhile(s => s != outermost).OfType<TryStatementSyntax>().LastOrDefault(t => t.Catches.Count > 0);
    }

    private static (SyntaxNode, SyntaxNode) Flagged(TryStatementSyntax attempt, StatementSyntax release, string closing, SemanticModel model)
    {
        var outer = (BlockSyntax)attempt.Parent!;
        var flag = Reporting.Unused(model, attempt.SpanStart, "complete", "finished", "done");
        var isFinally = attempt.Finally?.Span.Contains(release.Span) == true;
        // Behind the `try`, a return inside it never comes to the release.
        var returns = !isFinally ? [] : Returns(attempt.Block).Where(r => r == attempt.Block.Statements.Last() || IsBehindAnswer(r, attempt.Block)).ToList();
        var end = model.AnalyzeControlFlow(attempt.Block) is { Succeeded: true, EndPointIsReachable: true };
        var written = outer.TrackNodes([attempt, attempt.Block, release, .. returns]);

        var choice = $"if ({flag}) {release.WithoutTrivia()}\nelse {closing}";
        var bare = release.Parent is BlockSyntax;
        written = written.ReplaceNode(written.GetCurrentNode(release)!, Lines.Parse(release, bare ? choice : $"{{\n{choice}\n}}").WithTriviaFrom(release));
        var values = 0;
        foreach (var leaving in returns)
        {
            var now = written.GetCurrentNode(leaving)!;
            var lines = Marked(leaving, flag, ref values, model);
            written = now.Parent is BlockSyntax or SwitchSectionSyntax ? written.ReplaceNode(now, lines) : written.ReplaceNode(now, SyntaxFactory.Block(lines).WithTriviaFrom(now).WithAdditionalAnnotations(Formatter.Annotation));
        }

        var set = Lines.Parse(attempt, $"{flag} = true;").WithTrailingTrivia(Lines.EndOfLine(attempt));
        if (end) written = written.ReplaceNode(written.GetCurrentNode(attempt.Block)!, written.GetCurrentNode(attempt.Block)!.AddStatements(set));
        return (outer, written.InsertNodesBefore(written.GetCurrentNode(attempt)!, [Lines.Before(attempt, $"var {flag} = false;", keepsComments: false)]));
    }

    private static IEnumerable<ReturnStatementSyntax> Returns(BlockSyntax block) =>
        block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>();

    /// <summary>An early way out, and what stood last before it on the connection is a read of the answer.</summary>
    private static bool IsBehindAnswer(ReturnStatementSyntax leaving, BlockSyntax block)
    {
        var last = block.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(i => i.SpanStart < leaving.Span.End).Select(i => i.Expression.LastWord()).LastOrDefault(n => Begins(n, "Receive", "Read", "Send", "Write", "Flush"));
        return last is not null && Begins(last, "Receive", "Read");

        static bool Begins(string name, params string[] words) => Array.Exists(words, w => name.StartsWith(w, StringComparison.Ordinal));
    }

    /// <summary>The value first, for it may be the last of the exchange; then the flag.</summary>
    private static List<StatementSyntax> Marked(ReturnStatementSyntax leaving, string flag, ref int values, SemanticModel model)
    {
        var endOfLine = Lines.EndOfLine(leaving);
        var set = Lines.Parse(leaving, $"{flag} = true;").WithTrailingTrivia(endOfLine);
        if (leaving.Expression is null or LiteralExpressionSyntax or IdentifierNameSyntax) return [set.WithLeadingTrivia(leaving.GetLeadingTrivia()), leaving.WithLeadingTrivia(Lines.Indentation(leaving))];
        var name = Reporting.Unused(model, leaving.SpanStart, "answer", "response", "result") + (++values == 1 ? "" : $"{values}");
        var given = model.GetTypeInfo(leaving.Expression);
        var type = given.Type is null || !SymbolEqualityComparer.Default.Equals(given.Type, given.ConvertedType) ? given.ConvertedType?.ToMinimalDisplayString(model, leaving.SpanStart) ?? "var" : "var";
        return
        [
            Lines.Parse(leaving, $"{type} {name} = {leaving.Expression.WithoutTrivia()};").WithLeadingTrivia(leaving.GetLeadingTrivia()).WithTrailingTrivia(endOfLine),
            set,
            Lines.Parse(leaving, $"return {name};").WithTrailingTrivia(leaving.GetTrailingTrivia()),
        ];
    }
}
