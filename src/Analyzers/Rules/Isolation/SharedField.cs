using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LifecycleAnalyzers.Rules.Isolation;

/// <summary>A field that several requests write: where it is read, and whether that is late.</summary>
internal sealed class SharedField(ISymbol field, SyntaxNode assignment, SyntaxNode function, INamedTypeSymbol type, RuleContext file)
{
    private const int MaxDepth = 3;

    /// <summary>Read after an await that follows the assignment, or in a callback; a context also by any other member.</summary>
    public bool IsReadLate(bool byAnyMember)
    {
        foreach (var read in Reads())
        {
            var reader = Code.FunctionAround(read);
            if (reader is null) continue;
            if (reader == function)
            {
                if (Order.MayFollow(assignment, read) && (Order.AwaitsBetween(function, assignment.Span.End, read.SpanStart) || IsInWaitingLoop(read))) return true;
            }
            else if (function.Span.Contains(reader.Span) && reader.SyntaxTree == function.SyntaxTree && reader is not LocalFunctionStatementSyntax)
            {
                if (!IsRunAtOnce(reader)) return true;
            }
            else if (Member(reader) == Member(function) && reader is not LocalFunctionStatementSyntax || IsReachedLate(reader, read, MaxDepth) || IsHandedOut(reader))
            {
                return true;
            }
            else if (byAnyMember && reader is not LocalFunctionStatementSyntax && !Calls(function, Name(reader)).Any() && !Calls(reader, Name(function)).Any() && reader is not ConstructorDeclarationSyntax && !IsReset(reader))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An accept loop goes on to the next one while what it started without waiting still reads the field.</summary>
    public bool IsReadBesideTheLoop()
    {
        var inLoop = Order.LoopAround(assignment) is not null;
        var rearms = !inLoop && IsHandedOut(function);
        if (!inLoop && !rearms) return false;
        foreach (var read in Reads())
        {
            var reader = Code.FunctionAround(read);
            if (reader is null || reader == function) continue;
            if (rearms && (IsHandedOut(reader) || reader is AnonymousFunctionExpressionSyntax && !IsRunAtOnce(reader))) return true;
            if (reader is AnonymousFunctionExpressionSyntax && function.Span.Contains(reader.Span) && reader.SyntaxTree == function.SyntaxTree)
            {
                if (!IsRunAtOnce(reader)) return true;
                continue;
            }

            foreach (var call in Calls(function, Name(reader)))
            {
                if (!Order.MayFollow(assignment, call)) continue;
                var isLambdas = Code.FunctionAround(call) is AnonymousFunctionExpressionSyntax lambda && !IsRunAtOnce(lambda) || call.Parent is ArgumentSyntax;
                if (isLambdas || !IsAwaited(call) && IsAsync(reader) && (IsAfterAwait(reader, read) || IsInWaitingLoop(read))) return true;
            }
        }

        return false;
    }

    /// <summary>A second request may enter the function while the first is still in it.</summary>
    public bool IsEnteredTwice(SyntaxNode entered, int depth)
    {
        if (entered is AnonymousFunctionExpressionSyntax) return !IsRunAtOnce(entered);
        var sequential = 0;
        foreach (var call in Mentions(Name(entered)))
        {
            if (Code.FunctionAround(call) is not { } caller || caller == entered) continue;
            var isCall = call.Parent is InvocationExpressionSyntax || call.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax };
            if (!isCall || IsAsync(entered) && !IsAwaited(call)) return true;
            if (depth > 0 && IsPerCall(caller) && IsEnteredTwice(caller, depth - 1)) return true;
            sequential++;
        }

        return sequential == 0 && entered is MethodDeclarationSyntax method && (method.Modifiers.Any(SyntaxKind.PublicKeyword) || method.Modifiers.Any(SyntaxKind.InternalKeyword) || method.Modifiers.Any(SyntaxKind.OverrideKeyword) || method.ExplicitInterfaceSpecifier is not null);
    }

    /// <summary>A function that is entered for one connection, and not the loop that accepts them.</summary>
    private static bool IsPerCall(SyntaxNode caller) =>
        caller is AnonymousFunctionExpressionSyntax || caller is BaseMethodDeclarationSyntax { ParameterList.Parameters: var parameters } && parameters.Any(p => p.Type is not null && p.Type.ToString().TrimEnd('?') is not "CancellationToken" and not "string[]");

    private bool IsReachedLate(SyntaxNode reader, SyntaxNode read, int depth)
    {
        var readsLate = IsAfterAwait(reader, read) || IsInWaitingLoop(read);
        foreach (var call in Calls(function, Name(reader)))
        {
            var within = Code.FunctionAround(call);
            if (within != function)
            {
                if (within is AnonymousFunctionExpressionSyntax && !IsRunAtOnce(within)) return true;
                continue;
            }

            if (!Order.MayFollow(assignment, call)) continue;
            if (readsLate || Order.AwaitsBetween(function, assignment.Span.End, call.SpanStart) || IsInWaitingLoop(call)) return true;
        }

        if (depth == 0) return false;
        foreach (var call in Mentions(Name(reader)))
        {
            if (Code.FunctionAround(call) is not { } between || between == function || between == reader || between is ConstructorDeclarationSyntax || Name(between) is null) continue;
            if (IsReachedLate(between, call, depth - 1) || readsLate && Calls(function, Name(between)).Any(c => Order.MayFollow(assignment, c))) return true;
        }

        return false;
    }

    private bool IsInWaitingLoop(SyntaxNode node)
    {
        for (var loop = Order.LoopAround(node); loop is not null; loop = Order.LoopAround(loop))
        {
            if (loop.SyntaxTree == assignment.SyntaxTree && loop.Span.Contains(assignment.Span)) return false;
            if (loop.DescendantNodes().Any(n => n is AwaitExpressionSyntax) || loop is CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 }) return true;
        }

        return false;
    }

    private static bool IsAfterAwait(SyntaxNode function, SyntaxNode node) => Order.AwaitsBetween(function, function.SpanStart, node.SpanStart);

    /// <summary>A lambda of a query or an awaited helper: it has run before the function goes on.</summary>
    private static bool IsRunAtOnce(SyntaxNode lambda)
    {
        var call = lambda.FirstAncestorOrSelf<InvocationExpressionSyntax>(i => i.ArgumentList.Span.Contains(lambda.Span));
        if (call is null) return false;
        var name = call.Expression switch { MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText, SimpleNameSyntax simple => simple.Identifier.ValueText, _ => "" };
        return call.Parent is AwaitExpressionSyntax || call.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax } }
            || name is "Any" or "Where" or "Select" or "First" or "FirstOrDefault" or "All" or "Count" or "RemoveAll" or "Exists" or "Find" or "ForEach" or "Contains" or "SequenceEqual";
    }

    /// <summary>A method that is given away as a delegate: somebody else calls it.</summary>
    private bool IsHandedOut(SyntaxNode method) =>
        method is MethodDeclarationSyntax && Mentions(Name(method)).Any(m => m.Parent is not InvocationExpressionSyntax && m.Parent is not MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } && !m.Ancestors().Any(a => a is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } }));

    /// <summary>A method that only empties the field, or asks whether it is empty.</summary>
    private bool IsReset(SyntaxNode reader) =>
        Name(reader) is "Dispose" or "DisposeAsync" or "Stop" or "StopAsync" or "Close" or "CloseAsync"
        || !reader.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == field.Name && n.Parent is MemberAccessExpressionSyntax or ArgumentSyntax or ConditionalAccessExpressionSyntax or PostfixUnaryExpressionSyntax or MemberBindingExpressionSyntax);

    private bool IsAwaited(SyntaxNode call)
    {
        SyntaxNode node = call;
        while (node.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax) node = node.Parent;
        if (node.Parent is AwaitExpressionSyntax) return true;
        if (file.Analysis.Bodies.ModelOf(call.SyntaxTree).GetOperation(node, file.Cancellation) is { } operation && Dropped.IsTask(operation.Type)) return !Dropped.Is(operation) && node.Parent is not ArgumentSyntax;
        return true;
    }

    private static bool IsAsync(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword) || method.ReturnType.ToString() is "Task" or "ValueTask",
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.RawKind != 0,
        _ => false,
    };

    private static SyntaxNode? Member(SyntaxNode node) => node.FirstAncestorOrSelf<MemberDeclarationSyntax>();

    private static string? Name(SyntaxNode function) => function switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } => property.Identifier.ValueText,
        _ => null,
    };

    private static IEnumerable<IdentifierNameSyntax> Calls(SyntaxNode within, string? name) =>
        name is null ? [] : within.DescendantNodes().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == name);

    private IEnumerable<SyntaxNode> Parts()
    {
        foreach (var reference in type.DeclaringSyntaxReferences) yield return reference.GetSyntax(file.Cancellation);
        if (field.DeclaredAccessibility != Accessibility.Private)
        {
            foreach (var derived in file.Analysis.Implementations.Types)
            {
                if (!SymbolEqualityComparer.Default.Equals(derived.BaseType?.OriginalDefinition, type.OriginalDefinition)) continue;
                foreach (var reference in derived.DeclaringSyntaxReferences) yield return reference.GetSyntax(file.Cancellation);
            }
        }

        if (field.ContainingType is not { } holder || SymbolEqualityComparer.Default.Equals(holder.OriginalDefinition, type.OriginalDefinition)) yield break;
        foreach (var reference in holder.DeclaringSyntaxReferences) yield return reference.GetSyntax(file.Cancellation);
    }

    private IEnumerable<IdentifierNameSyntax> Mentions(string? name) =>
        name is null ? [] : Parts().SelectMany(p => p.DescendantNodes()).OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == name);

    private IEnumerable<IdentifierNameSyntax> Reads()
    {
        foreach (var name in Mentions(field.Name))
        {
            var whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? (ExpressionSyntax)access : name;
            if (whole.Parent is AssignmentExpressionSyntax assigned && assigned.Left == whole || assignment.Span.Contains(name.Span) && name.SyntaxTree == assignment.SyntaxTree) continue;
            if (SymbolEqualityComparer.Default.Equals(file.Analysis.Bodies.ModelOf(name.SyntaxTree).GetSymbolInfo(name, file.Cancellation).Symbol?.OriginalDefinition, field.OriginalDefinition)) yield return name;
        }
    }
}
