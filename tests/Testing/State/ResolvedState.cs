using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>A file without its marks.</summary>
internal sealed record TextFile(string Path, string Text);

/// <summary>A project with everything inherited and every mark read.</summary>
internal sealed record ResolvedProject(
    string Name,
    string Folder,
    ImmutableArray<TextFile> Sources,
    ImmutableArray<TextFile> AdditionalFiles,
    ImmutableArray<TextFile> AnalyzerConfigFiles,
    ReferenceAssemblies ReferenceAssemblies,
    ImmutableArray<MetadataReference> AdditionalReferences,
    ImmutableArray<string> ProjectReferences,
    OutputKind OutputKind)
{
    public IEnumerable<TextFile> Files => [.. Sources, .. AdditionalFiles, .. AnalyzerConfigFiles];
}

/// <summary>A solution ready to be built, and the diagnostics expected in it with their places filled in.</summary>
internal sealed record ResolvedState(ImmutableArray<ResolvedProject> Projects, ImmutableArray<DiagnosticResult> Expected)
{
    public SortedDictionary<string, string> Texts()
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Projects.SelectMany(p => p.Files))
        {
            // An absolute name may be shared by projects (one .editorconfig for all).
            texts[file.Path] = file.Text;
        }

        return texts;
    }
}
