using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Creation;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>Moves the subscription that comes too late to directly after the creation; where there is none, writes one that reports.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA1001AttachErrorHandlerFix : CodeFixProvider
{
    private const string MoveKey = "LCA1001.Move";
    private const string AttachKey = "LCA1001.Attach";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA1001AttachErrorHandler.Id];

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
            var opening = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (Functions.Enclosing(opening) is not { } function || Opened(opening, model) is not { } connection) continue;
            var late = Late(function, opening, connection, catalogue, model);
            if (late.Count > 0)
            {
                await context.OfferAsync(diagnostic, Move(root, function, opening, connection, late, model), "Attach the handler directly after the creation", MoveKey).ConfigureAwait(false);
            }
            else
            {
                await context.OfferAsync(diagnostic, Attach(root, function, opening, connection, catalogue, model), "Attach a handler that reports the failure", AttachKey).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The expression that names what is opened: the receiver, or the variable that a creation goes into.</summary>
    private static ExpressionSyntax? Opened(SyntaxNode opening, SemanticModel model)
    {
        switch (opening)
        {
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } access }
                when model.GetSymbolInfo(access.Expression).Symbol is ILocalSymbol or IFieldSymbol or IPropertySymbol or IParameterSymbol:
                return access.Expression;
            case AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } } target }:
                return target.Expression;
        }

        foreach (var ancestor in opening.AncestorsAndSelf())
        {
            switch (ancestor)
            {
                case VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax } declarator:
                    return SyntaxFactory.IdentifierName(declarator.Identifier.ValueText);
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax target, Parent: ExpressionStatementSyntax }:
                    return target;
                case StatementSyntax:
                    return null;
            }
        }

        return null;
    }

    private static bool IsSame(ExpressionSyntax a, ExpressionSyntax b) => Plain(a) == Plain(b);

    private static string Plain(ExpressionSyntax expression) =>
        expression is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access ? access.Name.ToString() : expression.WithoutTrivia().ToString();

    /// <summary>The subscriptions to failure events of the connection that stand behind the opening.</summary>
    private static List<ExpressionStatementSyntax> Late(SyntaxNode function, SyntaxNode opening, ExpressionSyntax connection, ConnectionCatalogue catalogue, SemanticModel model) =>
        function.DescendantNodes(n => n == function || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ExpressionStatementSyntax>()
            .Where(s => s.SpanStart > opening.SpanStart
                && s.Expression is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression or (int)SyntaxKind.SimpleAssignmentExpression, Left: MemberAccessExpressionSyntax target }
                && IsSame(target.Expression, connection)
                && model.GetSymbolInfo(target).Symbol is { } member && (catalogue.Of(member).Roles & (Role.Error | Role.Ended)) != 0)
            .ToList();

    private static SyntaxNode? Move(SyntaxNode root, SyntaxNode function, SyntaxNode opening, ExpressionSyntax connection, List<ExpressionStatementSyntax> late, SemanticModel model)
    {
        if (opening.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } openingStatement || late.Any(s => s.Parent is not BlockSyntax)) return null;
        // Open as soon as it is made: nothing can come in between.
        if (opening.FirstAncestorOrSelf<InitializerExpressionSyntax>() is { } initializer && openingStatement.Span.Contains(initializer.Span)) return null;
        var creation = Creation(function, connection, opening.SpanStart);
        var created = creation is not null && creation.Parent is BlockSyntax && creation != openingStatement || creation == openingStatement && !(opening is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } && IsSame(access.Expression, connection));
        // Directly after the creation if all that the handlers name is there by then, else right before the opening.
        var place = created && late.All(s => IsDeclared(s, creation!.Span.End, function, model)) ? creation! : null;
        if (place is null && !late.All(s => IsDeclared(s, openingStatement.SpanStart, function, model))) return null;
        var anchor = place ?? openingStatement;
        var tracked = root.TrackNodes(late.Cast<SyntaxNode>().Append(anchor));
        var indentation = anchor.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        var moved = late.Select(s => Reindented(s, indentation)).ToList();
        // A blank line that stood before the moved statement is not wanted after it.
        tracked = tracked.RemoveNodes(late.Select(s => tracked.GetCurrentNode(s)!), SyntaxRemoveOptions.KeepNoTrivia)!;
        var now = tracked.GetCurrentNode(anchor)!;
        return place is not null ? tracked.InsertNodesAfter(now, moved) : tracked.InsertNodesBefore(now, moved);
    }

    private static StatementSyntax Reindented(StatementSyntax statement, SyntaxTrivia indentation)
    {
        var trivia = statement.GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.EndOfLineTrivia)).ToList();
        while (trivia.Count > 1 && trivia[0].IsKind(SyntaxKind.WhitespaceTrivia) && trivia[1].IsKind(SyntaxKind.EndOfLineTrivia)) trivia.RemoveRange(0, 2);
        return statement.WithLeadingTrivia(trivia.Count == 0 ? [indentation] : trivia).WithAdditionalAnnotations(Formatter.Annotation);
    }

    /// <summary>The statement that makes the connection, before the opening.</summary>
    private static StatementSyntax? Creation(SyntaxNode function, ExpressionSyntax connection, int before)
    {
        StatementSyntax? last = null;
        foreach (var node in function.DescendantNodes())
        {
            if (node.SpanStart > before) break;
            if (node is LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer: not null } variable] } declaration && variable.Identifier.ValueText == Plain(connection)) last = declaration;
            if (node is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression, Left: var target } } assignment && IsSame(target, connection)) last = assignment;
        }

        return last;
    }

    /// <summary>Everything that the statement names is declared before the position.</summary>
    private static bool IsDeclared(StatementSyntax statement, int position, SyntaxNode function, SemanticModel model)
    {
        foreach (var name in statement.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is not ILocalSymbol local) continue;
            var declaration = local.DeclaringSyntaxReferences.FirstOrDefault()?.Span;
            if (declaration is { } span && function.Span.Contains(span) && !statement.Span.Contains(span) && span.Start > position) return false;
        }

        return true;
    }

    private static SyntaxNode? Attach(SyntaxNode root, SyntaxNode function, SyntaxNode opening, ExpressionSyntax connection, ConnectionCatalogue catalogue, SemanticModel model)
    {
        var type = model.GetTypeInfo(connection.Parent is null ? opening : connection).Type;
        if (type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments: [var inner] }) type = inner;
        if (type is null || ErrorEvent(type, catalogue) is not { } failure) return null;
        var place = Creation(function, connection, opening.Span.End) ?? CreationElsewhere(function, connection);
        if (place is null && opening.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax } before && function.Span.Contains(before.Span)) return Insert(root, before, Subscription(connection, failure, function, model, before.SpanStart), after: false);
        if (place?.Parent is BlockSyntax && place.FirstAncestorOrSelf<StatementSyntax>() is { } statement)
            return Insert(root, statement, Subscription(connection, failure, Functions.Enclosing(statement) ?? function, model, statement.SpanStart), after: true);
        return Subscription(connection, failure, function, model, opening.SpanStart) is { } first && Functions.WithBlock(function, first, model) is { } made ? root.ReplaceNode(function, made) : null;
    }

    private static SyntaxNode? Insert(SyntaxNode root, StatementSyntax anchor, StatementSyntax? subscription, bool after)
    {
        if (subscription is null) return null;
        var indentation = anchor.GetLeadingTrivia().LastOrDefault(t => t.IsKind(SyntaxKind.WhitespaceTrivia));
        subscription = subscription.WithLeadingTrivia(indentation).WithTrailingTrivia(anchor.GetTrailingTrivia().Where(t => t.IsKind(SyntaxKind.EndOfLineTrivia))).WithAdditionalAnnotations(Formatter.Annotation);
        return after ? root.InsertNodesAfter(anchor, [subscription]) : root.InsertNodesBefore(anchor, [subscription]);
    }

    /// <summary>The statement of the constructor, or another member, that puts the connection into its field.</summary>
    private static StatementSyntax? CreationElsewhere(SyntaxNode function, ExpressionSyntax connection) =>
        function.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.DescendantNodes().OfType<ExpressionStatementSyntax>()
            .FirstOrDefault(s => s.Parent is BlockSyntax && s.Expression is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression or (int)SyntaxKind.CoalesceAssignmentExpression, Left: var target } assignment
                && IsSame(target, connection) && !assignment.Right.IsKind(SyntaxKind.NullLiteralExpression));

    private static IEventSymbol? ErrorEvent(ITypeSymbol type, ConnectionCatalogue catalogue)
    {
        IEventSymbol? ended = null;
        foreach (var member in catalogue.MembersOf(type, Role.Error | Role.Ended))
        {
            if (member is not IEventSymbol candidate || candidate.Type is not INamedTypeSymbol { DelegateInvokeMethod: not null }) continue;
            if ((catalogue.Of(candidate).Roles & Role.Error) != 0) return candidate;
            ended ??= candidate;
        }

        return ended;
    }

    /// <summary>A handler that reports through the type's own logger, where it has one.</summary>
    private static StatementSyntax? Subscription(ExpressionSyntax connection, IEventSymbol failure, SyntaxNode function, SemanticModel model, int position)
    {
        var invoke = ((INamedTypeSymbol)failure.Type).DelegateInvokeMethod!;
        if (invoke.Parameters.Any(p => p.RefKind != RefKind.None) || !invoke.ReturnsVoid && invoke.ReturnType.Name is not ("Task" or "ValueTask")) return null;
        string? exception = null, text = null;
        var names = new List<string>();
        foreach (var parameter in invoke.Parameters)
        {
            var name = parameter.Name is "" or "sender" ? parameter.Ordinal == 0 && invoke.Parameters.Length > 1 ? "_" : "e" : Unused(parameter.Name, model, position);
            var (found, said) = Told(parameter.Type, name);
            exception ??= found;
            text ??= said;
            names.Add(found is null && said is null ? "_" : name);
        }

        if (names.Count(n => n == "_") == 1 && names.Count == 1 && exception is null && text is null) names[0] = "_";
        var what = Plain(connection).TrimStart('_');
        var report = Logger(model, position) is { } logger
            ? exception is not null ? $"{logger}.LogError({exception}, \"{what} failed\")" : text is not null ? $"{logger}.LogError(\"{what} failed: {{Reason}}\", {text})" : $"{logger}.LogError(\"{what} failed\")"
            : $"{model.Trace(position)}.TraceError($\"{what} failed: {{{exception ?? text ?? "\"no reason given\""}}}\")";
        if (exception is null && text is null && Logger(model, position) is null) report = $"{model.Trace(position)}.TraceError(\"{what} failed\")";
        var parameters = "(" + string.Join(", ", names) + ")";
        var end = invoke.ReturnsVoid ? null : invoke.ReturnType.Name == "Task" ? model.NameOf(position, "System.Threading.Tasks", "Task") + ".CompletedTask" : "default";
        var handler = end is null ? $"{parameters} => {report}" : $"{parameters} => {{ {report}; return {end}; }}";
        return SyntaxFactory.ParseStatement($"{connection.WithoutTrivia()}.{failure.Name} += {handler};");
    }

    private static string Unused(string name, SemanticModel model, int position) =>
        model.LookupSymbols(position, name: name).Any(s => s is ILocalSymbol or IParameterSymbol) ? name + "Error" : name;

    /// <summary>The exception, or else the words, that a handler's argument brings.</summary>
    private static (string? Exception, string? Text) Told(ITypeSymbol type, string name)
    {
        if (IsException(type)) return (name, null);
        if (type.SpecialType == SpecialType.System_String) return (null, name);
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.GetMembers("Exception").Any(m => m is IPropertySymbol { Type: var t } && IsException(t))) return (name + ".Exception", null);
            if (candidate.GetMembers("GetException").Any(m => m is IMethodSymbol { Parameters.Length: 0 })) return (name + ".GetException()", null);
            if (candidate.GetMembers("Message").Any(m => m is IPropertySymbol { Type.SpecialType: SpecialType.System_String })) return (null, name + ".Message");
        }

        return (null, null);
    }

    private static bool IsException(ITypeSymbol type) => Bases.IncludeNamed(type, "Exception", "System");

    /// <summary>The logger in scope: a field, a property, a parameter.</summary>
    private static string? Logger(SemanticModel model, int position)
    {
        if (model.LookupNamespacesAndTypes(position, name: "LoggerExtensions").IsEmpty && !model.LookupSymbols(position).Any(s => s is IMethodSymbol { Name: "LogError" }) && !HasLogging(model, position)) return null;
        return model.LookupSymbols(position).FirstOrDefault(s => s switch
        {
            IFieldSymbol { IsImplicitlyDeclared: false } field => IsLogger(field.Type),
            IPropertySymbol property => IsLogger(property.Type),
            IParameterSymbol parameter => IsLogger(parameter.Type),
            _ => false,
        })?.Name;

        static bool IsLogger(ITypeSymbol type) => type.Name == "ILogger" && type.ContainingNamespace?.ToDisplayString() == "Microsoft.Extensions.Logging";

        static bool HasLogging(SemanticModel model, int position) => !model.LookupNamespacesAndTypes(position, name: "ILogger").IsEmpty;
    }
}
