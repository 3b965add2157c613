using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A connection goes to its next user while the answer to the last request is still under way.</summary>
internal sealed class LCA4001FinishExchangeBeforeReturn : IRule
{
    public const string Id = "LCA4001";

    /// <summary>For the fix: what holds a connection that is not given back but stays where it is.</summary>
    public const string Kept = "Kept";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not return a connection whose exchange did not finish",
        "'{0}' {1} though its exchange may have been cut short: the next user reads this one's answer",
        "Isolation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "When a request has been written and the wait for its answer is given up, the answer still comes. Whoever uses the connection next reads it as his own. Close a connection whose exchange did not finish, and give back only those that did.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var mentioning = new HashSet<SyntaxNode>(file.CodeMembers.Select(m => m.Declaration));
        foreach (var member in file.AllCode)
        {
            if (!mentioning.Contains(member.Declaration) && !(Wire.MayWrite(member.Invoked) && Wire.MayRead(member.Invoked)) && !IsGateOfOwnCall(member, file)) continue;
            if (!Guards(member.Identifiers) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var function in root.Descendants().OfType<IInvocationOperation>().Where(i => !i.IsImplicit).GroupBy(i => Code.FunctionAround(i.Syntax)))
            {
                if (function.Key is not null && !MatchesAnswers(function.Key)) Check(file, function.Key, function.ToList());
            }
        }
    }

    /// <summary>It lets the next one in after a call of its own, which may be the exchange.</summary>
    private static bool IsGateOfOwnCall(CodeMember member, RuleContext file) =>
        (member.Invoked.Contains("Release") || member.Invoked.Contains("ReleaseMutex") || member.Identifiers.Contains("lock") || member.Identifiers.Contains("catch") || member.Identifiers.Contains("using")) && Keepers.CallOwn(member)
        && member.Declaration.FirstAncestorOrSelf<TypeDeclarationSyntax>() is { } syntax && file.Model.GetDeclaredSymbol(syntax, file.Cancellation) is { } type && Keepers.HoldConnection(type, file.Analysis);

    /// <summary>Without any of these nothing is given back on an exceptional path, but for a plain return after a time out.</summary>
    private static bool Guards(HashSet<string> words) =>
        words.Contains("try") || words.Contains("using") || words.Contains("lock") || words.Contains("WhenAny");

    private static void Check(RuleContext file, SyntaxNode function, List<IInvocationOperation> calls)
    {
        Body? body = null;
        var reported = new HashSet<SyntaxNode>();
        foreach (var key in Pooled(calls, file).Distinct<ISymbol>(SymbolEqualityComparer.Default))
        {
            var exchange = ExchangeCalls.Of(file.Analysis, key, function, calls, isKept: false, file.Cancellation);
            if (!exchange.Asks) continue;
            var path = new ExchangePath(exchange, function, file.Analysis);
            if (Run(path) is null) continue;
            foreach (var place in path.Found.Where(p => p is not CatchClauseSyntax).OrderBy(p => p.SpanStart)) Report(place, key, "is given back");
        }

        foreach (var key in KeptConnections(calls, file).Distinct<ISymbol>(SymbolEqualityComparer.Default))
        {
            var exchange = ExchangeCalls.Of(file.Analysis, key, function, calls, isKept: true, file.Cancellation);
            if (!exchange.Asks || IsMadeFor(exchange, key, function) || CallersClose(function, key, file) || BeginsEmpty(exchange, key, function)) continue;
            var path = new ExchangePath(exchange, function, file.Analysis);
            if (Run(path) is not { } exits) continue;
            var places = Places(path, exits, exchange, function).Distinct().Where(p => !EndsTheLoop(p, exchange) && !ReadsOn(p, exchange)).OrderBy(p => p.SpanStart).ToList();
            // Where a clause keeps it, that is what has to change; the end of the lock around says nothing more.
            var clauses = places.Where(p => p is CatchClauseSyntax).ToList();
            places.RemoveAll(p => p is LockStatementSyntax && clauses.Any(p.Contains));
            foreach (var place in places) Report(place, key, place is CatchClauseSyntax ? "is kept" : "is let go", ImmutableDictionary<string, string?>.Empty.Add(Kept, key.Name));
        }

        IReadOnlyList<PathExit<ExchangeToken>>? Run(ExchangePath path)
        {
            body ??= file.Analysis.Bodies.At(function is PropertyDeclarationSyntax { ExpressionBody: { } arrow } ? arrow : function, file.Cancellation);
            return body is null ? null : PathEngine<ExchangeToken>.Exits(file.Analysis, body, path, new ExchangeToken(ExchangeState.None, null, null), null, file.Cancellation);
        }

        void Report(SyntaxNode place, ISymbol key, string how, ImmutableDictionary<string, string?>? properties = null)
        {
            if (reported.Add(place)) file.Report(Diagnostic.Create(Rule, LocationOf(place), properties, key.Name, how));
        }
    }

    /// <summary>Variables whose connection this function gives back.</summary>
    private static IEnumerable<ISymbol> Pooled(List<IInvocationOperation> calls, RuleContext file)
    {
        foreach (var call in calls)
        {
            if (GivingBack.Argument(call, file.Analysis, file.Cancellation) is { } given && Wire.KeyOf(Code.Unwrapped(given.Value)) is { } key && !IsKeptForGood(key) && MayBeConnection(Code.Unwrapped(given.Value).Type, file)) yield return key;
            if (Wire.KeyOf(Wire.Receiver(call), l => IsLease(l, file)) is ILocalSymbol local && IsLease(local, file)) yield return local;
        }
    }

    private static bool IsLease(ILocalSymbol local, RuleContext file) => GivingBack.IsLease(local.Type, file.Analysis, file.Cancellation);

    /// <summary>A connection, or a type of one's own that is used like one; no buffer, no builder.</summary>
    private static bool MayBeConnection(ITypeSymbol? type, RuleContext file)
    {
        // A driver with a pool of its own breaks a connection that was cut short itself; an operation object is LCA4005's.
        if (file.Analysis.Connections.TypeOf(type) is { } known) return (known.Traits & (Traits.Pooled | Traits.Operation)) == 0;
        if (file.Analysis.Connections.IsCarrier(type)) return true;
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface or TypeKind.Struct } named || !file.Analysis.Summaries.IsOwn(named) || SpeaksOfOne(named.Name)) return false;
        return named.GetMembers().Any(m => m is IMethodSymbol && (m.Name.StartsWith("Write", StringComparison.Ordinal) || m.Name.StartsWith("Send", StringComparison.Ordinal) || m.Name.StartsWith("Execute", StringComparison.Ordinal) || m.Name.StartsWith("Ask", StringComparison.Ordinal)))
            || named.GetMembers().Any(m => m is IPropertySymbol { Type: var held } && file.Analysis.Connections.TypeOf(held) is not null);
    }

    /// <summary>What names the connection for the time of a call, and is used again, is none.</summary>
    private static bool SpeaksOfOne(string name) => ClosingFlags.Words(name).LastOrDefault() is "Context" or "Args" or "Message" or "Request" or "Packet";

    private static bool IsKeptForGood(ISymbol key) => key is not (ILocalSymbol or IParameterSymbol);

    private static IEnumerable<ISymbol> KeptConnections(List<IInvocationOperation> calls, RuleContext file)
    {
        foreach (var call in calls)
        {
            if (Wire.Of(call, file.Analysis) == WireUse.Write && Wire.KeyOf(Wire.Receiver(call), local => IsLease(local, file)) is { } key && Wire.IsKept(key)) yield return key;
            else if (call.Instance is null or IInstanceReferenceOperation && file.Analysis.Summaries.IsOwn(call.TargetMethod))
            {
                foreach (var inner in Exchanges.Of(file.Analysis).In(call.TargetMethod, file.Cancellation))
                {
                    if (inner.Use == WireUse.Write && Wire.IsKept(inner.Key)) yield return inner.Key;
                }
            }
        }
    }

    /// <summary>Where the connection stays: the clause that swallows the interruption, else the release that lets the next user in.</summary>
    private static IEnumerable<SyntaxNode> Places(ExchangePath path, IReadOnlyList<PathExit<ExchangeToken>> exits, ExchangeCalls exchange, SyntaxNode function)
    {
        foreach (var found in path.Found) yield return found;
        foreach (var exit in exits)
        {
            if (exit.Token.State is not (ExchangeState.Cut or ExchangeState.Reading)) continue;
            if (exit.Thrown is null && exit.Token.State == ExchangeState.Cut)
            {
                var clause = exit.Token.Catch ?? Swallowing(function, exchange);
                // A clause that only leaves decides nothing: what lets the next one in does.
                if (clause is not null && (exit.Token.Released is null || !OnlyJumps(clause))) yield return clause;
                else if (exit.Token.Released is { } released && ReadsBefore(released, exchange) && WritesWithin(released, exchange, function)) yield return released;
            }
            else if (exit.Token.Released is { } released && ReadsBefore(released, exchange) && WritesWithin(released, exchange, function))
            {
                yield return released;
            }
        }
    }

    /// <summary>The exchange is the first one of a connection that the function itself makes: where it is cut short, the opening has failed, and the next attempt makes another.</summary>
    private static bool IsMadeFor(ExchangeCalls exchange, ISymbol key, SyntaxNode function)
    {
        var first = exchange.Effects.Keys.Min(k => k.SpanStart);
        return Code.OwnNodes(function).OfType<AssignmentExpressionSyntax>().Any(a => a.Span.End <= first && a.Right is BaseObjectCreationExpressionSyntax
            && a.Left.LastWord() == key.Name && !a.Ancestors().TakeWhile(n => n != function).Any(n => n is IfStatementSyntax or CatchClauseSyntax));
    }

    /// <summary>Whoever asks on the connection first throws away what the last one has left: <c>_port.DiscardInBuffer()</c>.</summary>
    private static bool BeginsEmpty(ExchangeCalls exchange, ISymbol key, SyntaxNode function)
    {
        if (!Empties(exchange.Effects.Where(e => e.Value.Step == ExchangeStep.Close).Select(e => e.Key), exchange.Effects.Where(e => e.Value.Step == ExchangeStep.Write).Select(e => e.Key))) return false;
        return function.FirstAncestorOrSelf<TypeDeclarationSyntax>()?.Members.OfType<BaseMethodDeclarationSyntax>().All(other =>
        {
            var calls = other.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(i => i.Expression is MemberAccessExpressionSyntax on && on.Expression.LastWord() == key.Name).ToList();
            var writes = calls.Where(i => i.Expression.LastWord() is var name && (name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Send", StringComparison.Ordinal))).ToList();
            return writes.Count == 0 || Empties(calls, writes);
        }) == true;

        static bool Empties(IEnumerable<SyntaxNode> calls, IEnumerable<SyntaxNode> writes) =>
            writes.Select(w => w.SpanStart).DefaultIfEmpty(-1).Min() is var first
            && calls.Any(c => c.SpanStart < first && c is InvocationExpressionSyntax call && ExchangeCalls.IsEmptying(call.Expression.LastWord()));
    }

    /// <summary>The clause takes what has thrown the connection's own loop out: nothing is asked on it any more.</summary>
    private static bool EndsTheLoop(SyntaxNode place, ExchangeCalls exchange)
    {
        if (place is not CatchClauseSyntax { Parent: TryStatementSyntax { Block: var block } }) return false;
        var asked = exchange.Effects.Keys.Where(k => block.Span.Contains(k.Span)).ToList();
        return asked.Count > 0 && asked.All(k => k.Ancestors().TakeWhile(n => n != block).Any(n => n is WhileStatementSyntax or DoStatementSyntax));
    }

    /// <summary>A loop that begins with a read goes on with one: what comes late is still its own to read.</summary>
    private static bool ReadsOn(SyntaxNode place, ExchangeCalls exchange) =>
        place is CatchClauseSyntax { Parent: TryStatementSyntax { Parent: { } around } } && Order.LoopAround(around) is { } loop
        && exchange.Effects.Where(e => loop.Span.Contains(e.Key.Span)).OrderBy(e => e.Key.SpanStart).Select(e => e.Value.Step).FirstOrDefault(step => step <= ExchangeStep.Begin) is ExchangeStep.Read or ExchangeStep.Begin;

    /// <summary>A gate around the write alone is another matter: it never held the pair together.</summary>
    private static bool ReadsBefore(SyntaxNode released, ExchangeCalls exchange) =>
        exchange.Effects.Any(e => e.Value.Step is ExchangeStep.Read or ExchangeStep.Whole or ExchangeStep.Begin && (e.Key.Span.End <= released.SpanStart || released.Span.Contains(e.Key.Span) || released.FirstAncestorOrSelf<SyntaxNode>(n => n is UsingStatementSyntax or BlockSyntax)?.Span.Contains(e.Key.Span) == true && released is not InvocationExpressionSyntax));

    /// <summary>A gate that is entered after the write holds the read alone: the pair was never together.</summary>
    private static bool WritesWithin(SyntaxNode released, ExchangeCalls exchange, SyntaxNode function)
    {
        var writes = exchange.Effects.Where(e => e.Value.Step == ExchangeStep.Write).Select(e => e.Key.SpanStart).ToList();
        if (writes.Count == 0 || released is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax leaving }) return true;
        var gate = leaving.Expression.ToString();
        var entered = Code.OwnNodes(function).OfType<InvocationExpressionSyntax>()
            .Where(i => i.SpanStart < released.SpanStart && i.Expression is MemberAccessExpressionSyntax access && access.Expression.ToString() == gate && Gates.Enters(i)).Select(i => i.SpanStart).DefaultIfEmpty(-1).Max();
        return entered < 0 || writes.Any(w => w > entered && w < released.SpanStart);
    }

    private static CatchClauseSyntax? Swallowing(SyntaxNode function, ExchangeCalls exchange) =>
        function.DescendantNodes().OfType<CatchClauseSyntax>().FirstOrDefault(c => c.Block.Statements.Count == 0 && c.Parent is TryStatementSyntax attempt && exchange.Effects.Keys.Any(k => attempt.Block.Span.Contains(k.Span)));

    private static bool OnlyJumps(CatchClauseSyntax clause) => clause.Block.Statements is [] or [ReturnStatementSyntax or ContinueStatementSyntax or BreakStatementSyntax];

    /// <summary>A private helper whose every caller closes the connection itself.</summary>
    private static bool CallersClose(SyntaxNode function, ISymbol key, RuleContext file)
    {
        if (function is not MethodDeclarationSyntax method || !method.Modifiers.Any(SyntaxKind.PrivateKeyword) && method.Modifiers.Any(m => m.RawKind is (int)SyntaxKind.PublicKeyword or (int)SyntaxKind.InternalKeyword or (int)SyntaxKind.ProtectedKeyword)) return false;
        if (file.Model.GetDeclaredSymbol(method, file.Cancellation) is not { ContainingType: { } type }) return false;
        var callers = type.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(file.Cancellation).DescendantNodes()).OfType<IdentifierNameSyntax>()
            .Where(n => n.Identifier.ValueText == method.Identifier.ValueText).Select(n => Code.FunctionAround(n)).Where(f => f is not null && f != function).ToList();
        return callers.Count > 0 && callers.All(c => c!.DescendantNodes().OfType<CatchClauseSyntax>().Any(clause => Closes(clause)));

        bool Closes(CatchClauseSyntax clause) => clause.Block.DescendantTokens().Any(t => t.ValueText is "Dispose" or "Close" or "Abort" or "Disconnect" or "DisposeAsync" or "DisconnectAsync" or "CloseAsync" or "Reset" or "Reconnect" or "ReconnectAsync");
    }

    /// <summary>An answer that does not carry the number of its question is not taken for its own.</summary>
    private static bool MatchesAnswers(SyntaxNode function)
    {
        foreach (var comparison in Code.OwnNodes(function).OfType<BinaryExpressionSyntax>())
        {
            if (!comparison.IsKind(SyntaxKind.EqualsExpression) && !comparison.IsKind(SyntaxKind.NotEqualsExpression)) continue;
            if (IsNumber(comparison.Left) || IsNumber(comparison.Right) || IsCounted(comparison.Left, function) || IsCounted(comparison.Right, function) || IsEcho(comparison.Left, comparison.Right)) return true;
        }

        return false;

        static bool IsNumber(ExpressionSyntax side)
        {
            var name = side switch { IdentifierNameSyntax identifier => identifier.Identifier.ValueText, MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText, _ => null };
            return name is not null && ClosingFlags.Words(name.TrimStart('_')).LastOrDefault() is { } last && last.ToLowerInvariant() is "id" or "tag" or "seq" or "sequence" or "transaction" or "correlation" or "nonce" or "number" or "xid" or "ticket";
        }
    }

    /// <summary>The header of the answer against that of the question: <c>reply[0] != request[0]</c>.</summary>
    private static bool IsEcho(ExpressionSyntax left, ExpressionSyntax right) =>
        left is ElementAccessExpressionSyntax { Expression: var one } && right is ElementAccessExpressionSyntax { Expression: var other } && one.ToString() != other.ToString();

    /// <summary>A variable that was drawn from a counter: <c>var mine = ++_next;</c>.</summary>
    private static bool IsCounted(ExpressionSyntax side, SyntaxNode function) =>
        side is IdentifierNameSyntax { Identifier.ValueText: var name } && Code.OwnNodes(function).OfType<VariableDeclaratorSyntax>().Any(v => v.Identifier.ValueText == name
            && v.Initializer?.Value.DescendantNodesAndSelf().Any(n => n.IsKind(SyntaxKind.PreIncrementExpression) || n.IsKind(SyntaxKind.PostIncrementExpression) || n is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Interlocked" }, Name.Identifier.ValueText: "Increment" or "Add" } }) == true);

    /// <summary>A lock ends at its brace, a clause stands at its head.</summary>
    private static Location LocationOf(SyntaxNode place) => place switch
    {
        LockStatementSyntax { Statement: BlockSyntax block } => block.CloseBraceToken.GetLocation(),
        CatchClauseSyntax clause => Location.Create(clause.SyntaxTree, TextSpan.FromBounds(clause.CatchKeyword.SpanStart, clause.Declaration?.Span.End ?? clause.CatchKeyword.Span.End)),
        _ => place.GetLocation(),
    };
}
