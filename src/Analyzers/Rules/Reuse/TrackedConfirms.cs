using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>
/// Is a publish awaited until the broker has confirmed it? A channel that ends then fails every message that is written and not
/// yet confirmed with the same exception that the next publish on a closed channel gets.
/// </summary>
internal sealed class TrackedConfirms(Analysis analysis, CancellationToken cancellation)
{
    private const string Options = "CreateChannelOptions";

    public bool AreTracked(IInvocationOperation publish)
    {
        var around = publish.Syntax.Ancestors().OfType<TypeDeclarationSyntax>().LastOrDefault();
        if (around is null) return false;
        // Who makes its own channels knows how; others get theirs from somebody in this compilation.
        var own = analysis.Holders.AllCodeIn(around.SyntaxTree, cancellation).Where(m => around.Span.Contains(m.Declaration.Span)).ToList();
        if (own.Any(m => m.Identifiers.Contains("CreateChannelAsync"))) return own.Any(Tracks);
        return analysis.Compilation.SyntaxTrees.Any(t => analysis.Holders.AllCodeIn(t, cancellation).Any(Tracks));
    }

    private bool Tracks(CodeMember member)
    {
        if (!Mentions(member)) return false;
        var model = analysis.Bodies.ModelOf(member.Declaration.SyntaxTree);
        return member.Declaration.DescendantNodes().Any(n => n is BaseObjectCreationExpressionSyntax && model.GetOperation(n, cancellation) is IObjectCreationOperation { Type.Name: Options } made
            && made.Arguments.Any(a => a is { Parameter.Name: "publisherConfirmationTrackingEnabled", Value.ConstantValue: { HasValue: true, Value: true } }));
    }

    /// <summary>A field's initializer may leave the name to its declaration.</summary>
    private static bool Mentions(CodeMember member) =>
        member.Identifiers.Contains(Options) || member.Declaration is VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type: var type } } && type.ToString().EndsWith(Options, StringComparison.Ordinal);
}
