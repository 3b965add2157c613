using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A connection that was kept from earlier is used, and nothing asks whether it still lives.</summary>
internal sealed class LCA3001ValidateCachedSession : IRule
{
    public const string Id = "LCA3001";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Validate a cached session before using it again",
        "'{0}' is used by '{1}' as it was kept{2}: ask its state first, it may have died since",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A cached connection can be dead when it is looked up: the other side has closed it, or one of its own callbacks runs before the event that evicts it. A null check does not see that, nor does a check before an await.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var body in file.ReuseBodies)
        {
            if (file.Summarise(body) is { } summary) Check(file, body, summary);
        }
    }

    private static void Check(RuleContext file, Body body, Summary summary)
    {
        var reported = new List<Place>();
        var places = new HashSet<SyntaxNode>();
        foreach (var send in summary.Sends.OrderBy(s => s.Operation.Syntax.SpanStart))
        {
            if (send.Validated || IsOwnRequirement(send, body) || IsGoodbye(file, send, body) || IsAnswerToDelivery(send) || IsFirstOfItsService(send, body) || IsLeftToCallee(file, send) || KeptConnections.CacheOf(file, send) is not { } cache) continue;
            if (reported.Any(r => r.Equals(send.Connection) || r.IsPrefixOf(send.Connection) || send.Connection.IsPrefixOf(r))) continue;
            // Two parts of one connection that one call uses are one matter.
            if (CallersValidate(file, body, send) || new Reopenings(file.Analysis, file.Cancellation).StandBefore(send.Operation, cache) || !places.Add(send.Operation.Syntax)) continue;
            reported.Add(send.Connection);
            var evicted = IsEvictedByEvent(file, cache, body) ? " (the handler that evicts it can run too late)" : "";
            file.Report(Diagnostic.Create(Rule, send.Operation.Syntax.GetLocation(), cache.Locations.Where(l => l.IsInSource).Take(1), cache.Name, send.Member.Name, evicted));
        }
    }

    /// <summary>The method's own refusal of a connection that is not open is a check, no use.</summary>
    private static bool IsOwnRequirement(SendFact send, Body body) =>
        send.Route.IsEmpty && send.Operation is not IInvocationOperation && SymbolEqualityComparer.Default.Equals(send.Member, body.Method);

    /// <summary>What a connection still says when it is told to end is its own affair.</summary>
    private static bool IsGoodbye(RuleContext file, SendFact send, Body body) =>
        !send.Route.IsEmpty && (file.Analysis.Connections.RolesOf(send.Route[0].Method, null) & Role.Close) != 0
        // The keeper ends, too: what it says before it closes may fail, if that is caught.
        || body.Method is { Name: var name } && ClosingFlags.IsEnding(name) && TryBlocks.Catch(send.Operation, body.Syntax, send.Throws, file.Analysis.Bodies);

    /// <summary>A delivery is acknowledged to the channel that brought it, and that is kept, not looked up: if it has died, no other one can be told.</summary>
    private static bool IsAnswerToDelivery(SendFact send) => send.Connection.RootPlace.Root == RootKind.This && ClosingFlags.Words(send.Member.Name).Any(w => w is "Ack" or "Nack" or "Reject" or "Acknowledge");

    /// <summary>A hosted service runs once: what stands outside every loop there opens what it uses, and nobody has used it before.</summary>
    private static bool IsFirstOfItsService(SendFact send, Body body) =>
        body is { Syntax: MethodDeclarationSyntax, Method: { Name: "ExecuteAsync" or "StartAsync", IsStatic: false } method, Type: { } type }
        && (method.Name == "ExecuteAsync" ? method.IsOverride && Bases.IncludeNamed(type, "BackgroundService", "Microsoft.Extensions.Hosting") : type.AllInterfaces.Any(i => i.Name == "IHostedService"))
        && Isolation.Order.LoopAround(send.Operation.Syntax) is null;

    /// <summary>The called method reaches the same field itself: the use is reported there.</summary>
    private static bool IsLeftToCallee(RuleContext file, SendFact send) => send.InCallee switch
    {
        { RootPlace.Root: RootKind.Born } => true,
        { Depth: > 0, RootPlace.Root: RootKind.This or RootKind.Static } inner => !IsPartOfSession(file, send, inner),
        _ => false,
    };

    /// <summary>The session is a type of one's own, and what its sending member sends on lives and dies with it: only who kept the session can ask.</summary>
    private static bool IsPartOfSession(RuleContext file, SendFact send, Place inner)
    {
        if (send.Operation is not IInvocationOperation { Instance: { } receiver } call || file.Analysis.Connections.TypeOf(receiver.Type) is null) return false;
        if ((file.Analysis.Connections.RolesOf(call.TargetMethod, receiver.Type) & (Role.Send | Role.Use)) == 0) return false;
        for (var part = inner; part.Parent is { } whole; part = whole)
        {
            if (part.Symbol is { } member && file.Analysis.Cached.IsCached(member)) return false;
        }

        return true;
    }

    /// <summary>A private helper whose every caller asks before calling is guarded there.</summary>
    public static bool CallersValidate(RuleContext file, Body body, SendFact send)
    {
        if (body.Owner is not IMethodSymbol { DeclaredAccessibility: Accessibility.Private or Accessibility.Protected or Accessibility.Internal or Accessibility.NotApplicable } method
            || method.MethodKind is not (MethodKind.Ordinary or MethodKind.LocalFunction) || body.Type is null) return false;
        var callers = 0;
        foreach (var caller in Callers(file, method, body.Type))
        {
            // Handed out as a delegate: anybody may call it.
            if (caller is null) return false;
            callers++;
            if (file.Summarise(caller) is not { } summary) return false;
            if (summary.Sends.Any(s => !s.Validated && s.Route.Length > 0 && SymbolEqualityComparer.Default.Equals(s.Route[0].Method.OriginalDefinition, method.OriginalDefinition) && s.Member.Equals(send.Member, SymbolEqualityComparer.Default))) return false;
        }

        return callers > 0;
    }

    private static IEnumerable<Body?> Callers(RuleContext file, IMethodSymbol method, INamedTypeSymbol type)
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            foreach (var name in reference.GetSyntax(file.Cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != method.Name || name.Parent is MethodDeclarationSyntax) continue;
                if (name.Parent is not InvocationExpressionSyntax && name.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax })
                {
                    yield return null;
                    continue;
                }

                if (Flow.Bodies.EnclosingDeclaration(name) is not { } enclosing || !seen.Add(enclosing)) continue;
                if (file.Analysis.Bodies.At(enclosing, file.Cancellation) is { } body && !SymbolEqualityComparer.Default.Equals(body.Owner, method)) yield return body;
            }
        }
    }

    /// <summary>Some handler of the type clears the cache when the session ends: too late for the callbacks that run before it.</summary>
    private static bool IsEvictedByEvent(RuleContext file, ISymbol cache, Body body)
    {
        if (body.Type is null) return false;
        foreach (var reference in body.Type.DeclaringSyntaxReferences)
        {
            foreach (var assignment in reference.GetSyntax(file.Cancellation).DescendantNodes().OfType<AssignmentExpressionSyntax>())
            {
                if (assignment.RawKind != (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.AddAssignmentExpression || assignment.Right is not AnonymousFunctionExpressionSyntax handler) continue;
                if (handler.DescendantTokens().Any(t => t.ValueText == cache.Name)) return true;
            }
        }

        return false;
    }
}
