using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.CodeFixes.Shared;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Rules.Reuse;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>
/// Takes out of the pool until one is alive: each that is not is ended. The runtime package's probe asks where it knows the type;
/// else the type's own state.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class LCA3004CheckPooledConnectionFix : CodeFixProvider
{
    private const string Key = "LCA3004.DiscardDead";
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [LCA3004CheckPooledConnection.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => FixAllOfRule.Instance;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        var root = await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) as CompilationUnitSyntax;
        var model = await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null || await FixContext.CatalogueAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } catalogue) return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax call || CountsConnections(call)) continue;
            if (PooledQuestion.Of(call, catalogue, model) is not { } question || Written(call, question, model) is not var (old, replacements)) continue;
            var nodes = replacements.ToList();
            nodes[0] = Lines.Under(nodes[0], Lines.Lost(old, nodes), Lines.EndOfLine(root));
            var changedRoot = nodes is [var only] ? root.ReplaceNode(old, only) : root.ReplaceNode(old, nodes);
            if (question.IsProbe) changedRoot = RuntimeNamespace.WithUsing(changedRoot, root, model, call.SpanStart, StateCheck.Probes);
            await context.OfferAsync(diagnostic, changedRoot, "Discard connections that have died", Key, withoutWarnings: true).ConfigureAwait(false);
        }
    }

    /// <summary>A type that counts its connections down where it ends them would have to count here too.</summary>
    private static bool CountsConnections(SyntaxNode call) =>
        call.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type
        || type.DescendantNodes().Any(n =>
            n.RawKind is (int)SyntaxKind.PostDecrementExpression or (int)SyntaxKind.PreDecrementExpression or (int)SyntaxKind.SubtractAssignmentExpression && !IsDetaching(n)
            || n is IdentifierNameSyntax { Identifier.ValueText: "Decrement" });

    private static bool IsDetaching(SyntaxNode node) => node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax, Right: IdentifierNameSyntax };

    private static (SyntaxNode Old, IEnumerable<SyntaxNode> New)? Written(ExpressionSyntax taking, PooledQuestion question, SemanticModel model) => taking switch
    {
        ElementAccessExpressionSyntax element => LastOfList(element, question),
        InvocationExpressionSyntax call => Called(call, question, model) ?? TakenOrMade.Exchanged(call, question, model),
        _ => null,
    };

    private static (SyntaxNode Old, IEnumerable<SyntaxNode> New)? Called(InvocationExpressionSyntax call, PooledQuestion question, SemanticModel model)
    {
        var condition = Outermost(call);
        if (call.ArgumentList.Arguments.LastOrDefault() is { RefKindKeyword.RawKind: (int)SyntaxKind.OutKeyword } argument)
        {
            if (Variable(argument) is not { } variable) return null;
            switch (condition.Parent)
            {
                case WhileStatementSyntax loop when Conditions.Conjuncts(loop.Condition).Contains(condition):
                    return Looping(loop, variable, question) is { } asking ? (loop, [asking]) : null;
                case IfStatementSyntax { Else: null } statement when statement.Condition == condition && argument.Expression is DeclarationExpressionSyntax && Ends(statement.Statement) && !UsedAfter(statement, variable)
                    && AsLoop(statement, variable, question) is { } loop:
                    return (statement, [loop]);
                case ConditionalExpressionSyntax choice when choice.Condition == condition && TakenOrMade.Answer(choice, variable, question, model) is { } answer:
                    return answer;
                default:
                    return question.IsWrapped ? null : InFront(call, argument, variable, question, model);
            }
        }

        return Counted(call, question, model);
    }

    private static SyntaxNode Outermost(SyntaxNode call)
    {
        while (call.Parent is ParenthesizedExpressionSyntax) call = call.Parent;
        return call;
    }

    private static string? Variable(ArgumentSyntax argument) => argument.Expression switch
    {
        DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => designation.Identifier.ValueText,
        IdentifierNameSyntax { Identifier.ValueText: not "_" } identifier => identifier.Identifier.ValueText,
        _ => null,
    };

    /// <summary>A loop that takes out asks first of all.</summary>
    private static StatementSyntax? Looping(WhileStatementSyntax loop, string variable, PooledQuestion question) =>
        loop.Statement is BlockSyntax { Statements: [var first, ..] } body
            ? loop.WithStatement(Asking(body, first, variable, question))
            : null;

    /// <summary>The statement leaves, and no jump in it is meant for a loop around it.</summary>
    private static bool Ends(StatementSyntax statement) =>
        (statement is ReturnStatementSyntax or ThrowStatementSyntax || statement is BlockSyntax { Statements: [.., ReturnStatementSyntax or ThrowStatementSyntax] })
        && !statement.DescendantNodesAndSelf().Any(n => n is BreakStatementSyntax or ContinueStatementSyntax or LocalFunctionStatementSyntax);

    private static bool UsedAfter(StatementSyntax statement, string variable) =>
        statement.Parent is not BlockSyntax block || block.Statements.SkipWhile(s => s != statement).Skip(1).Any(s => s.DescendantTokens().Any(t => t.ValueText == variable));

    /// <summary><c>if (pool.TryTake(out var s)) return s;</c> goes on until one is alive.</summary>
    private static StatementSyntax? AsLoop(IfStatementSyntax statement, string variable, PooledQuestion question)
    {
        var condition = statement.Condition.WithoutTrivia();
        if (statement.Statement is BlockSyntax { Statements: [var first, ..] statements } body)
        {
            if (statements.Count == 1 && first is ReturnStatementSyntax only) return OneReturn(statement, condition, only, variable, question);
            return AsLoop(statement, Asking(body, first, variable, question));
        }

        return statement.Statement is ReturnStatementSyntax returned ? OneReturn(statement, condition, returned, variable, question) : null;
    }

    private static StatementSyntax OneReturn(IfStatementSyntax statement, ExpressionSyntax condition, ReturnStatementSyntax returned, string variable, PooledQuestion question) =>
        Lines.Parse(statement, question.FirstAlive(condition, variable, returned.WithoutTrivia().ToString())).WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>A loop in front of the statement throws the dead ones out; the statement itself then asks whether one is left.</summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? InFront(InvocationExpressionSyntax call, ArgumentSyntax argument, string variable, PooledQuestion question, SemanticModel model)
    {
        if (First(call) is not { Parent: BlockSyntax } statement || !question.IsReference) return null;
        var taking = argument.Expression is DeclarationExpressionSyntax ? call.ReplaceNode(argument.Expression, SyntaxFactory.IdentifierName(variable)) : call;
        var loop = $"while ({taking.WithoutTrivia()} && {question.IsDead(variable)})\n{{\n{question.Discard(variable)}\n}}";
        var written = new List<SyntaxNode>();
        if (argument.Expression is DeclarationExpressionSyntax) written.Add(Lines.Before(statement, $"{question.NullableType} {variable};", keepsComments: true));
        written.Add(Lines.Before(statement, loop, keepsComments: written.Count == 0).WithTrailingTrivia(Lines.EndOfLine(statement), Lines.EndOfLine(statement)));
        if (statement is ExpressionStatementSyntax { Expression: var whole } && whole == call) return (statement, written);
        var outer = Outermost(call);
        var isNegated = outer.Parent is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression };
        var asked = isNegated ? outer.Parent! : outer;
        var left = statement.ReplaceNode(asked, SyntaxFactory.ParseExpression($"{variable} is {(isNegated ? "" : "not ")}null").WithTriviaFrom(asked));
        written.Add(left.WithLeadingTrivia(Lines.Indentation(statement)));
        return (statement, written);
    }

    /// <summary>The statement whose first act, on every way through it, is this call.</summary>
    private static StatementSyntax? First(SyntaxNode call)
    {
        for (var node = call; node.Parent is { } parent; node = parent)
        {
            switch (parent)
            {
                case ParenthesizedExpressionSyntax:
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } binary when binary.Left == node:
                case ConditionalExpressionSyntax conditional when conditional.Condition == node:
                case EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables: [_], Parent: LocalDeclarationStatementSyntax } } }:
                case VariableDeclaratorSyntax or VariableDeclarationSyntax:
                case AssignmentExpressionSyntax { Left: IdentifierNameSyntax } assignment when assignment.Right == node:
                    continue;
                case IfStatementSyntax statement when statement.Condition == node && statement.Parent is not ElseClauseSyntax:
                    return statement;
                case ReturnStatementSyntax or ExpressionStatementSyntax or LocalDeclarationStatementSyntax:
                    return (StatementSyntax)parent;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>The pool gives without saying whether it had one: in a loop, or where its count is asked.</summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? Counted(InvocationExpressionSyntax call, PooledQuestion question, SemanticModel model)
    {
        if (call is not { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Pop" or "Dequeue", Expression: var pool } }) return null;
        if (Declared(call) is var (declared, block, name))
        {
            if (Following(block, declared) is not { } behind) return null;
            if (block.Parent is WhileStatementSyntax) return (block, [Asking(block, behind, name, question)]);
            return !question.IsWrapped && question.IsReference && block.Parent is IfStatementSyntax { Else: null } counted && IsFilled(counted.Condition, pool) && Ends(counted.Statement)
                ? (counted, [AsLoop(counted, Asking(block, behind, name, question))])
                : null;
        }

        if (question.IsWrapped || !question.IsReference) return null;
        return call.Parent switch
        {
            AssignmentExpressionSyntax assignment => Assigned(assignment, pool, question, model),
            ConditionalExpressionSyntax choice => Chosen(choice, call, pool, question, model),
            ReturnStatementSyntax returned => Returned(returned, call, pool, question, model),
            _ => null,
        };
    }

    /// <summary><c>if (stack.Count > 0) taken = stack.Pop();</c></summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? Assigned(AssignmentExpressionSyntax assignment, ExpressionSyntax pool, PooledQuestion question, SemanticModel model)
    {
        if (assignment is not { Left: IdentifierNameSyntax target, Parent: ExpressionStatementSyntax statement } || AllOf(statement) is not { } filled) return null;
        if (!IsFilled(filled.Condition, pool) || !IsNullBefore(filled, target, model)) return null;
        var loop = question.UntilAlive(filled.Condition.WithoutTrivia().ToString(), target.Identifier.ValueText, statement.WithoutTrivia().ToString());
        return (filled, [Lines.Parse(filled, loop).WithTriviaFrom(filled)]);
    }

    /// <summary><c>stack.Count > 0 ? stack.Pop() : Connect()</c>: a loop in front of the statement takes one that is alive.</summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? Chosen(ConditionalExpressionSyntax choice, InvocationExpressionSyntax call, ExpressionSyntax pool, PooledQuestion question, SemanticModel model)
    {
        if (Otherwise(choice, call, pool) is not { } otherwise || First(choice.Condition) is not { Parent: BlockSyntax } statement) return null;
        var taken = Reporting.Unused(model, call.SpanStart, "taken", "pooled", "idle");
        var isFilled = choice.WhenTrue == call ? choice.Condition.WithoutTrivia().ToString() : pool.WithoutTrivia() + ".Count > 0";
        var loop = question.UntilAlive(isFilled, taken, $"{taken} = {call.WithoutTrivia()};");
        var left = statement.ReplaceNode(choice, SyntaxFactory.ParseExpression($"{taken} ?? {Operand(otherwise)}").WithTriviaFrom(choice));
        return (statement,
        [
            Lines.Before(statement, $"{question.NullableType} {taken} = null;", keepsComments: true),
            Lines.Before(statement, loop, keepsComments: false).WithTrailingTrivia(Lines.EndOfLine(statement), Lines.EndOfLine(statement)),
            left.WithLeadingTrivia(Lines.Indentation(statement)),
        ]);
    }

    /// <summary><c>if (stack.Count > 0) return stack.Pop();</c></summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? Returned(ReturnStatementSyntax returned, InvocationExpressionSyntax call, ExpressionSyntax pool, PooledQuestion question, SemanticModel model)
    {
        if (AllOf(returned) is not { } only || !IsFilled(only.Condition, pool)) return null;
        var taken = Reporting.Unused(model, call.SpanStart, "taken", "pooled", "idle");
        var loop = question.FirstAlive(only.Condition, taken, $"return {taken};", $"var {taken} = {call.WithoutTrivia()};\n");
        return (only, [Lines.Parse(only, loop).WithTriviaFrom(only).WithAdditionalAnnotations(Formatter.Annotation)]);
    }

    /// <summary>The <c>if</c> that does this and nothing else.</summary>
    private static IfStatementSyntax? AllOf(StatementSyntax statement) =>
        (statement.Parent is BlockSyntax { Statements.Count: 1, Parent: var around } ? around : statement.Parent) is IfStatementSyntax { Else: null } choice ? choice : null;

    /// <summary><c>var name = value;</c></summary>
    private static (LocalDeclarationStatementSyntax Statement, BlockSyntax Block, string Name)? Declared(ExpressionSyntax value) =>
        value.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Identifier.ValueText: var name, Parent.Parent: LocalDeclarationStatementSyntax { Parent: BlockSyntax block } statement } }
            ? (statement, block, name)
            : null;

    /// <summary><c>var c = list[^1]; list.RemoveAt(…);</c> and what answers with it, where there is one: it goes on until one is alive.</summary>
    private static (SyntaxNode, IEnumerable<SyntaxNode>)? LastOfList(ElementAccessExpressionSyntax element, PooledQuestion question)
    {
        if (Declared(element) is not var (declared, body, name) || body.Parent is not IfStatementSyntax { Else: null } counted) return null;
        if (!IsFilled(counted.Condition, element.Expression) || !Ends(counted.Statement)) return null;
        if (Following(body, declared) is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: var method } } removed || method.LastWord() != "RemoveAt") return null;
        return Following(body, removed) is { } behind ? (counted, [AsLoop(counted, Asking(body, behind, name, question))]) : null;
    }

    private static StatementSyntax? Following(BlockSyntax block, StatementSyntax statement) => block.Statements.IndexOf(statement) + 1 is var next && next < block.Statements.Count ? block.Statements[next] : null;

    /// <summary>The block with the question in front of this statement: a dead one is ended, and the loop goes on.</summary>
    private static BlockSyntax Asking(BlockSyntax block, StatementSyntax before, string variable, PooledQuestion question) =>
        block.WithStatements(block.Statements.Insert(
            block.Statements.IndexOf(before),
            Lines.Before(before, question.OrNext(variable), keepsComments: false).WithTrailingTrivia(Lines.EndOfLine(block), Lines.EndOfLine(block))));

    private static StatementSyntax AsLoop(IfStatementSyntax statement, BlockSyntax body) =>
        SyntaxFactory.WhileStatement(SyntaxFactory.Token(SyntaxKind.WhileKeyword).WithTrailingTrivia(SyntaxFactory.Space), statement.OpenParenToken, statement.Condition, statement.CloseParenToken, body)
            .WithTriviaFrom(statement).WithAdditionalAnnotations(Formatter.Annotation);

    /// <summary>A variable of this block that nothing was put into yet: what has a value already would keep the loop from taking any.</summary>
    private static bool IsNullBefore(StatementSyntax statement, IdentifierNameSyntax target, SemanticModel model) =>
        model.GetSymbolInfo(target).Symbol is ILocalSymbol { DeclaringSyntaxReferences: [var reference] }
        && reference.GetSyntax() is VariableDeclaratorSyntax { Parent.Parent: LocalDeclarationStatementSyntax declared } declarator && declared.Parent == statement.Parent
        && declarator.Initializer?.Value is null or DefaultExpressionSyntax or LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression }
        && Statements.Before(statement).TakeWhile(s => s != declared).All(s => !s.Mentions(target.Identifier.ValueText));

    private static string Operand(ExpressionSyntax value) => value is ConditionalExpressionSyntax or AssignmentExpressionSyntax or LambdaExpressionSyntax ? $"({value.WithoutTrivia()})" : value.WithoutTrivia().ToString();

    /// <summary>What is made where the pool has none.</summary>
    private static ExpressionSyntax? Otherwise(ConditionalExpressionSyntax choice, InvocationExpressionSyntax call, ExpressionSyntax pool) =>
        choice.WhenTrue == call && IsFilled(choice.Condition, pool) ? choice.WhenFalse
        : choice.WhenFalse == call && IsCounted(choice.Condition, pool, SyntaxKind.EqualsExpression) ? choice.WhenTrue
        : null;

    private static bool IsFilled(ExpressionSyntax condition, ExpressionSyntax pool) => IsCounted(condition, pool, SyntaxKind.GreaterThanExpression, SyntaxKind.NotEqualsExpression);

    /// <summary>The pool's count is compared with zero in one of these ways.</summary>
    private static bool IsCounted(ExpressionSyntax condition, ExpressionSyntax pool, params SyntaxKind[] comparisons) => condition switch
    {
        ParenthesizedExpressionSyntax { Expression: var inner } => IsCounted(inner, pool, comparisons),
        BinaryExpressionSyntax { Left: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Count", Expression: var counted }, Right: LiteralExpressionSyntax { Token.ValueText: "0" } } =>
            comparisons.Any(condition.IsKind) && SyntaxFactory.AreEquivalent(counted, pool),
        _ => false,
    };
}
