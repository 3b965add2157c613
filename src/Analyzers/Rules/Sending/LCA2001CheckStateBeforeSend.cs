using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>A callback sends on a connection that may be closing, and nothing on the way asks.</summary>
internal sealed class LCA2001CheckStateBeforeSend : IRule
{
    public const string Id = "LCA2001";

    /// <summary>The property of the diagnostic that names the connection.</summary>
    public const string Connection = "Connection";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Check the state before sending from a callback",
        "'{0}' {1} with no check that '{2}' is still open: a callback can run when the connection is already closing",
        "Sending", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A callback runs when somebody else decides, and the connection may be closing by then. Ask its state before the send, at the point through which all sends go, or send with a guard that answers instead of throwing.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var callback in file.Callbacks)
        {
            if (file.Analysis.Bodies.At(callback.Syntax, file.Cancellation) is { } body && file.Summarise(body) is { } summary)
                Check(file, callback, body, summary);
        }
    }

    private static void Check(RuleContext file, Callback callback, Body body, Summary summary)
    {
        var reported = new List<SendFact>();
        foreach (var send in summary.Sends.OrderBy(s => s.Operation.Syntax.SpanStart).ThenBy(s => s.Distance))
        {
            if (send.Guarded || send.OnlyUse || !IsThisRules(file, callback, body, send)) continue;
            if (reported.Any(r => r.Operation.Syntax == send.Operation.Syntax || IsSame(file, r.Connection, send.Connection, body))) continue;
            if (StreamFilters.Ask(callback, send.Connection, body, file.Analysis, file.Cancellation)) continue;
            // The code that raises the event is here too, and hears of what the handler throws.
            if (file.Analysis.Raisers.Hear(callback, file.Cancellation)) return;
            reported.Add(send);
            Report(file, callback, send);
        }
    }

    private static bool IsSame(RuleContext file, Place a, Place b, Body body) =>
        a.IsPrefixOf(b) && a.Depth > 0 || b.IsPrefixOf(a) && b.Depth > 0 || a.Equals(b) || file.Analysis.Types.IsSameConnection(a, b, body);

    private static bool IsThisRules(RuleContext file, Callback callback, Body body, SendFact send)
    {
        var connection = send.Connection;
        if (connection.RootPlace is { Root: RootKind.Born, Born: not BornKind.Iterated }) return false;
        if (file.Analysis.Connections.TypeOf(send.Type) is { } type && (type.Traits & (Traits.Response | Traits.Operation)) != 0) return false;
        if (file.Analysis.Neighbours.Hide(send.Member, send.Type)) return false;
        // A task's own result has just been made.
        if (connection.RootPlace is { Root: RootKind.Parameter, Symbol: IParameterSymbol { Type.Name: "Task" or "ValueTask" } }) return false;
        if (IsResponse(file, connection) || HasJustDelivered(file, callback, connection)) return false;
        if (callback.ProvesSome) return false;
        if (callback.ProvenOpen is { } proven && (IsGiven(callback, connection) || MayBeSame(connection, proven))) return false;
        // A cached session used unvalidated is LCA3001's alone.
        for (var part = connection; part is not null; part = part.Parent)
        {
            if (part.Symbol is { } member && !part.IsRoot && (Reuse.KeptConnections.IsLazyValue(member) || file.Analysis.Cached.IsCached(member)) && !Heals(file, member)) return false;
        }

        return true;
    }

    private static bool Heals(RuleContext file, ISymbol member) =>
        file.Analysis.Connections.TypeOf(Symbols.TypeOf(member)) is { } type && (type.Traits & Traits.Reconnects) != 0;

    /// <summary>The framework hands the connection over together with what has just come in on it, in the loop that would also close it.</summary>
    private static bool HasJustDelivered(RuleContext file, Callback callback, Place connection) =>
        IsGiven(callback, connection) && (file.Analysis.Connections.RolesOf(callback.Function, null) & (Role.Callback | Role.Receive)) == (Role.Callback | Role.Receive);

    /// <summary>A parameter of the callback: the sender of an event, above all.</summary>
    private static bool IsGiven(Callback callback, Place connection) =>
        connection.RootPlace is { Root: RootKind.Parameter, Symbol: IParameterSymbol { ContainingSymbol: var function } } && SymbolEqualityComparer.Default.Equals(function, callback.Function);

    /// <summary>Answering a request on the framework's own response object is what the callback is for.</summary>
    private static bool IsResponse(RuleContext file, Place connection)
    {
        for (var part = connection; part is not null; part = part.Parent)
        {
            if (file.Analysis.Connections.TypeOf(Symbols.TypeOf(part.Symbol)) is { } known && (known.Traits & Traits.Response) != 0) return true;
        }

        return false;
    }

    /// <summary>The event of one connection proves nothing of another; where one is a field and the other a variable, it cannot be told.</summary>
    private static bool MayBeSame(Place connection, ISymbol proven)
    {
        if (connection.IsRoot && connection.Root == RootKind.This || Mentions(connection, proven)) return true;
        var isField = connection.RootPlace.Root is RootKind.This or RootKind.Static;
        return isField ? proven is not (IFieldSymbol or IPropertySymbol) : proven is IFieldSymbol or IPropertySymbol;
    }

    private static bool Mentions(Place place, ISymbol symbol)
    {
        for (Place? part = place; part is not null; part = part.Parent)
        {
            if (SymbolEqualityComparer.Default.Equals(part.Symbol?.OriginalDefinition, symbol.OriginalDefinition)) return true;
        }

        return false;
    }

    private static void Report(RuleContext file, Callback callback, SendFact send)
    {
        var locations = ImmutableArray.CreateBuilder<Location>();
        locations.Add(callback.Subscription);
        foreach (var step in send.Route) locations.Add(step.Location);
        var through = send.Route.Select(step => "'" + Simple(step.Method) + "'").Where(name => name != "''" && name != "'" + Simple(send.Member) + "'").Distinct().ToList();
        var way = through.Count == 0 ? $"calls '{Simple(send.Member)}'" : $"reaches '{Simple(send.Member)}' through {string.Join(", ", through)}";
        var connection = Describe.Connection(file, send);
        file.Report(Diagnostic.Create(Rule, send.Operation.Syntax.GetLocation(), Describe.Severity(Rule, IsAcknowledgement(send.Member) && !IsUnwatched(callback)), locations, ImmutableDictionary<string, string?>.Empty.Add(Connection, connection), callback.Name, way, connection));
    }

    private static bool IsUnwatched(Callback callback) => (callback.Kind & CallbackKind.Unwatched) != 0 || callback.Function is IMethodSymbol { IsAsync: true, ReturnsVoid: true };

    /// <summary>
    /// A broker's message is acknowledged on the channel that brought it. When that has gone the broker delivers again whatever is sent,
    /// and the client's dispatcher catches what is thrown: the report is a suggestion, unless nobody catches.
    /// </summary>
    private static bool IsAcknowledgement(ISymbol send) =>
        send is { Name: "BasicAck" or "BasicNack" or "BasicReject" or "BasicAckAsync" or "BasicNackAsync" or "BasicRejectAsync", ContainingNamespace: { Name: "Client", ContainingNamespace.Name: "RabbitMQ" } };

    /// <summary>The name without the interface in front of it.</summary>
    private static string Simple(ISymbol member) => member.Name.Substring(member.Name.LastIndexOf('.') + 1);
}
