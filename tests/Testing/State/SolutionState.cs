namespace LifecycleAnalyzers.Testing;

/// <summary>A solution before or after the fixes: its first project, further ones, and what is reported in all of them.</summary>
public sealed class SolutionState() : ProjectState("TestProject", "/0/")
{
    public ProjectCollection AdditionalProjects { get; } = new();

    public List<DiagnosticResult> ExpectedDiagnostics { get; } = [];

    internal bool HasSources => Sources.Count > 0 || AdditionalProjects.Values.Any(p => p.Sources.Count > 0);
}
