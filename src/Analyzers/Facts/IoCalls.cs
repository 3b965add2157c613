using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.Facts;

/// <summary>Which calls do network I/O, and what they throw: the catalogue's roles, read from the operations of the source.</summary>
internal sealed class IoCalls(Analysis analysis)
{
    private readonly ConcurrentDictionary<string, INamedTypeSymbol?> _exceptions = new(StringComparer.Ordinal);

    /// <summary>The I/O that this operation is by itself, seen from outside: the code of an own method is not looked into.</summary>
    public IoCall? Of(IOperation operation) => operation switch
    {
        IInvocationOperation invocation => OfInvocation(invocation),
        IObjectCreationOperation { Constructor: { } constructor } creation when (analysis.Connections.RolesOf(constructor, null) & Role.Create) != 0 =>
            Make(IoKind.Connect, creation, constructor, null, creation.Type),
        _ => null,
    };

    private IoCall? OfInvocation(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var receiver = Receiver(call);
        var type = receiver?.Type ?? method.ContainingType;
        if (analysis.Connections.TypeOf(type) is { } known)
        {
            if ((known.Traits & Traits.Operation) != 0) return null;
            return KindOf(method, type) is { } kind ? Make(kind, call, method, receiver, type) : null;
        }

        if (analysis.Connections.IsCarrier(type) && type!.Name != "DbCommand")
        {
            if (OfCarrier(method) is not { } kind) return null;
            if (kind == IoKind.Complete && IsOfUnknownOrigin(receiver)) return Make(kind, call, method, receiver, type);
            if (IsOnConnection(receiver, out var parameter)) return Make(kind, call, method, receiver, type, parameter);
            // What is copied from a file may go to a peer.
            return method.Name.StartsWith("CopyTo", StringComparison.Ordinal) && call.Arguments.FirstOrDefault()?.Value is { } target && IsOnConnection(target, out parameter)
                ? Make(IoKind.Send, call, method, target, target.Type, parameter) : null;
        }

        // A factory that is no member of the connection it opens.
        return (analysis.Connections.RolesOf(method, type) & (Role.Create | Role.Quiet)) == Role.Create && KindOf(method, type) is { } made ? Make(made, call, method, receiver, type) : null;
    }

    /// <summary>A stream that was given to the object: who reads it in callbacks reads from a peer, as far as anybody can see.</summary>
    private bool IsOfUnknownOrigin(IOperation? carrier) => carrier switch
    {
        { Type: not { Name: "Stream", ContainingNamespace.Name: "IO" } } => false,
        IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } } => true,
        IFieldReferenceOperation { Field: var field } => Assignments.To(field, analysis).ToList() is { Count: > 0 } given && given.All(a => a.Model.GetSymbolInfo(a.Value).Symbol is IParameterSymbol),
        _ => false,
    };

    /// <summary>What a call is made on; for an extension method its first argument, for a static one nothing.</summary>
    public static IOperation? Receiver(IInvocationOperation call)
    {
        var receiver = call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value : null);
        return receiver is null ? null : Unwrapped(receiver);
    }

    public static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { OperatorMethod: null } conversion when conversion.IsImplicit || conversion.Type is null || conversion.Type.SpecialType == SpecialType.System_Object || conversion.Type.TypeKind == TypeKind.Delegate:
                    operation = conversion.Operand;
                    break;
                case IConditionalAccessInstanceOperation instance when ConditionalAccess.ReceiverOf(instance) is { } accessed:
                    operation = accessed;
                    break;
                default:
                    return operation;
            }
        }
    }

    private IoKind? KindOf(IMethodSymbol method, ITypeSymbol? type)
    {
        var name = method.Name;
        if (TakesAsyncResult(method) && name.BeginsWith("End")) return IoKind.Complete;
        var roles = analysis.Connections.RolesOf(method, type);
        if ((roles & Role.Quiet) != 0) return null;
        var isStart = name.BeginsWith("Begin") || method.Parameters.Any(p => analysis.Connections.TypeOf(p.Type) is { } t && (t.Traits & Traits.Operation) != 0);
        if ((roles & Role.Send) != 0) return IoKind.Send;
        if ((roles & (Role.Receive | Role.Open | Role.Create)) != 0 && isStart) return IoKind.Start;
        if ((roles & Role.Receive) != 0) return name.BeginsWith("Accept") || name.BeginsWith("GetContext") ? IoKind.Accept : IoKind.Receive;
        if ((roles & (Role.Open | Role.Create)) != 0)
        {
            if (name.BeginsWith("Accept") || name.BeginsWith("WaitForConnection")) return IoKind.Accept;
            if (name.BeginsWith("Authenticate")) return IoKind.Handshake;
            if ((roles & Role.Use) != 0) return null;
            return name.BeginsWith("Bind") || name.BeginsWith("Listen") || name.BeginsWith("Start") && IsListener(type) ? IoKind.Listen : IoKind.Connect;
        }

        if ((roles & Role.Ensures) != 0) return IoKind.Connect;
        return (roles & Role.Close) != 0 ? IoKind.Close : null;
    }

    private static IoKind? OfCarrier(IMethodSymbol method)
    {
        var name = method.Name;
        if (TakesAsyncResult(method) && name.BeginsWith("End")) return IoKind.Complete;
        if (name.BeginsWith("BeginRead")) return IoKind.Start;
        if (name.BeginsWith("Read") || name.BeginsWith("CopyTo")) return IoKind.Receive;
        return name.BeginsWith("Write") || name.BeginsWith("Flush") || name.BeginsWith("BeginWrite") ? IoKind.Send : null;
    }

    private static bool TakesAsyncResult(IMethodSymbol method) => method.Parameters.Any(p => p.Type.Name == "IAsyncResult");

    private static bool IsListener(ITypeSymbol? type) => type is not null && (type.Name.EndsWith("Listener", StringComparison.Ordinal) || type.Name.EndsWith("Server", StringComparison.Ordinal));

    /// <summary>Does this stream, reader or writer lead to a peer? Where it is a parameter, the callers say.</summary>
    public bool IsOnConnection(IOperation? carrier, out IParameterSymbol? parameter)
    {
        parameter = null;
        return carrier is not null && IsOnConnection(Unwrapped(carrier), 4, ref parameter);
    }

    private bool IsOnConnection(IOperation carrier, int depth, ref IParameterSymbol? parameter)
    {
        carrier = Unwrapped(carrier);
        if (analysis.Connections.TypeOf(carrier.Type) is not null) return true;
        if (!analysis.Connections.IsCarrier(carrier.Type) || depth == 0) return false;
        switch (carrier)
        {
            case IParameterReferenceOperation reference:
                if (reference.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }) return IsTransport(reference.Parameter);
                parameter = reference.Parameter;
                return true;
            case IFieldReferenceOperation { Field: var field }:
                return IsTransport(field) || Place.This.Step(field) is { } ofField && analysis.Types.IsMadeFromConnection(ofField, null);
            case IPropertyReferenceOperation { Property: var property }:
                return analysis.Summaries.IsOwn(property) ? IsTransport(property) || Place.This.Step(property) is { } ofProperty && analysis.Types.IsMadeFromConnection(ofProperty, null) || AnswerOf(property) is { } answer && IsOnConnection(answer, depth - 1, ref parameter)
                    : (analysis.Connections.RolesOf(property, null) & Role.Accessor) != 0;
            case ILocalReferenceOperation { Local: var local }:
                return local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax declaration && IsOnConnection(local, declaration, depth - 1, ref parameter);
            case IObjectCreationOperation creation:
                foreach (var argument in creation.Arguments)
                {
                    if (IsOnConnection(argument.Value, depth - 1, ref parameter)) return true;
                }

                return false;
            case IInvocationOperation call:
                return (analysis.Connections.RolesOf(call.TargetMethod, Receiver(call)?.Type) & Role.Accessor) != 0;
            case IAwaitOperation { Operation: var awaited }:
                return awaited is IInvocationOperation opening && (analysis.Connections.RolesOf(opening.TargetMethod, Receiver(opening)?.Type) & (Role.Accessor | Role.Create)) != 0;
            default:
                return false;
        }
    }

    /// <summary>What a getter answers that has one answer: <c>public Stream Wire => _wire;</c></summary>
    private IOperation? AnswerOf(IPropertySymbol property) =>
        Values.CodeOf(property, analysis, default) is { } code && Values.Returned(code).ToList() is [var only] ? only : null;

    /// <summary>The variable holds what it was declared with, or, declared empty, what it is given: <c>Stream s; if (tls) s = new SslStream(…); else s = client.GetStream();</c>.</summary>
    private bool IsOnConnection(ILocalSymbol local, VariableDeclaratorSyntax declaration, int depth, ref IParameterSymbol? parameter)
    {
        var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
        if (declaration.Initializer is { Value: var initial } && !initial.IsNothing()) return model.GetOperation(initial) is { } value && IsOnConnection(value, depth, ref parameter);
        var leads = false;
        foreach (var given in Assignments.To(local, declaration, model))
        {
            // What is put around it leads where it has led.
            if (given.IsNothing() || given.Mentions(local.Name)) continue;
            leads = model.GetOperation(given) is { } later && IsOnConnection(later, depth, ref parameter);
            if (!leads) return false;
        }

        return leads;
    }

    /// <summary>The stream by which an own connection reaches its peer: it was given it, and cannot say what it is.</summary>
    private bool IsTransport(ISymbol member)
    {
        if (member.IsStatic || analysis.Connections.TypeOf(member.ContainingType ?? member.ContainingSymbol?.ContainingType) is not { } owner || (owner.Traits & Traits.Operation) != 0) return false;
        return !Assignments.To(member, analysis).Any(a => a.Model.GetTypeInfo(a.Value).Type is { } made && !analysis.Connections.IsCarrier(made) && made.TypeKind != TypeKind.Error || IsOfFile(a.Value, a.Model));
    }

    /// <summary><c>new StreamReader(File.OpenRead(name))</c>, and what is read from a string.</summary>
    private static bool IsOfFile(ExpressionSyntax value, SemanticModel model) => value.DescendantNodesAndSelf().Any(n => n switch
    {
        InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol { ContainingType: { Name: "File" or "FileInfo", ContainingNamespace.Name: "IO" } },
        BaseObjectCreationExpressionSyntax creation => model.GetTypeInfo(creation).Type is { Name: "FileStream" or "MemoryStream", ContainingNamespace.Name: "IO" }
            || creation.ArgumentList?.Arguments.FirstOrDefault()?.Expression is { } first && model.GetTypeInfo(creation).Type is { Name: "StreamReader" or "StreamWriter", ContainingNamespace.Name: "IO" } && model.GetTypeInfo(first).Type?.SpecialType == SpecialType.System_String,
        _ => false,
    });

    private IoCall Make(IoKind kind, IOperation operation, IMethodSymbol method, IOperation? connection, ITypeSymbol? type, IParameterSymbol? carrier = null) =>
        new(kind, operation, method, connection, type) { Carrier = carrier, Failures = FailuresOf(method, type, out var isVague), Endings = EndingsOf(type), IsVague = isVague };

    private ImmutableArray<INamedTypeSymbol> FailuresOf(IMethodSymbol method, ITypeSymbol? type, out bool isVague)
    {
        isVague = false;
        if (analysis.Connections.IsCarrier(type)) return Resolve("System.IO.IOException");
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            switch (candidate.Name)
            {
                case "Socket" or "TcpClient" or "TcpListener" or "UdpClient" when candidate.ContainingNamespace?.Name == "Sockets":
                    return Resolve("System.Net.Sockets.SocketException");
                case "WebSocket" when candidate.ContainingNamespace?.Name == "WebSockets":
                    return Resolve("System.Net.WebSockets.WebSocketException");
                case "HttpListener" when candidate.ContainingNamespace?.Name == "Net":
                    return Resolve("System.Net.HttpListenerException");
            }
        }

        isVague = true;
        return [.. analysis.Catalogue.Throws(method), .. Resolve("System.TimeoutException")];
    }

    /// <summary>A web socket that is closed under a receive tells it as a cancellation.</summary>
    private ImmutableArray<INamedTypeSymbol> EndingsOf(ITypeSymbol? type)
    {
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (candidate.Name == "WebSocket" && candidate.ContainingNamespace?.Name == "WebSockets") return Resolve("System.ObjectDisposedException", "System.OperationCanceledException");
        }

        return Resolve("System.ObjectDisposedException");
    }

    private ImmutableArray<INamedTypeSymbol> Resolve(params string[] names)
    {
        var found = ImmutableArray.CreateBuilder<INamedTypeSymbol>(names.Length);
        foreach (var name in names)
        {
            if (_exceptions.GetOrAdd(name, analysis.Catalogue.Types.Find) is { } type) found.Add(type);
        }

        return found.ToImmutable();
    }
}
