using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;
using LifecycleAnalyzers.Rules.Creation.Counting;
using LifecycleAnalyzers.Rules.Creation.Custody;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>A count of open connections that some way out leaves too high.</summary>
internal sealed class LCA1007GiveBackCount : IRule
{
    public const string Id = "LCA1007";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Give back the connection count on every path",
        "'{0}' stays up when {1}",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A count of open connections that is not taken down on every path grows until its limit lets nobody in any more, or the numbers on the dashboard are wrong for good.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        Counts? counts = null;
        Counter? counter = null;
        var reported = new HashSet<SyntaxNode>();
        foreach (var member in file.CodeMembers)
        {
            if (TypeAround(file, member) is not { } type) continue;
            counts ??= new Counts(file.Analysis, file.Cancellation);
            foreach (var count in counts.Of(type))
            {
                counter ??= new Counter(file.Analysis, file.Cancellation);
                if (!Concerns(count, member)) continue;
                foreach (var body in file.BodiesOf(member))
                {
                    if (IsOfConnections(counts, counter, count, type, body)) Check(file, counter, count, body, reported);
                }
            }
        }

        // What only counts need not know what it counts.
        foreach (var type in file.AllCode.Where(m => m.Invoked.Contains("Decrement")).Select(m => TypeAround(file, m)).OfType<INamedTypeSymbol>().Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
        {
            counts ??= new Counts(file.Analysis, file.Cancellation);
            counter ??= new Counter(file.Analysis, file.Cancellation);
            foreach (var count in counts.Of(type)) CheckUsers(file, counts, counter, count, type, reported);
        }
    }

    private static INamedTypeSymbol? TypeAround(RuleContext file, CodeMember member) =>
        member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } declaration ? file.Model.GetDeclaredSymbol(declaration, file.Cancellation) : null;

    /// <summary>Others take the count up and down by its object's methods, <c>gauge.Opened()</c> and <c>gauge.Closed()</c>, in whatever file they are.</summary>
    private static void CheckUsers(RuleContext file, Counts counts, Counter counter, Count count, INamedTypeSymbol type, HashSet<SyntaxNode> reported)
    {
        var (ups, downs) = (Helpers(count.Ups), Helpers(count.Downs));
        if (ups.Length == 0 || downs.Length == 0 || ups.Intersect(downs).Any()) return;
        foreach (var tree in file.Analysis.Compilation.SyntaxTrees)
        {
            foreach (var member in file.Analysis.Holders.AllCodeIn(tree, file.Cancellation))
            {
                if (!ups.Any(member.Invoked.Contains) || !downs.Any(member.Invoked.Contains) || type.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == tree && r.Span.Contains(member.Declaration.Span))) continue;
                foreach (var body in file.BodiesOf(member))
                {
                    if (IsOfConnections(counts, counter, count, type, body)) Check(file, counter, count, body, reported);
                }
            }
        }
    }

    /// <summary>The methods that others can call in which the count is moved.</summary>
    private static string[] Helpers(IEnumerable<SyntaxNode> moves) =>
        [.. moves.Select(m => m.FirstAncestorOrSelf<MethodDeclarationSyntax>()).Where(m => m is not null && (m.Modifiers.Any(SyntaxKind.PublicKeyword) || m.Modifiers.Any(SyntaxKind.InternalKeyword))).Select(m => m!.Identifier.ValueText).Distinct()];

    /// <summary>The body is about one connection: it is given it, accepts it or makes it.</summary>
    private static bool HasConnection(Counter counter, Body body) =>
        body.Method?.Parameters.Any(p => counter.Analysis.Connections.TypeOf(p.Type) is not null) == true || counter.Custodian.Sources(body).Any();

    private static bool IsOfConnections(Counts counts, Counter counter, Count count, INamedTypeSymbol type, Body body)
    {
        if (Counts.SaysConnections(count.Field)) return true;
        if (IsSending(body)) return counter.Custodian.Sources(body).Any();
        return Counts.NamesConnections(count.Field) && counts.KnowsConnections(type) || HasConnection(counter, body);
    }

    /// <summary>What goes up with a message is how many are under way, not how many connections are open.</summary>
    private static bool IsSending(Body body) => body.Method is { } method && ClosingFlags.Words(method.Name).FirstOrDefault() is "Send" or "Write" or "Publish" or "Transmit" or "Emit";

    /// <summary>The member moves the count, or calls what does.</summary>
    private static bool Concerns(Count count, CodeMember member)
    {
        if (member.Identifiers.Contains(count.Field.Name)) return true;
        foreach (var move in count.Ups.Concat(count.Downs))
        {
            if (move.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && member.Invoked.Contains(method.Identifier.ValueText)) return true;
        }

        return false;
    }

    private static void Check(RuleContext file, Counter counter, Count count, Body body, HashSet<SyntaxNode> reported)
    {
        var rule = new CountRule(counter, count, body, Counter.Depth);
        if (PathEngine<Tally>.Exits(file.Analysis, body, rule, default, null, file.Cancellation) is not { } exits) return;
        var raised = exits.Select(e => e.Token).Concat(rule.Lost).Concat(rule.Dropped).Select(t => t.Raised?.Syntax).OfType<SyntaxNode>().ToList();
        if (raised.Count == 0)
        {
            CheckWayDown(file, counter, count, body, reported);
            return;
        }

        var lowersHere = count.Downs.Any(d => d.SyntaxTree == body.Syntax.SyntaxTree && Bodies.EnclosingDeclaration(d) == body.Syntax && raised.Any(r => IsBehind(d, r) && !OtherEntries.Takes(d, r))) || exits.Any(e => e.Token.Level == Level.Settled);
        var skipped = rule.Lost.FirstOrDefault(t => t.Raised is not null && (lowersHere || t.Failed is IInvocationOperation call && IsOpening(counter, call)));
        if (skipped.Raised is null) skipped = exits.Where(e => IsSkipped(counter, count, body, e, exits, lowersHere)).Select(e => e.Token).OrderBy(t => t.Failed?.Syntax.SpanStart ?? int.MaxValue).FirstOrDefault();
        if (skipped.Raised is null) skipped = rule.Dropped.FirstOrDefault();
        if (skipped.Raised is { } up) Report(file, count, up.Syntax, skipped.Failed, reported);
    }

    /// <summary>A way down that stands before the way up was another connection's, or the same one's that only changes its place; unless the next turn of a loop comes to it.</summary>
    private static bool IsBehind(SyntaxNode down, SyntaxNode up) =>
        down.SpanStart > up.SpanStart || Isolation.Order.LoopAround(down)?.Span.Contains(up.Span) == true && down.FirstAncestorOrSelf<BlockSyntax>() != up.FirstAncestorOrSelf<BlockSyntax>();

    private static bool IsSkipped(Counter counter, Count count, Body body, PathExit<Tally> exit, IReadOnlyList<PathExit<Tally>> exits, bool lowersHere)
    {
        var token = exit.Token;
        if (!token.IsUp || token.Raised is null) return false;
        if (exit.Thrown is not null && token.Failed is IInvocationOperation accept && VictimRule.IsAccept(accept.TargetMethod)) return false;
        if (token.Level == Level.Failed || exit is { Thrown: not null, By: not null }) return lowersHere || Call(token.Failed) is { } call && IsOpening(counter, call);
        // It came to its end with the count up: right where the connection lives on and others take it down.
        return exit.Thrown is null && exits.Any(e => e is { Thrown: null, Token.Level: Level.Settled }) && !count.Downs.Any(d => IsElsewhere(count, body, d));
    }

    /// <summary>A way down for connections that outlive this body: not its own, not called by it, not half of another pair.</summary>
    private static bool IsElsewhere(Count count, Body body, SyntaxNode down)
    {
        if (down.SyntaxTree == body.Syntax.SyntaxTree && body.Syntax.Span.Contains(down.Span)) return false;
        if (down.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) return true;
        if (count.Ups.Any(u => u.SyntaxTree == member.SyntaxTree && member.Span.Contains(u.Span))) return false;
        return member is not MethodDeclarationSyntax method || !body.Syntax.Mentions(method.Identifier.ValueText) || EndsElsewhere(count, body, method);
    }

    /// <summary>The helper that takes it down is called where nothing is taken up, too: there the connection ends.</summary>
    private static bool EndsElsewhere(Count count, Body body, MethodDeclarationSyntax helper) =>
        helper.Parent is TypeDeclarationSyntax type && type.Members.Any(other => other != helper && !other.Span.Contains(body.Syntax.Span) && other.Mentions(helper.Identifier.ValueText)
            && !count.Ups.Any(u => u.SyntaxTree == other.SyntaxTree && other.Span.Contains(u.Span) || u.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } up && other.Mentions(up.Identifier.ValueText)));

    private static IInvocationOperation? Call(IOperation? failed) => (failed is IAwaitOperation awaited ? IoCalls.Unwrapped(awaited.Operation) : failed) as IInvocationOperation;

    private static bool IsOpening(Counter counter, IInvocationOperation call) =>
        call.TargetMethod.MethodKind == MethodKind.DelegateInvoke && Custody.Openings.Result(call.TargetMethod) is { } made && counter.Analysis.Connections.TypeOf(made) is not null ||
        !VictimRule.IsAccept(call.TargetMethod) && !VictimRule.IsListening(call.TargetMethod) && (counter.Openings.Opens(call) || counter.HidesFailure(call.TargetMethod) || (counter.Analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & Role.Create) != 0
        || counter.Openings.IsFollowed(call.TargetMethod) && call.TargetMethod.Name is var name && (name.StartsWith("Connect", StringComparison.Ordinal) || name.StartsWith("Open", StringComparison.Ordinal) || name.StartsWith("Dial", StringComparison.Ordinal)));

    /// <summary>The way down stands behind something that can throw: a goodbye to a peer that is gone already.</summary>
    private static void CheckWayDown(RuleContext file, Counter counter, Count count, Body body, HashSet<SyntaxNode> reported)
    {
        if (!count.Downs.Any(d => d.SyntaxTree == body.Syntax.SyntaxTree && body.Syntax.Span.Contains(d.Span))) return;
        var rule = new CountRule(counter, count, body, Counter.Depth);
        if (PathEngine<Tally>.Exits(file.Analysis, body, rule, new Tally(Level.Up), null, file.Cancellation) is not { } exits || !exits.Any(e => e is { Thrown: null, Token.Level: Level.Settled })) return;
        foreach (var exit in exits)
        {
            if (exit is not { Token: { Level: Level.Failed, Failed: IInvocationOperation close } } || !IsGoodbye(counter, close) || !LeadsDown(count, close.Syntax)) continue;
            // What could not be closed may well stay in a collection of those that are open.
            if (close.TargetMethod.Name != "Shutdown" && count.Field is IFieldSymbol { Type.SpecialType: SpecialType.None, Type.Name: not "SemaphoreSlim" }) continue;
            Report(file, count, count.Ups[0], close, reported);
            return;
        }
    }

    /// <summary>Behind it, on the same way, the count goes down.</summary>
    private static bool LeadsDown(Count count, SyntaxNode close) =>
        close.Ancestors().FirstOrDefault(n => n is BlockSyntax or MethodDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax) is { } around
        && count.Downs.Any(d => d.SyntaxTree == around.SyntaxTree && d.SpanStart > close.SpanStart && (around.Span.Contains(d.Span) || around.Parent is TryStatementSyntax { Parent: { } outer } && outer.Span.Contains(d.Span)));

    private static bool IsGoodbye(Counter counter, IInvocationOperation call) =>
        (counter.Analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & Role.Close) != 0 || Endings.IsClosingName(call.TargetMethod.Name)
        || IsLastWord(call.TargetMethod.Name) && call.Syntax.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && ClosingFlags.IsEnding(method.Identifier.ValueText);

    /// <summary>What is still said, or flushed, when the connection ends.</summary>
    private static bool IsLastWord(string name) => ClosingFlags.Words(name).FirstOrDefault() is "Flush" or "Send" or "Write";

    /// <summary>The move stands in the method that is called.</summary>
    private static bool IsIn(SyntaxNode move, SyntaxNode call) =>
        call is InvocationExpressionSyntax { Expression: var called } && move.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText is { } name
        && (called is MemberAccessExpressionSyntax access ? access.Name : called) is SimpleNameSyntax simple && simple.Identifier.ValueText == name;

    private static void Report(RuleContext file, Count count, SyntaxNode raised, IOperation? failed, HashSet<SyntaxNode> reported)
    {
        // The helper's increment is what must change; the call that skipped the way down explains it.
        var up = count.Ups.Contains(raised) ? raised : count.Ups.FirstOrDefault(u => IsIn(u, raised)) ?? count.Ups[0];
        if (up.SyntaxTree != file.Tree || !reported.Add(up)) return;
        var name = failed switch
        {
            IInvocationOperation call => "'" + call.TargetMethod.Name + "' fails",
            IPropertyReferenceOperation property => "'" + property.Property.Name + "' fails",
            IObjectCreationOperation made => "'new " + made.Type?.Name + "' fails",
            null => "this method returns early",
            _ => "what is awaited fails",
        };
        var places = new List<Location>();
        if (up != raised) places.Add(raised.GetLocation());
        if (failed is not null) places.Add(failed.Syntax.GetLocation());
        file.Report(Diagnostic.Create(Rule, up.GetLocation(), places, count.Field.Name, name));
    }
}
