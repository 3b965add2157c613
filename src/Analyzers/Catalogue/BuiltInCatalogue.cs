using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;

namespace LifecycleAnalyzers.Catalogue;

/// <summary>
/// The catalogue files inside this assembly, in the users' own format. They are read once: the text never changes and
/// what is kept holds nothing of any compilation.
/// </summary>
internal static class BuiltInCatalogue
{
    private const string Ending = ".lifecycle.txt";

    private static readonly Lazy<ImmutableArray<CatalogueFile>> Read = new(ReadAll, LazyThreadSafetyMode.PublicationOnly);

    private static readonly Lazy<CatalogueIndex> Indexed = new(() => CatalogueIndex.Create(Files.SelectMany(f => f.Entries)), LazyThreadSafetyMode.PublicationOnly);

    public static ImmutableArray<CatalogueFile> Files => Read.Value;

    public static CatalogueIndex Index => Indexed.Value;

    private static ImmutableArray<CatalogueFile> ReadAll()
    {
        var assembly = typeof(BuiltInCatalogue).Assembly;
        var files = ImmutableArray.CreateBuilder<CatalogueFile>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(Ending, StringComparison.Ordinal)).OrderBy(n => n, StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name);
            if (stream is null) continue;
            files.Add(CatalogueParser.Parse(name, SourceText.From(stream), isUsers: false, CancellationToken.None));
        }

        return files.ToImmutable();
    }
}
