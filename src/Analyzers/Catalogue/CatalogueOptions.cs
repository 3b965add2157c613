using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using LifecycleAnalyzers.Rules.Setup;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// What the user set: in a global configuration, or in a section of an <c>.editorconfig</c>. The catalogue is one for the whole
/// compilation, so of several sections the first file's counts.
/// </summary>
internal sealed class CatalogueOptions
{
    private const string Prefix = "lifecycle_analyzers.";

    private static readonly string[] Names = ["conventions", "excluded_types", "send_members", "state_members", "close_members", "takes_ownership"];

    public bool Conventions { get; private set; } = true;

    /// <summary>Full names of types not to look at.</summary>
    public ImmutableHashSet<string> ExcludedTypes { get; private set; } = ImmutableHashSet<string>.Empty;

    public ImmutableArray<string> SendMembers { get; private set; } = [];

    public ImmutableArray<string> StateMembers { get; private set; } = [];

    public ImmutableArray<string> CloseMembers { get; private set; } = [];

    /// <summary>Methods and constructors that take over the connections that they are given.</summary>
    public ImmutableArray<MethodPattern> TakesOwnership { get; private set; } = [];

    public static CatalogueOptions Read(Compilation compilation, AnalyzerOptions options, ImmutableArray<Diagnostic>.Builder problems)
    {
        var result = new CatalogueOptions();
        foreach (var name in Names)
        {
            if (Value(compilation, options.AnalyzerConfigOptionsProvider, Prefix + name) is not { } value) continue;
            if (result.Set(name, value.Trim()) is { } problem) problems.Add(LCA0001CatalogueLine.InOption(Prefix + name, problem));
        }

        return result;
    }

    private static string? Value(Compilation compilation, AnalyzerConfigOptionsProvider provider, string key)
    {
        if (provider.GlobalOptions.TryGetValue(key, out var value)) return value;
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (provider.GetOptions(tree).TryGetValue(key, out value)) return value;
        }

        return null;
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "conventions":
                if (!bool.TryParse(value, out var conventions)) return "'" + DocumentationId.Short(value) + "' is neither true nor false";
                Conventions = conventions;
                return null;
            case "excluded_types":
                return SetExcluded(value);
            case "takes_ownership":
                return SetTakers(value);
            default:
                var names = Split(value, ',', '|');
                if (names.FirstOrDefault(n => !SyntaxFacts.IsValidIdentifier(n.EndsWith("*", StringComparison.Ordinal) ? n.Substring(0, n.Length - 1) : n)) is { } wrong)
                    return "'" + DocumentationId.Short(wrong) + "' is no name of a member";
                if (name == "send_members") SendMembers = names;
                else if (name == "state_members") StateMembers = names;
                else CloseMembers = names;
                return null;
        }
    }

    private string? SetExcluded(string value)
    {
        var types = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        string? problem = null;
        foreach (var part in Split(value, '|'))
        {
            if (DocumentationId.Parse(part.IndexOf(':') < 0 ? "T:" + part : part, out var reason) is { Kind: 'T' } id) types.Add(id.Type);
            else problem ??= reason.Length > 0 ? reason : "'" + DocumentationId.Short(part) + "' is no type: T:Name.Space.Type";
        }

        ExcludedTypes = types.ToImmutable();
        return problem;
    }

    private string? SetTakers(string value)
    {
        var takers = ImmutableArray.CreateBuilder<MethodPattern>();
        string? problem = null;
        foreach (var part in MethodPattern.Split(value))
        {
            if (MethodPattern.Parse(part, out var reason) is { } pattern) takers.Add(pattern);
            else problem ??= reason;
        }

        TakesOwnership = takers.ToImmutable();
        return problem;
    }

    private static ImmutableArray<string> Split(string value, params char[] separators) =>
        value.Split(separators).Select(v => v.Trim()).Where(v => v.Length > 0).ToImmutableArray();
}
