using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// The failures of network I/O that can get out of a function, those of the own functions that it calls included. It reads the
/// source's operations: which <c>try</c> stands around a call is a question of the text, not of the flow.
/// </summary>
internal sealed class Escapes(Analysis analysis)
{
    private const int MaxDepth = 4;
    private const int MaxEscapes = 16;
    private const int MaxOperations = 20_000;

    // Kept by depth: what a bound has cut off must not depend on who asked first.
    private readonly ConcurrentDictionary<(SyntaxNode Function, int Depth), ImmutableArray<Escape>> _kept = new();

    /// <summary>What can get out of a method, local function or lambda, in the order of the source.</summary>
    public ImmutableArray<Escape> Of(SyntaxNode function, CancellationToken cancellation) => Of(function, MaxDepth, cancellation);

    private ImmutableArray<Escape> Of(SyntaxNode function, int depth, CancellationToken cancellation)
    {
        if (_kept.TryGetValue((function, depth), out var known)) return known;
        var found = ImmutableArray.CreateBuilder<Escape>();
        foreach (var operation in Operations(function, cancellation))
        {
            if (found.Count >= MaxEscapes) break;
            cancellation.ThrowIfCancellationRequested();
            switch (operation)
            {
                case IInvocationOperation call:
                    OfCall(call, call.TargetMethod, depth, found, cancellation);
                    break;
                case IObjectCreationOperation { Constructor: { } constructor } creation:
                    OfCall(creation, constructor, depth, found, cancellation);
                    break;
                case IThrowOperation thrown:
                    OfThrow(thrown, found);
                    break;
            }
        }

        return _kept.GetOrAdd((function, depth), found.ToImmutable());
    }

    /// <summary>What the own functions that a call runs let out, whatever stands around the call; null where it runs none.</summary>
    public ImmutableArray<Escape>? Through(IOperation call, IMethodSymbol method, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<Escape>();
        if (ErrorCallbacks.IsGiven(call)) return found.ToImmutable();
        var targets = Targets(call, method, cancellation);
        if (call is IInvocationOperation invocation && StartedWork(invocation, cancellation) is { } work) targets.Add(work);
        if (targets.Count == 0) return null;
        foreach (var target in targets) Add(call, null, target, found, MaxDepth, cancellation);
        return found.ToImmutable();
    }

    /// <summary>The operations of a function, without those of the functions inside it.</summary>
    public IEnumerable<IOperation> Operations(SyntaxNode function, CancellationToken cancellation)
    {
        if (analysis.Bodies.ModelOf(function.SyntaxTree).GetOperation(function, cancellation) is not { } root) yield break;
        var pending = new Stack<IOperation>();
        pending.Push(root);
        for (var count = 0; pending.Count > 0 && count < MaxOperations; count++)
        {
            var operation = pending.Pop();
            if (operation != root && operation is IAnonymousFunctionOperation or ILocalFunctionOperation && operation != root) continue;
            yield return operation;
            foreach (var child in operation.ChildOperations.Reverse()) pending.Push(child);
        }
    }

    private void OfCall(IOperation call, IMethodSymbol method, int depth, ImmutableArray<Escape>.Builder found, CancellationToken cancellation)
    {
        if (ErrorCallbacks.IsGiven(call)) return;
        var targets = Targets(call, method, cancellation);
        if (targets.Count > 0)
        {
            foreach (var target in targets) Follow(call, method, target, depth, found, cancellation);
            return;
        }

        if (call is IInvocationOperation invocation && StartedWork(invocation, cancellation) is { } work)
        {
            if (Surfaces(call, method, out var surface)) Add(call, surface, work, found, depth, cancellation);
            return;
        }

        if (analysis.Io.Of(call) is not { } io || !Surfaces(call, method, out var at)) return;
        // What is only begun tells the network's failure later.
        var fails = io.Kind != IoKind.Start && (at is null || !Caught.Any(at, io.Failures, io.IsVague));
        var ends = at is null || !Caught.WhenClosing(at, io.Endings) && (!io.IsVague || fails);
        if (fails || ends) found.Add(new Escape(call, io, null) { Fails = fails, Ends = ends, Carrier = io.Carrier });
    }

    /// <summary>The functions of this compilation that a call runs.</summary>
    private List<SyntaxNode> Targets(IOperation call, IMethodSymbol method, CancellationToken cancellation)
    {
        var targets = new List<SyntaxNode>();
        if (method.MethodKind is MethodKind.DelegateInvoke) return targets;
        if (method.MethodKind != MethodKind.LocalFunction && !analysis.Summaries.IsOwn(method)) return targets;
        var exactly = call is IInvocationOperation { IsVirtual: false } || method.MethodKind == MethodKind.LocalFunction;
        foreach (var target in analysis.Implementations.Of(method, exactly, cancellation))
        {
            var definition = target.PartialImplementationPart ?? target;
            if (definition.MethodKind != MethodKind.LocalFunction && !analysis.Summaries.IsOwn(definition)) continue;
            if (definition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax && HasCode(syntax)) targets.Add(syntax);
        }

        return targets;
    }

    private static bool HasCode(SyntaxNode declaration) => declaration switch
    {
        BaseMethodDeclarationSyntax method => method.Body is not null || method.ExpressionBody is not null,
        LocalFunctionStatementSyntax => true,
        _ => false,
    };

    /// <summary>The function that <c>Task.Run</c> or <c>StartNew</c> is given.</summary>
    public SyntaxNode? StartedWork(IInvocationOperation call, CancellationToken cancellation)
    {
        if (call.TargetMethod is not ({ Name: "Run", ContainingType.Name: "Task" } or { Name: "StartNew", ContainingType.Name: "TaskFactory" })) return null;
        if (call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is not { } argument || FunctionOf(argument.Value, cancellation) is not { } function) return null;
        // The failure of an `async void` never comes into the task that ran it.
        return Symbol(function, cancellation) is IMethodSymbol { IsAsync: true, ReturnsVoid: true } ? null : function;
    }

    /// <summary>The code behind a lambda or method group.</summary>
    public SyntaxNode? FunctionOf(IOperation value, CancellationToken cancellation)
    {
        value = IoCalls.Unwrapped(value);
        if (value is IDelegateCreationOperation creation) value = IoCalls.Unwrapped(creation.Target);
        return value switch
        {
            IAnonymousFunctionOperation lambda => lambda.Syntax,
            IMethodReferenceOperation { Method: var method } when method.MethodKind == MethodKind.LocalFunction || analysis.Summaries.IsOwn(method) =>
                (method.PartialImplementationPart ?? method).OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax && HasCode(syntax) ? syntax : null,
            _ => null,
        };
    }

    private void Follow(IOperation call, IMethodSymbol method, SyntaxNode target, int depth, ImmutableArray<Escape>.Builder found, CancellationToken cancellation)
    {
        if (depth > 0 && !(method.IsAsync && method.ReturnsVoid) && Surfaces(call, method, out var surface)) Add(call, surface, target, found, depth, cancellation);
    }

    /// <summary>What a called function lets out, as far as nobody here stops it.</summary>
    private void Add(IOperation call, IOperation? surface, SyntaxNode target, ImmutableArray<Escape>.Builder found, int depth, CancellationToken cancellation)
    {
        if (depth == 0) return;
        foreach (var inner in Of(target, depth - 1, cancellation))
        {
            if (found.Count >= MaxEscapes) return;
            var callee = Symbol(target, cancellation);
            if (!Reaches(call, inner, out var carrier) || !MayBe(call, inner.Self ?? callee.ContainingType, out var self)) continue;
            var step = new RouteStep(callee, inner.At.Syntax.GetLocation());
            if (inner.Io is { } io)
            {
                var fails = inner.Fails && (surface is null || !Caught.Any(surface, io.Failures, io.IsVague));
                var ends = inner.Ends && (surface is null || !Caught.WhenClosing(surface, io.Endings) && (!io.IsVague || fails));
                if (fails || ends) found.Add(new Escape(call, io, null) { Fails = fails, Ends = ends, Carrier = carrier, Self = self, Route = [step, .. inner.Route] });
            }
            else if (IsNetworks(inner.Thrown) && (!inner.Route.IsEmpty || !IsGeneral(inner.Thrown!) || SpeaksOfConnections(callee, target, cancellation)) && (surface is null || !Caught.Any(surface, [(INamedTypeSymbol)inner.Thrown!])))
            {
                found.Add(new Escape(call, null, inner.Thrown) { Fails = true, Self = self, Route = [step, .. inner.Route] });
            }
        }
    }

    /// <summary>Can what the call is made on be of the type in which the rest of the way stands? A sibling's override is never reached.</summary>
    private bool MayBe(IOperation call, INamedTypeSymbol? needed, out INamedTypeSymbol? self)
    {
        self = null;
        if (call is not IInvocationOperation { Instance: { } instance, TargetMethod: var method } || !analysis.Summaries.IsOwn(method)) return true;
        if (instance is IInstanceReferenceOperation) self = needed;
        if (needed is not { TypeKind: TypeKind.Class } || instance.Type is not INamedTypeSymbol { TypeKind: TypeKind.Class } given) return true;
        return Bases.IncludeDefinition(given, needed) || Bases.IncludeDefinition(needed, given);
    }

    private ISymbol Symbol(SyntaxNode function, CancellationToken cancellation)
    {
        var model = analysis.Bodies.ModelOf(function.SyntaxTree);
        return (function is AnonymousFunctionExpressionSyntax ? model.GetSymbolInfo(function, cancellation).Symbol : model.GetDeclaredSymbol(function, cancellation)) ?? analysis.Compilation.Assembly;
    }

    /// <summary>Where the called function's failure comes out here; null with <c>true</c> where it leaves with the returned task.</summary>
    private bool Surfaces(IOperation call, IMethodSymbol method, out IOperation? surface)
    {
        surface = call;
        if (!Tasks.IsTask(method.ReturnType) || method.MethodKind == MethodKind.Constructor) return true;
        surface = Tasks.Surface(call, analysis.Bodies, out var isReturned);
        return surface is not null || isReturned;
    }

    /// <summary>A stream that the called function was given: is it one that leads to a peer?</summary>
    private bool Reaches(IOperation call, Escape inner, out IParameterSymbol? carrier)
    {
        carrier = null;
        if (inner.Carrier is not { } parameter) return true;
        var arguments = call is IInvocationOperation invocation ? invocation.Arguments : call is IObjectCreationOperation creation ? creation.Arguments : [];
        // The variable of a function around this one keeps its own meaning.
        var given = arguments.FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.Parameter?.OriginalDefinition, parameter.OriginalDefinition))
            ?? arguments.FirstOrDefault(a => a.Parameter is { } p && p.Ordinal == parameter.Ordinal && p.Name == parameter.Name);
        if (given is not null) return analysis.Io.IsOnConnection(given.Value, out carrier);
        carrier = parameter;
        return true;
    }

    private void OfThrow(IThrowOperation operation, ImmutableArray<Escape>.Builder found)
    {
        // What a handler throws again belongs to the call in its try.
        if (operation.Exception is not { } exception || IoCalls.Unwrapped(exception).Type is not INamedTypeSymbol { Name.Length: > 0 } thrown || IsInHandler(operation)) return;
        if (IsMistake(thrown) || !IsNetworks(thrown) && (operation.Syntax is ThrowExpressionSyntax || IsDefault(operation))) return;
        if (!Caught.Any(operation, [thrown])) found.Add(new Escape(operation, null, thrown) { Fails = true });
    }

    private static bool IsInHandler(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is ICatchClauseOperation) return true;
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation) return false;
        }

        return false;
    }

    /// <summary>It tells of a mistake in the program, not of what happens at run time.</summary>
    private static bool IsMistake(ITypeSymbol thrown) =>
        Bases.Of(thrown).Any(t => t.Name is "ArgumentException" or "NotSupportedException" or "NotImplementedException" or "UnreachableException" or "IndexOutOfRangeException");

    private static bool IsDefault(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is ISwitchCaseOperation { Clauses: var clauses }) return clauses.Any(c => c.CaseKind == CaseKind.Default);
        }

        return false;
    }

    /// <summary>What files, handles and devices fail with, too: only who throws it tells of what it speaks.</summary>
    private static bool IsGeneral(ITypeSymbol thrown) => thrown is { Name: "IOException" or "EndOfStreamException", ContainingNamespace: { Name: "IO", ContainingNamespace.Name: "System" } };

    /// <summary>The function does network I/O, or a connection or what carries bytes to one is at its hand.</summary>
    private bool SpeaksOfConnections(ISymbol function, SyntaxNode code, CancellationToken cancellation)
    {
        if (function is IMethodSymbol { Parameters: var parameters } && parameters.Any(p => Leads(p.Type))) return true;
        for (var type = function.ContainingType; type is not null; type = type.BaseType)
        {
            if (Leads(type) || type.GetMembers().Any(m => Leads(m is IFieldSymbol field ? field.Type : (m as IPropertySymbol)?.Type))) return true;
        }

        return Operations(code, cancellation).Any(o => o is IInvocationOperation && analysis.Io.Of(o) is not null);

        bool Leads(ITypeSymbol? type) => analysis.Connections.LeadsToPeer(type);
    }

    /// <summary>It tells that the network failed.</summary>
    public static bool IsNetworks(ITypeSymbol? thrown) =>
        !FileFailures.Include(thrown) && Bases.Of(thrown).Any(t => t.Name is "SocketException" or "IOException" or "WebSocketException");
}
