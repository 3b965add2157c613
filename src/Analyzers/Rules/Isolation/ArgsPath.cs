using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Flow.Paths;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Follows one <c>SocketAsyncEventArgs</c>, and notes what is done to it while an operation may still hold it.</summary>
internal sealed class ArgsPath(ISymbol args, SyntaxNode function, Analysis analysis, int depth, CancellationToken cancellation) : IPathRule<OperationState>
{
    private readonly Dictionary<string, bool> _answers = Answers(args, function);

    /// <summary>Variables that keep whether a wait with a limit saw the end.</summary>
    private readonly HashSet<string> _waits = [.. Code.OwnNodes(function).OfType<InvocationExpressionSyntax>().Where(i => i.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Wait" or "WaitOne" }).Select(Kept).OfType<string>()];

    /// <summary>What is done too early, the operation that may hold it, by where it stands.</summary>
    public List<(IOperation Use, string How)> Found { get; } = [];

    /// <summary>Some operation is started with it here.</summary>
    public SyntaxNode? Started { get; private set; }

    public static bool IsArgs(ITypeSymbol? type) => Bases.IncludeNamed(type, "SocketAsyncEventArgs", "System.Net.Sockets");

    public bool IsSource(IOperation operation) => false;

    public Step<OperationState> Visit(IOperation operation, OperationState token, PathView<OperationState> view)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                return new(Called(call, token));
            // Somebody waits here, for the end of the operation most likely; a limit may come first.
            case IAwaitOperation awaited when token == OperationState.Pending:
                return Patience.IsRace(PathView<OperationState>.Unwrapped(awaited.Operation)) ? new(token) : new(OperationState.Done) { Throws = Patience.EndsWith(awaited.Operation, analysis), OnThrow = token };
            case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: { } instance, Property.Name: var property } } when token == OperationState.Pending && IsIt(instance):
                if (property is "UserToken" or "AcceptSocket" or "RemoteEndPoint" or "SocketFlags" or "BufferList" or "SendPacketsElements" or "SendPacketsFlags" or "DisconnectReuseSocket") Note(operation, "changed");
                return new(token);
            case ISimpleAssignmentOperation assignment when IsIt(assignment.Target):
                return new(OperationState.Done);
            default:
                return new(token);
        }
    }

    public bool Assume(IOperation condition, bool isTrue, ref OperationState token, PathView<OperationState> view)
    {
        if (token != OperationState.Pending) return true;
        switch (PathView<OperationState>.Unwrapped(condition))
        {
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not:
                return Assume(not.Operand, !isTrue, ref token, view);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals, RightOperand.ConstantValue: { HasValue: true, Value: bool constant } } binary:
                return Assume(binary.LeftOperand, isTrue == (constant == (binary.OperatorKind == BinaryOperatorKind.Equals)), ref token, view);
            // `if (first != operation.Task)`: the limit came first.
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } race when Winner(race) is { } endsWhenEqual:
                if (isTrue == (endsWhenEqual == (race.OperatorKind == BinaryOperatorKind.Equals))) token = OperationState.Done;
                return true;
            case IPropertyReferenceOperation { Property.Name: "IsCompleted" or "IsCompletedSuccessfully" } ended when isTrue && Dropped.IsTask(ended.Instance?.Type):
                token = OperationState.Done;
                return true;
            // It was complete when the call returned: `Completed` will not come.
            case IInvocationOperation call when Starts(call) && !isTrue:
            case ILocalReferenceOperation { Local.Name: { } answer } when _answers.TryGetValue(answer, out var pending) && isTrue != pending:
                token = OperationState.Done;
                return true;
            case IInvocationOperation { TargetMethod.Name: "WaitOne" or "Wait" or "WaitAll" } when isTrue:
            case ILocalReferenceOperation waited when _waits.Contains(waited.Local.Name) && isTrue:
                token = OperationState.Done;
                return true;
            default:
                return true;
        }
    }

    public OperationState Return(IOperation? value, OperationState token, PathView<OperationState> view) => token;

    /// <summary>The winner of a race is asked for: has the operation ended where the two are equal, or where they are not? Null: it is not.</summary>
    private static bool? Winner(IBinaryOperation asked)
    {
        var (left, right) = (PathView<OperationState>.Unwrapped(asked.LeftOperand), PathView<OperationState>.Unwrapped(asked.RightOperand));
        if (Patience.IsWinner(right)) (left, right) = (right, left);
        return Patience.IsWinner(left) ? !Patience.IsClock(right) : null;
    }

    private OperationState Called(IInvocationOperation call, OperationState token)
    {
        var name = call.TargetMethod.Name;
        if (Starts(call))
        {
            if (token == OperationState.Pending && (call.Syntax != Started || IsForEach(call) || NothingWaits(call))) Note(call, "reused");
            Started = call.Syntax;
            return OperationState.Pending;
        }

        if (name is "WaitOne" or "Wait" && call.Type?.SpecialType == SpecialType.System_Boolean && !call.Arguments.IsEmpty && (call.Syntax.Ancestors().Any(a => a is IfStatementSyntax or WhileStatementSyntax or ConditionalExpressionSyntax) || call.Syntax.Parent is ReturnStatementSyntax or ArrowExpressionClauseSyntax || Kept(call.Syntax) is not null)) return token;
        if (name is "WaitOne" or "Wait" or "GetResult" or "Sleep" or "SpinOnce" or "SpinUntil" or "CancelConnectAsync" or "Close" or "Shutdown" || name is "Dispose" && !IsIt(call.Instance)) return token == OperationState.Pending ? OperationState.Done : token;
        if (token != OperationState.Pending) return LeavesPending(call) ? OperationState.Pending : token;
        if (name is "Dispose" && IsIt(call.Instance)) Note(call, "disposed");
        else if (GivingBack.Argument(call, analysis, cancellation) is { } given && IsIt(given.Value)) Note(call, "given back");
        return token;
    }

    /// <summary>A socket's <c>…Async(args)</c>, or a method of this compilation that answers as one does.</summary>
    private bool Starts(IInvocationOperation call) =>
        call.TargetMethod is { ReturnType.SpecialType: SpecialType.System_Boolean, Name: var name } && name.EndsWith("Async", StringComparison.Ordinal)
        && call.Arguments.FirstOrDefault(a => IsArgs(a.Parameter?.Type) && IsIt(a.Value)) is { Parameter: { } given } && (call.TargetMethod.ContainingType?.Name == "Socket" || PassesOn(call.TargetMethod, given));

    /// <summary>The answer is a socket's: <c>bool SendAsync(SocketAsyncEventArgs args) => _socket.SendAsync(args);</c></summary>
    private bool PassesOn(IMethodSymbol method, IParameterSymbol given)
    {
        var implementations = analysis.Implementations.Of(method, exactly: false, cancellation).Where(analysis.Summaries.IsOwn);
        return implementations.Any(m => !m.IsAbstract && Code.Of(m, analysis, cancellation) is { } code
            && code.Descendants().OfType<IReturnOperation>().Any(r => r.ReturnedValue is { } answer && Code.Unwrapped(answer) is IInvocationOperation { TargetMethod: { ContainingType.Name: "Socket", ReturnType.SpecialType: SpecialType.System_Boolean } } inner
                && inner.Arguments.Any(a => Code.Unwrapped(a.Value) is IParameterReferenceOperation { Parameter.Ordinal: var passed } && passed == given.Ordinal)));
    }

    /// <summary>A helper that starts an operation and comes back while it is under way.</summary>
    private bool LeavesPending(IInvocationOperation call)
    {
        if (depth == 0 || call.Arguments.FirstOrDefault(a => IsArgs(a.Parameter?.Type) && IsIt(a.Value)) is not { Parameter: { } given } || !analysis.Summaries.IsOwn(call.TargetMethod)) return false;
        if (Code.Of(call.TargetMethod, analysis, cancellation) is not { } code || analysis.Bodies.Of(call.TargetMethod, cancellation) is not { } body) return false;
        if (call.TargetMethod.OriginalDefinition.Parameters.FirstOrDefault(p => p.Ordinal == given.Ordinal) is not { } parameter) return false;
        var inner = new ArgsPath(parameter, code.Syntax, analysis, depth - 1, cancellation);
        var exits = PathEngine<OperationState>.Exits(analysis, body, inner, OperationState.NotStarted, null, cancellation);
        // What the helper does too early is reported there.
        return inner.Found.Count == 0 && exits?.Any(e => e.Thrown is null && e.Token == OperationState.Pending) == true;
    }

    private bool IsIt(IOperation? operation) => operation is not null && BufferOperations.Variable(PathView<OperationState>.Unwrapped(operation)) is { } symbol && SymbolEqualityComparer.Default.Equals(symbol, args);

    private void Note(IOperation use, string how)
    {
        if (!Found.Any(f => f.Use.Syntax == use.Syntax)) Found.Add((use, how));
    }

    /// <summary>Variables that keep what the start of an operation answered, and their value where it is under way: <c>var isDone = !socket.ReceiveAsync(args);</c></summary>
    private static Dictionary<string, bool> Answers(ISymbol args, SyntaxNode function)
    {
        var names = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var call in Code.OwnNodes(function).OfType<InvocationExpressionSyntax>())
        {
            if (!call.ArgumentList.Arguments.Any(a => a.Expression is IdentifierNameSyntax name && name.Identifier.ValueText == args.Name)) continue;
            SyntaxNode answer = call;
            while (answer.Parent is ParenthesizedExpressionSyntax or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression }) answer = answer.Parent;
            var denied = answer == call && answer.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression };
            if (Kept(denied ? answer.Parent! : answer) is { } name) names[name] = !denied;
        }

        return names;
    }

    /// <summary>The variable that what a call answers goes into.</summary>
    private static string? Kept(SyntaxNode call) => call.Parent switch
    {
        EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => variable.Identifier.ValueText,
        AssignmentExpressionSyntax { Left: IdentifierNameSyntax local } => local.Identifier.ValueText,
        _ => null,
    };

    /// <summary>On each of several connections in turn, with the one object.</summary>
    private bool IsForEach(IInvocationOperation call) =>
        call.Instance is ILocalReferenceOperation { Local: var connection } && connection.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is ForEachStatementSyntax each && each.Statement.Span.Contains(call.Syntax.Span)
        && !args.DeclaringSyntaxReferences.Any(r => each.Span.Contains(r.Span));

    /// <summary>In a loop that goes on to the next start at once: whatever else it calls, it calls where the start has answered that all is over.</summary>
    private bool NothingWaits(IInvocationOperation call)
    {
        if (Order.LoopAround(call.Syntax) is not { } loop || args.DeclaringSyntaxReferences.Any(r => loop.Span.Contains(r.Span))) return false;
        return !loop.DescendantNodes().Any(n => n.IsLoop() || n is AwaitExpressionSyntax or LockStatementSyntax
            || n is InvocationExpressionSyntax other && other != call.Syntax && !other.Span.Contains(call.Syntax.Span) && !other.Ancestors().TakeWhile(a => a != loop).Any(a => a is IfStatementSyntax choice && choice.Condition.Meant().Span.Contains(call.Syntax.Span)));
    }
}
