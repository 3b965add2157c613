using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Sending;

/// <summary>The guards of the runtime package: a send that answers instead of throwing, in place of one that throws.</summary>
internal static class TryGuard
{
    private const string Extensions = "StreamSendExtensions";

    /// <summary>Can the code call the guards?</summary>
    public static bool IsThere(Compilation compilation) => !compilation.GetTypesByMetadataName(RuntimeNamespace.Name + "." + Extensions).IsEmpty;

    public const string Title = "Send with the guard that answers";

    /// <summary>The document with the guard in place of the send at the node; null where there is none.</summary>
    public static async Task<Document?> InAsync(Document document, SyntaxNode node, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) as CompilationUnitSyntax;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (root is null || model is null || !IsThere(model.Compilation) || node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } send) return null;
        return Guarded(root, send, model) is { } guarded ? document.WithSyntaxRoot(guarded) : null;
    }

    /// <summary>The root with the guard in place of the send, and of those after it in the function that send on the same; null where there is no guard for it.</summary>
    public static SyntaxNode? Guarded(CompilationUnitSyntax root, InvocationExpressionSyntax send, SemanticModel model)
    {
        if (Call(send, model) is null) return null;
        var replaced = new Dictionary<SyntaxNode, SyntaxNode>();
        var leaving = new Dictionary<SyntaxNode, StatementSyntax>();
        foreach (var call in Like(send))
        {
            if (Call(call, model) is not { } guard) continue;
            replaced[call] = guard;
            if (Counted(call) is { } statement && SendAccount.Leave(statement, Functions.Enclosing(call) ?? root, model) is { } leave) leaving[statement] = leave;
        }

        var changed = root.ReplaceNodes(replaced.Keys.Concat(leaving.Keys), (old, made) => leaving.TryGetValue(old, out var leave) ? IfNotSent((ExpressionStatementSyntax)made, leave) : replaced[old]);
        return WithUsing(changed, root, send.SpanStart, model);
    }

    /// <summary>The statement of a send whose end it waits for, where what follows takes note that it was sent.</summary>
    private static ExpressionStatementSyntax? Counted(InvocationExpressionSyntax send)
    {
        ExpressionSyntax value = send;
        if (value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured }) value = configured;
        if (value.Parent is AwaitExpressionSyntax awaited) value = awaited;
        else if (send.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } && name.EndsWith("Async", StringComparison.Ordinal)) return null;
        if (value.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discarded) value = discarded;
        return value.Parent is ExpressionStatementSyntax statement && Functions.Enclosing(send) is { } function && SendAccount.Follows(statement, function) ? statement : null;
    }

    private static IfStatementSyntax IfNotSent(ExpressionStatementSyntax send, StatementSyntax leave)
    {
        var answer = (send.Expression is AssignmentExpressionSyntax discarded ? discarded.Right : send.Expression).WithoutTrivia();
        var asked = answer is AwaitExpressionSyntax ? $"({answer.ToFullString()})" : answer.ToFullString();
        return IfStyle.OneLine(SyntaxFactory.ParseExpression($"!{asked}.IsSent"), leave).WithTriviaFrom(send);
    }

    public static CompilationUnitSyntax WithUsing(CompilationUnitSyntax changed, CompilationUnitSyntax root, int position, SemanticModel model) =>
        RuntimeNamespace.WithUsing(changed, root, model, position, Extensions);

    /// <summary>The send, and what follows it in its function on a connection of the same name: one that ended before the first has ended before the second.</summary>
    private static IEnumerable<InvocationExpressionSyntax> Like(InvocationExpressionSyntax send)
    {
        yield return send;
        if (Functions.Enclosing(send) is not { } function || Target(send) is not { } target) yield break;
        foreach (var call in function.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.SpanStart > send.Span.End && Functions.Enclosing(call) == function && Target(call) is { } other && SyntaxFactory.AreEquivalent(other, target)) yield return call;
        }
    }

    private static ExpressionSyntax? Target(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Expression;

    /// <summary>The call of the guard; where its task goes somewhere, as a task. Null where the type has no guard, or the answer of the send is used.</summary>
    public static ExpressionSyntax? Call(InvocationExpressionSyntax send, SemanticModel model)
    {
        if (model.GetSymbolInfo(send).Symbol is not IMethodSymbol { IsStatic: false } method || Name(method) is not { } name || Use(send, method, model) is not { } use) return null;
        var (target, arguments) = (send.Expression, send.ArgumentList);
        if (Client(target, model) is { } client)
        {
            if (Buffer(arguments, send, model) is not { } buffer) return null;
            arguments = buffer;
            target = ((MemberAccessExpressionSyntax)target).WithExpression(client.WithTriviaFrom(((MemberAccessExpressionSyntax)target).Expression));
            name = name == "TryWrite" ? "TrySend" : "TrySendAsync";
        }
        else if (name == "TrySend" && method.Parameters.Length == 3 && method.Parameters[0].Type is IArrayTypeSymbol && method.Parameters[1].Name == "size")
        {
            // Send(buffer, size, flags)
            if (arguments.Arguments.Any(a => a.NameColon is not null)) return null;
            var zero = SyntaxFactory.Argument(SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(0))).WithLeadingTrivia(SyntaxFactory.Space);
            arguments = arguments.WithArguments(arguments.Arguments.Insert(1, zero));
        }

        var renamed = target switch
        {
            MemberAccessExpressionSyntax access => access.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(access.Name)),
            MemberBindingExpressionSyntax binding => (ExpressionSyntax)binding.WithName(SyntaxFactory.IdentifierName(name).WithTriviaFrom(binding.Name)),
            _ => null,
        };
        if (renamed is null) return null;
        ExpressionSyntax call = send.WithExpression(renamed).WithArgumentList(arguments);
        return use == Used.AsTask ? AsTask(call) : call;
    }

    private static ExpressionSyntax AsTask(ExpressionSyntax call) =>
        SyntaxFactory.InvocationExpression(SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, call.WithoutTrailingTrivia(), SyntaxFactory.IdentifierName("AsTask"))).WithTrailingTrivia(call.GetTrailingTrivia());

    /// <summary>The guard of a sending member, by what declares the member first.</summary>
    private static string? Name(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden) method = overridden;
        return (method.ContainingType?.Name, method.ContainingType?.ContainingNamespace?.ToDisplayString(), method.Name) switch
        {
            ("Socket", "System.Net.Sockets", "Send") when TakesOneBuffer(method) => "TrySend",
            ("Socket", "System.Net.Sockets", "SendAsync") when TakesOneBuffer(method) => "TrySendAsync",
            ("WebSocket" or "ClientWebSocket", "System.Net.WebSockets", "SendAsync") when method.Parameters.Length > 2 && method.Parameters[2].Type.SpecialType == SpecialType.System_Boolean => "TrySendAsync",
            ("Stream" or "NetworkStream" or "SslStream" or "NegotiateStream" or "PipeStream", _, "Write") => "TryWrite",
            ("Stream" or "NetworkStream" or "SslStream" or "NegotiateStream" or "PipeStream", _, "WriteAsync") => "TryWriteAsync",
            ("PipeWriter", "System.IO.Pipelines", "WriteAsync") => "TryWriteAsync",
            _ => null,
        };
    }

    /// <summary>Not a list of buffers, an operation object, or an error code that is handed out.</summary>
    private static bool TakesOneBuffer(IMethodSymbol method) =>
        method.Parameters.All(p => p.RefKind == RefKind.None && p.Name is "buffer" or "offset" or "size" or "socketFlags" or "cancellationToken");

    /// <summary>The client of <c>client.GetStream().Write(…)</c>: it has a guard of its own, and asking for the stream would throw.</summary>
    private static ExpressionSyntax? Client(ExpressionSyntax target, SemanticModel model) =>
        target is MemberAccessExpressionSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetStream" } stream } }
        && model.GetTypeInfo(stream.Expression).Type is { Name: "TcpClient" } ? stream.Expression : null;

    /// <summary>The client takes a buffer whole: of a part of an array, <c>AsSpan</c> or <c>AsMemory</c>.</summary>
    private static ArgumentListSyntax? Buffer(ArgumentListSyntax arguments, InvocationExpressionSyntax send, SemanticModel model)
    {
        if (arguments.Arguments.Any(a => a.NameColon is not null)) return null;
        if (arguments.Arguments.Count < 3) return arguments;
        var (buffer, offset, count) = (arguments.Arguments[0], arguments.Arguments[1], arguments.Arguments[2]);
        var rest = arguments.Arguments.Skip(3);
        if (offset.ToString() != "0" || count.ToString() != buffer + ".Length")
        {
            if (model.LookupNamespacesAndTypes(send.SpanStart, name: "MemoryExtensions").IsEmpty) return null;
            var part = model.GetSymbolInfo(send).Symbol?.Name == "Write" ? "AsSpan" : "AsMemory";
            buffer = SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"{buffer}.{part}({offset}, {count})")).WithTriviaFrom(buffer);
        }

        return arguments.WithArguments(SyntaxFactory.SeparatedList(rest.Prepend(buffer), Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), rest.Count())));
    }

    private enum Used
    {
        /// <summary>Nobody takes the answer, or it is awaited and then dropped.</summary>
        Not,

        AsTask,
    }

    /// <summary>What becomes of the answer; null where somebody counts on the answer of the send itself.</summary>
    private static Used? Use(InvocationExpressionSyntax send, IMethodSymbol method, SemanticModel model)
    {
        ExpressionSyntax value = send;
        while (value.Parent is ConditionalAccessExpressionSyntax conditional && conditional.WhenNotNull == value || value.Parent is ParenthesizedExpressionSyntax) value = (ExpressionSyntax)value.Parent;
        var isTask = method.ReturnType.Name is "Task" or "ValueTask";
        var awaited = value.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax configured } ? configured : value;
        if (isTask && awaited.Parent is AwaitExpressionSyntax whole) return IsDropped(whole, model) ? Used.Not : null;
        if (IsDropped(value, model)) return Used.Not;
        return method.ReturnType is INamedTypeSymbol { Name: "Task", TypeArguments.Length: 0 } && value == send ? Used.AsTask : null;
    }

    private static bool IsDropped(ExpressionSyntax value, SemanticModel model) => value.Parent switch
    {
        ExpressionStatementSyntax => true,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } discard, Parent: ExpressionStatementSyntax } => model.GetSymbolInfo(discard).Symbol is IDiscardSymbol,
        ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax when value.Parent is AnonymousFunctionExpressionSyntax or { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } => ReturnsNothing(value.Parent is AnonymousFunctionExpressionSyntax ? value.Parent : value.Parent.Parent!, model),
        _ => false,
    };

    private static bool ReturnsNothing(SyntaxNode function, SemanticModel model)
    {
        var method = Functions.Symbol(function, model);
        return method is { ReturnsVoid: true } || method is { IsAsync: true, ReturnType: INamedTypeSymbol { TypeArguments.Length: 0 } };
    }
}
