namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>An analyzer that throws, or says another thing when asked again, fails its tests whatever they expect.</summary>
public class AnalyzerHealthTests
{
    [Fact]
    public async Task AnExceptionInACallback()
    {
        var message = await Failure.OfAsync(() => CSharpAnalyzerVerifier<CrashingAnalyzer>.VerifyAnalyzerAsync("class C;"));

        Assert.StartsWith("The analyzer CrashingAnalyzer threw:", message, StringComparison.Ordinal);
        Assert.Contains("the analyzer fell over", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExpectedAD0001IsNoExcuse() =>
        Assert.Contains(
            "the analyzer fell over",
            await Failure.OfAsync(() => CSharpAnalyzerVerifier<CrashingAnalyzer>.VerifyAnalyzerAsync("class {|AD0001:C|};")),
            StringComparison.Ordinal);

    [Fact]
    public async Task AnExceptionInSupportedDiagnostics() =>
        Assert.Contains(
            "no descriptors today",
            await Failure.OfAsync(() => CSharpAnalyzerVerifier<CrashingSupportedAnalyzer>.VerifyAnalyzerAsync("class C;")),
            StringComparison.Ordinal);

    [Fact]
    public async Task StateThatLivesOnBetweenRuns()
    {
        var message = await Failure.OfAsync(() => CSharpAnalyzerVerifier<CountingAnalyzer>.VerifyAnalyzerAsync("class [|C|];"));

        Assert.StartsWith("A sequential (-) and a concurrent (+) analyzer run over the test state differ:", message, StringComparison.Ordinal);
        Assert.Contains("- /0/Test0.cs(1,7,1,8): warning: TOY0009: Type number 1\n+ /0/Test0.cs(1,7,1,8): warning: TOY0009: Type number 2\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherResultWhenRunConcurrently() =>
        Assert.Contains(
            "- /0/Test0.cs(1,7,1,8): warning: TOY0009",
            await Failure.OfAsync(() => CSharpAnalyzerVerifier<ConcurrencyAnalyzer>.VerifyAnalyzerAsync("class [|C|];")),
            StringComparison.Ordinal);
}
