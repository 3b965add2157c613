using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Sending;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>The session that a diagnostic speaks of: where it is used, where it is kept, and the functions in between.</summary>
internal sealed class KeptSession
{
    private readonly Document _document;
    private readonly Document _cacheDocument;
    private readonly SemanticModel _model;
    private readonly SemanticModel _cacheModel;
    private readonly ConnectionCatalogue _catalogue;
    private readonly SyntaxNode _cache;

    private KeptSession(
        Document document, SemanticModel model, SyntaxNode use, SyntaxNode function,
        Document cacheDocument, SemanticModel cacheModel, SyntaxNode cache,
        (string Name, ITypeSymbol Type) kept, ConnectionCatalogue catalogue)
    {
        (_document, _model, Use, Function) = (document, model, use, function);
        (_cacheDocument, _cacheModel, _cache) = (cacheDocument, cacheModel, cache);
        (Name, Type) = kept;
        _catalogue = catalogue;
    }

    public SyntaxNode Use { get; }

    /// <summary>Whose code uses it.</summary>
    public SyntaxNode Function { get; }

    /// <summary>The field, property or parameter that keeps it.</summary>
    public string Name { get; }

    public ITypeSymbol Type { get; }

    /// <summary>Else it is kept in a container.</summary>
    public bool IsConnection => IsSession(Type);

    public bool IsSession(ITypeSymbol? type) => type is not null && _catalogue.Find(type) is not null;

    public static async Task<KeptSession?> OfAsync(Document document, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (diagnostic.AdditionalLocations.FirstOrDefault() is not { } declared || await FixContext.CatalogueAsync(document, cancellation).ConfigureAwait(false) is not { } catalogue) return null;
        if (await FixContext.NodeAsync(document.Project.Solution, diagnostic.Location, cancellation).ConfigureAwait(false) is not var (_, use) || Functions.Enclosing(use) is not { } function) return null;
        if (await FixContext.NodeAsync(document.Project.Solution, declared, cancellation).ConfigureAwait(false) is not var (cacheDocument, cache) || cacheDocument.Project.Id != document.Project.Id) return null;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var cacheModel = await cacheDocument.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (model is null || cacheModel is null || use.FirstAncestorOrSelf<TypeDeclarationSyntax>() is null || Kept(cacheModel.GetDeclaredSymbol(cache, cancellation)) is not { } kept) return null;
        return new KeptSession(document, model, use, function, cacheDocument, cacheModel, cache, kept, catalogue);
    }

    private static (string, ITypeSymbol)? Kept(ISymbol? symbol) => symbol switch
    {
        IFieldSymbol field => (field.Name, field.Type),
        IPropertySymbol property => (property.Name, property.Type),
        IParameterSymbol parameter => (parameter.Name, parameter.Type),
        _ => null,
    };

    public SemanticModel ModelOf(SyntaxNode code) => code.SyntaxTree == Use.SyntaxTree ? _model : _cacheModel;

    /// <summary>The use's own function, then the members of its type and of the keeper's that it asks, directly or through each other.</summary>
    public IEnumerable<SyntaxNode> Scopes() => Reached(Function).Where(Mentions).Prepend(Function);

    /// <summary>The members that this code asks, directly or through each other, the nearest first.</summary>
    public IEnumerable<MemberDeclarationSyntax> Reached(SyntaxNode from)
    {
        var seen = new HashSet<SyntaxNode> { from };
        for (var asking = new Queue<SyntaxNode>(seen); asking.Count > 0;)
        {
            foreach (var member in MembersAskedBy(asking.Dequeue()).Where(seen.Add))
            {
                asking.Enqueue(member);
                yield return member;
            }
        }
    }

    /// <summary>Members by the name that the code says: who they are, the analyzer knows, and has followed them.</summary>
    public IEnumerable<MemberDeclarationSyntax> MembersAskedBy(SyntaxNode code)
    {
        var names = new HashSet<string>(code.DescendantNodes().OfType<SimpleNameSyntax>().Select(n => n.Identifier.ValueText), StringComparer.Ordinal);
        return new[] { Use, _cache }.Select(n => n.FirstAncestorOrSelf<TypeDeclarationSyntax>()).OfType<TypeDeclarationSyntax>().Distinct().SelectMany(t => t.Members)
            .Where(m => m.EnclosingName() is { } name && names.Contains(name) && !m.Contains(code));
    }

    /// <summary>Mentioned by name, or as the <c>field</c> of the property itself.</summary>
    private bool Mentions(MemberDeclarationSyntax code) =>
        code.Mentions(Name) || code is PropertyDeclarationSyntax property && property.Identifier.ValueText == Name && property.DescendantNodes().Any(n => n is FieldExpressionSyntax);

    /// <summary>The field or variable of that name; of another object's part that object's, <c>tenant.Channel</c>.</summary>
    public bool Refers(ExpressionSyntax expression, string name) =>
        Conditions.Refers(expression, name) || name == Name && IsOfOthers && expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var part } && part == name && StateGuard.IsStable(expression);

    private bool IsOfOthers => _cache.FirstAncestorOrSelf<TypeDeclarationSyntax>() != Use.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    /// <summary>
    /// The state that the type tells; of a socket, which remembers only its last operation, the probe of the runtime package. Of a library's
    /// client that remembers no more, this: it knows at least of what it has seen fail, and nobody can ask further.
    /// </summary>
    public StateCheck? Check(ITypeSymbol? type, SyntaxNode scope)
    {
        var (model, position) = (ModelOf(scope), scope.SpanStart);
        return StateCheck.For(type, _catalogue, model, position, allowWeak: false) ?? StateCheck.Probing(type, model)
            ?? (type?.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) == false ? StateCheck.For(type, _catalogue, model, position, allowWeak: true) : null);
    }

    /// <summary>The document in which these nodes are replaced, all of one file.</summary>
    public Document? With(Dictionary<SyntaxNode, SyntaxNode> changes)
    {
        var tree = changes.First().Key.SyntaxTree;
        if (tree.GetRoot() is not CompilationUnitSyntax root) return null;
        var comments = new Dictionary<SyntaxAnnotation, IReadOnlyList<SyntaxTrivia>>();
        var written = root.ReplaceNodes(changes.Keys, (old, _) =>
        {
            var now = WithField(old, changes[old]).WithAdditionalAnnotations(Formatter.Annotation);
            if (Lines.Lost(old, now) is not { Count: > 0 } lost) return now;
            var mark = new SyntaxAnnotation();
            comments[mark] = lost;
            return now.WithAdditionalAnnotations(mark);
        });
        // What stood within the code stands above it.
        foreach (var comment in comments)
        {
            var place = written.GetAnnotatedNodes(comment.Key).Single().FirstAncestorOrSelf<SyntaxNode>(n => n is StatementSyntax or MemberDeclarationSyntax)!;
            written = written.ReplaceNode(place, Lines.Under(place, comment.Value, Lines.EndOfLine(root)));
        }

        if (changes.Any(c => Probes(c.Value) > Probes(c.Key))) written = RuntimeNamespace.WithUsing(written, root, ModelOf(root), changes.First().Key.SpanStart, StateCheck.Probes);
        return (tree == Use.SyntaxTree ? _document : _cacheDocument).WithSyntaxRoot(written);
    }

    /// <summary>Written apart from its property, <c>field</c> is a name like any other.</summary>
    private static SyntaxNode WithField(SyntaxNode old, SyntaxNode written) =>
        !old.DescendantNodesAndSelf().OfType<FieldExpressionSyntax>().Any() ? written
        : written.ReplaceNodes(written.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == "field"), (name, _) => SyntaxFactory.FieldExpression().WithTriviaFrom(name));

    /// <summary>How often the code asks <c>x.IsAlive()</c>; its author may have a method of that name, which needs no using.</summary>
    private static int Probes(SyntaxNode code) =>
        code.DescendantNodesAndSelf().Count(n => n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsAlive" } });
}
