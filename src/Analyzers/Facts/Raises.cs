using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Where the events of this compilation are raised, and who catches what their handlers throw.</summary>
internal sealed class Raises(Analysis analysis)
{
    private const int Depth = 8;

    private readonly ConcurrentDictionary<ISymbol, bool> _watched = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// Whatever the handler throws comes out at a raise of its event, and every one of these stands in a <c>try</c> that catches
    /// everything: in its own method, or around each call that leads there.
    /// </summary>
    public bool AreWatched(Callback callback, CancellationToken cancellation)
    {
        if (callback.Function is not IMethodSymbol { ReturnsVoid: true, IsAsync: false } || callback.Subscription.SourceTree is not { } tree) return false;
        var node = tree.GetRoot(cancellation).FindNode(callback.Subscription.SourceSpan, getInnermostNodeForTie: true);
        if (node.FirstAncestorOrSelf<AssignmentExpressionSyntax>() is not { RawKind: (int)SyntaxKind.AddAssignmentExpression } subscription) return false;
        if (analysis.Bodies.ModelOf(tree).GetSymbolInfo(subscription.Left, cancellation).Symbol is not IEventSymbol raised || !analysis.Summaries.IsOwn(raised)) return false;
        return _watched.TryGetValue(raised, out var known) ? known : _watched.GetOrAdd(raised, Find(raised, cancellation));
    }

    private bool Find(IEventSymbol raised, CancellationToken cancellation)
    {
        var places = raised.ContainingType.TypeKind == TypeKind.Interface ? [] : Places(raised, cancellation);
        return places.Count > 0 && places.All(place => IsWatched(place, new HashSet<ISymbol>(SymbolEqualityComparer.Default), Depth, cancellation));
    }

    /// <summary>Only the type itself can raise it. A copy of it in a variable is called where the variable is.</summary>
    private List<SyntaxNode> Places(IEventSymbol raised, CancellationToken cancellation)
    {
        var places = new List<SyntaxNode>();
        foreach (var reference in raised.ContainingType.DeclaringSyntaxReferences)
        {
            if (!analysis.Compilation.ContainsSyntaxTree(reference.SyntaxTree)) continue;
            var model = analysis.Bodies.ModelOf(reference.SyntaxTree);
            foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
            {
                if (name.Identifier.ValueText != raised.Name || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, raised)) continue;
                SyntaxNode whole = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } own ? own : name;
                switch (whole.Parent)
                {
                    case AssignmentExpressionSyntax assignment when assignment.Left == whole:
                    case BinaryExpressionSyntax or IsPatternExpressionSyntax:
                        break;
                    case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } when Functions(whole) is { } function:
                        places.AddRange(function.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == variable.Identifier.ValueText && n.Parent is InvocationExpressionSyntax or ConditionalAccessExpressionSyntax or MemberAccessExpressionSyntax));
                        break;
                    default:
                        places.Add(whole);
                        break;
                }
            }
        }

        return places;
    }

    private static SyntaxNode? Functions(SyntaxNode node) => Flow.Bodies.EnclosingDeclaration(node);

    private bool IsWatched(SyntaxNode place, HashSet<ISymbol> visited, int depth, CancellationToken cancellation)
    {
        for (var node = place; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case TryStatementSyntax attempt when attempt.Block == node && attempt.Catches.Any(CatchesAll):
                    return true;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return false;
                case MethodDeclarationSyntax method:
                    if (depth == 0 || analysis.Bodies.ModelOf(method.SyntaxTree).GetDeclaredSymbol(method, cancellation) is not { } symbol || symbol is { IsAsync: true, ReturnsVoid: true }) return false;
                    // A recursion is as watched as its other callers.
                    if (!visited.Add(symbol)) return true;
                    var callers = analysis.Callers.Of(symbol, cancellation);
                    return !callers.IsEmpty && callers.All(call => call is IInvocationOperation && (!symbol.IsAsync || call.Syntax.Parent is AwaitExpressionSyntax or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait" or "Wait" or "GetAwaiter" })
                        && IsWatched(call.Syntax, visited, depth - 1, cancellation));
                case BaseTypeDeclarationSyntax or AccessorDeclarationSyntax or BaseMethodDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }

    private static bool CatchesAll(CatchClauseSyntax clause) =>
        clause.Filter is null && (clause.Declaration is null || clause.Declaration.Type.ToString() is "Exception" or "System.Exception") && !TryBlocks.Rethrows(clause);
}
