using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Rules;

/// <summary>How every rule's descriptor is made: one category a family, one help page a rule.</summary>
internal static class Describe
{
    /// <summary>The address of the rule pages; set by the build where the repository has a public address.</summary>
    private static readonly string? Address = typeof(Describe).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
        .OfType<System.Reflection.AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "HelpAddress")?.Value;

    public static string? HelpLink(string id) => string.IsNullOrEmpty(Address) ? null : Address + "/" + id + ".md";
}
