using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>
/// What a project file says, read without MSBuild: conditions are not decided, and of the imports only those are
/// followed that name a file plainly. Enough to know which files, packages and projects belong to it.
/// </summary>
internal sealed class ProjectFile
{
    /// <summary>Imports that import: more than anyone has, and an end to those in a circle.</summary>
    private const int MaxImports = 20;

    private readonly XElement? _root;

    /// <summary>What is imported, then the Directory.Build.props of the folders above, nearest first.</summary>
    private readonly ImmutableArray<XElement> _inherited;

    private ProjectFile(string path, string folder, XElement? root, ImmutableArray<XElement> inherited, string? problem)
    {
        FullPath = path;
        Folder = folder;
        _root = root;
        _inherited = inherited;
        Problem = problem;
    }

    /// <summary>The project file, or the folder itself for files that belong to no project.</summary>
    public string FullPath { get; }

    public string Folder { get; }

    public string Name => _root is null && Problem is null ? "(files without a project)" : Path.GetFileNameWithoutExtension(FullPath);

    /// <summary>Why the file could not be read; the C# files around it are then taken as they lie there.</summary>
    public string? Problem { get; }

    public bool ImplicitUsings => Property("ImplicitUsings") is { } value && (Is(value, "enable") || Is(value, "true"));

    public bool IsWeb => _root?.Attribute("Sdk")?.Value.Contains("Sdk.Web", StringComparison.OrdinalIgnoreCase) == true;

    public string AssemblyName => Property("AssemblyName") is { } name && !name.Contains('$', StringComparison.Ordinal) ? name : Path.GetFileNameWithoutExtension(FullPath);

    public ImmutableArray<string> Packages => [.. Items("PackageReference").Select(Include).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];

    public ImmutableArray<string> Constants =>
        [.. (Property("DefineConstants") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => !name.Contains('$', StringComparison.Ordinal))];

    /// <summary>Global usings from the project file, in the form that stands after <c>global using</c>.</summary>
    public ImmutableArray<string> Usings =>
    [
        .. from item in Items("Using")
           let name = Include(item)
           where name is not null && !name.Contains('$', StringComparison.Ordinal)
           select Is(item.Attribute("Static")?.Value, "true") ? $"static {name}"
               : item.Attribute("Alias")?.Value is { } alias ? $"{alias} = {name}" : name,
    ];

    /// <summary>Projects whose output this one compiles against, by full path.</summary>
    public ImmutableArray<string> References =>
    [
        .. from item in Items("ProjectReference")
           where !Is(Metadata(item, "ReferenceOutputAssembly"), "false") && !Is(Metadata(item, "OutputItemType"), "Analyzer")
           let include = Include(item)
           where include is not null && !include.Contains('$', StringComparison.Ordinal)
           select Path.GetFullPath(Path.Combine(Folder, include.Replace('\\', '/'))),
    ];

    public static ProjectFile Read(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var inherited = SourceTree.Upwards(folder).Select(above => Path.Combine(above, "Directory.Build.props")).Where(File.Exists).Select(TryLoad).OfType<XElement>();
        try
        {
            var root = Load(path);
            return new ProjectFile(path, folder, root, [.. Imported(root, folder), .. inherited], problem: null);
        }
        catch (Exception failure) when (failure is XmlException or IOException or UnauthorizedAccessException)
        {
            return new ProjectFile(path, folder, root: null, [.. inherited], failure.Message);
        }
    }

    /// <summary>Stands for C# files that no project claims.</summary>
    public static ProjectFile Loose(string folder) => new(folder, folder, root: null, inherited: [], problem: null);

    /// <summary>The C# files that the project compiles, by full path.</summary>
    public IEnumerable<string> SourceFiles()
    {
        var isSdkStyle = _root is null || _root.Attribute("Sdk") is not null || Elements(_root, "Sdk").Any() || Elements(_root, "Import").Any(import => import.Attribute("Sdk") is not null);
        var explicitly = Items("Compile").Select(Include).OfType<string>().ToList();
        var removed = Items("Compile").Select(item => item.Attribute("Remove")?.Value).OfType<string>().ToList();
        var byDefault = isSdkStyle && !Is(Property("EnableDefaultCompileItems"), "false")
            ? SourceTree.Files(Folder, "*.cs", enter: below => !SourceTree.HasProject(below))
            : [];
        return byDefault
            .Where(file => !removed.Any(pattern => Glob.Matches(pattern, Relative(file))))
            .Concat(explicitly.SelectMany(Expand))
            .Distinct(StringComparer.Ordinal);
    }

    private IEnumerable<string> Expand(string include)
    {
        foreach (var pattern in Glob.Split(include).Where(pattern => !pattern.Contains('$', StringComparison.Ordinal)))
        {
            if (!Glob.IsPattern(pattern))
            {
                var file = Path.GetFullPath(Path.Combine(Folder, pattern));
                if (File.Exists(file)) yield return file;
                continue;
            }

            // the part before the first pattern sign is a folder, which may lie outside the project's own
            var fixedPart = string.Join('/', pattern.Split('/').TakeWhile(part => !Glob.IsPattern(part)));
            var start = Path.GetFullPath(Path.Combine(Folder, fixedPart));
            if (!Directory.Exists(start)) continue;
            foreach (var file in SourceTree.Files(start, "*.cs").Where(file => Glob.Matches(pattern, Relative(file)))) yield return file;
        }
    }

    private static List<XElement> Imported(XElement root, string folder)
    {
        var files = new Queue<(XElement Root, string Folder)>([(root, folder)]);
        var imported = new List<XElement>();
        while (files.TryDequeue(out var file))
        {
            var named = Elements(file.Root, "Import").Select(import => import.Attribute("Project")?.Value.Replace('\\', '/'))
                .Where(name => name is not null && !name.Contains('$', StringComparison.Ordinal) && !Glob.IsPattern(name));
            foreach (var path in named.Select(name => Path.GetFullPath(Path.Combine(file.Folder, name!))).Where(File.Exists))
            {
                if (imported.Count == MaxImports) return imported;
                if (TryLoad(path) is not { } content) continue;
                imported.Add(content);
                files.Enqueue((content, Path.GetDirectoryName(path)!));
            }
        }

        return imported;
    }

    private string Relative(string file) => Path.GetRelativePath(Folder, file).Replace('\\', '/');

    private IEnumerable<XElement> Items(string name) =>
        (_root is null ? [] : Elements(_root, name)).Concat(_inherited.SelectMany(props => Elements(props, name)));

    private string? Property(string name) =>
        (_root is null ? [] : Elements(_root, name)).Concat(_inherited.SelectMany(props => Elements(props, name))).FirstOrDefault()?.Value.Trim();

    private static string? Include(XElement item) => item.Attribute("Include")?.Value.Trim() is { Length: > 0 } include ? include : null;

    private static string? Metadata(XElement item, string name) => item.Attribute(name)?.Value ?? Elements(item, name).FirstOrDefault()?.Value;

    /// <summary>By local name: old project files have a namespace, new ones have none.</summary>
    private static IEnumerable<XElement> Elements(XElement root, string name) => root.Descendants().Where(element => element.Name.LocalName == name);

    private static bool Is(string? value, string expected) => string.Equals(value?.Trim(), expected, StringComparison.OrdinalIgnoreCase);

    private static XElement? TryLoad(string path)
    {
        try
        {
            return Load(path);
        }
        catch (Exception failure) when (failure is XmlException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>No document type and nothing outside: what lies in somebody's folder is not trusted to name files.</summary>
    private static XElement Load(string path)
    {
        using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XElement.Load(reader);
    }
}
