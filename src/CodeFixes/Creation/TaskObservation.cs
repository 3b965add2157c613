using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.CodeFixes.Shared;

namespace LifecycleAnalyzers.CodeFixes.Creation;

/// <summary>
/// How a task's failure is heard of here: <c>.Observe(…)</c> where the project has the runtime package, else a continuation that runs only
/// where it failed. It goes to the type's logger, or to the trace.
/// </summary>
internal sealed class TaskObservation
{
    private const string Extensions = "ObserveExtensions";
    private readonly SemanticModel _model;
    private readonly int _position;
    private readonly string _call;
    private readonly bool _isGuard;
    private readonly bool _discards;

    private TaskObservation(SemanticModel model, int position, string call, bool isGuard, bool discards)
    {
        _model = model;
        _position = position;
        _call = call;
        _isGuard = isGuard;
        _discards = discards;
    }

    /// <summary>Null where there is nobody to tell.</summary>
    public static TaskObservation? At(SyntaxNode call, SemanticModel model)
    {
        var position = call.SpanStart;
        var logger = Reporting.Logger(model, position);
        if (logger is null && !Has(model, "System.Diagnostics.Trace")) return null;
        // The guard's overloads speak of the logger: without that type none of them can be called.
        if (Has(model, RuntimeNamespace.Name + "." + Extensions) && Has(model, "Microsoft.Extensions.Logging.ILogger"))
        {
            var failure = Reporting.Unused(model, position, "e", "error", "failure");
            return new(model, position, $"Observe({logger ?? $"{failure} => {model.Trace(position)}.TraceError({failure}.ToString())"})", isGuard: true, discards: false);
        }

        var task = Reporting.Unused(model, position, "failed", "task", "lost");
        var report = Reporting.Telling(model, position, task + ".Exception", mayBeNull: true);
        // In an asynchronous function the compiler asks what becomes of the continuation.
        var canDiscard = model.LookupSymbols(position, name: "_").IsEmpty;
        if (!canDiscard && Functions.IsAsync(Functions.Enclosing(call))) return null;
        var (none, only, scheduler) = (Named("System.Threading", "CancellationToken"), Named("System.Threading.Tasks", "TaskContinuationOptions"), Named("System.Threading.Tasks", "TaskScheduler"));
        return new(model, position, $"ContinueWith({task} => {report}, {none}.None, {only}.OnlyOnFaulted, {scheduler}.Default)", isGuard: false, canDiscard);

        string Named(string space, string type) => model.NameOf(position, space, type);
    }

    /// <summary>The statement that observes a task with a name.</summary>
    public string Statement(string task) => $"{(_discards ? "_ = " : "")}{task}.{_call};";

    /// <summary>The dropped task, observed; inside the chain of a conditional access, so that nothing is observed where there is nothing.</summary>
    public ExpressionSyntax? Of(ExpressionSyntax task, InvocationExpressionSyntax call)
    {
        ExpressionSyntax? observed = task switch
        {
            ConditionalAccessExpressionSyntax { WhenNotNull: InvocationExpressionSyntax inner } chain => chain.WithWhenNotNull(Called(inner, call)),
            ConditionalAccessExpressionSyntax => null,
            _ => Called(task, call),
        };
        if (observed is null || !_discards) return observed;
        // Parsed, because only the parser makes an underscore that discards.
        return ((AssignmentExpressionSyntax)SyntaxFactory.ParseExpression("_ = t")).WithRight(observed.WithoutTrivia());
    }

    /// <summary>The extension has to be in scope.</summary>
    public CompilationUnitSyntax WithUsing(CompilationUnitSyntax changed, CompilationUnitSyntax before) =>
        _isGuard ? RuntimeNamespace.WithUsing(changed, before, _model, _position, Extensions) : changed;

    private InvocationExpressionSyntax Called(ExpressionSyntax task, InvocationExpressionSyntax call)
    {
        var text = !_isGuard && _model.GetTypeInfo(call).Type?.Name == "ValueTask" ? "AsTask()." + _call : _call;
        // Parsed behind a name, which then gives way to the task.
        var chain = (InvocationExpressionSyntax)SyntaxFactory.ParseExpression("t." + text);
        var start = chain.DescendantNodes().OfType<IdentifierNameSyntax>().First();
        return chain.ReplaceNode(start, task.WithoutTrivia());
    }

    private static bool Has(SemanticModel model, string type) => !model.Compilation.GetTypesByMetadataName(type).IsEmpty;
}
