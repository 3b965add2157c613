using System.Collections.Immutable;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Tests.Composition;

/// <summary>Fixes of several rules, applied one after the other in every order of the rules, as an editor's user would.</summary>
internal static class FixOrders
{
    private const string Usings = "global using System;\nglobal using System.IO;\nglobal using System.Linq;\nglobal using System.Threading;\nglobal using System.Threading.Tasks;\n";

    /// <summary>Whatever comes first: in the end the file compiles, and no rule has anything to say of it.</summary>
    /// <param name="source">The file.</param>
    /// <param name="runtime">Whether the runtime package is referenced.</param>
    /// <param name="reported">The rules that report it, in order.</param>
    public static async Task EndSilentAsync(string source, bool runtime, params string[] reported)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var workspace = new AdhocWorkspace();
        var start = Project(workspace, source, runtime);
        var found = await FindAsync(start, cancellation);
        Assert.Equal(reported, found.Select(d => d.Id).Distinct().Order());
        foreach (var order in Permutations([.. reported]))
        {
            var steps = new List<string>();
            var now = start;
            while (await NextAsync(now, order, cancellation) is var (id, action))
            {
                steps.Add(id);
                Assert.True(steps.Count < 20, "endless: " + string.Join(' ', steps));
                now = await AppliedAsync(now, action, cancellation);
                var errors = (await now.GetCompilationAsync(cancellation))!.GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
                Assert.True(errors.Count == 0, $"{string.Join(' ', steps)} breaks the build: {errors.FirstOrDefault()}\n{await TextAsync(now)}");
            }

            var left = await FindAsync(now, cancellation);
            Assert.True(left.IsEmpty, $"in the order {string.Join(' ', order)}, after {string.Join(' ', steps)}: {left.FirstOrDefault()}\n{await TextAsync(now)}");
        }
    }

    private static async Task<string> TextAsync(Project project) => (await project.Documents.Last().GetTextAsync()).ToString();

    private static Project Project(AdhocWorkspace workspace, string source, bool runtime)
    {
        var references = ReferenceAssemblies.Net100.References.AsEnumerable();
        if (runtime) references = references.Append(MetadataReference.CreateFromFile(typeof(LifecycleAnalyzers.Runtime.SafeSocket).Assembly.Location));
        var project = workspace.CurrentSolution.AddProject("Composed", "Composed", LanguageNames.CSharp)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]))
            .WithMetadataReferences(references);
        return project.AddDocument("Usings.g.cs", Usings).Project.AddDocument("Composed.cs", source).Project;
    }

    private static async Task<ImmutableArray<Diagnostic>> FindAsync(Project project, CancellationToken cancellation)
    {
        var compilation = (await project.GetCompilationAsync(cancellation))!;
        return [.. (await compilation.WithAnalyzers([new LifecycleAnalyzer()], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellation)).OrderBy(d => d.Location.SourceSpan.Start)];
    }

    /// <summary>The first offer for what the first rule in the order that is still heard says.</summary>
    private static async Task<(string Id, CodeAction Action)?> NextAsync(Project project, IReadOnlyList<string> order, CancellationToken cancellation)
    {
        foreach (var diagnostic in (await FindAsync(project, cancellation)).OrderBy(d => order.ToList().IndexOf(d.Id) is >= 0 and var at ? at : order.Count))
        {
            var offers = new List<CodeAction>();
            foreach (var fix in Fixes.Where(f => f.FixableDiagnosticIds.Contains(diagnostic.Id)))
                await fix.RegisterCodeFixesAsync(new CodeFixContext(project.GetDocument(diagnostic.Location.SourceTree)!, diagnostic, (action, _) => offers.Add(action), cancellation));
            if (offers.Count > 0) return (diagnostic.Id, offers[0]);
        }

        return null;
    }

    private static async Task<Project> AppliedAsync(Project project, CodeAction action, CancellationToken cancellation)
    {
        var changed = (await action.GetOperationsAsync(cancellation)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        // As typed: what comes next sees text, not the nodes that the fix made.
        var document = changed.GetProject(project.Id)!.Documents.Last();
        var text = await document.GetTextAsync(cancellation);
        return changed.WithDocumentText(document.Id, SourceText.From(text.ToString())).GetProject(project.Id)!;
    }

    private static IEnumerable<List<string>> Permutations(List<string> rules) =>
        rules.Count == 0 ? [[]] : rules.SelectMany(rule => Permutations([.. rules.Where(r => r != rule)]).Select(rest => (List<string>)[rule, .. rest]));

    private static ImmutableArray<CodeFixProvider> Fixes { get; } =
    [
        .. typeof(CodeFixes.Creation.LCA1003CloseOnFailureFix).Assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(CodeFixProvider)) && t.IsPublic)
            .OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => (CodeFixProvider)Activator.CreateInstance(t)!),
    ];
}
