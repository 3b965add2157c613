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

/// <summary>A plain connect becomes the guard's; else a <c>catch</c> closes what was made.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1003CloseOnFailureFix : CodeFixProvider
{
    private const string GuardKey = "LCA1003.SafeSocket";
    private const string CatchKey = "LCA1003.Catch";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1003CloseOnFailure.Id];

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
            var creation = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            var (name, type, statement) = Made(creation, model);
            if (name is null || statement is not { Parent: BlockSyntax block }) continue;
            var failing = diagnostic.AdditionalLocations.Where(l => l.SourceTree == root.SyntaxTree).Select(l => root.FindNode(l.SourceSpan, getInnermostNodeForTie: true)).ToList();
            if (failing.Count != diagnostic.AdditionalLocations.Count) continue;
            await context.OfferAsync(diagnostic, Guarded(root, block, statement, creation, failing, name, model), "Connect with 'SafeSocket', which closes on failure", GuardKey).ConfigureAwait(false);
            var mayBeNull = block.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax left && left.Identifier.ValueText == name && a.Right.IsKind(SyntaxKind.NullLiteralExpression));
            if (ClosingCatch.Statement(name, type, mayBeNull, Functions.IsAsync(Functions.Enclosing(creation))) is not { } closing) continue;
            foreach (var caught in ClosingCatch.Write(root, block, block.Statements.IndexOf(statement) + 1, failing, name, closing))
            {
                if (await context.OfferAsync(diagnostic, caught, "Close it when opening fails", CatchKey).ConfigureAwait(false)) break;
            }
        }
    }

    /// <summary>The variable that the creation goes into, its type, and the statement that does it.</summary>
    private static (string? Name, ITypeSymbol? Type, StatementSyntax? Statement) Made(SyntaxNode creation, SemanticModel model)
    {
        foreach (var ancestor in creation.Ancestors())
        {
            switch (ancestor)
            {
                case VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax statement } } variable when model.GetDeclaredSymbol(variable) is ILocalSymbol local:
                    return IsCarried(creation, variable.Initializer!.Value) ? (variable.Identifier.Text, local.Type, statement) : default;
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax target, Parent: ExpressionStatementSyntax statement } assignment when model.GetSymbolInfo(target).Symbol is ILocalSymbol or IFieldSymbol:
                    return IsCarried(creation, assignment.Right) ? (target.Identifier.Text, model.GetTypeInfo(assignment.Right).Type ?? model.GetTypeInfo(target).Type, statement) : default;
                case StatementSyntax or AnonymousFunctionExpressionSyntax:
                    return default;
            }
        }

        return default;
    }

    /// <summary>The value of the variable is the creation, not something that is made from it.</summary>
    private static bool IsCarried(SyntaxNode creation, ExpressionSyntax value)
    {
        for (var node = creation; node != value; node = node.Parent!)
        {
            if (node.Parent is not (AwaitExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax or ConditionalExpressionSyntax)
                && node.Parent is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" }
                && node.Parent is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } }) return false;
        }

        return true;
    }

    /// <summary><c>var s = new Socket(…); await s.ConnectAsync(to, token);</c> in one.</summary>
    private static SyntaxNode? Guarded(SyntaxNode root, BlockSyntax block, StatementSyntax statement, SyntaxNode creation, List<SyntaxNode> failing, string name, SemanticModel model)
    {
        if (model.Compilation.GetTypesByMetadataName("LifecycleAnalyzers.Runtime.SafeSocket").IsEmpty) return null;
        if (creation is not BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments: { } made } || model.GetTypeInfo(creation).Type?.Name != "Socket" || !made.All(a => a.ToString() is "SocketType.Stream" or "ProtocolType.Tcp")) return null;
        if (statement is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } declaration || declaration.Declaration.Variables[0].Initializer!.Value != creation) return null;
        var index = block.Statements.IndexOf(statement);
        if (failing is not [InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConnectAsync", Expression: IdentifierNameSyntax on } } connect]
            || on.Identifier.Text != name || index + 1 >= block.Statements.Count || block.Statements[index + 1] is not ExpressionStatementSyntax { Expression: AwaitExpressionSyntax awaited } next) return null;
        if (awaited.Expression != connect && awaited.Expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" } configured } || awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: var inner } } && inner != connect) return null;
        if (!IsPlain(connect, model)) return null;
        var call = (ExpressionSyntax)SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression,
                SyntaxFactory.IdentifierName("SafeSocket"),
                SyntaxFactory.IdentifierName("ConnectAsync")),
            connect.ArgumentList);
        var whole = awaited.WithExpression(awaited.Expression.ReplaceNode(awaited.Expression, awaited.Expression == connect ? call : awaited.Expression.ReplaceNode(connect, call))).WithoutTrivia();
        var replaced = declaration.ReplaceNode(creation, whole).WithAdditionalAnnotations(Formatter.Annotation);
        replaced = replaced.WithTrailingTrivia(declaration.GetTrailingTrivia().Any(Lines.IsComment) ? declaration.GetTrailingTrivia() : next.GetTrailingTrivia());
        replaced = Lines.Under(replaced, [.. Lines.Lost(declaration, replaced), .. Lines.Lost(next, replaced)], Lines.EndOfLine(root));
        var statements = block.Statements.RemoveAt(index + 1);
        var changed = root.ReplaceNode(block, block.WithStatements(statements.Replace(statements[index], replaced)));
        return changed is CompilationUnitSyntax unit && root is CompilationUnitSyntax before ? RuntimeNamespace.WithUsing(unit, before, model, creation.SpanStart, "SafeSocket") : changed;
    }

    /// <summary>An end point or a host's name and port, and at most a token.</summary>
    private static bool IsPlain(InvocationExpressionSyntax connect, SemanticModel model)
    {
        var types = connect.ArgumentList.Arguments.Select(a => a.NameColon is null ? model.GetTypeInfo(a.Expression) is { Type: var natural, ConvertedType: var converted } ? converted?.Name == "EndPoint" ? "EndPoint" : natural?.Name : null : null).ToList();
        if (types is [.., "CancellationToken"]) types.RemoveAt(types.Count - 1);
        return types is ["EndPoint"] or ["String", "Int32"];
    }
}
