using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// The gate before everything: does the source write the name of a connection type at all? Every program references the
/// framework, so what it references tells nothing. It reads the text, which is cheaper than nodes, and stops at the first name found.
/// </summary>
internal static class MentionScan
{
    private const int ChunkSize = 8192;

    public static bool Mentions(Compilation compilation, IEnumerable<string> typeNames, bool endings, CancellationToken cancellation)
    {
        // Hashes instead of names: a collision costs a look that was not needed, and no word has to become a string.
        var names = new HashSet<int>();
        foreach (var name in typeNames)
        {
            names.Add(Hash(name));
            if (name.EndsWith("Attribute", StringComparison.Ordinal)) names.Add(Hash(name.Substring(0, name.Length - 9)));
        }

        var buffer = new char[ChunkSize];
        foreach (var tree in compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            if (tree.TryGetText(out var text) || (text = tree.GetText(cancellation)) is not null)
            {
                if (Mentions(text, names, endings, buffer)) return true;
            }
        }

        return false;
    }

    private static bool Mentions(SourceText text, HashSet<int> names, bool endings, char[] buffer)
    {
        var hash = Start;
        var length = 0;
        for (var position = 0; position < text.Length; position += ChunkSize)
        {
            var count = Math.Min(ChunkSize, text.Length - position);
            text.CopyTo(position, buffer, 0, count);
            for (var i = 0; i < count; i++)
            {
                var character = buffer[i];
                if (char.IsLetterOrDigit(character) || character == '_')
                {
                    hash = Next(hash, character);
                    length++;
                    continue;
                }

                if (length > 0 && (names.Contains(hash) || endings && EndsLikeConnection(text, position + i, length))) return true;
                hash = Start;
                length = 0;
            }
        }

        return length > 0 && (names.Contains(hash) || endings && EndsLikeConnection(text, text.Length, length));
    }

    private static bool EndsLikeConnection(SourceText text, int end, int length)
    {
        if (text[end - 1] is not ('n' or 't' or 'l' or 'm' or 'r' or 'k')) return false;
        foreach (var ending in Conventions.Endings)
        {
            if (ending.Length > length) continue;
            var i = 1;
            while (i <= ending.Length && text[end - i] == ending[ending.Length - i]) i++;
            if (i > ending.Length) return true;
        }

        return false;
    }

    private const int Start = unchecked((int)2166136261);

    private static int Next(int hash, char character) => unchecked((hash ^ character) * 16777619);

    private static int Hash(string name)
    {
        var hash = Start;
        foreach (var character in name) hash = Next(hash, character);
        return hash;
    }
}
