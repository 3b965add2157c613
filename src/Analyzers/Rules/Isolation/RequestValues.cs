using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Why a value belongs to one request.</summary>
internal enum Origin
{
    None,

    /// <summary>The framework's context, or a part of it.</summary>
    Ambient,

    /// <summary>A connection that the function was given as its parameter.</summary>
    Handed,

    /// <summary>Accepted by this very function.</summary>
    Accepted,
}

/// <summary>Where a connection or context comes from.</summary>
internal static class RequestValues
{
    public static Origin Origin(IOperation value, RuleContext file, int depth)
    {
        var operation = Code.Unwrapped(value);
        if (depth == 0) return Isolation.Origin.None;
        switch (operation)
        {
            case IAwaitOperation awaited:
                return Origin(awaited.Operation, file, depth);
            case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WaitAsync" or "AsTask", Instance: { } task }:
                return Origin(task, file, depth);
            case IInvocationOperation { TargetMethod.Name: var name } call when name.StartsWith("Accept", StringComparison.Ordinal) || name.StartsWith("EndAccept", StringComparison.Ordinal) || name is "GetContext" or "GetContextAsync" or "EndGetContext":
                // What a request is upgraded to is that request's still.
                return call.Instance is { } source && Origin(source, file, depth - 1) is var from && (from == Isolation.Origin.Ambient || RequestContexts.IsContext(source.Type) && from != Isolation.Origin.None) ? from : Isolation.Origin.Accepted;
            case IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol method } parameter:
                if (RequestContexts.IsContext(parameter.Type) && !RequestContexts.IsHttpListeners(parameter.Type)) return Isolation.Origin.Ambient;
                // Where to write is a setting: `Log.Out = writer`.
                if (method.MethodKind == MethodKind.PropertySet && !IsAcceptable(parameter.Type, file)) return Isolation.Origin.None;
                return method.MethodKind != MethodKind.Constructor && IsOfRequest(parameter.Type, file) ? Isolation.Origin.Handed : Isolation.Origin.None;
            case ILocalReferenceOperation local when local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(file.Cancellation) is { } declaration && declaration.SyntaxTree == file.Tree:
                return declaration is VariableDeclaratorSyntax { Initializer.Value: var initial } && file.Model.GetOperation(initial, file.Cancellation) is { } initializer ? Origin(initializer, file, depth - 1) : Isolation.Origin.None;
            case IPropertyReferenceOperation { Instance: IInstanceReferenceOperation } own:
                return RequestContexts.IsAmbient(own.Property) || RequestContexts.IsContext(own.Type) && RequestContexts.IsPerRequest(own.Property.ContainingType) ? Isolation.Origin.Ambient : Isolation.Origin.None;
            case IPropertyReferenceOperation { Instance: { } instance, Property.Name: var part } property:
                if (RequestContexts.IsContext(property.Type) && instance.Type?.Name == "IHttpContextAccessor") return Isolation.Origin.Ambient;
                return IsPart(property.Type, file) || part == "WebSockets" ? Origin(instance, file, depth - 1) : Isolation.Origin.None;
            case IInvocationOperation call when IsPart(call.Type, file) && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } receiver && receiver is not IInstanceReferenceOperation:
                return Origin(receiver, file, depth - 1);
            // It waits for its client by itself.
            case IObjectCreationOperation { Type.Name: "NamedPipeServerStream" }:
                return Isolation.Origin.Accepted;
            case ITupleOperation tuple:
                return tuple.Elements.Select(e => Origin(e, file, depth - 1)).FirstOrDefault(o => o != Isolation.Origin.None);
            case IObjectCreationOperation creation when IsPart(creation.Type, file):
                return creation.Arguments.Select(a => IsPart(Code.Unwrapped(a.Value).Type, file) ? Origin(a.Value, file, depth - 1) : Isolation.Origin.None).FirstOrDefault(o => o != Isolation.Origin.None);
            default:
                return Isolation.Origin.None;
        }
    }

    private static bool IsPart(ITypeSymbol? type, RuleContext file) =>
        RequestContexts.IsContext(type) || file.Analysis.Connections.LeadsToPeer(type) || type?.Name is "IDuplexPipe" or "IClientProxy" or "ISingleClientProxy" or "IHubCallerClients" or "WebSocketManager";

    /// <summary>A raw connection that somebody accepted; a client of a broker or database is no request's.</summary>
    private static bool IsOfRequest(ITypeSymbol? type, RuleContext file) =>
        file.Analysis.Connections.IsCarrier(type) || IsAcceptable(type, file);

    /// <summary>What a listener makes for each client.</summary>
    private static bool IsAcceptable(ITypeSymbol? type, RuleContext file) =>
        RequestContexts.IsContext(type) || type is not null && Accepted.Contains(type.Name) && file.Analysis.Connections.TypeOf(type) is not null;

    private static readonly HashSet<string> Accepted = new(StringComparer.Ordinal)
    {
        "Socket", "TcpClient", "NetworkStream", "SslStream", "WebSocket", "NamedPipeServerStream", "ConnectionContext", "QuicConnection", "QuicStream", "HttpListenerWebSocketContext", "PipeStream",
    };
}
