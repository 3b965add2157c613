using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Facts;

/// <summary>A member that holds code, with the words in it: what its code can possibly be about, known without binding it.</summary>
internal sealed class CodeMember(SyntaxNode declaration, HashSet<string> identifiers, HashSet<string> invoked)
{
    public SyntaxNode Declaration { get; } = declaration;

    /// <summary>Every identifier in it (and every other word: it is read as text).</summary>
    public HashSet<string> Identifiers { get; } = identifiers;

    /// <summary>Those of them that it calls or assigns.</summary>
    public HashSet<string> Invoked { get; } = invoked;
}

/// <summary>The identifiers of a piece of source: what its code can possibly be about.</summary>
internal static class Names
{
    /// <summary>The members of a file that hold code, each with its words.</summary>
    public static IEnumerable<CodeMember> In(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = tree.GetRoot(cancellation);
        var words = new Words(tree.GetText(cancellation));
        if (root is CompilationUnitSyntax unit && unit.Members.Any(m => m is GlobalStatementSyntax)) yield return words.Of(unit);
        foreach (var node in root.DescendantNodes(n => n is not (BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax)))
        {
            switch (node)
            {
                case BaseMethodDeclarationSyntax { Body: null, ExpressionBody: null } or AccessorDeclarationSyntax { Body: null, ExpressionBody: null }:
                    break;
                case BaseMethodDeclarationSyntax or AccessorDeclarationSyntax:
                case ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }:
                case VariableDeclaratorSyntax { Initializer: not null, Parent.Parent: BaseFieldDeclarationSyntax }:
                case PropertyDeclarationSyntax { Initializer: not null }:
                    yield return words.Of(node);
                    break;
            }
        }
    }

    public static HashSet<string> Of(SyntaxNode node) => new Words(node.SyntaxTree.GetText()).Of(node).Identifiers;

    /// <summary>
    /// Reads words as text: making a node and a token of every one costs ten times as much. Comments are left out; a word in a
    /// string is one too many, which costs a look and nothing else.
    /// </summary>
    private sealed class Words(SourceText text)
    {
        // One string for each word of the file, found by its hash.
        private readonly Dictionary<int, string> _known = [];
        private char[] _buffer = [];

        public CodeMember Of(SyntaxNode node)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            var invoked = new HashSet<string>(StringComparer.Ordinal);
            var length = node.Span.Length;
            if (_buffer.Length < length) _buffer = new char[length];
            text.CopyTo(node.SpanStart, _buffer, 0, length);
            var i = 0;
            while (i < length)
            {
                var character = _buffer[i];
                if (character == '/' && i + 1 < length && _buffer[i + 1] is '/' or '*')
                {
                    i = EndOfComment(i, length);
                }
                else if (char.IsLetter(character) || character == '_')
                {
                    var start = i;
                    while (i < length && (char.IsLetterOrDigit(_buffer[i]) || _buffer[i] == '_')) i++;
                    var word = Word(start, i - start);
                    names.Add(word);
                    if (IsInvoked(i, length)) invoked.Add(word);
                }
                else
                {
                    i++;
                }
            }

            return new CodeMember(node, names, invoked);
        }

        private int EndOfComment(int i, int length)
        {
            if (_buffer[i + 1] == '/')
            {
                // In a string, `//` is part of an address; the words behind it in the line are still read.
                for (var before = i - 1; before >= 0 && _buffer[before] != '\n'; before--)
                {
                    if (_buffer[before] == '"') return i + 2;
                }

                while (i < length && _buffer[i] != '\n') i++;
                return i;
            }

            i += 2;
            while (i + 1 < length && !(_buffer[i] == '*' && _buffer[i + 1] == '/')) i++;
            return i + 2;
        }

        /// <summary>Followed by arguments, type arguments or an assignment of any kind.</summary>
        private bool IsInvoked(int end, int length)
        {
            while (end < length && char.IsWhiteSpace(_buffer[end])) end++;
            if (end >= length) return false;
            return _buffer[end] switch
            {
                '(' or '<' => true,
                '=' => end + 1 >= length || _buffer[end + 1] is not ('=' or '>'),
                '+' or '-' or '|' or '&' or '*' or '?' => end + 1 < length && _buffer[end + 1] is '=' or '?',
                _ => false,
            };
        }

        private string Word(int start, int length)
        {
            var hash = unchecked((int)2166136261);
            for (var i = start; i < start + length; i++) hash = unchecked((hash ^ _buffer[i]) * 16777619);
            if (_known.TryGetValue(hash, out var known) && IsSame(known, start, length)) return known;
            return _known[hash] = new string(_buffer, start, length);
        }

        private bool IsSame(string word, int start, int length)
        {
            if (word.Length != length) return false;
            for (var i = 0; i < length; i++)
            {
                if (word[i] != _buffer[start + i]) return false;
            }

            return true;
        }
    }
}
