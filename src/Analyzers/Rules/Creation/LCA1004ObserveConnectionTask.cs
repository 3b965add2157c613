using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Facts;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Creation;

/// <summary>The task of a connection's operation is dropped, or left behind by a wait with a limit: nobody hears that it failed.</summary>
internal sealed class LCA1004ObserveConnectionTask : IRule
{
    public const string Id = "LCA1004";

    /// <summary>The diagnostic's property that tells a dropped task from one that a wait walks away from.</summary>
    public const string Dropped = "dropped";

    private static readonly DiagnosticDescriptor Rule = new(Id,
        "Observe the failure of a connection task",
        "{0}: nobody hears of it when '{1}' fails{2}",
        "Creation", DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "A task that nobody awaits keeps its exception to itself: a receive loop has ended, a send was lost, and the program goes on as if nothing had happened. Await the task, look at its failure in a continuation, or catch inside.",
        helpLinkUri: Describe.HelpLink(Id));

    public DiagnosticDescriptor Descriptor => Rule;

    public void Check(RuleContext file)
    {
        var walkedAway = new WalkedAway(file.Analysis, file.Cancellation);
        foreach (var member in file.ReachingMembers)
        {
            var hasLocalFunction = member.Functions.Any(f => f is LocalFunctionStatementSyntax);
            if (!hasLocalFunction && !member.Invoked.Any(name => MayBegin(name, file.Analysis))) continue;
            foreach (var node in member.Declaration.DescendantNodes())
            {
                if (node is InvocationExpressionSyntax call && !IsAwaitedAtOnce(call) && (MayBegin(call.Expression.LastWord(), file.Analysis) || hasLocalFunction && IsLocalFunction(call, member))) Check(file, call, walkedAway);
            }
        }
    }

    private static void Check(RuleContext file, InvocationExpressionSyntax syntax, WalkedAway walkedAway)
    {
        if (file.Model.GetOperation(syntax, file.Cancellation) is not IInvocationOperation call || !Tasks.IsTask(call.TargetMethod.ReturnType)) return;
        if (Bodies.EnclosingDeclaration(syntax) is { } function && file.Analysis.Bodies.At(function, file.Cancellation) is null) return;
        if (IsAllOf(call))
        {
            CheckAll(file, call);
            return;
        }

        IOperation task = call;
        while (Results.Outermost(task) is var outer && Converted(outer) is { } converted) task = converted;
        if (Results.IsDropped(task, file.Analysis.Bodies))
        {
            if (Fails(file, call) is { } failing && !IsReportedAsSend(file, syntax, failing)) Report(file, call, "The task of this call is dropped", failing, Dropped, Softening(file, call, failing));
            return;
        }

        if (BlindContinuation(task, file) is { } continuation && Results.IsDropped(continuation, file.Analysis.Bodies))
        {
            if (Fails(file, call) is { } failing) Report(file, call, "The continuation does not look at the failure", failing, null, Softening(file, call, failing));
            return;
        }

        foreach (var (wait, variable) in Waits(task, walkedAway, file))
        {
            if (Fails(file, call) is not { } failing) return;
            if (failing.Kind is IoKind.Close or IoKind.Listen || walkedAway.IsTakenCareOf(wait, call, IoCalls.Receiver(call), variable)) continue;
            // Of a request that came too late the wait itself has told; a connect or a reader that is left behind lives on.
            Report(file, wait, "The limit walks away from the operation", failing, null, failing.Kind == IoKind.Send ? "the limit has told that it came too late" : null);
            return;
        }
    }

    private static bool IsAllOf(IInvocationOperation call) => call.TargetMethod is { Name: "WhenAll", ContainingType: { Name: "Task", ContainingNamespace.Name: "Tasks" } };

    /// <summary>Several at once, <c>_ = Task.WhenAll(clients.Select(c => c.SendAsync(news)))</c>: with their common task each one's is dropped.</summary>
    private static void CheckAll(RuleContext file, IInvocationOperation all)
    {
        if (!Results.IsDropped(all, file.Analysis.Bodies)) return;
        foreach (var operation in all.Arguments.SelectMany(a => GatheredTasks.Of(a.Value, all, file.Analysis.Bodies)))
        {
            if (Fails(file, operation) is not { } failing) continue;
            if (!IsReportedAsSend(file, all.Syntax, failing)) Report(file, all, "The task of this call is dropped", failing, Dropped, Softening(file, operation, failing));
            return;
        }
    }

    /// <summary>By its name, the call may begin an operation of a connection, or run code that does.</summary>
    private static bool MayBegin(string name, Analysis analysis) =>
        (name.EndsWith("Async", StringComparison.Ordinal) || name is "Run" or "StartNew" or "WhenAll" || analysis.Tasks.Names.Contains(name)) && name is not ("WaitAsync" or "FromAsync" or "DisposeAsync");

    private static bool IsLocalFunction(InvocationExpressionSyntax call, CodeMember member) =>
        call is { Expression: IdentifierNameSyntax name, Parent: not AwaitExpressionSyntax }
        && member.Functions.Any(n => n is LocalFunctionStatementSyntax { ReturnType: not PredefinedTypeSyntax } function && function.Identifier.ValueText == name.Identifier.ValueText);

    private static bool IsAwaitedAtOnce(InvocationExpressionSyntax call) =>
        call.Parent is AwaitExpressionSyntax or ReturnStatementSyntax
        || call.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ConfigureAwait", Parent: InvocationExpressionSyntax { Parent: AwaitExpressionSyntax } };

    /// <summary>The same task in another coat.</summary>
    private static IOperation? Converted(IOperation task) => task.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "Preserve" } call when call.Instance == task => call,
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { Name: "Unwrap", ContainingType.Name: "TaskExtensions" } } unwrap } => unwrap,
        _ => null,
    };

    /// <summary>A <c>ContinueWith</c> that runs whatever happened, and asks nothing about it.</summary>
    private static IOperation? BlindContinuation(IOperation task, RuleContext file)
    {
        if (Results.Outermost(task).Parent is not IInvocationOperation { TargetMethod.Name: "ContinueWith" } call || !Tasks.IsTask(call.TargetMethod.ContainingType)) return null;
        if (call.Arguments.Any(a => a.Syntax.ToString().Contains("OnlyOnFaulted"))) return null;
        if (call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == 0) is not { } first || file.Analysis.Escapes.FunctionOf(first.Value, file.Cancellation) is not AnonymousFunctionExpressionSyntax lambda) return null;
        var parameter = lambda switch
        {
            SimpleLambdaExpressionSyntax simple => simple.Parameter,
            ParenthesizedLambdaExpressionSyntax { ParameterList.Parameters: [var only, ..] } => only,
            _ => null,
        };
        if (parameter is null || ClosesAnyway(lambda, file)) return null;
        var uses = lambda.Body.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(n => n.Identifier.ValueText == parameter.Identifier.ValueText);
        return uses.All(use => use.Parent is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsCompleted" or "IsCanceled" or "AsyncState" or "Id" or "IsCompletedSuccessfully" }) ? call : null;
    }

    /// <summary>The connection is closed however the operation has ended: more could not be done about its failure.</summary>
    private static bool ClosesAnyway(AnonymousFunctionExpressionSyntax lambda, RuleContext file) =>
        lambda.Body.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(i => !i.Ancestors().TakeWhile(a => a != lambda).Any(a => a is IfStatementSyntax or ConditionalExpressionSyntax)
            && file.Model.GetOperation(i, file.Cancellation) is IInvocationOperation close && (IsClose(close, file) || IsOwnEnd(close.TargetMethod, file)));

    private static bool IsClose(IInvocationOperation call, RuleContext file) => (file.Analysis.Connections.RolesOf(call.TargetMethod, call.Instance?.Type) & Role.Close) != 0;

    /// <summary>The owner's <c>Close()</c>, which closes the connection among other things.</summary>
    private static bool IsOwnEnd(IMethodSymbol method, RuleContext file) =>
        ClosingFlags.IsEnding(method.Name) && file.Analysis.Summaries.IsOwn(method)
        && file.Analysis.Bodies.Of(method, file.Cancellation) is { } body && file.Analysis.Bodies.ModelOf(body.Syntax.SyntaxTree) is var model
        && body.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => model.GetOperation(c, file.Cancellation) is IInvocationOperation inner && IsClose(inner, file));

    /// <summary>The waits with a limit that the task goes into, directly or by a variable.</summary>
    private static IEnumerable<(IInvocationOperation Wait, ILocalSymbol? Variable)> Waits(IOperation task, WalkedAway walkedAway, RuleContext file)
    {
        if (walkedAway.Wait(task) is { } direct) yield return (direct, null);
        if (Results.Variable(task) is not { } variable || variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(file.Cancellation) is not { } declaration) yield break;
        foreach (var use in Results.Uses(variable, declaration, file.Analysis.Bodies))
        {
            if (use.Parent is (ArgumentSyntax or MemberAccessExpressionSyntax or ExpressionElementSyntax or InitializerExpressionSyntax) && file.Model.GetOperation(use, file.Cancellation) is { } read && walkedAway.Wait(read) is { } wait) yield return (wait, variable);
        }
    }

    /// <summary>The operation whose failure comes out of the call with its task: its own, or one of the code that it runs.</summary>
    private static Failing? Fails(RuleContext file, IInvocationOperation call)
    {
        if (file.Analysis.Escapes.Through(call, call.TargetMethod, file.Cancellation) is { } escapes)
        {
            var first = escapes.FirstOrDefault(e => e.Fails && e.Carrier is null && e.Io is { Kind: not (IoKind.Close or IoKind.Listen) } io && !IsUnsaid(file, io));
            return first?.Io is { } inner && !HandsOutEnded(call.TargetMethod, file) ? new Failing(inner.Kind, call.TargetMethod.Name is "Run" or "StartNew" ? inner.Name : call.TargetMethod.Name, first.Route) : null;
        }

        return file.Analysis.Io.Of(call) is { Carrier: null } io && !HandsOutEnded(call.TargetMethod, file) ? new Failing(io.Kind, io.Name, []) : null;
    }

    /// <summary>A send of another project's connection that hands out no task: nobody has said that it throws.</summary>
    private static bool IsUnsaid(RuleContext file, IoCall io) =>
        io.Kind == IoKind.Send && !Tasks.IsTask(io.Method.ReturnType) && file.Analysis.Neighbours.Hide(io.Method, io.Type);

    /// <summary>The task has ended before it is handed out: what fails comes out of the call itself, and whoever calls hears of it.</summary>
    private static bool HandsOutEnded(IMethodSymbol method, RuleContext file)
    {
        if (method.IsAsync || method.IsAbstract || method.IsVirtual || !file.Analysis.Summaries.IsOwn(method) || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(file.Cancellation) is not MethodDeclarationSyntax code) return false;
        var answers = code.ExpressionBody is { } arrow ? [arrow.Expression] : code.DescendantNodes(n => n is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).OfType<ReturnStatementSyntax>().Select(r => r.Expression).ToList();
        return answers.Count > 0 && answers.All(a => (a is InvocationExpressionSyntax call ? call.Expression : a) is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "Task" or "ValueTask" }, Name.Identifier.ValueText: "FromResult" or "CompletedTask" });
    }

    /// <summary>A send in a callback that nothing guards: the rule that says so speaks alone.</summary>
    private static bool IsReportedAsSend(RuleContext file, SyntaxNode call, Failing failing)
    {
        if (failing.Kind != IoKind.Send) return false;
        for (var function = Bodies.EnclosingDeclaration(call); function is not null; function = Bodies.EnclosingDeclaration(function))
        {
            if (!file.Callbacks.Any(c => c.Syntax == function)) continue;
            if (file.Analysis.Bodies.At(function, file.Cancellation) is { } body && file.Summarise(body) is { } summary
                && summary.Sends.Any(s => s is { Guarded: false, OnlyUse: false } && call.Span.IntersectsWith(s.Operation.Syntax.Span))) return true;
        }

        return false;
    }

    /// <summary>Why the failure costs little, in words for the message; null where it is lost.</summary>
    private static string? Softening(RuleContext file, IInvocationOperation call, Failing failing) => failing.Kind switch
    {
        IoKind.Close => "it is over then in any case",
        IoKind.Send when OwnReaders.Hear(file, call) => "who reads from the connection hears when it ends",
        _ => null,
    };

    private static void Report(RuleContext file, IInvocationOperation at, string what, Failing failing, string? kind, string? softening)
    {
        var properties = kind is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add(kind, "");
        file.Report(Diagnostic.Create(Rule, at.Syntax.GetLocation(), Describe.Severity(Rule, softening is not null), failing.Route.Select(step => step.Location), properties, what, failing.Name, softening is null ? "" : "; " + softening));
    }

    private sealed class Failing(IoKind kind, string name, ImmutableArray<RouteStep> route)
    {
        public IoKind Kind { get; } = kind;

        public string Name { get; } = name;

        public ImmutableArray<RouteStep> Route { get; } = route;
    }
}
