using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>A marked stretch of a test file. <see cref="Name"/> is null for <c>[|…|]</c>, a key for <c>{|#0:…|}</c>, else a diagnostic's ID.</summary>
internal readonly record struct MarkupSpan(string? Name, TextSpan Span)
{
    /// <summary>The number in <c>{|#0:…|}</c>, or null.</summary>
    public int? Key => Name is ['#', .. var digits] ? int.Parse(digits) : null;
}
