using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Facts;

/// <summary>A member that holds code, with the words in it: what its code can possibly be about, known without binding it.</summary>
internal sealed class CodeMember(SyntaxNode declaration, HashSet<string> identifiers, HashSet<string> invoked, bool hasLambda, bool subscribes, bool assignsPart)
{
    private ImmutableArray<SyntaxNode> _functions;

    public SyntaxNode Declaration { get; } = declaration;

    /// <summary>Every identifier in it (and every other word: it is read as text).</summary>
    public HashSet<string> Identifiers { get; } = identifiers;

    /// <summary>Those of them that it calls or assigns.</summary>
    public HashSet<string> Invoked { get; } = invoked;

    /// <summary>There is an arrow or a <c>delegate</c> in it: it may hold lambdas.</summary>
    public bool HasLambda { get; } = hasLambda;

    /// <summary>There is a <c>+=</c> in it: it may attach a handler.</summary>
    public bool Subscribes { get; } = subscribes;

    /// <summary>There is an assignment to a member of something in it: it may set a callback property.</summary>
    public bool AssignsPart { get; } = assignsPart;

    /// <summary>The declaration itself and the lambdas and local functions in it, each a body of its own.</summary>
    public ImmutableArray<SyntaxNode> Functions
    {
        get
        {
            if (_functions.IsDefault) _functions = FindFunctions(Declaration, HasLambda);
            return _functions;
        }
    }

    private static ImmutableArray<SyntaxNode> FindFunctions(SyntaxNode declaration, bool hasLambda)
    {
        var functions = ImmutableArray.CreateBuilder<SyntaxNode>();
        functions.Add(declaration);
        // Without an arrow there are local functions at most, and those stand among statements.
        foreach (var node in declaration.DescendantNodes(n => hasLambda || n is not ExpressionSyntax))
        {
            if (node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) functions.Add(node);
        }

        return functions.ToImmutable();
    }
}

/// <summary>The identifiers of a piece of source: what its code can possibly be about.</summary>
internal static class Names
{
    /// <summary>Whether two sets of words share one; it is the smaller one that is walked.</summary>
    public static bool Meets(this HashSet<string> words, HashSet<string> others)
    {
        var (few, many) = words.Count <= others.Count ? (words, others) : (others, words);
        foreach (var word in few)
        {
            if (many.Contains(word)) return true;
        }

        return false;
    }

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
            var (hasLambda, subscribes, assignsPart) = (false, false, false);
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
                    if (IsInvoked(i, length))
                    {
                        invoked.Add(word);
                        assignsPart |= start > 0 && _buffer[start - 1] == '.' && IsAssigned(i, length);
                    }
                }
                else
                {
                    if (i + 1 < length)
                    {
                        hasLambda |= character == '=' && _buffer[i + 1] == '>';
                        subscribes |= character == '+' && _buffer[i + 1] == '=';
                    }

                    i++;
                }
            }

            return new CodeMember(node, names, invoked, hasLambda || names.Contains("delegate"), subscribes, assignsPart);
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

        private bool IsAssigned(int end, int length)
        {
            while (end < length && char.IsWhiteSpace(_buffer[end])) end++;
            return end < length && _buffer[end] == '=' || end + 2 < length && _buffer[end] == '?' && _buffer[end + 1] == '?' && _buffer[end + 2] == '=';
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
