using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary><c>Connected</c> tells how the last operation ended; it is asked whether the peer is still there.</summary>
internal sealed class LCA2003ConnectedIsNoProof : IRule
{
    public const string Id = "LCA2003";

    /// <summary>The property of the diagnostic that tells the fix what the value decides about.</summary>
    public const string Decides = "Decides";

    /// <summary>Where a connection that was kept is taken again, unread data means that it is out of step.</summary>
    public const string Reuse = "a reuse";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not take Connected for proof that the peer is there",
        "'{0}' tells how the last operation ended, not whether the peer is still there, and it decides about {1} here{2}",
        "Sending", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Connected is the state as of the last operation on the socket: it stays true when the peer has gone. Ask the socket itself (a poll that is readable with nothing to read), or send and look at the outcome.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.CodeMembers)
        {
            if (!member.Identifiers.Contains("Connected")) continue;
            foreach (var name in member.Declaration.DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != "Connected" || file.Model.GetSymbolInfo(name, file.Cancellation).Symbol is not IPropertySymbol property || !IsWeak(property) || IsOfDatagrams(name, file)) continue;
                var decision = new ConnectedDecision(file, name);
                if (decision.What() is { } what) Report(file, name, property, what, decision.Hearer);
            }
        }
    }

    /// <param name="hearer">Who hears of the end all the same.</param>
    private static void Report(RuleContext file, IdentifierNameSyntax name, IPropertySymbol property, string what, string? hearer) =>
        file.Report(Diagnostic.Create(Rule, name.GetLocation(), Describe.Severity(Rule, hearer is not null), null, ImmutableDictionary<string, string?>.Empty.Add(Decides, what),
            property.ContainingType.Name + "." + property.Name, what, hearer is null ? "" : "; " + hearer));

    /// <summary>No peer is connected by UDP: the value tells of an address that was set.</summary>
    private static bool IsOfDatagrams(IdentifierNameSyntax name, RuleContext file) => name.Parent switch
    {
        MemberAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Client", Expression: var client } } when file.Model.GetTypeInfo(client, file.Cancellation).Type is { Name: "UdpClient" } => true,
        _ when name.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { Identifier.ValueText: var type } && ClosingFlags.Words(type).Any(w => w.Equals("Udp", StringComparison.OrdinalIgnoreCase)) => true,
        MemberAccessExpressionSyntax { Expression: var socket } => Datagrams.AreSentBy(file.Model.GetSymbolInfo(socket, file.Cancellation).Symbol, file.Analysis),
        _ => false,
    };

    private static bool IsWeak(IPropertySymbol property) =>
        property.ContainingType is { Name: "Socket" or "TcpClient", ContainingNamespace: { Name: "Sockets", ContainingNamespace: { Name: "Net", ContainingNamespace.Name: "System" } } };
}
