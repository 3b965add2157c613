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
            if (Guarded(call, model) is not { } guarded || Replace(root, call, guarded) is not { } changed) continue;
            await context.OfferAsync(diagnostic, changed, "Run the handler when it completed synchronously", Key).ConfigureAwait(false);
        }
    }

    /// <summary><c>if (!socket.XxxAsync(args)) Handler(socket, args);</c></summary>
    private static StatementSyntax? Guarded(InvocationExpressionSyntax call, SemanticModel model)
    {
        if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || call.Expression is not (MemberAccessExpressionSyntax or SimpleNameSyntax)) return null;
        var parameter = method.Parameters.FirstOrDefault(p => p.Type.Name == "SocketAsyncEventArgs");
        if (parameter is null || parameter.Ordinal >= call.ArgumentList.Arguments.Count || call.ArgumentList.Arguments[parameter.Ordinal] is not { NameColon: null } argument) return null;
        // What is asked twice must be the same both times.
        if (argument.Expression is not (IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax })) return null;
        if (Handler(call, argument.Expression, model) is not { } handler) return null;
        var sender = method.IsStatic || call.Expression is not MemberAccessExpressionSyntax access ? (handler.Parameters[0].NullableAnnotation == NullableAnnotation.NotAnnotated ? null : "null")
            : access.Expression is IdentifierNameSyntax or ThisExpressionSyntax or MemberAccessExpressionSyntax ? access.Expression.WithoutTrivia().ToString() : null;
        if (!method.IsStatic && call.Expression is SimpleNameSyntax) sender = model.GetEnclosingSymbol(call.SpanStart) is { IsStatic: false } ? "this" : sender;
        return sender is null ? null : SyntaxFactory.ParseStatement($"if (!{call.WithoutTrivia()}) {handler.Name}({sender}, {argument.Expression.WithoutTrivia()});");
    }

    /// <summary>The method that is attached to the event of this very object; else the only one that the type attaches to any.</summary>
    private static IMethodSymbol? Handler(InvocationExpressionSyntax call, ExpressionSyntax operation, SemanticModel model)
    {
        if (call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type) return null;
        var same = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var any = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var isKnown = true;
        var symbol = model.GetSymbolInfo(operation).Symbol;
        foreach (var node in type.DescendantNodes())
        {
            if (node is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } assignment || model.GetSymbolInfo(assignment.Left).Symbol is not IEventSymbol { Name: "Completed", ContainingType.Name: "SocketAsyncEventArgs" }) continue;
            var target = assignment.Right is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var only] } ? only.Expression : assignment.Right;
            if (model.GetSymbolInfo(target).Symbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, Parameters.Length: 2 } handler || target is AnonymousFunctionExpressionSyntax)
            {
                isKnown = false;
                continue;
            }

            any.Add(handler);
            if (assignment.Left is MemberAccessExpressionSyntax access && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(access.Expression).Symbol, symbol)) same.Add(handler);
        }

        var chosen = same.Count == 1 ? same.Single() : same.Count == 0 && isKnown && any.Count == 1 ? any.Single() : null;
        if (chosen is null || !model.LookupSymbols(call.SpanStart, name: chosen.Name).Contains(chosen, SymbolEqualityComparer.Default)) return null;
        return chosen.IsStatic || model.GetEnclosingSymbol(call.SpanStart) is { IsStatic: false } ? chosen : null;
    }

    private static SyntaxNode? Replace(SyntaxNode root, InvocationExpressionSyntax call, StatementSyntax guarded)
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
            return root.ReplaceNode(statement, guarded.WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation));
        }

        SyntaxNode? function = outer.Parent is ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } arrow ? arrow.Parent : outer.Parent as AnonymousFunctionExpressionSyntax;
        var body = SyntaxFactory.Block(guarded);
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
