using System.Xml.Linq;

namespace LifecycleAnalyzers.Package.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] _copied = ["src", "docs"];

    public static string Root { get; } = Find();

    /// <summary>The version that the packages bear when they are released.</summary>
    public static string Version { get; } =
        XDocument.Load(Path.Combine(Root, "Directory.Build.props")).Descendants("Version").Single().Value;

    /// <summary>
    /// Copies what the packages are made of. Packing in place would write into folders that the build of the tests, or another run of
    /// them, is writing into at the same time.
    /// </summary>
    public static void CopyTo(string folder)
    {
        foreach (var file in Directory.GetFiles(Root).Where(file => Path.GetExtension(file) is not ".sln")) Copy(file, folder);
        foreach (var name in _copied) CopyFolder(Path.Combine(Root, name), Path.Combine(folder, name));
        Directory.CreateDirectory(Path.Combine(folder, "packages", "feed"));
    }

    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) Copy(file, to);
        foreach (var below in Directory.GetDirectories(from))
        {
            var name = Path.GetFileName(below);
            if (name is not ("bin" or "obj")) CopyFolder(below, Path.Combine(to, name));
        }
    }

    private static void Copy(string file, string folder)
    {
        Directory.CreateDirectory(folder);
        File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LifecycleAnalyzers.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests do not run below the folder of LifecycleAnalyzers.sln.");
    }
}
