using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>Fix All in each scope, over two files and two projects.</summary>
public class FixAllTests
{
    [Fact]
    public Task RightInEveryScope() => Solution<CallFix>().RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Once for a file, once for a project, once for all.</summary>
    [Fact]
    public async Task EachScopeTakesAsManyAsItHas()
    {
        var test = Solution<CallFix>();
        (test.NumberOfFixAllInDocumentIterations, test.NumberOfFixAllInProjectIterations, test.NumberOfFixAllIterations) = (3, 2, 1);
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ANumberThatIsWrong()
    {
        var test = Solution<CallFix>();
        test.NumberOfFixAllIterations = 2;
        test.CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInDocumentCheck | CodeFixTestBehaviors.SkipFixAllInProjectCheck;
        Assert.Equal("Fix All in solution took 1 iteration(s), expected were 2.", await Failure.OfAsync(() => test.RunAsync()));
    }

    [Fact]
    public Task WrongInDocument() => WrongInAsync<WrongInDocumentFix>("document", CodeFixTestBehaviors.SkipFixAllInDocumentCheck);

    [Fact]
    public Task WrongInProject() => WrongInAsync<WrongInProjectFix>("project", CodeFixTestBehaviors.SkipFixAllInProjectCheck);

    [Fact]
    public Task WrongInSolution() => WrongInAsync<WrongInSolutionFix>("solution", CodeFixTestBehaviors.SkipFixAllInSolutionCheck);

    [Fact]
    public async Task NoProvider()
    {
        var test = Solution<NoFixAllFix>();
        Assert.Contains("NoFixAllFix has no FixAllProvider", await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);

        test.CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck;
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AScopeThatIsNotSupported()
    {
        var test = Solution<DocumentOnlyFix>();
        Assert.Contains(
            "DocumentOnlyFix does not support Fix All in project. A test can leave this out with CodeFixTestBehaviors.SkipFixAllInProjectCheck.",
            await Failure.OfAsync(() => test.RunAsync()),
            StringComparison.Ordinal);

        test.CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck;
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AProviderThatThrows() =>
        Assert.Contains("all fell over", await Failure.OfAsync(() => Solution<ThrowingFixAllFix>().RunAsync()), StringComparison.Ordinal);

    /// <summary>Fix All may come to another text than one by one, if the test says which.</summary>
    [Fact]
    public Task ABatchStateOfItsOwn() => new CSharpCodeFixTest<CallAnalyzer, WrongInDocumentFix>
    {
        TestCode = Code.With("[|Old|]();"),
        FixedCode = Code.With("New();"),
        BatchFixedCode = Code.With("Newer();"),
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task TheBatchStateIsVerifiedToo()
    {
        var test = new CSharpCodeFixTest<CallAnalyzer, WrongInDocumentFix>
        {
            TestCode = Code.With("[|Old|]();"),
            FixedCode = Code.With("New();"),
            BatchFixedCode = Code.With("[|Newer|]();"),
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllInProjectCheck | CodeFixTestBehaviors.SkipFixAllInSolutionCheck,
        };
        Assert.StartsWith("The diagnostics of the batch fixed state differ", await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);
    }

    private static async Task WrongInAsync<TFix>(string scope, CodeFixTestBehaviors skip)
        where TFix : CodeFixProvider, new()
    {
        var test = Solution<TFix>();
        var message = await Failure.OfAsync(() => test.RunAsync());
        Assert.StartsWith($"Fix All in {scope} gives another text than expected.", message, StringComparison.Ordinal);
        Assert.Contains("-         New(); New();\n+         Newer(); Newer();\n", message, StringComparison.Ordinal);

        // The other two scopes are right.
        test.CodeFixTestBehaviors = skip;
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    private static CSharpCodeFixTest<CallAnalyzer, TFix> Solution<TFix>()
        where TFix : CodeFixProvider, new() => new()
        {
            TestState =
            {
                Sources = { Code.With("[|Old|](); [|Old|]();"), Code.With("[|Old|]();", "D") },
                AdditionalProjects = { ["Lib"] = { Sources = { Code.With("[|Old|]();", "E") } } },
            },
            FixedState =
            {
                Sources = { Code.With("New(); New();"), Code.With("New();", "D") },
                AdditionalProjects = { ["Lib"] = { Sources = { Code.With("New();", "E") } } },
            },
        };
}
