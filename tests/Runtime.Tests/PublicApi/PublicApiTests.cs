using Microsoft.Extensions.DependencyInjection;

namespace LifecycleAnalyzers.Runtime.Tests.PublicApi;

/// <summary>The public API changes on purpose or not at all.</summary>
public sealed class PublicApiTests
{
#if RUNTIME_NETSTANDARD
    private const string FileName = "PublicApi.netstandard2.0.txt";
#else
    private const string FileName = "PublicApi.net10.0.txt";
#endif

    [Fact]
    public Task The_public_API_is_the_one_in_the_file() => AssertIs(typeof(SafeSocket).Assembly, FileName);

    [Fact]
    public Task So_is_that_of_the_registration() =>
        AssertIs(typeof(LifecycleServiceCollectionExtensions).Assembly, "PublicApi.DependencyInjection.txt");

    private static async Task AssertIs(System.Reflection.Assembly assembly, string fileName)
    {
        var path = Path.Combine(Folder(), fileName);
        var actual = ApiText.Of(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            await File.WriteAllTextAsync(path, actual, Stop);
        }

        var expected = (await File.ReadAllTextAsync(path, Stop)).ReplaceLineEndings("\n");
        var removed = Lines(expected).Except(Lines(actual)).Select(static l => "- " + l);
        var added = Lines(actual).Except(Lines(expected)).Select(static l => "+ " + l);
        Assert.True(
            expected == actual,
            $"""
            The public API differs from {fileName}:
            {string.Join('\n', removed.Concat(added))}
            If that is meant, run this test once with the environment variable UPDATE_PUBLIC_API=1 and commit the file.
            A line that was removed or changed breaks those who use it.
            """);
    }

#if !RUNTIME_NETSTANDARD
    [Fact]
    public async Task What_the_netstandard_build_has_the_other_has_too()
    {
        // A library built against netstandard2.0 meets the net10.0 build when it runs there.
        var older = Lines(await File.ReadAllTextAsync(Path.Combine(Folder(), "PublicApi.netstandard2.0.txt"), Stop));
        Assert.NotEmpty(older);
        Assert.Empty(older.Except(Lines(ApiText.Of(typeof(SafeSocket).Assembly))));
    }
#endif

    [Fact]
    public void There_is_one_namespace()
    {
        Assert.All(typeof(SafeSocket).Assembly.GetExportedTypes(), static t => Assert.Equal("LifecycleAnalyzers.Runtime", t.Namespace));
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Beside the sources, found from the build's output: a deterministic build does not tell where it was made.</summary>
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "LifecycleAnalyzers.sln"))) return Path.Combine(folder.FullName, "tests", "Runtime.Tests", "PublicApi");
        }

        throw new DirectoryNotFoundException("The tests do not run below the folder of LifecycleAnalyzers.sln.");
    }
}
