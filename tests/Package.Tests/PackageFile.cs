using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LifecycleAnalyzers.Package.Tests;

/// <summary>A packed package, opened.</summary>
internal sealed partial class PackageFile(string path) : IDisposable
{
    private readonly ZipArchive _archive = ZipFile.OpenRead(path);
    private XElement? _metadata;

    /// <summary>All entries in order; the one whose name is new in every pack bears a star.</summary>
    public IReadOnlyList<string> Entries =>
        [.. _archive.Entries.Select(entry => CoreProperties().Replace(entry.FullName, "$1*.psmdcp")).Order(StringComparer.Ordinal)];

    private XElement Metadata => _metadata ??= ReadMetadata();

    public string? this[string name] => Child(name)?.Value;

    public string? LicenseType => (string?)Child("license")?.Attribute("type");

    /// <summary>Every dependency as <c>framework: id version</c>.</summary>
    public IReadOnlyList<string> Dependencies =>
    [
        .. from @group in Child("dependencies")?.Elements() ?? []
           from dependency in @group.Elements()
           select $"{(string?)@group.Attribute("targetFramework")}: {(string?)dependency.Attribute("id")} {(string?)dependency.Attribute("version")}",
    ];

    public string ReadText(string entry)
    {
        using var reader = new StreamReader(Entry(entry).Open());
        return reader.ReadToEnd();
    }

    /// <summary>The assemblies that a packed assembly asks for, with their versions.</summary>
    public IReadOnlyDictionary<string, Version> References(string entry)
    {
        using var image = new MemoryStream();
        using (var packed = Entry(entry).Open()) packed.CopyTo(image);
        image.Position = 0;
        using var assembly = new PEReader(image);
        var reader = assembly.GetMetadataReader();
        return reader.AssemblyReferences.Select(reader.GetAssemblyReference).ToDictionary(reference => reader.GetString(reference.Name), reference => reference.Version);
    }

    public void Dispose() => _archive.Dispose();

    private ZipArchiveEntry Entry(string name) => _archive.GetEntry(name) ?? throw new InvalidOperationException($"The package has no '{name}'.");

    private XElement? Child(string name) => Metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name);

    private XElement ReadMetadata()
    {
        using var stream = _archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    [GeneratedRegex(@"^(package/services/metadata/core-properties/)[^/]+\.psmdcp$")]
    private static partial Regex CoreProperties();
}
