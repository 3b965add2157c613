using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Passes the token in scope to the connect; where there is none, one that is cancelled after a while.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1008BoundConnectFix : CodeFixProvider
{
    private const string TokenKey = "LCA1008.Token";
    private const string TimeoutKey = "LCA1008.Timeout";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1008BoundConnect.Id];

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
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call) continue;
            if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || Place(call, method, model) is not { } place) continue;
            if (Token(call, model) is { } token)
            {
                var passed = root.ReplaceNode(call, WithToken(call, token, place));
                // Where the sister answers with another kind of task, the method awaits it.
                if (ReturnedBy(call) is { } returning && NeedsAwait(call, model)) passed = root.ReplaceNode(returning, Awaiting(returning, call, WithToken(call, token, place), null, root));
                await context.OfferAsync(diagnostic, passed, $"Pass '{token}'", TokenKey).ConfigureAwait(false);
            }
            else
            {
                await context.OfferAsync(diagnostic, Limited(root, call, place, model), "Cancel the connect after a while", TimeoutKey).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Where the token goes: in place of an argument that says nothing, else behind the others, by name where one is left out before it.</summary>
    private static (ArgumentSyntax? Replaced, string? Name)? Place(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (model.GetTypeInfo(argument.Expression).ConvertedType?.Name == "CancellationToken") return (argument, null);
        }

        var count = call.ArgumentList.Arguments.Count;
        var isNamed = call.ArgumentList.Arguments.Any(a => a.NameColon is not null);
        if (method.Parameters.FirstOrDefault(p => p.Type.Name == "CancellationToken") is { } own) return (null, own.Ordinal == count && !isNamed ? null : own.Name);
        // A sister that takes the same and a token. Where it answers with another kind of task, that must not matter.
        foreach (var sister in Sisters(call, method, model))
        {
            if (sister.Parameters.Length != method.Parameters.Length + 1 || sister.Parameters.Last().Type.Name != "CancellationToken" || count != method.Parameters.Length) continue;
            if (!sister.Parameters.Take(count).Select(p => p.Type).SequenceEqual(method.Parameters.Select(p => p.Type), SymbolEqualityComparer.Default)) continue;
            if (isNamed && !sister.Parameters.Take(count).Select(p => p.Name).SequenceEqual(method.Parameters.Select(p => p.Name))) continue;
            if (SymbolEqualityComparer.Default.Equals(sister.ReturnType, method.ReturnType) || IsAwaited(call) || ReturnedBy(call) is not null) return (null, isNamed ? sister.Parameters.Last().Name : null);
        }

        return null;
    }

    private static IEnumerable<IMethodSymbol> Sisters(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) =>
        model.GetMemberGroup(call.Expression).OfType<IMethodSymbol>().Where(m => m.IsStatic == method.IsStatic && !SymbolEqualityComparer.Default.Equals(m, method));

    /// <summary>The method that answers with the connect's task and does nothing else: it can await it, which its callers do not see.</summary>
    private static MethodDeclarationSyntax? ReturnedBy(InvocationExpressionSyntax call)
    {
        var method = call.Parent switch
        {
            ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax arrow } => arrow,
            ReturnStatementSyntax { Parent: BlockSyntax { Statements.Count: 1, Parent: MethodDeclarationSyntax block } } => block,
            _ => null,
        };
        if (method is null || method.ReturnType is not SimpleNameSyntax { Identifier.ValueText: "Task" or "ValueTask", Arity: 0 } || Functions.IsAsync(method)) return null;
        return Functions.TakesReferences(method) ? null : method;
    }

    /// <summary>No overload with a token answers with the same type.</summary>
    private static bool NeedsAwait(InvocationExpressionSyntax call, SemanticModel model) =>
        model.GetSymbolInfo(call).Symbol is IMethodSymbol method && !method.Parameters.Any(p => p.Type.Name == "CancellationToken")
        && !Sisters(call, method, model).Any(s => s.Parameters.Length == method.Parameters.Length + 1 && s.Parameters.Last().Type.Name == "CancellationToken" && SymbolEqualityComparer.Default.Equals(s.ReturnType, method.ReturnType));

    private static MethodDeclarationSyntax Awaiting(MethodDeclarationSyntax method, InvocationExpressionSyntax call, InvocationExpressionSyntax made, StatementSyntax? source, SyntaxNode root)
    {
        var awaited = SyntaxFactory.ExpressionStatement(Functions.Awaited(made)).WithTrailingTrivia(Lines.EndOfLine(root));
        if (call.Parent is ReturnStatementSyntax returned) awaited = awaited.WithTriviaFrom(returned);
        var block = source is null ? SyntaxFactory.Block(awaited) : SyntaxFactory.Block(source.WithTrailingTrivia(Lines.EndOfLine(root)), awaited.WithLeadingTrivia(awaited.GetLeadingTrivia().Where(t => t.IsKind(SyntaxKind.WhitespaceTrivia))));
        block = method.Body is { } body ? body.WithStatements(block.Statements) : OnLines(block, Lines.EndOfLine(root));
        var changed = method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block).WithTrailingTrivia(method.GetTrailingTrivia());
        return Functions.AsAsync(changed).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static BlockSyntax OnLines(BlockSyntax block, SyntaxTrivia endOfLine) =>
        block.WithOpenBraceToken(block.OpenBraceToken.WithLeadingTrivia(endOfLine).WithTrailingTrivia(endOfLine));

    private static bool IsAwaited(SyntaxNode call) =>
        call.Parent is AwaitExpressionSyntax || call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax } };

    /// <summary>The token that is in scope: a parameter or variable, then a field or property of the type; or that of its source.</summary>
    private static string? Token(InvocationExpressionSyntax call, SemanticModel model)
    {
        var position = call.SpanStart;
        var isStatic = model.GetEnclosingSymbol(position) is { IsStatic: true };
        string? field = null, source = null;
        foreach (var symbol in model.LookupSymbols(position))
        {
            switch (symbol)
            {
                case IParameterSymbol { Type.Name: "CancellationToken", RefKind: RefKind.None }:
                    return symbol.Name;
                case ILocalSymbol { Type.Name: "CancellationToken" } local when local.DeclaringSyntaxReferences.FirstOrDefault()?.Span.End < position:
                    return symbol.Name;
                case IFieldSymbol { Type.Name: "CancellationToken", IsImplicitlyDeclared: false } or IPropertySymbol { Type.Name: "CancellationToken", IsIndexer: false } when !isStatic || symbol.IsStatic:
                    if (SymbolEqualityComparer.Default.Equals(symbol.ContainingType, model.GetEnclosingSymbol(position)?.ContainingType)) field ??= symbol.Name;
                    break;
                case IFieldSymbol { Type: { Name: "CancellationTokenSource", NullableAnnotation: not NullableAnnotation.Annotated }, IsImplicitlyDeclared: false } when !isStatic || symbol.IsStatic:
                    source ??= symbol.Name + ".Token";
                    break;
            }
        }

        return field ?? source;
    }

    private static InvocationExpressionSyntax WithToken(InvocationExpressionSyntax call, string token, (ArgumentSyntax? Replaced, string? Name) place)
    {
        var expression = SyntaxFactory.ParseExpression(token);
        if (place.Replaced is { } replaced) return call.ReplaceNode(replaced.Expression, expression.WithTriviaFrom(replaced.Expression));
        var argument = SyntaxFactory.Argument(expression);
        if (place.Name is { } name) argument = argument.WithNameColon(SyntaxFactory.NameColon(name));
        return call.WithArgumentList(call.ArgumentList.AddArguments(argument)).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>A source of its own, cancelled after a while; the function must wait for the connect while the source lives.</summary>
    private static SyntaxNode? Limited(SyntaxNode root, InvocationExpressionSyntax call, (ArgumentSyntax? Replaced, string? Name) place, SemanticModel model)
    {
        if (ReturnedBy(call) is { } returning)
        {
            var unused = Reporting.Unused(model, call.SpanStart, "timeout", "connectTimeout", "connectLimit");
            return root.ReplaceNode(returning, Awaiting(returning, call, WithToken(call, unused + ".Token", place), Source(unused, model, call.SpanStart), root));
        }

        if (!IsAwaited(call) || call.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement || Functions.Enclosing(call) is not { } function || !function.Span.Contains(statement.Span)) return null;
        var name = Reporting.Unused(model, call.SpanStart, "timeout", "connectTimeout", "connectLimit");
        var source = Source(name, model, call.SpanStart).WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(Lines.EndOfLine(root));
        var limited = statement.ReplaceNode(call, WithToken(call, name + ".Token", place)).WithLeadingTrivia(Lines.Indentation(statement));
        return root.ReplaceNode(statement, [source, limited]);
    }

    private static StatementSyntax Source(string name, SemanticModel model, int position) =>
        SyntaxFactory.ParseStatement($"using var {name} = new {model.NameOf(position, "System.Threading", "CancellationTokenSource")}({model.NameOf(position, "System", "TimeSpan")}.FromSeconds(30));")
            .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation, Simplifier.AddImportsAnnotation);
}
