using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Lets a failure leave the cache where the code is simple enough to see how: a lazy that forgets its exception, a task that is
/// asked how it ended before it counts, a task that is removed by who sees it fail, a connection that the <c>catch</c> takes out.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3002EvictFailedConnectionFix : CodeFixProvider
{
    private const string Key = "LCA3002.Evict";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3002EvictFailedConnection.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var fill = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var (title, old, replacement) = Replacement(fill, diagnostic, root, model);
            if (old is not null && replacement is not null) await context.OfferAsync(diagnostic, root.ReplaceNode(old, replacement), title, Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    private static (string Title, SyntaxNode? Old, SyntaxNode? New) Replacement(SyntaxNode fill, Diagnostic diagnostic, SyntaxNode root, SemanticModel model)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is { } keyword)
            return ("Take out what failed", FailingUse.Clause(root, keyword), FailingUse.Evicting(fill, root, keyword, model));
        if (Forgetting(fill, model) is var (lazies, forgetting)) return ("Let the lazy forget its exception", lazies, forgetting);
        var asked = TaskQuestion.Asked(fill, model);
        if (asked is var (old, replacement)) return ("Replace a task that failed", old, replacement);
        if (FailedTasks.Removing(fill, model) is var (method, removing)) return ("Take out a task that failed", method, removing);
        return ("Keep only what has been opened", fill, OnlyResult(fill, model));
    }

    /// <summary>Lazies of connections, not of their tasks: of those no mode makes another.</summary>
    private static (SyntaxNode, SyntaxNode)? Forgetting(SyntaxNode fill, SemanticModel model)
    {
        var creations = fill.DescendantNodesAndSelf().OfType<BaseObjectCreationExpressionSyntax>().Where(c => IsLazy(model.GetTypeInfo(c).Type)).ToList();
        if (creations.Count == 0) return null;
        var mode = SyntaxFactory.ParseExpression("System.Threading.LazyThreadSafetyMode.PublicationOnly").WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation);
        return (fill, fill.ReplaceNodes(creations, (old, now) => now.ArgumentList switch
        {
            { Arguments: [var factory] } list => now.WithArgumentList(list.WithArguments(SyntaxFactory.SeparatedList([factory, SyntaxFactory.Argument(mode)], [SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space)]))),
            { Arguments: [_, var second] } list => now.WithArgumentList(list.ReplaceNode(second, SyntaxFactory.Argument(mode).WithTriviaFrom(second))),
            _ => now,
        }));

        static bool IsLazy(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "Lazy", TypeArguments: [{ Name: not ("Task" or "ValueTask") }], ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
    }

    /// <summary>A memory cache that awaits its factory stores only results.</summary>
    private static SyntaxNode? OnlyResult(SyntaxNode fill, SemanticModel model)
    {
        if (fill is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: { Identifier.ValueText: "GetOrCreate" } name } access } call || model.GetSymbolInfo(call).Symbol is not IMethodSymbol { ContainingType.Name: "CacheExtensions" }) return null;
        SimpleNameSyntax waiting = name switch
        {
            GenericNameSyntax { TypeArgumentList.Arguments: [GenericNameSyntax { TypeArgumentList: var result }] } generic => generic.WithIdentifier(SyntaxFactory.Identifier("GetOrCreateAsync")).WithTypeArgumentList(result),
            _ => SyntaxFactory.IdentifierName("GetOrCreateAsync"),
        };
        return call.WithExpression(access.WithName(waiting.WithTriviaFrom(name)));
    }

    /// <summary>A kept task counts only where it has neither failed nor been cancelled.</summary>
    private static class TaskQuestion
    {
        public static (SyntaxNode, SyntaxNode)? Asked(SyntaxNode fill, SemanticModel model)
        {
            switch (fill)
            {
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression, Left: var target } assignment when IsSimple(target) && IsTask(model.GetTypeInfo(target).Type):
                    return Coalescing(assignment, target.WithoutTrivia());
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: var target } when IsSimple(target) && IsTask(model.GetTypeInfo(target).Type) && Functions.Enclosing(fill) is { } function:
                    return InConditions(function, Name(target));
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { Expression: var container } element } when IsTask(model.GetTypeInfo(element).Type) && IsSimple(container) && Functions.Enclosing(fill) is { } function:
                    return InLookUps(function, Name(container), null);
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var container }, ArgumentList.Arguments: [_, { Expression: var value }] } add when IsTask(model.GetTypeInfo(value).Type) && IsSimple(container) && add.Parent is ExpressionStatementSyntax && Functions.Enclosing(fill) is { } function:
                    return InLookUps(function, Name(container), add);
                default:
                    return null;
            }
        }

        private static bool IsTask(ITypeSymbol? type) => type is INamedTypeSymbol { Name: "Task", TypeArguments.Length: 1 };

        private static bool IsSimple(ExpressionSyntax target) => target is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax };

        private static string Name(ExpressionSyntax target) => target is MemberAccessExpressionSyntax access ? access.Name.Identifier.ValueText : target.ToString().Trim();

        private static ExpressionSyntax Failed(string task) => SyntaxFactory.ParseExpression($"{task}.IsFaulted || {task}.IsCanceled");

        private static ExpressionSyntax Fine(string task) => SyntaxFactory.ParseExpression($"!{task}.IsFaulted && !{task}.IsCanceled");

        private static (SyntaxNode, SyntaxNode)? Coalescing(AssignmentExpressionSyntax fill, ExpressionSyntax target)
        {
            var condition = Conditions.Either(Conditions.IsNull(target), Failed(target.ToString()));
            var assignment = SyntaxFactory.AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, target.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.Token(SyntaxKind.EqualsToken).WithTrailingTrivia(SyntaxFactory.Space), fill.Right.WithoutTrivia());
            if (fill.Parent is ExpressionStatementSyntax statement)
                return (statement, Lines.Parse(statement, $"if ({condition})\n{{\n{assignment};\n}}").WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation));
            if (fill.Parent is not (ParenthesizedExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or EqualsValueClauseSyntax or ArgumentSyntax) && !(fill.Parent is AssignmentExpressionSyntax outer && outer.Right == fill)) return null;
            return (fill, SyntaxFactory.ParseExpression($"{condition} ? {assignment} : {target}").WithTriviaFrom(fill));
        }

        /// <summary>All questions of the function for null become questions for a usable task.</summary>
        private static (SyntaxNode, SyntaxNode)? InConditions(SyntaxNode function, string name)
        {
            var questions = function.DescendantNodes().OfType<ExpressionSyntax>().Where(e => IsCondition(e) && (Conditions.NullTest(e) ?? Conditions.NotNullTest(e)) is { } tested && Conditions.Refers(tested, name)).ToList();
            if (questions.Count == 0) return null;
            return (function, function.ReplaceNodes(questions, (old, _) =>
                (Conditions.NullTest(old) is { } missing ? Conditions.Either(old.WithoutTrivia(), Failed(missing.ToString())) : Conditions.Both(old.WithoutTrivia(), Fine(Conditions.NotNullTest(old)!.ToString()))).WithTriviaFrom(old)));
        }

        private static bool IsCondition(ExpressionSyntax expression) => expression.Parent switch
        {
            IfStatementSyntax statement => statement.Condition == expression,
            ConditionalExpressionSyntax conditional => conditional.Condition == expression,
            _ => false,
        };

        /// <summary><c>!map.TryGetValue(key, out var task)</c>: a failed one is as good as none, and is written over.</summary>
        private static (SyntaxNode, SyntaxNode)? InLookUps(SyntaxNode function, string container, InvocationExpressionSyntax? add)
        {
            foreach (var condition in function.DescendantNodes().OfType<ExpressionSyntax>().Where(IsCondition))
            {
                ExpressionSyntax? asked = Conditions.LookUp(condition, container, negated: true) is { } missing ? Conditions.Either(condition.WithoutTrivia(), Failed(missing.Variable))
                    : Conditions.LookUp(condition, container, negated: false) is { } found ? Conditions.Both(condition.WithoutTrivia(), Fine(found.Variable))
                    : null;
                if (asked is null) continue;
                SyntaxNode[] changed = add is null ? [condition] : [condition, add];
                return (function, function.ReplaceNodes(changed, (old, _) => old == condition ? asked.WithTriviaFrom(condition) : ByIndexer(add!)));
            }

            return null;
        }

        private static ExpressionSyntax ByIndexer(InvocationExpressionSyntax add)
        {
            var container = ((MemberAccessExpressionSyntax)add.Expression).Expression.WithoutTrivia();
            var arguments = add.ArgumentList.Arguments;
            return SyntaxFactory.ParseExpression($"{container}[{arguments[0].Expression.WithoutTrivia()}] = {arguments[1].Expression.WithoutTrivia()}").WithTriviaFrom(add);
        }
    }

    /// <summary>The <c>catch</c> around a use takes the connection out of the cache, and ends it.</summary>
    private static class FailingUse
    {
        public static CatchClauseSyntax? Clause(SyntaxNode root, Location keyword) =>
            keyword.SourceTree == root.SyntaxTree ? root.FindToken(keyword.SourceSpan.Start).Parent as CatchClauseSyntax : null;

        public static SyntaxNode? Evicting(SyntaxNode fill, SyntaxNode root, Location keyword, SemanticModel model)
        {
            if (Clause(root, keyword) is not { } clause || Statement(fill, clause, model) is not { } text) return null;
            var block = clause.Block;
            var statements = Lines.Parse(clause, "{\n" + text + "\n}") is BlockSyntax written ? written.Statements : default;
            if (statements.Count == 0) return null;
            var first = block.Statements.FirstOrDefault();
            var endOfLine = Lines.EndOfLine(clause);
            var isOnLines = first is null || IsFirstOnLine(first);
            var added = statements.Select((s, i) => s
                .WithLeadingTrivia(first is null ? default : i == 0 ? first.GetLeadingTrivia() : Lines.Indentation(first))
                .WithTrailingTrivia(!isOnLines ? SyntaxFactory.TriviaList(SyntaxFactory.Space) : s is IfStatementSyntax && first is not null ? SyntaxFactory.TriviaList(endOfLine, endOfLine) : SyntaxFactory.TriviaList(endOfLine))
                .WithAdditionalAnnotations(Formatter.Annotation));
            var rest = first is null ? block.Statements : block.Statements.Replace(first, first.WithLeadingTrivia(Lines.Indentation(first)));
            if (first is null && !block.OpenBraceToken.TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia))) block = block.WithOpenBraceToken(block.OpenBraceToken.WithTrailingTrivia(endOfLine));
            return clause.WithBlock(block.WithStatements(rest.InsertRange(0, added)).WithAdditionalAnnotations(Formatter.Annotation)).WithAdditionalAnnotations(Formatter.Annotation);
        }

        private static bool IsFirstOnLine(SyntaxNode node) => node.GetFirstToken().GetPreviousToken().TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia));

        private static string? Statement(SyntaxNode fill, CatchClauseSyntax clause, SemanticModel model)
        {
            switch (fill)
            {
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } assignment when model.GetTypeInfo(assignment.Left).Type is { IsReferenceType: true } type:
                    var field = assignment.Left.WithoutTrivia().ToString();
                    var ending = Lines.EndingIfAny(field, type, model, clause.Block);
                    return (ending is null ? "" : ending.EndsWith("}", StringComparison.Ordinal) ? ending + "\n\n" : ending + "\n") + $"{field} = null;";
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetOrAdd" or "Add" or "TryAdd", Expression: var container }, ArgumentList.Arguments: [{ Expression: var key }, ..] }:
                    return Removal(container, key, clause, model);
                case AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var container, ArgumentList.Arguments: [{ Expression: var key }] } }:
                    return Removal(container, key, clause, model);
                default:
                    return null;
            }
        }

        private static string? Removal(ExpressionSyntax container, ExpressionSyntax key, CatchClauseSyntax clause, SemanticModel model)
        {
            if (model.GetTypeInfo(container).Type is not INamedTypeSymbol { Name: "ConcurrentDictionary" or "Dictionary", TypeArguments: [_, { IsReferenceType: true } type] } dictionary || !Conditions.IsRepeatable(key)) return null;
            // What names the key and the dictionary must mean the same there.
            foreach (var name in container.DescendantNodesAndSelf().Concat(key.DescendantNodesAndSelf()).OfType<IdentifierNameSyntax>())
            {
                if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name) continue;
                if (model.GetSymbolInfo(name).Symbol is not { } symbol || !model.LookupSymbols(clause.Block.SpanStart, name: symbol.Name).Contains(symbol, SymbolEqualityComparer.Default)) return null;
                if (symbol is ILocalSymbol local && clause.Parent is TryStatementSyntax attempt && local.DeclaringSyntaxReferences.Any(r => attempt.Span.Contains(r.Span))) return null;
            }

            var removal = dictionary.Name == "Dictionary" ? "Remove" : "TryRemove";
            var gone = Reporting.Unused(model, clause.Block.SpanStart, "failed", "broken", "gone");
            return Lines.Ending(gone, type, model, clause.Block) is { } ending
                ? $"if ({container.WithoutTrivia()}.{removal}({key.WithoutTrivia()}, out var {gone}))\n{{\n{ending}\n}}"
                : $"{container.WithoutTrivia()}.{removal}({key.WithoutTrivia()}, out _);";
        }
    }
}
