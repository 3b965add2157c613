using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents;

public enum DiffKind { Same, Removed, Added }

/// <summary>One line of a difference, with its number, from 1, in the text before or, for an added line, after.</summary>
public sealed record DiffLine(DiffKind Kind, int Number, string Text);

/// <summary>The difference of two texts by whole lines.</summary>
public static class LineDiff
{
    /// <summary>Every line of both texts, in order; a change is its removed lines, then its added ones.</summary>
    public static ImmutableArray<DiffLine> Of(string before, string after)
    {
        string[] a = before.Split('\n'), b = after.Split('\n');
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start]) start++;
        int aEnd = a.Length, bEnd = b.Length;
        while (aEnd > start && bEnd > start && a[aEnd - 1] == b[bEnd - 1]) (aEnd, bEnd) = (aEnd - 1, bEnd - 1);

        var lines = ImmutableArray.CreateBuilder<DiffLine>();
        for (var i = 0; i < start; i++) lines.Add(new(DiffKind.Same, i + 1, a[i]));
        Middle(a, start, aEnd, b, start, bEnd, lines);
        for (var i = aEnd; i < a.Length; i++) lines.Add(new(DiffKind.Same, i + 1, a[i]));
        return lines.ToImmutable();
    }

    /// <summary>The changes alone, each run of them with so many unchanged lines around it; runs that touch are one.</summary>
    public static ImmutableArray<ImmutableArray<DiffLine>> Hunks(string before, string after, int context)
    {
        var lines = Of(before, after);
        var hunks = ImmutableArray.CreateBuilder<ImmutableArray<DiffLine>>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Kind == DiffKind.Same) continue;
            var (from, lastChange) = (Math.Max(0, i - context), i);
            for (var j = i; j < lines.Length && j - lastChange <= 2 * context + 1; j++)
            {
                if (lines[j].Kind != DiffKind.Same) lastChange = j;
            }

            var to = Math.Min(lines.Length, lastChange + context + 1);
            hunks.Add(lines[from..to]);
            i = lastChange;
        }

        return hunks.ToImmutable();
    }

    /// <summary>The longest common subsequence of what is left when equal beginnings and ends are gone.</summary>
    private static void Middle(string[] a, int aStart, int aEnd, string[] b, int bStart, int bEnd, ImmutableArray<DiffLine>.Builder lines)
    {
        int rows = aEnd - aStart, columns = bEnd - bStart;
        var common = new int[rows + 1, columns + 1];
        for (var i = rows - 1; i >= 0; i--)
        {
            for (var j = columns - 1; j >= 0; j--)
            {
                common[i, j] = a[aStart + i] == b[bStart + j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        int x = 0, y = 0;
        while (x < rows || y < columns)
        {
            if (x < rows && y < columns && a[aStart + x] == b[bStart + y])
            {
                lines.Add(new(DiffKind.Same, aStart + x + 1, a[aStart + x]));
                (x, y) = (x + 1, y + 1);
            }
            else if (x < rows && (y == columns || common[x + 1, y] >= common[x, y + 1]))
            {
                lines.Add(new(DiffKind.Removed, aStart + x + 1, a[aStart + x]));
                x++;
            }
            else
            {
                lines.Add(new(DiffKind.Added, bStart + y + 1, b[bStart + y]));
                y++;
            }
        }
    }
}
