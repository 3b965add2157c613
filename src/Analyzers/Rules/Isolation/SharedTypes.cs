using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Why one object serves several requests at once.</summary>
internal enum Sharing
{
    /// <summary>It does not, as far as can be seen.</summary>
    None,

    /// <summary>A framework calls it for each request, on the same object.</summary>
    Handler,

    /// <summary>It takes connections in and serves them.</summary>
    Server,
}

/// <summary>Objects that serve several requests: middleware, handlers, hosted services, servers, registered singletons.</summary>
internal sealed class SharedTypes
{
    private static readonly HashSet<string> Registering = new(StringComparer.Ordinal) { "AddSingleton", "TryAddSingleton", "AddKeyedSingleton", "TryAddKeyedSingleton", "AddHostedService", "AddActivatedSingleton" };
    private static readonly ConditionalWeakTable<Analysis, SharedTypes> Kept = new();

    private readonly Analysis _analysis;
    private readonly Lazy<HashSet<INamedTypeSymbol>> _singletons;
    private readonly ConcurrentDictionary<INamedTypeSymbol, Sharing> _known = new(SymbolEqualityComparer.Default);

    private SharedTypes(Analysis analysis)
    {
        _analysis = analysis;
        _singletons = new(FindSingletons);
    }

    public static bool IsShared(INamedTypeSymbol? type, Analysis analysis) => Of(type, analysis) != Sharing.None;

    public static Sharing Of(INamedTypeSymbol? type, Analysis analysis)
    {
        var shared = Kept.GetValue(analysis, a => new SharedTypes(a));
        return type is null ? Sharing.None : shared._known.GetOrAdd(type.OriginalDefinition, shared.Find);
    }

    private Sharing Find(INamedTypeSymbol type)
    {
        if (RequestContexts.IsPerRequest(type) || IsStream(type)) return Sharing.None;
        if (IsMiddleware(type) || RequestContexts.Implements(type, "IMiddleware", "Microsoft.AspNetCore.Http")
            || Bases.IncludeNamed(type, "ConnectionHandler", "Microsoft.AspNetCore.Connections")) return Sharing.Handler;
        if (RequestContexts.Implements(type, "IHostedService", "Microsoft.Extensions.Hosting") || AcceptsItself(type) || type.Name.EndsWith("Server", StringComparison.Ordinal) || type.Name.EndsWith("Listener", StringComparison.Ordinal)) return Sharing.Server;
        return _singletons.Value.Contains(type) ? Sharing.Handler : Sharing.None;
    }

    /// <summary>A stream is one connection, also where it waits for its peer itself.</summary>
    private static bool IsStream(INamedTypeSymbol type) =>
        Bases.Of(type.BaseType).Any(t => t is { Name: "Stream" or "Socket" or "TcpClient", ContainingNamespace.Name: "IO" or "Sockets" });

    /// <summary>Made once with the next delegate, invoked for each request.</summary>
    private static bool IsMiddleware(INamedTypeSymbol type) =>
        type.InstanceConstructors.Any(c => c.Parameters.Any(p => p.Type.Name == "RequestDelegate"))
        && type.GetMembers().Any(m => m is IMethodSymbol { Name: "Invoke" or "InvokeAsync" } method && method.Parameters.FirstOrDefault()?.Type.Name == "HttpContext");

    private bool AcceptsItself(INamedTypeSymbol type)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var name in reference.GetSyntax().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (name.Identifier.ValueText is "AcceptTcpClientAsync" or "AcceptTcpClient" or "AcceptSocketAsync" or "AcceptSocket" or "EndAcceptTcpClient" or "EndAcceptSocket" or "EndAccept" or "GetContextAsync" or "EndGetContext"
                    || name.Identifier.ValueText is "AcceptAsync" or "Accept" or "GetContext" && name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax }) return true;
            }
        }

        return false;
    }

    /// <summary>What the registrations of this compilation say: <c>AddSingleton&lt;Service, Implementation&gt;()</c>.</summary>
    private HashSet<INamedTypeSymbol> FindSingletons()
    {
        var found = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        if (!_analysis.Catalogue.Types.Exists("Microsoft.Extensions.DependencyInjection.IServiceCollection")) return found;
        foreach (var tree in _analysis.Compilation.SyntaxTrees)
        {
            SemanticModel? model = null;
            var registering = _analysis.Holders.AllCodeIn(tree, CancellationToken.None).Where(m => m.Invoked.Meets(Registering));
            foreach (var invocation in registering.SelectMany(m => m.Declaration.DescendantNodes().OfType<InvocationExpressionSyntax>()))
            {
                if (invocation.Expression is not MemberAccessExpressionSyntax { Name: var name } || !Registering.Contains(name.Identifier.ValueText)) continue;
                model ??= _analysis.Bodies.ModelOf(tree);
                foreach (var type in Registered(invocation, name, model)) found.Add(type.OriginalDefinition);
            }
        }

        return found;
    }

    private static IEnumerable<INamedTypeSymbol> Registered(InvocationExpressionSyntax invocation, SimpleNameSyntax name, SemanticModel model)
    {
        if (name is GenericNameSyntax { TypeArgumentList.Arguments: var arguments } && model.GetTypeInfo(arguments.Last()).Type is INamedTypeSymbol named) yield return named;
        foreach (var argument in invocation.ArgumentList.Arguments)
        {
            foreach (var node in argument.DescendantNodes())
            {
                if (node is TypeOfExpressionSyntax typeOf && model.GetTypeInfo(typeOf.Type).Type is INamedTypeSymbol registered) yield return registered;
                if (node is BaseObjectCreationExpressionSyntax creation && model.GetTypeInfo(creation).Type is INamedTypeSymbol created && IsWhole(creation, argument)) yield return created;
            }
        }
    }

    /// <summary>The object itself or what the factory answers, not an argument of it.</summary>
    private static bool IsWhole(BaseObjectCreationExpressionSyntax creation, ArgumentSyntax argument) =>
        creation.Parent == argument || creation.Parent is LambdaExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax;
}
