using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents;

/// <summary>The assemblies of the framework that runs this process, as references for a compilation.</summary>
public static class FrameworkReferences
{
    /// <summary>The base framework alone: what the host trusts, without this program's own assemblies.</summary>
    public static ImmutableArray<MetadataReference> Base { get; } =
        FromFiles(TrustedAssemblies().Where(path => IsIn(path, RuntimeEnvironment.GetRuntimeDirectory())));

    /// <summary>ASP.NET Core of the nearest version; empty where it is not installed.</summary>
    public static ImmutableArray<MetadataReference> AspNetCore { get; } =
        AspNetCoreFolder() is { } folder ? FromFiles(Directory.GetFiles(folder, "*.dll").Order(StringComparer.Ordinal)) : [];

    /// <summary>The runtime package, if it lies beside this program: fixes may write calls of its guards.</summary>
    public static string? RuntimePackage { get; } =
        Path.Combine(AppContext.BaseDirectory, "LifecycleAnalyzers.Runtime.dll") is var path && File.Exists(path) ? path : null;

    /// <summary>The runtime package and what its signatures speak of, as a project that references the package gets them.</summary>
    public static ImmutableArray<MetadataReference> RuntimePackageWithDependencies { get; } =
        RuntimePackage is { } package
            ? FromFiles(new[] { package, Path.Combine(AppContext.BaseDirectory, "Microsoft.Extensions.Logging.Abstractions.dll") }.Where(File.Exists))
            : [];

    /// <summary>Whether a project is one of ASP.NET Core.</summary>
    public static bool HasAspNetCore(Project project) => project.MetadataReferences.Any(AspNetCore.Contains);

    private static IEnumerable<string> TrustedAssemblies() =>
        (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase));

    private static bool IsIn(string path, string folder) =>
        string.Equals(Path.GetDirectoryName(path), Path.TrimEndingDirectorySeparator(folder), StringComparison.Ordinal);

    private static string? AspNetCoreFolder()
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()));
        var aspNetCore = Path.Combine(framework.Parent?.Parent?.FullName ?? "", "Microsoft.AspNetCore.App");
        if (!Directory.Exists(aspNetCore)) return null;
        return Directory.GetDirectories(aspNetCore)
            .Select(folder => (folder, version: Version.TryParse(Path.GetFileName(folder), out var parsed) ? parsed : null))
            .Where(candidate => candidate.version?.Major == Environment.Version.Major)
            .OrderByDescending(candidate => candidate.version)
            .Select(candidate => candidate.folder)
            .FirstOrDefault();
    }

    private static ImmutableArray<MetadataReference> FromFiles(IEnumerable<string> paths) =>
        [.. paths.Where(IsManaged).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Native libraries lie among the managed ones under the same extension.</summary>
    private static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        using var reader = new System.Reflection.PortableExecutable.PEReader(file);
        try
        {
            return reader.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
