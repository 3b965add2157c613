using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>A test file without its marks, and where the marks stood, ordered by their start.</summary>
internal sealed record MarkupText(string Text, ImmutableArray<MarkupSpan> Spans)
{
    // None of the four can stand in C# outside a comment or literal, so no escape is needed.
    private static readonly Regex _marks = new(@"\[\||\|\]|\{\|(?<name>#\d+|[A-Za-z_][A-Za-z0-9_]*):|\|\}", RegexOptions.CultureInvariant);

    public static MarkupText Parse(string path, string marked)
    {
        var text = new StringBuilder(marked.Length);
        var open = new Stack<(string? Name, int Start, bool Named)>();
        var spans = ImmutableArray.CreateBuilder<MarkupSpan>();
        var from = 0;
        foreach (Match mark in _marks.Matches(marked))
        {
            text.Append(marked, from, mark.Index - from);
            from = mark.Index + mark.Length;
            if (mark.Value == "[|")
            {
                open.Push((null, text.Length, Named: false));
            }
            else if (mark.Value[0] == '{')
            {
                open.Push((mark.Groups["name"].Value, text.Length, Named: true));
            }
            else if (open.Count > 0 && open.Peek().Named == (mark.Value == "|}"))
            {
                var (name, start, _) = open.Pop();
                spans.Add(new MarkupSpan(name, TextSpan.FromBounds(start, text.Length)));
            }
            else
            {
                throw new VerifierException($"Markup of {path}: '{mark.Value}' at offset {mark.Index} closes nothing that is open.");
            }
        }

        if (open.Count > 0)
        {
            throw new VerifierException($"Markup of {path}: {open.Count} mark(s) opened but not closed, the last is '{(open.Peek().Named ? "{|" + open.Peek().Name + ":" : "[|")}'.");
        }

        text.Append(marked, from, marked.Length - from);
        // Reversed, so that of two marks around the same text the outer one, closed last, comes first.
        return new MarkupText(text.ToString(), [.. Enumerable.Reverse(spans).OrderBy(s => s.Span.Start).ThenByDescending(s => s.Span.End)]);
    }
}
