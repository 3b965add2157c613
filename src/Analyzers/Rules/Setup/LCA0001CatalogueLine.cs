using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using LifecycleAnalyzers.Catalogue;

namespace LifecycleAnalyzers.Rules.Setup;

/// <summary>A line of the user's catalogue, an option or an attribute that cannot be understood. The analysis goes on without it.</summary>
internal static class LCA0001CatalogueLine
{
    private const string Id = "LCA0001";

    public static readonly DiagnosticDescriptor Descriptor = new(Id,
        "Correct the connection catalogue",
        "{0}: {1}",
        "Setup", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A line of a '*.lifecycle.txt' file, a 'lifecycle_analyzers' option, or an attribute of the runtime package says what cannot be and therefore has no effect.",
        helpLinkUri: Describe.HelpLink(Id));

    /// <summary>A line of a file, with its place.</summary>
    public static Diagnostic InFile(string path, TextSpan span, LinePositionSpan lines, string reason) =>
        Diagnostic.Create(Descriptor, Location.Create(path, span, lines), FileName(path) + " line " + (lines.Start.Line + 1), reason);

    /// <summary>The attributes of a file.</summary>
    public static IEnumerable<Diagnostic> InSource(SemanticModel model, CancellationToken cancellation) =>
        AttributeProblems.In(model, cancellation).Select(p => Diagnostic.Create(Descriptor, p.Attribute.GetLocation(), $"[{p.Attribute.Name}]", p.Reason));

    /// <summary>An option; it may come from any of several configuration files, so it has no place.</summary>
    public static Diagnostic InOption(string option, string reason) => Diagnostic.Create(Descriptor, Location.None, "Option " + option, reason);

    private static string FileName(string path)
    {
        var slash = path.LastIndexOfAny(['/', '\\']);
        return slash < 0 ? path : path.Substring(slash + 1);
    }
}
