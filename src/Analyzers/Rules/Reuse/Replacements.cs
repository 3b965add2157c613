using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Reuse;

/// <summary>A value is put in place of the session that a field holds.</summary>
internal sealed class Replacement(ISymbol member, IOperation operation, IOperation value)
{
    public ISymbol Member { get; } = member;

    /// <summary>The assignment, or the call that exchanges.</summary>
    public IOperation Operation { get; } = operation;

    public IOperation Value { get; } = value;
}

/// <summary>Where the sessions in the fields of a type are replaced, and what happens to the old ones.</summary>
internal sealed class Replacements(Analysis analysis, CancellationToken cancellation)
{
    /// <summary>The replacements in a piece of code of fields and properties that hold a session.</summary>
    public IEnumerable<Replacement> In(IOperation root)
    {
        foreach (var operation in root.DescendantsAndSelf())
        {
            switch (operation)
            {
                case ISimpleAssignmentOperation assignment when Session(assignment.Target) is { } member && !IsNothing(assignment.Value):
                    yield return new Replacement(member, assignment, assignment.Value);
                    break;
                case IDeconstructionAssignmentOperation { Target: var target, Value: var value } deconstruction when Values.Tuple(target) is { } targets && Values.Tuple(value) is { } values && targets.Elements.Length == values.Elements.Length:
                    for (var i = 0; i < targets.Elements.Length; i++)
                    {
                        if (Session(targets.Elements[i]) is { } element && !IsNothing(values.Elements[i])) yield return new Replacement(element, deconstruction, values.Elements[i]);
                    }

                    break;
                case IInvocationOperation { TargetMethod: { Name: "Exchange" or "Write", ContainingType.Name: "Interlocked" or "Volatile" }, Arguments: [var target, var value, ..] } exchange when Session(target.Value) is { } member && !IsNothing(value.Value):
                    yield return new Replacement(member, exchange, value.Value);
                    break;
            }
        }
    }

    private ISymbol? Session(IOperation target) =>
        Values.Unwrapped(target) is IMemberReferenceOperation { Member: IFieldSymbol { IsReadOnly: false } or IPropertySymbol { IsIndexer: false, SetMethod: not null }, Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } reference
        && analysis.Summaries.IsOwn(reference.Member) && IsSession(Values.Unwrapped(target).Type) ? reference.Member.OriginalDefinition : null;

    /// <summary>By its type, a field or property may hold a session that <see cref="In"/> finds replaced; what a generic type leaves open may be one.</summary>
    public bool MayHoldSession(ISymbol member) => member switch
    {
        IFieldSymbol { IsImplicitlyDeclared: false, IsReadOnly: false, Type: { IsReferenceType: true } type } => member.ContainingType.IsGenericType || IsSession(type),
        IPropertySymbol { IsIndexer: false, SetMethod: not null, Type: { IsReferenceType: true } type } => member.ContainingType.IsGenericType || IsSession(type),
        _ => false,
    };

    private bool IsSession(ITypeSymbol? type)
    {
        if (type is ITypeParameterSymbol { ConstraintTypes: [var constraint, ..] }) type = constraint;
        if (analysis.Connections.TypeOf(type) is { } known) return (known.Traits & (Traits.Operation | Traits.Response)) == 0;
        // A session may be one that only receives, or sends by a member of another name: it is enough that it tells its end and can be ended.
        return type is { TypeKind: TypeKind.Class or TypeKind.Interface } && analysis.Catalogue.ConventionsEnabled && analysis.Summaries.IsOwn(type) && Conventions.IsConnectionName(type.Name)
            && type.GetMembers().Any(m => m is IEventSymbol)
            && type.GetMembers().Any(m => m is IMethodSymbol method && ClosingFlags.IsEnding(method.Name))
            && type.GetMembers().Any(m => m is IPropertySymbol { Type: { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum } });
    }

    public static bool IsNothing(IOperation value) => Values.Unwrapped(value) is { ConstantValue: { HasValue: true, Value: null } } or IDefaultValueOperation;

    /// <summary>
    /// The old session is unsubscribed from, closed or disposed of on the way to its replacement: there, in a helper that is
    /// called there, or by all who call the method that replaces.
    /// </summary>
    public bool EndsTheOld(Replacement replacement, IOperation function, int depth = 3)
    {
        if (Values.Outermost(replacement.Operation).Parent is IConditionalAccessOperation or IVariableInitializerOperation or ISimpleAssignmentOperation or IArgumentOperation && replacement.Operation is IInvocationOperation && !IsOnlyLookedAt(replacement, function)) return true;
        if (Ends(function, replacement.Member, replacement, depth)) return true;
        if (MethodOf(function) is not { } method) return false;
        var callers = analysis.Callers.Of(method, cancellation).Where(c => c is IInvocationOperation && !IsWithin(c, function)).ToList();
        return callers.Count > 0 && callers.All(c => Ends(Values.FunctionAround(c) ?? Values.Root(c), replacement.Member, null, depth - 1));
    }

    /// <summary>The variable that gets the old one is asked what it was, <c>log(old?.Host)</c>, and nothing else happens to it, not even at the end of its <c>using</c>.</summary>
    private static bool IsOnlyLookedAt(Replacement exchange, IOperation function) =>
        Values.Outermost(exchange.Operation).Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: { IsUsing: false } old } }
        && function.Descendants().OfType<ILocalReferenceOperation>().Where(r => Values.Is(r.Local, old)).All(r => r.Parent is IPropertyReferenceOperation or IConditionalAccessOperation { WhenNotNull: IPropertyReferenceOperation });

    private static bool IsWithin(IOperation operation, IOperation function) => function.Syntax.SyntaxTree == operation.Syntax.SyntaxTree && function.Syntax.Span.Contains(operation.Syntax.Span);

    public IMethodSymbol? MethodOf(IOperation function) => function switch
    {
        ILocalFunctionOperation local => local.Symbol,
        IAnonymousFunctionOperation => null,
        _ => analysis.Bodies.ModelOf(function.Syntax.SyntaxTree).GetDeclaredSymbol(function.Syntax, cancellation) as IMethodSymbol,
    };

    private bool Ends(IOperation function, ISymbol member, Replacement? replacement, int depth)
    {
        var handlers = new HashSet<IOperation>(Values.OwnDescendants(function).OfType<IAnonymousFunctionOperation>());
        foreach (var operation in Values.OwnDescendants(function))
        {
            switch (operation)
            {
                case IEventAssignmentOperation { Adds: false, EventReference: IEventReferenceOperation { Instance: { } from } } when IsOld(from, member, replacement):
                    return true;
                case IInvocationOperation { Instance: { } ended } call when IsEnd(call.TargetMethod, ended.Type) && IsOld(ended, member, replacement):
                    return true;
                case IInvocationOperation call when depth > 0 && IsHelper(call) && call.Arguments.Any(a => IsOld(a.Value, member, replacement) || Values.OwnMember(a.Value) is { } passed && Values.Is(passed, member)):
                    // `Release(old)`, `SafeClose(ref _session)`: a helper that takes the old one is there to end it.
                    if (ClosingFlags.IsEnding(call.TargetMethod.Name) || CodeEnds(call.TargetMethod)) return true;
                    break;
                case IInvocationOperation { Instance: null or IInstanceReferenceOperation } call when depth > 0 && analysis.Summaries.IsOwn(call.TargetMethod) && Values.CodeOf(call.TargetMethod, analysis, cancellation) is { } code && code.Syntax != function.Syntax && (replacement is null || call.Syntax.SpanStart < replacement.Operation.Syntax.SpanStart):
                    if (Ends(code, member, null, depth - 1)) return true;
                    break;
                case IUsingOperation { Resources: var resources } when IsOld(resources, member, replacement):
                    return true;
            }
        }

        return false;
    }

    private bool IsHelper(IInvocationOperation call) => !IsEnd(call.TargetMethod, null);

    private bool CodeEnds(IMethodSymbol method) =>
        analysis.Summaries.IsOwn(method) && Values.CodeOf(method, analysis, cancellation) is { } code
        && code.Descendants().Any(o => o is IInvocationOperation { Instance: { } ended } call && IsEnd(call.TargetMethod, ended.Type) && Values.Unwrapped(ended) is IParameterReferenceOperation
            || o is IEventAssignmentOperation { Adds: false, EventReference: IEventReferenceOperation { Instance: { } from } } && Values.Unwrapped(from) is IParameterReferenceOperation);

    public bool IsEnd(IMethodSymbol method, ITypeSymbol? type) =>
        (analysis.Connections.RolesOf(method, type) & Role.Close) != 0 || ClosingFlags.IsEnding(method.Name);

    /// <summary>The field before it is written, or a variable that was filled from it.</summary>
    private static bool IsOld(IOperation value, ISymbol member, Replacement? replacement, int depth = 3)
    {
        value = Values.Unwrapped(value);
        if (Values.OwnMember(value) is { } own)
        {
            if (!Values.Is(own, member)) return false;
            // After the assignment it is the new one, but for the lambdas that run before.
            return replacement is null || value.Syntax.SpanStart < replacement.Operation.Syntax.Span.End;
        }

        if (value is not ILocalReferenceOperation { Local: var local } || depth == 0) return false;
        if (replacement is not null && Values.Unwrapped(replacement.Value) is ILocalReferenceOperation fresh && Values.Is(fresh.Local, local)) return false;
        return Values.AssignedTo(local, value).Any(a => Values.Unwrapped(a) is IInvocationOperation && Values.TakenFrom(a) is { } taken ? Values.Is(taken, member) : IsOld(a, member, replacement, depth - 1));
    }
}
