using LifecycleAnalyzers.Testing;
using LifecycleAnalyzers.Tests.Corpus;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Tests.BadInput;

/// <summary>A project whose packages, or whose whole framework, are not restored: nothing is known of any type, and no rule throws.</summary>
public class MissingReferences
{
    public static TheoryData<string> Folders => [.. MarkedFolder.All];

    /// <summary>Folders that have no packages to miss.</summary>
    private static readonly string[] DeclareAllTheyUse = ["CreationExams", "IsolationExams", "SendingExams", "CreationWays", "SendingWays", "ReuseWays", "IsolationWays", "CreationFresh", "SendingFresh", "IsolationFresh"];

    [Theory]
    [MemberData(nameof(Folders))]
    public Task No_rule_throws_without_the_framework(string name)
    {
        var compilation = MarkedFolder.Open(name).Compilation.RemoveAllReferences();
        Assert.NotEqual("", compilation.Errors());
        return HoldsAsync(compilation);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public Task No_rule_throws_without_the_packages(string name)
    {
        var compilation = MarkedFolder.Open(name).Compilation.WithReferences(ReferenceAssemblies.Net100.References);
        Assert.Equal(DeclareAllTheyUse.Contains(name), compilation.Errors().Length == 0);
        return HoldsAsync(compilation);
    }

    // What a rule throws comes out here.
    private static Task HoldsAsync(CSharpCompilation compilation) => compilation.AnalyzeAsync(concurrent: true, cancellation: TestContext.Current.CancellationToken);
}
