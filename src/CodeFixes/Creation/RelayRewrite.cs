using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Two copies, there and back, that are awaited together: <c>await Task.WhenAll(a.CopyToAsync(b), b.CopyToAsync(a))</c>.</summary>
internal sealed class RelayRewrite
{
    private readonly SyntaxNode _root;
    private readonly ExpressionStatementSyntax _statement;
    private readonly BlockSyntax _block;
    private readonly InvocationExpressionSyntax _together;
    private readonly List<LocalDeclarationStatementSyntax> _copies;
    private readonly (string First, string Second) _ends;
    private readonly string? _token;
    private readonly SemanticModel _model;

    private RelayRewrite(SyntaxNode root, ExpressionStatementSyntax statement, BlockSyntax block, InvocationExpressionSyntax together, List<LocalDeclarationStatementSyntax> copies, (string, string) ends, string? token, SemanticModel model)
    {
        (_root, _statement, _block, _together, _copies, _ends, _token, _model) = (root, statement, block, together, copies, ends, token, model);
    }

    public static RelayRewrite? Of(SyntaxNode root, SyntaxNode reported, SemanticModel model)
    {
        if (reported is not InvocationExpressionSyntax { ArgumentList.Arguments: [var there, var back] } together) return null;
        var awaited = together.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured } ? configured : together;
        if (awaited.Parent is not AwaitExpressionSyntax { Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement }) return null;
        var copies = new List<LocalDeclarationStatementSyntax>();
        if (Copy(there.Expression, block, copies) is not { } first || Copy(back.Expression, block, copies) is not { } second) return null;
        if (Ends(first) is not { } ends || Ends(second) is not { } reverse || ends.From != reverse.To || ends.To != reverse.From) return null;
        var tokens = new[] { first, second }.Select(c => c.ArgumentList.Arguments.Skip(1).Select(a => a.Expression).FirstOrDefault(e => model.GetTypeInfo(e).ConvertedType?.Name == "CancellationToken")?.ToString()).Distinct().ToList();
        return tokens.Count > 1 ? null : new RelayRewrite(root, statement, block, together, copies, (ends.From, ends.To), tokens[0], model);
    }

    /// <summary>The copy itself; one that a variable holds is noted.</summary>
    private static InvocationExpressionSyntax? Copy(ExpressionSyntax expression, BlockSyntax block, List<LocalDeclarationStatementSyntax> copies)
    {
        if (expression is IdentifierNameSyntax name)
        {
            var declared = block.Statements.OfType<LocalDeclarationStatementSyntax>().FirstOrDefault(d => d.Declaration.Variables is [{ Initializer: not null } only] && only.Identifier.ValueText == name.Identifier.ValueText);
            if (declared is null || block.DescendantNodes().OfType<IdentifierNameSyntax>().Count(n => n.Identifier.ValueText == name.Identifier.ValueText) != 1) return null;
            copies.Add(declared);
            expression = declared.Declaration.Variables[0].Initializer!.Value;
        }

        return expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CopyToAsync" }, ArgumentList.Arguments.Count: > 0 } copy ? copy : null;
    }

    private static (string From, string To)? Ends(InvocationExpressionSyntax copy) =>
        copy.Expression is MemberAccessExpressionSyntax access && End(access.Expression) is { } from && End(copy.ArgumentList.Arguments[0].Expression) is { } to ? (from, to) : null;

    /// <summary>A stream in a variable, or the client whose stream it is.</summary>
    private static string? End(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.Text,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetStream", Expression: IdentifierNameSyntax client }, ArgumentList.Arguments.Count: 0 } => client.Identifier.Text,
        _ => null,
    };

    /// <summary>The runtime package's pair: an end of one direction is passed on, everything else ends both.</summary>
    public SyntaxNode? WithPair()
    {
        if (_model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + ".ConnectionPair").IsEmpty || _root is not CompilationUnitSyntax before) return null;
        var name = Reporting.Unused(_model, _statement.SpanStart, "pair", "relay", "connectionPair");
        if (_block.DescendantTokens().Any(t => t.ValueText == name)) return null;
        // A comment inside the call has no place in the new one.
        if (_copies.Cast<SyntaxNode>().Append(_together).Any(n => n.DescendantTokens().Skip(1).Any(t => t.LeadingTrivia.Concat(t.TrailingTrivia).Any(c => c.IsKind(SyntaxKind.SingleLineCommentTrivia) || c.IsKind(SyntaxKind.MultiLineCommentTrivia))))) return null;
        var configured = _statement.ToString().Contains("ConfigureAwait(false)") ? ".ConfigureAwait(false)" : "";
        var pair = SyntaxFactory.ParseStatement($"using var {name} = new ConnectionPair({_ends.First}, {_ends.Second});").WithLeadingTrivia(Leading()).WithTrailingTrivia(Lines.EndOfLine(_root)).WithAdditionalAnnotations(Formatter.Annotation);
        var relay = SyntaxFactory.ParseStatement($"await {name}.RelayAsync({_token}){configured};").WithLeadingTrivia(Indentation()).WithTrailingTrivia(_statement.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
        var statements = _block.Statements.SelectMany(s => s == _statement ? [pair, relay] : _copies.Contains(s) ? [] : new[] { s });
        var changed = (CompilationUnitSyntax)_root.ReplaceNode(_block, _block.WithStatements(SyntaxFactory.List(statements)));
        return RuntimeNamespace.WithUsing(changed, before, _model, _statement.SpanStart, "ConnectionPair");
    }

    /// <summary>Who waits for the first end closes both behind it.</summary>
    public SyntaxNode? WithClosing()
    {
        if (_together.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAny" }) return null;
        var closings = new[] { _ends.First, _ends.Second }.Select(e => ClosingCatch.Statement(e, _model.GetTypeInfo(Named(e)).Type, false, true)).ToList();
        if (closings.Contains(null)) return null;
        var index = _block.Statements.IndexOf(_statement);
        return _root.ReplaceNode(_block, _block.WithStatements(_block.Statements.InsertRange(index + 1, closings.Select(c => SyntaxFactory.ParseStatement(c!).WithLeadingTrivia(Indentation()).WithTrailingTrivia(Lines.EndOfLine(_root)).WithAdditionalAnnotations(Formatter.Annotation)))));
    }

    private IdentifierNameSyntax Named(string end) =>
        _copies.Cast<SyntaxNode>().Append(_statement).SelectMany(n => n.DescendantNodes()).OfType<IdentifierNameSyntax>().First(n => n.Identifier.Text == end);

    private SyntaxTriviaList Leading() => _copies.Count == 0 ? _statement.GetLeadingTrivia() : _copies[0].GetLeadingTrivia();

    private SyntaxTriviaList Indentation() => SyntaxFactory.TriviaList(_statement.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia)));
}
