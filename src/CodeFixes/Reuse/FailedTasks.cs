using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Reuse;

/// <summary>Who awaits the task that a concurrent dictionary or a memory cache keeps takes it out where it sees it fail.</summary>
internal static class FailedTasks
{
    public static (SyntaxNode, SyntaxNode)? Removing(SyntaxNode fill, SemanticModel model)
    {
        if (fill is not InvocationExpressionSyntax call || Functions.Enclosing(call) is not MethodDeclarationSyntax method || Cached.Of(call, model) is not { } cached) return null;
        return WhereAwaited(cached, model) ?? (MayBeAsync(method) ? InAnswer(cached, method, model) : null);
    }

    /// <summary>In the midst of a method: <c>var link = await links.GetOrAdd(key, Connect);</c></summary>
    private static (SyntaxNode, SyntaxNode)? WhereAwaited(Cached cached, SemanticModel model)
    {
        if (cached.Task.FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { UsingKeyword.RawKind: 0, AwaitKeyword.RawKind: 0, Parent: BlockSyntax block } declared) return null;
        if (declared.Declaration.Variables is not [{ Initializer.Value: AwaitExpressionSyntax awaited } variable]) return null;
        if (Suffix(awaited, e => e == cached.Task) is not { } suffix || model.GetTypeInfo(awaited).Type is not { } type) return null;
        var shown = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToMinimalDisplayString(model, declared.SpanStart);
        var (task, name) = (TaskName(cached, model), variable.Identifier.ValueText);
        string[] lines = [$"var {task} = {cached.Call.WithoutTrivia()};", $"{shown} {name};", Awaiting(cached, $"{name} = ", task, cached.Value + suffix)];
        var written = lines.Select((l, i) => (SyntaxNode)Lines.Before(declared, l, keepsComments: i == 0)).ToList();
        var isApart = declared.GetLastToken().GetNextToken().LeadingTrivia.FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
        written[2] = written[2].WithTrailingTrivia(isApart ? declared.GetTrailingTrivia() : declared.GetTrailingTrivia().Add(Lines.EndOfLine(declared)));
        var changed = block.ReplaceNode(declared, written);
        return (block, changed.WithAdditionalAnnotations(Simplifier.Annotation, Simplifier.AddImportsAnnotation));
    }

    /// <summary>A method that answers with the task awaits it.</summary>
    private static (SyntaxNode, SyntaxNode)? InAnswer(Cached cached, MethodDeclarationSyntax method, SemanticModel model)
    {
        if (Body(cached, method, model) is not var (first, task, awaited)) return null;
        // It may be a variable's name for what the method waits on already.
        var text = $$"""
            {
            {{(task == awaited.Task ? "" : $"var {awaited.Task} = {cached.Call.WithoutTrivia()};")}}
            {{Awaiting(cached, "return ", awaited.Task, awaited.Suffix)}}
            }
            """.Replace("\r\n", "\n").Replace("{\n\n", "{\n");
        if (Lines.Parse(method, text) is not BlockSyntax written) return null;
        var body = written.WithStatements(written.Statements.InsertRange(0, first));
        if (first.Count == 0 && method.Body is { } had) body = body.WithStatements(body.Statements.Replace(body.Statements[0], body.Statements[0].WithLeadingTrivia(had.Statements[0].GetLeadingTrivia())));
        var changed = Functions.AsAsync(method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithTrailingTrivia(method.GetTrailingTrivia()));
        var own = changed.Body!.Statements[first.Count];
        changed = changed.ReplaceNode(own, Lines.Under(own, Lines.Lost(method, changed), Lines.EndOfLine(method)));
        return (method, changed.WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation, Simplifier.AddImportsAnnotation));
    }

    /// <summary>It leaves where it is seen to fail. Who only stops waiting has not seen that.</summary>
    private static string Awaiting(Cached cached, string use, string task, string suffix)
    {
        var filter = suffix.Contains("WaitAsync") ? $" when ({task}{cached.Value}.IsCompleted)" : "";
        return $"try\n{{\n{use}await {task}{suffix};\n}}\ncatch{filter}\n{{\n{cached.Removal(task)}\nthrow;\n}}";
    }

    private static bool MayBeAsync(MethodDeclarationSyntax method) =>
        method.ReturnType is GenericNameSyntax { Identifier.ValueText: "Task" or "ValueTask" } && !Functions.TakesReferences(method);

    /// <summary>The method does nothing with the task but answer with it: what stands before, the variable that has it, and how it is awaited.</summary>
    private static (SyntaxList<StatementSyntax> First, string? Task, (string Task, string Suffix) Awaited)? Body(Cached cached, MethodDeclarationSyntax method, SemanticModel model)
    {
        var isAsync = Functions.IsAsync(method);
        if (method.ExpressionBody is { Expression: var expression }) return Suffix(expression, e => e == cached.Task) is { } suffix ? (default, null, (TaskName(cached, model), cached.Value + suffix)) : null;
        if (method.Body is not { Statements: [.., ReturnStatementSyntax { Expression: { } returned } last] } body) return null;
        // Earlier answers are awaited, too.
        var first = SyntaxFactory.List(body.Statements.Remove(last).Select((s, i) => cached.Call.Parent == body.Statements[i] ? Discarding(cached, s) : isAsync ? s : AwaitingAnswers(s)));
        if (Suffix(returned, e => e == cached.Task) is { } direct)
            return cached.Variable is { } known ? (first.Add(Discarding(cached, last)), known, (known, direct)) : (first, null, (TaskName(cached, model), cached.Value + direct));
        if (body.Statements.Count < 2) return null;
        // `var task = …GetOrAdd(…); return await task;`
        if (body.Statements[body.Statements.Count - 2] is LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value } variable] } && value == cached.Task)
            return Suffix(returned, e => IsVariable(e, variable.Identifier.ValueText)) is { } named ? (first.RemoveAt(first.Count - 1), null, (TaskName(cached, model), cached.Value + named)) : null;
        // `cache.Set(key, task); return task;`
        if (cached.Variable is not { } set || cached.Call.Parent is not ExpressionStatementSyntax { Parent: var around } || around != body) return null;
        return Suffix(returned, e => IsVariable(e, set)) is { } end ? (first, set, (set, end)) : null;
    }

    private static bool IsVariable(ExpressionSyntax expression, string name) => expression is IdentifierNameSyntax variable && variable.Identifier.ValueText == name;

    /// <summary>What <c>Set</c> answers is the task itself: an async method would be warned that it does not await it.</summary>
    private static StatementSyntax Discarding(Cached cached, StatementSyntax statement) =>
        Lines.Parse(statement, $"_ = {cached.Call.WithoutTrivia()};").WithLeadingTrivia(statement.GetLeadingTrivia())
            .WithTrailingTrivia(statement is ReturnStatementSyntax ? SyntaxFactory.TriviaList(Lines.EndOfLine(statement)) : statement.GetTrailingTrivia());

    private static StatementSyntax AwaitingAnswers(StatementSyntax statement)
    {
        var answers = statement.DescendantNodesAndSelf(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().Where(r => r.Expression is not null);
        return statement.ReplaceNodes(answers, (_, now) => now.WithExpression(Functions.Awaited(now.Expression!).WithTriviaFrom(now.Expression!)));
    }

    private static string TaskName(Cached cached, SemanticModel model) => Reporting.Unused(model, cached.Call.SpanStart, "connecting", "kept", "pending");

    /// <summary>What stands behind the task where it is awaited: how long it is waited for, and where it goes on.</summary>
    private static string? Suffix(ExpressionSyntax expression, Func<ExpressionSyntax, bool> isTask)
    {
        if (expression is AwaitExpressionSyntax { Expression: var awaited }) expression = awaited;
        var suffix = "";
        while (!isTask(expression))
        {
            if (expression is not InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var task } access, ArgumentList: var arguments }) return null;
            if (access.Name.Identifier.ValueText is not ("ConfigureAwait" or "WaitAsync")) return null;
            suffix = "." + access.Name + arguments.WithoutTrivia() + suffix;
            expression = task;
        }

        return suffix;
    }

    /// <summary>The call that finds or keeps the task, and how the task leaves again.</summary>
    /// <param name="Call">The call.</param>
    /// <param name="Task">The task in the code: the call, or the value of the lazy that it gives.</param>
    /// <param name="Value">From the call's result to the task.</param>
    /// <param name="Variable">The variable that has the task already.</param>
    /// <param name="Container">The cache.</param>
    /// <param name="Key">Its key.</param>
    private sealed record Cached(InvocationExpressionSyntax Call, ExpressionSyntax Task, string Value, string? Variable, ExpressionSyntax Container, ExpressionSyntax Key)
    {
        public string Removal(string task) => Variable is not null || Call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Set" }
            ? $"{Container.WithoutTrivia()}.Remove({Key.WithoutTrivia()});"
            : Conditions.TakingOut(Container, Key, task) + ";";

        public static Cached? Of(InvocationExpressionSyntax call, SemanticModel model)
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: var method, Expression: var container }) return null;
            if (call.ArgumentList.Arguments is not [{ Expression: var key }, { Expression: var value }, ..] || !Conditions.IsRepeatable(key)) return null;
            var type = model.GetTypeInfo(call).Type;
            if (method == "Set" && Conditions.IsTask(type) && model.GetSymbolInfo(call).Symbol is IMethodSymbol { ContainingType.Name: "CacheExtensions" })
                return new Cached(call, call, "", value is IdentifierNameSyntax known && model.GetSymbolInfo(known).Symbol is ILocalSymbol ? known.Identifier.ValueText : null, container, key);
            if (method != "GetOrAdd" || !TakesPairsOut(model.GetTypeInfo(container).Type, model)) return null;
            if (Conditions.IsTask(type)) return new Cached(call, call, "", null, container, key);
            return type is INamedTypeSymbol { Name: "Lazy", TypeArguments: [var lazy] } && Conditions.IsTask(lazy) && call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } unwrapped
                ? new Cached(call, unwrapped, ".Value", null, container, key)
                : null;
        }

        /// <summary>A concurrent dictionary that takes a key out only where it has this value.</summary>
        private static bool TakesPairsOut(ITypeSymbol? type, SemanticModel model) =>
            type is { Name: "ConcurrentDictionary" } && type.GetMembers("TryRemove").Any(m => m is IMethodSymbol { Parameters: [{ Type.Name: "KeyValuePair" }] })
            && !model.Compilation.GetTypesByMetadataName("System.Collections.Generic.KeyValuePair").IsEmpty;
    }
}
