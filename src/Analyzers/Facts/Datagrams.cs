using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>A socket of datagrams: its connect only remembers an address, and no peer is there that could end.</summary>
internal static class Datagrams
{
    /// <summary>The variable is given such a socket: <c>_socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp)</c>.</summary>
    public static bool AreSentBy(ISymbol? variable, Analysis analysis) => variable switch
    {
        ILocalSymbol local => local.DeclaringSyntaxReferences.Any(r => IsMadeIn(r.GetSyntax())),
        IFieldSymbol or IPropertySymbol => Assignments.To(variable, analysis).Any(a => IsMadeIn(a.Value)),
        _ => false,
    };

    /// <summary>The call names whom it is for: <c>socket.SendTo(bytes, address)</c>.</summary>
    public static bool IsAddressed(ISymbol send) => send.ContainingNamespace?.Name == "Sockets" && send.Name is "SendTo" or "SendToAsync" or "BeginSendTo";

    private static bool IsMadeIn(SyntaxNode code) => Names.Of(code).Contains("Dgram");
}
