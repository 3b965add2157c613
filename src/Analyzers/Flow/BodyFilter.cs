using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;

namespace LifecycleAnalyzers.Flow;

/// <summary>The cheap look that comes first: by names alone, which code may touch a connection at all.</summary>
internal sealed class BodyFilter
{
    private static readonly string[] Verbs = ["Send", "Write", "Publish", "Request", "Execute", "Invoke", "Emit", "Transmit", "Post", "Open", "Connect", "Start", "Dial", "Flush", "Try"];

    private readonly Analysis _analysis;
    private readonly HashSet<string> _names;

    public BodyFilter(Analysis analysis)
    {
        _analysis = analysis;
        _names = new HashSet<string>(analysis.Catalogue.AllMemberNames(Role.Open | Role.Create | Role.Send | Role.Use), StringComparer.Ordinal);
    }

    public bool MayMatter(SyntaxTree tree, CancellationToken cancellation)
    {
        foreach (var token in tree.GetRoot(cancellation).DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && IsInteresting(token.ValueText)) return true;
        }

        return false;
    }

    /// <summary>The bodies of the file in which something is opened, sent or used.</summary>
    public IReadOnlyList<Body> BodiesIn(SyntaxTree tree, CancellationToken cancellation)
    {
        var seen = new HashSet<SyntaxNode>();
        var bodies = new List<Body>();
        foreach (var node in tree.GetRoot(cancellation).DescendantNodes())
        {
            var name = node switch
            {
                InvocationExpressionSyntax { Expression: var called } => Name(called),
                ObjectCreationExpressionSyntax { Type: var type } => Name(type),
                AssignmentExpressionSyntax { Left: var target } => Name(target),
                _ => null,
            };
            if (name is null || !IsInteresting(name) || Bodies.EnclosingDeclaration(node) is not { } enclosing || !seen.Add(enclosing)) continue;
            if (_analysis.Bodies.At(enclosing, cancellation) is { } body) bodies.Add(body);
        }

        return bodies;
    }

    private bool IsInteresting(string name)
    {
        if (_names.Contains(name)) return true;
        foreach (var verb in Verbs)
        {
            if (name.StartsWith(verb, StringComparison.Ordinal) && (name.Length == verb.Length || !char.IsLower(name[verb.Length]))) return true;
        }

        return false;
    }

    private static string? Name(ExpressionSyntax expression) => expression switch
    {
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        MemberBindingExpressionSyntax binding => binding.Name.Identifier.ValueText,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        _ => null,
    };
}
