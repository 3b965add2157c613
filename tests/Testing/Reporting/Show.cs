using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Diagnostics, expected and actual, as the lines of a failure message.</summary>
internal static class Show
{
    /// <summary>One-based, in the order of <see cref="DiagnosticResult.WithSpan(int, int, int, int)"/>, so that it can be pasted there.</summary>
    public static string Place(string path, LinePositionSpan span, bool startOnly = false)
    {
        var start = $"{span.Start.Line + 1},{span.Start.Character + 1}";
        return startOnly ? $"{path}({start})" : $"{path}({start},{span.End.Line + 1},{span.End.Character + 1})";
    }

    public static string Place(Location location) =>
        location.Kind == LocationKind.None ? "no location" : Place(location.GetLineSpan().Path, location.GetLineSpan().Span);

    public static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(CultureInfo.InvariantCulture);

    public static string Expected(DiagnosticResult expected)
    {
        var text = new StringBuilder(expected.Locations.IsEmpty ? "no location" : expected.Locations[0].ToString());
        if (!expected.Options.HasFlag(DiagnosticOptions.IgnoreSeverity))
        {
            text.Append(CultureInfo.InvariantCulture, $": {expected.Severity.ToString().ToLowerInvariant()}");
        }

        text.Append(CultureInfo.InvariantCulture, $": {expected.Id}");
        if (expected.Message is { } message)
        {
            text.Append(CultureInfo.InvariantCulture, $": {message}");
        }

        foreach (var location in expected.Locations.Skip(1))
        {
            text.Append(CultureInfo.InvariantCulture, $"; and {location}");
        }

        return text.ToString();
    }

    public static string Actual(Diagnostic diagnostic)
    {
        var text = new StringBuilder($"{Place(diagnostic.Location)}: {diagnostic.Severity.ToString().ToLowerInvariant()}: {diagnostic.Id}: {Message(diagnostic)}");
        foreach (var location in diagnostic.AdditionalLocations)
        {
            text.Append(CultureInfo.InvariantCulture, $"; and {Place(location)}");
        }

        return text.ToString();
    }

    /// <summary>The source line of a diagnostic with its span underlined, or nothing for one without source.</summary>
    public static string? Underlined(Diagnostic diagnostic)
    {
        if (diagnostic.Location.SourceTree is not { } tree)
        {
            return null;
        }

        var span = diagnostic.Location.SourceSpan;
        var line = tree.GetText().Lines.GetLineFromPosition(span.Start);
        var length = Math.Max(1, Math.Min(span.End, line.End) - span.Start);
        return $"    {line}\n    {new string(' ', span.Start - line.Start)}{new string('~', length)}";
    }
}
