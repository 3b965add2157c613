using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Pairs what was expected with what was reported, and says what is left over on either side.</summary>
internal static class DiagnosticMatcher
{
    public static void Verify(string state, ImmutableArray<DiagnosticResult> expected, ImmutableArray<Diagnostic> actual)
    {
        var partner = Pair(expected, actual);
        var missing = expected.Where((_, i) => !partner.Contains(i)).ToList();
        var unexpected = actual.Where((_, i) => partner[i] < 0).ToList();
        if (missing.Count == 0 && unexpected.Count == 0)
        {
            return;
        }

        var text = new StringBuilder($"The diagnostics of the {state} differ: {expected.Length} expected, {actual.Length} found.\n");
        foreach (var result in missing)
        {
            text.Append($"Missing:    {Show.Expected(result)}\n");
            var near = unexpected.Where(d => d.Id == result.Id).OrderBy(d => Distance(result, d)).FirstOrDefault();
            if (near is not null)
            {
                text.Append($"  nearest, but its {Mismatch(result, near)}\n");
            }
        }

        foreach (var diagnostic in unexpected)
        {
            text.Append($"Unexpected: {Show.Actual(diagnostic)}\n");
            if (Show.Underlined(diagnostic) is { } line)
            {
                text.Append(line).Append('\n');
            }
        }

        throw new VerifierException(text.ToString());
    }

    /// <summary>For each actual diagnostic the index of its expectation or -1. Augmenting paths, so that a loose expectation cannot take what only a strict one fits.</summary>
    private static int[] Pair(ImmutableArray<DiagnosticResult> expected, ImmutableArray<Diagnostic> actual)
    {
        var partner = Enumerable.Repeat(-1, actual.Length).ToArray();
        for (var i = 0; i < expected.Length; i++)
        {
            TryPlace(i, new bool[actual.Length]);
        }

        return partner;

        bool TryPlace(int i, bool[] tried)
        {
            for (var j = 0; j < actual.Length; j++)
            {
                if (!tried[j] && Mismatch(expected[i], actual[j]) is null)
                {
                    tried[j] = true;
                    if (partner[j] < 0 || TryPlace(partner[j], tried))
                    {
                        partner[j] = i;
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The first thing in which the two differ, or null if they fit.</summary>
    private static string? Mismatch(DiagnosticResult expected, Diagnostic actual)
    {
        if (expected.Id != actual.Id)
        {
            return $"ID is {actual.Id}";
        }

        var first = expected.Locations.IsEmpty ? (DiagnosticLocation?)null : expected.Locations[0];
        if (!Fits(first, actual.Location))
        {
            return $"place is {Show.Place(actual.Location)}";
        }

        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreSeverity) && expected.Severity != actual.Severity)
        {
            return $"severity is {actual.Severity.ToString().ToLowerInvariant()}";
        }

        if (expected.Message is { } message && message != Show.Message(actual))
        {
            return $"message is '{Show.Message(actual)}'";
        }

        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreAdditionalLocations))
        {
            var places = expected.Locations.Skip(1).ToList();
            if (places.Count != actual.AdditionalLocations.Count || !places.Zip(actual.AdditionalLocations).All(p => Fits(p.First, p.Second)))
            {
                return $"additional locations are [{string.Join(", ", actual.AdditionalLocations.Select(Show.Place))}]";
            }
        }

        return null;
    }

    private static bool Fits(DiagnosticLocation? expected, Location actual)
    {
        if (expected is not { } place || actual.Kind == LocationKind.None)
        {
            return expected is null && actual.Kind == LocationKind.None;
        }

        var span = actual.GetLineSpan();
        return place.Path == span.Path
            && place.Span.Start == span.StartLinePosition
            && (place.Options.HasFlag(DiagnosticLocationOptions.IgnoreLength) || place.Span.End == span.EndLinePosition);
    }

    private static int Distance(DiagnosticResult expected, Diagnostic actual) =>
        expected.Locations.IsEmpty ? 0 : Math.Abs(expected.Locations[0].Span.Start.Line - actual.Location.GetLineSpan().StartLinePosition.Line);
}
