using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>What runs when an operation completes: a method, a delegate in a variable, a lambda that gets a name for it, or what a short one does.</summary>
internal sealed class CompletionHandler
{
    private readonly Func<string, string, string> _run;
    private readonly ExpressionStatementSyntax? _subscription;
    private readonly string _name;

    private CompletionHandler(string name, bool takesNull, ExpressionStatementSyntax? subscription, Func<string, string, string>? run = null)
    {
        _name = name;
        TakesNull = takesNull;
        _subscription = subscription;
        _run = run ?? ((sender, operation) => $"{name}({sender}, {operation});");
    }

    /// <summary>It can do without a sender.</summary>
    public bool TakesNull { get; }

    /// <summary>The statement that runs it.</summary>
    public string Run(string sender, string operation) => _run(sender, operation);

    /// <summary>What is attached to the event of this very object; else the only one that the type attaches to any.</summary>
    public static CompletionHandler? Of(InvocationExpressionSyntax call, ExpressionSyntax operation, SemanticModel model)
    {
        if (call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type) return null;
        var same = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var any = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var lambdas = new List<AssignmentExpressionSyntax>();
        var others = new List<AnonymousFunctionExpressionSyntax>();
        var isKnown = true;
        var symbol = model.GetSymbolInfo(operation).Symbol;
        foreach (var node in type.DescendantNodes())
        {
            if (node is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } assignment || model.GetSymbolInfo(assignment.Left).Symbol is not IEventSymbol { Name: "Completed", ContainingType.Name: "SocketAsyncEventArgs" }) continue;
            var isSame = assignment.Left is MemberAccessExpressionSyntax access && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(access.Expression).Symbol, symbol);
            var target = Target(assignment);
            if (target is AnonymousFunctionExpressionSyntax lambda)
            {
                if (isSame) lambdas.Add(assignment);
                else others.Add(lambda);
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

        if (symbol is IParameterSymbol { ContainingSymbol: IMethodSymbol own } given && model.GetEnclosingSymbol(call.SpanStart) is { } here && SymbolEqualityComparer.Default.Equals(own, here))
        {
            // What the handler starts again comes back to it.
            if (given.Ordinal == 1 && any.Contains(own)) return new CompletionHandler(own.Name, own.Parameters[0].NullableAnnotation != NullableAnnotation.NotAnnotated, null);
            var leading = others.Where(o => Deed(o) is InvocationExpressionSyntax { ArgumentList.Arguments: var passed } led && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(led).Symbol, own)
                && passed.Count > given.Ordinal && passed[given.Ordinal] is { NameColon: null, Expression: IdentifierNameSyntax e } && model.GetSymbolInfo(e).Symbol is IParameterSymbol { Ordinal: 1 }).ToList();
            if (leading.Count > 0) return OfDeed(leading[0], call, model);
        }

        if (lambdas.Count > 0) return lambdas is [var written] && same.Count == 0 ? OfLambda(written, call, model) ?? OfDeed((AnonymousFunctionExpressionSyntax)Target(written), call, model) : null;
        if (same.Count == 0 && any.Count == 0 && isKnown && others is [var single]) return OfDeed(single, call, model);
        var chosen = same.Count == 1 ? same.Single() : same.Count == 0 && isKnown && others.Count == 0 && any.Count == 1 ? any.Single() : null;
        if (chosen is null || !model.LookupSymbols(call.SpanStart, name: chosen.Name).Contains(chosen, SymbolEqualityComparer.Default)) return null;
        if (chosen is ILocalSymbol or IParameterSymbol) return new CompletionHandler(chosen.Name, true, null);
        if (!chosen.IsStatic && model.GetEnclosingSymbol(call.SpanStart) is not { IsStatic: false }) return null;
        return new CompletionHandler(chosen.Name, chosen is not IMethodSymbol method || method.Parameters[0].NullableAnnotation != NullableAnnotation.NotAnnotated, null);
    }

    private static ExpressionSyntax Target(AssignmentExpressionSyntax subscription) =>
        subscription.Right is BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: [var only] } ? only.Expression : subscription.Right;

    private static SyntaxNode? Deed(AnonymousFunctionExpressionSyntax lambda) => lambda.ExpressionBody ?? (lambda.Block is not { Statements: [var only] } ? null : only switch
    {
        ExpressionStatementSyntax { Expression: var expression } => expression,
        IfStatementSyntax asked when !asked.DescendantNodes().Any(n => n is ReturnStatementSyntax) => asked,
        _ => (SyntaxNode?)null,
    });

    /// <summary>A lambda elsewhere in the type that does one thing, and with nothing that only its own place knows: the thing itself.</summary>
    private static CompletionHandler? OfDeed(AnonymousFunctionExpressionSyntax lambda, InvocationExpressionSyntax call, SemanticModel model)
    {
        if (Deed(lambda) is not { } deed || !lambda.AsyncKeyword.IsKind(SyntaxKind.None) || model.GetSymbolInfo(lambda).Symbol is not IMethodSymbol { Parameters: [var sender, var args] }) return null;
        var uses = new Dictionary<SyntaxNode, IParameterSymbol>();
        foreach (var name in deed.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            switch (model.GetSymbolInfo(name).Symbol)
            {
                case IParameterSymbol own when SymbolEqualityComparer.Default.Equals(own, sender) || SymbolEqualityComparer.Default.Equals(own, args):
                    uses.Add(name, own);
                    break;
                case ILocalSymbol { DeclaringSyntaxReferences: [var declared] } when lambda.Span.Contains(declared.Span):
                case IParameterSymbol { DeclaringSyntaxReferences: [var parameter] } when lambda.Span.Contains(parameter.Span):
                    break;
                case ILocalSymbol or IParameterSymbol:
                    return null;
                case { IsStatic: false } and (IFieldSymbol or IPropertySymbol or IMethodSymbol or IEventSymbol) when name.Parent is not (MemberAccessExpressionSyntax or MemberBindingExpressionSyntax) || name.Parent is MemberAccessExpressionSyntax access && access.Expression == name:
                    if (model.GetEnclosingSymbol(call.SpanStart) is not { IsStatic: false }) return null;
                    break;
            }
        }

        var takesNull = !uses.Values.Contains(sender, SymbolEqualityComparer.Default);
        return new CompletionHandler("", takesNull, null, (from, operation) =>
        {
            var done = deed.ReplaceNodes(uses.Keys, (name, _) => SyntaxFactory.ParseExpression(SymbolEqualityComparer.Default.Equals(uses[name], sender) ? from : operation).WithTriviaFrom(name)).WithoutTrivia();
            return done is StatementSyntax ? $"{{ {done} }}" : $"{done};";
        });
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
        var named = SyntaxFactory.ParseStatement($"EventHandler<SocketAsyncEventArgs> {_name} = {assignment.Right.WithoutTrivia()};").WithLeadingTrivia(now.GetLeadingTrivia()).WithTrailingTrivia(Lines.EndOfLine(root));
        var attached = now.WithExpression(assignment.WithRight(SyntaxFactory.IdentifierName(_name))).WithLeadingTrivia(Lines.Indentation(now));
        return root.ReplaceNode(now, [named.WithAdditionalAnnotations(Formatter.Annotation), attached]);
    }
}
