using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Hands the dropped task's failure to the type's logger, or to the trace: <c>.Observe(…)</c> of the runtime package.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1004ObserveConnectionTaskFix : CodeFixProvider
{
    private const string Key = "LCA1004.Observe";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1004ObserveConnectionTask.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is not CompilationUnitSyntax unit || model is null || model.Compilation.GetTypesByMetadataName(RuntimeNamespace.Name + ".ObserveExtensions").IsEmpty) return;
        // Its overloads speak of the logger: without that type none of them can be called.
        if (model.Compilation.GetTypesByMetadataName("Microsoft.Extensions.Logging.ILogger").IsEmpty) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call) continue;
            var changed = diagnostic.Properties.ContainsKey(LCA1004ObserveConnectionTask.Dropped) ? Observed(unit, call, model) ?? Kept(unit, call, model)
                : Continued(unit, call, model) ?? Left(unit, call, model);
            await context.OfferAsync(diagnostic, changed, "Observe the failure of the task", Key).ConfigureAwait(false);
        }
    }

    private static SyntaxNode? Observed(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model)
    {
        // The task itself, without the coats that nobody needs now.
        ExpressionSyntax whole = call;
        while (whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "Preserve", Parent: InvocationExpressionSyntax outer } access && access.Expression == whole) whole = outer;
        ExpressionSyntax task = call;
        while (whole.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == whole)
        {
            task = task == call ? conditional.ReplaceNode(whole, call) : conditional.ReplaceNode(whole, task);
            whole = conditional;
        }

        if (Argument(call, model) is not { } argument) return null;
        var inner = whole is ConditionalAccessExpressionSyntax ? InChain(task, argument) : Of(task, argument);
        if (inner is null) return null;
        SyntaxNode place = whole.Parent switch
        {
            ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax => whole,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax } assignment => assignment,
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration } } } => declaration,
            _ => call,
        };
        if (place == call && place != whole || place == call && whole.Parent is not (ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax)) return null;
        SyntaxNode replacement = place is LocalDeclarationStatementSyntax
            ? SyntaxFactory.ExpressionStatement(inner.WithoutTrivia()).WithTriviaFrom(place)
            : inner.WithTriviaFrom(place);
        return RuntimeNamespace.WithUsing(unit.ReplaceNode(place, replacement), unit, model, call.SpanStart, "ObserveExtensions");
    }

    /// <summary>A wait with a limit that leaves the operation behind.</summary>
    private static SyntaxNode? Left(CompilationUnitSyntax unit, InvocationExpressionSyntax wait, SemanticModel model) =>
        Argument(wait, model) is { } argument && WalkedAwayWait.Of(wait, argument, model)?.Observed(unit) is CompilationUnitSyntax changed
            ? RuntimeNamespace.WithUsing(changed, unit, model, wait.SpanStart, "ObserveExtensions") : null;

    /// <summary>A continuation that does not look at the failure: the task gets a name, and somebody who does.</summary>
    private static SyntaxNode? Continued(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model)
    {
        ExpressionSyntax task = call;
        if (task.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContinueWith", Parent: InvocationExpressionSyntax continuation } || Argument(call, model) is not { } argument) return null;
        ExpressionSyntax whole = continuation.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discarded ? discarded : continuation;
        if (whole.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement || Functions.Enclosing(call) is not { } function) return null;
        var name = new[] { "running", "task", "operation" }.FirstOrDefault(n => model.LookupSymbols(call.SpanStart, name: n).IsEmpty && !function.DescendantTokens().Any(t => t.ValueText == n));
        if (name is null) return null;
        var kept = Lines.Before(statement, $"var {name} = {call.WithoutTrivia()};", keepsComments: true);
        var observed = Lines.Before(statement, $"{name}.Observe({argument});", keepsComments: false).WithAdditionalAnnotations(Simplifier.Annotation);
        var rest = statement.ReplaceNode(call, SyntaxFactory.IdentifierName(name)).WithLeadingTrivia(Lines.Indentation(statement));
        var index = block.Statements.IndexOf(statement);
        var statements = block.Statements.RemoveAt(index).InsertRange(index, [kept, observed, rest]);
        return RuntimeNamespace.WithUsing(unit.ReplaceNode(block, block.WithStatements(statements)), unit, model, call.SpanStart, "ObserveExtensions");
    }

    /// <summary>A field that nobody reads keeps the task: it is observed from there.</summary>
    private static SyntaxNode? Kept(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model)
    {
        if (call.Parent is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }, Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement } assignment) return null;
        if (model.GetSymbolInfo(assignment.Left).Symbol is not (IFieldSymbol or IPropertySymbol) || model.GetTypeInfo(call).Type?.Name != "Task" || Argument(call, model) is not { } argument) return null;
        var observed = Lines.Before(statement, $"{assignment.Left.WithoutTrivia()}.Observe({argument});", keepsComments: false).WithAdditionalAnnotations(Simplifier.Annotation);
        var statements = block.Statements.Insert(block.Statements.IndexOf(statement) + 1, observed);
        return RuntimeNamespace.WithUsing(unit.ReplaceNode(block, block.WithStatements(statements)), unit, model, call.SpanStart, "ObserveExtensions");
    }

    private static InvocationExpressionSyntax Of(ExpressionSyntax task, ArgumentSyntax argument) =>
        SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, task.WithoutTrivia(), SyntaxFactory.IdentifierName("Observe")),
            SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(argument)));

    /// <summary><c>a?.SendAsync().Observe(…)</c>: inside the chain, so that nothing is observed where there is nothing.</summary>
    private static ExpressionSyntax? InChain(ExpressionSyntax task, ArgumentSyntax argument) =>
        task is ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax inner } conditional ? conditional.WithWhenNotNull(Of(inner, argument)) : null;

    private static ArgumentSyntax? Argument(InvocationExpressionSyntax call, SemanticModel model)
    {
        if (Reporting.Logger(model, call.SpanStart) is { } logger) return SyntaxFactory.Argument(SyntaxFactory.IdentifierName(logger));
        if (model.Compilation.GetTypesByMetadataName("System.Diagnostics.Trace").IsEmpty) return null;
        var name = Reporting.Unused(model, call.SpanStart, "e", "error", "failure");
        return SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"{name} => System.Diagnostics.Trace.TraceError({name}.ToString())")).WithAdditionalAnnotations(Simplifier.Annotation);
    }
}
