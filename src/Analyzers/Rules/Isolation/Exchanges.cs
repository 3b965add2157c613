using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A write or read of a function, in the order of the source; one that a called method makes stands at the call.</summary>
internal sealed class WireEvent(WireUse use, ISymbol key, SyntaxNode node, SyntaxNode function)
{
    public WireUse Use { get; } = use;

    /// <summary>The field, parameter or local by which the connection is reached.</summary>
    public ISymbol Key { get; } = key;

    public SyntaxNode Node { get; } = node;

    public SyntaxNode Function { get; } = function;

    /// <summary>The method that makes it, where that is another one.</summary>
    public IMethodSymbol? Through { get; init; }
}

/// <summary>The writes and reads of methods, kept for the compilation.</summary>
internal sealed class Exchanges(Analysis analysis)
{
    private const int MaxDepth = 5;

    private static readonly ConditionalWeakTable<Analysis, Exchanges> Kept = new();

    private readonly ConcurrentDictionary<(IMethodSymbol, int), ImmutableArray<WireEvent>> _known = new();

    public static Exchanges Of(Analysis analysis) => Kept.GetValue(analysis, a => new Exchanges(a));

    public ImmutableArray<WireEvent> In(IMethodSymbol method, CancellationToken cancellation) => In(method, MaxDepth, cancellation);

    private ImmutableArray<WireEvent> In(IMethodSymbol method, int depth, CancellationToken cancellation)
    {
        var definition = method.OriginalDefinition;
        if (_known.TryGetValue((definition, depth), out var known)) return known;
        var found = analysis.Summaries.IsOwn(definition) && Code.Of(definition, analysis, cancellation) is { } root ? Find(root, depth, cancellation) : [];
        return _known.GetOrAdd((definition, depth), found);
    }

    private ImmutableArray<WireEvent> Find(IOperation root, int depth, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<WireEvent>();
        foreach (var operation in root.Descendants())
        {
            if (operation is not IInvocationOperation call || operation.IsImplicit || Code.FunctionAround(call.Syntax) is not { } function) continue;
            cancellation.ThrowIfCancellationRequested();
            var use = Wire.Of(call, analysis);
            if (use != WireUse.None)
            {
                var receiver = Wire.Receiver(call);
                if (Wire.KeyOf(receiver) is { } key) found.Add(new WireEvent(use, key, call.Syntax, function));
                // A stream of one's own works on the one that it keeps.
                if (!IsSelf(receiver)) continue;
            }

            if (depth == 0) continue;
            // A dropped call's events are not in this function's order.
            if (Dropped.IsTask(call.Type) && Dropped.Is(call)) continue;
            foreach (var inner in In(Target(call), depth - 1, cancellation))
            {
                if (AsSeenBy(call, inner.Key) is { } key) found.Add(new WireEvent(inner.Use, key, call.Syntax, function) { Through = call.TargetMethod });
            }
        }

        return found.ToImmutable().Sort((a, b) => a.Node.Span.End.CompareTo(b.Node.Span.End));
    }

    private static bool IsSelf(IOperation? receiver) => receiver is not null && Code.Unwrapped(receiver) is IInstanceReferenceOperation;

    /// <summary>The method that runs: <c>((IReplies)this).ReadReplyAsync()</c> is one's own.</summary>
    private static IMethodSymbol Target(IInvocationOperation call) =>
        call.TargetMethod.ContainingType?.TypeKind == TypeKind.Interface && call.Instance is { } instance && Code.Unwrapped(instance) is IInstanceReferenceOperation { Type: { } own }
            ? own.FindImplementationForInterfaceMember(call.TargetMethod) as IMethodSymbol ?? call.TargetMethod
            : call.TargetMethod;

    /// <summary>The callee's connection in the caller's terms; null where it is no business of the caller's.</summary>
    private static ISymbol? AsSeenBy(IInvocationOperation call, ISymbol key)
    {
        switch (key)
        {
            case IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } }:
            case IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false }:
                return call.Instance is null || IsSelf(call.Instance) ? key : null;
            case IParameterSymbol parameter:
                return Wire.KeyOf(call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == parameter.Ordinal) is { } argument ? Code.Unwrapped(argument.Value) : null);
            case IFieldSymbol or IPropertySymbol:
                return key;
            default:
                return null;
        }
    }

    /// <summary>A connection, its stream, its reader and its writer are one.</summary>
    public bool IsSame(ISymbol a, ISymbol b, Body? body)
    {
        if (SymbolEqualityComparer.Default.Equals(a.OriginalDefinition, b.OriginalDefinition)) return true;
        if (!Wire.IsKept(a) || !Wire.IsKept(b) || !SymbolEqualityComparer.Default.Equals(a.ContainingType, b.ContainingType)) return false;
        if (Place.This.Step(a) is { } first && Place.This.Step(b) is { } second && analysis.Types.IsSameConnection(first, second, body!)) return true;
        return IsOnlyPair(a.ContainingType);
    }

    /// <summary>A type with one writer and one reader and no other carrier of the kind.</summary>
    private static bool IsOnlyPair(INamedTypeSymbol type)
    {
        var held = type.GetMembers().Where(m => m is IFieldSymbol { IsImplicitlyDeclared: false } or IPropertySymbol).Select(m => m is IFieldSymbol f ? f.Type.Name : ((IPropertySymbol)m).Type.Name).ToList();
        return held.Count(n => n is "StreamReader" or "PipeReader" or "BinaryReader" or "TextReader") == 1 && held.Count(n => n is "StreamWriter" or "PipeWriter" or "BinaryWriter" or "TextWriter") == 1;
    }
}
