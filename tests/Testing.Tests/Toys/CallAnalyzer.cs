using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>
/// Reports calls of 'Old' (TOY0001) and of 'Older' (TOY0002, with the callee as additional location), whose
/// replacement an option names; also of names in 'toy.names.txt', where an empty line is TOY0003.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CallAnalyzer : DiagnosticAnalyzer
{
    public static readonly DiagnosticDescriptor Old = new("TOY0001", "Call the replacement", "Call '{1}' instead of '{0}'", "Toy", DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor Older = new("TOY0002", "Call the replacement", "'{0}' is gone", "Toy", DiagnosticSeverity.Info, true);

    public static readonly DiagnosticDescriptor EmptyLine = new("TOY0003", "Name something", "The line is empty", "Toy", DiagnosticSeverity.Warning, true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Old, Older, EmptyLine];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            var file = start.Options.AdditionalFiles.FirstOrDefault(f => Path.GetFileName(f.Path) == "toy.names.txt");
            var names = file?.GetText(start.CancellationToken)?.Lines.Select(l => l.ToString()).ToImmutableHashSet() ?? [];
            start.RegisterOperationAction(c => Report(c, (IInvocationOperation)c.Operation, names), OperationKind.Invocation);
            start.RegisterAdditionalFileAction(ReportEmptyLines);
        });
    }

    private static void Report(OperationAnalysisContext context, IInvocationOperation call, ImmutableHashSet<string> names)
    {
        var name = call.TargetMethod.Name;
        var place = ((InvocationExpressionSyntax)call.Syntax).Expression.GetLocation();
        if (name == "Old" || names.Contains(name))
        {
            var options = context.Options.AnalyzerConfigOptionsProvider.GetOptions(call.Syntax.SyntaxTree);
            var replacement = options.TryGetValue("toy.replacement", out var value) ? value : "New";
            context.ReportDiagnostic(Diagnostic.Create(Old, place, name, replacement));
        }
        else if (name == "Older")
        {
            context.ReportDiagnostic(Diagnostic.Create(Older, place, call.TargetMethod.Locations, name));
        }
    }

    private static void ReportEmptyLines(AdditionalFileAnalysisContext context)
    {
        foreach (var line in context.AdditionalFile.GetText(context.CancellationToken)?.Lines.Where(l => l.Span.IsEmpty) ?? [])
        {
            var span = new LinePositionSpan(new LinePosition(line.LineNumber, 0), new LinePosition(line.LineNumber, 0));
            context.ReportDiagnostic(Diagnostic.Create(EmptyLine, Location.Create(context.AdditionalFile.Path, line.Span, span)));
        }
    }
}
