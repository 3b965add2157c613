using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>A clause that catches everything and does nothing, around a send: the cause that a state check would name is lost.</summary>
internal sealed class LCA2005HiddenSendFailure : IRule
{
    public const string Id = "LCA2005";

    /// <summary>The property of the diagnostic that names what a narrow clause catches, by metadata name.</summary>
    public const string Exceptions = "Exceptions";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not hide every failure of a send",
        "This 'catch' hides every failure of '{0}', not only those of a connection that has ended",
        "Sending", DiagnosticSeverity.Info, isEnabledByDefault: true,
        description: "An empty catch-all around a send also hides what is no end of a connection: a defect in the code that makes the message, a wrong argument, a cancelled caller. Catch what a send on an ended connection throws, or send with a guard that answers with the outcome.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        // Clauses of this shape are rare: the code that leads to a send need not mention a connection itself.
        foreach (var statement in file.AllCode.Where(m => m.Identifiers.Contains("catch")).SelectMany(m => m.Declaration.DescendantNodes().OfType<TryStatementSyntax>()))
        {
            foreach (var clause in statement.Catches)
            {
                if (IsEmpty(clause) && CatchesAll(clause, file) && !ResultTells(statement) && !Closes(statement)) Check(file, statement, clause);
            }
        }
    }

    private static void Check(RuleContext file, TryStatementSyntax statement, CatchClauseSyntax clause)
    {
        if (Flow.Bodies.EnclosingDeclaration(statement) is not { } enclosing || file.Analysis.Bodies.At(enclosing, file.Cancellation) is not { } body) return;
        var hidden = file.Analysis.SendSites.Of(body, file.Cancellation).Where(site => !site.Answers && IsHidden(file, site, statement)).ToList();
        if (hidden.Count == 0)
        {
            Plain(file, statement, clause);
            return;
        }

        var narrow = new SendFailures(file).Of(statement.Block, hidden);
        var properties = narrow is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add(Exceptions, narrow);
        file.Report(Diagnostic.Create(Rule, clause.CatchKeyword.GetLocation(), [hidden[0].First.Syntax.GetLocation()], properties, hidden[0].Method.Name));
    }

    /// <summary>A stream that nobody has made here and whose name says that it leads to a peer, or to which a caller gives one; a request over HTTP.</summary>
    private static void Plain(RuleContext file, TryStatementSyntax statement, CatchClauseSyntax clause)
    {
        foreach (var call in statement.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Expression: var target } || file.Model.GetOperation(call, file.Cancellation) is not IInvocationOperation invocation) continue;
            var names = WritesToPeer(file, invocation, target) ? "System.IO.IOException;System.ObjectDisposedException"
                : IsRequest(invocation.TargetMethod, file.Model.GetTypeInfo(target, file.Cancellation).Type) ? "System.Net.Http.HttpRequestException;System.OperationCanceledException" : null;
            if (names is null || TryBlocks.Catch(invocation, statement.Block, file.Analysis.Catalogue.Throws(invocation.TargetMethod), file.Analysis.Bodies)) continue;
            // Another connection in the same block throws something else.
            var properties = ImmutableDictionary<string, string?>.Empty;
            if (new SendFailures(file).Of(statement.Block, []) is not { } others || others == names) properties = properties.Add(Exceptions, names);
            file.Report(Diagnostic.Create(Rule, clause.CatchKeyword.GetLocation(), [call.GetLocation()], properties, invocation.TargetMethod.Name));
            return;
        }
    }

    private static bool WritesToPeer(RuleContext file, IInvocationOperation call, ExpressionSyntax target)
    {
        if (call.TargetMethod.Name is not ("Write" or "WriteAsync" or "WriteByte" or "WriteLine" or "WriteLineAsync") || !file.Analysis.Connections.IsCarrier(call.Instance?.Type)) return false;
        if (file.Model.GetSymbolInfo(target, file.Cancellation).Symbol is not { } symbol || symbol is not (IFieldSymbol or IPropertySymbol or IParameterSymbol)) return false;
        if (ClosingFlags.Words(symbol.Name).Any(w => w.ToLowerInvariant() is "transport" or "network" or "socket" or "connection" or "conn" or "peer" or "remote" or "tcp" or "ssl" or "tls" or "wire")) return true;
        // A local function or method that is given a connection's stream in this file.
        if (symbol is not IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } around, Ordinal: var ordinal }) return false;
        foreach (var given in file.Tree.GetRoot(file.Cancellation).DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (given.ArgumentList.Arguments.Count <= ordinal || !SymbolEqualityComparer.Default.Equals(file.Model.GetSymbolInfo(given, file.Cancellation).Symbol?.OriginalDefinition, around)) continue;
            if (file.Analysis.Connections.TypeOf(file.Model.GetTypeInfo(given.ArgumentList.Arguments[ordinal].Expression, file.Cancellation).Type) is not null) return true;
        }

        return false;
    }

    /// <summary>A request that changes something, and of which nobody learns that it was not made.</summary>
    private static bool IsRequest(IMethodSymbol method, ITypeSymbol? type) =>
        type is { Name: "HttpClient", ContainingNamespace: { Name: "Http", ContainingNamespace.Name: "Net" } } && ClosingFlags.Words(method.Name).FirstOrDefault() is "Post" or "Put" or "Patch" or "Delete" or "Send";

    private static bool IsHidden(RuleContext file, SendSite site, TryStatementSyntax statement)
    {
        if (!statement.Block.Span.Contains(site.First.Syntax.Span) || file.Analysis.Connections.TypeOf(site.Type) is { } type && (type.Traits & (Traits.Response | Traits.Operation)) != 0) return false;
        return !site.Steps.Any(step => NeverComesBack(step) || IsCaughtBefore(file, step, step == site.First ? statement.Block : step.Body.Syntax, site));
    }

    /// <summary>What an <c>async</c> method throws goes into its task, which nobody looks at, or to the thread pool: it is not the clause that hides it.</summary>
    private static bool NeverComesBack(SendStep step) =>
        step.Event.Symbol is IMethodSymbol { IsAsync: true } method && (method.ReturnsVoid || Isolation.Dropped.Is(step.Event.Operation));

    /// <summary>Another clause, nearer to the send, sees the failure first.</summary>
    private static bool IsCaughtBefore(RuleContext file, SendStep step, SyntaxNode within, SendSite site) =>
        TryBlocks.Catch(step.Event.Operation, within, file.Analysis.Catalogue.Throws(site.Method), file.Analysis.Bodies);

    private static bool CatchesAll(CatchClauseSyntax clause, RuleContext file)
    {
        if (clause.Filter is { FilterExpression: var filter } && !LetsAlmostAllIn(filter)) return false;
        if (clause.Declaration is not { } declaration) return true;
        return Bases.IsException(file.Model.GetTypeInfo(declaration.Type, file.Cancellation).Type);
    }

    /// <summary>
    /// A filter that only says what is not meant (<c>ex is not OperationCanceledException</c>, <c>!token.IsCancellationRequested</c>)
    /// lets every cause in that a send has; one that names kinds, or asks whether the end has begun, or calls something, does not.
    /// </summary>
    private static bool LetsAlmostAllIn(ExpressionSyntax filter) => filter switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => LetsAlmostAllIn(inner),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => LetsAlmostAllIn(both.Left) && LetsAlmostAllIn(both.Right),
        IsPatternExpressionSyntax { Expression: IdentifierNameSyntax, Pattern: UnaryPatternSyntax { Pattern: TypePatternSyntax or ConstantPatternSyntax or ParenthesizedPatternSyntax } } => true,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var denied } => denied switch
        {
            ParenthesizedExpressionSyntax { Expression: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression } or IsPatternExpressionSyntax } => true,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCancellationRequested" } => true,
            _ => false,
        },
        _ => false,
    };

    /// <summary>Nothing happens in the clause but that it ends.</summary>
    private static bool IsEmpty(CatchClauseSyntax clause) => clause.Block.Statements.All(IsNothing);

    private static bool IsNothing(StatementSyntax statement) => statement switch
    {
        EmptyStatementSyntax or ContinueStatementSyntax or ReturnStatementSyntax { Expression: null } => true,
        ReturnStatementSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" } } => true,
        ExpressionStatementSyntax { Expression: AwaitExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" }, Name.Identifier.ValueText: "CompletedTask" } } } => true,
        // `_ = ex;` quiets the compiler, no more.
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" }, Right: IdentifierNameSyntax } } => true,
        BlockSyntax block => block.Statements.All(IsNothing),
        _ => false,
    };

    /// <summary>The way through the <c>try</c> answers or counts something, so that the other way shows.</summary>
    private static bool ResultTells(TryStatementSyntax statement)
    {
        foreach (var node in statement.Block.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            switch (node)
            {
                case ReturnStatementSyntax { Expression: { } answer } when !IsTask(answer):
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } or PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression }:
                case AssignmentExpressionSyntax { Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.TrueLiteralExpression or (int)SyntaxKind.FalseLiteralExpression } }:
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Increment" or "TrySetResult" or "SetResult" } }:
                    return true;
            }
        }

        return false;
    }

    private static bool IsTask(ExpressionSyntax answer) => answer is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "CompletedTask" };

    /// <summary>The connection is on its way out: what is said at the end is said for as long as it goes.</summary>
    private static bool Closes(TryStatementSyntax statement)
    {
        // Clean-up after a failure that is told itself.
        if (statement.FirstAncestorOrSelf<CatchClauseSyntax>() is { } around && TryBlocks.Rethrows(around)) return true;
        if (statement.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && ClosingFlags.IsEnding(method.Identifier.ValueText)) return true;
        if (CallsEnding(statement.Block) || statement.Finally is { } handler && CallsEnding(handler)) return true;
        if (statement.Parent is not BlockSyntax block) return false;
        return block.Statements.SkipWhile(s => s != statement).Skip(1).Any(s => s is ExpressionStatementSyntax or TryStatementSyntax && CallsEnding(s));
    }

    private static bool CallsEnding(SyntaxNode code) =>
        code.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => ClosingFlags.IsEnding(call.Expression.LastWord()));
}
