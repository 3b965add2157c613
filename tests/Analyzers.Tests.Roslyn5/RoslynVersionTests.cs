using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Tests;

/// <summary>The tests of this project are the others' own; what they add is the compiler that they run on.</summary>
public sealed class RoslynVersionTests
{
    [Fact]
    public void The_newest_Roslyn_runs()
    {
        Assert.Equal(5, typeof(CSharpCompilation).Assembly.GetName().Version?.Major);
        Assert.Equal(5, typeof(Workspace).Assembly.GetName().Version?.Major);
    }

    [Fact]
    public void The_analyzers_were_built_against_an_older_one()
    {
        var asked = typeof(LifecycleAnalyzer).Assembly.GetReferencedAssemblies().Single(reference => reference.Name == "Microsoft.CodeAnalysis.CSharp");
        Assert.Equal(new Version(4, 14, 0, 0), asked.Version);
    }
}
