using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Hands the dropped task's failure to the type's logger, or to the trace; see <see cref="TaskObservation"/>.</summary>
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
        if (root is not CompilationUnitSyntax unit || model is null) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call) continue;
            var changed = Observed(unit, call, model, diagnostic.Properties.ContainsKey(LCA1004ObserveConnectionTask.Dropped));
            await context.OfferAsync(diagnostic, changed, "Observe the failure of the task", Key).ConfigureAwait(false);
        }
    }

    /// <summary>The file with the failure of this call's task observed; null where that cannot be written.</summary>
    internal static CompilationUnitSyntax? Observed(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model, bool isDropped)
    {
        if (TaskObservation.At(call, model) is not { } observation) return null;
        var changed = isDropped ? Observed(unit, call, observation) ?? Kept(unit, call, model, observation) : Continued(unit, call, model, observation) ?? Left(unit, call, model, observation);
        return changed is null ? null : observation.WithUsing(changed, unit);
    }

    private static CompilationUnitSyntax? Observed(CompilationUnitSyntax unit, InvocationExpressionSyntax call, TaskObservation observation)
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

        if (observation.Of(task, call) is not { } observed) return null;
        SyntaxNode place = whole.Parent switch
        {
            ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax => whole,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax } assignment => assignment,
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration } } } => declaration,
            _ => call,
        };
        if (place == call && place != whole || place == call && whole.Parent is not (ExpressionStatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax)) return null;
        SyntaxNode replacement = place is LocalDeclarationStatementSyntax
            ? SyntaxFactory.ExpressionStatement(observed.WithoutTrivia()).WithTriviaFrom(place)
            : observed.WithTriviaFrom(place);
        return unit.ReplaceNode(place, replacement);
    }

    /// <summary>A wait with a limit that leaves the operation behind.</summary>
    private static CompilationUnitSyntax? Left(CompilationUnitSyntax unit, InvocationExpressionSyntax wait, SemanticModel model, TaskObservation observation) =>
        WalkedAwayWait.Of(wait, observation, model)?.Observed(unit) as CompilationUnitSyntax;

    /// <summary>A continuation that does not look at the failure: the task gets a name, and somebody who does.</summary>
    private static CompilationUnitSyntax? Continued(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model, TaskObservation observation)
    {
        ExpressionSyntax task = call;
        if (task.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContinueWith", Parent: InvocationExpressionSyntax continuation }) return null;
        ExpressionSyntax whole = continuation.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discarded ? discarded : continuation;
        if (whole.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement || Functions.Enclosing(call) is not { } function) return null;
        var name = new[] { "running", "task", "operation" }.FirstOrDefault(n => model.LookupSymbols(call.SpanStart, name: n).IsEmpty && !function.DescendantTokens().Any(t => t.ValueText == n));
        if (name is null) return null;
        var kept = Lines.Before(statement, $"var {name} = {call.WithoutTrivia()};", keepsComments: true);
        var observed = Lines.Before(statement, observation.Statement(name), keepsComments: false);
        var rest = statement.ReplaceNode(call, SyntaxFactory.IdentifierName(name)).WithLeadingTrivia(Lines.Indentation(statement));
        var index = block.Statements.IndexOf(statement);
        var statements = block.Statements.RemoveAt(index).InsertRange(index, [kept, observed, rest]);
        return unit.ReplaceNode(block, block.WithStatements(statements));
    }

    /// <summary>A field that nobody reads keeps the task: it is observed from there.</summary>
    private static CompilationUnitSyntax? Kept(CompilationUnitSyntax unit, InvocationExpressionSyntax call, SemanticModel model, TaskObservation observation)
    {
        if (call.Parent is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }, Parent: ExpressionStatementSyntax { Parent: BlockSyntax block } statement } assignment) return null;
        if (model.GetSymbolInfo(assignment.Left).Symbol is not (IFieldSymbol or IPropertySymbol) || model.GetTypeInfo(call).Type?.Name != "Task") return null;
        var observed = Lines.Before(statement, observation.Statement(assignment.Left.WithoutTrivia().ToString()), keepsComments: false);
        var statements = block.Statements.Insert(block.Statements.IndexOf(statement) + 1, observed);
        return unit.ReplaceNode(block, block.WithStatements(statements));
    }
}
