using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Incidents;

/// <summary>Makes a project of a workspace from plain source files, as the SDK would see them.</summary>
public static class SourceProject
{
    /// <summary>Ends in .g.cs, as the SDK's own does: generated, so nothing is reported in it.</summary>
    public const string UsingsFile = "ImplicitUsings.g.cs";

    private static readonly string[] _implicitUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    /// <summary>A program or library of its own, against the base framework, the further references and, where it is there, the runtime package.</summary>
    public static Project Create(
        string name, ImmutableArray<SourceFile> sources, OutputKind kind = OutputKind.ConsoleApplication, ImmutableArray<MetadataReference> references = default)
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId(name);
        var info = ProjectInfo.Create(
            id,
            VersionStamp.Default,
            name,
            assemblyName: name,
            LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: new CSharpParseOptions(LanguageVersion.Latest),
            metadataReferences: [.. FrameworkReferences.Base, .. FrameworkReferences.RuntimePackageWithDependencies, .. Others(references)]);
        var solution = workspace.CurrentSolution
            .WithOptions(workspace.Options.WithChangedOption(FormattingOptions.NewLine, LanguageNames.CSharp, "\n"))
            .AddProject(info);
        solution = AddDocument(solution, id, new SourceFile(UsingsFile, UsingsText(_implicitUsings)));
        solution = sources.Aggregate(solution, (current, source) => AddDocument(current, id, source));
        return solution.GetProject(id)!;
    }

    /// <summary>A project of other sources that is like one that there is.</summary>
    public static Project Like(Project project, ImmutableArray<SourceFile> sources) => Create(
        project.Name, sources, project.CompilationOptions?.OutputKind ?? OutputKind.ConsoleApplication, [.. project.MetadataReferences]);

    /// <summary>Those that are not there anyway: a framework brings some assemblies that the runtime package has beside it, too.</summary>
    private static IEnumerable<MetadataReference> Others(ImmutableArray<MetadataReference> references)
    {
        if (references.IsDefaultOrEmpty) return [];
        var there = FrameworkReferences.Base.Concat(FrameworkReferences.RuntimePackageWithDependencies).Select(FileName).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return references.Where(reference => !there.Contains(FileName(reference)));
    }

    private static string FileName(MetadataReference reference) => Path.GetFileName(reference.Display ?? "");

    public static Solution AddDocument(Solution solution, ProjectId project, SourceFile source) =>
        solution.AddDocument(DocumentId.CreateNewId(project, source.Path), source.Name, SourceText.From(source.Text, Encoding.UTF8), filePath: source.Path);

    public static string UsingsText(IEnumerable<string> namespaces) =>
        string.Concat(namespaces.Select(name => $"global using global::{name};\n"));

    /// <summary>The project's files with their present text, without those that <see cref="Create"/> added.</summary>
    public static async Task<ImmutableArray<SourceFile>> SourcesAsync(Project project, CancellationToken cancellationToken)
    {
        var sources = ImmutableArray.CreateBuilder<SourceFile>();
        foreach (var document in project.Documents.Where(document => document.Name != UsingsFile))
        {
            var text = await document.GetTextAsync(cancellationToken);
            sources.Add(new SourceFile(document.FilePath ?? document.Name, text.ToString()));
        }

        return sources.ToImmutable();
    }
}
