using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>Where a value comes from and where it goes, in the operations of the source.</summary>
internal static class Values
{
    /// <summary>The value itself, without conversions, <c>await</c> and what only adapts a task.</summary>
    public static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion: operation = conversion.Operand; break;
                case IParenthesizedOperation parenthesized: operation = parenthesized.Operand; break;
                case IAwaitOperation awaited: operation = awaited.Operation; break;
                case IDelegateCreationOperation creation: operation = creation.Target; break;
                case IArgumentOperation argument: operation = argument.Value; break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync", Instance: { } task }: operation = task; break;
                case IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } waited } }: operation = waited; break;
                case IConditionalAccessInstanceOperation instance when ConditionalAccess.ReceiverOf(instance) is { } accessed: operation = accessed; break;
                default: return operation;
            }
        }
    }

    /// <summary>The expression whose value this is, seen from outside: around it conversions, <c>await</c>, <c>?:</c>, <c>??</c>, the arms of a switch.</summary>
    public static IOperation Outermost(IOperation value)
    {
        while (true)
        {
            switch (value.Parent)
            {
                case IConversionOperation or IParenthesizedOperation or IAwaitOperation or IDelegateCreationOperation:
                case IConditionalAccessOperation access when access.WhenNotNull == value:
                case IConditionalOperation { Type: { SpecialType: not SpecialType.System_Void } } conditional when conditional.Condition != value:
                case ICoalesceOperation:
                case ISwitchExpressionArmOperation arm when arm.Value == value:
                case ISwitchExpressionOperation expression when expression.Value != value:
                    value = value.Parent;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" } call when call.Instance == value:
                    value = call;
                    break;
                default:
                    return value;
            }
        }
    }

    /// <summary>The operation of the whole member around.</summary>
    public static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent) operation = parent;
        return operation;
    }

    /// <summary>The lambda or local function around; null where the member itself is it.</summary>
    public static IOperation? FunctionAround(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation) return parent;
        }

        return null;
    }

    /// <summary>The method that an operation belongs to; null within a lambda or an initialiser.</summary>
    public static IMethodSymbol? MethodAround(IOperation operation, SemanticModel model) => FunctionAround(operation) switch
    {
        IAnonymousFunctionOperation => null,
        ILocalFunctionOperation local => local.Symbol,
        _ => model.GetEnclosingSymbol(operation.Syntax.SpanStart) is IMethodSymbol method ? method : null,
    };

    /// <summary>A call of the method that it stands in. Its name tells most calls apart; the symbol around a place takes long to find.</summary>
    public static bool CallsItself(IInvocationOperation call, SemanticModel model) =>
        (FunctionAround(call) is ILocalFunctionOperation || call.Syntax.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.ValueText == call.TargetMethod.Name)
        && MethodAround(call, model) is { } around && Is(call.TargetMethod, around);

    /// <summary>The condition itself where it has a name: <c>var gone = _c is null; if (gone) …</c></summary>
    public static IOperation Meant(IOperation condition)
    {
        condition = Unwrapped(condition);
        return condition is ILocalReferenceOperation { Local: { Type.SpecialType: SpecialType.System_Boolean } named } && AssignedTo(named, condition).Take(2).ToList() is [var only] ? Unwrapped(only) : condition;
    }

    /// <summary>All that is assigned to a local in its member.</summary>
    public static IEnumerable<IOperation> AssignedTo(ILocalSymbol local, IOperation anywhere)
    {
        foreach (var operation in Root(anywhere).Descendants())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when Is(declarator.Symbol, local) && declarator.GetVariableInitializer() is { } initializer:
                    yield return initializer.Value;
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation target } assignment when Is(target.Local, local) && assignment is ISimpleAssignmentOperation or ICoalesceAssignmentOperation:
                    yield return ((IAssignmentOperation)operation).Value;
                    break;
                case IDeconstructionAssignmentOperation { Target: var target, Value: var value } when Tuple(target) is { } targets && Tuple(value) is { } values && targets.Elements.Length == values.Elements.Length:
                    for (var i = 0; i < targets.Elements.Length; i++)
                    {
                        if (Declared(targets.Elements[i]) is ILocalReferenceOperation part && Is(part.Local, local)) yield return values.Elements[i];
                    }

                    break;
                case IIsPatternOperation { Pattern: var pattern } isPattern when Declares(pattern, local):
                    yield return isPattern.Value;
                    break;
            }
        }
    }

    /// <summary>The parts of what is put together, or taken apart, in place: <c>(a, b)</c>, <c>var (a, b)</c>.</summary>
    public static ITupleOperation? Tuple(IOperation operation) => Declared(Unwrapped(operation)) as ITupleOperation;

    private static IOperation Declared(IOperation target) => target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;

    /// <summary>What a local is a part of where it is taken out of a tuple, <c>(request, stop) = Prepare()</c>, and which part.</summary>
    public static IEnumerable<(IOperation Whole, int Part)> TakenApart(ILocalSymbol local, IOperation anywhere)
    {
        foreach (var operation in Root(anywhere).Descendants())
        {
            if (operation is not IDeconstructionAssignmentOperation deconstruction || Tuple(deconstruction.Target) is not { } tuple) continue;
            for (var i = 0; i < tuple.Elements.Length; i++)
            {
                if (Declared(tuple.Elements[i]) is ILocalReferenceOperation reference && Is(reference.Local, local)) yield return (Unwrapped(deconstruction.Value), i);
            }
        }
    }

    private static bool Declares(IPatternOperation pattern, ILocalSymbol local) => pattern switch
    {
        IDeclarationPatternOperation { DeclaredSymbol: { } declared } => Is(declared, local),
        IRecursivePatternOperation { DeclaredSymbol: { } declared } => Is(declared, local),
        INegatedPatternOperation negated => Declares(negated.Pattern, local),
        IBinaryPatternOperation binary => Declares(binary.LeftPattern, local) || Declares(binary.RightPattern, local),
        _ => false,
    };

    /// <summary>Where a local or parameter is read or written.</summary>
    public static IEnumerable<IOperation> References(ISymbol variable, IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            if (operation is ILocalReferenceOperation local && Is(local.Local, variable) || operation is IParameterReferenceOperation parameter && Is(parameter.Parameter, variable)) yield return operation;
        }
    }

    /// <summary>What a member of this compilation answers: the values of its returns, those of its lambdas not among them.</summary>
    public static IEnumerable<IOperation> Returned(IOperation code)
    {
        foreach (var operation in OwnDescendants(code))
        {
            if (operation is IReturnOperation { ReturnedValue: { } value }) yield return value;
        }
    }

    /// <summary>The operations of a function, not those of the functions in it.</summary>
    public static IEnumerable<IOperation> OwnDescendants(IOperation function)
    {
        var pending = new Stack<IOperation>();
        foreach (var child in function.ChildOperations.Reverse()) pending.Push(child);
        while (pending.Count > 0)
        {
            var operation = pending.Pop();
            yield return operation;
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation) continue;
            foreach (var child in operation.ChildOperations.Reverse()) pending.Push(child);
        }
    }

    /// <summary>The code of a method, or of a property's getter.</summary>
    public static IOperation? CodeOf(ISymbol member, Analysis analysis, CancellationToken cancellation)
    {
        if (member is IPropertySymbol { GetMethod: { } getter }) member = getter;
        return member is IMethodSymbol method ? Isolation.Code.Of(method, analysis, cancellation) : null;
    }

    public static bool Is(ISymbol? a, ISymbol? b) => SymbolEqualityComparer.Default.Equals(a?.OriginalDefinition, b?.OriginalDefinition);

    /// <summary>The member of the type's own that is named: a field or property of <c>this</c>, or a static one.</summary>
    public static ISymbol? OwnMember(IOperation operation) => Unwrapped(operation) is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol, Instance: null or IInstanceReferenceOperation } reference ? reference.Member.OriginalDefinition
        // A primary constructor's parameter is a field in all but name.
        : Unwrapped(operation) is IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } constructor } parameter } && constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax ? parameter : null;

    /// <summary>The member of one's own that a value is taken from, by <c>Interlocked.Exchange</c> and <c>Volatile.Read</c> too.</summary>
    public static ISymbol? TakenFrom(IOperation value) =>
        Unwrapped(value) is IInvocationOperation { TargetMethod: { Name: "Exchange" or "Read", ContainingType.Name: "Interlocked" or "Volatile" }, Arguments: [var first, ..] } ? OwnMember(first.Value) : OwnMember(value);
}
