using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using LifecycleAnalyzers.Callbacks;
using LifecycleAnalyzers.Catalogue;
using LifecycleAnalyzers.Flow;
using LifecycleAnalyzers.Rules;
using LifecycleAnalyzers.Rules.Creation;
using LifecycleAnalyzers.Rules.Isolation;
using LifecycleAnalyzers.Rules.Reuse;
using LifecycleAnalyzers.Rules.Sending;
using LifecycleAnalyzers.Rules.Setup;

namespace LifecycleAnalyzers;

/// <summary>
/// The one analyzer: it hosts all rules, so that the facts of a body are computed once and every rule reads them.
/// It works file by file on the semantic model, not member by member, and binds only the code that may touch a
/// connection; see docs/design.md for why.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LifecycleAnalyzer : DiagnosticAnalyzer
{
    private static readonly ImmutableArray<IRule> Rules =
        [.. CreationRules.All, .. SendingRules.All, .. ReuseRules.All, .. IsolationRules.All];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        Rules.Select(rule => rule.Descriptor).Append(LCA0001CatalogueLine.Descriptor).ToImmutableArray();

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        var catalogue = ConnectionCatalogue.Create(context.Compilation, context.Options, context.CancellationToken);
        if (!catalogue.Problems.IsEmpty)
        {
            context.RegisterCompilationEndAction(end =>
            {
                foreach (var problem in catalogue.Problems) end.ReportDiagnostic(problem);
            });
        }

        if (catalogue.IsEmpty) return;
        var analysis = new Analysis(context.Compilation, catalogue, context.Options);
        var callbacks = new CallbackFinder(analysis);
        context.RegisterSemanticModelAction(file => Check(file, analysis, callbacks));
    }

    private static void Check(SemanticModelAnalysisContext context, Analysis analysis, CallbackFinder finder)
    {
        var model = context.SemanticModel;
        analysis.Bodies.Offer(model);
        var callbacks = finder.In(model, context.CancellationToken);
        var (reuse, creation) = analysis.Holders.BodiesIn(model.SyntaxTree, context.CancellationToken);
        var found = new List<Diagnostic>();
        var file = new RuleContext(analysis, model, callbacks, creation, reuse, found.Add, context.CancellationToken)
        {
            CallbacksIn = tree => finder.In(analysis.Bodies.ModelOf(tree), context.CancellationToken).Where(c => (c.Kind & CallbackKind.Callback) != 0).ToList(),
        };
        foreach (var rule in Rules) rule.Check(file);
        if (analysis.Catalogue.HasAttributes) found.AddRange(LCA0001CatalogueLine.InSource(model, context.CancellationToken));
        foreach (var diagnostic in found.OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)) context.ReportDiagnostic(diagnostic);
    }
}
