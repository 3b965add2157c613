namespace LifecycleAnalyzers.Tests.Corpus;

/// <summary>A diagnostic by its place.</summary>
internal sealed record Finding(string File, int Line, string Id)
{
    public override string ToString() => $"{File}:{Line} {Id}";
}

internal enum GapKind
{
    /// <summary>Marked, and not reported.</summary>
    Missed,

    /// <summary>Reported, and not marked.</summary>
    Extra,
}

/// <summary>A place where the analyzer and the marks part.</summary>
/// <param name="Kind">Which of the two is alone.</param>
/// <param name="Place">Where.</param>
/// <param name="Text">The reason, in the list of known gaps; the message, of what was reported.</param>
internal sealed record Gap(GapKind Kind, Finding Place, string Text)
{
    public bool IsSame(Gap other) => other.Kind == Kind && other.Place == Place;

    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()} {Place} {Text}".TrimEnd();
}
