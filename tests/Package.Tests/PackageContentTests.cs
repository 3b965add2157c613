using System.Xml.Linq;

namespace LifecycleAnalyzers.Package.Tests;

/// <summary>What is in the packages: nothing more than what is listed, and nothing less.</summary>
[Collection<PackedFeedCollection>]
public sealed class PackageContentTests(PackedFeed feed)
{
    private const string Analyzers = "analyzers/dotnet/roslyn4.14/cs/LifecycleAnalyzers.Analyzers.dll";
    private const string Fixes = "analyzers/dotnet/roslyn4.14/cs/LifecycleAnalyzers.CodeFixes.dll";

    [Fact]
    public void Two_packages_are_packed() =>
        Assert.Equal(["LifecycleAnalyzers.Runtime.nupkg", "LifecycleAnalyzers.nupkg"], feed.Names());

    [Theory]
    [InlineData("LifecycleAnalyzers")]
    [InlineData("LifecycleAnalyzers.Runtime")]
    public void The_entries_are_those_of_the_list(string id)
    {
        using var package = feed.Open(id);
        var listed = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, id + ".entries.txt")).Where(line => line.Length > 0);
        Assert.Equal(listed.Order(StringComparer.Ordinal), package.Entries);
    }

    [Theory]
    [InlineData("LifecycleAnalyzers")]
    [InlineData("LifecycleAnalyzers.Runtime")]
    public void The_package_says_what_it_is(string id)
    {
        using var package = feed.Open(id);
        Assert.Equal(id, package["id"]);
        Assert.Equal(feed.Version, package["version"]);
        Assert.StartsWith(Repository.Version + "-", feed.Version, StringComparison.Ordinal);
        Assert.Equal("MIT", package["license"]);
        Assert.Equal("expression", package.LicenseType);
        Assert.Equal("README.md", package["readme"]);
        Assert.True(package["description"]?.Length > 40, package["description"]);
        Assert.Equal("LifecycleAnalyzers", package["authors"]);
        Assert.False(string.IsNullOrEmpty(package["tags"]));
        Assert.Contains("# LifecycleAnalyzers", package.ReadText("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_analyzers_are_for_development_alone()
    {
        using var package = feed.Open("LifecycleAnalyzers");
        Assert.Equal("true", package["developmentDependency"]);
        Assert.Empty(package.Dependencies);
        Assert.DoesNotContain(package.Entries, entry => entry.StartsWith("lib/", StringComparison.Ordinal) || entry.StartsWith("ref/", StringComparison.Ordinal));
    }

    [Fact]
    public void The_runtime_asks_for_two_packages_at_most()
    {
        using var package = feed.Open("LifecycleAnalyzers.Runtime");
        Assert.Null(package["developmentDependency"]);
        Assert.Equal(
            [
                $"net10.0: Microsoft.Extensions.Logging.Abstractions {Central("Microsoft.Extensions.Logging.Abstractions")}",
                $".NETStandard2.0: Microsoft.Bcl.TimeProvider {Central("Microsoft.Bcl.TimeProvider")}",
                $".NETStandard2.0: Microsoft.Extensions.Logging.Abstractions {Central("Microsoft.Extensions.Logging.Abstractions")}",
            ],
            package.Dependencies.OrderByDescending(d => d[0]));
    }

    /// <summary>A host with an older Roslyn than the assemblies ask for cannot load them; the folder's name promises 4.14.</summary>
    [Fact]
    public void The_assemblies_load_where_the_folder_says_that_they_do()
    {
        using var package = feed.Open("LifecycleAnalyzers");
        var analyzers = package.References(Analyzers);
        var fixes = package.References(Fixes);
        var roslyn = analyzers.Concat(fixes).Where(reference => reference.Key.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(roslyn);
        Assert.All(roslyn, reference => Assert.Equal(new Version(4, 14, 0, 0), reference.Value));

        // The compiler on a command line has no workspaces.
        Assert.DoesNotContain(analyzers.Keys, name => name.Contains("Workspaces", StringComparison.Ordinal));
        Assert.Contains("Microsoft.CodeAnalysis.Workspaces", fixes.Keys);
    }

    [Fact]
    public void Every_rule_has_its_page_in_the_package()
    {
        using var package = feed.Open("LifecycleAnalyzers");
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs", "rules"), "*.md").Select(file => "docs/rules/" + Path.GetFileName(file)).ToList();
        Assert.NotEmpty(pages);
        Assert.All(pages, page => Assert.Contains(page, package.Entries));
    }

    private static string Central(string id) =>
        (string?)XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Single(v => (string?)v.Attribute("Include") == id).Attribute("Version") ?? "";
}
