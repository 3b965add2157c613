using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A client that keeps its connections for the next request is told to close them.</summary>
internal sealed class LCA3003KeepConnectionsOpen : IRule
{
    public const string Id = "LCA3003";

    private const int Depth = 5;

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not ask a pooled client to close its connections",
        "'Connection: close' on '{0}', whose client is shared: each request has to connect anew, and the closed connections wait in TIME_WAIT",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A client that lives longer than one request pools its connections. A request that asks the server to close gives up the connection that the next request would have used, and a handshake with it. Limit the lifetime of pooled connections instead (SocketsHttpHandler.PooledConnectionLifetime).",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        SharedClients? clients = null;
        foreach (var member in file.AllCode)
        {
            if (!MayClose(member) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var operation in root.DescendantsAndSelf())
            {
                if (Headers(operation) is not { } headers) continue;
                clients ??= new SharedClients(file.Analysis, file.Cancellation);
                if (Owner(headers, clients) is { } owner)
                    file.Report(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), owner));
            }
        }
    }

    private static bool MayClose(CodeMember member)
    {
        if (member.Identifiers.Contains("ConnectionClose")) return true;
        if (!member.Invoked.Contains("Add") && !member.Invoked.Contains("TryAddWithoutValidation") && !member.Invoked.Contains("ParseAdd") && !member.Invoked.Contains("TryParseAdd") && !member.Identifiers.Contains("Connection")) return false;
        return member.Identifiers.Contains("Connection") || member.Declaration.DescendantTokens().Any(t => t.IsKind(SyntaxKind.StringLiteralToken) && string.Equals(t.ValueText, "Connection", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The request headers that the operation adds "Connection: close" to; null for anything else.</summary>
    private static IOperation? Headers(IOperation operation)
    {
        switch (operation)
        {
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "ConnectionClose", Instance: { } headers } } assignment when IsRequestHeaders(headers.Type):
                return Values.Unwrapped(assignment.Value).ConstantValue is { HasValue: true, Value: true } ? headers : null;
            case IInvocationOperation { TargetMethod.Name: "Add" or "TryAddWithoutValidation", Instance: { } headers, Arguments: [var name, var value] } when IsHeaders(headers.Type):
                return Is(name.Value, "Connection") && MeansClose(value.Value) ? headers : null;
            case IInvocationOperation { TargetMethod.Name: "Add" or "ParseAdd" or "TryParseAdd", Instance: { } list, Arguments: [var value, ..] } when MeansClose(value.Value):
                return Receiver(list) is IPropertyReferenceOperation { Property.Name: "Connection", Instance: { } of } && IsRequestHeaders(of.Type) ? of : null;
            default:
                return null;
        }
    }

    private static bool IsRequestHeaders(ITypeSymbol? type) => Bases.IncludeNamed(type, "HttpRequestHeaders", "System.Net.Http.Headers");

    private static bool IsHeaders(ITypeSymbol? type) => type?.Name is "HttpRequestHeaders" or "HttpHeaders" && type.ContainingNamespace?.ToDisplayString() == "System.Net.Http.Headers";

    private static bool Is(IOperation value, string text) =>
        Values.Unwrapped(value).ConstantValue is { HasValue: true, Value: string constant } && string.Equals(constant.Trim(), text, StringComparison.OrdinalIgnoreCase);

    private static bool MeansClose(IOperation value) => Is(value, "close") || Values.Unwrapped(value) switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues.Any(e => Is(e, "close")),
        ICollectionExpressionOperation collection => collection.Elements.Any(e => Is(e, "close")),
        _ => false,
    };

    /// <summary>What an initialiser's member belongs to; anything else is itself.</summary>
    private static IOperation Receiver(IOperation operation)
    {
        operation = Values.Unwrapped(operation);
        if (operation is not IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ImplicitReceiver }) return operation;
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is not IObjectOrCollectionInitializerOperation) continue;
            return parent.Parent switch
            {
                IMemberInitializerOperation member => member.InitializedMember,
                IObjectCreationOperation creation => creation,
                _ => operation,
            };
        }

        return operation;
    }

    /// <summary>The name of the request or client that the headers belong to, where its client is a shared one.</summary>
    private static string? Owner(IOperation headers, SharedClients clients, int depth = Depth)
    {
        headers = Receiver(headers);
        switch (headers)
        {
            case IPropertyReferenceOperation { Property.Name: "DefaultRequestHeaders", Instance: { } instance }:
                var client = Receiver(instance);
                return clients.IsShared(client, Depth) ? Name(client) : null;
            case IPropertyReferenceOperation { Property.Name: "Headers", Instance: { } instance } when SharedClients.IsRequest(instance.Type):
                var request = Receiver(instance);
                return clients.IsSentByShared(request, Depth) ? Name(request) : null;
            case ILocalReferenceOperation { Local: var local } when depth > 0:
                return Values.AssignedTo(local, headers).Select(v => Owner(v, clients, depth - 1)).FirstOrDefault(n => n is not null);
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } } parameter } when depth > 0:
                return clients.Arguments(parameter).Select(v => Owner(v, clients, depth - 1)).FirstOrDefault(n => n is not null);
            default:
                return null;
        }
    }

    private static string Name(IOperation operation) => Values.Unwrapped(operation) switch
    {
        ILocalReferenceOperation local => local.Local.Name,
        IParameterReferenceOperation parameter => parameter.Parameter.Name,
        IMemberReferenceOperation member => member.Member.Name,
        var other => other.Type?.Name ?? "HttpClient",
    };
}
