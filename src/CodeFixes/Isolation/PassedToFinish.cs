using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>
/// A method that hands out its operation and cannot be <c>async</c>, because of a span or a reference that it takes, hands it to a local
/// function, which waits for it and then gives the buffer back.
/// </summary>
internal static class PassedToFinish
{
    public static SyntaxNode? Change(SyntaxNode root, SyntaxNode released, SemanticModel model)
    {
        if (Functions.Enclosing(released) is not MethodDeclarationSyntax { Body: { } body } method || Functions.IsAsync(method)) return null;
        if (AtItsEnd(released, model) is not { } end || end.Returned.Expression is not { } task || model.GetTypeInfo(task).Type is not INamedTypeSymbol { Name: "Task" or "ValueTask" } type) return null;
        var name = Reporting.Unused(model, released.SpanStart, "FinishAsync", "AwaitAndFinishAsync");
        var pending = Reporting.Unused(model, released.SpanStart, "pending", "operation");
        var passed = end.Returned.WithExpression(SyntaxFactory.ParseExpression($"{name}({task.WithoutTrivia()})"));
        var result = type.Arity > 0 ? "return await " : "await ";
        var returns = method.ReturnType.WithoutTrivia().ToString();
        var finish = Lines.Parse(released, $"async {returns} {name}({returns} {pending})\n{{\ntry\n{{\n{result}{pending};\n}}\nfinally\n{{\n{end.Release}\n}}\n}}\n");
        var line = Lines.EndOfLine(root);
        var changed = body.ReplaceNode(end.Old, end.New(passed)).WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(body, changed.AddStatements(finish.WithLeadingTrivia(line)));
    }

    /// <summary>What hands out the task and gives the buffer back before that.</summary>
    private static End? AtItsEnd(SyntaxNode released, SemanticModel model)
    {
        if (released.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { UsingKeyword.RawKind: not 0, AwaitKeyword.RawKind: 0, Parent: BlockSyntax block, Declaration.Variables: [var variable] } declared)
        {
            return block.Statements.Last() is ReturnStatementSyntax last && !Unfinished.Leaves(block) && model.GetDeclaredSymbol(variable) is ILocalSymbol { Type: var type } && Lines.Ending(variable.Identifier.ValueText, type, model, last) is { } ending
                ? new End(block, r => block.ReplaceNodes([declared, (StatementSyntax)last], (old, _) => old == last ? r : declared.WithUsingKeyword(default).WithLeadingTrivia(declared.GetLeadingTrivia())), last, ending)
                : null;
        }

        if (released.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Parent: ExpressionStatementSyntax { Parent: BlockSyntax around } statement }) return null;
        var release = statement.WithoutLeadingTrivia().ToFullString().TrimEnd();
        var index = around.Statements.IndexOf(statement);
        if (around.Statements.ElementAtOrDefault(index + 1) is ReturnStatementSyntax { Expression: IdentifierNameSyntax } next)
        {
            return new End(around, r => around.WithStatements(SyntaxFactory.List(around.Statements.Take(index).Append(r.WithLeadingTrivia(statement.GetLeadingTrivia())).Concat(around.Statements.Skip(index + 2)))), next, release);
        }

        if (around is not { Statements.Count: 1, Parent: FinallyClauseSyntax { Parent: TryStatementSyntax { Catches.Count: 0, Parent: BlockSyntax outer } attempt } }) return null;
        if (attempt.Block.Statements.LastOrDefault() is not ReturnStatementSyntax only || Unfinished.Leaves(attempt.Block)) return null;
        return new End(outer, r => PendingTask.InPlaceOf(attempt, outer, attempt.Block.Statements.Replace(only, r)), only, statement.ToFullString().Trim());
    }

    /// <summary>A block as it is and as it will be, what it returns, and the giving back.</summary>
    private sealed class End(BlockSyntax old, Func<ReturnStatementSyntax, BlockSyntax> @new, ReturnStatementSyntax returned, string release)
    {
        public BlockSyntax Old { get; } = old;

        public Func<ReturnStatementSyntax, BlockSyntax> New { get; } = @new;

        public ReturnStatementSyntax Returned { get; } = returned;

        public string Release { get; } = release;
    }
}
