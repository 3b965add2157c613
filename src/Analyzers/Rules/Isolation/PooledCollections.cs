using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>Collections that connections are taken from and go back to.</summary>
internal static class PooledCollections
{
    private static readonly HashSet<string> Taking = new(StringComparer.Ordinal)
    {
        "TryTake", "TryPop", "TryDequeue", "Dequeue", "Pop", "Take", "TryRead", "ReadAsync", "RemoveAt", "RemoveLast", "RemoveFirst", "Get", "Receive", "ReceiveAsync", "TryPeek", "First",
    };

    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "ConcurrentBag", "ConcurrentStack", "ConcurrentQueue", "Stack", "Queue", "Channel", "ChannelWriter", "BlockingCollection", "LinkedList", "List", "BufferBlock", "IProducerConsumerCollection",
    };

    /// <summary>The call puts something into a collection that is also taken from.</summary>
    public static bool IsOne(IInvocationOperation call, Analysis analysis)
    {
        if (call.TargetMethod.ContainingType is not { } type || !Types.Contains(type.Name) || Wire.Receiver(call) is not { } receiver) return false;
        // What a variable stands for is found in the source; a call out of a graph knows its block alone.
        if (Pool.Container(analysis.Bodies.ModelOf(receiver.Syntax.SyntaxTree).GetOperation(receiver.Syntax) ?? receiver) is not { } place) return false;
        // A lease was handed the collection that it goes back to: who handed it takes from it.
        if (IsHandedIn(place) && place.ContainingType.AllInterfaces.Any(i => i.Name is "IDisposable" or "IAsyncDisposable") && IsEnd(call) && type.Name is not ("List" or "LinkedList")) return true;
        if (place is not (IFieldSymbol or IPropertySymbol or IMethodSymbol) && !IsOfConstructor(place)) return false;
        return analysis.Holders.CodeOf(place.ContainingType).Concat(TypeAround(call, place, analysis)).Any(m => m.Identifiers.Contains(place.Name) && m.Invoked.Meets(Taking) && (IsOneOfMany(place) || IsTakenFrom(m.Declaration, place.Name)));
    }

    /// <summary>The code around the call, where the collection is a part of something else: <c>host.Idle.Push(link)</c>.</summary>
    private static IEnumerable<CodeMember> TypeAround(IInvocationOperation call, ISymbol place, Analysis analysis) =>
        analysis.Bodies.ModelOf(call.Syntax.SyntaxTree).GetEnclosingSymbol(call.Syntax.SpanStart)?.ContainingType is { } around && !SymbolEqualityComparer.Default.Equals(around.OriginalDefinition, place.ContainingType)
            ? analysis.Holders.CodeOf(around) : [];

    /// <summary>A collection for each host: what is taken from has to be looked up before.</summary>
    private static bool IsOneOfMany(ISymbol place) =>
        Symbols.TypeOf(place) is INamedTypeSymbol { TypeArguments: [_, { Name: var held }] } type && type.Name.Contains("Dictionary") && Types.Contains(held);

    private static bool IsHandedIn(ISymbol place) => IsOfConstructor(place)
        || place is IFieldSymbol { IsReadOnly: true } field && !field.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is VariableDeclaratorSyntax { Initializer: not null })
        || place is IPropertySymbol property && (property.SetMethod is null or { IsInitOnly: true } || IsPositional(property)) && !property.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is PropertyDeclarationSyntax { Initializer: not null });

    private static bool IsOfConstructor(ISymbol place) => place is IParameterSymbol { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Constructor } };

    /// <summary>A record's parameter, which a <c>record struct</c> lets others write.</summary>
    private static bool IsPositional(IPropertySymbol property) => property.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is ParameterSyntax);

    private static bool IsEnd(IInvocationOperation call) => Code.FunctionAround(call.Syntax) is MethodDeclarationSyntax { Identifier.ValueText: "Dispose" or "DisposeAsync" };

    /// <summary>It is taken from under its name, or under that of a variable: <c>var idle = _idle; idle.Pop()</c>.</summary>
    private static bool IsTakenFrom(SyntaxNode member, string name)
    {
        var names = member.DescendantNodes().OfType<VariableDeclaratorSyntax>().Where(v => v.Initializer?.Value.Mentions(name) == true).Select(v => v.Identifier.ValueText).Append(name).ToList();
        return member.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => names.Contains(n.Identifier.ValueText) && IsTakenFrom(n));
    }

    private static bool IsTakenFrom(IdentifierNameSyntax collection)
    {
        for (SyntaxNode? node = collection.Parent; node is MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax or InvocationExpressionSyntax; node = node.Parent)
        {
            if (node is MemberAccessExpressionSyntax access && Taking.Contains(access.Name.Identifier.ValueText)) return true;
        }

        return false;
    }
}
