using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>Two sends can be under way at once on a connection that takes one at a time.</summary>
internal sealed class LCA2004OneSendAtATime : IRule
{
    public const string Id = "LCA2004";

    /// <summary>The property of the diagnostic that names the member or variable which holds the connection where it is sent on.</summary>
    public const string Holder = "Holder";

    /// <summary>The property that tells where the sends stand that no gate lets through one by one: start and length of each.</summary>
    public const string Ungated = "Ungated";

    /// <summary>The property that names the gate which other sends on the connection go through already.</summary>
    public const string Gate = "Gate";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not overlap sends on a single-writer connection",
        "'{0}' allows one send at a time, and this '{1}' can overlap {2}",
        "Sending", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "Two sends at once on a web socket throw, on a TLS stream or a plain stream they mix their bytes. Let one through at a time: a gate around the whole message, or one loop that takes the messages from a queue.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var sends = new OverlappingSends(file);
        var reported = new Told();
        var senders = file.CodeMembers.Where(m => m.Identifiers.Any(IsSending)).ToList();
        foreach (var member in senders)
        {
            foreach (var body in file.BodiesOf(member))
            {
                Together(file, sends, body, reported);
                Frames(file, body, reported);
            }
        }

        // Who starts two loops side by side need not name the connection that both write to.
        foreach (var member in file.ReachingMembers.Except(senders).Where(m => m.Invoked.Any(IsGathering)))
        {
            foreach (var body in file.BodiesOf(member)) Together(file, sends, body, reported);
        }

        // Code that sends in this file can be reached from callbacks in other parts and in derived types; callbacks in it lead to senders of other types.
        var sending = file.AllCode.Where(m => m.Identifiers.Any(IsSending)).Select(m => m.Declaration).Concat(file.Callbacks.Select(c => c.Syntax).Where(c => c.SyntaxTree == file.Tree)).SelectMany(d => d.AncestorsAndSelf().OfType<TypeDeclarationSyntax>()).Distinct();
        foreach (var type in sending.OrderBy(t => t.SpanStart)) Callbacks(file, sends, type, reported);
    }

    private static bool IsSending(string name) =>
        ClosingFlags.Words(name).FirstOrDefault() is "Send" or "Write" or "Basic" or "Publish" || name.StartsWith("TrySend", StringComparison.Ordinal) || name.StartsWith("TryWrite", StringComparison.Ordinal);

    private static bool IsGathering(string name) => name is "WhenAll" or "WhenAny" or "WaitAll" or "WaitAny";

    /// <param name="file">The file.</param>
    /// <param name="send">What is reported.</param>
    /// <param name="with">What it can overlap, in words.</param>
    /// <param name="all">The sends among which are those that it can overlap.</param>
    /// <param name="reported">What has been reported.</param>
    private static void Report(RuleContext file, GatedSend send, string with, IEnumerable<GatedSend> all, Told reported) =>
        Report(file, send.Site, with, Properties(file, send, all), reported);

    private static void Report(RuleContext file, SendSite site, string with, ImmutableDictionary<string, string?> properties, Told reported)
    {
        if (Reported(file, site) is not { } syntax || !reported.Add(syntax)) return;
        // A send of another file is told of once, however many ways lead to it.
        if (syntax != site.Last.Syntax && !reported.Elsewhere.Add((site.Last.Syntax, site.Connection))) return;
        // One report for each connection in one body, at its first such send.
        if (reported.Any(r => r != syntax && Flow.Bodies.EnclosingDeclaration(r) == Flow.Bodies.EnclosingDeclaration(syntax) && with.StartsWith("itself", StringComparison.Ordinal))) return;
        file.Report(Diagnostic.Create(Rule, syntax.GetLocation(), null, properties, Describe.Connection(file, site.Connection) ?? site.Type.Name, site.Method.Name, with));
    }

    /// <summary>The send; where a type in another file sends, the call that leads there. What a base class sends is reported with that class.</summary>
    private static SyntaxNode? Reported(RuleContext file, SendSite site)
    {
        if (site.Last.Syntax.SyntaxTree == file.Tree) return site.Last.Syntax;
        if (site.First.Syntax.SyntaxTree != file.Tree || site.Last.Body.Type is { } sender && Bases.IncludeDefinition(site.First.Body.Type, sender)) return null;
        return site.Steps.Last(s => s.Syntax.SyntaxTree == file.Tree).Syntax;
    }

    /// <summary>What the fix has to know: who holds the connection, and which sends need the gate. Nothing where some of them are out of its reach.</summary>
    private static ImmutableDictionary<string, string?> Properties(RuleContext file, GatedSend send, IEnumerable<GatedSend> all)
    {
        var properties = ImmutableDictionary<string, string?>.Empty;
        if (OverlappingSends.Holder(file.Analysis.Guards.Base(send.Site.Connection), send.Site.Last.Body.Type) is not { } holder) return properties;
        var same = all.Where(s => s.Connection == send.Connection).ToList();
        var open = same.Where(s => !s.Gates.Any(SendingGates.IsNamed)).Select(s => s.Syntax).Distinct().OrderBy(s => s.SpanStart).ToList();
        var gates = same.SelectMany(s => s.Gates).Where(SendingGates.IsNamed).Distinct().ToList();
        // What one way goes through a gate and another way does not would wait for itself.
        if (gates.Count > 1 || open.Any(s => s.SyntaxTree != file.Tree) || same.Any(s => s.Gates.Any(SendingGates.IsNamed) && open.Contains(s.Syntax))) return properties;
        properties = properties.Add(Holder, holder).Add(Ungated, string.Join(";", open.Select(s => s.SpanStart + "," + s.Span.Length)));
        return gates.Count == 0 ? properties : properties.Add(Gate, gates[0]);
    }

    // Tasks that are started together

    /// <summary>A send that is left running when the next one starts.</summary>
    private static void Together(RuleContext file, OverlappingSends sends, Body body, Told reported)
    {
        var pending = new List<(GatedSend Send, SyntaxNode Call)>();
        var started = Started(file, sends, body).OrderBy(s => s.Call.SpanStart).ToList();
        var all = started.Select(s => s.Send);
        foreach (var (send, call) in started)
        {
            var isPending = sends.IsLeftRunning(call);
            var earlier = pending.FirstOrDefault(p => p.Send.Connection == send.Connection && !p.Send.Shares(send) && !Alternatives.Are(p.Call, call) && !IsAwaitedBetween(p.Call, call));
            if (earlier.Send is not null && earlier.Call != call) Report(file, send, "the one that was started before it", all, reported);
            else if (isPending && send.Gates.IsEmpty && RunsInALoop(file, call, send, body)) Report(file, send, "itself: the loop starts the next before this one has ended", all, reported);
            if (isPending) pending.Add((send, call));
        }

        if (body.Outer is not null && IsRunSideBySide(file, body.Syntax))
        {
            var inside = sends.Of(body).ToList();
            foreach (var send in inside)
            {
                if (send.Gates.IsEmpty) Report(file, send, "itself: it runs for all elements at once", inside, reported);
            }
        }
    }

    /// <summary>The body's own sends, and those of the work that it starts with <c>Task.Run</c>.</summary>
    private static IEnumerable<(GatedSend Send, SyntaxNode Call)> Started(RuleContext file, OverlappingSends sends, Body body)
    {
        foreach (var send in sends.OfAll(body)) yield return (send, send.Site.First.Syntax);
        foreach (var call in body.Syntax.DescendantNodes(n => n == body.Syntax || n is not AnonymousFunctionExpressionSyntax).OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Run" or "StartNew", Expression: var target } || target.ToString() is not ("Task" or "Task.Factory")) continue;
            if (call.ArgumentList.Arguments.FirstOrDefault()?.Expression is not AnonymousFunctionExpressionSyntax work || file.Analysis.Bodies.At(work, file.Cancellation) is not { } inner) continue;
            foreach (var send in sends.OfAll(inner)) yield return (send, call);
        }
    }

    private static bool IsAwaitedBetween(SyntaxNode first, SyntaxNode second)
    {
        var variable = first.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            LocalDeclarationStatementSyntax { Declaration.Variables: [var declared] } => declared.Identifier.ValueText,
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax assigned } } => assigned.Identifier.ValueText,
            ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Add" or "Enqueue" or "Push", Expression: IdentifierNameSyntax list } } } => list.Identifier.ValueText,
            _ => null,
        };
        if (variable is null || variable == "_" || Flow.Bodies.EnclosingDeclaration(first) is not { } function) return false;
        foreach (var name in function.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (name.Identifier.ValueText != variable || name.SpanStart <= first.Span.End || name.SpanStart >= second.SpanStart) continue;
            // Awaited, waited for, or handed to something that may do so.
            if (IsWaitedFor(name) && !name.Ancestors().Any(a => a is AwaitExpressionSyntax && a.Span.Contains(second.Span))) return true;
            // `Task.WhenAll(first, <second>)` waits for neither before both are started.
            if (name.Parent is ArgumentSyntax { Parent: { } list } && !list.Span.Contains(second.Span)) return true;
        }

        return false;
    }

    private static bool IsWaitedFor(IdentifierNameSyntax task) =>
        task.Ancestors().Any(a => a is AwaitExpressionSyntax) || task.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" or "Result" or "GetAwaiter" };

    /// <summary>The loop starts the next one without waiting, on the same connection each time.</summary>
    private static bool RunsInALoop(RuleContext file, SyntaxNode call, GatedSend send, Body body)
    {
        var variable = (call.FirstAncestorOrSelf<StatementSyntax>() as LocalDeclarationStatementSyntax)?.Declaration.Variables.FirstOrDefault()?.Identifier.ValueText;
        for (var around = call.Parent; around is not null && around != body.Syntax; around = around.Parent)
        {
            if (!around.IsLoop()) continue;
            var root = send.Site.First.Body == body ? send.Site.Connection.RootPlace : null;
            // A connection of each round's own.
            if (root is null or { Root: RootKind.Born } || root.Symbol is ILocalSymbol or IParameterSymbol && root.Symbol.DeclaringSyntaxReferences.Any(r => around.Span.Contains(r.Span))) return false;
            if (variable is not null && around.DescendantNodes().Any(n => n is IdentifierNameSyntax name && name.Identifier.ValueText == variable && IsWaitedFor(name))) return false;
            // Left after the first: `return`, `break` behind it.
            return !around.DescendantNodes().Any(n => n is BreakStatementSyntax or ReturnStatementSyntax && n.SpanStart > call.SpanStart && n.Parent == call.FirstAncestorOrSelf<StatementSyntax>()?.Parent);
        }

        return false;
    }

    /// <summary>A lambda that is run for many elements without waiting: <c>Task.WhenAll(all.Select(…))</c>, <c>Parallel.ForEach</c>.</summary>
    private static bool IsRunSideBySide(RuleContext file, SyntaxNode lambda)
    {
        if (lambda is not AnonymousFunctionExpressionSyntax || lambda.Parent is not ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method, Expression: var target } } call }) return false;
        if (method is "ForEach" or "For" or "ForEachAsync" or "Invoke" && target.ToString() is "Parallel") return !IsOneAtATime(file, call);
        if (method != "Select") return false;
        if (call.Ancestors().Any(a => a is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAll" or "WhenAny" or "WaitAll" } })) return true;
        return call.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>()?.Declaration.Variables.FirstOrDefault()?.Identifier.ValueText is { } variable
            && Flow.Bodies.EnclosingDeclaration(call) is { } function
            && function.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "WhenAll" or "WaitAll" } && c.ArgumentList.Arguments.Any(a => a.Expression.ToString().StartsWith(variable, StringComparison.Ordinal)));
    }

    /// <summary><c>new ParallelOptions { MaxDegreeOfParallelism = 1 }</c>, in place or in a variable.</summary>
    private static bool IsOneAtATime(RuleContext file, InvocationExpressionSyntax call)
    {
        foreach (var argument in call.ArgumentList.Arguments)
        {
            if (file.Model.GetTypeInfo(argument.Expression, file.Cancellation).Type?.Name != "ParallelOptions") continue;
            var options = argument.Expression is BaseObjectCreationExpressionSyntax ? argument.Expression
                : file.Model.GetSymbolInfo(argument.Expression, file.Cancellation).Symbol?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(file.Cancellation).FirstValue();
            return options is BaseObjectCreationExpressionSyntax { Initializer.Expressions: var set } && set.Any(s => s is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "MaxDegreeOfParallelism" }, Right: LiteralExpressionSyntax { Token.Value: 1 } });
        }

        return false;
    }

    // Frames

    /// <summary>A message of several frames that gives its gate back between them.</summary>
    private static void Frames(RuleContext file, Body body, Told reported)
    {
        SyntaxNode? open = null;
        foreach (var site in file.Analysis.SendSites.Of(body, file.Cancellation))
        {
            if (site.Steps.Length != 1 || EndOfMessage(site) is not { } end) continue;
            var gates = SendingGates.Around(site.First.Syntax, body.Syntax, file.Model).ToList();
            if (open is not null && gates.Count > 0 && !gates.Any(g => g.Taken == open)) Report(file, site, "the frames of another message: the gate is given back between its frames", ImmutableDictionary<string, string?>.Empty, reported);
            open = null;
            if (end is true || gates.Count == 0) continue;
            open = gates[gates.Count - 1].Taken;
            foreach (var around in site.First.Syntax.Ancestors().TakeWhile(a => a != body.Syntax))
            {
                if (around is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax && gates.All(g => around.Span.Contains(g.Taken.Span) && g.Taken != around))
                {
                    Report(file, site, "the frames of another message: the gate is given back between its frames", ImmutableDictionary<string, string?>.Empty, reported);
                    break;
                }
            }
        }
    }

    /// <summary>Whether the frame is the last: <see langword="true"/>, <see langword="false"/>, or (also false) told by a variable.</summary>
    private static bool? EndOfMessage(SendSite site)
    {
        if (site.Last.Event.Operation is not Microsoft.CodeAnalysis.Operations.IInvocationOperation invocation) return null;
        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter?.Name != "endOfMessage") continue;
            return argument.Value.ConstantValue is { HasValue: true, Value: true };
        }

        return null;
    }

    // Callbacks

    private static void Callbacks(RuleContext file, OverlappingSends sends, TypeDeclarationSyntax declaration, Told reported)
    {
        if (file.Model.GetDeclaredSymbol(declaration, file.Cancellation) is not { } type || IsStream(type)) return;
        var callbacks = CallbacksOf(file, type).ToList();
        if (callbacks.Count == 0) return;
        var inCallbacks = new List<(Callback Callback, GatedSend Send)>();
        foreach (var callback in callbacks)
        {
            if (file.Analysis.Bodies.At(callback.Syntax, file.Cancellation) is not { } body) continue;
            foreach (var send in sends.Of(body).Where(s => !OpensOnTheWay(s.Site))) inCallbacks.Add((callback, send));
        }

        if (inCallbacks.Count == 0) return;
        var others = Others(file, sends, type, callbacks).ToList();
        var all = inCallbacks.Select(c => c.Send).Concat(others.Select(o => o.Send)).ToList();
        var isWindow = WindowThread.IsWindow(type);
        foreach (var (callback, send) in inCallbacks)
        {
            if (IsOnWindow(callback, send)) continue;
            if (send.Gates.IsEmpty && Reentrance.IsReentrant(callback, send.Site, file.Analysis.Bodies.ModelOf(callback.Subscription.SourceTree!), declaration))
                Report(file, send, $"itself: '{callback.Name}' can run again before it has ended", all, reported);
        }

        foreach (var (callback, send) in inCallbacks.OrderBy(s => s.Send.Syntax.SpanStart))
        {
            if (IsOpening(callback)) continue;
            foreach (var (method, other) in others)
            {
                if (other.Connection != send.Connection || other.Shares(send) || !other.Gates.IsEmpty && !send.Gates.IsEmpty) continue;
                if (IsOnWindow(callback, send) && WindowThread.IsOver(other)) continue;
                if (send.Gates.IsEmpty) Report(file, send, $"one of '{method.Name}'", all, reported);
                else Report(file, other, $"one of '{callback.Name}'", all, reported);
                break;
            }

            foreach (var (second, other) in inCallbacks)
            {
                if (second == callback || IsOpening(second) || AreOfDifferentObjects(callback, second) || other.Connection != send.Connection || other.Shares(send) || other.Syntax.SpanStart < send.Syntax.SpanStart) continue;
                if (!other.Gates.IsEmpty && !send.Gates.IsEmpty) continue;
                if (reported.Contains(send.Syntax) || reported.Contains(other.Syntax) || IsOnWindow(callback, send) && IsOnWindow(second, other)) continue;
                if (other.Gates.IsEmpty) Report(file, other, $"one of '{callback.Name}'", all, reported);
                else Report(file, send, $"one of '{second.Name}'", all, reported);
            }
        }

        bool IsOnWindow(Callback callback, GatedSend send) => isWindow && WindowThread.Runs(callback, send, file.Analysis.Bodies.ModelOf(callback.Subscription.SourceTree!));
    }

    /// <summary>Whoever uses a stream writes once at a time: a stream over another hands that duty on.</summary>
    private static bool IsStream(INamedTypeSymbol type) => Bases.IncludeNamed(type.BaseType, "Stream", "System.IO");

    /// <summary>Two constructors attach them, and an object is made by one of the two: its handlers never meet those of the other.</summary>
    private static bool AreOfDifferentObjects(Callback first, Callback second) =>
        ConstructorOf(first) is { } one && ConstructorOf(second) is { } other && one != other && one.Parent == other.Parent;

    private static ConstructorDeclarationSyntax? ConstructorOf(Callback callback) =>
        callback.Subscription.SourceTree?.GetRoot().FindNode(callback.Subscription.SourceSpan).FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is { Initializer: not { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword } } constructor
        && !constructor.Modifiers.Any(SyntaxKind.StaticKeyword) ? constructor : null;

    private static bool IsOpening(Callback callback) => callback.ProvesSome || callback.ProvenOpen is not null;

    private static IEnumerable<Callback> CallbacksOf(RuleContext file, INamedTypeSymbol type)
    {
        var trees = new HashSet<SyntaxTree> { file.Tree };
        foreach (var reference in type.DeclaringSyntaxReferences) trees.Add(reference.SyntaxTree);
        foreach (var derived in file.Analysis.Implementations.WithDerived(type))
        {
            foreach (var reference in derived.DeclaringSyntaxReferences) trees.Add(reference.SyntaxTree);
        }

        foreach (var tree in trees.OrderBy(t => t.FilePath, StringComparer.Ordinal))
        {
            foreach (var callback in tree == file.Tree ? file.Callbacks : file.CallbacksIn(tree))
            {
                if (callback.Function.ContainingType is { } holder && Bases.IncludeDefinition(holder, type)) yield return callback;
            }
        }
    }

    /// <summary>The sends of what others may call at any time.</summary>
    private static IEnumerable<(IMethodSymbol Method, GatedSend Send)> Others(RuleContext file, OverlappingSends sends, INamedTypeSymbol type, List<Callback> callbacks)
    {
        foreach (var member in type.GetMembers().OfType<IMethodSymbol>())
        {
            if (member.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation) || member.DeclaredAccessibility == Accessibility.Private && member.MethodKind == MethodKind.Ordinary) continue;
            if (ClosingFlags.IsEnding(member.Name) || IsBeginning(member.Name) || callbacks.Any(c => SymbolEqualityComparer.Default.Equals(c.Function, member))) continue;
            if (file.Analysis.Bodies.Of(member, file.Cancellation) is not { } body || file.Summarise(body) is not { } summary) continue;
            // What opens the connection comes before everything else on it.
            if (summary.Events.Any(e => e.Symbol is { } called && e.Kind == EventKind.Call && (file.Analysis.Connections.RolesOf(called, null) & Role.Open) != 0)) continue;
            foreach (var send in sends.Of(body)) yield return (member, send);
        }
    }

    /// <summary>A connection that its callback starts: what it says then comes before everything else on it.</summary>
    private static bool OpensOnTheWay(SendSite site) =>
        site.Steps.Take(site.Steps.Length - 1).Any(step => step.Event.Symbol is IMethodSymbol { Name: var name } && !name.StartsWith("Begin", StringComparison.Ordinal) && IsBeginning(name));

    private static bool IsBeginning(string name) =>
        ClosingFlags.Words(name).FirstOrDefault() is "Start" or "Open" or "Connect" or "Init" or "Initialize" or "Initialise" or "Login" or "Handshake" or "Authenticate" or "Begin" or "Setup" or "Reconnect";

    /// <summary>What has been reported in a file.</summary>
    private sealed class Told : HashSet<SyntaxNode>
    {
        /// <summary>Sends of other files, each with the connection as this file names it.</summary>
        public HashSet<(SyntaxNode Send, Place Connection)> Elsewhere { get; } = [];
    }
}
