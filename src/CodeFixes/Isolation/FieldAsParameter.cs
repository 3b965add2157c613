using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// A field that becomes a local of the method that fills it and, where that calls private methods that read it, their parameter.
/// </summary>
internal sealed class FieldAsParameter
{
    private static readonly SyntaxAnnotation Dead = new();

    private readonly SyntaxNode _root;
    private readonly SemanticModel _model;
    private readonly AssignmentExpressionSyntax _assignment;
    private readonly ExpressionStatementSyntax _statement;
    private readonly BlockSyntax _block;
    private readonly IFieldSymbol _field;
    private readonly FieldDeclarationSyntax _declaration;

    private readonly List<ExpressionSyntax> _uses = [];
    private readonly List<SyntaxNode> _dead = [];
    private readonly HashSet<MethodDeclarationSyntax> _readers = [];
    private readonly List<InvocationExpressionSyntax> _calls = [];
    private readonly List<ExpressionSyntax> _groups = [];

    private FieldAsParameter(SyntaxNode root, SemanticModel model, AssignmentExpressionSyntax assignment, ExpressionStatementSyntax statement, BlockSyntax block, IFieldSymbol field, FieldDeclarationSyntax declaration) =>
        (_root, _model, _assignment, _statement, _block, _field, _declaration) = (root, model, assignment, statement, block, field, declaration);

    /// <summary>The root without the field; null where somebody else needs it.</summary>
    public static SyntaxNode? Write(SyntaxNode root, AssignmentExpressionSyntax assignment, SemanticModel model)
    {
        if (!assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) || assignment.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement) return null;
        if (model.GetSymbolInfo(assignment.Left).Symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private, DeclaringSyntaxReferences: [var declared], ContainingType.DeclaringSyntaxReferences.Length: 1 } field) return null;
        if (declared.SyntaxTree != root.SyntaxTree || declared.GetSyntax() is not VariableDeclaratorSyntax { Initializer: null, Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax declaration } }) return null;
        var plan = new FieldAsParameter(root, model, assignment, statement, block, field, declaration);
        return plan.FindUses() && plan.FindCalls() && plan.Name() is { } name ? plan.Rewrite(name) : null;
    }

    /// <summary>One value: the one assigned. Uses stand behind it in its block, or in private methods that can be given it.</summary>
    private bool FindUses()
    {
        foreach (var name in ReferencesTo(_field, _root))
        {
            var use = Whole(name);
            if (use == _assignment.Left) continue;
            if (use.Parent is AssignmentExpressionSyntax other && other.Left == use)
            {
                // A field that is emptied afterwards; a local needs none of that.
                if (!other.Right.IsKind(SyntaxKind.NullLiteralExpression) || other.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax { Statements.Count: > 1 } } emptying) return false;
                _dead.Add(emptying);
                continue;
            }

            if (use.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } || !IsReached(use)) return false;
            _uses.Add(use);
        }

        return true;
    }

    /// <summary>The methods that are to be given the value are called where it is at hand, and nowhere else.</summary>
    private bool FindCalls()
    {
        var asked = new HashSet<MethodDeclarationSyntax>();
        while (_readers.FirstOrDefault(r => !asked.Contains(r)) is { } reader)
        {
            asked.Add(reader);
            if (_model.GetDeclaredSymbol(reader) is not { } method) return false;
            var isCalled = false;
            foreach (var name in ReferencesTo(method, _root))
            {
                var reference = Whole(name);
                if (!IsReached(reference)) return false;
                if (reference.Parent is InvocationExpressionSyntax call && call.Expression == reference) _calls.Add(call);
                else if (reference.Parent is ArgumentSyntax { RefKindKeyword.RawKind: 0 } && Delegate(reference) is { } asDelegate && asDelegate.Parameters.Length == method.Parameters.Length) _groups.Add(reference);
                else return false;
                isCalled = true;
            }

            if (!isCalled) return false;
        }

        return true;
    }

    /// <summary>Behind the assignment in its block, or in a method that can be given the value.</summary>
    private bool IsReached(ExpressionSyntax node)
    {
        if (_block.Span.Contains(node.Span)) return node.SpanStart > _assignment.SpanStart;
        if (node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method || method.Span.Contains(_assignment.Span) || !CanBeGiven(method)) return false;
        _readers.Add(method);
        return true;
    }

    private static bool CanBeGiven(MethodDeclarationSyntax method) =>
        method.ExplicitInterfaceSpecifier is null && method.TypeParameterList is null && method.ParameterList.Parameters.All(p => !p.Modifiers.Any(SyntaxKind.ThisKeyword))
        && method.Modifiers.All(m => m.RawKind is (int)SyntaxKind.PrivateKeyword or (int)SyntaxKind.AsyncKeyword or (int)SyntaxKind.StaticKeyword);

    private IMethodSymbol? Delegate(ExpressionSyntax group) => (_model.GetTypeInfo(group).ConvertedType as INamedTypeSymbol)?.DelegateInvokeMethod;

    /// <summary>A name that is free wherever the value goes: that of the variable that it comes from, if it has one.</summary>
    private string? Name()
    {
        if (_assignment.Right is IdentifierNameSyntax given && IsUnchanging(given) && _readers.All(r => IsFree(given.Identifier.ValueText, r.ParameterList.Span.End, r))) return given.Identifier.ValueText;
        var bare = _field.Name.TrimStart('_');
        if (bare.StartsWith("s_", StringComparison.Ordinal)) bare = bare.Substring(2);
        if (bare.Length == 0 || SyntaxFacts.GetKeywordKind(bare) != SyntaxKind.None) return null;
        var candidates = new[] { bare, "current" + char.ToUpperInvariant(bare[0]) + bare.Substring(1) };
        return candidates.FirstOrDefault(c => c != _field.Name && IsFree(c, _assignment.SpanStart, _block) && _readers.All(r => IsFree(c, r.ParameterList.Span.End, r)));
    }

    /// <summary>A variable of the field's type that is never given another value: it serves as well as a copy of it.</summary>
    private bool IsUnchanging(IdentifierNameSyntax variable) =>
        _block.Statements.Count > 1 && !_statement.DescendantTrivia().Concat(_declaration.DescendantTrivia()).Any(Lines.IsComment) && _model.GetSymbolInfo(variable).Symbol is ILocalSymbol or IParameterSymbol { RefKind: RefKind.None }
        && SymbolEqualityComparer.Default.Equals(_model.GetTypeInfo(variable).Type, _field.Type) && Functions.Enclosing(_assignment) is { } function
        && !WrittenNames.In(function).Contains(variable.Identifier.ValueText);

    private bool IsFree(string name, int position, SyntaxNode code) =>
        _model.LookupSymbols(position, name: name).IsEmpty
        && !code.DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == name && t.Parent is VariableDeclaratorSyntax or ParameterSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax or CatchDeclarationSyntax);

    private SyntaxNode? Rewrite(string name)
    {
        var isNotNull = _model.GetTypeInfo(_assignment.Right).Nullability.FlowState == NullableFlowState.NotNull;
        var type = isNotNull && _declaration.Declaration.Type is NullableTypeSyntax { ElementType: var element } && _field.Type.IsReferenceType ? element : _declaration.Declaration.Type;
        var made = new Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>>();
        foreach (var use in _uses)
        {
            var whole = isNotNull && use.Parent is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed ? suppressed : use;
            made[whole] = old => SyntaxFactory.IdentifierName(name).WithTriviaFrom(old);
        }

        foreach (var call in _calls) made[call.ArgumentList] = old => WithFirst((ArgumentListSyntax)old, name);
        foreach (var group in _groups) made[group] = old => SyntaxFactory.ParseExpression(Lambda(group, name)).WithTriviaFrom(old);
        foreach (var reader in _readers) made[reader.ParameterList] = old => WithFirst((ParameterListSyntax)old, type.WithoutTrivia().ToString(), name);
        foreach (var dead in _dead.Append(_declaration)) made[dead] = old => old.WithAdditionalAnnotations(Dead);
        if (_assignment.Right is IdentifierNameSyntax given && given.Identifier.ValueText == name) made[_statement] = old => old.WithAdditionalAnnotations(Dead);
        else made[_statement] = old => Local((ExpressionStatementSyntax)old, type, name);
        // No empty line at the head of a type whose first member was the field.
        if (_declaration.Parent is TypeDeclarationSyntax { Members: [var first, var second, ..] } && first == _declaration) made[second] = WithoutGap;
        var changed = _root.ReplaceNodes(made.Keys, (node, old) => made[node](old));
        return changed.RemoveNodes(changed.GetAnnotatedNodes(Dead), SyntaxRemoveOptions.KeepUnbalancedDirectives);
    }

    private static SyntaxNode WithoutGap(SyntaxNode member) =>
        member.GetLeadingTrivia() is [var line, ..] trivia && line.IsKind(SyntaxKind.EndOfLineTrivia) ? member.WithLeadingTrivia(trivia.Skip(1)) : member;

    private StatementSyntax Local(ExpressionStatementSyntax statement, TypeSyntax type, string name)
    {
        // A value that the field would convert needs the field's type.
        var given = _model.GetTypeInfo(_assignment.Right).Type;
        var isSame = SymbolEqualityComparer.Default.Equals(given, _field.Type) || _field.Type.IsReferenceType && SymbolEqualityComparer.Default.Equals(given?.OriginalDefinition, _field.Type.OriginalDefinition);
        var written = isSame ? "var" : type.WithoutTrivia().ToString();
        var local = SyntaxFactory.ParseStatement($"{written} {name} = {((AssignmentExpressionSyntax)statement.Expression).Right.WithoutTrivia()};").WithTriviaFrom(statement);
        // What was said of the field is true of the local.
        return Lines.Under(local, Lines.Lost(_declaration), Lines.EndOfLine(statement));
    }

    private static ArgumentListSyntax WithFirst(ArgumentListSyntax arguments, string name) =>
        arguments.WithArguments(arguments.Arguments.Insert(0, SyntaxFactory.Argument(SyntaxFactory.IdentifierName(name)))).WithAdditionalAnnotations(Formatter.Annotation);

    private static ParameterListSyntax WithFirst(ParameterListSyntax parameters, string type, string name) =>
        parameters.WithParameters(parameters.Parameters.Insert(0, SyntaxFactory.Parameter(SyntaxFactory.Identifier(name)).WithType(SyntaxFactory.ParseTypeName(type).WithTrailingTrivia(SyntaxFactory.Space)))).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary><c>ServeAsync</c>, handed over as a delegate, becomes <c>() => ServeAsync(client)</c>.</summary>
    private string Lambda(ExpressionSyntax group, string name)
    {
        var method = (IMethodSymbol)_model.GetSymbolInfo(group).Symbol!;
        var names = method.Parameters.Select(p => Unused(p.Name)).ToList();
        var taken = names.Count == 1 ? names[0] : "(" + string.Join(", ", names) + ")";
        return taken + " => " + group.WithoutTrivia() + "(" + string.Join(", ", names.Prepend(name)) + ")";

        string Unused(string parameter)
        {
            var unused = parameter;
            for (var number = 2; unused == name || _model.LookupSymbols(group.SpanStart, name: unused).Any(s => s is ILocalSymbol or IParameterSymbol); number++) unused = parameter + number;
            return unused;
        }
    }

    private IEnumerable<IdentifierNameSyntax> ReferencesTo(ISymbol symbol, SyntaxNode within) =>
        within.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == symbol.Name && SymbolEqualityComparer.Default.Equals(_model.GetSymbolInfo(n).Symbol, symbol));

    /// <summary><c>this._field</c> as a whole.</summary>
    private static ExpressionSyntax Whole(IdentifierNameSyntax name) => name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access && access.Name == name ? access : name;
}
