using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Rules.Setup;

/// <summary>A line of the user's catalogue, or an option, that cannot be understood. The analysis goes on without it.</summary>
internal static class LCA0001CatalogueLine
{
    private const string Id = "LCA0001";

    public static readonly DiagnosticDescriptor Descriptor = new(Id,
        "Correct the connection catalogue",
        "{0}: {1}",
        "Setup", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A line of a '*.lifecycle.txt' file, or a 'lifecycle_analyzers' option, is not understood and therefore has no effect.",
        helpLinkUri: Describe.HelpLink(Id));

    /// <summary>A line of a file, with its place.</summary>
    public static Diagnostic InFile(string path, TextSpan span, LinePositionSpan lines, string reason) =>
        Diagnostic.Create(Descriptor, Location.Create(path, span, lines), FileName(path) + " line " + (lines.Start.Line + 1), reason);

    /// <summary>An option; it may come from any of several configuration files, so it has no place.</summary>
    public static Diagnostic InOption(string option, string reason) => Diagnostic.Create(Descriptor, Location.None, "Option " + option, reason);

    private static string FileName(string path)
    {
        var slash = path.LastIndexOfAny(['/', '\\']);
        return slash < 0 ? path : path.Substring(slash + 1);
    }
}
