using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Creation;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Sending;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>
/// Sends with the runtime package's guard, where the connection has one; else asks the state at the one point through which the
/// send goes: where the way already has bail-outs, one more in their style; else right before the send.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA2001CheckStateBeforeSendFix : CodeFixProvider
{
    private const string TryKey = "LCA2001.Try";
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
            Task<Document?> HelpingAsync(Document change) => HelpsOrObservedAsync(context.Document, change, diagnostic.Id, context.CancellationToken);
            var ways = await WaysAsync(context.Document.Project.Solution, diagnostic, context.CancellationToken).ConfigureAwait(false);
            if (ways.Count > 0 && (ways.Count == 1 || IsOwnAffair(ways[ways.Count - 1].Node))
                && await TryGuard.InAsync(ways[ways.Count - 1].Document, ways[ways.Count - 1].Node, context.CancellationToken).ConfigureAwait(false) is { } tried && await HelpingAsync(tried).ConfigureAwait(false) is { } sent)
                Offer(context, diagnostic, sent, TryGuard.Title, TryKey);
            if (await GuardAsync(ways, Named(diagnostic), catalogue, HelpingAsync, context.CancellationToken).ConfigureAwait(false) is { } asked)
                Offer(context, diagnostic, asked, "Check the state before sending", GuardKey);
        }
    }

    /// <summary>
    /// The change if it helps. A send that nobody waits for and that is guarded now is a dropped task (LCA1004): then somebody has to hear of
    /// its failure, too.
    /// </summary>
    private static async Task<Document?> HelpsOrObservedAsync(Document before, Document change, string id, CancellationToken cancellation)
    {
        if (await Verification.HelpsAsync(before, change, id, cancellation).ConfigureAwait(false)) return change;
        return await DroppedTasks.ObservedAsync(before, change, cancellation).ConfigureAwait(false) is { } observed
            && await Verification.HelpsAsync(before, observed, id, cancellation).ConfigureAwait(false) ? observed : null;
    }

    private static void Offer(CodeFixContext context, Diagnostic diagnostic, Document change, string title, string key) =>
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(change), key), diagnostic);

    /// <summary>Only the type's own code calls it: to others, who count on its exceptions, a send that answers would be one that fails without a word.</summary>
    private static bool IsOwnAffair(SyntaxNode node) => Functions.Enclosing(node) switch
    {
        MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } method => !method.Modifiers.Any(m => m.RawKind is (int)SyntaxKind.PublicKeyword or (int)SyntaxKind.InternalKeyword or (int)SyntaxKind.ProtectedKeyword) && method.Parent is not InterfaceDeclarationSyntax,
        LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax => true,
        _ => false,
    };

    /// <summary>The connection as the finding names it.</summary>
    private static string? Named(Diagnostic diagnostic) => diagnostic.Properties.TryGetValue(LCA2001CheckStateBeforeSend.Connection, out var name) ? name : null;

    /// <summary>From the callback to the send.</summary>
    private static async Task<List<(Document Document, SyntaxNode Node)>> WaysAsync(Solution solution, Diagnostic diagnostic, CancellationToken cancellation)
    {
        var ways = new List<(Document Document, SyntaxNode Node)>();
        foreach (var location in new[] { diagnostic.Location }.Concat(diagnostic.AdditionalLocations.Skip(1)))
        {
            if (await FixContext.NodeAsync(solution, location, cancellation).ConfigureAwait(false) is { } step) ways.Add(step);
        }

        return ways;
    }

    /// <summary>The first change that helps: asked too deep, the question is sometimes one of another connection, or comes too late.</summary>
    private static async Task<Document?> GuardAsync(List<(Document Document, SyntaxNode Node)> ways, string? connection, ConnectionCatalogue catalogue, Func<Document, Task<Document?>> helpingAsync, CancellationToken cancellation)
    {
        // The called methods first: what goes through them later is guarded, too.
        foreach (var (document, node) in ways.Skip(1).Concat(ways.Take(1)))
        {
            if (await AmongBailOutsAsync(document, node, catalogue, cancellation).ConfigureAwait(false) is { } changed && await helpingAsync(changed).ConfigureAwait(false) is { } helping) return helping;
        }

        // The deepest call whose receiver can be asked; what lies behind a virtual call is several methods. A socket's `Connected` is asked last.
        foreach (var allowWeak in new[] { false, true })
        {
            for (var i = ways.Count - 1; i >= 0; i--)
            {
                var asking = await StateGuard.BeforeSendAsync(ways[i].Document, ways[i].Node, catalogue, allowWeak, cancellation).ConfigureAwait(false);
                if (await FirstAsync(asking, helpingAsync).ConfigureAwait(false) is { } changed) return changed;
            }
        }

        return await OtherwiseAsync(ways, connection, catalogue, helpingAsync, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// What the arguments take their time for comes first; and where the call does not name the connection (a command's, one behind a
    /// delegate), it is asked by the name under which the finding speaks of it.
    /// </summary>
    private static async Task<Document?> OtherwiseAsync(List<(Document Document, SyntaxNode Node)> ways, string? connection, ConnectionCatalogue catalogue, Func<Document, Task<Document?>> helpingAsync, CancellationToken cancellation)
    {
        for (var i = ways.Count - 1; i >= 0; i--)
        {
            var (document, node) = ways[i];
            if (await ArgumentsFirst.InAsync(document, node, cancellation).ConfigureAwait(false) is var (evaluated, send)
                && await FirstAsync(await StateGuard.BeforeSendAsync(evaluated, send, catalogue, allowWeak: false, cancellation).ConfigureAwait(false), helpingAsync).ConfigureAwait(false) is { } ready) return ready;
            if (connection is not null
                && await FirstAsync(await StateGuard.BeforeCallAsync(document, node, connection, catalogue, cancellation).ConfigureAwait(false), helpingAsync).ConfigureAwait(false) is { } named) return named;
        }

        return null;
    }

    private static async Task<Document?> FirstAsync(IReadOnlyList<Document> changes, Func<Document, Task<Document?>> helpingAsync)
    {
        foreach (var change in changes)
        {
            if (await helpingAsync(change).ConfigureAwait(false) is { } helping) return helping;
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
        var way = last.Statement is BlockSyntax ? SyntaxFactory.IfStatement(check.NotUsable("this"), SyntaxFactory.Block(exit.WithoutTrivia())).NormalizeWhitespace() : IfStyle.OneLine(check.NotUsable("this"), exit);
        var guard = way
            .WithLeadingTrivia(Comment(last))
            .WithTrailingTrivia(Lines.EndOfLine(root))
            .WithAdditionalAnnotations(Formatter.Annotation);
        return document.WithSyntaxRoot(root.InsertNodesAfter(last, [guard]));
    }

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
}
