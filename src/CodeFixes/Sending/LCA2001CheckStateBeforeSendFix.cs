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
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// Asks the state at the one point through which the send goes: where the way already has bail-outs, one more in their style;
/// else right before the send.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2001CheckStateBeforeSendFix : CodeFixProvider
{
    private const string GuardKey = "LCA2001.Guard";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA2001CheckStateBeforeSend.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await FixContext.CatalogueAsync(context.Document, context.CancellationToken).ConfigureAwait(false) is not { } catalogue) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var change = await GuardAsync(context.Document.Project.Solution, diagnostic, catalogue, context.CancellationToken).ConfigureAwait(false);
            if (change is { } fixedDocument && await Verification.HelpsAsync(context.Document, fixedDocument, diagnostic.Id, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create("Check the state before sending", _ => Task.FromResult(fixedDocument), GuardKey), diagnostic);
        }
    }

    private static async Task<Document?> GuardAsync(Solution solution, Diagnostic diagnostic, ConnectionCatalogue catalogue, CancellationToken cancellation)
    {
        var ways = new List<(Document Document, SyntaxNode Node)>();
        foreach (var location in new[] { diagnostic.Location }.Concat(diagnostic.AdditionalLocations.Skip(1)))
        {
            if (await FixContext.NodeAsync(solution, location, cancellation).ConfigureAwait(false) is { } step) ways.Add(step);
        }

        // The called methods first: what goes through them later is guarded, too.
        foreach (var (document, node) in ways.Skip(1).Concat(ways.Take(1)))
        {
            if (await AmongBailOutsAsync(document, node, catalogue, cancellation).ConfigureAwait(false) is { } changed) return changed;
        }

        // The deepest call whose receiver can be asked; what lies behind a virtual call is several methods.
        for (var i = ways.Count - 1; i >= 0; i--)
        {
            if (await BeforeSendAsync(ways[i].Document, ways[i].Node, catalogue, cancellation).ConfigureAwait(false) is { } changed) return changed;
        }

        return null;
    }

    /// <summary>The method begins with bail-outs, and its own object has a state: one more bail-out.</summary>
    private static async Task<Document?> AmongBailOutsAsync(Document document, SyntaxNode node, ConnectionCatalogue catalogue, CancellationToken cancellation)
    {
        if (Functions.Enclosing(node) is not MethodDeclarationSyntax { Body: { } body } method) return null;
        var last = BailOuts(body).LastOrDefault();
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (last is null || last.Span.End > node.SpanStart || root is null || model?.GetDeclaredSymbol(method, cancellation) is not { } symbol) return null;
        if (StateCheck.For(symbol.ContainingType, catalogue, model, node.SpanStart, allowWeak: false) is not { } check) return null;
        var exit = MostCautious(body, last) ?? Functions.EarlyReturn(method, model);
        if (exit is null) return null;
        var way = last.Statement is BlockSyntax ? SyntaxFactory.IfStatement(check.NotUsable("this"), SyntaxFactory.Block(exit.WithoutTrivia())).NormalizeWhitespace() : OneLine(check.NotUsable("this"), exit);
        var guard = way
            .WithLeadingTrivia(Comment(last))
            .WithTrailingTrivia(SyntaxFactory.EndOfLine(EndOfLine(root)))
            .WithAdditionalAnnotations(Formatter.Annotation);
        return document.WithSyntaxRoot(root.InsertNodesAfter(last, [guard]));
    }

    private static IfStatementSyntax OneLine(ExpressionSyntax condition, StatementSyntax then) =>
        (IfStatementSyntax)SyntaxFactory.ParseStatement($"if ({condition.WithoutTrivia()}) {then.WithoutTrivia()}");

    /// <summary>The run of <c>if (…) return …;</c> with which the body begins.</summary>
    private static List<IfStatementSyntax> BailOuts(BlockSyntax body) =>
        body.Statements.TakeWhile(s => s is IfStatementSyntax { Else: null, Statement: var then } && Exit(then) is not null).Cast<IfStatementSyntax>().ToList();

    private static ReturnStatementSyntax? Exit(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax exit => exit,
        BlockSyntax { Statements: { Count: > 0 } statements } => statements.Last() as ReturnStatementSyntax,
        _ => null,
    };

    /// <summary>The neighbours say what "not now" is called here: the answer of most of them, <c>false</c> before <c>true</c>.</summary>
    private static ReturnStatementSyntax? MostCautious(BlockSyntax body, IfStatementSyntax last)
    {
        var exits = BailOuts(body).Select(b => Exit(b.Statement)!).ToList();
        return exits.FirstOrDefault(e => e.Expression.IsKind(SyntaxKind.FalseLiteralExpression)) ?? exits.FirstOrDefault(e => e.Expression is null) ?? Exit(last.Statement);
    }

    private static SyntaxTriviaList Comment(IfStatementSyntax neighbour)
    {
        var indentation = neighbour.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        var comment = neighbour.GetLeadingTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia));
        if (comment == default) return SyntaxFactory.TriviaList(indentation);
        var words = comment.ToString().StartsWith("// bail", StringComparison.OrdinalIgnoreCase) ? "// bail if it can no longer be written to: a callback can run after it began to close" : "// no longer open: a callback can run after it began to close";
        return SyntaxFactory.TriviaList(indentation, SyntaxFactory.Comment(words), SyntaxFactory.ElasticCarriageReturnLineFeed, indentation);
    }

    private static string EndOfLine(SyntaxNode root)
    {
        var first = root.DescendantTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.EndOfLineTrivia));
        return first == default ? "\n" : first.ToString();
    }

    /// <summary>Right before the send: an early return where nothing follows, else the send under the condition.</summary>
    private static async Task<Document?> BeforeSendAsync(Document document, SyntaxNode node, ConnectionCatalogue catalogue, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || Functions.Enclosing(node) is not { } function) return null;
        if (Receiver(call, catalogue, model) is not var (receiver, type, nullable)) return null;
        if (StateCheck.For(type, catalogue, model, node.SpanStart, allowWeak: true) is not { } check) return null;
        var usable = nullable ? check.ThereAndUsable(receiver) : check.Usable(receiver);
        var notUsable = nullable ? check.NotThereOrUnusable(receiver) : check.NotUsable(receiver);

        var statement = call.FirstAncestorOrSelf<StatementSyntax>();
        if (statement is null || !function.Span.Contains(statement.Span) || statement == function)
        {
            if (Functions.EarlyReturn(function, model) is not { } exit) return null;
            var guard = OneLine(notUsable, exit).WithAdditionalAnnotations(Formatter.Annotation);
            return Functions.WithBlock(function, guard, model) is { } made ? document.WithSyntaxRoot(root.ReplaceNode(function, made)) : null;
        }

        if (statement is ExpressionStatementSyntax && !IsLast(statement, function))
        {
            var guarded = OneLine(usable, statement).WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
            return document.WithSyntaxRoot(root.ReplaceNode(statement, guarded));
        }

        if (Functions.EarlyReturn(function, model) is not { } leave) return null;
        var early = OneLine(notUsable, leave);
        if (statement.Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax)
        {
            if (statement.Parent is GlobalStatementSyntax) return null;
            early = early.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.EndOfLine(EndOfLine(root))).WithAdditionalAnnotations(Formatter.Annotation);
            var bare = statement.WithLeadingTrivia(statement.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).Take(1));
            return document.WithSyntaxRoot(root.ReplaceNode(statement, [early, bare]));
        }

        var block = SyntaxFactory.Block(early, statement.WithoutTrivia()).NormalizeWhitespace().WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
        return document.WithSyntaxRoot(root.ReplaceNode(statement, block));
    }

    /// <summary>Nothing of the function runs behind the statement.</summary>
    private static bool IsLast(StatementSyntax statement, SyntaxNode function)
    {
        for (SyntaxNode node = statement; node != function; node = node.Parent!)
        {
            if (node.Parent is BlockSyntax block && block.Statements.Last() != node) return false;
            if (node.Parent is SwitchSectionSyntax or ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or TryStatementSyntax or LockStatementSyntax or UsingStatementSyntax) return false;
            if (node.Parent is null) return false;
        }

        return true;
    }

    /// <summary>The connection in front of the send: the first part of the path that can be asked.</summary>
    private static (string Text, ITypeSymbol Type, bool Nullable)? Receiver(InvocationExpressionSyntax call, ConnectionCatalogue catalogue, SemanticModel model)
    {
        if (call.Expression is MemberBindingExpressionSyntax && call.Parent is ConditionalAccessExpressionSyntax conditional && model.GetTypeInfo(conditional.Expression).Type is { } maybe)
            return IsStable(conditional.Expression) ? (conditional.Expression.ToString(), maybe, true) : null;
        var expression = (call.Expression as MemberAccessExpressionSyntax)?.Expression;
        while (expression is not null)
        {
            if (IsStable(expression) && model.GetTypeInfo(expression).Type is { } type && catalogue.Find(type) is not null && catalogue.MembersOf(type, Role.State).Any()) return (expression.ToString(), type, false);
            expression = expression switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Expression,
                MemberAccessExpressionSyntax access => access.Expression,
                _ => null,
            };
        }

        if (call.Expression is IdentifierNameSyntax && model.GetEnclosingSymbol(call.SpanStart) is { ContainingType: { } own, IsStatic: false } && catalogue.Find(own) is not null) return ("this", own, false);
        return null;
    }

    /// <summary>Can be written twice without calling anything.</summary>
    private static bool IsStable(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsStable(access.Expression),
        _ => false,
    };
}
