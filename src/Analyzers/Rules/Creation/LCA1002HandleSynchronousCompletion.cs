using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>An operation that takes an operation object says by its result whether the event will come, and nobody looks.</summary>
internal sealed class LCA1002HandleSynchronousCompletion : IRule
{
    public const string Id = "LCA1002";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Handle the operation that completes synchronously",
        "When '{0}' answers false the operation is already complete, and '{1}' is never raised for it",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A socket operation that takes a SocketAsyncEventArgs answers false when it completed synchronously. Completed is then not raised: the result has to be handled right there, or the connection stands still.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        foreach (var member in file.CodeMembers)
        {
            foreach (var node in member.Declaration.DescendantNodes())
            {
                if (node is InvocationExpressionSyntax { ArgumentList.Arguments.Count: > 0 } call && MayBeIgnored(call)) Check(file, call);
            }
        }
    }

    private static void Check(RuleContext file, InvocationExpressionSyntax call)
    {
        if (file.Model.GetSymbolInfo(call, file.Cancellation).Symbol is not IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean } method) return;
        if (Operation(method, file.Analysis) is not { } parameter || !AnswersPending(method, file.Analysis, 2, file.Cancellation)) return;
        if (file.Model.GetOperation(call, file.Cancellation) is not IInvocationOperation invocation || !Results.IsDropped(invocation, file.Analysis.Bodies)) return;
        var completed = file.Analysis.Catalogue.MembersOf(parameter.Type, Role.Error | Role.Ended).FirstOrDefault(m => m is IEventSymbol)?.Name ?? "Completed";
        file.Report(Diagnostic.Create(Rule, call.GetLocation(), method.Name, completed));
    }

    /// <summary>The parameter that takes the object of the operation.</summary>
    private static IParameterSymbol? Operation(IMethodSymbol method, Analysis analysis) =>
        method.Parameters.FirstOrDefault(p => analysis.Connections.TypeOf(p.Type) is { } type && (type.Traits & Traits.Operation) != 0);

    /// <summary>The connection's own method, or one of this compilation that hands its answer on.</summary>
    private static bool AnswersPending(IMethodSymbol method, Analysis analysis, int depth, CancellationToken cancellation)
    {
        if (!analysis.Summaries.IsOwn(method)) return method.Name.EndsWith("Async", StringComparison.Ordinal) && analysis.Connections.TypeOf(method.ContainingType) is { Source: not Source.Convention };
        if (depth == 0 || method.IsAsync || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } declaration) return false;
        var model = analysis.Bodies.ModelOf(declaration.SyntaxTree);
        foreach (var node in declaration.DescendantNodes(n => n == declaration || n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
        {
            var answer = node switch
            {
                ReturnStatementSyntax { Expression: { } returned } => returned,
                ArrowExpressionClauseSyntax arrow when arrow.Parent == declaration => arrow.Expression,
                _ => null,
            };
            if (answer is InvocationExpressionSyntax call && model.GetSymbolInfo(call, cancellation).Symbol is IMethodSymbol { ReturnType.SpecialType: SpecialType.System_Boolean } callee
                && Operation(callee, analysis) is not null && AnswersPending(callee, analysis, depth - 1, cancellation)) return true;
        }

        return false;
    }

    /// <summary>By its place in the source: a statement, a discard, a variable, a lambda's or a method's only expression.</summary>
    private static bool MayBeIgnored(InvocationExpressionSyntax call)
    {
        SyntaxNode node = call;
        while (node.Parent is ParenthesizedExpressionSyntax or ConditionalAccessExpressionSyntax || node.Parent is MemberBindingExpressionSyntax) node = node.Parent;
        return node.Parent is ExpressionStatementSyntax or EqualsValueClauseSyntax or AnonymousFunctionExpressionSyntax or ArrowExpressionClauseSyntax
            || node.Parent is AssignmentExpressionSyntax assignment && assignment.Right == node;
    }
}
