using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Puts the state into the condition under which the cache is filled, so that a dead session is replaced where a missing one is:
/// <c>if (_s is null || !_s.IsOpen)</c>. Where a method only asks for null and fills nothing, that question becomes the full one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3001ValidateCachedSessionFix : CodeFixProvider
{
    private const string CheckKey = "LCA3001.Check";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3001ValidateCachedSession.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || await FixContext.CatalogueAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } catalogue) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var use = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Replacement(use, diagnostic, catalogue, model) is not var (old, replacement)) continue;
            var changed = document.WithSyntaxRoot(root.ReplaceNode(old, replacement.WithAdditionalAnnotations(Formatter.Annotation)));
            if (await Verification.HelpsAsync(document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Ask for the session's state, and replace it when it has died", _ => Task.FromResult(changed), CheckKey), diagnostic);
        }
    }

    private static (SyntaxNode Old, SyntaxNode New)? Replacement(SyntaxNode use, Diagnostic diagnostic, ConnectionCatalogue catalogue, SemanticModel model)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } declared || declared.SourceTree?.FilePath != use.SyntaxTree.FilePath) return null;
        var cache = use.SyntaxTree.GetRoot().FindNode(declared.SourceSpan);
        var symbol = model.GetDeclaredSymbol(cache);
        var (name, type) = symbol switch
        {
            IFieldSymbol field => (field.Name, field.Type),
            IPropertySymbol property => (property.Name, property.Type),
            IParameterSymbol parameter => (parameter.Name, parameter.Type),
            _ => (null, null),
        };
        if (name is null || type is null || Functions.Enclosing(use) is not { } function || use.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } owner) return null;
        if (catalogue.Find(type) is not null)
        {
            if (StateCheck.For(type, catalogue, model, use.SpanStart, allowWeak: false) is not { } check) return null;
            return InScope(function, name, check, model) ?? OnlyNullCheck(use, function, name, check) ?? Elsewhere(owner, function, name, check, model);
        }

        return InLookup(use, function, name, catalogue, model);
    }

    /// <summary>The method that uses it fills it, too.</summary>
    private static (SyntaxNode, SyntaxNode)? InScope(SyntaxNode scope, string name, StateCheck check, SemanticModel model)
    {
        foreach (var node in scope.DescendantNodes())
        {
            switch (node)
            {
                case IfStatementSyntax statement when NullTest(statement.Condition) is { } tested && Refers(tested, name) && Fills(statement.Statement, name):
                    return (statement, WithState(statement, name, check));
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } fill when Refers(fill.Left, name):
                    return Filled(fill, check);
            }
        }

        return null;
    }

    /// <summary>The condition, and that of a second look inside a lock.</summary>
    private static SyntaxNode WithState(IfStatementSyntax statement, string name, StateCheck check)
    {
        var looks = statement.DescendantNodesAndSelf().OfType<IfStatementSyntax>().Select(s => s.Condition).Where(c => NullTest(c) is { } tested && Refers(tested, name));
        return statement.ReplaceNodes(looks, (old, _) => Either(IsNull(NullTest(old)!), check.NotUsable(NullTest(old)!.ToString())).WithTriviaFrom(old));
    }

    private static (SyntaxNode, SyntaxNode)? Filled(AssignmentExpressionSyntax fill, StateCheck check)
    {
        var target = fill.Left.WithoutTrivia();
        var assignment = SyntaxFactory.AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, target, fill.Right.WithoutTrivia());
        if (fill.Parent is ExpressionStatementSyntax statement)
        {
            var condition = Either(IsNull(target), check.NotUsable(target.ToString()));
            return (statement, SyntaxFactory.IfStatement(condition, SyntaxFactory.ExpressionStatement(assignment)).NormalizeWhitespace().WithTriviaFrom(statement));
        }

        ExpressionSyntax choice = SyntaxFactory.ConditionalExpression(check.ThereAndUsable(target.ToString()), target, assignment).NormalizeWhitespace();
        if (fill.Parent is not (ParenthesizedExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or EqualsValueClauseSyntax or AssignmentExpressionSyntax or ArgumentSyntax)) return null;
        return (fill, choice.WithTriviaFrom(fill));
    }

    /// <summary>The use's own method asks for null and does not fill: the question becomes the full one.</summary>
    private static (SyntaxNode, SyntaxNode)? OnlyNullCheck(SyntaxNode use, SyntaxNode function, string name, StateCheck check)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var declarator in function.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (declarator.Initializer is { Value: var value } && Refers(value, name)) names.Add(declarator.Identifier.ValueText);
        }

        foreach (var ancestor in use.Ancestors().TakeWhile(a => a != function))
        {
            if (ancestor is not IfStatementSyntax statement || !statement.Statement.Span.Contains(use.Span)) continue;
            foreach (var part in statement.Condition.DescendantNodesAndSelf().OfType<ExpressionSyntax>())
            {
                if (NotNullTest(part) is { } tested && names.Any(n => Refers(tested, n))) return (part, check.ThereAndUsable(tested.ToString()).WithTriviaFrom(part));
            }
        }

        return null;
    }

    /// <summary>Another member of the type fills it: the getter through which this use goes, too.</summary>
    private static (SyntaxNode, SyntaxNode)? Elsewhere(TypeDeclarationSyntax owner, SyntaxNode function, string name, StateCheck check, SemanticModel model)
    {
        var fillers = owner.Members.Where(m => m is PropertyDeclarationSyntax or MethodDeclarationSyntax && m != function && !m.Span.Contains(function.Span)
            && function.DescendantNodes().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText == NameOf(m)));
        foreach (var filler in fillers)
        {
            if (InScope(filler, name, check, model) is { } found) return found;
        }

        return null;

        static string? NameOf(MemberDeclarationSyntax member) => member switch
        {
            PropertyDeclarationSyntax property => property.Identifier.ValueText,
            MethodDeclarationSyntax method => method.Identifier.ValueText,
            _ => null,
        };
    }

    /// <summary><c>if (!cache.TryGetValue(key, out var s))</c> and what fills it: a dead one is as good as none.</summary>
    private static (SyntaxNode, SyntaxNode)? InLookup(SyntaxNode use, SyntaxNode function, string container, ConnectionCatalogue catalogue, SemanticModel model)
    {
        foreach (var statement in function.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (statement.Condition is not PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "TryGetValue", Expression: var from } } call }) continue;
            if (!Refers(from, container) || call.ArgumentList.Arguments is not [_, { Expression: var target }] || statement.Span.Contains(use.Span)) continue;
            var variable = target switch
            {
                DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => designation.Identifier.ValueText,
                IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
                _ => null,
            };
            if (variable is null || !Fills(statement.Statement, variable) || !Fills(statement.Statement, container) && !Stores(statement.Statement, container)) continue;
            var type = model.GetTypeInfo(target).Type ?? (model.GetDeclaredSymbol((SyntaxNode?)(target as DeclarationExpressionSyntax)?.Designation ?? target) as ILocalSymbol)?.Type;
            if (StateCheck.For(type, catalogue, model, use.SpanStart, allowWeak: false) is not { } check) return null;
            return (statement.Condition, Either(statement.Condition.WithoutTrivia(), check.NotUsable(variable)).WithTriviaFrom(statement.Condition));
        }

        return null;
    }

    private static ExpressionSyntax Either(ExpressionSyntax a, ExpressionSyntax b) =>
        SyntaxFactory.BinaryExpression(SyntaxKind.LogicalOrExpression, a.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Token(SyntaxKind.BarBarToken).WithTrailingTrivia(SyntaxFactory.Space), b);

    private static ExpressionSyntax IsNull(ExpressionSyntax value) => SyntaxFactory.ParseExpression(value.WithoutTrivia() + " is null");

    private static ExpressionSyntax? NullTest(ExpressionSyntax condition) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Left: var value } => value.WithoutTrivia(),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression, Left: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Right: var value } => value.WithoutTrivia(),
        IsPatternExpressionSyntax { Expression: var value, Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } } => value.WithoutTrivia(),
        _ => null,
    };

    private static ExpressionSyntax? NotNullTest(ExpressionSyntax condition) => condition switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression, Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }, Left: var value } => value.WithoutTrivia(),
        IsPatternExpressionSyntax { Expression: var value, Pattern: UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } } } => value.WithoutTrivia(),
        IsPatternExpressionSyntax { Expression: var value, Pattern: RecursivePatternSyntax { Type: null, Designation: null, PropertyPatternClause.Subpatterns.Count: 0 } } => value.WithoutTrivia(),
        _ => null,
    };

    private static bool Fills(SyntaxNode code, string name) =>
        code.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => Refers(a.Left, name) && !a.Right.IsKind(SyntaxKind.NullLiteralExpression));

    /// <summary>Written by the indexer: adding under a key that is there would throw.</summary>
    private static bool Stores(SyntaxNode code, string container) =>
        code.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is ElementAccessExpressionSyntax { Expression: var target } && Refers(target, container));

    private static bool Refers(ExpressionSyntax expression, string name) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax } access => access.Name.Identifier.ValueText == name,
        _ => false,
    };
}
