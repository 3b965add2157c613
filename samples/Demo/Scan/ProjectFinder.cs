using System.Collections.Immutable;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>From what was named on the command line to the projects in it.</summary>
internal static partial class ProjectFinder
{
    /// <summary>The projects to analyse, the folder that paths are shown from, and remarks about what was left out.</summary>
    public sealed record Found(string Root, ImmutableArray<ProjectFile> Projects, ImmutableArray<string> Remarks, string? OnlyFile = null);

    /// <exception cref="UsageException">There is nothing there, or nothing in C#.</exception>
    public static Found Find(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) return InFolder(full, path);
        if (!File.Exists(full)) throw new UsageException($"'{path}' does not exist (looked for {full}).");

        var folder = Path.GetDirectoryName(full)!;
        return Path.GetExtension(full).ToLowerInvariant() switch
        {
            ".csproj" => new Found(folder, [ProjectFile.Read(full)], []),
            ".sln" => InSolution(full, folder, SolutionProjects().Matches(File.ReadAllText(full)).Select(match => match.Groups[1].Value)),
            ".slnx" => InSolution(full, folder, SlnxProjects(full)),
            ".cs" => new Found(folder, [ProjectFile.Loose(folder)], [], OnlyFile: full),
            _ => throw new UsageException($"'{path}' is neither a folder nor a .csproj, .sln, .slnx or .cs file."),
        };
    }

    private static Found InFolder(string folder, string shown)
    {
        var projects = SourceTree.Files(folder, "*.csproj").Select(ProjectFile.Read).ToImmutableArray();
        var all = SourceTree.Files(folder, "*.cs").ToList();
        if (all.Count == 0) throw new UsageException($"There is no C# file in '{shown}' (bin and obj are not looked into).");
        if (projects.IsEmpty) return new Found(folder, [ProjectFile.Loose(folder)], ["There is no project file: all C# files are taken together."]);

        var claimed = projects.SelectMany(project => project.SourceFiles()).ToHashSet(StringComparer.Ordinal);
        var left = all.Count(file => !claimed.Contains(file));
        return new Found(folder, projects, left == 0 ? [] : [$"{left} C# file(s) belong to no project and were left out."]);
    }

    private static Found InSolution(string solution, string folder, IEnumerable<string> paths)
    {
        var all = paths.Select(path => Path.GetFullPath(Path.Combine(folder, path.Replace('\\', '/')))).Where(path => path.EndsWith(".csproj", StringComparison.OrdinalIgnoreCase)).Distinct().ToList();
        var missing = all.Where(path => !File.Exists(path)).ToList();
        ImmutableArray<ProjectFile> projects = [.. all.Except(missing).Select(ProjectFile.Read)];
        if (projects.IsEmpty) throw new UsageException($"'{Path.GetFileName(solution)}' names no C# project that exists.");
        return new Found(folder, projects, [.. missing.Select(path => $"The solution names {Path.GetRelativePath(folder, path)}, which does not exist.")]);
    }

    private static IEnumerable<string> SlnxProjects(string path)
    {
        try
        {
            using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return [.. XElement.Load(reader).Descendants("Project").Select(project => project.Attribute("Path")?.Value).OfType<string>()];
        }
        catch (XmlException mistake)
        {
            throw new UsageException($"'{Path.GetFileName(path)}' cannot be read: {mistake.Message}");
        }
    }

    [GeneratedRegex("""^Project\("[^"]*"\)\s*=\s*"[^"]*"\s*,\s*"([^"]+)"\s*,""", RegexOptions.Multiline)]
    private static partial Regex SolutionProjects();
}
