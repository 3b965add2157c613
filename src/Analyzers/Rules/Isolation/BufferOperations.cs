using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A send or receive that has been given a buffer and may go on when the statement has been left.</summary>
internal sealed class BufferOperation(IInvocationOperation call, ImmutableArray<ISymbol> buffers)
{
    public IInvocationOperation Call { get; } = call;

    /// <summary>The variables that hold the buffer it works on, and those that they were made from.</summary>
    public ImmutableArray<ISymbol> Buffers { get; } = buffers;

    /// <summary>No task ends it: its object tells by an event, and the call says whether there is anything to wait for.</summary>
    public bool IsTold { get; init; }
}

/// <summary>Finds the operations of a body that use a buffer.</summary>
internal static class BufferOperations
{
    public static IEnumerable<BufferOperation> In(IOperation root, Analysis analysis, CancellationToken cancellation)
    {
        foreach (var operation in root.Descendants())
        {
            cancellation.ThrowIfCancellationRequested();
            if (operation is not IInvocationOperation call || IsAwaitedInPlace(call)) continue;
            if (OperationObject(call) is { } args)
            {
                var set = SetOn(args, call, root).ToImmutableArray();
                if (!set.IsEmpty) yield return new BufferOperation(call, set) { IsTold = true };
                continue;
            }

            var isBegun = call.TargetMethod.Name.StartsWith("Begin", StringComparison.Ordinal) && call.Type?.Name == "IAsyncResult";
            if (!isBegun && !Dropped.IsTask(call.Type) && !IsWorkItem(call) && !IsForEach(call)) continue;
            if (IsWorkItem(call) || StartsTask(call) || IsForEach(call))
            {
                var captured = call.Arguments.SelectMany(a => a.Value.DescendantsAndSelf()).OfType<IAnonymousFunctionOperation>()
                    .SelectMany(f => f.Descendants().OfType<IInvocationOperation>().Where(i => Works(i, analysis, 2, cancellation)).SelectMany(i => Given(i)).Where(s => IsOutside(s, f.Syntax))).ToImmutableArray();
                if (!captured.IsEmpty) yield return new BufferOperation(call, captured);
                continue;
            }

            if (!Works(call, analysis, 2, cancellation)) continue;
            var buffers = Given(call).ToImmutableArray();
            if (!buffers.IsEmpty) yield return new BufferOperation(call, buffers);
        }
    }

    /// <summary>The variable with the operation object that an operation of this kind takes.</summary>
    private static ISymbol? OperationObject(IInvocationOperation call) =>
        call.Type?.SpecialType == SpecialType.System_Boolean && call.TargetMethod.ContainingType is { Name: "Socket", ContainingNamespace.Name: "Sockets" }
            ? call.Arguments.Where(a => a.Value.Type?.Name == "SocketAsyncEventArgs").Select(a => Variable(Code.Unwrapped(a.Value))).FirstOrDefault() : null;

    /// <summary>The variables whose memory this function has given to the object before.</summary>
    private static IEnumerable<ISymbol> SetOn(ISymbol args, IInvocationOperation start, IOperation root)
    {
        foreach (var operation in root.Descendants())
        {
            if (operation is IInvocationOperation { TargetMethod.Name: "SetBuffer", Instance: { } instance } set && set.Syntax.SpanStart < start.Syntax.SpanStart
                && SymbolEqualityComparer.Default.Equals(Variable(Code.Unwrapped(instance)), args) && Code.FunctionAround(set.Syntax) == Code.FunctionAround(start.Syntax))
            {
                foreach (var symbol in Given(set)) yield return symbol;
            }
        }
    }

    private static bool IsOutside(ISymbol symbol, SyntaxNode function) =>
        symbol.DeclaringSyntaxReferences.FirstOrDefault() is { } declared && !(declared.SyntaxTree == function.SyntaxTree && function.Span.Contains(declared.Span));

    private static bool StartsTask(IInvocationOperation call) =>
        call.TargetMethod.Name is "Run" && Dropped.IsTask(call.TargetMethod.ContainingType) || call.TargetMethod is { Name: "StartNew", ContainingType.Name: "TaskFactory" };

    /// <summary>A task for each element: <c>sockets.Select(s => s.SendAsync(buffer))</c>.</summary>
    private static bool IsForEach(IInvocationOperation call) =>
        call is { TargetMethod: { Name: "Select", ContainingType.Name: "Enumerable", TypeArguments: [_, var made] } } && Dropped.IsTask(made);

    private static bool IsWorkItem(IInvocationOperation call) => call.TargetMethod is { Name: "QueueUserWorkItem" or "UnsafeQueueUserWorkItem", ContainingType.Name: "ThreadPool" };

    /// <summary>Sends or receives: on a connection or a stream over one, or in a method of this compilation that does.</summary>
    public static bool Works(IInvocationOperation call, Analysis analysis, int depth, CancellationToken cancellation)
    {
        if (Wire.Of(call, analysis) != WireUse.None) return true;
        var method = call.TargetMethod;
        if (method.Name.StartsWith("Begin", StringComparison.Ordinal) && Wire.Receiver(call)?.Type is { } type && analysis.Connections.LeadsToPeer(type)) return true;
        if (depth == 0 || !analysis.Summaries.IsOwn(method) || !method.Parameters.Any(p => IsMemory(p.Type)) || Code.Of(method, analysis, cancellation) is not { } code) return false;
        return code.Descendants().OfType<IInvocationOperation>().Any(i => Given(i).Any(s => s is IParameterSymbol) && Works(i, analysis, depth - 1, cancellation));
    }

    /// <summary>Nothing lies between the operation and its end.</summary>
    public static bool IsAwaitedInPlace(IInvocationOperation call)
    {
        IOperation operation = call;
        while (operation.Parent is IConversionOperation or IParenthesizedOperation || operation.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "Preserve" } outer && outer.Instance == operation) operation = operation.Parent;
        return operation.Parent is IAwaitOperation || operation.Parent is IInvocationOperation { TargetMethod.Name: "GetAwaiter" } || operation.Parent is IPropertyReferenceOperation { Property.Name: "Result" };
    }

    /// <summary>The variables behind the memory that a call is given.</summary>
    public static IEnumerable<ISymbol> Given(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || !IsMemory(Code.Unwrapped(argument.Value).Type) && !IsMemory(argument.Value.Type)) continue;
            foreach (var symbol in Behind(argument.Value, 3)) yield return symbol;
        }
    }

    /// <summary>The variables that an expression of memory is made from: <c>owner.Memory[..n]</c>, <c>new ArraySegment(buffer)</c>.</summary>
    public static IEnumerable<ISymbol> Behind(IOperation expression, int depth)
    {
        foreach (var part in Parts(expression))
        {
            if (Variable(part) is not { } symbol || !IsMemory(part.Type) && !IsOwner(part.Type)) continue;
            yield return symbol;
            if (depth == 0 || part is not ILocalReferenceOperation local) continue;
            if (local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: { } initial } || local.SemanticModel is not { } model || model.SyntaxTree != initial.SyntaxTree) continue;
            if (model.GetOperation(initial) is { } value && !IsRent(value))
            {
                foreach (var further in Behind(value, depth - 1)) yield return further;
            }
        }
    }

    /// <summary>The parts of an expression that share its memory; what is copied is another's.</summary>
    private static IEnumerable<IOperation> Parts(IOperation expression)
    {
        yield return expression;
        if (expression is IInvocationOperation { TargetMethod.Name: not ("AsMemory" or "AsSpan" or "Slice" or "AsArraySegment" or "AsReadOnly" or "GetMemory" or "GetSpan" or "Create") }) yield break;
        if (expression is IArrayElementReferenceOperation { ArrayReference.Type: IArrayTypeSymbol } element && element.Indices.Any(i => i is IRangeOperation || i.Type?.Name == "Range")) yield break;
        foreach (var child in expression.ChildOperations)
        {
            foreach (var part in Parts(child)) yield return part;
        }
    }

    public static ISymbol? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field => field.Field,
        _ => null,
    };

    private static bool IsRent(IOperation value) => Code.Unwrapped(value) is IInvocationOperation { TargetMethod.Name: "Rent" };

    public static bool IsMemory(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte or SpecialType.System_Char } => true,
        INamedTypeSymbol { Name: "Memory" or "ReadOnlyMemory" or "ArraySegment" or "ReadOnlySequence", TypeArguments.Length: 1 } => true,
        INamedTypeSymbol { TypeArguments: [{ Name: "ArraySegment" or "ReadOnlyMemory" }] } => true,
        _ => false,
    };

    /// <summary>Something that gives its memory back when it is disposed.</summary>
    public static bool IsOwner(ITypeSymbol? type) =>
        type is { Name: "IMemoryOwner" } || type is not null && type.SpecialType == SpecialType.None && (type.AllInterfaces.Any(i => i.Name == "IMemoryOwner") || type is INamedTypeSymbol named && GivesBackOnDispose(named));

    private static bool GivesBackOnDispose(INamedTypeSymbol type)
    {
        if (type.DeclaringSyntaxReferences.IsEmpty || type.TypeKind is not (TypeKind.Class or TypeKind.Struct)) return false;
        foreach (var member in type.GetMembers("Dispose").Concat(type.GetMembers("DisposeAsync")))
        {
            if (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } syntax) continue;
            var isPools = type.DeclaringSyntaxReferences.Any(r => r.GetSyntax().DescendantTokens().Any(t => t.ValueText is "ArrayPool" or "MemoryPool" or "IMemoryOwner"));
            if (isPools && syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(i => i.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Return" or "Dispose" } or MemberBindingExpressionSyntax { Name.Identifier.ValueText: "Return" or "Dispose" })) return true;
        }

        return false;
    }
}
