using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Demo.Output;

/// <summary>A diagnostic as the compiler writes it, with the source lines around it and the other places it names.</summary>
internal static class Excerpt
{
    private const int TabWidth = 4;

    public static void Write(Terminal terminal, Diagnostic diagnostic, int context, Func<string, string> shownPath)
    {
        var place = diagnostic.Location.GetLineSpan();
        terminal.Line(
            ($"{shownPath(place.Path)}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): ", Tone.Normal),
            ($"{diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Id}: ", diagnostic.Severity == DiagnosticSeverity.Error ? Tone.Bad : Tone.Warning),
            (diagnostic.GetMessage(), Tone.Normal));
        if (diagnostic.Location.SourceTree?.GetText() is not { } text) return;

        WriteLines(terminal, text, diagnostic.Location.SourceSpan, context);
        foreach (var step in diagnostic.AdditionalLocations)
        {
            if (step.SourceTree?.GetText() is not { } stepText) continue;
            var line = stepText.Lines.GetLineFromPosition(step.SourceSpan.Start);
            terminal.Line(($"    see also {shownPath(step.SourceTree.FilePath)}({line.LineNumber + 1}): ", Tone.Quiet), (line.ToString().Trim(), Tone.Quiet));
        }
    }

    private static void WriteLines(Terminal terminal, SourceText text, TextSpan span, int context)
    {
        var marked = text.Lines.GetLineFromPosition(span.Start);
        var from = Math.Max(0, marked.LineNumber - context);
        var to = Math.Min(text.Lines.Count - 1, marked.LineNumber + context);
        var width = (to + 1).ToString().Length;
        for (var number = from; number <= to; number++)
        {
            var isMarked = number == marked.LineNumber;
            var line = text.Lines[number].ToString().TrimEnd();
            terminal.Line(
                ($"  {(isMarked ? ">" : " ")} {(number + 1).ToString().PadLeft(width)} |", isMarked ? Tone.Warning : Tone.Quiet),
                (line.Length == 0 ? "" : $" {line}", isMarked ? Tone.Strong : Tone.Normal));
            if (!isMarked) continue;

            var before = Columns(text.ToString(TextSpan.FromBounds(marked.Start, span.Start)));
            var under = Math.Max(1, Columns(text.ToString(TextSpan.FromBounds(span.Start, Math.Min(span.End, marked.End)))));
            terminal.Line(($"    {new string(' ', width)} | {new string(' ', before)}{new string('^', under)}", Tone.Warning));
        }
    }

    private static int Columns(string text) => text.Sum(character => character == '\t' ? TabWidth : 1);
}
