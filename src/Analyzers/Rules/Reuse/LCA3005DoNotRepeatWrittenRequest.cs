using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Rules.Isolation;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A request that changes something is sent again after a failure that does not say whether it arrived.</summary>
internal sealed class LCA3005DoNotRepeatWrittenRequest : IRule
{
    public const string Id = "LCA3005";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Do not repeat a request that may have been written",
        "'{0}' is sent again after '{1}', which can come when the request has already been written: it may be done twice",
        "Reuse", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A connection that breaks while the answer is awaited says nothing about the request. Repeat a request that is not idempotent only where the failure proves that nothing was written (name resolution, a refused connect), where the server has rejected it, or with an idempotency key.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        Repeats? repeats = null;
        foreach (var member in file.AllCode)
        {
            if (!file.Analysis.Requests.MaySend(member) || Code.Of(member.Declaration, file.Model, file.Cancellation) is not { } root) continue;
            foreach (var operation in root.DescendantsAndSelf())
            {
                var request = Request(file, operation, member.Declaration);
                if (request is null) continue;
                if (Requests.HasKey(member.Declaration)) break;
                if (IsInOwnTransaction(operation, request)) continue;
                repeats ??= new Repeats(file.Analysis, file.Cancellation);
                if (repeats.After(operation, request, other => IsSame(file, operation, request, other)) is not { } failure) continue;
                var name = operation is IMethodReferenceOperation reference ? reference.Method.Name : ((IInvocationOperation)operation).TargetMethod.Name;
                file.Report(Diagnostic.Create(Rule, operation.Syntax.GetLocation(), name, failure));
            }
        }
    }

    /// <summary>Each attempt begins a transaction: what has not been committed has not been done.</summary>
    private static bool IsInOwnTransaction(IOperation operation, IInvocationOperation request)
    {
        if (!request.TargetMethod.Name.StartsWith("Execute", StringComparison.Ordinal)) return false;
        var attempt = operation.Syntax.Ancestors().FirstOrDefault(a => a is TryStatementSyntax or AnonymousFunctionExpressionSyntax or MemberDeclarationSyntax);
        return attempt?.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => c.SpanStart < operation.Syntax.SpanStart && c.Expression.LastWord().StartsWith("BeginTransaction", StringComparison.Ordinal)) == true;
    }

    /// <summary>The request that the operation makes.</summary>
    private static IInvocationOperation? Request(RuleContext file, IOperation operation, SyntaxNode declaration)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                if (file.Analysis.Requests.In(call, file.Cancellation) is { } request) return request;
                // A handler does not know the method, unless it asks for it.
                if (Requests.IsPassedOn(call) && !declaration.DescendantNodes().Any(n => n is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Method" })) return call;
                // The method calls itself again.
                return Values.CallsItself(call, file.Model) ? Own(file, Values.Root(call)) : null;
            case IMethodReferenceOperation { Method: var method, Parent: IDelegateCreationOperation { Parent: IArgumentOperation } } when file.Analysis.Summaries.IsOwn(method) && Values.CodeOf(method, file.Analysis, file.Cancellation) is { } code && !Requests.HasKey(code.Syntax):
                return Own(file, code);
            default:
                return null;
        }
    }

    private static IInvocationOperation? Own(RuleContext file, IOperation code) =>
        Values.OwnDescendants(code).OfType<IInvocationOperation>().FirstOrDefault(c => file.Analysis.Requests.IsRequest(c, file.Cancellation));

    /// <summary>Another call for the same: the same method with the same address and content.</summary>
    private static bool IsSame(RuleContext file, IOperation operation, IInvocationOperation request, IOperation other)
    {
        if (other is not IInvocationOperation first || operation is not IInvocationOperation again) return false;
        // `return await AttachAsync(file, attempt + 1)`: what the method sends is sent again.
        if (Values.CallsItself(again, file.Model)) return file.Analysis.Requests.IsRequest(first, file.Cancellation);
        if (first.TargetMethod.Name != again.TargetMethod.Name || !Values.Is(first.TargetMethod.ContainingType, again.TargetMethod.ContainingType)) return false;
        if (SharedClients.IsClient(IoCalls.Receiver(again)?.Type) && Text(IoCalls.Receiver(first)) != Text(IoCalls.Receiver(again))) return false;
        if (Requests.IsPassedOn(again)) return true;
        if (again.TargetMethod.Name is "Send" or "SendAsync" && again.Arguments.FirstOrDefault(a => SharedClients.IsRequest(a.Value.Type)) is { } message)
            return first.Arguments.FirstOrDefault(a => SharedClients.IsRequest(a.Value.Type)) is { } earlier && Address(message.Value) == Address(earlier.Value);
        if (again.TargetMethod.Name.StartsWith("ExecuteNonQuery", StringComparison.Ordinal)) return Statement(IoCalls.Receiver(first)) == Statement(IoCalls.Receiver(again));
        // Of an HTTP request the address is enough: its content may be made anew.
        var length = again.TargetMethod.Name.StartsWith("Post", StringComparison.Ordinal) || again.TargetMethod.Name.StartsWith("Patch", StringComparison.Ordinal) ? 1 : int.MaxValue;
        return Arguments(first, length).SequenceEqual(Arguments(again, length)) && (length == 1 || !SendsAnother(first, again));
    }

    /// <summary>The variables have one name and are two: an answer in the <c>try</c>, the news of its failure in the <c>catch</c>.</summary>
    private static bool SendsAnother(IInvocationOperation first, IInvocationOperation again)
    {
        foreach (var argument in again.Arguments)
        {
            var earlier = first.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == argument.Parameter?.Ordinal);
            if (earlier is null || Values.Unwrapped(argument.Value) is not ILocalReferenceOperation { Local: var sent } || Values.Unwrapped(earlier.Value) is not ILocalReferenceOperation { Local: var before } || Values.Is(sent, before)) continue;
            if (Address(argument.Value) != Address(earlier.Value)) return true;
        }

        return false;
    }

    private static IEnumerable<string> Arguments(IInvocationOperation call, int length) =>
        call.Arguments.Where(a => a.ArgumentKind == ArgumentKind.Explicit && a.Parameter?.Type.Name != "CancellationToken" && !(call.TargetMethod.IsExtensionMethod && a.Parameter?.Ordinal == 0)).Take(length).Select(a => a.Value.Syntax.ToString());

    private static string? Text(IOperation? operation) => operation?.Syntax.ToString();

    /// <summary>Of a message, how it is made.</summary>
    private static string Address(IOperation message)
    {
        message = Values.Unwrapped(message);
        if (message is IInvocationOperation { Arguments: [var copied] } && SharedClients.IsRequest(copied.Value.Type)) return Address(copied.Value);
        if (message is ILocalReferenceOperation { Local: var local } && Values.AssignedTo(local, message).FirstOrDefault() is { } made && made != message) return Address(made);
        return message is IObjectCreationOperation creation ? string.Join(",", creation.Arguments.Select(a => a.Syntax.ToString())) : message.Syntax.ToString();
    }

    private static string? Statement(IOperation? command)
    {
        if (command is null) return null;
        command = Values.Unwrapped(command);
        return command is ILocalReferenceOperation { Local: var local } && Values.AssignedTo(local, command).FirstOrDefault() is { } made ? made.Syntax.ToString() : command.Syntax.ToString();
    }
}
