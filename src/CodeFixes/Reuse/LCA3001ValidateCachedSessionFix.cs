using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Puts the state into the condition under which the cache is filled, so that a dead session is replaced where a missing one is:
/// <c>if (_s is null || !_s.IsOpen)</c>. Where a method only asks for null and fills nothing, that question becomes the full one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3001ValidateCachedSessionFix : CodeFixProvider
{
    private const string CheckKey = "LCA3001.Check";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3001ValidateCachedSession.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || await FixContext.CatalogueAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } catalogue) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var use = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Replacements(use, diagnostic, catalogue, model) is not { Count: > 0 } replacements) continue;
            var written = (CompilationUnitSyntax)root.ReplaceNodes(replacements.Keys, (old, _) => WithField(old, replacements[old]).WithAdditionalAnnotations(Formatter.Annotation));
            if (replacements.Any(r => Probes(r.Value) > Probes(r.Key))) written = RuntimeNamespace.WithUsing(written, (CompilationUnitSyntax)root, model, use.SpanStart, StateCheck.Probes);
            await context.OfferAsync(diagnostic, written, "Ask for the session's state, and replace it when it has died", CheckKey, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    /// <summary>Written apart from its property, <c>field</c> is a name like any other.</summary>
    private static SyntaxNode WithField(SyntaxNode old, SyntaxNode written) =>
        !old.DescendantNodesAndSelf().OfType<FieldExpressionSyntax>().Any() ? written
        : written.ReplaceNodes(written.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == "field"), (name, _) => SyntaxFactory.FieldExpression().WithTriviaFrom(name));

    /// <summary>How often the code asks <c>x.IsAlive()</c>; its author may have a method of that name, which needs no using.</summary>
    private static int Probes(SyntaxNode code) =>
        code.DescendantNodesAndSelf().Count(n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsAlive" } });

    private static Dictionary<SyntaxNode, SyntaxNode>? Replacements(SyntaxNode use, Diagnostic diagnostic, ConnectionCatalogue catalogue, SemanticModel model)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } declared || declared.SourceTree?.FilePath != use.SyntaxTree.FilePath) return null;
        var cache = use.SyntaxTree.GetRoot().FindNode(declared.SourceSpan);
        var symbol = model.GetDeclaredSymbol(cache);
        var (name, type) = symbol switch
        {
            IFieldSymbol field => (field.Name, field.Type),
            IPropertySymbol property => (property.Name, property.Type),
            IParameterSymbol parameter => (parameter.Name, parameter.Type),
            _ => (null, null),
        };
        if (name is null || type is null || Functions.Enclosing(use) is not { } function || use.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } owner) return null;
        if (catalogue.Find(type) is not null)
        {
            if (Check(type, catalogue, model, use) is not { } check) return null;
            return GivenBack(function, name, check) ?? One(InScope(function, name, check, model) ?? OnlyNullCheck(use, function, name, check)) ?? Elsewhere(owner, function, name, check, model);
        }

        // Looked up here, or by another member of the type that this one asks.
        return MembersAskedBy(function, owner).Where(m => m.Mentions(name)).Prepend(function)
            .Select(scope => One(Indexed(use, scope, name, catalogue, model) ?? InLookup(use, scope, name, catalogue, model))).FirstOrDefault(found => found is not null);
    }

    private static Dictionary<SyntaxNode, SyntaxNode>? One((SyntaxNode Old, SyntaxNode New)? change) => change is var (old, written) ? new() { [old] = written } : null;

    /// <summary><c>if (_s is not null) return _s;</c> and what fills it otherwise, with a second look or without.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? GivenBack(SyntaxNode scope, string name, StateCheck check)
    {
        var asked = new Dictionary<SyntaxNode, SyntaxNode>();
        foreach (var statement in scope.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (Conditions.NotNullTest(statement.Condition) is { } tested && Conditions.Refers(tested, name) && Returned(statement.Statement) is { } given && Conditions.Refers(given, name))
                asked[statement.Condition] = check.ThereAndUsable(tested.ToString()).WithTriviaFrom(statement.Condition);
        }

        if (asked.Count == 0 || !Fills(scope, name)) return null;
        foreach (var fill in scope.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression) && Conditions.Refers(fill.Left, name) && Filled(fill, check) is var (old, written)) asked[old] = written;
        }

        return asked;
    }

    private static ExpressionSyntax? Returned(StatementSyntax statement) => statement switch
    {
        ReturnStatementSyntax { Expression: var given } => given,
        BlockSyntax { Statements: [ReturnStatementSyntax { Expression: var given }] } => given,
        _ => null,
    };

    /// <summary>
    /// The state that the type tells; of a socket, which remembers only its last operation, the probe of the runtime package. Of a library's
    /// client that remembers no more, this: it knows at least of what it has seen fail, and nobody can ask further.
    /// </summary>
    private static StateCheck? Check(ITypeSymbol? type, ConnectionCatalogue catalogue, SemanticModel model, SyntaxNode use) =>
        StateCheck.For(type, catalogue, model, use.SpanStart, allowWeak: false) ?? StateCheck.Probing(type, model)
        ?? (type?.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == false ? StateCheck.For(type, catalogue, model, use.SpanStart, allowWeak: true) : null);

    /// <summary>An element that is filled where it is missing: <c>_links[i] ??= …</c>, <c>if (_links[i] is null) _links[i] = …</c>, <c>if (!_links.ContainsKey(k)) _links[k] = …</c>.</summary>
    private static (SyntaxNode, SyntaxNode)? Indexed(SyntaxNode use, SyntaxNode function, string container, ConnectionCatalogue catalogue, SemanticModel model)
    {
        // One pattern asks both: the compiler does not remember of an element that it was not null.
        foreach (var fill in function.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.Left is not ElementAccessExpressionSyntax { Expression: var held, ArgumentList.Arguments: [{ Expression: var key }] } element || !Conditions.Refers(held, container) || !Conditions.IsRepeatable(key) || Check(model.GetTypeInfo(element).Type, catalogue, model, use) is not { } check) continue;
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression)) return Filled(fill, check);
            if (fill.FirstAncestorOrSelf<IfStatementSyntax>() is not { Condition: var missing } || Functions.Enclosing(missing) != function) continue;
            if (Conditions.NullTest(missing) is ElementAccessExpressionSyntax asked && asked.IsEquivalentTo(element.WithoutTrivia())) return (missing, check.NotThereOrUnusable(element.ToString()).WithTriviaFrom(missing));
            if (missing is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContainsKey", Expression: var from }, ArgumentList.Arguments: [{ Expression: var looked }] } } && Conditions.Refers(from, container) && looked.IsEquivalentTo(key))
                return (missing, Conditions.Either(missing.WithoutTrivia(), check.NotUsable(element.ToString())).WithTriviaFrom(missing));
        }

        return null;
    }

    /// <summary>The method that uses it fills it, too.</summary>
    private static (SyntaxNode, SyntaxNode)? InScope(SyntaxNode scope, string name, StateCheck check, SemanticModel model)
    {
        foreach (var node in scope.DescendantNodes())
        {
            switch (node)
            {
                case IfStatementSyntax statement when Conditions.NullTest(statement.Condition) is { } tested && Conditions.Refers(tested, name) && Fills(statement.Statement, name):
                    return (statement, WithState(statement, name, check));
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceAssignmentExpression } fill when Conditions.Refers(fill.Left, name):
                    return Filled(fill, check);
            }
        }

        return null;
    }

    /// <summary>The condition, and that of a second look inside a lock.</summary>
    private static SyntaxNode WithState(IfStatementSyntax statement, string name, StateCheck check)
    {
        var looks = statement.DescendantNodesAndSelf().OfType<IfStatementSyntax>().Select(s => s.Condition).Where(c => Conditions.NullTest(c) is { } tested && Conditions.Refers(tested, name));
        var made = looks.ToDictionary(l => (SyntaxNode)l, l => (SyntaxNode)Conditions.Either(Conditions.IsNull(Conditions.NullTest(l)!), check.NotUsable(Conditions.NullTest(l)!.ToString())).WithTriviaFrom(l));
        // The second look may be the filling itself: `_s ??= Connect();`.
        foreach (var fill in statement.Statement.DescendantNodes().OfType<AssignmentExpressionSyntax>())
        {
            if (fill.IsKind(SyntaxKind.CoalesceAssignmentExpression) && Conditions.Refers(fill.Left, name) && Filled(fill, check) is var (old, written)) made[old] = written.WithAdditionalAnnotations(Formatter.Annotation);
        }

        return statement.ReplaceNodes(made.Keys, (old, _) => made[old]);
    }

    private static (SyntaxNode, SyntaxNode)? Filled(AssignmentExpressionSyntax fill, StateCheck check)
    {
        var target = fill.Left.WithoutTrivia();
        var assignment = SyntaxFactory.AssignmentExpression(SyntaxKind.SimpleAssignmentExpression, target, fill.Right.WithoutTrivia());
        if (fill.Parent is ExpressionStatementSyntax statement)
        {
            var condition = target is ElementAccessExpressionSyntax ? check.NotThereOrUnusable(target.ToString()) : Conditions.Either(Conditions.IsNull(target), check.NotUsable(target.ToString()));
            return (statement, SyntaxFactory.IfStatement(condition, SyntaxFactory.ExpressionStatement(assignment)).NormalizeWhitespace().WithTriviaFrom(statement));
        }

        ExpressionSyntax choice = SyntaxFactory.ConditionalExpression(check.ThereAndUsable(target.ToString()), target, assignment).NormalizeWhitespace();
        if (fill.Parent is not (ParenthesizedExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax or EqualsValueClauseSyntax or AssignmentExpressionSyntax or ArgumentSyntax)) return null;
        return (fill, choice.WithTriviaFrom(fill));
    }

    /// <summary>The use's own method asks for null and does not fill: the question becomes the full one.</summary>
    private static (SyntaxNode, SyntaxNode)? OnlyNullCheck(SyntaxNode use, SyntaxNode function, string name, StateCheck check)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { name };
        foreach (var declarator in function.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (declarator.Initializer is { Value: var value } && Conditions.Refers(value, name)) names.Add(declarator.Identifier.ValueText);
        }

        foreach (var ancestor in use.Ancestors().TakeWhile(a => a != function))
        {
            if (ancestor is not IfStatementSyntax statement || !statement.Statement.Span.Contains(use.Span)) continue;
            foreach (var part in statement.Condition.DescendantNodesAndSelf().OfType<ExpressionSyntax>())
            {
                if (Conditions.NotNullTest(part) is { } tested && names.Any(n => Conditions.Refers(tested, n))) return (part, check.ThereAndUsable(tested.ToString()).WithTriviaFrom(part));
            }
        }

        return null;
    }

    /// <summary>Another member of the type fills it: the getter through which this use goes, too.</summary>
    private static Dictionary<SyntaxNode, SyntaxNode>? Elsewhere(TypeDeclarationSyntax owner, SyntaxNode function, string name, StateCheck check, SemanticModel model)
    {
        foreach (var filler in MembersAskedBy(function, owner))
        {
            if ((GivenBack(filler, name, check) ?? One(InScope(filler, name, check, model))) is { } found) return found;
        }

        return null;
    }


    private static IEnumerable<MemberDeclarationSyntax> MembersAskedBy(SyntaxNode function, TypeDeclarationSyntax owner)
    {
        var names = new HashSet<string>(function.DescendantNodes().OfType<SimpleNameSyntax>().Select(n => n.Identifier.ValueText), StringComparer.Ordinal);
        return owner.Members.Where(m => NameOf(m) is { } name && names.Contains(name) && m != function && !m.Span.Contains(function.Span));

        static string? NameOf(MemberDeclarationSyntax member) => member switch
        {
            PropertyDeclarationSyntax property => property.Identifier.ValueText,
            MethodDeclarationSyntax method => method.Identifier.ValueText,
            _ => null,
        };
    }

    /// <summary><c>if (!cache.TryGetValue(key, out var s))</c> and what fills it or leaves: a dead one is as good as none. What is used where it was found is asked there.</summary>
    private static (SyntaxNode, SyntaxNode)? InLookup(SyntaxNode use, SyntaxNode function, string container, ConnectionCatalogue catalogue, SemanticModel model)
    {
        foreach (var statement in function.DescendantNodes().OfType<IfStatementSyntax>())
        {
            if (Conditions.LookUp(statement.Condition, container, negated: true) is var (missing, variable, _) && !statement.Statement.Span.Contains(use.Span))
            {
                if (Question(missing) is not { } check) continue;
                var asked = Conditions.Either(statement.Condition.WithoutTrivia(), check.NotUsable(variable)).WithTriviaFrom(statement.Condition);
                if (Fills(statement.Statement, variable) && Stores(statement.Statement, container) || Leaves(statement.Statement)) return (statement.Condition, asked);
                if (Fills(statement.Statement, variable) && Adding(statement.Statement, container) is { } add)
                    return (statement, statement.ReplaceNodes([statement.Condition, add], (old, _) => old == add ? ByIndexer(add) : asked));
            }

            foreach (var part in Operands(statement.Condition))
            {
                if (Conditions.LookUp(part, container, negated: false) is not var (found, present, _)) continue;
                var isUsed = statement.Statement.Span.Contains(use.Span) || part != statement.Condition && statement.Condition.Span.Contains(use.Span);
                if (!isUsed && !(Returned(statement.Statement) is IdentifierNameSyntax given && given.Identifier.ValueText == present && Stores(function, container))) continue;
                if (Question(found) is { } check) return (part, Conditions.Both(part.WithoutTrivia(), check.Usable(present)).WithTriviaFrom(part));
            }
        }

        return GottenOrAdded(use, function, container, catalogue, model) ?? TakenOutBefore(use, function, container, catalogue, model);

        StateCheck? Question(InvocationExpressionSyntax call) =>
            model.GetSymbolInfo(call).Symbol is IMethodSymbol { Parameters: [_, { Type: var type }] } ? Check(type, catalogue, model, use) : null;
    }

    /// <summary>The parts of a condition that all have to hold, from the left.</summary>
    private static IEnumerable<ExpressionSyntax> Operands(ExpressionSyntax condition) =>
        condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } and ? Operands(and.Left).Append(and.Right) : [condition];

    private static bool Leaves(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax || statement is BlockSyntax { Statements: [.., ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax] };

    private static InvocationExpressionSyntax? Adding(SyntaxNode code, string container) =>
        code.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => c is { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add", Expression: var target }, ArgumentList.Arguments.Count: 2, Parent: ExpressionStatementSyntax } && Conditions.Refers(target, container));

    /// <summary>Adding under a key that is there would throw.</summary>
    private static ExpressionSyntax ByIndexer(InvocationExpressionSyntax add)
    {
        var arguments = add.ArgumentList.Arguments;
        return SyntaxFactory.ParseExpression($"{((MemberAccessExpressionSyntax)add.Expression).Expression.WithoutTrivia()}[{arguments[0].Expression.WithoutTrivia()}] = {arguments[1].Expression.WithoutTrivia()}").WithTriviaFrom(add);
    }

    /// <summary><c>var s = cache.GetOrAdd(key, Connect);</c> becomes a look-up, a question and a replacement.</summary>
    private static (SyntaxNode, SyntaxNode)? GottenOrAdded(SyntaxNode use, SyntaxNode function, string container, ConnectionCatalogue catalogue, SemanticModel model)
    {
        foreach (var call in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call is not { Expression: MemberAccessExpressionSyntax { Name: IdentifierNameSyntax { Identifier.ValueText: "GetOrAdd" }, Expression: var from }, ArgumentList.Arguments: [{ Expression: var key }, { Expression: var factory }] } || !Conditions.Refers(from, container) || !Conditions.IsRepeatable(key)) continue;
            if (call.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables: [var variable], Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax, UsingKeyword.RawKind: 0 } declared } } }) continue;
            if (call.Span.Contains(use.Span) || model.GetTypeInfo(call).Type is not { IsReferenceType: true } type || Check(type, catalogue, model, use) is not { } check || Made(factory, key, model) is not { } made) continue;
            var name = variable.Identifier.ValueText;
            var discard = Lines.EndingIfAny(name, type, model, declared) is { } ending ? ending + "\n" : "";
            var text = $"if (!{from.WithoutTrivia()}.TryGetValue({key.WithoutTrivia()}, out var {name}) || {check.NotUsable(name)})\n{{\n{discard}{from.WithoutTrivia()}[{key.WithoutTrivia()}] = {name} = {made};\n}}";
            var written = Lines.Parse(declared, text).WithTriviaFrom(declared);
            return (declared, Lines.Under(written, Lines.Lost(declared, written), Lines.EndOfLine(declared)));
        }

        return null;
    }

    /// <summary>Where what the factory does cannot be written a second time: the dead one is taken out before <c>GetOrAdd</c>.</summary>
    private static (SyntaxNode, SyntaxNode)? TakenOutBefore(SyntaxNode use, SyntaxNode function, string container, ConnectionCatalogue catalogue, SemanticModel model)
    {
        foreach (var call in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call is not { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetOrAdd", Expression: var from }, ArgumentList.Arguments: [{ Expression: var key }, _] } || !Conditions.Refers(from, container) || !Conditions.IsRepeatable(key)) continue;
            if (Functions.Enclosing(call) != function || call.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax block } statement) continue;
            if (model.GetTypeInfo(from).Type is not { Name: "ConcurrentDictionary" } || model.GetTypeInfo(call).Type is not { IsReferenceType: true } type || Check(type, catalogue, model, use) is not { } check) continue;
            var name = Reporting.Unused(model, statement.SpanStart, "known", "kept", "dead");
            if (Lines.Ending(name, type, model, statement) is not { } ending) continue;
            var (dictionary, index) = (from.WithoutTrivia(), key.WithoutTrivia());
            var text = $"if ({dictionary}.TryGetValue({index}, out var {name}) && {check.NotUsable(name)} && {dictionary}.TryRemove(System.Collections.Generic.KeyValuePair.Create({index}, {name})))\n{{\n{ending}\n}}";
            var at = block.Statements.IndexOf(statement);
            return (block, block.WithStatements(block.Statements.Replace(statement, statement.WithLeadingTrivia(Lines.Indentation(statement))).Insert(at, Lines.Before(statement, text, keepsComments: true))));
        }

        return null;
    }

    /// <summary>What the factory makes for this key, as an expression of its own.</summary>
    private static string? Made(ExpressionSyntax factory, ExpressionSyntax key, SemanticModel model)
    {
        switch (factory)
        {
            case SimpleLambdaExpressionSyntax { ExpressionBody: { } body, AsyncKeyword.RawKind: 0, Parameter: var parameter } when key is IdentifierNameSyntax or LiteralExpressionSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax }:
                var uses = body.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == parameter.Identifier.ValueText && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(n).Symbol, model.GetDeclaredSymbol(parameter))).ToList();
                return body.ReplaceNodes(uses, (old, _) => key.WithTriviaFrom(old)).WithoutTrivia().ToString();
            case AnonymousFunctionExpressionSyntax:
                return null;
            case IdentifierNameSyntax or MemberAccessExpressionSyntax when model.GetSymbolInfo(factory).Symbol is IMethodSymbol { Parameters.Length: 1 } || model.GetTypeInfo(factory).Type?.TypeKind == TypeKind.Delegate:
                return $"{factory.WithoutTrivia()}({key.WithoutTrivia()})";
            default:
                return null;
        }
    }

    private static bool Fills(SyntaxNode code, string name) =>
        code.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => Conditions.Refers(a.Left, name) && !a.Right.IsKind(SyntaxKind.NullLiteralExpression));

    /// <summary>Written by the indexer: adding under a key that is there would throw.</summary>
    private static bool Stores(SyntaxNode code, string container) =>
        code.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is ElementAccessExpressionSyntax { Expression: var target } && Conditions.Refers(target, container));
}
