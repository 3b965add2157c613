using System.Collections.Immutable;
using System.Text.Json;

namespace LifecycleAnalyzers.Demo.Scan;

/// <summary>The packages that a restore has already put in place, from the project's own list of them.</summary>
internal sealed record PackageAssets(ImmutableArray<string> Assemblies, ImmutableHashSet<string> Packages)
{
    public static PackageAssets None { get; } = new([], ImmutableHashSet<string>.Empty.WithComparer(StringComparer.OrdinalIgnoreCase));

    /// <summary>Reads <c>obj/project.assets.json</c>; nothing when the project is not restored or the file is not as expected.</summary>
    public static PackageAssets Of(ProjectFile project)
    {
        var path = Path.Combine(project.Folder, "obj", "project.assets.json");
        if (!File.Exists(path)) return None;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            return Read(json.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            return None;
        }
    }

    private static PackageAssets Read(JsonElement root)
    {
        // of several target frameworks the last is the newest: the names sort that way
        var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToList();
        var target = root.GetProperty("targets").EnumerateObject().Where(candidate => !candidate.Name.Contains('/', StringComparison.Ordinal)).Last().Value;
        var libraries = root.GetProperty("libraries");
        var assemblies = ImmutableArray.CreateBuilder<string>();
        var packages = None.Packages.ToBuilder();
        foreach (var library in target.EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package"))
        {
            var path = libraries.GetProperty(library.Name).GetProperty("path").GetString()!;
            var home = folders.Select(folder => Path.Combine(folder, path)).FirstOrDefault(Directory.Exists);
            if (home is null) continue;
            packages.Add(library.Name.Split('/')[0]);
            if (!library.Value.TryGetProperty("compile", out var compile)) continue;
            assemblies.AddRange(compile.EnumerateObject()
                .Select(asset => Path.Combine(home, asset.Name))
                .Where(file => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && File.Exists(file)));
        }

        return new PackageAssets(assemblies.ToImmutable(), packages.ToImmutable());
    }
}
