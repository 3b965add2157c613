using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>Everything that a code fix test must notice, and how it says so.</summary>
public class CodeFixFailureTests
{
    [Fact]
    public async Task AnotherText()
    {
        var message = await FailAsync<CallFix>("[|Old|]();", "Newer();");

        Assert.StartsWith("Fixing one by one gives another text than expected.\n/0/Test0.cs (- expected, + actual):\n", message, StringComparison.Ordinal);
        Assert.Contains("-         Newer();\n+         New();\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoOfferWhereOneIsExpected()
    {
        var message = await FailAsync<SilentFix>("[|Old|]();", "New();");

        Assert.StartsWith("A fix was expected, but none was offered.", message, StringComparison.Ordinal);
        Assert.Contains("nothing offered for /0/Test0.cs(5,9,5,12): warning: TOY0001", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoFixableDiagnosticWhereAFixIsExpected() =>
        Assert.Contains(
            "No diagnostic was reported that a provider fixes (TOY0001).",
            await FailAsync<CallFix>("{|TOY0002:Older|}();", "New();"),
            StringComparison.Ordinal);

    [Fact]
    public async Task AnOfferWhereNoneIsExpected() =>
        Assert.Contains(
            "No fix was expected, but there is\n'Call New' (key 'New') for /0/Test0.cs(5,9,5,12)",
            await FailAsync<CallFix>("[|Old|]();", "Old();"),
            StringComparison.Ordinal);

    [Fact]
    public async Task NoOfferWithTheKeyThatIsAskedFor()
    {
        var test = new CSharpCodeFixTest<CallAnalyzer, CallFix>
        {
            TestCode = Code.With("[|Old|]();"),
            FixedCode = Code.With("New();"),
            CodeActionEquivalenceKey = "Other",
        };

        var message = await Failure.OfAsync(() => test.RunAsync());
        Assert.Contains("none was offered.\noffered: 'Call New' (key 'New')", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongDiagnosticIsFoundBeforeTheFix() =>
        Assert.StartsWith("The diagnostics of the test state differ", await FailAsync<CallFix>("Old();", "New();"), StringComparison.Ordinal);

    [Fact]
    public async Task AnErrorInTheInput() =>
        Assert.Contains("CS0103", await FailAsync<CallFix>("[|Old|](); Oops();", "New(); Oops();"), StringComparison.Ordinal);

    [Fact]
    public async Task AFixThatChangesNothing() =>
        Assert.Contains("The fix changes nothing: 'Call New'", await FailAsync<IdleFix>("[|Old|]();", "New();"), StringComparison.Ordinal);

    [Fact]
    public async Task AFixThatThrowsWhenAsked()
    {
        var message = await FailAsync<ThrowingOfferFix>("[|Old|]();", "New();");

        Assert.StartsWith("The fix ThrowingOfferFix threw:", message, StringComparison.Ordinal);
        Assert.Contains("no offer today", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFixThatThrowsWhenApplied()
    {
        var message = await FailAsync<ThrowingFix>("[|Old|]();", "New();");

        Assert.StartsWith("The fix ThrowingFix threw:", message, StringComparison.Ordinal);
        Assert.Contains("the fix fell over", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFixWithoutOperation() =>
        Assert.Contains("'Do nothing' of OperationlessFix has 0 ApplyChangesOperation", await FailAsync<OperationlessFix>("[|Old|]();", "New();"), StringComparison.Ordinal);

    /// <summary>The expected text is what one round gives, and still the second round is noticed.</summary>
    [Fact]
    public async Task AFixThatNeverEnds()
    {
        var message = await FailAsync<EndlessFix>("[|Old|]();", "{ [|Old|](); }");

        Assert.StartsWith("Fixing one by one is not stable: after 1 iteration(s) one more still changes", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Missing();")]
    [InlineData("{|CS0103:Missing|}();")]
    public async Task AFixThatDoesNotCompileEvenIfDeclared(string after)
    {
        var message = await FailAsync<UncompilableFix>("[|Old|]();", after);

        Assert.StartsWith("The fix 'Call New' (key 'New') for /0/Test0.cs(5,9,5,12)", message, StringComparison.Ordinal);
        Assert.Contains("brings new compiler diagnostics:\n/0/Test0.cs(5,9,5,16): error: CS0103", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFixThatDoesNotCompileWhereErrorsAreNotLookedAt()
    {
        var test = new CSharpCodeFixTest<CallAnalyzer, UncompilableFix>
        {
            TestCode = Code.With("[|Old|]();"),
            FixedCode = Code.With("Missing();"),
            CompilerDiagnostics = CompilerDiagnostics.None,
        };
        Assert.Contains("brings new compiler diagnostics", await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnErrorInTheFixedCodeThatTheTestForgetsToDeclare() =>
        Assert.StartsWith(
            "The diagnostics of the fixed state differ",
            await FailAsync<CallFix>("[|Old|](); {|CS0103:Oops|}();", "New(); Oops();"),
            StringComparison.Ordinal);

    [Fact]
    public async Task AFixThatBringsAWarning() =>
        Assert.Contains("brings new compiler diagnostics:\n/0/Test0.cs(5,9,5,21): warning: CS0612", await FailAsync<WarningFix>("[|Old|]();", "Deprecated();"), StringComparison.Ordinal);

    [Fact]
    public Task AWarningThatTheFixedCodeDeclares() =>
        CSharpCodeFixVerifier<CallAnalyzer, WarningFix>.VerifyCodeFixAsync(Code.With("[|Old|]();"), Code.With("{|CS0612:Deprecated()|};"));

    [Fact]
    public async Task ATreeThatPrintsOtherwiseThanItWasBuilt()
    {
        var message = await Failure.OfAsync(() => CSharpCodeFixVerifier<CallAnalyzer, MisprintFix>.VerifyCodeFixAsync(
            "class C { int M() { return [|Old|](); } int Old() => 0; int New() => 0; }",
            "class C { int M() { return New(); } int Old() => 0; int New() => 0; }"));
        Assert.Contains("brings new compiler diagnostics:", message, StringComparison.Ordinal);
        Assert.Contains("The name 'returnNew' does not exist", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADiagnosticThatTheFixedCodeDoesNotDeclare()
    {
        var message = await FailAsync<PickyFix>("[|Old|]();\n        [|Old|]();", "New();\n        Old();");

        Assert.StartsWith("The diagnostics of the fixed state differ: 0 expected, 1 found.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "took 2 iteration(s), expected were 3")]
    [InlineData(1, "is not stable: after 1 iteration(s) one more still changes")]
    [InlineData(-1, "is not stable: after 1 iteration(s) one more still changes")]
    public async Task AnotherNumberOfIterations(int iterations, string expected)
    {
        var test = new CSharpCodeFixTest<CallAnalyzer, CallFix>
        {
            TestCode = Code.With("[|Old|](); [|Old|]();"),
            FixedCode = Code.With("New(); New();"),
            NumberOfIncrementalIterations = iterations,
        };
        Assert.Contains(expected, await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileTooMany() =>
        Assert.Contains("/0/Fresh.cs is not expected:", await FailAsync<NewFileFix>("[|Old|]();", "Fresh.New();"), StringComparison.Ordinal);

    [Fact]
    public async Task AFileTooFew()
    {
        var test = new CSharpCodeFixTest<CallAnalyzer, CallFix>
        {
            TestCode = Code.With("[|Old|]();"),
            FixedState = { Sources = { Code.With("New();"), ("Fresh.cs", "") } },
        };
        Assert.Contains("/0/Fresh.cs is expected, but is not there.", await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);
    }

    private static Task<string> FailAsync<TFix>(string before, string after)
        where TFix : CodeFixProvider, new() =>
        Failure.OfAsync(() => CSharpCodeFixVerifier<CallAnalyzer, TFix>.VerifyCodeFixAsync(Code.With(before), Code.With(after)));
}
