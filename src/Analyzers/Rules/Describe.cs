using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules;

/// <summary>How every rule's descriptor is made: one category a family, one help page a rule.</summary>
internal static class Describe
{
    /// <summary>The address of the rule pages; set by the build where the repository has a public address.</summary>
    private static readonly string? Address = typeof(Describe).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .OfType<System.Reflection.AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "HelpAddress")?.Value;

    public static string? HelpLink(string id) => string.IsNullOrEmpty(Address) ? null : Address + "/" + id + ".md";

    /// <summary>The connection as the reader of the code knows it: the first one on the path, not what lies inside it.</summary>
    public static string Connection(RuleContext file, SendFact send) => Connection(file, send.Connection) ?? send.Type?.Name ?? "this";

    public static string? Connection(RuleContext file, Place connection)
    {
        string? name = null;
        for (Place? part = connection; part is not null; part = part.Parent)
        {
            if (part.Symbol is not (IFieldSymbol or IPropertySymbol or IParameterSymbol or ILocalSymbol)) continue;
            if (name is null || file.Analysis.Connections.TypeOf(part.Type) is not null) name = part.Symbol.Name;
        }

        return name;
    }
}
