using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing;

/// <summary>The platform that a test project is compiled against. Each is read once per process.</summary>
public sealed class ReferenceAssemblies
{
    private readonly Lazy<ImmutableArray<MetadataReference>> _references;

    private ReferenceAssemblies(string name, Func<IEnumerable<MetadataReference>> references)
    {
        Name = name;
        _references = new(() => [.. references()]);
    }

    public static ReferenceAssemblies None { get; } = new("none", () => []);

    public static ReferenceAssemblies NetStandard20 { get; } = new("netstandard2.0", () => Basic.Reference.Assemblies.NetStandard20.References.All);

    /// <summary>.NET 8 without ASP.NET Core.</summary>
    public static ReferenceAssemblies Net80 { get; } = new("net8.0", () => Basic.Reference.Assemblies.Net80.References.All);

    /// <summary>.NET 10 and ASP.NET Core 10.</summary>
    public static ReferenceAssemblies Net100 { get; } = new("net10.0", () => TargetingPacks.Find("net10.0"));

    public static ReferenceAssemblies Default => Net100;

    public string Name { get; }

    public ImmutableArray<MetadataReference> References => _references.Value;

    public ReferenceAssemblies AddAssemblies(params string[] paths) =>
        new(Name, () => References.Concat(paths.Select(path => MetadataReference.CreateFromFile(path))));

    public override string ToString() => Name;
}
