using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// Who raises an event of this compilation, and whether they catch what its handlers throw: a receive loop that raises it inside
/// its <c>try</c> and reports what comes out hears of a handler's failed send.
/// </summary>
internal sealed class Raisers(Analysis analysis)
{
    private const int Depth = 8;

    private readonly ConcurrentDictionary<IEventSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Every place that raises it stands, itself or by its callers, in a <c>try</c> that catches everything and does something about it.</summary>
    public bool Catch(IEventSymbol raised, CancellationToken cancellation) =>
        _known.TryGetValue(raised.OriginalDefinition, out var known) ? known
            : _known.GetOrAdd(raised.OriginalDefinition, Of(raised.OriginalDefinition, Depth, new HashSet<ISymbol>(SymbolEqualityComparer.Default), cancellation) == true);

    /// <summary>Null where it is being asked for already.</summary>
    private bool? Of(IEventSymbol raised, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        if (depth == 0 || !asked.Add(raised)) return depth == 0 ? false : null;
        var answers = new List<bool?>();
        foreach (var declared in Declared(raised))
        {
            foreach (var reference in declared.ContainingType.DeclaringSyntaxReferences)
            {
                var model = analysis.Bodies.ModelOf(reference.SyntaxTree);
                foreach (var name in reference.GetSyntax(cancellation).DescendantNodes().OfType<IdentifierNameSyntax>())
                {
                    if (name.Identifier.ValueText != declared.Name || IsSubscription(name) || !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellation).Symbol, declared)) continue;
                    answers.Add(At(name, depth, asked, cancellation));
                }
            }
        }

        return All(answers);
    }

    private static bool? All(List<bool?> answers)
    {
        answers.RemoveAll(a => a is null);
        return answers.Count == 0 ? false : answers.TrueForAll(a => a == true);
    }

    /// <summary>The event itself, or those that implement it.</summary>
    private IEnumerable<IEventSymbol> Declared(IEventSymbol raised)
    {
        if (raised.ContainingType.TypeKind != TypeKind.Interface) return [raised];
        return analysis.Implementations.Types.Where(t => t.TypeKind == TypeKind.Class).Select(t => t.FindImplementationForInterfaceMember(raised)).OfType<IEventSymbol>().Distinct<IEventSymbol>(SymbolEqualityComparer.Default);
    }

    private static bool IsSubscription(IdentifierNameSyntax name)
    {
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return whole.Parent is AssignmentExpressionSyntax assignment && assignment.Left == whole || whole.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" };
    }

    private bool? At(SyntaxNode node, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        var model = analysis.Bodies.ModelOf(node.SyntaxTree);
        for (var child = node; child.Parent is { } parent; child = parent)
        {
            switch (parent)
            {
                case TryStatementSyntax attempt when attempt.Block == child && attempt.Catches.Any(c => TakesAll(c, model)):
                    return true;
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return false;
                case MethodDeclarationSyntax method:
                    return model.GetDeclaredSymbol(method, cancellation) is { } symbol ? ByCallers(symbol, depth - 1, asked, cancellation) : false;
                case MemberDeclarationSyntax:
                    return false;
            }
        }

        return false;
    }

    private bool? ByCallers(IMethodSymbol method, int depth, HashSet<ISymbol> asked, CancellationToken cancellation)
    {
        if (depth <= 0 || method.IsAsync || !asked.Add(method)) return depth <= 0 || method.IsAsync ? false : null;
        var answers = new List<bool?>();
        foreach (var caller in analysis.Callers.Of(method, cancellation))
        {
            switch (caller)
            {
                case IInvocationOperation call:
                    answers.Add(At(call.Syntax, depth, asked, cancellation));
                    break;
                case IMethodReferenceOperation { Parent: IDelegateCreationOperation { Parent: IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var other } } assignment } }:
                    if (assignment.Adds) answers.Add(Of(other.OriginalDefinition, depth, asked, cancellation));
                    break;
                default:
                    return false;
            }
        }

        return All(answers);
    }

    private static bool TakesAll(CatchClauseSyntax clause, SemanticModel model) =>
        clause.Filter is null && clause.Block.Statements.Count > 0 && !TryBlocks.Rethrows(clause)
        && (clause.Declaration is null || model.GetTypeInfo(clause.Declaration.Type).Type is { Name: "Exception", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } });
}
