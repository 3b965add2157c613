using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Where a diagnostic is expected: a span, or the key of a mark that stands for one until the sources are read.</summary>
public readonly record struct DiagnosticLocation(string? Path, LinePositionSpan Span, DiagnosticLocationOptions Options, int MarkupKey = -1)
{
    public override string ToString() =>
        Options.HasFlag(DiagnosticLocationOptions.InterpretAsMarkupKey)
            ? $"{{|#{MarkupKey}:|}}"
            : Show.Place(Path ?? "", Span, Options.HasFlag(DiagnosticLocationOptions.IgnoreLength));
}
