using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>What runs when an operation completes: a method, a delegate in a variable, a lambda that gets a name for it.</summary>
internal sealed class CompletionHandler
{
    private readonly ExpressionStatementSyntax? _subscription;

    private CompletionHandler(string called, bool takesNull, ExpressionStatementSyntax? subscription)
    {
        Called = called;
        TakesNull = takesNull;
        _subscription = subscription;
    }

    /// <summary>The expression that is called.</summary>
    public string Called { get; }

    public bool TakesNull { get; }

    /// <summary>What is attached to the event of this very object; else the only one that the type attaches to any.</summary>
    public static CompletionHandler? Of(InvocationExpressionSyntax call, ExpressionSyntax operation, SemanticModel model)
    {
        if (call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type) return null;
        var same = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var any = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var lambdas = new List<AssignmentExpressionSyntax>();
        var isKnown = true;
        var symbol = model.GetSymbolInfo(operation).Symbol;
        foreach (var node in type.DescendantNodes())
        {
            if (node is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } assignment || model.GetSymbolInfo(assignment.Left).Symbol is not IEventSymbol { Name: "Completed", ContainingType.Name: "SocketAsyncEventArgs" }) continue;
            var isSame = assignment.Left is MemberAccessExpressionSyntax access && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(access.Expression).Symbol, symbol);
            var target = assignment.Right is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var only] } ? only.Expression : assignment.Right;
            if (target is AnonymousFunctionExpressionSyntax)
            {
                if (isSame) lambdas.Add(assignment);
                isKnown = false;
                continue;
            }

            if (model.GetSymbolInfo(target).Symbol is not { } handler || !IsHandler(handler))
            {
                isKnown = false;
                continue;
            }

            any.Add(handler);
            if (isSame) same.Add(handler);
        }

        if (lambdas.Count > 0) return lambdas is [var written] && same.Count == 0 ? OfLambda(written, call, model) : null;
        var chosen = same.Count == 1 ? same.Single() : same.Count == 0 && isKnown && any.Count == 1 ? any.Single() : null;
        if (chosen is null || !model.LookupSymbols(call.SpanStart, name: chosen.Name).Contains(chosen, SymbolEqualityComparer.Default)) return null;
        if (chosen is ILocalSymbol or IParameterSymbol) return new CompletionHandler(chosen.Name, true, null);
        if (!chosen.IsStatic && model.GetEnclosingSymbol(call.SpanStart) is not { IsStatic: false }) return null;
        return new CompletionHandler(chosen.Name, chosen is not IMethodSymbol method || method.Parameters[0].NullableAnnotation != NullableAnnotation.NotAnnotated, null);
    }

    private static bool IsHandler(ISymbol symbol) => symbol switch
    {
        IMethodSymbol method => method is { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction, Parameters.Length: 2 },
        ILocalSymbol local => IsDelegate(local.Type),
        IParameterSymbol parameter => parameter.RefKind == RefKind.None && IsDelegate(parameter.Type),
        IFieldSymbol field => IsDelegate(field.Type),
        _ => false,
    };

    private static bool IsDelegate(ITypeSymbol type) => type is { Name: "EventHandler", NullableAnnotation: not NullableAnnotation.Annotated };

    /// <summary>A lambda that is attached in the same function, before the call and where the call can see its name.</summary>
    private static CompletionHandler? OfLambda(AssignmentExpressionSyntax assignment, InvocationExpressionSyntax call, SemanticModel model)
    {
        if (assignment.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } subscription || subscription.Span.End > call.SpanStart || !block.Span.Contains(call.Span) || Functions.Enclosing(subscription) != Functions.Enclosing(call)) return null;
        foreach (var name in new[] { "completed", "onCompleted", "whenCompleted" })
        {
            if (model.LookupSymbols(call.SpanStart, name: name).IsEmpty && !block.DescendantTokens().Any(t => t.ValueText == name)) return new CompletionHandler(name, true, subscription);
        }

        return null;
    }

    public SyntaxNode Track(SyntaxNode root, SyntaxNode call) => _subscription is null ? root.TrackNodes(call) : root.TrackNodes(call, _subscription);

    /// <summary>With a name for the lambda.</summary>
    public SyntaxNode Named(SyntaxNode root)
    {
        if (_subscription is null || root.GetCurrentNode(_subscription) is not { } now) return root;
        var assignment = (AssignmentExpressionSyntax)now.Expression;
        var named = SyntaxFactory.ParseStatement($"EventHandler<SocketAsyncEventArgs> {Called} = {assignment.Right.WithoutTrivia()};").WithLeadingTrivia(now.GetLeadingTrivia()).WithTrailingTrivia(Lines.EndOfLine(root));
        var attached = now.WithExpression(assignment.WithRight(SyntaxFactory.IdentifierName(Called))).WithLeadingTrivia(Lines.Indentation(now));
        return root.ReplaceNode(now, [named.WithAdditionalAnnotations(Formatter.Annotation), attached]);
    }
}
