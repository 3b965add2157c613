using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>Brings the runtime package's namespace into a file, in its place among the others.</summary>
internal static class RuntimeNamespace
{
    public const string Name = "LifecycleAnalyzers.Runtime";

    /// <summary>The extension has to be in scope.</summary>
    public static CompilationUnitSyntax WithUsing(CompilationUnitSyntax changed, CompilationUnitSyntax before, SemanticModel model, int position, string type)
    {
        if (!model.LookupNamespacesAndTypes(position, name: type).IsEmpty) return changed;
        var directive = SyntaxFactory.UsingDirective(SyntaxFactory.ParseName(Name)).NormalizeWhitespace();
        directive = directive.WithTrailingTrivia(Lines.EndOfLine(before));
        if (changed.Usings.Count > 0)
        {
            var after = changed.Usings.LastOrDefault(u => u.GlobalKeyword.IsKind(SyntaxKind.None) && u.Alias is null && u.StaticKeyword.IsKind(SyntaxKind.None) && (IsSystem(u.Name) || string.CompareOrdinal(u.Name?.ToString(), Name) < 0));
            return after is null ? First(changed, directive) : changed.InsertNodesAfter(after, [directive]);
        }

        return First(changed, directive);
    }

    private static bool IsSystem(NameSyntax? name) => name?.ToString() is { } text && (text == "System" || text.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>In front of everything, but behind the comment with which the file begins.</summary>
    private static CompilationUnitSyntax First(CompilationUnitSyntax unit, UsingDirectiveSyntax directive)
    {
        var first = unit.GetFirstToken(includeZeroWidth: true);
        var trivia = first.LeadingTrivia;
        if (unit.Externs.Count > 0) return unit.WithUsings(unit.Usings.Insert(0, directive));
        var bare = unit.ReplaceToken(first, first.WithLeadingTrivia(default(SyntaxTriviaList)));
        return bare.WithUsings(bare.Usings.Insert(0, directive.WithLeadingTrivia(trivia)));
    }
}
