using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Flow;

namespace LifecycleAnalyzers.Rules.Sending;

/// <summary>A window's own events come one after the other, on its thread: of two sends that return when they are over none overlaps the other.</summary>
internal static class WindowThread
{
    public static bool IsWindow(INamedTypeSymbol? type) =>
        Bases.Of(type?.BaseType).Any(t => t is { Name: "Form" or "Window" or "Page" or "UserControl" or "ContainerControl" or "Control" });

    /// <summary>The send is over when the handler returns, and the event is raised by a window, a control or one of their timers.</summary>
    public static bool Runs(Callback callback, GatedSend send, SemanticModel model)
    {
        if (callback.Function is not IMethodSymbol { IsAsync: false } function || !IsOver(send)) return false;
        var node = callback.Subscription.SourceTree?.GetRoot().FindNode(callback.Subscription.SourceSpan, getInnermostNodeForTie: true);
        // `protected override void OnFormClosing(…)`, and a handler that the designer attaches.
        if (node is not AssignmentExpressionSyntax { Left: var left }) return function.IsOverride;
        return model.GetSymbolInfo(left).Symbol is not { ContainingType: { } raiser } || IsWindow(raiser) || IsOfWindows(raiser.ContainingNamespace);
    }

    public static bool IsOver(GatedSend send) => send.Site.Steps.All(step => step.Event.Operation.Type?.Name is not ("Task" or "ValueTask")) && send.Site.Method.ReturnsVoid;

    private static bool IsOfWindows(INamespaceSymbol space) => space.ToDisplayString() is var name && (name.StartsWith("System.Windows", StringComparison.Ordinal) || name.StartsWith("Microsoft.UI", StringComparison.Ordinal) || name.StartsWith("Windows.UI", StringComparison.Ordinal) || name.StartsWith("Avalonia", StringComparison.Ordinal));
}
