using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Isolation;

/// <summary>The statement that gives a buffer away, put where its operation has ended.</summary>
internal static class BufferRelease
{
    /// <summary><c>Return(buffer); await sending;</c> the other way round.</summary>
    public static SyntaxNode? BehindAwait(SyntaxNode root, SyntaxNode released, InvocationExpressionSyntax operation, SemanticModel model)
    {
        if (Statement(released) is not { Parent: BlockSyntax block } statement || Variable(operation, model) is not { } task) return null;
        var index = block.Statements.IndexOf(statement);
        var awaiting = block.Statements.Skip(index + 1).FirstOrDefault();
        if (awaiting is not ExpressionStatementSyntax { Expression: AwaitExpressionSyntax { Expression: var awaited } } || !Names(awaited, task)) return null;
        var first = awaiting.WithLeadingTrivia(statement.GetLeadingTrivia().AddRange(awaiting.GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia))));
        var second = statement.WithLeadingTrivia(Lines.Indentation(statement));
        var statements = block.Statements.Replace(statement, first);
        return root.ReplaceNode(block, block.WithStatements(statements.Replace(statements[index + 1], second)));
    }

    /// <summary>Out of a <c>finally</c>, or a <c>using</c>, to the end of the code, where the operation has finished: who gives up waiting drops the buffer.</summary>
    public static SyntaxNode? AtTheEnd(SyntaxNode root, SyntaxNode released, SemanticModel model)
    {
        if (released.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call && PendingTask.AtTheEnd(root, call, model) is { } moved) return moved;
        if (released.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is { UsingKeyword.RawKind: not 0, AwaitKeyword.RawKind: 0, Parent: BlockSyntax block, Declaration.Variables: [var variable] } declared)
        {
            var index = block.Statements.IndexOf(declared);
            if (Ended([.. block.Statements.Skip(index + 1)], variable, root, model) is not { } ended) return null;
            var bare = declared.WithUsingKeyword(default).WithLeadingTrivia(declared.GetLeadingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
            return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(index).Append(bare).Concat(ended))));
        }

        if (released.FirstAncestorOrSelf<UsingStatementSyntax>() is { AwaitKeyword.RawKind: 0, Declaration: { Variables: [var held] } declaration, Statement: BlockSyntax inside, Parent: BlockSyntax around } statement && declaration.Span.Contains(released.Span))
        {
            if (Ended([.. inside.Statements], held, root, model) is not { } ended) return null;
            var kept = SyntaxFactory.LocalDeclarationStatement(declaration.WithoutTrivia()).WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.CloseParenToken.TrailingTrivia.Any(t => t.IsKind(SyntaxKind.EndOfLineTrivia)) ? statement.CloseParenToken.TrailingTrivia : SyntaxFactory.TriviaList(Lines.EndOfLine(statement))).WithAdditionalAnnotations(Formatter.Annotation);
            var index = around.Statements.IndexOf(statement);
            var statements = ended.Select(s => s.WithAdditionalAnnotations(Formatter.Annotation));
            return root.ReplaceNode(around, around.WithStatements(SyntaxFactory.List(around.Statements.Take(index).Append(kept).Concat(statements).Concat(around.Statements.Skip(index + 1)))));
        }

        return null;
    }

    private static List<StatementSyntax>? Ended(List<StatementSyntax> code, VariableDeclaratorSyntax variable, SyntaxNode root, SemanticModel model)
    {
        if (code.LastOrDefault() is not { } last || model.GetDeclaredSymbol(variable) is not ILocalSymbol { Type: var type } || Lines.Ending(variable.Identifier.ValueText, type, model, last) is not { } ending || ending.StartsWith("await", StringComparison.Ordinal)) return null;
        return WaysOut.Ended(code, Lines.Parse(last, ending), root, model);
    }

    /// <summary>The operation's own end gives the buffer back, whatever became of it.</summary>
    public static SyntaxNode? Continued(SyntaxNode root, SyntaxNode released, InvocationExpressionSyntax operation, SemanticModel model)
    {
        if (Statement(released) is not { Parent: BlockSyntax block } statement || IsReassigned(released, model)) return null;
        var release = statement.Expression.WithoutTrivia().ToString();
        if (Variable(operation, model) is { } task)
        {
            if (model.LookupSymbols(statement.SpanStart, name: task.Name).FirstOrDefault() is not { } seen || !SymbolEqualityComparer.Default.Equals(seen, task)) return null;
            var later = Lines.Parse(statement, $"_ = {Task(task.Name, task.Type)}.ContinueWith(_ => {release}, {Scheduler});").WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);
            return root.ReplaceNode(statement, later);
        }

        ExpressionSyntax whole = operation;
        if (whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask" or "ConfigureAwait", Parent: InvocationExpressionSyntax coat }) whole = coat;
        if (whole.Parent is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "_" } } discarded) whole = discarded;
        if (whole.Parent is not ExpressionStatementSyntax dropped || model.GetTypeInfo(operation).Type is not { } type || type.Name is not ("Task" or "ValueTask")) return null;
        var ended = Lines.Parse(dropped, $"_ = {Task(operation.WithoutTrivia().ToString(), type)}.ContinueWith(_ => {release}, {Scheduler});").WithTriviaFrom(dropped).WithAdditionalAnnotations(Formatter.Annotation);
        var index = block.Statements.IndexOf(statement);
        if (dropped.Parent == block && index > 0 && block.Statements[index - 1] == dropped)
        {
            var both = Lines.Under(ended, Lines.Lost(statement, ended), Lines.EndOfLine(dropped));
            return root.ReplaceNode(block, block.WithStatements(SyntaxFactory.List(block.Statements.Take(index - 1).Append(both).Concat(block.Statements.Skip(index + 1)))));
        }

        // try { drop } finally { give back }
        if (block is not { Statements.Count: 1, Parent: FinallyClauseSyntax { Parent: TryStatementSyntax { Catches.Count: 0, Block.Statements: [var only] } attempt } } || only != dropped) return null;
        var placed = ended.WithTriviaFrom(attempt);
        return root.ReplaceNode(attempt, Lines.Under(placed, Lines.Lost(attempt, placed), Lines.EndOfLine(dropped)));
    }

    private const string Scheduler = "TaskScheduler.Default";

    private static string Task(string task, ITypeSymbol type) => type.Name == "ValueTask" ? task + ".AsTask()" : task;

    /// <summary>Given back and still in its field: the field lets go of it, or gets a new one as it did at first.</summary>
    public static SyntaxNode? TakenOut(SyntaxNode root, SyntaxNode released, SemanticModel model)
    {
        if (released.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { ArgumentList.Arguments: [{ Expression: var given }, ..] } call) return null;
        if (given is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed) given = suppressed.Operand;
        if (model.GetSymbolInfo(given).Symbol is not IFieldSymbol { IsReadOnly: false } field) return null;
        var value = field.NullableAnnotation != NullableAnnotation.NotAnnotated ? "null"
            : field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Rent" } } again } ? again.WithoutTrivia().ToString() : null;
        if (value is null) return null;
        var letGo = $"{given.WithoutTrivia()} = {value};";
        if (Statement(released) is not { } statement)
        {
            return call.Parent is ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax method } ? root.ReplaceNode(method, method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(Both(call)).WithTrailingTrivia(method.GetTrailingTrivia())) : null;
        }

        if (statement.Parent is BlockSyntax) return root.InsertNodesAfter(statement, [Lines.Before(statement, letGo, keepsComments: false)]);
        return statement.Parent is SwitchSectionSyntax ? null : root.ReplaceNode(statement, Both(call).WithTriviaFrom(statement));

        BlockSyntax Both(InvocationExpressionSyntax call) =>
            SyntaxFactory.Block(SyntaxFactory.ExpressionStatement(call.WithoutTrivia()).WithTrailingTrivia(Lines.EndOfLine(root)), Lines.Parse(call, letGo).WithTrailingTrivia(Lines.EndOfLine(root))).WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static ExpressionStatementSyntax? Statement(SyntaxNode released) =>
        released.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { Parent: ExpressionStatementSyntax statement } ? statement : null;

    /// <summary>The variable that holds the operation's task.</summary>
    private static ILocalSymbol? Variable(InvocationExpressionSyntax operation, SemanticModel model)
    {
        ExpressionSyntax whole = operation;
        if (whole.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Parent: InvocationExpressionSyntax coat }) whole = coat;
        return whole.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declared } && model.GetDeclaredSymbol(declared) is ILocalSymbol { Type.Name: "Task" or "ValueTask" } local ? local : null;
    }

    private static bool Names(ExpressionSyntax awaited, ILocalSymbol task) => awaited switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText == task.Name,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Expression: IdentifierNameSyntax name } } => name.Identifier.ValueText == task.Name,
        _ => false,
    };

    /// <summary>What the continuation would give back may be another one by then.</summary>
    private static bool IsReassigned(SyntaxNode released, SemanticModel model)
    {
        if (Functions.Enclosing(released) is not { } function || Statement(released) is not { } statement) return true;
        foreach (var name in statement.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is not (ILocalSymbol or IParameterSymbol { RefKind: RefKind.None } or IFieldSymbol { IsReadOnly: true } or ITypeSymbol or INamespaceSymbol or IMethodSymbol or IPropertySymbol { SetMethod: null })) return true;
            if (model.GetSymbolInfo(name).Symbol is (ILocalSymbol or IParameterSymbol) && function.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(a => a.Left is IdentifierNameSyntax left && left.Identifier.ValueText == name.Identifier.ValueText)) return true;
        }

        return false;
    }
}
