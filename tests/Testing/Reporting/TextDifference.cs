using System.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>What must go from and come into one text to get another, line by line: '-' is expected, '+' is actual.</summary>
internal static class TextDifference
{
    private const int Context = 3;

    public static string Describe(string expected, string actual)
    {
        var lines = Compare(expected.Split('\n'), actual.Split('\n'));
        // When nothing but white space differs, it has to be seen.
        var visible = Bare(expected) == Bare(actual);
        var text = new StringBuilder();
        var skipped = false;
        for (var i = 0; i < lines.Count; i++)
        {
            var (mark, line) = lines[i];
            if (lines.Skip(i - Context).Take((2 * Context) + 1 + Math.Min(0, i - Context)).All(l => l.Mark == ' '))
            {
                skipped = true;
                continue;
            }

            if (skipped)
            {
                text.Append("  …\n");
                skipped = false;
            }

            text.Append(mark).Append(' ').Append(visible && mark != ' ' ? Visible(line) : line).Append('\n');
        }

        return text.ToString();
    }

    private static List<(char Mark, string Line)> Compare(string[] expected, string[] actual)
    {
        // Length of the longest common subsequence of what follows each pair of lines.
        var common = new int[expected.Length + 1, actual.Length + 1];
        for (var i = expected.Length - 1; i >= 0; i--)
        {
            for (var j = actual.Length - 1; j >= 0; j--)
            {
                common[i, j] = expected[i] == actual[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<(char, string)>();
        for (int i = 0, j = 0; i < expected.Length || j < actual.Length;)
        {
            if (i < expected.Length && j < actual.Length && expected[i] == actual[j])
            {
                lines.Add((' ', expected[i]));
                i++;
                j++;
            }
            else if (j == actual.Length || (i < expected.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                lines.Add(('-', expected[i++]));
            }
            else
            {
                lines.Add(('+', actual[j++]));
            }
        }

        return lines;
    }

    private static string Bare(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static string Visible(string line) => line.Replace(' ', '·').Replace('\t', '→').Replace('\r', '␍');
}
