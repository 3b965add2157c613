using Microsoft.CodeAnalysis;
using Verify = LifecycleAnalyzers.Testing.CSharpAnalyzerVerifier<LifecycleAnalyzers.Testing.Tests.CallAnalyzer>;

namespace LifecycleAnalyzers.Testing.Tests;

/// <summary>What an analyzer test can say, said rightly.</summary>
public class AnalyzerTests
{
    [Fact]
    public Task NothingIsExpectedAndNothingReported() => Verify.VerifyAnalyzerAsync(Code.With("New();"));

    [Fact]
    public Task AMarkWithoutIdIsTheFirstDiagnostic() => Verify.VerifyAnalyzerAsync(Code.With("[|Old|](); [|Old|]();"));

    [Fact]
    public Task AMarkWithIdIsThatDiagnostic() => Verify.VerifyAnalyzerAsync(Code.With("{|TOY0001:Old|}(); {|TOY0002:Older|}();"));

    [Fact]
    public Task ADiagnosticByKeyWithArguments() => Verify.VerifyAnalyzerAsync(
        Code.With("{|#0:Old|}(); {|#1:Old|}();"),
        Verify.Diagnostic().WithLocation(1).WithArguments("Old", "New"),
        Verify.Diagnostic(CallAnalyzer.Old).WithLocation(0).WithMessage("Call 'New' instead of 'Old'"));

    [Fact]
    public Task ADiagnosticBySpanAndByStart() => Verify.VerifyAnalyzerAsync(
        Code.With("Old(); Old();"),
        Verify.Diagnostic("TOY0001").WithSpan(5, 9, 5, 12),
        Verify.Diagnostic("TOY0001").WithLocation(5, 16));

    [Fact]
    public Task AdditionalLocationsFollowTheFirst() => Verify.VerifyAnalyzerAsync(
        Code.With("{|#0:Older|}();"),
        Verify.Diagnostic(CallAnalyzer.Older).WithLocation(0).WithSpan(9, 16, 9, 21).WithArguments("Older"));

    [Fact]
    public Task AdditionalLocationsCanBeLeftOut() => Verify.VerifyAnalyzerAsync(
        Code.With("{|#0:Older|}();"),
        Verify.Diagnostic(CallAnalyzer.Older).WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));

    [Fact]
    public Task GlobalUsingsAreThere() => Verify.VerifyAnalyzerAsync(
        "class C { Task<List<int>> M(HttpClient c, Stream s, Thread t) => Task.FromResult(new[] { 1 }.Where(i => i > Math.E).ToList()); }");

    [Fact]
    public Task NullableIsOnAndUnsafeAllowed() => Verify.VerifyAnalyzerAsync("class C { unsafe void* P; string M() => {|CS8603:null|}; }");

    [Fact]
    public async Task GlobalUsingsCanBeLeftOut()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer> { TestCode = "class C { {|CS0246:Task|} M() => null!; }", ImplicitUsings = false };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task TopLevelStatementsNeedAnOutputKind()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer>
        {
            TestCode = "[|Old|](); static void Old() { }",
            TestState = { OutputKind = OutputKind.ConsoleApplication },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SeveralFilesAndProjects()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer>
        {
            TestState =
            {
                Sources = { Code.With("[|Old|](); Lib.D.N();"), ("B.cs", Code.With("{|#0:Old|}();", "B")) },
                AdditionalProjects = { ["Lib"] = { Sources = { "namespace Lib { public class D { public static void N() { [|Old|](); } static void Old() { } } }" } } },
                AdditionalProjectReferences = { "Lib" },
                ExpectedDiagnostics = { Verify.Diagnostic().WithSpan("B.cs", 5, 9, 5, 12) },
            },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AnEditorConfigSetsOptionsAndSeverities()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer>
        {
            TestCode = Code.With("{|#0:Old|}(); Older();"),
            TestState =
            {
                AnalyzerConfigFiles = { ("/.editorconfig", "root = true\n[*.cs]\ntoy.replacement = Newer\ndotnet_diagnostic.TOY0001.severity = error\ndotnet_diagnostic.TOY0002.severity = none\n") },
                ExpectedDiagnostics = { Verify.Diagnostic().WithLocation(0).WithArguments("Old", "Newer").WithSeverity(DiagnosticSeverity.Error) },
            },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task AdditionalFilesAreReadAndMayBeMarked()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer>
        {
            TestCode = Code.With("{|#0:Newer|}();"),
            TestState =
            {
                AdditionalFiles = { ("toy.names.txt", "Newer\n{|TOY0003:|}\nOther") },
                ExpectedDiagnostics = { Verify.Diagnostic().WithLocation(0).WithArguments("Newer", "New") },
            },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task TransformsChangeTheSolution()
    {
        var test = new CSharpAnalyzerTest<CallAnalyzer>
        {
            TestCode = Code.With("Old();"),
            SolutionTransforms =
            {
                (solution, id) => solution.WithProjectCompilationOptions(id, solution.GetProject(id)!.CompilationOptions!
                    .WithSpecificDiagnosticOptions([new("TOY0001", ReportDiagnostic.Suppress)])),
            },
        };
        await test.RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task APragmaSilences() => Verify.VerifyAnalyzerAsync(Code.With("\n#pragma warning disable TOY0001\nOld();\n"));
}
