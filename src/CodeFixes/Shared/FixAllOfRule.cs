using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.CodeFixes.Shared;

/// <summary>
/// Roslyn's own Fix All, but for all diagnostics of the rule: where the chosen offer is not made, the first one is taken.
/// <c>dotnet format</c> runs once, and takes its choice from what is offered for the first diagnostic of the analyzer, whichever rule
/// that belongs to. Our one analyzer hosts all rules: often the first is another rule's, nothing is offered, and nothing is chosen.
/// </summary>
internal sealed class FixAllOfRule : FixAllProvider
{
    public static FixAllOfRule Instance { get; } = new();

    public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => WellKnownFixAllProviders.BatchFixer.GetSupportedFixAllScopes();

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) => WellKnownFixAllProviders.BatchFixer.GetFixAsync(WithBestOffers(fixAllContext));

    private static FixAllContext WithBestOffers(FixAllContext context)
    {
        var provider = new BestOffer(context.CodeFixProvider, context.CodeActionEquivalenceKey);
        var diagnostics = new Again(context);
        return context.Document is { } document
            ? new FixAllContext(document, provider, context.Scope, BestOffer.Key, context.DiagnosticIds, diagnostics, context.CancellationToken)
            : new FixAllContext(context.Project, provider, context.Scope, BestOffer.Key, context.DiagnosticIds, diagnostics, context.CancellationToken);
    }

    /// <summary>Of each diagnostic's offers the chosen one, else the first, all under one key.</summary>
    private sealed class BestOffer(CodeFixProvider provider, string? chosen) : CodeFixProvider
    {
        public const string Key = "LifecycleAnalyzers.BestOffer";

        public override ImmutableArray<string> FixableDiagnosticIds => provider.FixableDiagnosticIds;

        public override FixAllProvider? GetFixAllProvider() => null;

        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            foreach (var diagnostic in context.Diagnostics)
            {
                var offers = new List<CodeAction>();
                var asked = new CodeFixContext(context.Document, diagnostic, (action, _) => offers.Add(action), context.CancellationToken);
                await provider.RegisterCodeFixesAsync(asked).ConfigureAwait(false);
                if ((offers.FirstOrDefault(o => o.EquivalenceKey == chosen) ?? offers.FirstOrDefault()) is not { } best) continue;
                context.RegisterCodeFix(CodeAction.Create(best.Title, cancellation => ChangedAsync(best, context.Document.Project.Solution, cancellation), Key), diagnostic);
            }
        }

        private static async Task<Solution> ChangedAsync(CodeAction action, Solution unchanged, CancellationToken cancellation)
        {
            var operations = await action.GetOperationsAsync(cancellation).ConfigureAwait(false);
            return operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution ?? unchanged;
        }
    }

    /// <summary>The diagnostics of the context that is asked again.</summary>
    private sealed class Again(FixAllContext context) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await context.GetProjectDiagnosticsAsync(project).ConfigureAwait(false);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
    }
}
