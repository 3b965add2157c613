using LifecycleAnalyzers.Testing;
using LifecycleAnalyzers.Tests.Corpus;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LifecycleAnalyzers.Tests.BadInput;

/// <summary>
/// Every source of the corpus, cut off at twenty places, as it is while somebody writes it: all rules look at it and none of them
/// throws. The rest of its folder is missing then, so types, members and whole hierarchies are unknown as well.
/// </summary>
public class CutSources
{
#if NEWEST_ROSLYN
    private const int Cuts = 4;
#else
    private const int Cuts = 20;
#endif

    public static TheoryData<string> Folders => [.. MarkedFolder.All];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task No_rule_throws(string name)
    {
        var folder = MarkedFolder.Open(name);
        var references = folder.Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(folder.Compilation.SyntaxTrees.Where(t => folder.Files.All(f => f.Path != t.FilePath)));
        var cancellation = TestContext.Current.CancellationToken;
        var runs = 0;
        foreach (var (path, text) in folder.Files)
        {
            for (var cut = 1; cut <= Cuts; cut++)
            {
                var length = (int)((long)text.Length * cut / (Cuts + 1));
                var tree = CSharpSyntaxTree.ParseText(text[..length], (CSharpParseOptions)folder.Compilation.SyntaxTrees[0].Options, path, cancellationToken: cancellation);
                // What a rule throws comes out here, with the rule that threw it.
                await references.AddSyntaxTrees(tree).AnalyzeAsync(concurrent: true, cancellation: cancellation);
                runs++;
            }
        }

        Assert.Equal(folder.Files.Count * Cuts, runs);
    }
}
