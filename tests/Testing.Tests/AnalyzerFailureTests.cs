using Microsoft.CodeAnalysis;
using Verify = LifecycleAnalyzers.Testing.CSharpAnalyzerVerifier<LifecycleAnalyzers.Testing.Tests.CallAnalyzer>;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>Everything that an analyzer test must notice, and how it says so.</summary>
public class AnalyzerFailureTests
{
    [Fact]
    public async Task AMissingDiagnostic()
    {
        var message = await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("[|New|]();")));

        Assert.StartsWith("The diagnostics of the test state differ: 1 expected, 0 found.", message, StringComparison.Ordinal);
        Assert.Contains("Missing:    /0/Test0.cs(5,9,5,12): TOY0001", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnexpectedDiagnosticWithItsLine()
    {
        var message = await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("Old();")));

        Assert.Contains("Unexpected: /0/Test0.cs(5,9,5,12): warning: TOY0001: Call 'New' instead of 'Old'", message, StringComparison.Ordinal);
        Assert.Contains("            Old();\n            ~~~\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneOfTwo()
    {
        var message = await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("[|Old|](); Old();")));

        Assert.Contains("1 expected, 2 found", message, StringComparison.Ordinal);
        Assert.Contains("Unexpected: /0/Test0.cs(5,16,5,19)", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Missing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[|Old()|];")]
    [InlineData("[|O|]ld();")]
    public async Task AWrongSpan(string statement) =>
        Assert.Contains(
            "nearest, but its place is /0/Test0.cs(5,9,5,12)",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With(statement))),
            StringComparison.Ordinal);

    [Fact]
    public async Task ALocationWithoutLengthStillHasAStart() =>
        await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("Old();"), Verify.Diagnostic().WithLocation(5, 10)));

    [Fact]
    public async Task NoLocation() =>
        Assert.Contains(
            "Missing:    no location: warning: TOY0001",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("Old();"), Verify.Diagnostic())),
            StringComparison.Ordinal);

    [Fact]
    public async Task AWrongArgument()
    {
        var message = await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(
            Code.With("{|#0:Old|}();"),
            Verify.Diagnostic().WithLocation(0).WithArguments("Old", "Newer")));

        Assert.Contains("Call 'Newer' instead of 'Old'", message, StringComparison.Ordinal);
        Assert.Contains("nearest, but its message is 'Call 'New' instead of 'Old''", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWrongSeverity() =>
        Assert.Contains(
            "nearest, but its severity is warning",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(
                Code.With("{|#0:Old|}();"),
                Verify.Diagnostic().WithLocation(0).WithSeverity(DiagnosticSeverity.Error))),
            StringComparison.Ordinal);

    [Fact]
    public async Task AnAdditionalLocationTooFew() =>
        Assert.Contains(
            "additional locations are [/0/Test0.cs(9,16,9,21)]",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(
                Code.With("{|#0:Older|}();"),
                Verify.Diagnostic(CallAnalyzer.Older).WithLocation(0))),
            StringComparison.Ordinal);

    [Fact]
    public async Task AWrongAdditionalLocation() =>
        Assert.Contains(
            "additional locations are",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(
                Code.With("{|#0:Older|}();"),
                Verify.Diagnostic(CallAnalyzer.Older).WithLocation(0).WithSpan(8, 16, 8, 19))),
            StringComparison.Ordinal);

    [Fact]
    public async Task AKeyThatIsNotInTheSource() =>
        Assert.Contains(
            "TOY0001 is expected at {|#3:…|}, but no such mark",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("{|#0:Old|}();"), Verify.Diagnostic().WithLocation(3))),
            StringComparison.Ordinal);

    [Fact]
    public async Task AKeyThatIsThereTwice() =>
        Assert.Contains(
            "the key #0 is used twice",
            await Failure.OfAsync(() => Verify.VerifyAnalyzerAsync(Code.With("{|#0:Old|}(); {|#0:Old|}();"))),
            StringComparison.Ordinal);

    [Fact]
    public void AnIdThatTheAnalyzerDoesNotSupport() =>
        Assert.Contains(
            "CallAnalyzer does not support TOY9999",
            Assert.Throws<VerifierException>(() => Verify.Diagnostic("TOY9999")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void ArgumentsOfAForeignDiagnostic() =>
        Assert.Contains(
            "CS0103 is not a diagnostic of the analyzer",
            Assert.Throws<VerifierException>(() => DiagnosticResult.CompilerError("CS0103").WithArguments("x")).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task AMarkWithoutIdForAnAnalyzerWithoutDiagnostics() =>
        Assert.Contains(
            "needs an analyzer that supports a diagnostic",
            await Failure.OfAsync(() => CSharpAnalyzerVerifier<EmptyDiagnosticAnalyzer>.VerifyAnalyzerAsync("class [|C|];")),
            StringComparison.Ordinal);

    [Fact]
    public async Task AnUnknownProjectReference()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer> { TestCode = "class C;", TestState = { AdditionalProjectReferences = { "Lib" } } };
        Assert.Contains("references Lib, which is not in AdditionalProjects", await Failure.OfAsync(() => test.RunAsync()), StringComparison.Ordinal);
    }
}
