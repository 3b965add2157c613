using Microsoft.CodeAnalysis;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules;

/// <summary>How every rule speaks: one help page a rule, its severity, the name of the connection.</summary>
internal static class Describe
{
    /// <summary>The address of the rule pages; set by the build where the repository has a public address.</summary>
    private static readonly string? Address = typeof(Describe).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .OfType<System.Reflection.AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "HelpAddress")?.Value;

    public static string? HelpLink(string id) => string.IsNullOrEmpty(Address) ? null : Address + "/" + id + ".md";

    /// <summary>
    /// What is softened, because somebody else hears of the failure or it costs next to nothing, is told as a suggestion: it stands in
    /// the editor, and breaks no build.
    /// </summary>
    public static DiagnosticSeverity Severity(DiagnosticDescriptor rule, bool isSoftened) => isSoftened && rule.DefaultSeverity > DiagnosticSeverity.Info ? DiagnosticSeverity.Info : rule.DefaultSeverity;

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
