using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A request that changes something is sent again after a failure that does not prove that it was never written.</summary>
internal sealed class LCA3005RepeatOnlyUnwritten : IRule
{
    public const string Id = "LCA3005";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not repeat a request that may have been written",
        "'{0}' is sent again after a failure that does not prove that it was not written: the server may act on it twice",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A reset, a timeout or a broken connection after the write does not tell whether the server has acted. Repeat only what provably was not written, or give the request a key by which the server knows it again.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var requests = new ChangingRequests(file);
        foreach (var member in file.CodeMembers)
        {
            if (!ChangingRequests.MayBeIn(member)) continue;
            var reported = new HashSet<SyntaxNode>();
            foreach (var node in member.Declaration.DescendantNodes())
            {
                file.Cancellation.ThrowIfCancellationRequested();
                var repeated = node switch
                {
                    TryStatementSyntax attempt when member.Identifiers.Contains("catch") => Repeats.Of(attempt, requests),
                    InvocationExpressionSyntax call => RetryHelpers.Repeated(call, requests, file),
                    _ => [],
                };
                foreach (var request in repeated)
                {
                    if (!HasKey(member.Declaration) && reported.Add(request))
                        file.Report(Diagnostic.Create(Rule, request.GetLocation(), ChangingRequests.Name(request)));
                }
            }
        }
    }

    /// <summary>A key by which the server knows a request that it has seen: it may come twice.</summary>
    private static bool HasKey(SyntaxNode declaration)
    {
        foreach (var token in declaration.DescendantTokens())
        {
            if (token.RawKind is (int)SyntaxKind.IdentifierToken or (int)SyntaxKind.StringLiteralToken or (int)SyntaxKind.InterpolatedStringTextToken
                && token.ValueText.IndexOf("idempot", StringComparison.OrdinalIgnoreCase) >= 0) return true;
        }

        return false;
    }
}
