namespace LifecycleAnalyzers.Testing;

/// <summary>Which of the compiler's own diagnostics a test must declare.</summary>
public enum CompilerDiagnostics
{
    /// <summary>None in the test state; what a fix adds is still reported.</summary>
    None,
    Errors,
    Warnings,
    Suggestions,
    All,
}
