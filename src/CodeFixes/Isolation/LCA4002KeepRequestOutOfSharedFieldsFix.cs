using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>Makes the field a local of the one method that uses it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA4002KeepRequestOutOfSharedFieldsFix : CodeFixProvider
{
    private const string Key = "LCA4002.Local";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA4002KeepRequestOutOfSharedFields.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not AssignmentExpressionSyntax assignment || Local(root, assignment, model) is not { } changedRoot) continue;
            var changed = context.Document.WithSyntaxRoot(changedRoot);
            if (await Verification.HelpsAsync(context.Document, changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Keep it in a local", _ => Task.FromResult(changed), Key), diagnostic);
        }
    }

    private static SyntaxNode? Local(SyntaxNode root, AssignmentExpressionSyntax assignment, SemanticModel model)
    {
        if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) || assignment.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement) return null;
        if (model.GetSymbolInfo(assignment.Left).Symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private, DeclaringSyntaxReferences: [var declared], ContainingType.DeclaringSyntaxReferences.Length: 1 } field) return null;
        if (declared.SyntaxTree != root.SyntaxTree || declared.GetSyntax() is not VariableDeclaratorSyntax { Initializer: null, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax declaration } }) return null;
        var uses = root.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == field.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, field)).ToList();
        // One assignment, and all uses behind it in its block.
        if (uses.Any(u => !block.Span.Contains(u.Span) || u.SpanStart < assignment.SpanStart)) return null;
        if (uses.Any(u => Whole(u).Parent is AssignmentExpressionSyntax other && other.Left == Whole(u) && other != assignment || Whole(u).Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 })) return null;
        var name = field.Name.TrimStart('_');
        if (name.Length == 0 || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None) return null;
        if (name == field.Name || !model.LookupSymbols(assignment.SpanStart, name: name).IsEmpty || block.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name && t.Parent is VariableDeclaratorSyntax or ParameterSyntax or SingleVariableDesignationSyntax))
        {
            name = "current" + char.ToUpperInvariant(name[0]) + name.Substring(1);
            if (!model.LookupSymbols(assignment.SpanStart, name: name).IsEmpty || block.DescendantTokens().Any(t => t.ValueText == name)) return null;
        }

        var tracked = root.TrackNodes(uses.Select(u => (SyntaxNode)Whole(u)).Append(statement).Append(declaration));
        foreach (var use in uses)
        {
            if (tracked.GetCurrentNode(Whole(use)) is { } current) tracked = tracked.ReplaceNode(current, SyntaxFactory.IdentifierName(name).WithTriviaFrom(current));
        }

        if (tracked.GetCurrentNode(statement) is not { } now) return null;
        // A value that the field would convert needs the field's type.
        var isSame = SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(assignment.Right).Type, field.Type) || field.Type.IsReferenceType && SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(assignment.Right).Type?.OriginalDefinition, field.Type.OriginalDefinition);
        var type = isSame ? "var" : declaration.Declaration.Type.WithoutTrivia().ToString();
        var made = SyntaxFactory.ParseStatement($"{type} {name} = {((AssignmentExpressionSyntax)now.Expression).Right.WithoutTrivia()};").WithTriviaFrom(now);
        tracked = tracked.ReplaceNode(now, made);
        return tracked.GetCurrentNode(declaration) is { } old ? tracked.RemoveNode(old, SyntaxRemoveOptions.KeepUnbalancedDirectives) : null;
    }

    /// <summary><c>this._field</c> as a whole.</summary>
    private static ExpressionSyntax Whole(IdentifierNameSyntax name) => name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access && access.Name == name ? access : name;
}
