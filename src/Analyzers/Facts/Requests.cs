using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.Facts;

/// <summary>Requests that do something each time they arrive: POST and PATCH, statements, publications.</summary>
internal sealed class Requests
{
    private const int Depth = 3;

    private static readonly string[] Verbs = ["Post", "Patch", "Send", "ExecuteNonQuery", "Execute", "Publish", "BasicPublish", "Produce"];

    private readonly Analysis _analysis;
    private readonly Lazy<HashSet<string>> _names;
    private readonly ConcurrentDictionary<(IMethodSymbol Method, int Depth), IInvocationOperation?> _led = new();

    public Requests(Analysis analysis)
    {
        _analysis = analysis;
        _names = new(FindNames);
    }

    /// <summary>Names of calls that may be such a request or lead to one: by these a member is known to be worth binding.</summary>
    public bool MaySend(CodeMember member) => member.Invoked.Any(IsVerb) || member.Identifiers.Meets(_names.Value);

    private static bool IsVerb(string name) => Verbs.Any(v => name.StartsWith(v, StringComparison.Ordinal));

    private HashSet<string> FindNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 2; round++)
        {
            var found = new List<string>();
            foreach (var tree in _analysis.Compilation.SyntaxTrees)
            {
                foreach (var member in _analysis.Holders.AllCodeIn(tree, CancellationToken.None))
                {
                    if (!(round == 0 ? member.Invoked.Any(IsVerb) : member.Invoked.Meets(names))) continue;
                    if (member.Declaration is MethodDeclarationSyntax method) found.Add(method.Identifier.ValueText);
                    found.AddRange(member.Functions.OfType<LocalFunctionStatementSyntax>().Select(f => f.Identifier.ValueText));
                }
            }

            names.UnionWith(found);
        }

        return names;
    }

    /// <summary>The request that a call is, or that it leads to in code of this compilation which lets its failure out.</summary>
    public IInvocationOperation? In(IInvocationOperation call, CancellationToken cancellation) => In(call, Depth, cancellation);

    private IInvocationOperation? In(IInvocationOperation call, int depth, CancellationToken cancellation)
    {
        if (IsRequest(call, cancellation)) return call;
        // `SendAsync<Status>(HttpMethod.Get, …)`
        if (call.Arguments.Any(a => a.Value is IPropertyReferenceOperation { Property: { ContainingType.Name: "HttpMethod", Name: "Get" or "Head" or "Options" or "Put" or "Delete" or "Trace" } })) return null;
        // What others give the same method is not this caller's.
        if (call.Arguments.FirstOrDefault(a => SharedClients.IsRequest(a.Value.Type)) is { Value: var message } && !IsWriting(message, 4, cancellation)) return null;
        if (depth == 0 || !_analysis.Summaries.IsOwn(call.TargetMethod) || !_names.Value.Contains(call.TargetMethod.Name)) return null;
        return _led.GetOrAdd((call.TargetMethod.OriginalDefinition, depth), key => LedTo(key.Method, key.Depth, cancellation));
    }

    private IInvocationOperation? LedTo(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        if (Values.CodeOf(method, _analysis, cancellation) is not { } code || HasKey(code.Syntax)) return null;
        foreach (var operation in Values.OwnDescendants(code))
        {
            if (operation is not IInvocationOperation inner || Values.Is(inner.TargetMethod, method)) continue;
            if (In(inner, depth - 1, cancellation) is { } found && !IsStopped(inner) && !IsHandshake(method, found)) return found;
        }

        return null;
    }

    /// <summary>The method answers with the connection that it opens: what it says on that has ended with it when it fails.</summary>
    private bool IsHandshake(IMethodSymbol method, IInvocationOperation request) =>
        StateValues.Unwrapped(method.ReturnType) is var opened
        && _analysis.Connections.TypeOf(opened) is not null && !SharedClients.IsClient(opened) && !SharedClients.IsClient(IoCalls.Receiver(request)?.Type);

    /// <summary>Its failure does not leave the method.</summary>
    private static bool IsStopped(IOperation operation)
    {
        for (var child = operation; child.Parent is { } parent && child is not IAnonymousFunctionOperation; child = parent)
        {
            if (parent is ITryOperation attempt && attempt.Body == child && attempt.Catches.Any(c => !Caught.Rethrows(c))) return true;
        }

        return false;
    }

    /// <summary>The server knows the request by a key and does it once.</summary>
    public static bool HasKey(SyntaxNode code)
    {
        foreach (var token in code.DescendantTokens())
        {
            var text = token.ValueText;
            if (text.IndexOf("idempot", StringComparison.OrdinalIgnoreCase) >= 0 || text is "MessageId" or "IfMatch" or "If-Match" or "Nats-Msg-Id" or "MsgId" or "MessageDeduplicationId") return true;
        }

        return false;
    }

    public bool IsRequest(IInvocationOperation call, CancellationToken cancellation)
    {
        var method = call.TargetMethod;
        if (!IsVerb(method.Name)) return false;
        var receiver = IoCalls.Receiver(call);
        var type = receiver?.Type ?? method.ContainingType;
        if (SharedClients.IsClient(type))
        {
            if (method.Name.StartsWith("Post", StringComparison.Ordinal) || method.Name.StartsWith("Patch", StringComparison.Ordinal)) return true;
            return method.Name is "Send" or "SendAsync" && call.Arguments.FirstOrDefault(a => SharedClients.IsRequest(a.Value.Type))?.Value is { } request && IsWriting(request, 4, cancellation);
        }

        if (method.Name.StartsWith("ExecuteNonQuery", StringComparison.Ordinal)) return IsCommand(type) && !IsHarmless(receiver, 3);
        if (method.Name is "Execute" or "ExecuteAsync") return method.ContainingType is { Name: "SqlMapper" or "DbConnectionExtensions", ContainingNamespace.Name: "Dapper" };
        if (method.Name.StartsWith("ExecuteSql", StringComparison.Ordinal)) return method.ContainingType?.ContainingNamespace?.ToDisplayString() == "Microsoft.EntityFrameworkCore";
        if (!method.Name.StartsWith("Publish", StringComparison.Ordinal) && !method.Name.StartsWith("BasicPublish", StringComparison.Ordinal) && !method.Name.StartsWith("Produce", StringComparison.Ordinal)
            && !(method.Name is "SendMessageAsync" or "SendMessagesAsync" or "SendMessage")) return false;
        return _analysis.Connections.TypeOf(type) is { } known && (known.Traits & (Traits.Response | Traits.Operation)) == 0 || (_analysis.Connections.RolesOf(method, type) & (Role.Send | Role.Use)) != 0;
    }

    /// <summary>A handler of an HTTP pipeline that sends whatever it is given.</summary>
    public static bool IsPassedOn(IInvocationOperation call) =>
        call is { TargetMethod: { Name: "Send" or "SendAsync", ContainingType.Name: "DelegatingHandler" or "HttpMessageHandler" or "MessageProcessingHandler" }, Instance: IInstanceReferenceOperation };

    private static bool IsCommand(ITypeSymbol? type) =>
        Bases.IncludeNamed(type, "DbCommand", "System.Data.Common") || type is { Name: "IDbCommand" } || type?.AllInterfaces.Any(i => i.Name == "IDbCommand") == true;

    /// <summary>The text of the statement shows that it may be run twice.</summary>
    private bool IsHarmless(IOperation? command, int depth)
    {
        if (command is null || depth == 0) return false;
        command = Values.Unwrapped(command);
        if (command is ILocalReferenceOperation { Local: var local })
        {
            return Values.AssignedTo(local, command).Any(v => IsHarmless(v, depth - 1))
                || Values.References(local, Values.Root(command)).Any(r => r.Parent is IPropertyReferenceOperation { Property.Name: "CommandText", Parent: ISimpleAssignmentOperation { Value: var text } } && IsHarmlessText(text));
        }

        return command switch
        {
            IObjectCreationOperation creation => creation.Arguments.Any(a => IsHarmlessText(a.Value))
                || creation.Initializer?.Initializers.Any(i => i is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "CommandText" }, Value: var text } && IsHarmlessText(text)) == true,
            IInvocationOperation call => call.Arguments.Any(a => IsHarmlessText(a.Value)),
            _ => false,
        };
    }

    private bool IsHarmlessText(IOperation value)
    {
        if (Values.Unwrapped(value) is not { ConstantValue: { HasValue: true, Value: string text } }) return Beginnings(value, 4) is { Count: > 0 } all && all.All(IsSetting);
        var statement = text.TrimStart().ToLowerInvariant();
        // `select purge()` reads nothing: it calls.
        return statement.StartsWith("select", StringComparison.Ordinal) && (statement.Contains(" from ") || !statement.Contains("(")) || IsSetting(text)
            || statement.Contains("if not exists") || statement.Contains("if exists") || statement.Contains("on conflict") || statement.Contains("insert or ignore") || statement.Contains("on duplicate key");
    }

    /// <summary>It says how the session shall be, however often.</summary>
    private static bool IsSetting(string? text) =>
        text?.TrimStart().ToLowerInvariant() is { } statement && new[] { "set ", "pragma", "listen", "unlisten" }.Any(w => statement.StartsWith(w, StringComparison.Ordinal));

    /// <summary>The constant with which the text begins, for each way it may have been made; null among them where one is not known.</summary>
    private List<string?> Beginnings(IOperation text, int depth)
    {
        text = Values.Unwrapped(text);
        if (text.ConstantValue is { HasValue: true, Value: string constant }) return [constant];
        if (depth == 0) return [null];
        switch (text)
        {
            case IInterpolatedStringOperation { Parts: [IInterpolatedStringTextOperation first, ..] }:
                return Beginnings(first.Text, depth);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, LeftOperand: var left }:
                return Beginnings(left, depth);
            case IConditionalOperation { WhenTrue: var one, WhenFalse: { } other }:
                return [.. Beginnings(one, depth), .. Beginnings(other, depth)];
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { DeclaredAccessibility: Accessibility.Private } } parameter }:
                return [.. Passed(parameter, default).SelectMany(p => Beginnings(p, depth - 1))];
            case IInvocationOperation { TargetMethod: var method } call when _analysis.Summaries.IsOwn(method):
                return Values.CodeOf(method, _analysis, default) is { } code ? [.. Values.Returned(code).SelectMany(v => Beginnings(v, depth - 1))] : [null];
            // What a builder is given first.
            case IInvocationOperation { TargetMethod: { Name: "ToString", ContainingType.Name: "StringBuilder" }, Instance: ILocalReferenceOperation { Local: var builder } }:
                return [Values.Root(text).Descendants().OfType<IInvocationOperation>().FirstOrDefault(c => c.TargetMethod.Name == "Append" && Values.Unwrapped(c.Instance!) is ILocalReferenceOperation { Local: var on } && Values.Is(on, builder)) is { Arguments: [var appended, ..] } && appended.Value.ConstantValue is { HasValue: true, Value: string said } ? said : null];
            default:
                return [null];
        }
    }

    /// <summary>A request message of a method that must not be repeated.</summary>
    private bool IsWriting(IOperation request, int depth, CancellationToken cancellation)
    {
        if (depth == 0) return false;
        request = Values.Unwrapped(request);
        switch (request)
        {
            case IObjectCreationOperation creation:
                return creation.Arguments.Any(a => IsWritingMethod(a.Value, depth, cancellation))
                    || creation.Initializer?.Initializers.Any(i => i is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Method" }, Value: var set } && IsWritingMethod(set, depth, cancellation)) == true;
            case ILocalReferenceOperation { Local: var local }:
                return Values.AssignedTo(local, request).Any(v => IsWriting(v, depth - 1, cancellation))
                    || Values.TakenApart(local, request).Any(t => IsWriting(t.Whole, t.Part, depth - 1, cancellation))
                    || Values.References(local, Values.Root(request)).Any(r => r.Parent is IPropertyReferenceOperation { Property.Name: "Method", Parent: ISimpleAssignmentOperation { Value: var set } } && IsWritingMethod(set, depth, cancellation));
            case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } factory }:
                return Values.Unwrapped(factory) is IParameterReferenceOperation { Parameter: var made } && Passed(made, cancellation).Any(p => Lambda(p, cancellation) is { } code && (Values.Returned(code).Any(v => IsWriting(v, depth - 1, cancellation))));
            case IInvocationOperation call:
                if (call.Arguments.Any(a => IsWritingMethod(a.Value, depth, cancellation) || SharedClients.IsRequest(a.Value.Type) && IsWriting(a.Value, depth - 1, cancellation))) return true;
                return _analysis.Summaries.IsOwn(call.TargetMethod) && Values.CodeOf(call.TargetMethod, _analysis, cancellation) is { } own && !HasKey(own.Syntax) && Values.Returned(own).Any(v => IsWriting(v, depth - 1, cancellation));
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } } parameter }:
                return Passed(parameter, cancellation).Any(p => IsWriting(p, depth - 1, cancellation));
            default:
                return false;
        }
    }

    /// <summary>A part of a tuple, as it is written or as an own method answers it.</summary>
    private bool IsWriting(IOperation whole, int part, int depth, CancellationToken cancellation) => whole switch
    {
        ITupleOperation tuple => part < tuple.Elements.Length && IsWriting(tuple.Elements[part], depth, cancellation),
        IInvocationOperation { TargetMethod: var method } when depth > 0 && _analysis.Summaries.IsOwn(method) =>
            Values.CodeOf(method, _analysis, cancellation) is { } own && !HasKey(own.Syntax) && Values.Returned(own).Any(v => Values.Unwrapped(v) is ITupleOperation answer && IsWriting(answer, part, depth, cancellation)),
        _ => false,
    };

    private IOperation? Lambda(IOperation function, CancellationToken cancellation) => Values.Unwrapped(function) switch
    {
        IAnonymousFunctionOperation lambda => lambda,
        IMethodReferenceOperation { Method: var method } when _analysis.Summaries.IsOwn(method) => Values.CodeOf(method, _analysis, cancellation),
        _ => null,
    };

    private IEnumerable<IOperation> Passed(IParameterSymbol parameter, CancellationToken cancellation)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method) yield break;
        foreach (var caller in _analysis.Callers.Of(method, cancellation))
        {
            if (caller is IInvocationOperation call && call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal)?.Value is { } argument) yield return argument;
        }
    }

    private bool IsWritingMethod(IOperation value, int depth, CancellationToken cancellation)
    {
        value = Values.Unwrapped(value);
        switch (value)
        {
            case IPropertyReferenceOperation { Property: { Name: "Post" or "Patch", ContainingType.Name: "HttpMethod" } }:
                return true;
            case IObjectCreationOperation { Type.Name: "HttpMethod", Arguments: [var name] }:
                return Values.Unwrapped(name.Value) is { ConstantValue: { HasValue: true, Value: string verb } } && verb.ToUpperInvariant() is "POST" or "PATCH";
            case IParameterReferenceOperation { Parameter: { Type.Name: "HttpMethod" } parameter } when depth > 0:
                return Passed(parameter, cancellation).Any(p => IsWritingMethod(p, depth - 1, cancellation));
            default:
                return false;
        }
    }
}
