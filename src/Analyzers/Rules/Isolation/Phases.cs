using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Methods that an object runs once in its life, though nothing keeps others from calling them again.</summary>
internal static class Phases
{
    /// <summary>Phases of a connection's life, and loops of one's own, are entered once.</summary>
    public static bool IsOnce(MethodDeclarationSyntax method)
    {
        var word = ClosingFlags.Words(method.Identifier.ValueText).FirstOrDefault();
        if (word is "Connect" or "Open" or "Start" or "Handshake" or "Authenticate" or "Login" or "Logon" or "Negotiate" or "Init" or "Initialize" or "Initialise" or "Close" or "Disconnect" or "Dispose" or "Stop" or "Shutdown" or "Logout" or "Reconnect" or "Accept" or "Greet" or "Establish" or "Upgrade" or "Identify" or "Introduce") return true;
        if (word is not ("Run" or "Execute" or "Loop" or "Serve" or "Handle" or "Process" or "Listen" or "Pump" or "Main" or "Work" or "Consume")) return false;
        var isResultless = method.ReturnType is IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" } or PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        return isResultless && method.ParameterList.Parameters.All(p => p.Type?.ToString() is "CancellationToken" or "string[]");
    }
}
