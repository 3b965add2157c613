using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>What a catalogue file says, and the lines of it that say nothing.</summary>
internal sealed class CatalogueFile(string path, ImmutableArray<CatalogueEntry> entries, ImmutableArray<CatalogueProblem> problems)
{
    public string Path { get; } = path;

    public ImmutableArray<CatalogueEntry> Entries { get; } = entries;

    public ImmutableArray<CatalogueProblem> Problems { get; } = problems;
}

/// <summary>A place in a catalogue file and what is wrong there.</summary>
internal readonly struct CatalogueProblem(TextSpan span, LinePositionSpan lines, string reason)
{
    public TextSpan Span { get; } = span;

    public LinePositionSpan Lines { get; } = lines;

    public string Reason { get; } = reason;
}
