using System.Diagnostics.CodeAnalysis;
using LifecycleAnalyzers.Testing;
using Microsoft.CodeAnalysis.CodeFixes;

namespace LifecycleAnalyzers.Tests;

/// <summary>Tests of a rule's fix: what it writes compiles and is silent, a second run and every Fix All come to the same.</summary>
internal static class FixCase<TFix>
    where TFix : CodeFixProvider, new()
{
    private const string Usings = "using System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing System.Net.WebSockets;\n";

    /// <summary>The source with its marks becomes that.</summary>
    public static Task BecomesAsync([StringSyntax("c#-test")] string source, [StringSyntax("c#-test")] string fixedSource) => Of(source, fixedSource).RunAsync(TestContext.Current.CancellationToken);

    /// <summary>Nothing is offered.</summary>
    public static Task StaysAsync([StringSyntax("c#-test")] string source) => BecomesAsync(source, source);

    public static CSharpCodeFixVerifier<LifecycleAnalyzer, TFix>.Test Of(string source, string fixedSource, bool runtime = true)
    {
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, TFix>.Test();
        test.TestState.Sources.Add(Usings + source);
        test.FixedState.Sources.Add(Usings + fixedSource);
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        if (runtime) test.TestState.AdditionalReferences.Add(typeof(LifecycleAnalyzers.Runtime.ConnectionCallbackAttribute).Assembly);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, source));
        return test;
    }
}
