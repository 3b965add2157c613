using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>Does a <c>catch</c> around the use throw the cached connection out, or put another in its place?</summary>
internal static class Evictions
{
    public static bool Evicts(IOperation operation, Body body, Place connection, ImmutableArray<INamedTypeSymbol> throws, Analysis analysis)
    {
        // Most uses stand in no `try`, and what is kept beside the connection takes long to find.
        HashSet<string>? names = null;
        // `var asking = Ask(session); … try { await asking; } catch …`: there the failure of a task that is kept comes out.
        return EvictsAround(operation) || Tasks.IsTask(operation.Type) && Tasks.Surface(operation, analysis.Bodies, out _) is { } surface && EvictsAround(surface);

        bool EvictsAround(IOperation failing)
        {
            foreach (var clause in TryBlocks.Around(failing, body.Syntax, throws, analysis.Bodies))
            {
                if (Evicts(clause.Block)) return true;
                // `catch (E) when (Evict(session))` evicts before the handler runs.
                if (clause.Filter is { } filter && Evicts(filter)) return true;
            }

            for (var node = failing.Syntax; node is not null && node != body.Syntax; node = node.Parent)
            {
                if (node.Parent is TryStatementSyntax { Finally: { } handler } statement && statement.Block == node && Evicts(handler)) return true;
            }

            return false;
        }

        bool Evicts(SyntaxNode code) => Clears(code, names ??= Names(connection, body, analysis), body.Type, 3);
    }

    /// <summary>
    /// The names by which the cache is known: the field that holds the connection, or the container it was taken from; of a stream
    /// that is kept beside its client the client's, too.
    /// </summary>
    private static HashSet<string> Names(Place connection, Body body, Analysis analysis)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (Place? place = connection; place is not null; place = place.Parent ?? place.From)
        {
            if (place.Symbol is IFieldSymbol or IPropertySymbol or IParameterSymbol or ILocalSymbol) names.Add(place.Symbol.Name);
            if (place is not { Symbol: IFieldSymbol { ContainingType: { } type }, Parent: { IsRoot: true, Root: RootKind.This } }) continue;
            foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
            {
                if (analysis.Connections.TypeOf(field.Type) is not null && Place.This.Step(field) is { } other && analysis.Types.IsSameConnection(other, place, body)) names.Add(field.Name);
            }
        }

        // `var links = _links;`
        foreach (var variable in body.Syntax.DescendantNodes().OfType<VariableDeclaratorSyntax>())
        {
            if (variable.Initializer?.Value is { } initial && Target(initial) is { } named && names.Contains(named)) names.Add(variable.Identifier.ValueText);
        }

        return names;
    }

    private static bool Clears(SyntaxNode code, HashSet<string> names, INamedTypeSymbol? type, int depth)
    {
        foreach (var node in code.DescendantNodes())
        {
            switch (node)
            {
                case AssignmentExpressionSyntax { Left: var target } when Target(target) is { } name && names.Contains(name):
                    return true;
                case AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var container } } when Target(container) is { } name && names.Contains(name):
                    return true;
                case InvocationExpressionSyntax invocation when IsRemoval(invocation, names):
                    return true;
                case InvocationExpressionSyntax invocation when depth > 0 && Callee(invocation, type) is { } callee && Clears(callee, names, type, depth - 1):
                    return true;
                case InvocationExpressionSyntax { Expression: var called } when IsEvictionByName(Target(called)) && type is not null && CalleeIsAbsent(called, type):
                    return true;
            }
        }

        return false;
    }

    private static bool IsRemoval(InvocationExpressionSyntax invocation, HashSet<string> names)
    {
        if (invocation.Expression is MemberAccessExpressionSyntax access)
        {
            var method = access.Name.Identifier.ValueText;
            if (method is "Remove" or "TryRemove" or "Clear" or "TryUpdate" or "AddOrUpdate" or "RemoveAll" or "TryTake" && Target(access.Expression) is { } container && (names.Contains(container) || names.Count == 0)) return true;
            if (method is "Exchange" or "CompareExchange" or "Write" && invocation.ArgumentList.Arguments.FirstOrDefault() is { } first && Target(first.Expression) is { } field && names.Contains(field)) return true;
        }

        return false;
    }

    /// <summary>Another object that is told to forget it: <c>_cache.Invalidate(key)</c>.</summary>
    private static bool IsEvictionByName(string? name) =>
        name is not null && ClosingFlags.Words(name).FirstOrDefault() is "Invalidate" or "Evict" or "Discard" or "Drop" or "Forget" or "Recycle" or "Reconnect" or "Reset" or "Remove" or "Expire";

    private static bool CalleeIsAbsent(ExpressionSyntax called, INamedTypeSymbol type) =>
        called is MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax } || Target(called) is { } name && !type.GetMembers(name).Any();

    private static SyntaxNode? Callee(InvocationExpressionSyntax invocation, INamedTypeSymbol? type)
    {
        if (invocation.Expression.OwnName() is not { } name) return null;
        for (var candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            foreach (var member in candidate.GetMembers(name))
            {
                if (member is IMethodSymbol && member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax) return syntax;
            }
        }

        foreach (var local in invocation.Ancestors())
        {
            foreach (var function in local.ChildNodes().OfType<LocalFunctionStatementSyntax>())
            {
                if (function.Identifier.ValueText == name) return function;
            }
        }

        return null;
    }

    private static string? Target(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed => Target(suppressed.Operand),
        _ => null,
    };
}
