using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Callbacks;

/// <summary>The callbacks whose code stands in one file, wherever they are subscribed.</summary>
internal sealed class CallbackFinder
{
    private static readonly string[] Registering =
    [
        "Timer", "CreateTimer", "Register", "UnsafeRegister", "ContinueWith", "QueueUserWorkItem", "UnsafeQueueUserWorkItem", "RegisterWaitForSingleObject",
        "UnsafeRegisterWaitForSingleObject", "Post", "Subscribe", "OnChange", "On", "AsyncCallback", "TimerCallback", "SendOrPostCallback", "WaitCallback", "Thread",
    ];

    /// <summary>What one speaks to, besides what connections are called: when it is open or ready, it can be spoken to.</summary>
    private static readonly HashSet<string> Partners = new(Conventions.Endings, StringComparer.Ordinal)
    {
        "Agent", "Broker", "Bus", "Circuit", "Conn", "Controller", "Device", "Driver", "Endpoint", "Gateway", "Handshake", "Host", "Hub", "Line", "Listener", "Login", "Network", "Node", "Partner", "Pipe", "Player", "Port", "Protocol",
        "Receiver", "Remote", "Sender", "Server", "Service", "Subscriber", "Subscription", "System", "Terminal", "Tls", "User", "Wire",
    };

    private readonly Analysis _analysis;
    private readonly CallbackSites _sites;
    private readonly Lazy<ILookup<string, CallbackSite>> _byMethod;
    private readonly ConcurrentDictionary<SyntaxTree, IReadOnlyList<Callback>> _kept = new();

    public CallbackFinder(Analysis analysis)
    {
        _analysis = analysis;
        var names = new HashSet<string>(Registering, StringComparer.Ordinal);
        names.UnionWith(analysis.Catalogue.AllMemberNames(Role.Registers));
        var functions = new Lazy<(HashSet<string> All, HashSet<string> Makers)>(FunctionNames);
        _sites = new CallbackSites(analysis.Holders, names, name => functions.Value.All.Contains(name), name => functions.Value.Makers.Contains(name));
        _byMethod = new(ByMethod);
    }

    /// <summary>All sites that name a method, of whichever file.</summary>
    private ILookup<string, CallbackSite> ByMethod() =>
        _analysis.Compilation.SyntaxTrees.SelectMany(t => _sites.In(t, CancellationToken.None)).Where(s => s.Method is not null).ToLookup(s => s.Method!, StringComparer.Ordinal);

    /// <summary>The names of all methods declared here, and of the members that hold delegates; and of those methods that make delegates.</summary>
    private (HashSet<string> All, HashSet<string> Makers) FunctionNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var makers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in _analysis.Implementations.Types)
        {
            foreach (var member in type.GetMembers())
            {
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation } or IFieldSymbol { Type.TypeKind: TypeKind.Delegate } or IPropertySymbol { Type.TypeKind: TypeKind.Delegate }) names.Add(member.Name);
                if (member is IMethodSymbol { MethodKind: MethodKind.Ordinary, ReturnType.TypeKind: TypeKind.Delegate }) makers.Add(member.Name);
            }
        }

        return (names, makers);
    }

    public IReadOnlyList<Callback> In(SemanticModel model, CancellationToken cancellation) =>
        _kept.TryGetValue(model.SyntaxTree, out var known) ? known : _kept.GetOrAdd(model.SyntaxTree, Find(model, cancellation));

    private IReadOnlyList<Callback> Find(SemanticModel model, CancellationToken cancellation)
    {
        var tree = model.SyntaxTree;
        var found = new Dictionary<SyntaxNode, Callback>();
        foreach (var site in _sites.In(tree, cancellation)) Bind(site, model, tree, found, cancellation);

        var declared = DeclaredNames(tree.GetRoot(cancellation));
        foreach (var site in declared.SelectMany(name => _byMethod.Value[name]).Where(s => s.Node.SyntaxTree != tree).OrderBy(s => s.Node.SyntaxTree.FilePath, StringComparer.Ordinal).ThenBy(s => s.Node.SpanStart))
            Bind(site, _analysis.Bodies.ModelOf(site.Node.SyntaxTree), tree, found, cancellation);

        foreach (var method in tree.GetRoot(cancellation).DescendantNodes(n => n is not BlockSyntax).OfType<MethodDeclarationSyntax>())
        {
            if (found.ContainsKey(method) || method.Body is null && method.ExpressionBody is null || !MayBeFrameworks(method)) continue;
            if (model.GetDeclaredSymbol(method, cancellation) is { } symbol && (_analysis.Connections.RolesOf(symbol, null) & Role.Callback) != 0)
                found[method] = new Callback(symbol, method, method.Identifier.GetLocation()) { ProvesSome = IsReady(symbol), Kind = IsOperation(symbol.ContainingType) ? CallbackKind.Callback | CallbackKind.Unwatched : CallbackKind.Callback };
        }

        return found.Values.OrderBy(c => c.Syntax.SpanStart).ToList();
    }

    private static bool MayBeFrameworks(MethodDeclarationSyntax method) =>
        method.Modifiers.Any(SyntaxKind.OverrideKeyword) || method.AttributeLists.Count > 0 || method.ExplicitInterfaceSpecifier is not null
        || method.Parent is TypeDeclarationSyntax { BaseList: not null } && method.Modifiers.Any(SyntaxKind.PublicKeyword);

    private static HashSet<string> DeclaredNames(SyntaxNode root)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in root.DescendantNodes(n => n is not BlockSyntax).OfType<MethodDeclarationSyntax>()) names.Add(method.Identifier.ValueText);
        return names;
    }

    private void Bind(CallbackSite site, SemanticModel model, SyntaxTree wanted, Dictionary<SyntaxNode, Callback> found, CancellationToken cancellation)
    {
        var handler = CallbackSites.Unwrapped(site.Handler);
        if (handler is AnonymousFunctionExpressionSyntax && site.Node.SyntaxTree != wanted) return;
        if (Subscription(site, model, cancellation) is not { } subscription) return;
        foreach (var (function, syntax) in Functions(handler, model, cancellation, 2))
        {
            if (syntax.SyntaxTree != wanted) continue;
            var isReady = subscription.Ready;
            var kind = subscription.Kind;
            if (found.TryGetValue(syntax, out var known))
            {
                known.Kind |= subscription.Kind;
                kind = known.Kind;
                if ((subscription.Kind & CallbackKind.Callback) == 0) continue;
                // What comes another way has not passed the same filters.
                known.Filters = [];
                // Subscribed twice: it proves the state only if every subscription does.
                if (known is { ProvenOpen: null, ProvesSome: false } || isReady) continue;
            }

            found[syntax] = new Callback(function, syntax, site.Node.GetLocation())
            {
                Kind = kind,
                ProvenOpen = isReady ? subscription.Source : null,
                ProvesSome = isReady && subscription.Source is null,
                Filters = known is null ? StreamFilters.Before(site.Node, site.Handler, model, cancellation) : [],
            };
        }
    }

    /// <summary>Is this site what it looks like, and what does its event prove?</summary>
    private (bool Ready, ISymbol? Source, CallbackKind Kind)? Subscription(CallbackSite site, SemanticModel model, CancellationToken cancellation)
    {
        switch (site.Node)
        {
            case AssignmentExpressionSyntax assignment:
                var member = model.GetSymbolInfo(assignment.Left, cancellation).Symbol;
                if (member is IEventSymbol)
                    return (IsReady(member), Source(assignment.Left, model, cancellation), IsOperation(member.ContainingType) ? CallbackKind.Callback | CallbackKind.Unwatched : CallbackKind.Callback);
                if (assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && member is IPropertySymbol { Type.TypeKind: TypeKind.Delegate } or IFieldSymbol { Type.TypeKind: TypeKind.Delegate } && !IsPlanned(assignment, member))
                    return (IsReady(member!), Source(assignment.Left, model, cancellation), CallbackKind.Callback);
                return null;
            case InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax:
                if (model.GetSymbolInfo(site.Node, cancellation).Symbol is not IMethodSymbol method) return null;
                var parameter = Parameter(site, method, model);
                if (parameter is { Type.Name: "ThreadStart" or "ParameterizedThreadStart" } && method.ContainingType?.Name == "Thread") return (false, null, CallbackKind.Thread);
                if (parameter is null || !IsCallbackParameter(method, parameter)) return null;
                return (false, null, EndsProcess(method, parameter) ? CallbackKind.Callback | CallbackKind.Unwatched : CallbackKind.Callback);
            default:
                return null;
        }
    }

    /// <summary>
    /// A part of an object in the making, whose type is the project's own and no connection, and whose name tells of no event:
    /// <c>new Command { Write = c => c.Send(…) }</c>. The project's own code runs it, when it comes to that step.
    /// </summary>
    private bool IsPlanned(AssignmentExpressionSyntax assignment, ISymbol member)
    {
        if (assignment.Parent is not InitializerExpressionSyntax || !SymbolEqualityComparer.Default.Equals(member.ContainingAssembly, _analysis.Compilation.Assembly) || _analysis.Connections.TypeOf(member.ContainingType) is not null) return false;
        var words = ClosingFlags.Words(member.Name).ToList();
        return words.FirstOrDefault() is not ("On" or "When" or "After") && words.LastOrDefault() is { } last && last is not ("Callback" or "Handler" or "Listener" or "Hook" or "Observer" or "Sink") && !last.EndsWith("ed", StringComparison.Ordinal);
    }

    private static bool EndsProcess(IMethodSymbol method, IParameterSymbol parameter) =>
        parameter.Type.Name is "TimerCallback" or "WaitCallback" or "WaitOrTimerCallback" or "AsyncCallback" || method is { Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem", ContainingType.Name: "ThreadPool" };

    private bool IsOperation(ITypeSymbol? type) => _analysis.Connections.TypeOf(type) is { } known && (known.Traits & Traits.Operation) != 0;

    private bool IsReady(ISymbol member) => (_analysis.Connections.RolesOf(member, null) & Role.Ready) != 0 || ProvesOpen(member);

    /// <summary>
    /// Only a connection is connected or established; much else is opened, ready or started, and that a slot has opened, or data
    /// are ready, tells nothing of the connection.
    /// </summary>
    private bool ProvesOpen(ISymbol member)
    {
        var words = ClosingFlags.Words(member.Name).Where(w => w is not ("On" or "Async" or "Event" or "Handler" or "Has" or "Was" or "Is")).ToList();
        if (words.Count == 0) return false;
        return words.Last() switch
        {
            "Connected" or "Reconnected" or "Established" or "Authenticated" or "Joined" => true,
            "Open" or "Connect" or "Opened" or "Ready" or "Accepted" or "Started" => words.Count == 1 || Partners.Contains(words[words.Count - 2]) || _analysis.Connections.TypeOf(member.ContainingType) is not null,
            _ => false,
        };
    }

    /// <summary>What has the event; of a part, the connection whose part it is: <c>_link.Connection.Reconnected</c> tells of the link, too.</summary>
    private ISymbol? Source(ExpressionSyntax target, SemanticModel model, CancellationToken cancellation)
    {
        if (target is not MemberAccessExpressionSyntax { Expression: var owner }) return null;
        while (owner is MemberAccessExpressionSyntax { Expression: var whole } and not { Expression: ThisExpressionSyntax } && _analysis.Connections.TypeOf(model.GetTypeInfo(whole, cancellation).Type) is not null) owner = whole;
        return model.GetSymbolInfo(owner, cancellation).Symbol;
    }

    private static IParameterSymbol? Parameter(CallbackSite site, IMethodSymbol method, SemanticModel model)
    {
        if (site.Handler.Parent is not ArgumentSyntax { Parent: ArgumentListSyntax list } argument) return null;
        if (argument.NameColon is { } name) return method.Parameters.FirstOrDefault(p => p.Name == name.Name.Identifier.ValueText);
        var index = list.Arguments.IndexOf(argument);
        return index < method.Parameters.Length ? method.Parameters[index] : method.Parameters.LastOrDefault() is { IsParams: true } last ? last : null;
    }

    private bool IsCallbackParameter(IMethodSymbol method, IParameterSymbol parameter)
    {
        if (parameter.GetAttributes().Any(a => a.AttributeClass?.Name == "ConnectionCallbackAttribute")) return true;
        var isDelegate = parameter.Type.TypeKind == TypeKind.Delegate;
        if (isDelegate && parameter.Type.Name is "TimerCallback" or "WaitCallback" or "WaitOrTimerCallback" or "SendOrPostCallback" or "AsyncCallback")
            return method.ContainingType?.TypeKind != TypeKind.Delegate && !(method.Name == "Send" && method.ContainingType?.Name == "SynchronizationContext");
        return (isDelegate || parameter.Type.Name is "IObserver") && ((_analysis.Connections.RolesOf(method, null) & Role.Registers) != 0 || IsSubscribing(method));
    }

    /// <summary>An extension of one's own by which an observable takes a delegate.</summary>
    private static bool IsSubscribing(IMethodSymbol method) =>
        method is { Name: "Subscribe", IsExtensionMethod: true }
        && StreamFilters.Is((method.ReducedFrom ?? method).Parameters[0].Type);

    /// <summary>The functions that a handler expression stands for.</summary>
    private IEnumerable<(ISymbol Function, SyntaxNode Syntax)> Functions(ExpressionSyntax handler, SemanticModel model, CancellationToken cancellation, int depth)
    {
        if (handler is AnonymousFunctionExpressionSyntax lambda)
        {
            if (model.GetSymbolInfo(lambda, cancellation).Symbol is { } symbol) yield return (symbol, lambda);
            yield break;
        }

        if (handler is InvocationExpressionSyntax or ElementAccessExpressionSyntax)
        {
            foreach (var (kept, source) in depth > 0 ? MadeHandlers.Of(handler, model, _analysis, cancellation) : [])
            {
                foreach (var function in Functions(CallbackSites.Unwrapped(kept), source, cancellation, depth - 1)) yield return function;
            }

            yield break;
        }

        foreach (var choice in Choices(handler))
        {
            foreach (var function in Functions(CallbackSites.Unwrapped(choice), model, cancellation, depth)) yield return function;
        }

        switch (model.GetSymbolInfo(handler, cancellation).Symbol)
        {
            case IMethodSymbol method:
                // The event calls the override, where there is one.
                foreach (var target in _analysis.Implementations.Handlers(method, cancellation))
                {
                    if (Declaration(target) is { } declaration) yield return (target, declaration);
                }

                break;
            case ILocalSymbol local when depth > 0 && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer: { } initializer }:
                foreach (var function in Functions(CallbackSites.Unwrapped(initializer.Value), model, cancellation, depth - 1)) yield return function;
                break;
            case IFieldSymbol or IPropertySymbol when depth > 0:
                var member = model.GetSymbolInfo(handler, cancellation).Symbol!;
                if (!_analysis.Summaries.IsOwn(member)) break;
                foreach (var (value, source) in Assignments.To(member, _analysis))
                {
                    foreach (var function in Functions(CallbackSites.Unwrapped(value), source, cancellation, depth - 1)) yield return function;
                }

                break;
        }
    }

    /// <summary>The alternatives of a conditional or switch expression.</summary>
    private static IEnumerable<ExpressionSyntax> Choices(ExpressionSyntax handler) => handler switch
    {
        ConditionalExpressionSyntax conditional => [conditional.WhenTrue, conditional.WhenFalse],
        SwitchExpressionSyntax choice => choice.Arms.Select(arm => arm.Expression),
        _ => [],
    };

    private static SyntaxNode? Declaration(IMethodSymbol method)
    {
        var definition = method.OriginalDefinition;
        definition = definition.PartialImplementationPart ?? definition;
        return definition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
    }
}
