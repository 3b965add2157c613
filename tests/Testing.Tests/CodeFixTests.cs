using Verify = LifecycleAnalyzers.Testing.CSharpCodeFixVerifier<LifecycleAnalyzers.Testing.Tests.CallAnalyzer, LifecycleAnalyzers.Testing.Tests.CallFix>;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>What a code fix test can say, said rightly.</summary>
public class CodeFixTests
{
    [Fact]
    public Task OneFix() => Verify.VerifyCodeFixAsync(Code.With("[|Old|]();"), Code.With("New();"));

    [Fact]
    public Task SeveralFixesAndWhatStays() => Verify.VerifyCodeFixAsync(
        Code.With("[|Old|](); {|TOY0002:Older|}(); [|Old|]();"),
        Code.With("New(); {|TOY0002:Older|}(); New();"));

    [Fact]
    public async Task WithExpectedDiagnostics()
    {
        var expected = Verify.Diagnostic().WithLocation(0).WithArguments("Old", "New");
        await Verify.VerifyCodeFixAsync(Code.With("{|#0:Old|}();"), expected, Code.With("New();"));
        await Verify.VerifyCodeFixAsync(Code.With("{|#0:Old|}();"), [expected], Code.With("New();"));
        await Verify.VerifyAnalyzerAsync(Code.With("{|#0:Old|}();"), expected);
    }

    [Fact]
    public async Task TheSameTextMeansNoFix()
    {
        await CSharpCodeFixVerifier<CallAnalyzer, SilentFix>.VerifyCodeFixAsync(Code.With("[|Old|]();"), Code.With("[|Old|]();"));
        await Verify.VerifyCodeFixAsync(Code.With("{|TOY0002:Older|}();"), Code.With("Older();"));
    }

    [Fact]
    public Task AnErrorThatWasThereMayStayIfDeclared() => Verify.VerifyCodeFixAsync(
        Code.With("[|Old|](); {|CS0103:Oops|}();"),
        Code.With("New(); {|CS0103:Oops|}();"));

    [Fact]
    public Task AnErrorThatWasThereMayStayIfNoneAreLookedAt() => new Verify.Test
    {
        TestCode = Code.With("[|Old|](); Oops();"),
        FixedCode = Code.With("New(); Oops();"),
        CompilerDiagnostics = CompilerDiagnostics.None,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task AnOfferIsChosenByKey() => new CSharpCodeFixTest<CallAnalyzer, ChoiceFix>
    {
        TestCode = Code.With("[|Old|](); [|Old|]();"),
        FixedCode = Code.With("Newer(); Newer();"),
        CodeActionEquivalenceKey = "Newer",
    }.RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(null, "New")]
    [InlineData(0, "New")]
    [InlineData(1, "Newer")]
    public Task AnOfferIsChosenByIndex(int? index, string name) => new CSharpCodeFixTest<CallAnalyzer, ChoiceFix>
    {
        TestCode = Code.With("[|Old|]();"),
        FixedCode = Code.With($"{name}();"),
        CodeActionIndex = index,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task OnlyTheFirstFix() => new Verify.Test
    {
        TestCode = Code.With("[|Old|](); [|Old|]();"),
        FixedCode = Code.With("New(); [|Old|]();"),
        BatchFixedCode = Code.With("New(); New();"),
        CodeFixTestBehaviors = CodeFixTestBehaviors.FixOne,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task ADiagnosticForWhichNothingIsOfferedStays() => new CSharpCodeFixTest<CallAnalyzer, PickyFix>
    {
        TestCode = Code.With("[|Old|]();\n        [|Old|]();"),
        FixedCode = Code.With("New();\n        [|Old|]();"),
    }.RunAsync(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public Task TheNumberOfIterationsIsSaid(int iterations) => new Verify.Test
    {
        TestCode = Code.With("[|Old|](); [|Old|]();"),
        FixedCode = Code.With("New(); New();"),
        NumberOfIncrementalIterations = iterations,
        NumberOfFixAllIterations = 1,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task AFixMayAddAFile() => new CSharpCodeFixTest<CallAnalyzer, NewFileFix>
    {
        TestCode = Code.With("[|Old|]();"),
        FixedState = { Sources = { Code.With("Fresh.New();"), ("Fresh.cs", "static class Fresh { public static void New() { } }\n") } },
        // The batch fixer merges documents that were there.
        CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
    }.RunAsync(TestContext.Current.CancellationToken);

    [Fact]
    public Task AFixForTheCompilersOwnDiagnostic() => CSharpCodeFixVerifier<EmptyDiagnosticAnalyzer, UnknownNameFix>.VerifyCodeFixAsync(
        Code.With("{|CS0103:Oops|}();"),
        Code.With("New();"));

    /// <summary>Configuration and additional files of the test state hold for the fixed state too.</summary>
    [Fact]
    public Task TheRestOfTheStateIsInherited() => new Verify.Test
    {
        TestCode = Code.With("[|Newer|](); Older();"),
        FixedCode = Code.With("New(); Older();"),
        TestState =
        {
            AdditionalFiles = { ("toy.names.txt", "Newer") },
            AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ndotnet_diagnostic.TOY0002.severity = none\n") },
        },
    }.RunAsync(TestContext.Current.CancellationToken);
}
