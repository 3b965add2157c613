using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>What a send on a connection that has ended throws, and nothing else that could go wrong: the types for a narrow <c>catch</c>.</summary>
internal sealed class SendFailures(RuleContext file)
{
    /// <summary>
    /// The metadata names of what the network I/O of a block throws, separated by semicolons; null where some of it is a library's
    /// whose exceptions nobody has told.
    /// </summary>
    public string? Of(BlockSyntax block, IEnumerable<SendSite> sites)
    {
        var found = new SortedSet<string>(Comparer<string>.Create(Compare));
        foreach (var site in sites)
        {
            if (!Add(found, site.Method, site.Type)) return null;
        }

        foreach (var call in block.DescendantNodes(n => n is not AnonymousFunctionExpressionSyntax).OfType<InvocationExpressionSyntax>())
        {
            if (file.Model.GetOperation(call, file.Cancellation) is not IInvocationOperation invocation) continue;
            // Asking for the stream of a client that is not connected.
            if (invocation.TargetMethod is { Name: "GetStream", ContainingType.Name: "TcpClient" }) found.Add("System.InvalidOperationException");
            if (file.Analysis.Io.Of(invocation) is not { } io || file.Analysis.Summaries.IsOwn(io.Method)) continue;
            if (!Add(found, io.Method, io.Type ?? io.Method.ContainingType)) return null;
        }

        // The base of it is there, too.
        if (found.Contains("System.InvalidOperationException")) found.Remove("System.ObjectDisposedException");
        return found.Count == 0 ? null : string.Join(";", found);
    }

    private bool Add(SortedSet<string> found, IMethodSymbol method, ITypeSymbol type)
    {
        var told = file.Analysis.Catalogue.Of(method).Throws;
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            switch (candidate.Name, candidate.ContainingNamespace?.ToDisplayString())
            {
                case ("Socket", "System.Net.Sockets"):
                    return Union("System.Net.Sockets.SocketException", "System.ObjectDisposedException");
                case ("TcpClient" or "UdpClient" or "TcpListener", "System.Net.Sockets"):
                    return Union("System.Net.Sockets.SocketException", "System.InvalidOperationException");
                case ("WebSocket", "System.Net.WebSockets"):
                    return Union("System.Net.WebSockets.WebSocketException", "System.ObjectDisposedException", "System.OperationCanceledException");
                case ("PipeStream", "System.IO.Pipes") or ("PipeWriter", "System.IO.Pipelines"):
                    return Union("System.IO.IOException", "System.InvalidOperationException");
                case ("SerialPort", "System.IO.Ports"):
                    return Union("System.IO.IOException", "System.InvalidOperationException", "System.TimeoutException");
            }
        }

        if (!told.IsEmpty) return Union([.. told, .. file.Analysis.Catalogue.Throws(method).Select(Name)]);
        return file.Analysis.Connections.IsCarrier(type) && Union("System.IO.IOException", "System.ObjectDisposedException");

        bool Union(params string[] names)
        {
            found.UnionWith(names.Where(n => file.Analysis.Catalogue.Types.Find(n) is not null));
            return true;
        }
    }

    private static string Name(INamedTypeSymbol type) => type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;

    /// <summary>What the network throws before what closing throws.</summary>
    private static int Compare(string? a, string? b)
    {
        var (first, second) = (Order(a), Order(b));
        return first != second ? first.CompareTo(second) : string.CompareOrdinal(a, b);

        static int Order(string? name) => name switch
        {
            "System.ObjectDisposedException" or "System.InvalidOperationException" => 2,
            "System.OperationCanceledException" or "System.TimeoutException" => 3,
            "System.Net.Sockets.SocketException" or "System.IO.IOException" => 1,
            _ => 0,
        };
    }
}
