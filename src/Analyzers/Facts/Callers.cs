using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Where a method of this compilation is called, or handed on as a delegate, in any file.</summary>
internal sealed class Callers(Analysis analysis)
{
    private readonly ConcurrentDictionary<ISymbol, ImmutableArray<IOperation>> _kept = new(SymbolEqualityComparer.Default);

    /// <summary>The calls (<see cref="IInvocationOperation"/>) and the method groups (<see cref="IMethodReferenceOperation"/>).</summary>
    public ImmutableArray<IOperation> Of(IMethodSymbol method, CancellationToken cancellation)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        return _kept.TryGetValue(method, out var known) ? known : _kept.GetOrAdd(method, Find(method, cancellation));
    }

    private ImmutableArray<IOperation> Find(IMethodSymbol method, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<IOperation>();
        foreach (var tree in analysis.Compilation.SyntaxTrees)
        {
            cancellation.ThrowIfCancellationRequested();
            SemanticModel? model = null;
            foreach (var member in analysis.Holders.AllCodeIn(tree, cancellation))
            {
                if (!member.Identifiers.Contains(method.Name)) continue;
                foreach (var name in member.Declaration.DescendantNodes().OfType<SimpleNameSyntax>())
                {
                    if (name.Identifier.ValueText != method.Name) continue;
                    model ??= analysis.Bodies.ModelOf(tree);
                    if (model.GetSymbolInfo(name, cancellation).Symbol is not IMethodSymbol called || !Same(called, method)) continue;
                    if (model.GetOperation(Whole(name), cancellation) is { } operation and (IInvocationOperation or IMethodReferenceOperation)) found.Add(operation);
                }
            }
        }

        return found.ToImmutable();
    }

    private static bool Same(IMethodSymbol called, IMethodSymbol method)
    {
        called = (called.ReducedFrom ?? called).OriginalDefinition;
        if (SymbolEqualityComparer.Default.Equals(called, method)) return true;
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(called, overridden.OriginalDefinition)) return true;
        }

        return called.ContainingType is { TypeKind: TypeKind.Interface } around
            && SymbolEqualityComparer.Default.Equals(method.ContainingType?.FindImplementationForInterfaceMember(called), method)
            && method.ContainingType!.AllInterfaces.Contains(around, SymbolEqualityComparer.Default);
    }

    private static SyntaxNode Whole(SimpleNameSyntax name)
    {
        SyntaxNode node = name.Parent is MemberAccessExpressionSyntax access && access.Name == name || name.Parent is MemberBindingExpressionSyntax ? name.Parent : name;
        return node.Parent is InvocationExpressionSyntax call && call.Expression == node ? call : node;
    }
}
