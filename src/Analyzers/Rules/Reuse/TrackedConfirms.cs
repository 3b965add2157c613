using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// Is a publish awaited until the broker has confirmed it? A channel that ends then fails every message that is written and not
/// yet confirmed with the same exception that the next publish on a closed channel gets.
/// </summary>
internal sealed class TrackedConfirms(Analysis analysis, CancellationToken cancellation)
{
    public bool AreTracked(IInvocationOperation publish)
    {
        var around = publish.Syntax.Ancestors().OfType<TypeDeclarationSyntax>().LastOrDefault();
        if (around is null) return false;
        // Who makes its own channels knows how; others get theirs from somebody in this compilation.
        if (Mentions(around, "CreateChannelAsync")) return Tracks(around);
        foreach (var tree in analysis.Compilation.SyntaxTrees)
        {
            if (Tracks(tree.GetRoot(cancellation))) return true;
        }

        return false;
    }

    private static bool Mentions(SyntaxNode node, string word) => node.DescendantTokens().Any(t => t.ValueText == word);

    private bool Tracks(SyntaxNode code)
    {
        if (!Mentions(code, "CreateChannelOptions")) return false;
        var model = analysis.Bodies.ModelOf(code.SyntaxTree);
        foreach (var node in code.DescendantNodes())
        {
            if (node is BaseObjectCreationExpressionSyntax && model.GetOperation(node, cancellation) is IObjectCreationOperation { Type.Name: "CreateChannelOptions" } options
                && options.Arguments.Any(a => a is { Parameter.Name: "publisherConfirmationTrackingEnabled", Value.ConstantValue: { HasValue: true, Value: true } })) return true;
        }

        return false;
    }
}
