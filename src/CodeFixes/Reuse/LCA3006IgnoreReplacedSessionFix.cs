using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Lets the handlers ask whose event it is, as the first thing that they do: the sender where the event tells it, else the
/// session that the subscribing code captures.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3006IgnoreReplacedSessionFix : CodeFixProvider
{
    private const string Key = "LCA3006.Ask";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3006IgnoreReplacedSession.Id];

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
            if (diagnostic.AdditionalLocations.Count == 0 || diagnostic.AdditionalLocations.Any(l => l.SourceTree != root.SyntaxTree)) continue;
            if (!diagnostic.Properties.TryGetValue(LCA3006IgnoreReplacedSession.Session, out var field) || field is null) continue;
            var edits = new Dictionary<SyntaxNode, SyntaxNode>();
            foreach (var location in diagnostic.AdditionalLocations)
            {
                if (root.FindNode(location.SourceSpan, getInnermostNodeForTie: true) is not AssignmentExpressionSyntax subscription || !Ask(subscription, field, model, edits)) edits.Clear();
                if (edits.Count == 0) break;
            }

            if (edits.Count > 0) await context.OfferAsync(diagnostic, root.ReplaceNodes(edits.Keys, (old, _) => edits[old]), "Ignore the events of a replaced session", Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    private static bool Ask(AssignmentExpressionSyntax subscription, string field, SemanticModel model, Dictionary<SyntaxNode, SyntaxNode> edits)
    {
        switch (subscription.Right)
        {
            case AnonymousFunctionExpressionSyntax lambda:
                return OfLambda(subscription, lambda, field, model, edits);
            case var handler when model.GetSymbolInfo(handler).Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var reference] } method:
                var declaration = reference.GetSyntax();
                if (declaration.SyntaxTree != subscription.SyntaxTree || edits.ContainsKey(declaration)) return edits.ContainsKey(declaration);
                return TellsSender(subscription, method.Parameters, model) ? OfMethod(declaration, method, field, model, edits) : Captured(subscription, method, field, model, edits);
            default:
                return false;
        }
    }

    /// <summary>The event hands over its source: the pattern of .NET's events, and nothing in this compilation raises it with anything else.</summary>
    private static bool TellsSender(AssignmentExpressionSyntax subscription, ImmutableArray<IParameterSymbol> parameters, SemanticModel model)
    {
        if (parameters is not [{ RefKind: RefKind.None, Type: var type }, ..] || model.GetSymbolInfo(subscription.Left).Symbol is not { } tells) return false;
        var session = model.GetTypeInfo(Receiver(subscription) ?? subscription.Left).Type;
        if (type.SpecialType != SpecialType.System_Object && !SymbolEqualityComparer.Default.Equals(type, session)) return false;
        foreach (var reference in tells.ContainingType.DeclaringSyntaxReferences)
        {
            foreach (var raised in reference.GetSyntax().DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (IsRaising(raised, tells.Name) && raised.ArgumentList.Arguments.FirstOrDefault()?.Expression is not ThisExpressionSyntax) return false;
            }
        }

        return true;
    }

    private static bool IsRaising(InvocationExpressionSyntax call, string name) => call.Expression switch
    {
        IdentifierNameSyntax direct => direct.Identifier.ValueText == name,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Invoke", Expression: IdentifierNameSyntax raised } => raised.Identifier.ValueText == name,
        MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Invoke" } => call.Parent is ConditionalAccessExpressionSyntax { Expression: IdentifierNameSyntax raised } && raised.Identifier.ValueText == name,
        _ => false,
    };

    private static ExpressionSyntax? Receiver(AssignmentExpressionSyntax subscription) => (subscription.Left as MemberAccessExpressionSyntax)?.Expression;

    private static bool OfMethod(SyntaxNode declaration, IMethodSymbol method, string field, SemanticModel model, Dictionary<SyntaxNode, SyntaxNode> edits)
    {
        var parameter = method.Parameters[0].Name;
        var named = declaration;
        if (parameter == "_")
        {
            if (method.Parameters.Any(p => p.Name == "sender")) return false;
            var list = declaration.ChildNodes().OfType<ParameterListSyntax>().Single();
            named = declaration.ReplaceNode(list.Parameters[0], list.Parameters[0].WithIdentifier(SyntaxFactory.Identifier("sender").WithTriviaFrom(list.Parameters[0].Identifier)));
            parameter = "sender";
        }

        if (Guarded(declaration, named, Question(parameter, field), model) is not { } guarded) return false;
        edits[declaration] = guarded;
        return true;
    }

    private static bool OfLambda(AssignmentExpressionSyntax subscription, AnonymousFunctionExpressionSyntax lambda, string field, SemanticModel model, Dictionary<SyntaxNode, SyntaxNode> edits)
    {
        if (model.GetSymbolInfo(lambda).Symbol is not IMethodSymbol method) return false;
        SyntaxNode named = lambda;
        string? session = null;
        if (TellsSender(subscription, method.Parameters, model) && lambda is ParenthesizedLambdaExpressionSyntax { ParameterList: var list })
        {
            session = method.Parameters[0].Name;
            if (session == "_")
            {
                session = Reporting.Unused(model, lambda.SpanStart, "sender", "source", "ended");
                named = lambda.ReplaceNode(list.Parameters[0], list.Parameters[0].WithIdentifier(SyntaxFactory.Identifier(session).WithTriviaFrom(list.Parameters[0].Identifier)));
            }
        }

        session ??= Capturable(subscription, model);
        if (session is null) return WithCopy(subscription, model, edits, copy => Guarded(lambda, lambda, Question(copy, field), model));
        if (Guarded(lambda, named, Question(session, field), model) is not { } guarded) return false;
        edits[lambda] = guarded;
        return true;
    }

    /// <summary>A method that is not told whose event it is: a lambda asks in front of it.</summary>
    private static bool Captured(AssignmentExpressionSyntax subscription, IMethodSymbol method, string field, SemanticModel model, Dictionary<SyntaxNode, SyntaxNode> edits)
    {
        // Somebody may take the method off the event again: a lambda could not be.
        var assignments = subscription.SyntaxTree.GetRoot().DescendantNodes().OfType<AssignmentExpressionSyntax>();
        if (assignments.Any(a => a.IsKind(SyntaxKind.SubtractAssignmentExpression) && a.Right.ToString() == subscription.Right.ToString())) return false;
        if (method.Parameters.Any(p => p.RefKind != RefKind.None)) return false;
        var session = Capturable(subscription, model);
        if (session is null) return WithCopy(subscription, model, edits, copy => Forwarding(subscription, method, Question(copy, field)));
        if (Forwarding(subscription, method, Question(session, field)) is not { } lambda) return false;
        edits[subscription.Right] = lambda;
        return true;
    }

    private static ExpressionSyntax? Forwarding(AssignmentExpressionSyntax subscription, IMethodSymbol method, string question)
    {
        var parameters = string.Join(", ", method.Parameters.Select(p => p.Name));
        var call = $"{subscription.Right.WithoutTrivia()}({parameters})";
        var text = method.ReturnType switch
        {
            { SpecialType: SpecialType.System_Void } => $"{{ if ({question}) return; {call}; }}",
            { Name: "Task", ContainingNamespace.Name: "Tasks" } and INamedTypeSymbol { TypeArguments.Length: 0 } => $"{question} ? System.Threading.Tasks.Task.CompletedTask : {call}",
            _ => null,
        };
        if (text is null || method.ReturnsVoid && method.Name.Length == 0) return null;
        var lambda = SyntaxFactory.ParseExpression((method.Parameters.Length == 1 ? parameters : $"({parameters})") + " => " + text);
        return lambda.WithTriviaFrom(subscription.Right).WithAdditionalAnnotations(Formatter.Annotation, Microsoft.CodeAnalysis.Simplification.Simplifier.Annotation);
    }

    /// <summary>The variable on which the handler is attached, where it is set once.</summary>
    private static string? Capturable(AssignmentExpressionSyntax subscription, SemanticModel model)
    {
        if (Receiver(subscription) is not IdentifierNameSyntax name || Functions.Enclosing(subscription) is not { } function) return null;
        if (model.GetSymbolInfo(name).Symbol is not (ILocalSymbol { RefKind: RefKind.None }
            or IParameterSymbol { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } })) return null;
        var isSetAgain = function.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(a => a.SpanStart > subscription.SpanStart && a.Left is IdentifierNameSyntax written && written.Identifier.ValueText == name.Identifier.ValueText);
        return isSetAgain ? null : name.Identifier.ValueText;
    }

    /// <summary>A field cannot be captured: a variable keeps what it holds now.</summary>
    private static bool WithCopy(AssignmentExpressionSyntax subscription, SemanticModel model, Dictionary<SyntaxNode, SyntaxNode> edits, Func<string, SyntaxNode?> handler)
    {
        if (Receiver(subscription) is not { } receiver || subscription.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement || edits.ContainsKey(block)) return false;
        var copy = Reporting.Unused(model, subscription.SpanStart, "current", "mine", "attached");
        if (handler(copy) is not { } asked) return false;
        var declaration = SyntaxFactory.ParseStatement($"var {copy} = {receiver.WithoutTrivia()};")
            .WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithTrailingTrivia(IsFirstOnLine(statement) ? Lines.EndOfLine(statement) : SyntaxFactory.Space);
        var changed = statement.ReplaceNodes([subscription.Right, receiver], (old, _) => old == receiver ? SyntaxFactory.IdentifierName(copy).WithTriviaFrom(receiver) : asked);
        var statements = block.Statements.ReplaceRange(statement, [declaration, changed.WithLeadingTrivia(Indentation(statement))]);
        edits[block] = block.WithStatements(statements);
        return true;
    }

    private static bool IsFirstOnLine(SyntaxNode node) => node.GetFirstToken().GetPreviousToken().TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia));

    private static SyntaxTriviaList Indentation(SyntaxNode node) => SyntaxFactory.TriviaList(node.GetLeadingTrivia().Reverse().TakeWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)));

    private static string Question(string session, string field) => $"!ReferenceEquals({session}, {(session == field ? "this." : "")}{field})";

    /// <summary>The function with the question as its first statement.</summary>
    private static SyntaxNode? Guarded(SyntaxNode original, SyntaxNode function, string question, SemanticModel model)
    {
        if (Functions.EarlyReturn(original, model) is not { } leave) return null;
        var guard = SyntaxFactory.ParseStatement($"if ({question}) {leave.NormalizeWhitespace()}");
        var body = function switch
        {
            MethodDeclarationSyntax method => method.Body,
            LocalFunctionStatementSyntax local => local.Body,
            AnonymousFunctionExpressionSyntax lambda => lambda.Block,
            _ => null,
        };
        if (body is null) return WithBlock(original, function, guard, model);
        var endOfLine = Lines.EndOfLine(original);
        var isOnOneLine = !body.OpenBraceToken.TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) && !body.CloseBraceToken.LeadingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia));
        var first = body.Statements.FirstOrDefault();
        guard = first is null || isOnOneLine
            ? guard.WithTrailingTrivia(isOnOneLine ? SyntaxFactory.Space : endOfLine)
            : guard.WithLeadingTrivia(Indentation(first)).WithTrailingTrivia(endOfLine);
        return function.ReplaceNode(body, body.WithStatements(body.Statements.Insert(0, guard))).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>An expression becomes a block; its kind is asked of the function as it stood.</summary>
    private static SyntaxNode? WithBlock(SyntaxNode original, SyntaxNode function, StatementSyntax guard, SemanticModel model)
    {
        if (original is MethodDeclarationSyntax or LocalFunctionStatementSyntax) guard = guard.WithTrailingTrivia(Lines.EndOfLine(original));
        if (Functions.WithBlock(original, guard, model) is not { } block || function == original) return Functions.WithBlock(original, guard, model);
        // The parameter has got a name.
        return block is ParenthesizedLambdaExpressionSyntax changed && function is ParenthesizedLambdaExpressionSyntax { ParameterList: var named } ? changed.WithParameterList(named)
            : block is MethodDeclarationSyntax method && function is MethodDeclarationSyntax { ParameterList: var parameters } ? method.WithParameterList(parameters)
            : null;
    }
}
