using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>
/// The reference assemblies that the SDK brings for its own framework. They are taken from beside the running
/// runtime: the reference package that the registry serves ends at .NET 8 and holds no ASP.NET Core.
/// </summary>
internal static class TargetingPacks
{
    private static readonly string[] _packs = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

    public static IEnumerable<MetadataReference> Find(string framework)
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        var running = new FileInfo(typeof(object).Assembly.Location).Directory?.Parent?.Parent?.Parent?.FullName;
        return Find(framework, [running, Environment.GetEnvironmentVariable("DOTNET_ROOT")]);
    }

    internal static IEnumerable<MetadataReference> Find(string framework, IReadOnlyList<string?> roots)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pack in _packs)
        {
            var folder = roots.OfType<string>().Select(root => Newest(Path.Combine(root, "packs", pack), framework)).FirstOrDefault(f => f is not null)
                ?? throw new VerifierException($"The targeting pack {pack} for {framework} was not found beside the runtime ({string.Join(", ", roots.OfType<string>())}).");
            foreach (var file in Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal))
            {
                // The packs overlap in a few assemblies; the platform's own come first.
                if (seen.Add(Path.GetFileName(file)))
                {
                    yield return MetadataReference.CreateFromFile(file);
                }
            }
        }
    }

    private static string? Newest(string pack, string framework) =>
        Directory.Exists(pack)
            ? Directory.EnumerateDirectories(pack)
                .OrderByDescending(d => Version.TryParse(Path.GetFileName(d).Split('-')[0], out var version) ? version : new Version())
                .Select(d => Path.Combine(d, "ref", framework))
                .FirstOrDefault(Directory.Exists)
            : null;
}
