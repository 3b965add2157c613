using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// Methods as an option names them: a documentation ID, <c>Type.Method</c> with as much of the namespace as is wanted, or the name alone;
/// <c>T:Name.Space.Type</c> stands for the constructors of a type, since a <c>#</c> begins a comment there.
/// </summary>
internal sealed class MethodPattern
{
    private readonly string _name;
    private readonly bool _isPrefix;
    private readonly bool _isWholeType;
    private readonly DocumentationId? _id;

    private MethodPattern(string name, bool isPrefix, DocumentationId? id, bool isWholeType)
    {
        _name = name;
        _isPrefix = isPrefix;
        _id = id;
        _isWholeType = isWholeType;
    }

    public static MethodPattern? Parse(string text, out string problem)
    {
        var hasKind = text.Length > 1 && text[1] == ':';
        if (!hasKind && text.IndexOf('.') < 0)
        {
            var isPrefix = text.EndsWith("*", StringComparison.Ordinal);
            var name = isPrefix ? text.Substring(0, text.Length - 1) : text;
            problem = SyntaxFacts.IsValidIdentifier(name) ? "" : "'" + DocumentationId.Short(text) + "' is no name of a method";
            return problem.Length == 0 ? new MethodPattern(name, isPrefix, null, false) : null;
        }

        if (DocumentationId.Parse(hasKind ? text : "M:" + text, out problem) is not { } id) return null;
        if (id.Kind is 'T') return new MethodPattern(".ctor", false, id, true);
        if (id.Kind is 'M') return new MethodPattern(id.Member, id.IsPrefix, id, hasKind);
        problem = "'" + DocumentationId.Short(text) + "' is no method: M:Name.Space.Type.Method";
        return null;
    }

    /// <summary>Separated by commas or vertical bars; a comma within a parameter list separates parameters.</summary>
    public static ImmutableArray<string> Split(string value)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i <= value.Length; i++)
        {
            if (i < value.Length)
            {
                if (value[i] is '(' or '{' or '[') depth++;
                else if (value[i] is ')' or '}' or ']') depth--;
                if (value[i] != '|' && (value[i] != ',' || depth > 0)) continue;
            }

            if (value.Substring(start, i - start).Trim() is { Length: > 0 } part) parts.Add(part);
            start = i + 1;
        }

        return parts.ToImmutable();
    }

    public bool Matches(IMethodSymbol method)
    {
        if (_isPrefix ? !method.Name.StartsWith(_name, StringComparison.Ordinal) || method.MethodKind == MethodKind.Constructor : method.Name != _name) return false;
        if (_id is null) return true;
        if (method.ContainingType is not { } type || !IsOf(CatalogueIndex.FullName(type))) return false;
        return (_id.Arity < 0 || _id.Arity == method.Arity) && (_id.Parameters is null || TypeLines.ParametersOf(method) == _id.Parameters);
    }

    private bool IsOf(string type) =>
        type == _id!.Type || !_isWholeType && type.EndsWith("." + _id.Type, StringComparison.Ordinal);
}
