using System.Collections.Immutable;
using System.Text;
using LifecycleAnalyzers.Incidents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>Puts projects into a workspace without building them: whatever can be resolved is, and the rest is counted.</summary>
internal sealed class LenientLoader
{
    private static readonly string[] _sdkUsings =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    private static readonly string[] _webUsings =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    private static readonly ImmutableArray<string> _symbols =
    [
        "TRACE", "NET", "NETCOREAPP", $"NET{Environment.Version.Major}_0",
        .. Enumerable.Range(5, Environment.Version.Major - 4).Select(version => $"NET{version}_0_OR_GREATER"),
    ];

    private static readonly ImmutableArray<MetadataReference> _framework = FrameworkReferences.Base.AddRange(FrameworkReferences.AspNetCore);

    private static readonly HashSet<string> _frameworkNames =
        _framework.Select(reference => Path.GetFileName(reference.Display) ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>From when a project's loading begins, so that references in a circle end.</summary>
    private readonly Dictionary<string, ProjectId> _ids = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Loaded> _loaded = new(StringComparer.Ordinal);

    /// <summary>What of a project could be resolved.</summary>
    public sealed record Loaded(ProjectFile File, ProjectId Id, int SourceFiles, ImmutableArray<string> MissingPackages, ImmutableArray<string> MissingProjects);

    public Solution Solution { get; private set; } = new AdhocWorkspace().CurrentSolution;

    /// <summary>Loads a project and those it refers to; one that is loaded already is not loaded again.</summary>
    /// <param name="file">The project.</param>
    /// <param name="onlyFile">The one C# file to take of it, if not all.</param>
    /// <param name="cancellationToken">Ends the reading of files.</param>
    public async Task<Loaded> LoadAsync(ProjectFile file, string? onlyFile, CancellationToken cancellationToken)
    {
        if (_loaded.TryGetValue(file.FullPath, out var already)) return already;
        var id = ProjectId.CreateNewId(file.Name);
        _ids[file.FullPath] = id;
        var assets = PackageAssets.Of(file);
        var packages = assets.Assemblies.Where(path => !_frameworkNames.Contains(Path.GetFileName(path))).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path));
        var parseOptions = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: _symbols.AddRange(file.Constants));
        Solution = Solution.AddProject(ProjectInfo.Create(
            id, VersionStamp.Default, file.Name, file.AssemblyName, LanguageNames.CSharp, file.FullPath,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: parseOptions,
            metadataReferences: _framework.AddRange(packages)));

        var sources = onlyFile is null ? file.SourceFiles().ToList() : [onlyFile];
        foreach (var source in sources)
        {
            var text = await File.ReadAllTextAsync(source, cancellationToken);
            Solution = SourceProject.AddDocument(Solution, id, new SourceFile(source, text));
        }

        var isLoose = file.FullPath == file.Folder;
        string[] usings = [.. file.ImplicitUsings || isLoose ? _sdkUsings : [], .. file.ImplicitUsings && file.IsWeb ? _webUsings : [], .. file.Usings];
        Solution = SourceProject.AddDocument(Solution, id, new SourceFile(SourceProject.UsingsFile, string.Concat(usings.Distinct().Select(name => $"global using {name};\n"))));
        AddConfiguration(file, id);
        await ChooseOutputAsync(id, cancellationToken);

        var missing = await AddReferencesAsync(file, id, cancellationToken);
        return _loaded[file.FullPath] = new Loaded(file, id, sources.Count, [.. file.Packages.Where(package => !assets.Packages.Contains(package))], missing);
    }

    /// <summary>Statements at the top of a file are allowed in a program only.</summary>
    private async Task ChooseOutputAsync(ProjectId id, CancellationToken cancellationToken)
    {
        var project = Solution.GetProject(id)!;
        foreach (var document in project.Documents)
        {
            if (await document.GetSyntaxRootAsync(cancellationToken) is not CompilationUnitSyntax unit || !unit.Members.OfType<GlobalStatementSyntax>().Any()) continue;
            Solution = Solution.WithProjectCompilationOptions(id, project.CompilationOptions!.WithOutputKind(OutputKind.ConsoleApplication));
            return;
        }
    }

    /// <summary>The rules' severities and the user's own catalogue lines count here as they do in a build.</summary>
    private void AddConfiguration(ProjectFile file, ProjectId id)
    {
        var above = SourceTree.Upwards(file.Folder).Skip(1).Select(folder => Path.Combine(folder, ".editorconfig")).Where(File.Exists);
        foreach (var config in above.Concat(SourceTree.Files(file.Folder, ".editorconfig")))
        {
            Solution = Solution.AddAnalyzerConfigDocument(DocumentId.CreateNewId(id), ".editorconfig", SourceText.From(File.ReadAllText(config), Encoding.UTF8), filePath: config);
        }

        foreach (var catalogue in SourceTree.Files(file.Folder, "*.lifecycle.txt"))
        {
            Solution = Solution.AddAdditionalDocument(DocumentId.CreateNewId(id), Path.GetFileName(catalogue), SourceText.From(File.ReadAllText(catalogue), Encoding.UTF8), filePath: catalogue);
        }
    }

    /// <summary>References to other projects, which are loaded if they were not; gives those that are not there.</summary>
    private async Task<ImmutableArray<string>> AddReferencesAsync(ProjectFile file, ProjectId id, CancellationToken cancellationToken)
    {
        var missing = ImmutableArray.CreateBuilder<string>();
        foreach (var path in file.References.Distinct(StringComparer.Ordinal))
        {
            if (!File.Exists(path))
            {
                missing.Add(Path.GetFileNameWithoutExtension(path));
                continue;
            }

            if (!_ids.TryGetValue(path, out var other)) other = (await LoadAsync(ProjectFile.Read(path), onlyFile: null, cancellationToken)).Id;

            // projects that name each other in a circle cannot be built either
            var circular = other == id || Solution.GetProjectDependencyGraph().GetProjectsThatThisProjectTransitivelyDependsOn(other).Contains(id);
            if (circular) missing.Add(Path.GetFileNameWithoutExtension(path));
            else Solution = Solution.AddProjectReference(id, new ProjectReference(other));
        }

        return missing.ToImmutable();
    }
}
