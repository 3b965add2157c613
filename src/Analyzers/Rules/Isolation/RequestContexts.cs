using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>What the framework lends for the time of one request.</summary>
internal static class RequestContexts
{
    private static readonly string[] Known =
    [
        "Microsoft.AspNetCore.Http.HttpContext", "System.Web.HttpContext", "Microsoft.AspNetCore.SignalR.HubCallerContext", "Grpc.Core.ServerCallContext",
    ];

    /// <summary>Words without which no member speaks of such a context; null when only <see cref="HttpListenerWords"/> can matter.</summary>
    private static readonly HashSet<string> FrameworkWords = new(StringComparer.Ordinal)
    {
        "HttpContext", "HttpRequest", "HttpResponse", "Request", "Response", "Context", "Clients", "Groups", "User", "HubCallerContext", "ServerCallContext", "Use", "Run", "GetHttpContext", "HttpContextBase",
    };

    private static readonly HashSet<string> HttpListenerWords = new(StringComparer.Ordinal)
    {
        "HttpListenerContext", "HttpListenerRequest", "HttpListenerResponse", "GetContext", "GetContextAsync", "EndGetContext", "Request", "Response",
    };

    public static bool Frameworks(Analysis analysis) => Known.Any(analysis.Catalogue.Types.Exists);

    public static bool MayMention(HashSet<string> identifiers, bool frameworks) =>
        identifiers.Meets(HttpListenerWords) || frameworks && (identifiers.Meets(FrameworkWords) || identifiers.Any(i => i.StartsWith("Map", StringComparison.Ordinal)));

    public static bool IsContext(ITypeSymbol? type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            switch (candidate.Name)
            {
                case "HttpContext" or "HttpRequest" or "HttpResponse" when IsIn(candidate, "Microsoft.AspNetCore.Http") || IsIn(candidate, "System.Web"):
                case "HttpContextBase" or "HttpRequestBase" or "HttpResponseBase" when IsIn(candidate, "System.Web"):
                case "HttpListenerContext" or "HttpListenerRequest" or "HttpListenerResponse" when IsIn(candidate, "System.Net"):
                case "HubCallerContext" when IsIn(candidate, "Microsoft.AspNetCore.SignalR"):
                case "ServerCallContext" when IsIn(candidate, "Grpc.Core"):
                    return true;
            }
        }

        return false;
    }

    public static bool IsHttpListeners(ITypeSymbol? type) => type is { Name: "HttpListenerContext" or "HttpListenerRequest" or "HttpListenerResponse" };

    public static bool IsHub(ITypeSymbol? type) => Bases.IncludeNamed(type, "Hub", "Microsoft.AspNetCore.SignalR");

    /// <summary>A member of a hub, controller or page that answers from the request being handled.</summary>
    public static bool IsAmbient(IPropertySymbol property) => property.Name switch
    {
        "Clients" or "Groups" or "Context" => IsHub(property.ContainingType),
        "User" => Bases.IncludeNamed(property.ContainingType, "ControllerBase", "Microsoft.AspNetCore.Mvc") || Bases.IncludeNamed(property.ContainingType, "PageModel", "Microsoft.AspNetCore.Mvc.RazorPages"),
        _ => false,
    };

    /// <summary>Made anew for each request or call: its fields are that request's.</summary>
    public static bool IsPerRequest(INamedTypeSymbol? type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (IsHub(candidate) || Bases.IncludeNamed(candidate, "ControllerBase", "Microsoft.AspNetCore.Mvc") || Bases.IncludeNamed(candidate, "PageModel", "Microsoft.AspNetCore.Mvc.RazorPages")) return true;
            if (candidate.GetAttributes().Any(a => a.AttributeClass?.Name is "ApiControllerAttribute" or "ControllerAttribute" or "BindServiceMethodAttribute")) return true;
        }

        return false;
    }

    public static bool Implements(ITypeSymbol type, string name, string space) => type.AllInterfaces.Any(i => i.Name == name && IsIn(i, space));

    private static bool IsIn(ITypeSymbol type, string space) => type.ContainingNamespace?.ToDisplayString() == space;

    /// <summary>A test that asks only whether there is a context.</summary>
    public static bool IsOnlyAsked(IOperation reference) =>
        reference.Parent is INameOfOperation or IIsPatternOperation { Pattern: IConstantPatternOperation or INegatedPatternOperation { Pattern: IConstantPatternOperation } }
            or IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals };
}
