namespace LifecycleAnalyzers.Incidents;

/// <summary>One file of a program: where it lies, and its text.</summary>
public sealed record SourceFile(string Path, string Text)
{
    public string Name => System.IO.Path.GetFileName(Path);
}
