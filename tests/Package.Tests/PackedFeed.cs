namespace LifecycleAnalyzers.Package.Tests;

/// <summary>Both packages, packed once for all tests from a copy of the sources into a feed of their own.</summary>
public sealed class PackedFeed : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lifecycle-packages-");
    private int _consumers;

    /// <summary>New in every run, so that no cache anywhere can hold it already.</summary>
    public string Version { get; } = $"{Repository.Version}-test.{DateTime.UtcNow:yyyyMMddHHmmss}.{Environment.ProcessId}";

    internal Dotnet Dotnet { get; private set; } = null!;

    private string Feed => Path.Combine(_folder.FullName, "feed");

    public async ValueTask InitializeAsync()
    {
        Dotnet = new Dotnet(Path.Combine(_folder.FullName, "packages"));
        var sources = Path.Combine(_folder.FullName, "sources");
        Repository.CopyTo(sources);
        Directory.CreateDirectory(Feed);
        foreach (var project in (string[])["src/CodeFixes", "src/Runtime"])
        {
            var run = await Dotnet.RunAsync(sources, $"pack {project} -c Release -v q -p:Version={Version} -p:PackageOutputPath=\"{Feed}\"");
            run.Succeeded();
        }
    }

    /// <summary>The packages in the feed, by name without the version.</summary>
    internal IReadOnlyList<string> Names() =>
        [.. Directory.GetFiles(Feed).Select(file => Path.GetFileName(file).Replace("." + Version, "")).Order(StringComparer.Ordinal)];

    internal PackageFile Open(string id) => new(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    /// <summary>A fresh copy of the consumer project, restored.</summary>
    internal async Task<ConsumerProject> RestoreConsumerAsync(bool withRuntime, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_folder.FullName, $"consumer{Interlocked.Increment(ref _consumers)}");
        Repository.CopyFolder(Path.Combine(AppContext.BaseDirectory, "Consumer"), folder);
        var consumer = new ConsumerProject(folder, Dotnet, Version, withRuntime);
        (await consumer.RunAsync("restore", cancellationToken)).Succeeded();
        return consumer;
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // A scanner or a slow child still holds a file; the system empties its temporary folder.
        }

        return default;
    }
}
