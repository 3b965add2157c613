using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Testing;

/// <summary>Puts a state into a workspace.</summary>
internal sealed class SolutionBuilder(
    AdhocWorkspace workspace,
    LanguageVersion languageVersion,
    bool implicitUsings,
    IReadOnlyList<Func<Solution, ProjectId, Solution>> transforms)
{
    /// <summary>Ends in .g.cs: generated, as the SDK's own is, so nothing is reported in it and no fix goes there.</summary>
    private const string UsingsFile = "ImplicitUsings.g.cs";

    private static readonly SourceText _usings = SourceText.From(
        string.Concat(new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks" }
            .Select(name => $"global using global::{name};\n")),
        Encoding.UTF8);

    public static bool IsHidden(Document document) => document.Name == UsingsFile;

    public Solution Build(ResolvedState state)
    {
        var options = workspace.Options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, "\n");
        var solution = workspace.CurrentSolution.WithOptions(options);
        var ids = state.Projects.ToDictionary(p => p.Name, p => ProjectId.CreateNewId(p.Name));
        foreach (var project in state.Projects)
        {
            solution = Add(solution, ids[project.Name], project);
        }

        foreach (var (project, reference) in state.Projects.SelectMany(p => p.ProjectReferences.Select(r => (p, r))))
        {
            solution = ids.TryGetValue(reference, out var id)
                ? solution.AddProjectReference(ids[project.Name], new ProjectReference(id))
                : throw new VerifierException($"The project {project.Name} references {reference}, which is not in AdditionalProjects.");
        }

        foreach (var (transform, project) in state.Projects.SelectMany(p => transforms.Select(t => (t, p))))
        {
            solution = transform(solution, ids[project.Name]);
        }

        return solution;
    }

    private Solution Add(Solution solution, ProjectId id, ResolvedProject project)
    {
        solution = solution.AddProject(ProjectInfo.Create(
            id,
            VersionStamp.Default,
            project.Name,
            project.Name,
            LanguageNames.CSharp,
            filePath: project.Folder + project.Name + ".csproj",
            compilationOptions: new CSharpCompilationOptions(
                project.OutputKind,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable,
                // As the SDK has it: unification of assembly versions is no business of a test.
                specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]),
            parseOptions: new CSharpParseOptions(languageVersion, DocumentationMode.Diagnose),
            metadataReferences: project.ReferenceAssemblies.References.AddRange(project.AdditionalReferences)));

        foreach (var file in project.Sources)
        {
            solution = solution.AddDocument(NewId(), Name(file), Text(file), filePath: file.Path);
        }

        if (implicitUsings && project.ReferenceAssemblies != ReferenceAssemblies.None)
        {
            solution = solution.AddDocument(NewId(), UsingsFile, _usings, filePath: project.Folder + UsingsFile);
        }

        foreach (var file in project.AdditionalFiles)
        {
            solution = solution.AddAdditionalDocument(NewId(), Name(file), Text(file), filePath: file.Path);
        }

        foreach (var file in project.AnalyzerConfigFiles)
        {
            solution = solution.AddAnalyzerConfigDocument(NewId(), Name(file), Text(file), filePath: file.Path);
        }

        return solution;

        DocumentId NewId() => DocumentId.CreateNewId(id);
    }

    private static string Name(TextFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];

    private static SourceText Text(TextFile file) => SourceText.From(file.Text, Encoding.UTF8);
}
