namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>The files under a folder, without what a build or a package manager put there.</summary>
internal static class SourceTree
{
    private static readonly HashSet<string> _skipped = new(StringComparer.OrdinalIgnoreCase) { "bin", "obj", ".git", ".vs", "node_modules" };

    /// <summary>Links are not followed, folders that may not be read are left out.</summary>
    private static readonly EnumerationOptions _options = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <param name="folder">Where to begin.</param>
    /// <param name="pattern">Of the file name, such as "*.cs".</param>
    /// <param name="enter">Whether to go into a folder below; all of them if not said.</param>
    public static IEnumerable<string> Files(string folder, string pattern, Func<string, bool>? enter = null)
    {
        foreach (var file in Directory.EnumerateFiles(folder, pattern, _options).Order(StringComparer.Ordinal)) yield return file;
        foreach (var below in Directory.EnumerateDirectories(folder, "*", _options).Order(StringComparer.Ordinal))
        {
            if (_skipped.Contains(Path.GetFileName(below)) || enter?.Invoke(below) == false) continue;
            foreach (var file in Files(below, pattern, enter)) yield return file;
        }
    }

    public static bool HasProject(string folder) => Directory.EnumerateFiles(folder, "*.csproj", _options).Any();

    /// <summary>The folder and those above it, nearest first.</summary>
    public static IEnumerable<string> Upwards(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
