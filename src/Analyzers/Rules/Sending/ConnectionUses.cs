using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>What a piece of code does with a socket: sends, receives, opens, gives it to somebody.</summary>
internal sealed class ConnectionUses(RuleContext file, ISymbol? connection, SyntaxNode asking)
{
    private const int Depth = 3;

    public bool Sends(SyntaxNode region, bool anyConnection) => Does(region, Role.Send | Role.Use, anyConnection, Depth) && !EndsOnFailure(region);

    /// <summary>
    /// All that is done in the region stands in a <c>try</c> that closes what the network has given up: the question only saves
    /// an attempt.
    /// </summary>
    private bool EndsOnFailure(SyntaxNode region) => IsCovered(region, IsEnding, 0);

    /// <summary>Every send in the region, or in what it calls, stands in a <c>try</c> that does something about its failure.</summary>
    public bool FailureIsCaught(SyntaxNode region) => !Does(region, Role.Send | Role.Use, true, Depth) || IsCovered(region, c => TakesFailure(c) && c.Block.Statements.Count > 0, Depth);

    private bool IsCovered(SyntaxNode region, Func<CatchClauseSyntax, bool> answers, int depth)
    {
        var calls = region.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Where(c => !IsAround(c) && Does(c, Role.Send | Role.Use, true, Depth)).ToList();
        return calls.Count > 0 && calls.All(c => IsTried(c) || depth > 0 && Declarations(c) is { Count: > 0 } codes && codes.All(code => IsCovered(code, answers, depth - 1)));

        bool IsTried(InvocationExpressionSyntax call) => call.Ancestors().TakeWhile(n => n is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .OfType<TryStatementSyntax>().Any(t => t.Block.Span.Contains(call.Span) && t.Catches.Any(answers));
    }

    /// <summary>The question stands within the call.</summary>
    private bool IsAround(InvocationExpressionSyntax call) => call.Span.Contains(asking.Span) && call.SyntaxTree == asking.SyntaxTree;

    private bool IsEnding(CatchClauseSyntax clause) =>
        TakesFailure(clause) && clause.Block.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => ((c.Expression as SimpleNameSyntax)?.Identifier.ValueText ?? Name(c)) is { } name && (ClosingFlags.IsEnding(name) || Reopens(name)));

    private bool TakesFailure(CatchClauseSyntax clause) =>
        clause.Declaration is null || file.Analysis.Bodies.ModelOf(clause.SyntaxTree).GetTypeInfo(clause.Declaration.Type, file.Cancellation).Type is { Name: "Exception" or "SystemException" or "SocketException" or "IOException" or "ExternalException" or "Win32Exception" };

    private static bool Reopens(string name) => ClosingFlags.Words(name).FirstOrDefault() is "Reconnect" or "Drop" or "Kick" or "Remove" or "Evict" or "Fail";

    public bool Receives(SyntaxNode region) => Does(region, Role.Receive | Role.Accessor, false, Depth);

    /// <summary>
    /// A read in these pieces of code waits for the peer, and what it says at the end of the connection is looked at: nobody needs the
    /// question to hear of it. Where the code asks first whether something has arrived, it never reads the end.
    /// </summary>
    public bool HearsEnd(IEnumerable<SyntaxNode> pieces)
    {
        var reads = false;
        var looks = false;
        foreach (var piece in pieces)
        {
            if (piece.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "Available" or "DataAvailable" or "Poll" or "Peek")) return false;
            reads |= Receives(piece);
            looks |= LooksAtEnd(piece) || piece.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Does(c, Role.Receive | Role.Accessor, false, 1) && Declarations(c).Any(code => LooksAtEnd(code) || code.DescendantNodes().Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax)));
        }

        return reads && looks;
    }

    /// <summary>A count of nothing, a line that is not there: <c>if (read == 0) break;</c>, <c>while ((line = r.ReadLine()) != null)</c>.</summary>
    private static bool LooksAtEnd(SyntaxNode code)
    {
        var readsLines = code.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "ReadLine" or "ReadLineAsync");
        return code.DescendantNodesAndSelf().Any(node => node switch
        {
            BinaryExpressionSyntax { RawKind: >= (int)SyntaxKind.EqualsExpression and <= (int)SyntaxKind.GreaterThanOrEqualExpression } compared => IsEnd(compared.Left) || IsEnd(compared.Right),
            IsPatternExpressionSyntax { Pattern: var pattern } => pattern.DescendantNodesAndSelf().OfType<ExpressionSyntax>().Any(IsEnd),
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCompleted" or "ReadExactly" or "ReadExactlyAsync" } => true,
            _ => false,
        });

        bool IsEnd(ExpressionSyntax value) => value switch
        {
            LiteralExpressionSyntax { Token.Value: var end } => end is 0 or 1 || end is null && readsLines,
            PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax { Token.Value: 1 } } => true,
            _ => false,
        };
    }

    /// <summary>Opens it again or makes another: where it says connected, the old one goes on being used.</summary>
    public bool Opens(SyntaxNode region)
    {
        foreach (var node in region.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case InvocationExpressionSyntax call when (RolesOf(call) & (Role.Open | Role.Create)) != 0:
                case InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: var own } } when ClosingFlags.Words(own).FirstOrDefault() is "Connect" or "Reconnect" or "Open" or "Reopen" or "Dial":
                    return true;
                case BaseObjectCreationExpressionSyntax creation when file.Model.SyntaxTree == creation.SyntaxTree && file.Model.GetTypeInfo(creation, file.Cancellation).Type is { Name: "Socket" or "TcpClient" }:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Answers with the connection, chooses it, or puts it back among those that are used again.</summary>
    public bool HandsOut(SyntaxNode region)
    {
        if (connection is null) return false;
        foreach (var node in region.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case ReturnStatementSyntax { Expression: { } answer } when Is(answer):
                case ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Enqueue" or "Push" or "Return" or "Add" or "TryWrite" or "TryAdd" or "WriteAsync" } } } argument when Is(argument.Expression):
                case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax chosen, Right: var candidate } when Is(candidate) && IsUsedAfter(chosen):
                    return true;
            }
        }

        // `c.Connected ? c : Dial()`
        return region is ExpressionSyntax expression && Is(expression);
    }

    /// <summary>The variable is there for more than to be closed.</summary>
    private static bool IsUsedAfter(IdentifierNameSyntax chosen) =>
        Flow.Bodies.EnclosingDeclaration(chosen)?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.SpanStart > chosen.Span.End && n.Identifier.ValueText == chosen.Identifier.ValueText && n.Parent switch
        {
            MemberAccessExpressionSyntax access => access.Expression == n && !ClosingFlags.IsEnding(access.Name.Identifier.ValueText),
            ReturnStatementSyntax or ArgumentSyntax => true,
            _ => false,
        }) == true;

    /// <summary>The same condition also asks the socket itself.</summary>
    public bool AsksForReal(ExpressionSyntax condition) =>
        condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText is "Poll" or "IsAlive" or "IsAliveAsync" or "Ping" or "PingAsync");

    /// <summary>A loop over what has arrived already ends with that; one that waits for something to arrive does not.</summary>
    public bool AsksForData(ExpressionSyntax condition) =>
        condition.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Any(n => n.Identifier.ValueText switch
        {
            "DataAvailable" => n.Parent?.Parent is not PrefixUnaryExpressionSyntax,
            "Available" => n.Parent?.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.NotEqualsExpression },
            _ => false,
        });

    /// <summary>Asks the socket itself: a poll, a send of nothing, a look at what would be received.</summary>
    public bool Probes(SyntaxNode region)
    {
        foreach (var call in region.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
        {
            if (Name(call) is not ("Poll" or "IsAlive" or "IsAliveAsync" or "Send" or "SendAsync" or "Receive" or "ReceiveAsync")) continue;
            var model = file.Analysis.Bodies.ModelOf(call.SyntaxTree);
            if (model.GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol method || !IsSocketLike(ReceiverType(call, method, model)) || !IsSame(call, method, model, false)) continue;
            switch (method.Name)
            {
                case "Poll" or "IsAlive" or "IsAliveAsync":
                case "Send" or "SendAsync" when call.ArgumentList.Arguments.Any(a => IsNothing(a.Expression)) && (call.ArgumentList.Arguments.Count < 3 || call.ArgumentList.Arguments.Count(a => IsNothing(a.Expression)) > 1):
                case "Receive" or "ReceiveAsync" when call.ArgumentList.Arguments.Any(a => a.Expression.ToString().EndsWith("SocketFlags.Peek", StringComparison.Ordinal)):
                    return true;
            }
        }

        return false;
    }

    /// <summary>No bytes: a count of zero, an empty array.</summary>
    private static bool IsNothing(ExpressionSyntax argument) => argument switch
    {
        LiteralExpressionSyntax { Token.Value: 0 } => true,
        ArrayCreationExpressionSyntax { Type.RankSpecifiers: [{ Sizes: [LiteralExpressionSyntax { Token.Value: 0 }] }] } => true,
        CollectionExpressionSyntax { Elements.Count: 0 } => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: GenericNameSyntax { Identifier.ValueText: "Empty" } } } => true,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Empty" } => true,
        _ => false,
    };

    /// <summary>Before the question, the same function or a helper that it called tried to connect.</summary>
    public bool IsOpenedBefore(SyntaxNode question) =>
        Flow.Bodies.EnclosingDeclaration(question) is { } function && TriesToOpen(function, question.SpanStart, 1);

    private bool TriesToOpen(SyntaxNode code, int until, int helpers)
    {
        foreach (var call in code.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.SpanStart >= until) break;
            if (helpers > 0 && call.Expression is IdentifierNameSyntax && Helper(call) is { } helper && TriesToOpen(helper, int.MaxValue, helpers - 1)) return true;
            if (Name(call) is not { } name || name != "EndConnect" && !file.Analysis.Holders.MayOpen(name)) continue;
            var opens = name == "EndConnect" || (RolesOf(call) & Role.Open) != 0;
            if (opens && (Root(call) is not { } root || connection is null || SymbolEqualityComparer.Default.Equals(root, connection))) return true;
        }

        return false;
    }

    /// <summary>The code of an own method that stands in this file.</summary>
    private SyntaxNode? Helper(InvocationExpressionSyntax call) =>
        file.Model.GetSymbolInfo(call, file.Cancellation).Symbol is IMethodSymbol method && method.DeclaringSyntaxReferences.FirstOrDefault() is { } reference && reference.SyntaxTree == file.Tree ? reference.GetSyntax(file.Cancellation) : null;

    private bool Does(SyntaxNode region, Role wanted, bool anyConnection, int depth)
    {
        var model = file.Analysis.Bodies.ModelOf(region.SyntaxTree);
        foreach (var call in region.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>())
        {
            if (IsAround(call)) continue;
            if (model.GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol method) continue;
            var receiver = ReceiverType(call, method, model);
            if (IsSocketLike(receiver))
            {
                var roles = file.Analysis.Connections.RolesOf(method.ReducedFrom ?? method, receiver);
                if ((roles & Role.Close) != 0 || !IsSame(call, method, model, anyConnection)) continue;
                if ((roles & wanted) != 0 && ((wanted & Role.Accessor) == 0 || (roles & Role.Accessor) == 0 || method.Name == "GetStream")) return true;
                if (file.Analysis.Connections.IsCarrier(receiver) && IsTransfer(method.Name, wanted)) return true;
            }
            else if (depth > 0 && !ClosingFlags.IsEnding(method.Name))
            {
                foreach (var code in Declarations(method))
                {
                    // In the method the connection may have another name: a parameter.
                    var passed = connection is not null && call.ArgumentList.Arguments.Any(a => Is(a.Expression)) || call.Expression is MemberAccessExpressionSyntax { Expression: var target } && Is(target);
                    if (Does(code, wanted, anyConnection || passed, depth - 1)) return true;
                }
            }
        }

        return false;
    }

    /// <summary>The code of an own method.</summary>
    private List<SyntaxNode> Declarations(IMethodSymbol method) => !file.Analysis.Summaries.IsOwn(method) ? []
        : (method.ReducedFrom ?? method).OriginalDefinition.DeclaringSyntaxReferences.Where(r => file.Analysis.Compilation.ContainsSyntaxTree(r.SyntaxTree)).Select(r => r.GetSyntax(file.Cancellation)).ToList();

    private List<SyntaxNode> Declarations(InvocationExpressionSyntax call) =>
        file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetSymbolInfo(call, file.Cancellation).Symbol is IMethodSymbol method ? Declarations(method) : [];

    private static bool IsTransfer(string method, Role wanted) =>
        (wanted & Role.Send) != 0 ? method.StartsWith("Write", StringComparison.Ordinal) || method.StartsWith("Flush", StringComparison.Ordinal)
            : method.StartsWith("Read", StringComparison.Ordinal) || method.StartsWith("CopyTo", StringComparison.Ordinal);

    /// <summary>A socket, its client, its stream, or a reader or writer over it: other connections are not what was asked about.</summary>
    private bool IsSocketLike(ITypeSymbol? type) =>
        type is not null && (type.Name is "Socket" or "TcpClient" or "NetworkStream" or "SslStream" || file.Analysis.Connections.IsCarrier(type));

    /// <summary>Not a socket that evidently is another one: both are variables, and they are two.</summary>
    private bool IsSame(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model, bool anyConnection)
    {
        if (anyConnection || connection is null || call.Expression is not MemberAccessExpressionSyntax { Expression: var target }) return true;
        target = Holder(target);
        if (target is not (IdentifierNameSyntax or MemberAccessExpressionSyntax) || model.GetSymbolInfo(target, file.Cancellation).Symbol is not { } symbol) return true;
        if (SymbolEqualityComparer.Default.Equals(symbol, connection)) return true;
        // A stream or writer is a part of some connection; of which, its name does not tell.
        return Symbols.TypeOf(symbol)?.Name is not ("Socket" or "TcpClient");
    }

    private bool Is(ExpressionSyntax expression)
    {
        while (expression is PostfixUnaryExpressionSyntax or ParenthesizedExpressionSyntax or CastExpressionSyntax)
            expression = expression switch { PostfixUnaryExpressionSyntax p => p.Operand, ParenthesizedExpressionSyntax p => p.Expression, CastExpressionSyntax c => c.Expression, _ => expression };
        return expression is IdentifierNameSyntax or MemberAccessExpressionSyntax && expression.SyntaxTree == file.Tree
            && connection is not null && SymbolEqualityComparer.Default.Equals(file.Model.GetSymbolInfo(expression, file.Cancellation).Symbol, connection);
    }

    private Role RolesOf(InvocationExpressionSyntax call)
    {
        var model = file.Analysis.Bodies.ModelOf(call.SyntaxTree);
        if (model.GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol method) return Role.None;
        return file.Analysis.Connections.RolesOf(method.ReducedFrom ?? method, ReceiverType(call, method, model));
    }

    private static string? Name(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.ValueText;

    private ISymbol? Root(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: var target } && Holder(target) is IdentifierNameSyntax or MemberAccessExpressionSyntax ? file.Model.GetSymbolInfo(Holder(target), file.Cancellation).Symbol : null;

    /// <summary>Of <c>_client.Client</c>, <c>_client</c>; a member of one's own of that name is the connection itself.</summary>
    public static ExpressionSyntax Holder(ExpressionSyntax connection)
    {
        while (true)
        {
            switch (connection)
            {
                case PostfixUnaryExpressionSyntax suppressed:
                    connection = suppressed.Operand;
                    break;
                case MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Client" or "Socket", Expression: not (ThisExpressionSyntax or BaseExpressionSyntax) } part:
                    connection = part.Expression;
                    break;
                default:
                    return connection;
            }
        }
    }

    private static ITypeSymbol? ReceiverType(InvocationExpressionSyntax call, IMethodSymbol method, SemanticModel model) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => model.GetTypeInfo(access.Expression).Type ?? method.ContainingType,
        MemberBindingExpressionSyntax => method.ReceiverType ?? method.ContainingType,
        _ => method.ContainingType,
    };
}
