using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>Calls 'New' where 'Old' was called, as it should be; the toys below each spoil one thing.</summary>
public class CallFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["TOY0001"];

    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        context.RegisterCodeFix(Action("Call New", "New", context), context.Diagnostics);
        return Task.CompletedTask;
    }

    protected CodeAction Action(string title, string name, CodeFixContext context) =>
        CodeAction.Create(title, ct => FixAsync(context.Document, context.Diagnostics[0], name, ct), equivalenceKey: name);

    protected virtual Task<Document> FixAsync(Document document, Diagnostic diagnostic, string name, CancellationToken cancellationToken) =>
        ReplaceAsync(document, diagnostic, name, cancellationToken);

    protected static async Task<Document> ReplaceAsync(Document document, Diagnostic diagnostic, string expression, CancellationToken cancellationToken)
    {
        var root = (await document.GetSyntaxRootAsync(cancellationToken))!;
        var old = root.FindNode(diagnostic.Location.SourceSpan);
        return document.WithSyntaxRoot(root.ReplaceNode(old, SyntaxFactory.ParseExpression(expression).WithTriviaFrom(old)));
    }
}

/// <summary>Offers two ways, the second in a submenu.</summary>
public sealed class ChoiceFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        context.RegisterCodeFix(Action("Call New", "New", context), context.Diagnostics);
        context.RegisterCodeFix(CodeAction.Create("More", [Action("Call Newer", "Newer", context)], isInlinable: false), context.Diagnostics);
        return Task.CompletedTask;
    }
}

/// <summary>Offers its fix for half of the calls only.</summary>
public sealed class PickyFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context) =>
        context.Diagnostics[0].Location.GetLineSpan().StartLinePosition.Line % 2 == 0 ? base.RegisterCodeFixesAsync(context) : Task.CompletedTask;
}

/// <summary>Puts what it calls into a file of its own.</summary>
public sealed class NewFileFix : CallFix
{
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        context.RegisterCodeFix(CodeAction.Create("Call a new file", ct => SolutionAsync(context, ct), equivalenceKey: "File"), context.Diagnostics);
        return Task.CompletedTask;
    }

    private static async Task<Solution> SolutionAsync(CodeFixContext context, CancellationToken cancellationToken)
    {
        var document = await ReplaceAsync(context.Document, context.Diagnostics[0], "Fresh.New", cancellationToken);
        return document.Project.AddDocument("Fresh.cs", "static class Fresh { public static void New() { } }\n", filePath: "/0/Fresh.cs").Project.Solution;
    }
}

/// <summary>Fixes what the compiler reports: an unknown name.</summary>
public sealed class UnknownNameFix : CallFix
{
    public override ImmutableArray<string> FixableDiagnosticIds => ["CS0103"];
}
