namespace LifecycleAnalyzers.Testing.Tests;

public class CompilerDiagnosticsTests
{
    private const string Warns = "class C { int x; }";

    [Fact]
    public async Task AnErrorFails() =>
        Assert.Contains(
            "Unexpected: /0/Test0.cs(1,21,1,25): error: CS0103: The name 'Oops' does not exist in the current context",
            await Failure.OfAsync(() => RunAsync("class C { void M() {Oops(); } }")),
            StringComparison.Ordinal);

    [Fact]
    public Task ADeclaredErrorIsFine() => RunAsync("class C { void M() { {|CS0103:Oops|}(); } }");

    [Fact]
    public async Task ADeclaredErrorMustBeThere() =>
        Assert.Contains("Missing", await Failure.OfAsync(() => RunAsync("class C { void {|CS0103:M|}() { } }")), StringComparison.Ordinal);

    [Fact]
    public Task NoneLooksAtNothing() => RunAsync("class C { void M() { Oops(); } ", CompilerDiagnostics.None);

    [Fact]
    public Task AWarningDoesNotCountByDefault() => RunAsync(Warns);

    [Fact]
    public async Task AWarningCountsWhenAsked() =>
        Assert.Contains("CS0169", await Failure.OfAsync(() => RunAsync(Warns, CompilerDiagnostics.Warnings)), StringComparison.Ordinal);

    [Fact]
    public Task AWarningThatIsDeclaredCountsAlways() => RunAsync("class C { int {|CS0169:x|}; }");

    [Fact]
    public async Task HiddenOnesCountOnlyForAll()
    {
        const string Unused = "using System.Text; class C;";
        await RunAsync(Unused, CompilerDiagnostics.Suggestions);
        Assert.Contains("CS8019", await Failure.OfAsync(() => RunAsync(Unused, CompilerDiagnostics.All)), StringComparison.Ordinal);
    }

    private static Task RunAsync(string source, CompilerDiagnostics level = CompilerDiagnostics.Errors) =>
        new CSharpAnalyzerTest<CallAnalyzer> { TestCode = source, CompilerDiagnostics = level }.RunAsync(TestContext.Current.CancellationToken);
}
