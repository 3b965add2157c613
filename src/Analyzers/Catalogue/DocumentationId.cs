using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// A documentation-comment ID as catalogue lines use it: <c>T:Name.Space.Type</c>, <c>M:Name.Space.Type.Method</c> (all overloads),
/// <c>M:Name.Space.Type.Method(System.String)</c> (one) or <c>M:Name.Space.Type.Send*</c> (all that begin so).
/// </summary>
internal sealed class DocumentationId
{
    private DocumentationId(char kind, string type, string member, int arity, bool isPrefix, string? parameters)
    {
        Kind = kind;
        Type = type;
        Member = member;
        Arity = arity;
        IsPrefix = isPrefix;
        Parameters = parameters;
    }

    /// <summary>T, M, P, E or F.</summary>
    public char Kind { get; }

    /// <summary>The type with its namespace, nested types after a dot, arity after a backtick.</summary>
    public string Type { get; }

    /// <summary>The member's name without arity and star; empty for a type.</summary>
    public string Member { get; }

    /// <summary>The method's number of type parameters; -1 when the line leaves it open.</summary>
    public int Arity { get; }

    public bool IsPrefix { get; }

    /// <summary>The parameter list with its parentheses, as the compiler writes it; null for all overloads.</summary>
    public string? Parameters { get; }

    public static DocumentationId? Parse(string text, out string problem)
    {
        problem = "";
        if (text.Length < 3 || text[1] != ':' || "TMPEF".IndexOf(text[0]) < 0)
        {
            problem = "'" + Short(text) + "' is no documentation ID: it begins with T:, M:, P:, E: or F:";
            return null;
        }

        var kind = text[0];
        var name = text.Substring(2);
        string? parameters = null;
        var parenthesis = name.IndexOf('(');
        if (parenthesis >= 0)
        {
            parameters = name.Substring(parenthesis).Replace(" ", "");
            name = name.Substring(0, parenthesis);
            if (kind is not ('M' or 'P') || !IsBalanced(parameters))
            {
                problem = "the parameter list of '" + Short(text) + "' is not closed or stands where none can be";
                return null;
            }
        }

        var isPrefix = name.EndsWith("*", StringComparison.Ordinal);
        if (isPrefix) name = name.Substring(0, name.Length - 1);
        if (isPrefix && (kind == 'T' || parameters is not null))
        {
            problem = "a star can stand only at the end of a member's name";
            return null;
        }

        if (kind == 'T') return IsTypeName(name, out problem) ? new DocumentationId(kind, name, "", -1, false, null) : null;

        var dot = name.LastIndexOf('.');
        if (dot <= 0)
        {
            problem = "'" + Short(text) + "' names no type before its member";
            return null;
        }

        var member = name.Substring(dot + 1);
        var type = name.Substring(0, dot);
        if (!IsTypeName(type, out problem)) return null;
        var arity = -1;
        var tick = member.IndexOf("``", StringComparison.Ordinal);
        if (tick >= 0)
        {
            if (kind != 'M' || !int.TryParse(member.Substring(tick + 2), out arity) || arity <= 0)
            {
                problem = "'" + Short(member) + "' has a wrong number of type parameters";
                return null;
            }

            member = member.Substring(0, tick);
        }

        var isConstructor = kind == 'M' && member == "#ctor";
        if (!isConstructor && !(isPrefix && member.Length == 0) && !IsMemberName(member))
        {
            problem = "'" + Short(member) + "' is no name of a member";
            return null;
        }

        return new DocumentationId(kind, type, isConstructor ? ".ctor" : member, arity, isPrefix, parameters);
    }

    /// <summary>A dotted name of a type, with arities.</summary>
    public static bool IsTypeName(string name, out string problem)
    {
        problem = "";
        foreach (var part in name.Split('.'))
        {
            var tick = part.IndexOf('`');
            var identifier = tick < 0 ? part : part.Substring(0, tick);
            if (SyntaxFacts.IsValidIdentifier(identifier) && (tick < 0 || int.TryParse(part.Substring(tick + 1), out var arity) && arity > 0)) continue;
            problem = "'" + Short(name) + "' is no name of a type";
            return false;
        }

        return true;
    }

    private static bool IsMemberName(string name) => SyntaxFacts.IsValidIdentifier(name);

    private static bool IsBalanced(string parameters)
    {
        var depth = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] == '(') depth++;
            else if (parameters[i] == ')' && --depth == 0) return i == parameters.Length - 1;
        }

        return false;
    }

    /// <summary>Messages repeat what was written, but no page of it.</summary>
    internal static string Short(string text) => text.Length <= 80 ? text : text.Substring(0, 77) + "...";
}
