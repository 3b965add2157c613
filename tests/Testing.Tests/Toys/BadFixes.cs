using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Testing.Tests;

public sealed class SilentFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => Task.CompletedTask;
}

public sealed class IdleFix : CallFix
{
    protected override Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken) =>
        Task.FromResult(document);
}

public sealed class ThrowingOfferFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context) => throw new InvalidOperationException("no offer today");
}

public sealed class ThrowingFix : CallFix
{
    protected override Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("the fix fell over");
}

/// <summary>Adds brackets every time and leaves the diagnostic.</summary>
public sealed class EndlessFix : CallFix
{
    protected override async Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken)
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var statement = root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<StatementSyntax>()!;
        return document.WithSyntaxRoot(root.ReplaceNode(statement, SyntaxFactory.Block(statement)));
    }
}

public sealed class UncompilableFix : CallFix
{
    protected override Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken) =>
        ReplaceAsync(document, diagnostic, "Missing", cancellationToken);
}

public sealed class WarningFix : CallFix
{
    protected override Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken) =>
        ReplaceAsync(document, diagnostic, "Deprecated", cancellationToken);
}

/// <summary>Its tree is right, but prints as 'returnNew()'.</summary>
public sealed class MisprintFix : CallFix
{
    protected override async Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken)
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var statement = root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ReturnStatementSyntax>()!;
        var call = SyntaxFactory.ParseExpression($"{name}()");
        // Without elastic trivia, which the formatter would mend.
        var keyword = SyntaxFactory.Token(default, SyntaxKind.ReturnKeyword, default);
        return document.WithSyntaxRoot(root.ReplaceNode(statement, SyntaxFactory.ReturnStatement(keyword, call, statement.SemicolonToken).WithTriviaFrom(statement)));
    }
}

public sealed class OperationlessFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        context.RegisterCodeFix(new Empty(), context.Diagnostics);
        return Task.CompletedTask;
    }

    private sealed class Empty : CodeAction
    {
        public override string Title => "Do nothing";

        public override string EquivalenceKey => "Nothing";

        protected override Task<IEnumerable<CodeActionOperation>> ComputeOperationsAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<CodeActionOperation>>([]);
    }
}

public sealed class NoFixAllFix : CallFix
{
    public override FixAllProvider? GetFixAllProvider() => null;
}

public sealed class DocumentOnlyFix : CallFix
{
    public override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create((context, document, diagnostics) => ScopedFixAll.FixAsync(document, diagnostics, "New", context.CancellationToken), [FixAllScope.Document]);
}

/// <summary>Fix All in one scope calls something else than the single fix; in the other two it is right.</summary>
public abstract class WrongFixAllFix(FixAllScope wrong) : CallFix
{
    public override FixAllProvider GetFixAllProvider() =>
        new Provider(wrong);

    /// <summary>Asks for the scope itself: the one below is asked project by project.</summary>
    private sealed class Provider(FixAllScope wrong) : FixAllProvider
    {
        public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
        {
            var name = fixAllContext.Scope == wrong ? "Newer" : "New";
            return Create((context, document, diagnostics) => ScopedFixAll.FixAsync(document, diagnostics, name, context.CancellationToken))
                .GetFixAsync(fixAllContext);
        }
    }
}

public sealed class WrongInDocumentFix() : WrongFixAllFix(FixAllScope.Document);

public sealed class WrongInProjectFix() : WrongFixAllFix(FixAllScope.Project);

public sealed class WrongInSolutionFix() : WrongFixAllFix(FixAllScope.Solution);

/// <summary>Fix All falls over.</summary>
public sealed class ThrowingFixAllFix : CallFix
{
    public override FixAllProvider GetFixAllProvider() => new Thrower();

    private sealed class Thrower : FixAllProvider
    {
        public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => throw new InvalidOperationException("all fell over");
    }
}

internal static class ScopedFixAll
{
    public static async Task<Document?> FixAsync(Document document, IEnumerable<Diagnostic> diagnostics, string name, CancellationToken cancellationToken)
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var calls = diagnostics.Select(d => root.FindNode(d.Location.SourceSpan)).ToList();
        return document.WithSyntaxRoot(root.ReplaceNodes(calls, (old, _) => SyntaxFactory.IdentifierName(name).WithTriviaFrom(old)));
    }
}
