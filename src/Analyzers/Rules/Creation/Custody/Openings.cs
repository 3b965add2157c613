using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Creation.Custody;

/// <summary>Which operations make a connection and which open one, and what a failed opening throws.</summary>
internal sealed class Openings(Analysis analysis, Wrappers wrappers)
{
    /// <summary>Types that hold nothing before they are used, or that look after themselves.</summary>
    private const Traits Free = Traits.Reconnects | Traits.Operation | Traits.Response | Traits.Pooled;

    /// <summary>The connection with a resource of its own that is made here: by its constructor, or by a library that answers it open.</summary>
    public ITypeSymbol? Created(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Type: INamedTypeSymbol type } creation:
                return HasResource(type) && (!creation.Arguments.Any(a => Carries(a.Value)) || TakesOver(creation)) ? type : null;
            case IInvocationOperation call when (analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & Role.Create) != 0 && !IsFollowed(call.TargetMethod):
                var made = Result(call.TargetMethod);
                return made is not null && analysis.Connections.TypeOf(made) is { } known && (known.Traits & Free) == 0 && !call.Arguments.Any(a => Carries(a.Value)) ? made : null;
            // Not open yet, and nobody else's: `factory.CreateClient()`. What a builder builds (a hub connection) holds nothing before it
            // is started, and a start that fails closes what it opened.
            case IInvocationOperation { TargetMethod: { MethodKind: MethodKind.Ordinary } factory } when IsFactory(factory) && !IsFollowed(factory) && analysis.Connections.TypeOf(factory.ReturnType) is { Source: Source.Catalogue } built && (built.Traits & Free) == 0:
                return factory.ReturnType;
            default:
                return null;
        }
    }

    public static bool IsFactory(IMethodSymbol method) =>
        method.Name.StartsWith("Create", StringComparison.Ordinal) && method.ContainingType?.Name.EndsWith("Factory", StringComparison.Ordinal) == true;

    /// <summary>A method of this compilation whose code shows what it does.</summary>
    public bool IsFollowed(IMethodSymbol method) => analysis.Summaries.IsOwn(method) && !method.IsAbstract && method.ContainingType?.TypeKind != TypeKind.Interface && !Builds(method);

    /// <summary><c>new HubConnectionBuilder().Build()</c></summary>
    private static bool Builds(IMethodSymbol method) => method.Name == "Build" && method.ContainingType?.Name.EndsWith("Builder", StringComparison.Ordinal) == true;

    public static ITypeSymbol? Result(IMethodSymbol method) => method.ReturnsVoid ? null : StateValues.Unwrapped(method.ReturnType);

    /// <summary><c>new SslStream(given, leaveInnerStreamOpen: false)</c>: who says so has taken the stream over.</summary>
    private bool TakesOver(IObjectCreationOperation creation) =>
        creation.Arguments.Any(a => a is { ArgumentKind: ArgumentKind.Explicit, Parameter.Name: "leaveInnerStreamOpen", Value.ConstantValue: { HasValue: true, Value: false } })
        && creation.Arguments.Any(a => a.Parameter?.Ordinal == 0 && PathView<Kept>.Unwrapped(a.Value) is IParameterReferenceOperation)
        || OwnedInside(creation) is { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } method } socket && IsLeftTo(method, socket, creation.Syntax);

    /// <summary><c>new SslStream(new NetworkStream(given, ownsSocket: true))</c>: the socket now goes with the stream.</summary>
    private static IParameterSymbol? OwnedInside(IObjectCreationOperation creation)
    {
        if (creation.Arguments.Any(a => a is { Parameter.Name: "leaveInnerStreamOpen", Value.ConstantValue: { HasValue: true, Value: true } })) return null;
        if (creation.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is not { } inner || PathView<Kept>.Unwrapped(inner.Value) is not IObjectCreationOperation { Type.Name: "NetworkStream" } stream) return null;
        if (!stream.Arguments.Any(a => a is { Parameter.Name: "ownsSocket", Value.ConstantValue: { HasValue: true, Value: true } })) return null;
        return stream.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is { } socket && PathView<Kept>.Unwrapped(socket.Value) is IParameterReferenceOperation given ? given.Parameter : null;
    }

    /// <summary>Nobody else closes it when the creation fails: it was accepted, and handed to this method.</summary>
    private bool IsLeftTo(IMethodSymbol method, IParameterSymbol socket, SyntaxNode creation) =>
        method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration
        && !creation.Ancestors().TakeWhile(a => a != declaration).Any(a => ClosesInside(a, creation, socket.Name))
        && new Owners(analysis, CancellationToken.None).Owns(method, socket, declaration);

    /// <summary>A <c>using</c> of the variable, or a <c>try</c> that closes it.</summary>
    private static bool ClosesInside(SyntaxNode around, SyntaxNode inner, string variable) => around switch
    {
        UsingStatementSyntax statement => IsNamed(statement.Expression, variable) || statement.Declaration?.Variables.Any(v => IsNamed(v.Initializer?.Value, variable)) == true,
        BlockSyntax block => block.Statements.Any(s => s is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } local && local.Declaration.Variables.Any(v => IsNamed(v.Initializer?.Value, variable))),
        TryStatementSyntax attempt => attempt.Block.Span.Contains(inner.Span) && (attempt.Catches.Any(c => Owners.Closes(c, variable)) || attempt.Finally is { } last && Owners.Closes(last, variable)),
        _ => false,
    };

    private static bool IsNamed(ExpressionSyntax? expression, string variable) => expression is IdentifierNameSyntax name && name.Identifier.ValueText == variable;

    /// <summary>It runs over what it is given: the resource is the other's.</summary>
    private bool Carries(IOperation value)
    {
        var type = PathView<Kept>.Unwrapped(value).Type;
        return type is not null && !type.IsValueType && type.SpecialType == SpecialType.None
            && (analysis.Connections.IsCarrier(type) || type is { TypeKind: not TypeKind.Delegate } && analysis.Connections.TypeOf(type) is { } known && (known.Traits & Free) == 0);
    }

    private bool HasResource(INamedTypeSymbol type)
    {
        if (analysis.Connections.TypeOf(type) is not { } known) return wrappers.IsOne(type);
        if ((known.Traits & Free) != 0) return false;
        // What the user's own class holds is seen, also where a line of the user's own catalogue file tells of it: without a connection
        // in it there is nothing to leak.
        if (!known.Symbol.DeclaringSyntaxReferences.IsEmpty && !analysis.Catalogue.IsBuiltIn(known.Symbol)) return HoldsConnection(type);
        return !analysis.Summaries.IsOwn(type) || !SymbolEqualityComparer.Default.Equals(known.Symbol, type.OriginalDefinition) && !analysis.Summaries.IsOwn(known.Symbol) || HoldsConnection(type);
    }

    /// <summary>It has a handle to give back: not free before it is used, nor looking after itself.</summary>
    public static bool IsOwnResource(ConnectionType? type) => type is not null && (type.Traits & Free) == 0;

    private bool HoldsConnection(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? candidate = type; candidate is not null && analysis.Summaries.IsOwn(candidate); candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers())
            {
                if (member is IFieldSymbol { IsStatic: false, Type: var held } && !SymbolEqualityComparer.Default.Equals(held, type)
                    && IsOwnResource(analysis.Connections.TypeOf(held))) return true;
            }
        }

        return false;
    }

    /// <summary>The call opens its receiver, and its failure is heard here or at the task that it answers.</summary>
    public bool Opens(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        // These report by an event or an end call, not by throwing.
        if (method.Parameters.Any(p => p.Type.Name == "SocketAsyncEventArgs") || method.Name.StartsWith("Begin", StringComparison.Ordinal)) return false;
        if (method.Name is "EndConnect" or "EndAuthenticateAsClient" or "EndAuthenticateAsServer" or "EndWaitForConnection") return true;
        // It answers whether it is open.
        if (method.ReturnType.SpecialType == SpecialType.System_Boolean && method.ContainingNamespace?.ToDisplayString().StartsWith("System", StringComparison.Ordinal) != true) return false;
        var receiver = Receiver(call);
        if (receiver?.Type is not { } type) return false;
        var roles = analysis.Connections.RolesOf(method, type);
        return ((roles & (Role.Open | Role.Ensures)) != 0 && (roles & Role.Quiet) == 0 || wrappers.Opens(method)) && !CleansUp(method) && !OnlyMakes(method);
    }

    /// <summary>A delegate that opens what it is given, by its name, and answers nothing that could have taken it over: <c>_connect(socket, endPoint)</c>.</summary>
    public static bool IsOpener(IInvocationOperation call) =>
        (call.TargetMethod.ReturnsVoid || call.Type is INamedTypeSymbol { Name: "Task" or "ValueTask", TypeArguments.IsEmpty: true })
        && call.Instance is { } invoked && Symbols.NameOf(PathView<Kept>.Unwrapped(invoked)) is { } name
        && ClosingFlags.Words(name.TrimStart('_')).Any(word => word.ToLowerInvariant() is "connect" or "open" or "dial" or "handshake" or "authenticate");

    /// <summary>By its name, a method that secures or introduces the connection that it is given: without it, nobody can use that.</summary>
    public static bool IsHandshake(IMethodSymbol method) =>
        ClosingFlags.Words(method.Name).Any(word => word is "Handshake" or "Authenticate" or "Auth" or "Negotiate" or "Login" or "Logon" or "Connect" or "Upgrade" or "Greet" or "Hello");

    public static IOperation? Receiver(IInvocationOperation call) =>
        call.Instance ?? (call.TargetMethod.IsExtensionMethod ? call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0)?.Value : null);

    /// <summary>An own opening method that closes what it opened when it fails.</summary>
    private bool CleansUp(IMethodSymbol method)
    {
        if (!IsFollowed(method)) return false;
        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            foreach (var node in reference.GetSyntax().DescendantNodes())
            {
                var block = node switch { CatchClauseSyntax handler => handler.Block, FinallyClauseSyntax last => last.Block, _ => null };
                if (block?.DescendantNodes().Any(n => n is InvocationExpressionSyntax call && Endings.IsClosingName(call.Expression.LastWord())) == true) return true;
            }
        }

        return false;
    }

    /// <summary>An own opening method that does nothing with a connection but to make one that is open at once, <c>_tcp = new TcpClient(host, port)</c>: failing, it has none.</summary>
    private bool OnlyMakes(IMethodSymbol method)
    {
        if (!IsFollowed(method) || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return false;
        var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
        var made = 0;
        foreach (var node in declaration.DescendantNodes().Where(n => n is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax))
        {
            switch (model.GetOperation(node))
            {
                case IObjectCreationOperation { Type: INamedTypeSymbol type, Constructor: { } constructor } when IsOwnResource(analysis.Connections.TypeOf(type)):
                    if (!analysis.Connections.IsCreatedOpen(type, constructor) || ++made > 1) return false;
                    break;
                case IInvocationOperation call when IsFollowed(call.TargetMethod) || analysis.Connections.IsCarrier(call.Instance?.Type) && analysis.Connections.TypeOf(call.Instance?.Type) is null || (analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & (Role.Open | Role.Create | Role.Ensures | Role.Send | Role.Receive | Role.Use)) != 0:
                    return false;
            }
        }

        return made == 1;
    }

    /// <summary>What a failed opening throws: the library's own, and what stops the waiting.</summary>
    public ImmutableArray<INamedTypeSymbol> Throws(IInvocationOperation call)
    {
        var names = new List<string>();
        var owner = call.TargetMethod.ContainingType;
        var space = owner?.ContainingNamespace?.ToDisplayString();
        switch (space)
        {
            case "System.Net.Sockets":
                names.Add("System.Net.Sockets.SocketException");
                break;
            case "System.Net.Security":
                names.AddRange(["System.Security.Authentication.AuthenticationException", "System.IO.IOException"]);
                break;
            case "System.Net.WebSockets":
                names.Add("System.Net.WebSockets.WebSocketException");
                break;
            case "System.IO.Pipes":
                names.AddRange(["System.TimeoutException", "System.IO.IOException"]);
                break;
            case "System.Net.Quic":
                names.AddRange(["System.Net.Quic.QuicException", "System.Security.Authentication.AuthenticationException"]);
                break;
            case "System.IO.Ports":
                names.AddRange(["System.UnauthorizedAccessException", "System.IO.IOException"]);
                break;
            default:
                names.Add("System.Exception");
                break;
        }

        if (MayBeCancelled(call)) names.Add("System.OperationCanceledException");
        foreach (var outer in call.Syntax.Ancestors().TakeWhile(n => n is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax).OfType<InvocationExpressionSyntax>())
        {
            if (outer.Expression.LastWord() != "WaitAsync") continue;
            names.Add("System.TimeoutException");
            if (outer.ArgumentList.Arguments.Count > 1) names.Add("System.OperationCanceledException");
        }

        return names.Select(analysis.Catalogue.Types.Find).Where(t => t is not null).Select(t => t!).ToImmutableArray();
    }

    /// <summary>The call is given a token that somebody may cancel.</summary>
    public static bool MayBeCancelled(IOperation operation)
    {
        if (operation is not IInvocationOperation call) return false;
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind != ArgumentKind.Explicit || argument.Parameter?.Type.Name != "CancellationToken") continue;
            var value = PathView<Kept>.Unwrapped(argument.Value);
            return value is not (IDefaultValueOperation or IPropertyReferenceOperation { Property: { Name: "None", IsStatic: true } }) && value.ConstantValue is not { HasValue: true };
        }

        return false;
    }
}
