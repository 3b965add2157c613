using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Statements that a fix writes as text, with the line ends of their file.</summary>
internal static class Lines
{
    /// <summary>A statement from its text (its lines end in <c>\n</c>), to stand in front of another, with that one's indentation.</summary>
    public static StatementSyntax Before(StatementSyntax statement, string text, bool keepsComments)
    {
        var leading = statement.GetLeadingTrivia();
        return Parse(statement, text).WithLeadingTrivia(keepsComments ? leading : Indentation(statement)).WithTrailingTrivia(EndOfLine(statement)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    public static StatementSyntax Parse(SyntaxNode beside, string text) =>
        SyntaxFactory.ParseStatement(text.Replace("\n", EndOfLine(beside).ToString())).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>Parsed where <c>await</c> is a keyword.</summary>
    public static List<StatementSyntax> ParseAwaiting(string text, string endOfLine)
    {
        var method = (MethodDeclarationSyntax)SyntaxFactory.ParseMemberDeclaration($"async void M(){endOfLine}{{{endOfLine}{text}{endOfLine}}}")!;
        return [.. method.Body!.Statements];
    }

    public static SyntaxTriviaList Indentation(SyntaxNode node) => SyntaxFactory.TriviaList(node.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)));

    public static SyntaxTrivia EndOfLine(SyntaxNode node)
    {
        var first = node.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.EndOfLineTrivia));
        return first == default ? SyntaxFactory.LineFeed : first;
    }

    public static bool IsComment(SyntaxTrivia trivia) => trivia.RawKind is (int)SyntaxKind.SingleLineCommentTrivia or (int)SyntaxKind.MultiLineCommentTrivia;

    /// <summary>The comments of the old code that the new code does not have.</summary>
    public static IReadOnlyList<SyntaxTrivia> Lost(SyntaxNode old, params IEnumerable<SyntaxNode> now)
    {
        var kept = now.SelectMany(n => n.DescendantTrivia()).Where(IsComment).Select(t => t.ToString()).ToList();
        return old.DescendantTrivia().Where(t => IsComment(t) && !kept.Remove(t.ToString())).ToList();
    }

    /// <summary>The node with comments on lines of their own in front of it.</summary>
    public static T Under<T>(T node, IReadOnlyList<SyntaxTrivia> comments, SyntaxTrivia endOfLine)
        where T : SyntaxNode => comments.Count == 0 ? node : node.WithLeadingTrivia(Under(node.GetLeadingTrivia(), comments, endOfLine));

    public static SyntaxTriviaList Under(SyntaxTriviaList leading, IReadOnlyList<SyntaxTrivia> comments, SyntaxTrivia endOfLine)
    {
        var indentation = leading.Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse().ToList();
        var written = leading.Take(leading.Count - indentation.Count).ToList();
        foreach (var comment in comments) written.AddRange([.. indentation, comment, endOfLine]);
        return SyntaxFactory.TriviaList([.. written, .. indentation]);
    }

    /// <summary>May <c>await</c> stand here?</summary>
    public static bool MayAwait(SyntaxNode node) => Functions.IsAsync(Functions.Enclosing(node))
        && !node.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(a => a is LockStatementSyntax or UnsafeStatementSyntax);

    /// <summary>The same for a value that may be null: <c>x?.Dispose();</c>, or a question where it has to be awaited.</summary>
    public static string? EndingIfAny(string value, ITypeSymbol type, SemanticModel model, SyntaxNode at) => Ending(value, type, model, at) switch
    {
        null => null,
        { } ending when ending.StartsWith("await", StringComparison.Ordinal) => $"if ({value} is not null)\n{{\n{ending}\n}}",
        { } ending => ending.Insert(value.Length, "?"),
    };

    /// <summary>How a value of this type is ended here: <c>x.Dispose();</c>, or null where nothing can be called.</summary>
    public static string? Ending(string value, ITypeSymbol type, SemanticModel model, SyntaxNode at)
    {
        if (Has("Dispose")) return value + ".Dispose();";
        if (MayAwait(at) && Has("DisposeAsync")) return $"await {value}.DisposeAsync();";
        return Has("Close") ? value + ".Close();" : null;

        bool Has(string name) => model.LookupSymbols(at.SpanStart, type as INamespaceOrTypeSymbol, name).Any(s => s is IMethodSymbol { IsStatic: false, Parameters.Length: 0 })
            || type.AllInterfaces.Any(i => type.TypeKind == TypeKind.Interface && i.GetMembers(name).Any(m => m is IMethodSymbol { Parameters.Length: 0 }));
    }
}
