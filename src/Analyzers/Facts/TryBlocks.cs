using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Facts;

/// <summary>What the <c>try</c> statements around an operation do with its failure.</summary>
internal static class TryBlocks
{
    /// <summary>The <c>catch</c> clauses that see what the operation throws when the connection is closing, innermost first.</summary>
    public static IEnumerable<CatchClauseSyntax> Around(IOperation operation, SyntaxNode body, ImmutableArray<INamedTypeSymbol> throws, Bodies bodies)
    {
        if (LeavesUnawaited(operation)) yield break;
        // The operations of a control-flow graph know no model of their own.
        var model = bodies.ModelOf(operation.Syntax.SyntaxTree);
        for (var node = operation.Syntax; node is not null && node != body; node = node.Parent)
        {
            if (node.Parent is not TryStatementSyntax statement || statement.Block != node) continue;
            foreach (var clause in statement.Catches)
            {
                if (Sees(clause, throws, model)) yield return clause;
            }
        }
    }

    /// <summary>Some clause stops the failure: it does not end in throwing again.</summary>
    public static bool Catch(IOperation operation, SyntaxNode body, ImmutableArray<INamedTypeSymbol> throws, Bodies bodies) =>
        LooksAtTask(operation.Syntax, bodies) || ErrorCallbacks.IsGiven(operation) || Around(operation, body, throws, bodies).Any(clause => !Rethrows(clause));

    /// <summary>Some clause closes what has failed, though it may throw on.</summary>
    public static bool Answer(IOperation operation, SyntaxNode body, ImmutableArray<INamedTypeSymbol> throws, Bodies bodies) =>
        Around(operation, body, throws, bodies).Any(clause => clause.Block.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => ClosingFlags.IsEnding(call.Expression.LastWord())));

    private static bool Sees(CatchClauseSyntax clause, ImmutableArray<INamedTypeSymbol> throws, SemanticModel model)
    {
        if (clause.Filter is { } filter && FilterTypes(filter.FilterExpression, model) is { Count: > 0 } filtered) return filtered.Any(type => Fits(type, throws));
        if (clause.Filter?.FilterExpression is InvocationExpressionSyntax asked && model.GetSymbolInfo(asked).Symbol is IMethodSymbol noting && Caught.OnlyNotes(noting)) return false;
        if (clause.Declaration is null) return true;
        return model.GetTypeInfo(clause.Declaration.Type).Type is INamedTypeSymbol caught && Fits(caught, throws);
    }

    /// <summary>A base of what is thrown catches it; a derived type catches the part of it that the network throws.</summary>
    private static bool Fits(INamedTypeSymbol caught, ImmutableArray<INamedTypeSymbol> throws)
    {
        if (Bases.IsException(caught)) return true;
        foreach (var thrown in throws)
        {
            if (Bases.Include(thrown, caught) || Bases.Include(caught, thrown) && !IsCancellation(caught) && !FileFailures.Include(caught)) return true;
        }

        return false;
    }

    private static bool IsCancellation(INamedTypeSymbol type) => type.Name is "OperationCanceledException" or "TaskCanceledException";

    /// <summary>The types that <c>when (e is A or B)</c> names.</summary>
    private static List<INamedTypeSymbol> FilterTypes(ExpressionSyntax filter, SemanticModel model)
    {
        var types = new List<INamedTypeSymbol>();
        foreach (var node in filter.DescendantNodesAndSelf())
        {
            var named = node switch
            {
                ConstantPatternSyntax constant => model.GetSymbolInfo(constant.Expression).Symbol as INamedTypeSymbol,
                TypePatternSyntax pattern => model.GetTypeInfo(pattern.Type).Type as INamedTypeSymbol,
                DeclarationPatternSyntax declaration => model.GetTypeInfo(declaration.Type).Type as INamedTypeSymbol,
                RecursivePatternSyntax { Type: { } type } => model.GetTypeInfo(type).Type as INamedTypeSymbol,
                BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.IsExpression) => model.GetSymbolInfo(binary.Right).Symbol as INamedTypeSymbol,
                _ => null,
            };
            if (named is not null && !IsNegated(node, filter)) types.Add(named);
        }

        return types;
    }

    private static bool IsNegated(SyntaxNode node, ExpressionSyntax filter)
    {
        for (var parent = node; parent is not null && parent != filter.Parent; parent = parent.Parent)
        {
            if (parent is UnaryPatternSyntax || parent.IsKind(SyntaxKind.LogicalNotExpression)) return true;
        }

        return false;
    }

    /// <summary>The clause throws on every way through it, as far as its own statements show.</summary>
    public static bool Rethrows(CatchClauseSyntax clause) => clause.Block.Throws();

    /// <summary><c>return SendAsync()</c> inside a <c>try</c>: the failure comes when the <c>try</c> is over.</summary>
    private static bool LeavesUnawaited(IOperation operation)
    {
        if (operation.Type?.Name is not ("Task" or "ValueTask")) return false;
        var node = operation.Syntax;
        while (node.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or ConditionalAccessExpressionSyntax or MemberBindingExpressionSyntax)
        {
            if (node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "GetResult" or "Result" or "Wait" or "GetAwaiter" }) return false;
            node = node.Parent;
        }

        return node.Parent is ReturnStatementSyntax;
    }

    /// <summary>Somebody looks at how the task ended.</summary>
    private static bool LooksAtTask(SyntaxNode node, Bodies bodies)
    {
        while (node.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or ArgumentSyntax)
        {
            if (node.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContinueWith" or "Observe" } access && access.Expression == node) return true;
            if (node is InvocationExpressionSyntax or ParenthesizedExpressionSyntax or IdentifierNameSyntax && Watcher(node) is { } call && bodies.ModelOf(call.SyntaxTree).GetOperation(call) is IInvocationOperation handed && Watches(handed, node)) return true;
            if (node.Parent is ArgumentSyntax) return false;
            node = node.Parent;
        }

        // `var sending = link.SendAsync(…); sending.ContinueWith(…)`
        return node.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declared } && bodies.ModelOf(declared.SyntaxTree).GetDeclaredSymbol(declared) is ILocalSymbol variable
            && Results.Uses(variable, declared, bodies).Any(use => LooksAtTask(use, bodies));
    }

    /// <summary>The call that the task is handed to: <c>task.Report(log)</c>, <c>Report(task)</c>.</summary>
    private static InvocationExpressionSyntax? Watcher(SyntaxNode task) => task.Parent switch
    {
        MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access when access.Expression == task => call,
        ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } => call,
        _ => null,
    };

    /// <summary>A helper of one's own whose code asks how a task that it is given has failed.</summary>
    private static bool Watches(IInvocationOperation call, SyntaxNode task)
    {
        var helper = call.TargetMethod.OriginalDefinition;
        // What it hands on to a source of a task's end comes to whoever waits for that: for a callback that is somebody else.
        if (helper.Parameters.Any(p => p.Type.Name == "TaskCompletionSource") && Flow.Bodies.EnclosingDeclaration(task) is not AnonymousFunctionExpressionSyntax) return false;
        if (helper.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } code) return false;
        return Given(call, task) is { } parameter && code.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == parameter.Name && IsWatched(n));
    }

    /// <summary>The parameter that the task goes into.</summary>
    private static IParameterSymbol? Given(IInvocationOperation call, SyntaxNode task)
    {
        // Parentheses are no operation of their own.
        while (task is ParenthesizedExpressionSyntax inner) task = inner.Expression;
        return call.Arguments.FirstOrDefault(a => a.Value.DescendantsAndSelf().Any(o => o.Syntax == task))?.Parameter;
    }

    private static bool IsWatched(IdentifierNameSyntax task) =>
        task.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ContinueWith" or "Observe" or "Exception" or "IsFaulted" }
        || task.Ancestors().OfType<AwaitExpressionSyntax>().Any() && task.Ancestors().OfType<TryStatementSyntax>().Any(t => t.Catches.Any(c => !Rethrows(c)) && t.Block.Span.Contains(task.Span));
}
