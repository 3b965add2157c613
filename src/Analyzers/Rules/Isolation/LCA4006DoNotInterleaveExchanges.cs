using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A request is written and its answer read, and nothing keeps a second caller from getting in between.</summary>
internal sealed class LCA4006DoNotInterleaveExchanges : IRule
{
    public const string Id = "LCA4006";

    /// <summary>The property that names the connection.</summary>
    public const string Connection = "Connection";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not interleave exchanges on one connection",
        "'{0}' writes to '{1}' and reads the answer after an await: a second caller of '{2}' can get in between and take the other's answer",
        "Isolation", DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "On a connection that answers in the order of the requests, who writes next must wait until the answer before has been read. A method that waits between its write and its read can be entered again meanwhile. Keep the pair together with a gate.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.AllCode)
        {
            if (member.Declaration is not MethodDeclarationSyntax method || !HasAwait(method) || Phases.IsOnce(method) || !MayExchange(member)) continue;
            if (file.Model.GetDeclaredSymbol(method, file.Cancellation) is not { } symbol || !Keepers.HoldConnection(symbol.ContainingType, file.Analysis) || IsTest(method)) continue;
            Check(file, method, symbol);
        }
    }

    /// <summary>It writes and reads itself, or by its own methods.</summary>
    private static bool MayExchange(CodeMember member) =>
        (Wire.MayWrite(member.Invoked) || Keepers.CallOwn(member)) && (Wire.MayRead(member.Invoked) || Keepers.CallOwn(member));

    private static void Check(RuleContext file, MethodDeclarationSyntax method, IMethodSymbol symbol)
    {
        var exchanges = Exchanges.Of(file.Analysis);
        var events = exchanges.In(symbol, file.Cancellation);
        var body = new Lazy<Body?>(() => file.Analysis.Bodies.At(method, file.Cancellation));
        var reported = new List<ISymbol>();
        foreach (var write in events)
        {
            if (write.Use != WireUse.Write || write.Function != method || !Wire.IsKept(write.Key) || reported.Any(r => exchanges.IsSame(r, write.Key, body.Value))) continue;
            var read = events.FirstOrDefault(r => r.Use == WireUse.Read && r.Function == method && r.Node != write.Node && Order.MayFollow(write.Node, r.Node) && exchanges.IsSame(write.Key, r.Key, body.Value));
            if (read is null || !Waits(method, write.Node, read.Node) || IsConversation(write.Node, read.Node) || IsQueue(write.Node)) continue;
            if (Gates.HeldAt(method, write.Node.SpanStart, read.Node.Span.End, file.Analysis) || IsRefused(method, write.Node) || IsMadeHere(method, write, exchanges, body.Value)) continue;
            if (Entries(symbol, method, file, 4) < 2 || PooledTypes.Contains(symbol.ContainingType, file.Analysis)) continue;
            reported.Add(write.Key);
            file.Report(Diagnostic.Create(Rule, write.Node.GetLocation(), [read.Node.GetLocation()], ImmutableDictionary<string, string?>.Empty.Add(Connection, write.Key.Name), symbol.Name, write.Key.Name, symbol.Name));
        }
    }

    private static bool HasAwait(SyntaxNode method) => Order.Awaits(method).Any();

    /// <summary>An await lies in the pair: between the two, or at one of them.</summary>
    private static bool Waits(SyntaxNode method, SyntaxNode write, SyntaxNode read) =>
        Order.Awaits(method).Any(a => a.Span.End > write.Span.Start && a.SpanStart <= read.SpanStart && (a.SpanStart >= write.SpanStart || a.Span.Contains(write.Span)) || a.Span.Contains(read.Span));

    /// <summary>A loop that reads and writes by itself after a first word is a conversation, entered once.</summary>
    private static bool IsConversation(SyntaxNode write, SyntaxNode read)
    {
        if (Order.LoopAround(read) is not { } loop || loop.Span.Contains(write.Span)) return false;
        return loop.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i.Expression.LastWord() is var name && (name.StartsWith("Write", StringComparison.Ordinal) || name.StartsWith("Send", StringComparison.Ordinal) || name.StartsWith("Handle", StringComparison.Ordinal) || name.StartsWith("Process", StringComparison.Ordinal) || name.StartsWith("Dispatch", StringComparison.Ordinal) || name.StartsWith("On", StringComparison.Ordinal)));
    }

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString().Split('.').Last() is "Fact" or "Theory" or "Test" or "TestMethod" or "TestCase" or "Benchmark" or "DataTestMethod" or "GlobalSetup" or "SetUp");

    /// <summary>A busy flag turns the second caller away.</summary>
    private static bool IsRefused(SyntaxNode method, SyntaxNode write)
    {
        foreach (var statement in Code.OwnNodes(method).OfType<IfStatementSyntax>())
        {
            if (statement.SpanStart > write.SpanStart) continue;
            var condition = statement.Condition.Meant().DescendantNodesAndSelf().ToList();
            if (condition.OfType<InvocationExpressionSyntax>().Any(i => i.Expression.LastWord() is "Exchange" or "CompareExchange" or "TryEnter" or "TrySetBusy" or "TryBegin")) return true;
            foreach (var name in condition.OfType<IdentifierNameSyntax>())
            {
                if (!Jumps(statement.Statement)) continue;
                if (Code.OwnNodes(method).OfType<AssignmentExpressionSyntax>().Any(a => a.SpanStart > statement.SpanStart && a.SpanStart < write.SpanStart && a.Right.IsKind(SyntaxKind.TrueLiteralExpression) && Assigned(a) == name.Identifier.ValueText)) return true;
            }
        }

        return false;
    }

    private static string? Assigned(AssignmentExpressionSyntax assignment) => assignment.Left switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    private static bool Jumps(StatementSyntax statement) =>
        statement is ReturnStatementSyntax or ThrowStatementSyntax || statement is BlockSyntax { Statements: var statements } && statements.LastOrDefault() is ReturnStatementSyntax or ThrowStatementSyntax;

    /// <summary>A connection that this very call has made is nobody else's yet.</summary>
    private static bool IsMadeHere(SyntaxNode method, WireEvent write, Exchanges exchanges, Body? body)
    {
        foreach (var assignment in Code.OwnNodes(method).OfType<AssignmentExpressionSyntax>())
        {
            if (assignment.SpanStart > write.Node.SpanStart || !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)) continue;
            if (Assigned(assignment) != write.Key.Name && !(body?.Type?.GetMembers(Assigned(assignment) ?? "").FirstOrDefault() is { } other && exchanges.IsSame(other, write.Key, body))) continue;
            // Under a condition it is made only when there is none: the next caller finds it.
            if (!assignment.Ancestors().TakeWhile(a => a != method).Any(a => a is IfStatementSyntax or ConditionalExpressionSyntax)) return true;
        }

        return false;
    }

    /// <summary>How many may be in it at once: any number where it is open to all, else one for each callback that leads there past no gate.</summary>
    private static int Entries(IMethodSymbol symbol, MethodDeclarationSyntax method, RuleContext file, int depth)
    {
        if (symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal || !symbol.ExplicitInterfaceImplementations.IsEmpty) return 2;
        if (depth == 0) return 0;
        var entries = 0;
        var calls = symbol.ContainingType.DeclaringSyntaxReferences.SelectMany(r => r.GetSyntax(file.Cancellation).DescendantNodes()).OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == symbol.Name).ToList();
        // What a base class keeps for its subclasses is called from theirs.
        if (symbol.DeclaredAccessibility is Accessibility.Protected or Accessibility.ProtectedAndInternal) calls.AddRange(CallsOutside(symbol, file));
        // Awaited in one loop: one after the other.
        if (calls.Count == 1 && Order.LoopAround(calls[0]) is not null) return 0;
        foreach (var name in calls)
        {
            if (Code.FunctionAround(name) is not { } caller || caller == method) continue;
            var isCall = name.Parent is InvocationExpressionSyntax || name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax };
            if (!isCall)
            {
                entries++;
                continue;
            }

            if (Gates.HeldAt(caller, name.SpanStart, name.Span.End, file.Analysis) || IsRefused(caller, name)) continue;
            switch (caller)
            {
                case MethodDeclarationSyntax outer:
                    if (Phases.IsOnce(outer) || IsQueue(name)) continue;
                    if (file.Analysis.Bodies.ModelOf(outer.SyntaxTree).GetDeclaredSymbol(outer, file.Cancellation) is { } above) entries += Entries(above, outer, file, depth - 1);
                    break;
                case AnonymousFunctionExpressionSyntax { Parent: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } }:
                    entries++;
                    break;
                case AnonymousFunctionExpressionSyntax lambda when file.Callbacks.Any(c => c.Syntax == lambda):
                    entries++;
                    break;
            }
        }

        return entries;
    }

    private static IEnumerable<IdentifierNameSyntax> CallsOutside(IMethodSymbol symbol, RuleContext file) =>
        file.Analysis.Callers.Of(symbol, file.Cancellation).Where(c => !symbol.ContainingType.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == c.Syntax.SyntaxTree && r.Span.Contains(c.Syntax.Span)))
            .Select(c => c.Syntax.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().FirstOrDefault(n => n.Identifier.ValueText == symbol.Name)).Where(n => n is not null)!;

    /// <summary>One loop takes the requests out of a queue.</summary>
    private static bool IsQueue(SyntaxNode call)
    {
        for (var loop = Order.LoopAround(call); loop is not null; loop = Order.LoopAround(loop))
        {
            if (loop.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i.Expression.LastWord() is "ReadAllAsync" or "WaitToReadAsync" or "TryRead" or "GetConsumingEnumerable" or "Take" or "TryDequeue" or "ReadAsync")) return true;
        }

        return false;
    }
}

/// <summary>Types of this compilation that a pool or lease hands out: each is one user's at a time.</summary>
internal sealed class PooledTypes
{
    private static readonly ConditionalWeakTable<Analysis, Lazy<HashSet<ITypeSymbol>>> Kept = new();

    public static bool Contains(ITypeSymbol type, Analysis analysis) =>
        Kept.GetValue(analysis, a => new(() => Find(a))).Value.Contains(type.OriginalDefinition);

    private static HashSet<ITypeSymbol> Find(Analysis analysis)
    {
        var found = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        foreach (var type in analysis.Implementations.Types)
        {
            foreach (var member in type.GetMembers())
            {
                var held = Symbols.TypeOf(member);
                if (held is INamedTypeSymbol { TypeArguments: [.., var element], Name: "ConcurrentBag" or "ConcurrentStack" or "ConcurrentQueue" or "Stack" or "Queue" or "Channel" or "BlockingCollection" or "ObjectPool" or "Pool" or "ConnectionPool" or "ChannelWriter" or "ChannelReader" }) Add(element);
                if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method || !IsTaking(method.Name)) continue;
                if (!type.GetMembers().Any(m => m is IMethodSymbol && m.Name is "Return" or "ReturnAsync" or "Release" or "ReleaseAsync" or "GiveBack" or "Recycle" or "Put" or "CheckIn")) continue;
                Add(StateValues.Unwrapped(method.ReturnType));
            }
        }

        return found;

        void Add(ITypeSymbol element)
        {
            if (element is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Interface } named) found.Add(named.OriginalDefinition);
        }
    }

    private static bool IsTaking(string name) =>
        name.StartsWith("Rent", StringComparison.Ordinal) || name.StartsWith("Lease", StringComparison.Ordinal) || name.StartsWith("Take", StringComparison.Ordinal) || name.StartsWith("Borrow", StringComparison.Ordinal)
        || name.StartsWith("Acquire", StringComparison.Ordinal) || name.StartsWith("Checkout", StringComparison.Ordinal) || name.StartsWith("CheckOut", StringComparison.Ordinal) || name.StartsWith("Get", StringComparison.Ordinal);
}
