using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;

namespace LifecycleAnalyzers.Flow.Paths;

/// <summary>Calls behind which nothing is done any more: the process ends in them, or they always throw.</summary>
internal sealed class NeverReturning(Analysis analysis)
{
    private const int Depth = 3;

    private readonly ConcurrentDictionary<IMethodSymbol, bool> _ends = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _throws = new(SymbolEqualityComparer.Default);

    /// <summary><c>Environment.Exit</c>, or a helper that says why and ends the process as the last thing that it does.</summary>
    public bool EndsProcess(IMethodSymbol method) =>
        method is { Name: "Exit" or "FailFast", ContainingType: { Name: "Environment", ContainingNamespace.Name: "System" } }
        || IsPlain(method) && _ends.GetOrAdd((method.ReducedFrom ?? method).OriginalDefinition, EndsInExit);

    /// <summary><c>static void Fail(Exception e) { throw new LinkException(e); }</c></summary>
    public bool Throws(IMethodSymbol method) => Throws(method, Depth);

    /// <summary>Code that runs where it is called, in one piece: not at its first await, not in an override.</summary>
    private static bool IsPlain(IMethodSymbol method) => method.ReturnsVoid && method is { IsAsync: false, IsAbstract: false, IsVirtual: false, IsOverride: false, MethodKind: MethodKind.Ordinary or MethodKind.ReducedExtension };

    private static bool EndsInExit(IMethodSymbol method)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not MethodDeclarationSyntax code) return false;
        var last = code.ExpressionBody?.Expression ?? (code.Body?.Statements.LastOrDefault() as ExpressionStatementSyntax)?.Expression;
        return last is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var owner, Name.Identifier.ValueText: "Exit" or "FailFast" } } && owner.LastWord() == "Environment"
            && !code.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(n => n is ReturnStatementSyntax);
    }

    private bool Throws(IMethodSymbol method, int depth)
    {
        method = method.OriginalDefinition;
        if (depth == 0 || !IsPlain(method) || !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, analysis.Compilation.Assembly)) return false;
        if (_throws.TryGetValue(method, out var known)) return known;
        var always = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().OnlyThrown() is { } thrown ? IsHelpers(method, thrown) : analysis.Bodies.Of(method, default) is { } body && !ReachesItsEnd(body.Graph, depth - 1);
        // What a shorter look did not find a longer one may.
        return always || depth == Depth ? _throws.GetOrAdd(method, always) : always;
    }

    /// <summary>A helper, and not a declaration of what others call or of what is not there yet.</summary>
    private static bool IsHelpers(IMethodSymbol method, ExpressionSyntax thrown) =>
        (method.IsStatic || method.DeclaredAccessibility != Accessibility.Public)
        && !thrown.IsKind(SyntaxKind.NullLiteralExpression) && !thrown.IsKind(SyntaxKind.SuppressNullableWarningExpression)
        && (thrown as ObjectCreationExpressionSyntax)?.Type.ToString() is not ("NotImplementedException" or "NotSupportedException");

    private bool ReachesItsEnd(ControlFlowGraph graph, int depth)
    {
        var seen = new HashSet<BasicBlock>();
        var pending = new Stack<BasicBlock>();
        pending.Push(graph.Blocks[0]);
        while (pending.Count > 0)
        {
            var block = pending.Pop();
            if (block.Kind == BasicBlockKind.Exit) return true;
            if (!seen.Add(block)) continue;
            // The graph has no edge from the middle of a `try` to its handlers.
            if (block.EnclosingRegion is { Kind: ControlFlowRegionKind.Try, EnclosingRegion: { } around })
            {
                foreach (var handler in around.NestedRegions) pending.Push(graph.Blocks[handler.FirstBlockOrdinal]);
            }

            if (block.Operations.Any(o => o is IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod: var called } } && Throws(called, depth))) continue;
            if (block.FallThroughSuccessor?.Destination is { } next) pending.Push(next);
            if (block.ConditionalSuccessor?.Destination is { } other) pending.Push(other);
        }

        return false;
    }
}
