using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Runs the handler of the event where the operation is complete already and the event will not come.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1002HandleSynchronousCompletionFix : CodeFixProvider
{
    private const string Key = "LCA1002.RunHandler";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1002HandleSynchronousCompletion.Id];

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
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call) continue;
            await context.OfferAsync(diagnostic, Guarded(root, call, model), "Run the handler when it completed synchronously", Key).ConfigureAwait(false);
        }
    }

    /// <summary><c>if (!socket.XxxAsync(args)) Handler(socket, args);</c></summary>
    private static SyntaxNode? Guarded(SyntaxNode root, InvocationExpressionSyntax call, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || call.Expression is not (MemberAccessExpressionSyntax or SimpleNameSyntax or MemberBindingExpressionSyntax)) return null;
        var parameter = method.Parameters.FirstOrDefault(p => p.Type.Name == "SocketAsyncEventArgs");
        if (parameter is null || parameter.Ordinal >= call.ArgumentList.Arguments.Count || call.ArgumentList.Arguments[parameter.Ordinal] is not { NameColon: null } argument) return null;
        ExpressionSyntax whole = call;
        if (call.Expression is MemberBindingExpressionSyntax)
        {
            if (call.Parent is not ConditionalAccessExpressionSyntax conditional || conditional.WhenNotNull != call) return null;
            whole = conditional;
        }

        // What is asked twice must be the same both times.
        StatementSyntax? made = null;
        var operation = argument.Expression;
        var asked = whole.WithoutTrivia().ToString();
        var given = operation.WithoutTrivia().ToString();
        if (operation is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }))
        {
            if (whole != call || !IsMadeReady(operation, model)) return null;
            var name = Reporting.Unused(model, call.SpanStart, "args", "operation", "socketArgs");
            made = SyntaxFactory.ParseStatement($"var {name} = {given};");
            asked = call.ReplaceNode(operation, SyntaxFactory.IdentifierName(name)).WithoutTrivia().ToString();
            given = name;
        }

        var handler = CompletionHandler.Of(call, operation, model);
        if (handler is null) return null;
        var receiver = whole is ConditionalAccessExpressionSyntax { Expression: var on } ? on : (call.Expression as MemberAccessExpressionSyntax)?.Expression;
        if (receiver is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed) receiver = suppressed.Operand;
        var sender = method.IsStatic || receiver is null ? handler.TakesNull ? "null" : null
            : receiver is IdentifierNameSyntax or ThisExpressionSyntax or MemberAccessExpressionSyntax ? receiver.WithoutTrivia().ToString() : null;
        if (!method.IsStatic && call.Expression is SimpleNameSyntax) sender = model.GetEnclosingSymbol(call.SpanStart) is { IsStatic: false } ? "this" : sender;
        if (sender is null) return null;
        var condition = whole is ConditionalAccessExpressionSyntax ? asked + " == false" : "!" + asked;
        var guarded = SyntaxFactory.ParseStatement($"if ({condition}) {handler.Run(sender, given)}");
        var tracked = handler.Track(root, whole);
        var current = tracked.GetCurrentNode(whole)!;
        return Replace(tracked, current, made, guarded) is { } changed ? handler.Named(changed) : null;
    }

    /// <summary>A method of this type that attaches a handler to what it makes.</summary>
    private static bool IsMadeReady(ExpressionSyntax operation, SemanticModel model) =>
        operation is InvocationExpressionSyntax && model.GetSymbolInfo(operation).Symbol is IMethodSymbol maker
        && maker.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declared && declared.SyntaxTree == operation.SyntaxTree
        && declared.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.IsKind(SyntaxKind.AddAssignmentExpression) && a.Left is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Completed" });

    private static SyntaxNode? Replace(SyntaxNode root, ExpressionSyntax call, StatementSyntax? made, StatementSyntax guarded)
    {
        SyntaxNode outer = call;
        while (outer.Parent is ParenthesizedExpressionSyntax) outer = outer.Parent;
        var statement = outer.Parent switch
        {
            ExpressionStatementSyntax alone => alone,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Parent: ExpressionStatementSyntax discarding } => discarding,
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } } } => (StatementSyntax)declaration,
            _ => null,
        };
        if (statement is not null)
        {
            // A variable that is declared apart, and assigned to, goes on being assigned.
            if (made is null) return root.ReplaceNode(statement, guarded.WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation));
            var endOfLine = Lines.EndOfLine(root);
            if (statement.Parent is BlockSyntax)
                return root.ReplaceNode(statement, [made.WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(endOfLine).WithAdditionalAnnotations(Formatter.Annotation), guarded.WithTrailingTrivia(statement.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation)]);
            var block = SyntaxFactory.Block(made.WithTrailingTrivia(endOfLine), guarded.WithTrailingTrivia(endOfLine));
            return root.ReplaceNode(statement, block.WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(endOfLine).WithTrailingTrivia(endOfLine)).WithTrailingTrivia(statement.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation));
        }

        SyntaxNode? function = outer.Parent is ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } arrow ? arrow.Parent : outer.Parent as AnonymousFunctionExpressionSyntax;
        var body = made is null ? SyntaxFactory.Block(guarded) : SyntaxFactory.Block(made, guarded);
        SyntaxNode? changed = function switch
        {
            MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithTrailingTrivia(method.GetTrailingTrivia()),
            LocalFunctionStatementSyntax local => local.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithTrailingTrivia(local.GetTrailingTrivia()),
            ParenthesizedLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(body),
            SimpleLambdaExpressionSyntax lambda => lambda.WithExpressionBody(null).WithBlock(body),
            _ => null,
        };
        return changed is null ? null : root.ReplaceNode(function!, changed.WithAdditionalAnnotations(Formatter.Annotation));
    }
}
