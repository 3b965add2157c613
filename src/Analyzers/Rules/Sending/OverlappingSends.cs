using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>A send on a single-writer connection with what it can be known by: which connection, which gates.</summary>
internal sealed class GatedSend(SendSite site, string connection, ImmutableArray<string> gates)
{
    public SendSite Site { get; } = site;

    /// <summary>Equal for sends on the same connection of the same object.</summary>
    public string Connection { get; } = connection;

    public ImmutableArray<string> Gates { get; } = gates;

    public SyntaxNode Syntax => Site.Last.Syntax;

    public bool Shares(GatedSend other) => Gates.Any(other.Gates.Contains);
}

/// <summary>The sends of bodies on connections that take one send at a time.</summary>
internal sealed class OverlappingSends(RuleContext file)
{
    /// <summary>Those on a connection that other runs of the body, or other bodies, know too.</summary>
    public IEnumerable<GatedSend> Of(Body body) => Of(body, site => Key(site, body));

    /// <summary>Those on a connection of the body's own too: within one run it is one.</summary>
    public IEnumerable<GatedSend> OfAll(Body body) => Of(body, site => file.Analysis.Guards.Base(site.Connection) is var place && place.RootPlace.Root == RootKind.Born ? place + "#" + place.RootPlace.GetHashCode() : place.ToString());

    private IEnumerable<GatedSend> Of(Body body, Func<SendSite, string?> name)
    {
        foreach (var site in file.Analysis.SendSites.Of(body, file.Cancellation))
        {
            if (!IsSingleWriter(site) || name(site) is not { } key) continue;
            var gates = ImmutableArray.CreateBuilder<string>();
            foreach (var step in site.Steps)
            {
                gates.AddRange(SendingGates.Around(step.Syntax, step.Body.Syntax, file.Analysis.Bodies.ModelOf(step.Syntax.SyntaxTree)).Where(g => !IsLeftBefore(g.Taken, site)).Select(g => g.Key));
                gates.AddRange(BusyFlags.Of(file.Analysis).Around(step.Syntax, step.Body.Type));
                gates.AddRange(GivenToGates(step.Body.Syntax));
            }

            yield return new GatedSend(site, key, gates.ToImmutable());
        }
    }

    /// <summary>
    /// A lock is left at the end of its block, and a send that nobody waits for in it is still under way. Where its task is noted down,
    /// it is for somebody to wait for.
    /// </summary>
    private bool IsLeftBefore(SyntaxNode taken, SendSite site) =>
        taken is LockStatementSyntax && site.Steps.Length == 1 && IsLeftRunning(site.First.Syntax)
        && site.First.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not (LocalDeclarationStatementSyntax or ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: not IdentifierNameSyntax { Identifier.ValueText: "_" } } });

    /// <summary>Nobody waits for its task where it stands.</summary>
    public bool IsLeftRunning(SyntaxNode call)
    {
        var node = call;
        while (true)
        {
            switch (node.Parent)
            {
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "Preserve" or "Unwrap", Parent: InvocationExpressionSyntax outer }:
                    node = outer;
                    continue;
                case ParenthesizedExpressionSyntax or ConditionalAccessExpressionSyntax:
                    node = node.Parent;
                    continue;
                case ArgumentSyntax or EqualsValueClauseSyntax or AssignmentExpressionSyntax or ExpressionElementSyntax or InitializerExpressionSyntax:
                case ExpressionStatementSyntax:
                    return call is InvocationExpressionSyntax && file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetTypeInfo(call).Type?.Name is "Task" or "ValueTask"
                        // A task that is given to somebody is only known to be left running where that collects tasks.
                        && (node.Parent is not ArgumentSyntax { Parent.Parent: var taker } || taker is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAll" or "WhenAny" or "WaitAll" or "Add" or "Enqueue" or "Push" } });
                default:
                    return false;
            }
        }
    }

    /// <summary>
    /// <c>queued ? queue.InTurnAsync(Core) : Core()</c>: what is given to a helper that calls it inside its gate is sent in turn, unless
    /// its user does not want that.
    /// </summary>
    private IEnumerable<string> GivenToGates(SyntaxNode function)
    {
        if (function is not LocalFunctionStatementSyntax { Identifier.ValueText: var name } || function.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) yield break;
        foreach (var argument in member.DescendantNodes().OfType<ArgumentSyntax>())
        {
            if (argument.Expression is not IdentifierNameSyntax given || given.Identifier.ValueText != name || argument.Parent is not ArgumentListSyntax { Parent: InvocationExpressionSyntax call } list) continue;
            if (file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol helper || CodeOf(helper) is not { } code) continue;
            var parameter = argument.NameColon is { Name.Identifier.ValueText: var named } ? helper.Parameters.FirstOrDefault(p => p.Name == named) : helper.Parameters.ElementAtOrDefault(list.Arguments.IndexOf(argument));
            foreach (var called in code.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(c => c.Expression.LastWord() == parameter?.Name))
            {
                foreach (var (key, _) in SendingGates.Around(called, code, file.Analysis.Bodies.ModelOf(code.SyntaxTree))) yield return key;
            }
        }
    }

    private SyntaxNode? CodeOf(IMethodSymbol helper) => file.Analysis.Bodies.Of(helper, file.Cancellation)?.Syntax;

    /// <summary>By the catalogue, or a stream over such a connection. Flushing sends nothing of its own.</summary>
    private bool IsSingleWriter(SendSite site)
    {
        if (site.Method.Name.StartsWith("Flush", StringComparison.Ordinal) && site.Type.Name != "PipeWriter") return false;
        if (file.Analysis.Connections.TypeOf(site.Type) is { } type) return (type.Traits & Traits.SingleWriter) != 0 && (type.Traits & (Traits.Response | Traits.Reconnects)) == 0;
        return file.Analysis.Connections.IsCarrier(site.Type) && (site.Type.Name is not ("Stream" or "StreamWriter" or "BinaryWriter" or "TextWriter") || SpeaksOfSockets(site));
    }

    /// <summary>A plain stream may lie over anything, and over most things its owner has one thread: the type that holds it must speak of a socket.</summary>
    private static bool SpeaksOfSockets(SendSite site)
    {
        foreach (var step in site.Steps)
        {
            foreach (var token in step.Syntax.Ancestors().OfType<TypeDeclarationSyntax>().LastOrDefault()?.DescendantTokens() ?? [])
            {
                if (token.IsKind(SyntaxKind.IdentifierToken) && token.ValueText is "GetStream" or "NetworkStream" or "SslStream" or "NegotiateStream" or "Socket" or "TcpClient" or "TcpListener" or "NamedPipeClientStream" or "NamedPipeServerStream") return true;
            }
        }

        return false;
    }

    /// <summary>The field (or the variable around a lambda) that holds the connection; null where each run has its own.</summary>
    private string? Key(SendSite site, Body body)
    {
        var place = file.Analysis.Guards.Base(site.Connection);
        var root = place.RootPlace;
        switch (root.Root)
        {
            case RootKind.This or RootKind.Static when !place.IsRoot:
                return Path(place);
            case RootKind.Parameter or RootKind.Local when !IsOwn(root, body):
                return "~" + root.Symbol!.Name + "@" + (root.Symbol.Locations.FirstOrDefault()?.SourceSpan.Start ?? 0) + Path(place);
            // `static state => ((Link)state).Send()`: the state that a timer was given is the object itself.
            case RootKind.Parameter when !place.IsRoot && First(place).Symbol is { } member && body.Type is { } type && Bases.IncludeDefinition(type, member.ContainingType):
                return Path(place);
            default:
                return null;
        }
    }

    /// <summary>The name of the member of the sender, or of the variable, that holds the connection or leads to it.</summary>
    public static string? Holder(Place connection, INamedTypeSymbol? sender)
    {
        // The callback's object may hold the sender, and the sender the connection.
        if (sender is not null && connection.RootPlace.Root == RootKind.This && First(connection).Symbol is { ContainingType: var outer } && !Bases.IncludeDefinition(sender, outer)) return Own(connection, sender);
        var root = connection.RootPlace;
        return root.Root is RootKind.This or RootKind.Static or RootKind.Parameter or RootKind.Local
            ? connection.IsRoot ? root.Symbol?.Name : root.Root is RootKind.Local ? root.Symbol?.Name : First(connection).Symbol?.Name
            : null;
    }

    private static string? Own(Place connection, INamedTypeSymbol sender)
    {
        string? name = null;
        for (var part = connection; part is { Parent: not null, Symbol: { } member }; part = part.Parent)
        {
            if (Bases.IncludeDefinition(sender, member.ContainingType)) name = member.Name;
        }

        return name;
    }

    private static bool IsOwn(Place root, Body body) =>
        root.Symbol is not { } symbol || SymbolEqualityComparer.Default.Equals(symbol.ContainingSymbol, body.Owner) || body.Outer is null;

    private static Place First(Place place)
    {
        while (place.Parent is { IsRoot: false } parent) place = parent;
        return place;
    }

    private static string Path(Place place)
    {
        var path = "";
        for (var part = place; part is { Parent: not null, Symbol: { } member }; part = part.Parent) path = "." + member.Name + path;
        return path;
    }
}

/// <summary>When a callback can run again although it has not ended.</summary>
internal static class Reentrance
{
    public static bool IsReentrant(Callback callback, SendSite site, SemanticModel model, SyntaxNode type)
    {
        if (callback.Function is not IMethodSymbol method || callback.ProvesSome || callback.ProvenOpen is not null) return false;
        // Whoever raises it waits for its task.
        if (!method.ReturnsVoid) return false;
        var node = callback.Subscription.SourceTree?.GetRoot().FindNode(callback.Subscription.SourceSpan, getInnermostNodeForTie: true);
        if (StopsItself(callback.Syntax)) return false;
        switch (Kind(node, model))
        {
            case Again.Never:
                return false;
            case Again.Timer:
                return !IsOneShot(node!, type) && !IsShortWrite(site);
            case Again.SideBySide:
                return !IsJobOfItsOwn(node, site, model);
            default:
                if (node is AssignmentExpressionSyntax { Left: var @event } && ClosingFlags.ByName(@event.LastWord()) is not null && !IsInLoop(node, site)) return false;
                return method.IsAsync || IsPending(site) || node is not null && IsInLoop(node, site);
        }
    }

    private enum Again
    {
        InTurn,
        Never,
        Timer,
        SideBySide,
    }

    private static Again Kind(SyntaxNode? node, SemanticModel model)
    {
        switch (node)
        {
            case BaseObjectCreationExpressionSyntax creation:
                return model.GetTypeInfo(creation).Type?.Name is "Timer" ? Again.Timer : Again.InTurn;
            case AssignmentExpressionSyntax { Left: var left } when model.GetSymbolInfo(left).Symbol is IEventSymbol { Name: "Elapsed", ContainingType.Name: "Timer" }:
                return Again.Timer;
            case InvocationExpressionSyntax { Expression: var called }:
                return called.LastWord() switch
                {
                    "CreateTimer" => Again.Timer,
                    "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" => Again.SideBySide,
                    "ContinueWith" or "Register" or "UnsafeRegister" => Again.Never,
                    _ => Again.InTurn,
                };
            default:
                return Again.InTurn;
        }
    }

    /// <summary>A socket takes a blocking write whole, and it is long over when the timer fires again; encrypted and framed streams do not.</summary>
    private static bool IsShortWrite(SendSite site) =>
        site.Method.ReturnsVoid && site.Type.Name is "NetworkStream" or "Stream" or "StreamWriter" or "BinaryWriter" or "TextWriter";

    /// <summary>Its period is infinite, or it does not reset itself.</summary>
    private static bool IsOneShot(SyntaxNode node, SyntaxNode type)
    {
        var arguments = node switch
        {
            BaseObjectCreationExpressionSyntax { ArgumentList: { } list } => list.Arguments,
            InvocationExpressionSyntax call => call.ArgumentList.Arguments,
            _ => default,
        };
        if (arguments.Count == 1) return true;
        if (arguments.Count > 1 && arguments[arguments.Count - 1].Expression.ToString() is "Timeout.Infinite" or "-1" or "Timeout.InfiniteTimeSpan" or "System.Threading.Timeout.Infinite") return true;
        return node is AssignmentExpressionSyntax && type.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left.LastWord() == "AutoReset" && a.Right.IsKind(SyntaxKind.FalseLiteralExpression));
    }

    /// <summary>It stops its timer while it runs.</summary>
    private static bool StopsItself(SyntaxNode callback)
    {
        foreach (var node in callback.DescendantNodes())
        {
            if (node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Change" or "Stop" } }
                or AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Enabled" }, Right.RawKind: (int)SyntaxKind.FalseLiteralExpression }) return true;
        }

        return false;
    }

    /// <summary>Some call on the way is left running.</summary>
    public static bool IsPending(SendSite site) => site.Steps.Any(step => IsPending(step.Syntax, step.Event.Operation.Type));

    public static bool IsPending(SyntaxNode call, ITypeSymbol? type)
    {
        if (type?.Name is not ("Task" or "ValueTask")) return false;
        var node = call;
        while (true)
        {
            switch (node.Parent)
            {
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "AsTask" or "Preserve" or "WaitAsync" or "Unwrap", Parent: InvocationExpressionSyntax outer }:
                    node = outer;
                    continue;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContinueWith" }:
                    return true;
                case MemberAccessExpressionSyntax:
                    return false;
                case ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax or ConditionalAccessExpressionSyntax or ConditionalExpressionSyntax or CastExpressionSyntax:
                    node = node.Parent;
                    continue;
                case AwaitExpressionSyntax or ReturnStatementSyntax or ArrowExpressionClauseSyntax:
                case AnonymousFunctionExpressionSyntax { AsyncKeyword.RawKind: not 0 }:
                    return node.Parent is AnonymousFunctionExpressionSyntax;
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }:
                    return !IsAwaitedLater(variable.Identifier.ValueText, call);
                default:
                    return true;
            }
        }
    }

    private static bool IsAwaitedLater(string variable, SyntaxNode call) =>
        Flow.Bodies.EnclosingDeclaration(call) is { } function && function.DescendantNodes().Any(n => n is AwaitExpressionSyntax && n.SpanStart > call.SpanStart && n.DescendantNodes().Any(i => i is IdentifierNameSyntax name && name.Identifier.ValueText == variable));

    /// <summary>
    /// <c>var worker = new Worker(client); ThreadPool.QueueUserWorkItem(worker.Run);</c>: the object was made for this one run, and the
    /// connection is its own. So is one that the same round has accepted: <c>QueueUserWorkItem(_ => Serve(client))</c>.
    /// </summary>
    private static bool IsJobOfItsOwn(SyntaxNode? node, SendSite site, SemanticModel model)
    {
        switch (site.Connection.RootPlace)
        {
            case { Root: RootKind.Local, Symbol: ILocalSymbol accepted }:
                return IsOfThisRound(accepted, node);
            case { Root: RootKind.This }:
                var jobs = node?.DescendantNodesAndSelf().OfType<MemberAccessExpressionSyntax>().Where(m => m.Parent is not InvocationExpressionSyntax && model.GetSymbolInfo(m).Symbol is IMethodSymbol).ToList();
                return jobs is [{ Expression: BaseObjectCreationExpressionSyntax }]
                    || jobs is [{ Expression: IdentifierNameSyntax worker }] && model.GetSymbolInfo(worker).Symbol is ILocalSymbol local && IsOfThisRound(local, node)
                        && local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: BaseObjectCreationExpressionSyntax };
            default:
                return false;
        }
    }

    /// <summary>The variable belongs to the function that hands the job out, and in a loop to the same round.</summary>
    private static bool IsOfThisRound(ILocalSymbol local, SyntaxNode? node) =>
        node is not null && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } made && made.SyntaxTree == node.SyntaxTree
        && LoopAround(made) == LoopAround(node) && Flow.Bodies.EnclosingDeclaration(made) == Flow.Bodies.EnclosingDeclaration(node);

    private static SyntaxNode? LoopAround(SyntaxNode node) =>
        node.Ancestors().TakeWhile(a => a is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax)).FirstOrDefault(a => a is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);

    /// <summary>Many are attached, and the connection is not one that each round has made for itself.</summary>
    private static bool IsInLoop(SyntaxNode node, SendSite site)
    {
        var variable = site.Connection.RootPlace is { Root: RootKind.Local, Symbol: { } local } ? local.DeclaringSyntaxReferences.FirstOrDefault() : null;
        for (var around = node.Parent; around is not null and not MemberDeclarationSyntax and not AnonymousFunctionExpressionSyntax; around = around.Parent)
        {
            if (around is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax) return variable is null || variable.SyntaxTree != node.SyntaxTree || !around.Span.Contains(variable.Span);
        }

        return false;
    }
}
