namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>Where this machine has the servers' programs, if it has them.</summary>
internal static class Installed
{
    /// <summary>Set where the servers have to be there, as in the CI: then a missing one fails its tests instead of skipping them.</summary>
    public const string Demanded = "LIFECYCLE_REQUIRE_SERVERS";

    /// <summary>The newest program of a name, from the path or from the folders into which Debian's packages put it.</summary>
    public static string Program(string name, string package, params string[] folders)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var found = folders.SelectMany(Matching).Concat(path).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is not null) return found;
        var missing = $"'{name}' is not installed: apt-get install {package}";
        if (Environment.GetEnvironmentVariable(Demanded) is "1") Assert.Fail(missing);
        else Assert.Skip(missing);
        return missing;
    }

    /// <summary>The folders that a path with one star in it stands for, the newest version first.</summary>
    private static IEnumerable<string> Matching(string pattern)
    {
        var star = pattern.IndexOf('*');
        if (star < 0) return [pattern];
        var parent = Path.GetDirectoryName(pattern[..star])!;
        var rest = pattern[(star + 1)..].TrimStart('/');
        return Directory.Exists(parent)
            ? Directory.GetDirectories(parent, Path.GetFileName(pattern[..(star + 1)])).OrderDescending(StringComparer.Ordinal).Select(folder => Path.Combine(folder, rest))
            : [];
    }
}
