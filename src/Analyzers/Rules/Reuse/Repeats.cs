using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Is an operation done again after it failed: in a <c>catch</c>, by a loop, by a helper or a pipeline that it is given to?</summary>
internal sealed class Repeats(Analysis analysis, CancellationToken cancellation)
{
    private readonly WrittenFailures _failures = new(analysis, cancellation);

    /// <summary>The failure after which it is done again; null where it is not.</summary>
    /// <param name="operation">The call that may be repeated.</param>
    /// <param name="request">The request that it is or leads to.</param>
    /// <param name="isSame">Whether another call makes the same request.</param>
    /// <param name="depth">How many helpers are followed.</param>
    public string? After(IOperation operation, IInvocationOperation request, Func<IOperation, bool> isSame, int depth = 3) =>
        InLoop(operation, request) ?? ByJump(operation, request) ?? InCatch(operation, request, isSame) ?? AfterTry(operation, request, isSame) ?? ByHelper(operation, request, depth);

    /// <summary>The loop goes round again when it fails, and ends when it succeeds.</summary>
    private string? InLoop(IOperation operation, IInvocationOperation request)
    {
        for (IOperation child = operation; child.Parent is { } parent && child is not (IAnonymousFunctionOperation or ILocalFunctionOperation); child = parent)
        {
            if (parent is not ITryOperation attempt || attempt.Body != child || Loop(attempt) is not { } loop) continue;
            if (!EndsOnSuccess(loop, attempt, operation) || Varies(operation, loop)) continue;
            foreach (var clause in attempt.Catches)
            {
                if (_failures.Of(clause, request) is { } failure && GoesRound(clause, attempt, loop)) return failure.Name;
            }
        }

        return null;
    }

    /// <summary>The clause jumps back to a label in front of the <c>try</c>, or lets what stands behind it do so.</summary>
    private string? ByJump(IOperation operation, IInvocationOperation request)
    {
        for (IOperation child = operation; child.Parent is { } parent && child is not (IAnonymousFunctionOperation or ILocalFunctionOperation); child = parent)
        {
            if (parent is not ITryOperation attempt || attempt.Body != child) continue;
            foreach (var clause in attempt.Catches)
            {
                var targets = Targets(clause.Syntax);
                if (targets.Count == 0 && EndsOpen(clause.Handler) && !EndsOpen(attempt.Body)) targets = JumpBehind(attempt);
                // What jumps there when it succeeds, too, is a loop that begins its next round.
                if (targets.Count == 0 || Targets(attempt.Body.Syntax).Any(targets.Contains) || attempt.Syntax.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member) continue;
                var jumpsBack = member.DescendantNodes().OfType<LabeledStatementSyntax>().Any(l => l.SpanStart <= attempt.Syntax.SpanStart && targets.Contains(l.Identifier.ValueText));
                if (jumpsBack && _failures.Of(clause, request) is { } failure) return failure.Name;
            }
        }

        return null;
    }

    private bool EndsOpen(IBlockOperation block) =>
        analysis.Bodies.ModelOf(block.Syntax.SyntaxTree).AnalyzeControlFlow((StatementSyntax)block.Syntax) is { Succeeded: true, EndPointIsReachable: true };

    /// <summary><c>try { return Send(); } catch (IOException) { } Pause(); goto again;</c></summary>
    private static List<string?> JumpBehind(ITryOperation attempt)
    {
        var statement = attempt.Syntax;
        while (statement.Parent is LabeledStatementSyntax labelled) statement = labelled;
        return statement.Parent is BlockSyntax block ? [.. block.Statements.Where(s => s.SpanStart > statement.SpanStart).OfType<GotoStatementSyntax>().Select(g => g.Expression?.ToString())] : [];
    }

    private static List<string?> Targets(SyntaxNode code) => code.DescendantNodes().OfType<GotoStatementSyntax>().Select(g => g.Expression?.ToString()).ToList();

    private static ILoopOperation? Loop(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null and not (IAnonymousFunctionOperation or ILocalFunctionOperation or ICatchClauseOperation); parent = parent.Parent)
        {
            if (parent is ILoopOperation loop) return loop;
        }

        return null;
    }

    private bool GoesRound(ICatchClauseOperation clause, ITryOperation attempt, ILoopOperation loop)
    {
        var flow = analysis.Bodies.ModelOf(clause.Syntax.SyntaxTree).AnalyzeControlFlow((StatementSyntax)((CatchClauseSyntax)clause.Syntax).Block);
        if (flow is not { Succeeded: true }) return false;
        if (flow.ExitPoints.Any(e => e is ContinueStatementSyntax || e is GotoStatementSyntax)) return true;
        return flow.EndPointIsReachable && !Following(attempt, loop).Any(s => s is ReturnStatementSyntax or BreakStatementSyntax or ThrowStatementSyntax);
    }

    /// <summary>The statements behind the <c>try</c>, up to the end of the loop.</summary>
    private static IEnumerable<StatementSyntax> Following(ITryOperation attempt, ILoopOperation loop)
    {
        for (var node = attempt.Syntax; node.Parent is { } parent && node != loop.Syntax; node = parent)
        {
            if (parent is not BlockSyntax block) continue;
            foreach (var statement in block.Statements)
            {
                if (statement.SpanStart > node.SpanStart) yield return statement;
            }
        }
    }

    /// <summary><c>if (stopping.IsCancellationRequested) break;</c> ends the loop whether the round has succeeded or not.</summary>
    private static bool AsksForStop(ExpressionSyntax condition) => condition.DescendantNodesAndSelf().Any(n => n is IdentifierNameSyntax { Identifier.ValueText: "IsCancellationRequested" });

    private bool EndsOnSuccess(ILoopOperation loop, ITryOperation attempt, IOperation operation)
    {
        var start = operation.Syntax.FirstAncestorOrSelf<StatementSyntax>()?.SpanStart ?? operation.Syntax.SpanStart;
        foreach (var node in attempt.Body.Syntax.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            if (node is ReturnStatementSyntax or BreakStatementSyntax or GotoStatementSyntax && node.Span.End > operation.Syntax.SpanStart) return true;
        }

        if (Following(attempt, loop).Any(s => s is ReturnStatementSyntax or BreakStatementSyntax || s is IfStatementSyntax { Condition: var when } && !AsksForStop(when) && s.DescendantNodes().Any(n => n is ReturnStatementSyntax or BreakStatementSyntax))) return true;
        var condition = loop.Syntax switch
        {
            WhileStatementSyntax w => w.Condition,
            DoStatementSyntax d => d.Condition,
            ForStatementSyntax f => f.Condition,
            _ => null,
        };
        if (condition is null) return false;
        var asked = new HashSet<string>(condition.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(i => i.Identifier.ValueText), StringComparer.Ordinal);
        return attempt.Syntax.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.IsKind(SyntaxKind.SimpleAssignmentExpression) && a.SpanStart >= start && a.Left is IdentifierNameSyntax name && asked.Contains(name.Identifier.ValueText));
    }

    /// <summary>Each round sends something else, or to somebody else.</summary>
    private static bool Varies(IOperation operation, ILoopOperation loop)
    {
        var variables = new HashSet<ISymbol>(loop.Locals, SymbolEqualityComparer.Default);
        if (loop is IForLoopOperation { Before: var before })
        {
            foreach (var local in before.SelectMany(b => b.DescendantsAndSelf()).OfType<IVariableDeclaratorOperation>()) variables.Add(local.Symbol);
        }

        return Depends(operation, variables, 3);
    }

    private static bool Depends(IOperation operation, HashSet<ISymbol> variables, int depth)
    {
        foreach (var part in operation.DescendantsAndSelf())
        {
            if (part is not ILocalReferenceOperation { Local: var local }) continue;
            if (variables.Contains(local)) return true;
            if (depth > 0 && Values.AssignedTo(local, part).Any(v => v.Syntax.SpanStart < operation.Syntax.SpanStart && Depends(v, variables, depth - 1))) return true;
        }

        return false;
    }

    /// <summary>Done in the <c>catch</c> what failed in the <c>try</c>.</summary>
    private string? InCatch(IOperation operation, IInvocationOperation request, Func<IOperation, bool> isSame)
    {
        for (IOperation child = operation; child.Parent is { } parent && child is not (IAnonymousFunctionOperation or ILocalFunctionOperation); child = parent)
        {
            if (parent is not ICatchClauseOperation clause || clause.Parent is not ITryOperation attempt) continue;
            if (_failures.Of(clause, request) is { } failure && !IsUnderProof(operation, clause) && Values.OwnDescendants(attempt.Body).Any(isSame)) return failure.Name;
        }

        return null;
    }

    /// <summary><c>if (Replay.IsSafe(e)) send again</c></summary>
    private bool IsUnderProof(IOperation operation, IOperation within)
    {
        for (IOperation child = operation; child.Parent is { } parent && child != within; child = parent)
        {
            if (parent is IConditionalOperation conditional && conditional.Condition != child && _failures.Proves(conditional.Condition, 2)) return true;
        }

        return false;
    }

    /// <summary>The <c>catch</c> only notes that it failed; behind it the same is done again.</summary>
    private string? AfterTry(IOperation operation, IInvocationOperation request, Func<IOperation, bool> isSame)
    {
        var isConditional = false;
        for (IOperation child = operation; child.Parent is { } parent && child is not (IAnonymousFunctionOperation or ILocalFunctionOperation or ILoopOperation); child = parent)
        {
            isConditional |= parent is IConditionalOperation;
            if (parent is not IBlockOperation block) continue;
            foreach (var statement in block.Operations)
            {
                if (statement == child) break;
                if (statement is not ITryOperation attempt || !Values.OwnDescendants(attempt.Body).Any(isSame)) continue;
                var succeeds = analysis.Bodies.ModelOf(attempt.Syntax.SyntaxTree).AnalyzeControlFlow((StatementSyntax)attempt.Body.Syntax);
                if (!isConditional && succeeds is not { Succeeded: true, EndPointIsReachable: false }) continue;
                foreach (var clause in attempt.Catches)
                {
                    if (_failures.Of(clause, request) is not { } failure) continue;
                    if (EndsOpen(clause.Handler)) return failure.Name;
                }
            }
        }

        return null;
    }

    /// <summary>Given as a delegate to something that calls it again when it fails.</summary>
    private string? ByHelper(IOperation operation, IInvocationOperation request, int depth)
    {
        if (depth == 0) return null;
        var function = operation is IMethodReferenceOperation ? operation : Values.FunctionAround(operation) as IAnonymousFunctionOperation;
        if (function is null || function != operation && IsStopped(operation)) return null;
        var outer = Values.Outermost(function);
        if (outer.Parent is not IArgumentOperation { Parent: IInvocationOperation call, Parameter: { } parameter }) return null;
        if (Pipelines.IsExecution(call)) return new Pipelines(analysis, _failures, cancellation).Repeats(call, request);
        if (!analysis.Summaries.IsOwn(call.TargetMethod) || DecidesByAnswer(call)) return null;
        foreach (var target in analysis.Implementations.Of(call.TargetMethod, exactly: false, cancellation))
        {
            if (parameter.Ordinal < target.Parameters.Length && OfParameter(target.Parameters[parameter.Ordinal], request, depth - 1) is { } failure) return failure;
        }

        return null;
    }

    /// <summary>The helper is told which failures to repeat, and asks what the server said: <c>Retry(e => Transient.Contains(e.Number), work)</c>.</summary>
    private bool DecidesByAnswer(IInvocationOperation call) =>
        call.Arguments.Any(a => Values.Unwrapped(a.Value) is IAnonymousFunctionOperation { Symbol: { ReturnType.SpecialType: SpecialType.System_Boolean, Parameters: [var failure, ..] } } question
            && Bases.IncludeNamed(failure.Type, "Exception", "System") && (_failures.Proves(question.Body, 2) || AsksListed(question)));

    /// <summary>Which numbers those are stands elsewhere; somebody has chosen them.</summary>
    private static bool AsksListed(IAnonymousFunctionOperation question) =>
        question.Descendants().OfType<IInvocationOperation>().Any(c => c.TargetMethod.Name is "Contains" or "Any" && c.Arguments.Any(a => Values.Unwrapped(a.Value) is IPropertyReferenceOperation { Property.Name: "Number" or "SqlState" }));

    private static bool IsStopped(IOperation operation)
    {
        for (var child = operation; child.Parent is { } parent && child is not IAnonymousFunctionOperation; child = parent)
        {
            if (parent is ITryOperation attempt && attempt.Body == child && attempt.Catches.Any(c => !Facts.Caught.Rethrows(c))) return true;
        }

        return false;
    }

    private string? OfParameter(IParameterSymbol parameter, IInvocationOperation request, int depth)
    {
        if (parameter.ContainingSymbol is not IMethodSymbol method || Values.CodeOf(method, analysis, cancellation) is not { } code) return null;
        foreach (var reference in Values.References(parameter, code))
        {
            var outer = Values.Outermost(reference);
            switch (outer.Parent)
            {
                case IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } invoked when invoked.Instance == outer:
                    if (After(invoked, request, other => other is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } instance } && Values.Unwrapped(instance) is IParameterReferenceOperation again && Values.Is(again.Parameter, parameter), depth) is { } failure) return failure;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation call, Parameter: { } next } when depth > 0:
                    if (Pipelines.IsExecution(call) && new Pipelines(analysis, _failures, cancellation).Repeats(call, request) is { } byPipeline) return byPipeline;
                    if (analysis.Summaries.IsOwn(call.TargetMethod) && !Values.Is(call.TargetMethod, method) && !DecidesByAnswer(call) && OfParameter(call.TargetMethod.OriginalDefinition.Parameters[next.Ordinal], request, depth - 1) is { } passedOn) return passedOn;
                    // `return await RunAsync(action, attempt + 1)` in the catch.
                    if (Values.Is(call.TargetMethod, method) && InCatch(call, request, other => other is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke }) is { } recursive) return recursive;
                    break;
            }
        }

        return null;
    }
}
