using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.Facts;

/// <summary>
/// A wait with a limit that leaves its operation running: where the limit strikes, is the operation observed or cancelled, or its
/// connection closed? The code that runs then is found by the test of the result, and by the handlers around.
/// </summary>
internal sealed class WalkedAway(Analysis analysis, CancellationToken cancellation)
{
    private static readonly string[] EndingVerbs =
        ["Close", "Dispose", "Disconnect", "Abort", "Stop", "Shutdown", "Drop", "Reset", "Cleanup", "Clean", "Fail", "Teardown", "Tear", "Kill", "Terminate", "Destroy", "Release", "Reconnect", "Cancel", "Evict", "Discard"];

    /// <summary>The wait that a task goes into: <c>WhenAny</c> beside a delay, <c>Wait</c>, <c>WaitAny</c> or <c>WaitAsync</c> with a limit.</summary>
    public IInvocationOperation? Wait(IOperation task)
    {
        task = Results.Outermost(task);
        switch (task.Parent)
        {
            case IInvocationOperation call when call.Instance == task:
                if (call.TargetMethod.Name is "AsTask" or "Preserve") return Wait(call);
                return call.TargetMethod.Name is "Wait" or "WaitAsync" && Tasks.IsTask(call.TargetMethod.ContainingType) && call.Arguments.Any(IsLimit) ? call : null;
            case IArrayInitializerOperation { Parent: IArrayCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation outer } } initializer }:
                return IsRace(outer, initializer.Initializer!.ElementValues, task) ? outer : null;
            case ICollectionExpressionOperation { Parent: var parent } collection:
                while (parent is IConversionOperation) parent = parent.Parent;
                return parent is IArgumentOperation { Parent: IInvocationOperation spread } && IsRace(spread, collection.Elements, task) ? spread : null;
            case IArgumentOperation { Parent: IInvocationOperation race }:
                return IsRace(race, race.Arguments.Select(a => a.Value), task) ? race : null;
            default:
                return null;
        }
    }

    private static bool IsLimit(IArgumentOperation argument) =>
        argument.ArgumentKind != ArgumentKind.DefaultValue && argument.Parameter is { Type: { Name: "TimeSpan" } or { SpecialType: SpecialType.System_Int32 } }
        && argument.Value.ConstantValue is not { HasValue: true, Value: -1 } && IoCalls.Unwrapped(argument.Value) is not IFieldReferenceOperation { Field.Name: "Infinite" or "InfiniteTimeSpan" };

    private bool IsRace(IInvocationOperation call, IEnumerable<IOperation> tasks, IOperation task) =>
        call.TargetMethod is { Name: "WhenAny" or "WaitAny", ContainingType.Name: "Task" } && tasks.Any(t => t != task && IsDelay(t))
        || call.TargetMethod is { Name: "WaitAny" or "WaitAll", ContainingType.Name: "Task" } && call.Arguments.Any(IsLimit);

    private bool IsDelay(IOperation task)
    {
        task = IoCalls.Unwrapped(task);
        if (task is IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } }) return true;
        return task is ILocalReferenceOperation { Local: var local } && local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } declaration
            && analysis.Bodies.ModelOf(declaration.SyntaxTree).GetOperation(declaration, cancellation) is IVariableDeclaratorOperation { Initializer.Value: var value }
            && IoCalls.Unwrapped(value) is IInvocationOperation { TargetMethod: { Name: "Delay", ContainingType.Name: "Task" } };
    }

    /// <summary>Where the limit strikes, something is done about the operation that still runs.</summary>
    /// <param name="wait">The wait with its limit.</param>
    /// <param name="operation">The call that began the operation.</param>
    /// <param name="connection">What it was called on, if that is known.</param>
    /// <param name="task">The variable that holds its task, if there is one.</param>
    public bool IsTakenCareOf(IInvocationOperation wait, IInvocationOperation operation, IOperation? connection, ILocalSymbol? task)
    {
        if (IsWaitedForAgain(wait, task) || IsInUsing(wait) || IsCancelledByItself(operation) || IsEndedBefore(wait, operation)) return true;
        if (task is not null && HasContinuation(task)) return true;
        var throws = wait.TargetMethod.Name == "WaitAsync";
        var test = throws ? null : Test(wait, task);
        // Whoever gets the answer decides.
        if (!throws && test is null && IsHandedOn(wait)) return connection is null || IoCalls.Unwrapped(connection) is not ILocalReferenceOperation;
        foreach (var region in Region(wait, test, throws))
        {
            foreach (var part in region.DescendantsAndSelf())
            {
                if (Ends(part) || task is not null && Observes(part, task)) return true;
            }
        }

        return false;
    }

    /// <summary>The variable is older than the loop around the wait: the next round waits for the same task.</summary>
    private static bool IsWaitedForAgain(IOperation wait, ILocalSymbol? task)
    {
        if (task?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } declaration) return false;
        for (var parent = wait.Parent; parent is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation; parent = parent.Parent)
        {
            if (parent is ILoopOperation && !parent.Syntax.Span.Contains(declaration.Span)) return true;
        }

        return false;
    }

    /// <summary><c>socket.Close(); reading.Wait(500);</c>: it has been told to end, and the wait is for that.</summary>
    private bool IsEndedBefore(IOperation wait, IOperation operation)
    {
        for (IOperation child = wait, parent = wait.Parent!; parent is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation; child = parent, parent = parent.Parent!)
        {
            if (parent is IBlockOperation block && block.Operations.TakeWhile(o => o != child).SelectMany(o => o.DescendantsAndSelf()).Any(o => o.Syntax.SpanStart > operation.Syntax.Span.End && Ends(o))) return true;
        }

        return false;
    }

    /// <summary>A connection or stream is disposed when the block around the wait is left.</summary>
    private bool IsInUsing(IOperation wait)
    {
        for (IOperation child = wait, parent = wait.Parent!; parent is not null; child = parent, parent = parent.Parent!)
        {
            switch (parent)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    return false;
                case IUsingOperation { Resources: var resources } when child != resources && resources.DescendantsAndSelf().Any(IsConnection):
                    return true;
                case IBlockOperation block when block.Operations.TakeWhile(o => o != child).Any(o => o is IUsingDeclarationOperation && o.DescendantsAndSelf().Any(IsConnection)):
                    return true;
            }
        }

        return false;
    }

    private bool IsConnection(IOperation operation)
    {
        var type = operation is IVariableDeclaratorOperation declarator ? declarator.Symbol.Type : operation.Type;
        return analysis.Connections.TypeOf(type) is not null || analysis.Connections.IsCarrier(type) && type!.Name != "MemoryStream";
    }

    /// <summary>It was given a token whose source has a limit, or is cancelled here.</summary>
    private bool IsCancelledByItself(IInvocationOperation operation)
    {
        foreach (var argument in operation.Arguments)
        {
            if (argument.Parameter?.Type.Name != "CancellationToken" || argument.ArgumentKind == ArgumentKind.DefaultValue) continue;
            if (IoCalls.Unwrapped(argument.Value) is not IPropertyReferenceOperation { Property.Name: "Token", Instance: ILocalReferenceOperation { Local: var source } }) continue;
            if (source.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) continue;
            if (analysis.Bodies.ModelOf(declaration.SyntaxTree).GetOperation(declaration, cancellation) is IVariableDeclaratorOperation { Initializer.Value: IObjectCreationOperation { Arguments.Length: > 0 } }) return true;
            if (Results.Uses(source, declaration, analysis.Bodies).Any(use => use.Parent?.ToString() is { } text && text.StartsWith(source.Name + ".Cancel", StringComparison.Ordinal))) return true;
        }

        return false;
    }

    private bool HasContinuation(ILocalSymbol task)
    {
        if (task.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) return false;
        var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
        foreach (var use in Results.Uses(task, declaration, analysis.Bodies))
        {
            if (model.GetOperation(use, cancellation) is { Parent: var parent } && (parent is IInvocationOperation { TargetMethod.Name: "ContinueWith" or "Observe" }
                || parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: not ("WhenAny" or "WhenAll" or "WaitAny" or "WaitAll" or "ReferenceEquals" or "Equals") } } })) return true;
        }

        return false;
    }

    private static bool IsHandedOn(IOperation wait)
    {
        var parent = Awaited(wait).Parent;
        return parent is IReturnOperation or ISimpleAssignmentOperation { Target: IFieldReferenceOperation or IPropertyReferenceOperation };
    }

    /// <summary>The <c>await</c> of a wait, by way of <c>ConfigureAwait</c> too; the wait itself where it is not awaited.</summary>
    private static IOperation Awaited(IOperation wait)
    {
        var parent = wait.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured ? configured.Parent : wait.Parent;
        return parent as IAwaitOperation ?? wait;
    }

    /// <summary>The condition that asks who won, and whether it is true when the operation did.</summary>
    private (IConditionalOperation Condition, bool WonWhenTrue)? Test(IInvocationOperation wait, ILocalSymbol? task)
    {
        var winner = Results.Variable(Awaited(wait));
        var root = (IOperation)wait;
        while (root.Parent is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation) root = root.Parent;
        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is IConditionalOperation conditional && (conditional.Syntax.SpanStart > wait.Syntax.SpanStart || conditional.Condition.Syntax.Span.Contains(wait.Syntax.Span))
                && Won(conditional.Condition, wait, winner, task) is { } won) return (conditional, won);
        }

        return null;
    }

    private bool? Won(IOperation condition, IInvocationOperation wait, ILocalSymbol? winner, ILocalSymbol? task)
    {
        switch (IoCalls.Unwrapped(Values.Meant(condition)))
        {
            case IParenthesizedOperation parenthesized:
                return Won(parenthesized.Operand, wait, winner, task);
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return !Won(not.Operand, wait, winner, task);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } compared:
                var (left, right) = (IoCalls.Unwrapped(compared.LeftOperand), IoCalls.Unwrapped(compared.RightOperand));
                if (IsWinner(right)) (left, right) = (right, left);
                if (!IsWinner(left)) return null;
                var equals = compared.OperatorKind == BinaryOperatorKind.Equals;
                if (right is ILocalReferenceOperation other && SymbolEqualityComparer.Default.Equals(other.Local, task)) return equals;
                return IsDelay(right) ? !equals : null;
            case IInvocationOperation { TargetMethod: { Name: "ReferenceEquals", IsStatic: true }, Arguments: [{ Value: var one }, { Value: var two }] }:
                var (first, second) = (IoCalls.Unwrapped(one), IoCalls.Unwrapped(two));
                if (IsWinner(second)) (first, second) = (second, first);
                return IsWinner(first) && second is ILocalReferenceOperation given && SymbolEqualityComparer.Default.Equals(given.Local, task) ? true : null;
            case IInvocationOperation call when call == wait:
                return call.TargetMethod.Name is "Wait" or "WaitAll" ? true : null;
            case ILocalReferenceOperation { Local: var local } when wait.TargetMethod.Name is "Wait" or "WaitAll" && SymbolEqualityComparer.Default.Equals(local, winner):
                return true;
            case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully", Instance: ILocalReferenceOperation { Local: var local } } when SymbolEqualityComparer.Default.Equals(local, task):
                return true;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both:
                return Won(both.LeftOperand, wait, winner, task) ?? Won(both.RightOperand, wait, winner, task);
            default:
                return null;
        }

        bool IsWinner(IOperation side) => side is IAwaitOperation awaiting && awaiting.Operation.DescendantsAndSelf().Contains(wait)
            || side is ILocalReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Local, winner);
    }

    /// <summary>The code that runs when the limit has struck.</summary>
    private static IEnumerable<IOperation> Region(IInvocationOperation wait, (IConditionalOperation Condition, bool WonWhenTrue)? test, bool throws)
    {
        var goesOn = !throws;
        IOperation from = wait;
        if (test is { } known)
        {
            from = known.Condition;
            var lost = known.WonWhenTrue ? known.Condition.WhenFalse : known.Condition.WhenTrue;
            if (lost is not null) yield return lost;
            goesOn = lost is null || !lost.Leaves();
            // The value of a conditional expression: the statement around it uses it, whoever won.
            if (known.Condition.Syntax is ConditionalExpressionSyntax && Results.Outermost(known.Condition).Parent is IReturnOperation) goesOn = false;
        }
        else if (wait.Parent is not null && AskedIn(wait) is { } unknown)
        {
            // The limit struck on one of the two ways.
            yield return unknown.WhenTrue;
            if (unknown.WhenFalse is { } otherwise) yield return otherwise;
        }

        // What the limit throws goes into a continuation first.
        if (throws && Results.Outermost(wait).Parent is IInvocationOperation { TargetMethod.Name: "ContinueWith" } continued)
        {
            foreach (var argument in continued.Arguments) yield return argument;
        }

        for (IOperation child = from, parent = from.Parent!; parent is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation; child = parent, parent = parent.Parent!)
        {
            if (parent is ITryOperation attempt && attempt.Body == child)
            {
                // An exception goes to the handlers, and where one takes it, on behind the try.
                if (!goesOn)
                {
                    foreach (var clause in attempt.Catches.Where(TakesTimeouts))
                    {
                        // `catch when (Close(connection))` closes whatever it answers.
                        if (clause.Filter is { } filter) yield return filter;
                        yield return clause.Handler;
                        goesOn |= throws && !clause.Handler.Leaves();
                    }
                }

                if (attempt.Finally is { } last) yield return last;
            }
            else if (goesOn && parent is IBlockOperation block)
            {
                var index = block.Operations.IndexOf(child);
                for (var i = index + 1; index >= 0 && i < block.Operations.Length; i++)
                {
                    yield return block.Operations[i];
                    if (block.Operations[i].Leaves()) goesOn = false;
                    if (!goesOn) break;
                }
            }
        }
    }

    /// <summary>The condition that the wait is a part of, though not one that says who won.</summary>
    private static IConditionalOperation? AskedIn(IOperation wait)
    {
        IOperation child = wait;
        while (child.Parent is IBinaryOperation or IUnaryOperation or IConversionOperation or IParenthesizedOperation or IAwaitOperation or IIsPatternOperation or IInvocationOperation) child = child.Parent;
        return child.Parent is IConditionalOperation conditional && conditional.Condition == child ? conditional : null;
    }

    private static bool TakesTimeouts(ICatchClauseOperation clause) =>
        clause.ExceptionType is null or { Name: "Object" or "Exception" or "SystemException" or "TimeoutException" or "AggregateException" or "OperationCanceledException" };

    /// <summary>Closes a connection, or cancels something; an own method that does so counts.</summary>
    private bool Ends(IOperation operation)
    {
        if (operation is not IInvocationOperation call) return false;
        var method = call.TargetMethod;
        // Whoever takes it over ends it.
        if (call.Arguments.Any(a => analysis.Catalogue.TakesOver(a.Parameter))) return true;
        if (method.Name is "Cancel" or "CancelAsync" or "CancelAfter" && method.ContainingType.Name == "CancellationTokenSource") return true;
        var type = IoCalls.Receiver(call)?.Type ?? method.ContainingType;
        if (IsEndingVerb(method.Name) && (analysis.Connections.LeadsToPeer(type) || analysis.Summaries.IsOwn(method) || analysis.Summaries.IsOwn(type) || method.MethodKind == MethodKind.LocalFunction)) return true;
        if ((analysis.Connections.RolesOf(method, type) & Role.Close) != 0) return true;
        if (!analysis.Summaries.IsOwn(method) && method.MethodKind != MethodKind.LocalFunction) return false;
        return method.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } declaration && Names.Of(declaration).Any(IsEndingVerb);
    }

    private static bool IsEndingVerb(string name) => Array.IndexOf(EndingVerbs, ClosingFlags.Words(name).FirstOrDefault()) >= 0;

    /// <summary>Awaits the task, reads its failure, gives it to somebody.</summary>
    private static bool Observes(IOperation operation, ILocalSymbol task)
    {
        if (operation is not ILocalReferenceOperation { Local: var local } || !SymbolEqualityComparer.Default.Equals(local, task)) return false;
        var outer = Results.Outermost(operation);
        return outer.Parent is not (IBinaryOperation or IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" or "Status" or "IsFaulted" or "IsCanceled" });
    }
}
