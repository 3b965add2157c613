using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Creation;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>Writes an exchange with a gate around it.</summary>
internal sealed class GatedExchange(SyntaxNode root, MethodDeclarationSyntax method, IReadOnlyList<SyntaxNode> places, SemanticModel model)
{
    private readonly SyntaxTrivia _endOfLine = Lines.EndOfLine(root);

    /// <summary>Between entering and leaving a semaphore; with <paramref name="closing"/> what is cut short is closed.</summary>
    public SyntaxNode? WithSemaphore(ExchangeRegion region, ExchangeGate gate, string? closing)
    {
        if (!region.IsToTheEnd && ClosingCatch.IsNeededBehind(region.Block.Statements, region.First, region.Last) || HasLabels(region)) return null;
        var (blank, statements) = Apart(region);
        var entering = Line($"await {gate.Name}.WaitAsync({Token()?.ToString()}){Configured()};").WithLeadingTrivia(blank);
        var leaving = SyntaxFactory.FinallyClause(SyntaxFactory.Block(Line($"{gate.Name}.Release();")));
        var attempt = SyntaxFactory.TryStatement(SyntaxFactory.Block(statements), closing is null ? default : SyntaxFactory.SingletonList(Catching.Rethrowing(_endOfLine, closing)), leaving);
        return Put(region, gate, [entering, attempt.WithTrailingTrivia(_endOfLine).WithAdditionalAnnotations(Formatter.Annotation)]);
    }

    /// <summary>The read goes to the write, into the <c>try</c> whose end leaves the semaphore.</summary>
    public SyntaxNode? WithinHeld(ExchangeRegion region, ExchangeGate gate, string? closing)
    {
        if (gate.IsNew || region.Statements[0] is not TryStatementSyntax { Catches.Count: 0, Finally.Block: { } last } held || HasLabels(region)) return null;
        if (!last.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Release", Expression: var left } && left.ToString() == gate.Name)) return null;
        if (region.Statements.Count < 2 || !held.Block.Span.Contains(places[0].Span) || held.Block.Statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax) return null;
        if (!region.IsToTheEnd && ClosingCatch.IsNeededBehind(region.Block.Statements, region.First, region.Last)) return null;
        var extended = held.WithBlock(held.Block.AddStatements(region.Statements.Skip(1).ToArray()));
        if (closing is not null) extended = extended.WithCatches(SyntaxFactory.SingletonList(Catching.Rethrowing(_endOfLine, closing)));
        return Put(region, gate, [extended.WithAdditionalAnnotations(Formatter.Annotation)]);
    }

    /// <summary>As one exchange of the runtime package's gate, which lets nobody in any more when it is cut short.</summary>
    public SyntaxNode? WithSendGate(ExchangeRegion region, ExchangeGate gate, bool isTyped)
    {
        var statements = region.Statements;
        if (HasLabels(region) || statements.Any(s => s.DescendantNodesAndSelf(Own).Any(n => n is YieldStatementSyntax))) return null;
        if (model.AnalyzeControlFlow(statements[0], statements[statements.Count - 1]) is not { Succeeded: true } flow || flow.EntryPoints.Length > 0) return null;
        if (flow.ExitPoints.Any(e => e is not ReturnStatementSyntax)) return null;
        var returns = flow.ReturnStatements.OfType<ReturnStatementSyntax>().ToList();
        var result = ResultType();
        if (isTyped && result is null) return null;
        var type = isTyped ? "<" + result!.ToMinimalDisplayString(model, places[0].SpanStart) + ">" : "";
        var (blank, inner) = Apart(region);
        var kept = inner[inner.Count - 1];
        string before, appended;
        if (returns.Any(r => r.Expression is not null))
        {
            if (flow.EndPointIsReachable) return null;
            (before, appended) = ("return await ", "");
        }
        else if (returns.Count > 0 || !IsNeeded(region, out var name))
        {
            if (isTyped || returns.Count > 0 && (!region.IsToTheEnd || region.Block.Parent != method)) return null;
            (before, appended) = ("await ", flow.EndPointIsReachable ? "return true;" : "");
        }
        else
        {
            if (isTyped || name is null || kept is not LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration: { Variables: [{ Initializer: { } value } only] } declared } || only.Identifier.ValueText != name) return null;
            inner[inner.Count - 1] = SyntaxFactory.ReturnStatement(value.Value.WithLeadingTrivia(SyntaxFactory.Space)).WithTriviaFrom(kept);
            (before, appended) = ($"{declared.Type.WithoutTrivia()} {name} = await ", "");
        }

        var token = Token();
        var parameter = Parameter(inner, token, out var isNamed);
        inner = inner.Select(s => Rewritten(s, isNamed ? token as IdentifierNameSyntax : null, parameter)).ToList();
        if (appended.Length > 0) inner.Add(Line(appended));
        var argument = token is null ? "" : ", " + token;
        var skeleton = SyntaxFactory.ParseStatement($"{before}{gate.Name}.ExchangeAsync{type}(async {parameter} =>\n{{\n}}{argument}){Configured()};".Replace("\n", _endOfLine + region.Indentation));
        var lambda = skeleton.DescendantNodes().OfType<SimpleLambdaExpressionSyntax>().First();
        var whole = skeleton.ReplaceNode(lambda.Block!, lambda.Block!.WithStatements(SyntaxFactory.List(inner)))
            .WithLeadingTrivia(blank).WithTrailingTrivia(_endOfLine).WithAdditionalAnnotations(Formatter.Annotation);
        return Put(region, gate, [whole]);
    }

    private static bool Own(SyntaxNode node) => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);

    private static bool HasLabels(ExchangeRegion region) => region.Statements.Any(s => s.DescendantNodesAndSelf().Any(n => n is LabeledStatementSyntax or GotoStatementSyntax));

    private static bool IsNeeded(ExchangeRegion region, out string? name)
    {
        name = (region.Statements[region.Statements.Count - 1] as LocalDeclarationStatementSyntax)?.Declaration.Variables.FirstOrDefault()?.Identifier.ValueText;
        return !region.IsToTheEnd && ClosingCatch.IsNeededBehind(region.Block.Statements, region.First, region.Last);
    }

    /// <summary>Blank lines above stay above; comments go with what they speak of.</summary>
    private static (List<SyntaxTrivia> Blank, List<StatementSyntax> Statements) Apart(ExchangeRegion region)
    {
        var statements = region.Statements.ToList();
        var leading = statements[0].GetLeadingTrivia();
        var blank = leading.TakeWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        statements[0] = statements[0].WithLeadingTrivia(leading.Skip(blank.Count));
        if (leading.LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia)) is var indentation && indentation != default) blank.Add(indentation);
        return (blank, statements);
    }

    private SyntaxNode Put(ExchangeRegion region, ExchangeGate gate, IEnumerable<StatementSyntax> made)
    {
        var statements = region.Block.Statements;
        var block = region.Block.WithStatements(SyntaxFactory.List(statements.Take(region.First).Concat(made).Concat(statements.Skip(region.Last + 1))));
        var tracked = root.TrackNodes(region.Block, gate.Type);
        tracked = tracked.ReplaceNode(tracked.GetCurrentNode(region.Block)!, block);
        var changed = gate.Declared(tracked, tracked.GetCurrentNode(gate.Type)!);
        return gate is { Kind: ExchangeGate.SendGate, IsNew: true } && changed is CompilationUnitSyntax unit && root is CompilationUnitSyntax before
            ? RuntimeNamespace.WithUsing(unit, before, model, places[0].SpanStart, ExchangeGate.SendGate)
            : changed;
    }

    private StatementSyntax Line(string text) => SyntaxFactory.ParseStatement(text).WithTrailingTrivia(_endOfLine).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>The token that the exchange uses, else the one that the method was given.</summary>
    private ExpressionSyntax? Token()
    {
        foreach (var place in places.OfType<InvocationExpressionSyntax>())
        {
            foreach (var argument in place.ArgumentList.Arguments)
            {
                if (model.GetTypeInfo(argument.Expression).ConvertedType?.Name != "CancellationToken") continue;
                if (argument.Expression is IdentifierNameSyntax name) return model.GetSymbolInfo(name).Symbol is IParameterSymbol or IFieldSymbol ? name.WithoutTrivia() : null;
                if (argument.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Token" or "RequestAborted" } access && model.GetSymbolInfo(access.Expression).Symbol is not ILocalSymbol) return access.WithoutTrivia();
                return null;
            }
        }

        return method.ParameterList.Parameters.FirstOrDefault(p => p.Type?.ToString() is "CancellationToken" or "System.Threading.CancellationToken") is { } given ? SyntaxFactory.IdentifierName(given.Identifier.ValueText) : null;
    }

    private string Configured() =>
        places.Any(p => p.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression.RawKind: (int)SyntaxKind.FalseLiteralExpression }] } }) ? ".ConfigureAwait(false)" : "";

    /// <summary>The lambda's parameter: it stands for the token where the exchange names it, else for nothing.</summary>
    private string Parameter(List<StatementSyntax> statements, ExpressionSyntax? token, out bool isNamed)
    {
        var names = new HashSet<string>(statements.SelectMany(s => s.DescendantTokens()).Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText), StringComparer.Ordinal);
        isNamed = token is IdentifierNameSyntax name && names.Contains(name.Identifier.ValueText);
        if (!isNamed && !names.Contains("_")) return "_";
        return new[] { "token", "cancellation", "exchangeToken", "inner" }.First(n => n == "inner" || !names.Contains(n) && model.LookupSymbols(places[0].SpanStart, name: n).IsEmpty);
    }

    private static StatementSyntax Rewritten(StatementSyntax statement, IdentifierNameSyntax? token, string parameter)
    {
        var changed = token is null ? statement : statement.ReplaceNodes(
            statement.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == token.Identifier.ValueText && !(n.Parent is MemberAccessExpressionSyntax access && access.Name == n) && n.Parent is not NameColonSyntax),
            (old, _) => SyntaxFactory.IdentifierName(parameter).WithTriviaFrom(old));
        return changed.ReplaceNodes(
            changed.DescendantNodesAndSelf(Own).OfType<ReturnStatementSyntax>().Where(r => r.Expression is null),
            (old, _) => old.WithExpression(SyntaxFactory.LiteralExpression(SyntaxKind.TrueLiteralExpression).WithLeadingTrivia(SyntaxFactory.Space)));
    }

    private ITypeSymbol? ResultType() => model.GetDeclaredSymbol(method)?.ReturnType is INamedTypeSymbol { TypeArguments: [var result], Name: "Task" or "ValueTask" } ? result : null;
}
