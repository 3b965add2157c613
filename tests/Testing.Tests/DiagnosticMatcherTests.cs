using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Testing.Tests;

public class DiagnosticMatcherTests
{
    private static readonly DiagnosticResult _loose = new(CallAnalyzer.Older);
    private static readonly DiagnosticResult _strict = _loose.WithArguments("a");
    private static readonly ImmutableArray<Diagnostic> _actual =
        [Diagnostic.Create(CallAnalyzer.Older, Location.None, "a"), Diagnostic.Create(CallAnalyzer.Older, Location.None, "b")];

    /// <summary>The loose expectation fits both, and must leave to the strict one the only one that it fits.</summary>
    [Fact]
    public void EachExpectationFindsItsDiagnosticWhicheverComesFirst()
    {
        DiagnosticMatcher.Verify("state", [_loose, _strict], _actual);
        DiagnosticMatcher.Verify("state", [_strict, _loose], _actual);
    }

    [Fact]
    public void OneDiagnosticIsNotTwo()
    {
        var message = Assert.Throws<VerifierException>(() => DiagnosticMatcher.Verify("state", [_strict, _strict], _actual)).Message;

        Assert.Contains("2 expected, 2 found", message, StringComparison.Ordinal);
        Assert.Contains("Missing:    no location: info: TOY0002: 'a' is gone\n  nearest, but its message is ''b' is gone'", message, StringComparison.Ordinal);
    }
}
