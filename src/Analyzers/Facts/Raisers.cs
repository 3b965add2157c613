using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// Who raises an event of this compilation, and whether they catch what its handlers throw: a receive loop that raises it inside
/// its <c>try</c> hears of a handler's failed send.
/// </summary>
internal sealed class Raisers(Analysis analysis)
{
    private const int Depth = 8;

    private readonly ConcurrentDictionary<IEventSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Whatever the handler throws comes out where its event is raised, and is caught there.</summary>
    public bool Hear(Callback callback, CancellationToken cancellation)
    {
        if (callback.Function is not IMethodSymbol { ReturnsVoid: true, IsAsync: false } || callback.Subscription.SourceTree is not { } tree) return false;
        var node = tree.GetRoot(cancellation).FindNode(callback.Subscription.SourceSpan, getInnermostNodeForTie: true);
        if (node.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { RawKind: (int)SyntaxKind.AddAssignmentExpression, Left: var left }) return false;
        return analysis.Bodies.ModelOf(tree).GetSymbolInfo(left, cancellation).Symbol is IEventSymbol raised && analysis.Summaries.IsOwn(raised) && Catch(raised.OriginalDefinition, cancellation);
    }

    /// <summary>Every place that raises it stands, itself or by its callers, in a <c>try</c> that catches everything.</summary>
    private bool Catch(IEventSymbol raised, CancellationToken cancellation) =>
        _known.TryGetValue(raised, out var known) ? known : _known.GetOrAdd(raised, Of(raised, Depth, new HashSet<ISymbol>(SymbolEqualityComparer.Default), cancellation) == true);

    /// <summary>Null where it is being asked for already: a recursion is as good as its other callers.</summary>
    private bool? Of(IEventSymbol raised, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        if (depth == 0) return false;
        if (!asked.Add(raised)) return null;
        return All(Declared(raised).SelectMany(declared => Places(declared, cancellation)).Select(place => At(place, depth, asked, cancellation)));
    }

    private static bool? All(IEnumerable<bool?> answers)
    {
        bool? all = null;
        foreach (var answer in answers)
        {
            if (answer == false) return false;
            all ??= answer;
        }

        return all;
    }

    /// <summary>The event itself, or those that implement it.</summary>
    private IEnumerable<IEventSymbol> Declared(IEventSymbol raised)
    {
        if (raised.ContainingType.TypeKind != TypeKind.Interface) return [raised];
        return analysis.Implementations.Types.Where(t => t.TypeKind == TypeKind.Class).Select(t => t.FindImplementationForInterfaceMember(raised)).OfType<IEventSymbol>().Distinct<IEventSymbol>(SymbolEqualityComparer.Default);
    }

    /// <summary>Only the type itself can raise it. A copy of it in a variable is called where the variable is.</summary>
    private IEnumerable<SyntaxNode> Places(IEventSymbol raised, CancellationToken cancellation)
    {
        foreach (var reference in raised.ContainingType.DeclaringSyntaxReferences)
        {
            if (!analysis.Compilation.ContainsSyntaxTree(reference.SyntaxTree)) continue;
            var model = analysis.Bodies.ModelOf(reference.SyntaxTree);
            foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != raised.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, raised)) continue;
                ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
                if (IsOnlyNamed(whole)) continue;
                if (whole.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax copy } || Flow.Bodies.EnclosingDeclaration(whole) is not { } function) yield return whole;
                else foreach (var use in function.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == copy.Identifier.ValueText && IsCalled(n))) yield return use;
            }
        }
    }

    /// <summary>A subscription, a question whether there is anybody, its name.</summary>
    private static bool IsOnlyNamed(ExpressionSyntax whole) =>
        whole.Parent is AssignmentExpressionSyntax assignment && assignment.Left == whole || whole.Parent is BinaryExpressionSyntax or IsPatternExpressionSyntax
        || whole.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" };

    private static bool IsCalled(IdentifierNameSyntax name) => name.Parent is InvocationExpressionSyntax or ConditionalAccessExpressionSyntax or MemberAccessExpressionSyntax;

    /// <summary>What this code throws is caught: by a <c>try</c> around it, or around all that lead here.</summary>
    private bool? At(SyntaxNode place, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        var model = analysis.Bodies.ModelOf(place.SyntaxTree);
        for (var node = place; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case TryStatementSyntax attempt when attempt.Block == node && attempt.Catches.Any(c => TakesAll(c, model)):
                    return true;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return false;
                case MethodDeclarationSyntax method:
                    return model.GetDeclaredSymbol(method, cancellation) is { } symbol ? ByCallers(symbol, depth - 1, asked, cancellation) : false;
                case MemberDeclarationSyntax or AccessorDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }

    private bool? ByCallers(IMethodSymbol method, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        if (depth <= 0 || method is { IsAsync: true, ReturnsVoid: true }) return false;
        if (!asked.Add(method)) return null;
        var callers = analysis.Callers.Of(method, cancellation);
        return callers.IsEmpty ? false : All(callers.Select(Leads));

        bool? Leads(IOperation caller) => caller switch
        {
            IInvocationOperation call => method.IsAsync && !IsAwaited(call.Syntax) ? false : At(call.Syntax, depth, asked, cancellation),
            // The handler of another event, which hands this one on.
            IMethodReferenceOperation { Parent: IDelegateCreationOperation { Parent: IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var other } } assignment } } =>
                assignment.Adds ? Of(other.OriginalDefinition, depth, asked, cancellation) : null,
            _ => false,
        };
    }

    private static bool IsAwaited(SyntaxNode call) =>
        call.Parent is AwaitExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "Wait" or "GetAwaiter" };

    private static bool TakesAll(CatchClauseSyntax clause, SemanticModel model) =>
        clause.Filter is null && !TryBlocks.Rethrows(clause)
        && (clause.Declaration is null || Bases.IsException(model.GetTypeInfo(clause.Declaration.Type).Type));
}
